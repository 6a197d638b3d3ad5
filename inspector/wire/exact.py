"""Exact text: where the values of a JSON document begin and end in its bytes, without parsing them.

A result is printed as the server sent it, so it is cut out of the bytes, not made again. Linear and
without recursion, whatever stands there; it judges no more of the JSON than it must to find its way.
"""

from __future__ import annotations

import json
import re

Span = tuple[int, int]
# Possessive throughout, so that no text, closed or not, is gone over twice.
_SPACE = re.compile(rb"[ \t\r\n]*+")
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_SCALAR = re.compile(rb"[^ \t\r\n,:\[\]{}\"]++")
_TO_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+([\[{])?+(?(1)|[\]}])', re.DOTALL)


def skip(raw: bytes, at: int) -> int:
    """Where the space that may stand at `at` ends."""
    found = _SPACE.match(raw, at)
    return found.end() if found else at


def start_of(raw: bytes, at: int = 0) -> int:
    """Where the value begins: behind a byte order mark and space."""
    return skip(raw, at + 3 if raw.startswith(b"\xef\xbb\xbf", at) else at)


def value_end(raw: bytes, at: int) -> int | None:
    """Where the JSON value that starts at `at` ends; `None` where there is none. No recursion."""
    first = raw[at : at + 1]
    if first == b'"':
        found = _STRING.match(raw, at)
        return found.end() if found else None
    if first not in (b"{", b"["):
        found = _SCALAR.match(raw, at)
        return found.end() if found else None
    depth = 0
    while True:
        bracket = _TO_BRACKET.match(raw, at)
        if bracket is None:
            return None
        at = bracket.end()
        depth += 1 if bracket.lastindex else -1
        if depth == 0:
            return at


def members(raw: bytes, at: int = 0) -> dict[str, Span] | None:
    """The spans of the values of the object that starts at `at`, by key (the last of duplicates wins).

    Returns `None` where no object stands there. Linear, whatever the depth.
    """
    at = start_of(raw, at)
    if raw[at : at + 1] != b"{":
        return None
    found: dict[str, Span] = {}
    at = skip(raw, at + 1)
    if raw[at : at + 1] == b"}":
        return found
    while True:
        key = _STRING.match(raw, at)
        if key is None:
            return None
        at = skip(raw, key.end())
        if raw[at : at + 1] != b":":
            return None
        start = skip(raw, at + 1)
        end = value_end(raw, start)
        if end is None:
            return None
        try:
            found[json.loads(key.group().decode("utf-8", "replace"), strict=False)] = (start, end)
        except ValueError:
            return None
        at = skip(raw, end)
        mark = raw[at : at + 1]
        if mark == b"}":
            return found
        if mark != b",":
            return None
        at = skip(raw, at + 1)


def elements(raw: bytes, at: int = 0) -> list[Span] | None:
    """The spans of the elements of the array that starts at `at`; `None` where no array stands there."""
    at = start_of(raw, at)
    if raw[at : at + 1] != b"[":
        return None
    found: list[Span] = []
    at = skip(raw, at + 1)
    if raw[at : at + 1] == b"]":
        return found
    while True:
        end = value_end(raw, at)
        if end is None:
            return None
        found.append((at, end))
        at = skip(raw, end)
        mark = raw[at : at + 1]
        if mark == b"]":
            return found
        if mark != b",":
            return None
        at = skip(raw, at + 1)


def cut(raw: bytes, *path: str) -> bytes | None:
    """The exact bytes of the value at `path` (object keys), e.g. `cut(raw, "result", "tools")`."""
    start, end = 0, len(raw)
    for name in path:
        spans = members(raw, start)
        if spans is None or name not in spans:
            return None
        start, end = spans[name]
    return raw[start:end]
