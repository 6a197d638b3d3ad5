"""Replies with both a result and an error."""

from _stdio import send, serve, text


def go(id: object) -> None:
    error = {"code": -32000, "message": "both"}
    send({"jsonrpc": "2.0", "id": id, "result": text("done"), "error": error})


serve(go)
