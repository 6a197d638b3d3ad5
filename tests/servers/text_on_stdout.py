"""Prints to stdout, at the start and in the call: the classic."""

from _stdio import raw, reply, serve, text

raw(b"listening on port 3000\n")


def go(id: object) -> None:
    raw(b"working on it\n")
    raw(b"123\n")
    raw(b'"x"\n')
    reply(id, text("done"))


serve(go)
