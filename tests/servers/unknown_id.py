"""Replies to an id that nobody asked, then to the right one."""

from _stdio import reply, serve, text


def go(id: object) -> None:
    reply(987654, text("for whom?"))
    reply(id, text("done"))


serve(go)
