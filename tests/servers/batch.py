"""Replies in a batch, together with a notification."""

from _stdio import send, serve, text


def go(id: object) -> None:
    note = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "hi"}}
    send([note, {"jsonrpc": "2.0", "id": id, "result": text("done")}])


serve(go)
