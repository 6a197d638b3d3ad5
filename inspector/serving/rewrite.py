"""Puts another value in one place of a message, and leaves every other byte as it was recorded.

What is matched with what is decided elsewhere; here are only bytes.
"""

from __future__ import annotations

from typing import Any

from inspector.wire.jsonrpc import encode, id_key, members

_WORD = "io.modelcontextprotocol/subscriptionId"


def replaced(body: bytes, value: bytes, *path: str) -> bytes:
    """`body` with the JSON text `value` at `path` (object keys); as it was where nothing stands there."""
    start = 0
    span = (0, 0)
    for name in path:
        spans = members(body, start)
        if spans is None or name not in spans:
            return body
        span = spans[name]
        start = span[0]
    return body[: span[0]] + value + body[span[1] :]


def answered_to(body: bytes, recorded: str | None, replied: str | None, live: str) -> bytes:
    """An answer with the id that is asked with now, spelled as wrongly as it was.

    Args:
        body: The recorded answer.
        recorded: The id of the recorded request, as JSON text.
        replied: The id of the recorded answer.
        live: The id of the request at hand.
    """
    if replied is None or recorded is None:
        return body
    if replied == recorded:
        return replaced(body, live.encode(), "id")
    if id_key(replied) != id_key(recorded):
        return body  # null, or another one: as it was
    bare = live.strip('"')
    if replied.startswith('"') and not live.startswith('"'):
        return replaced(body, encode(live), "id")
    if not replied.startswith('"') and bare.lstrip("-").isdigit() and len(bare) < 16:
        return replaced(body, (bare + (".0" if replied.endswith(".0") else "")).encode(), "id")
    return replaced(body, live.encode(), "id")


def subscribed(body: bytes, live: bytes) -> bytes:
    """A message of a subscription, with the id that it was asked for with now."""
    for member in ("params", "result"):
        body = replaced(body, live, member, "_meta", _WORD)
    return body


def with_members(body: bytes, more: dict[str, Any]) -> bytes:
    """A response whose result, an object, has `more` members first; those that it has already stay."""
    outer = members(body)
    if outer is None or "result" not in outer:
        return body
    start = outer["result"][0]
    inner = members(body, start)
    if inner is None:
        return body
    new = {name: value for name, value in more.items() if name not in inner}
    if not new:
        return body
    return body[: start + 1] + encode(new)[1:-1] + (b"," if inner else b"") + body[start + 1 :]
