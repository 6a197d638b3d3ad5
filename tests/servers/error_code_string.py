"""Replies with an error whose code is a string."""

from _stdio import fail, serve

serve(lambda id: fail(id, "E_BAD", "the code is a word"))
