"""Replies with a result that is a string."""

from _stdio import reply, serve

serve(lambda id: reply(id, "done"))
