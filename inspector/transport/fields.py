"""Header fields of HTTP messages: as bytes and as text, in layers, and which no other origin may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

Headers: TypeAlias = Iterable[tuple[str, str]]

_ALWAYS_PRIVATE = frozenset({"authorization", "cookie", "mcp-session-id"})


def raw(text: str) -> bytes:
    """A field's bytes. A command line's bytes that were no UTF-8 are these bytes again."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a surrogate pair, out of JSON
        return text.encode("utf-8", "replace")


def readable(octets: bytes) -> str:
    """A field's bytes as text: UTF-8 where they are that, else one character a byte."""
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def pairs(fields: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """Fields as they came, in their order and spelling."""
    return tuple((readable(name), readable(value)) for name, value in fields)


def merged(*layers: Headers) -> list[tuple[bytes, bytes]]:
    """The fields of all layers; a later layer replaces what an earlier one says under the same name."""
    found: list[tuple[str, str]] = []
    for layer in layers:
        added = list(layer)
        names = {name.lower() for name, _ in added}
        found = [(name, value) for name, value in found if name.lower() not in names] + added
    return [(raw(name), raw(value)) for name, value in found]


def private(given: Headers, sent: Iterable[str]) -> frozenset[str]:
    """Which of the names `sent`, in lower case, no other origin may see.

    Args:
        given: What the user and the authorizer gave; whatever the name, it may be a key.
        sent: Names of a request's fields.
    """
    return (_ALWAYS_PRIVATE | {name.lower() for name, _ in given}) & {name.lower() for name in sent}
