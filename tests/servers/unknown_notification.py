"""Sends a notification that does not exist, then the reply."""

from _stdio import notify, reply, serve, text


def go(id: object) -> None:
    notify("notifications/does_not_exist", {"why": "not"})
    reply(id, text("done"))


serve(go)
