"""Never answers the call."""

from _stdio import serve

serve(lambda id: None)
