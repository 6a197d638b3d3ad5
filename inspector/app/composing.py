r"""Bytes as text that a person can edit, and back: what cannot be typed or seen is written `\x00`.

Nothing is lost either way: `bytes_of(text_of(raw)) == raw`. And templates of messages to begin with. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from inspector.wire.jsonrpc import encode
from inspector.wire.visible import visible

_ESCAPE = re.compile(rb"\\x([0-9a-fA-F]{2})")
_LITERAL = re.compile(r"\\(?=x[0-9a-fA-F]{2})")
_ODD = re.compile(r"[^\n\x20-\x7e]")


def bytes_of(text: str) -> bytes:
    r"""The bytes that a text means: UTF-8, and `\x00` to `\xff` for one byte each."""
    raw = text.encode("utf-8", "surrogatepass")
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), raw)


def text_of(raw: bytes) -> str:
    r"""Bytes as such a text. What is no UTF-8, or would not be seen as it is, becomes escapes."""
    text = _LITERAL.sub(r"\\x5c", raw.decode("utf-8", "surrogateescape"))
    return _ODD.sub(_shown, text)


def _shown(found: re.Match[str]) -> str:
    character = found[0]
    if not 0xDC80 <= ord(character) <= 0xDCFF and visible(character) == character:
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogateescape"))


def _request(id: int) -> bytes:
    params = {"name": "NAME", "arguments": {}}
    return encode({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params})


def _batch(id: int) -> bytes:
    return encode([{"jsonrpc": "2.0", "id": each, "method": "ping"} for each in (id, id + 1)])


TEMPLATES: tuple[tuple[str, Callable[[int], bytes]], ...] = (
    ("ping", lambda id: encode({"jsonrpc": "2.0", "id": id, "method": "ping"})),
    ("request", _request),
    ("notification", lambda id: encode({"jsonrpc": "2.0", "method": "notifications/roots/list_changed"})),
    ("broken JSON", lambda id: encode({"jsonrpc": "2.0", "id": id, "method": "ping"})[:-1]),
    ("batch", _batch),
    ("wrong id", lambda id: encode({"jsonrpc": "2.0", "id": None, "method": "ping"})),
)
"""What a composer offers to begin with: a name, and the bytes with the next id of the session."""
