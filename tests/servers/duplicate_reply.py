"""Replies twice."""

from _stdio import reply, serve, text


def go(id: object) -> None:
    reply(id, text("first"))
    reply(id, text("second"))


serve(go)
