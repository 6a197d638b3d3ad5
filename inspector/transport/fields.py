"""Header fields of HTTP messages: as bytes and as text, in layers, and which no other origin may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from inspector.journal.redact import is_secret_name, redact_header, redact_url

Headers: TypeAlias = Iterable[tuple[str, str]]

_NAME = 256
"""Characters of a field's name; what is longer is none."""
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


def exact(fields: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Fields by their names in lower case, in text of which `raw` makes the same bytes again."""
    found: dict[str, str] = {}
    for name, value in fields:
        key, text = name.decode("latin-1").lower(), value.decode("utf-8", "surrogateescape")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


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


def without_secrets(octets: bytes) -> bytes:
    """What is no HTTP, though perhaps half a head or an echo of the request, with secrets as fingerprints."""
    lines: list[str] = []
    for line in octets.decode("utf-8", "surrogateescape").split("\n"):
        name, colon, value = line.partition(":")
        if colon and len(name) <= _NAME and is_secret_name(name):
            end = "\r" if value.endswith("\r") else ""
            lines.append(f"{name}: {redact_header(name, value.strip())}{end}")
        else:
            lines.append(redact_url(line))
    return "\n".join(lines).encode("utf-8", "surrogateescape")
