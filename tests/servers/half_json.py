"""Writes half a JSON object, its other half on the next line, then a good reply."""

from _stdio import raw, reply, serve, text


def go(id: object) -> None:
    raw(b'{"jsonrpc":"2.0","method":"notifications/message",\n')
    raw(b'"params":{"level":"info","data":"torn"}}\n')
    reply(id, text("done"))


serve(go)
