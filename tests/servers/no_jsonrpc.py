"""Replies without `jsonrpc`."""

from _stdio import send, serve, text

serve(lambda id: send({"id": id, "result": text("done")}))
