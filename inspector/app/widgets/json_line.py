"""One line of a JSON document as pieces of safe text, each with the role it plays. Knows no colour."""

from __future__ import annotations

import re
from typing import Final

from inspector.app.widgets.json_folds import Folds
from inspector.app.widgets.json_lines import ARRAY, NOWHERE, NUMBER, OBJECT, STRING, JsonLines, decode
from inspector.wire.visible import size, visible

SHOWN_BYTES: Final = 4_000
"""Bytes of a value or key that its line shows; the rest is for whoever copies it or reads it as text."""

# As much of a string as is whole: it ends at its quote, or before an escape or a character that was cut.
_WHOLE = re.compile(rb'[^"\\]*+(?:(?:\\u[0-9a-fA-F]{4}|\\[^u])[^"\\]*+)*+', re.DOTALL)
_ODD_WORDS = (b"NaN", b"Infinity", b"-Infinity")


def indent_cap(width: int) -> int:
    """The deepest level that is still indented: a hundred thousand levels must not leave the screen."""
    return max(6, width // 6)


def pieces_of(lines: JsonLines, folds: Folds, line: int, width: int) -> list[tuple[str, str]]:
    """The line as `(text, role)`; roles are `key`, `string`, `number`, `word`, `muted` and `odd`."""
    level = lines.depth(line) - folds.first
    cap = indent_cap(width)
    pieces = [("  " * min(level, cap), "muted")]
    if level > cap:
        pieces.append((f"⋯{level} ", "muted"))
    container = lines.is_container(line)
    folded = container and folds.is_folded(line)
    pieces.append((("▸ " if folded else "▾ ") if container else "  ", "muted"))
    key = lines.key(line)
    if key is not None:
        pieces.append((visible(decode(_cut(key))), "key"))
    elif lines.parent(line) != NOWHERE:
        pieces.append((str(lines.index(line)), "muted"))
    if len(pieces) > 2 and lines.parent(line) != NOWHERE:
        pieces.append(("  ", "muted"))
    return pieces + _value(lines, line, folded)


def _value(lines: JsonLines, line: int, folded: bool) -> list[tuple[str, str]]:
    kind, count = lines.kind(line), lines.count(line)
    if kind in (OBJECT, ARRAY):
        braces = "{}" if kind == OBJECT else "[]"
        if not count:
            return [(braces, "muted")]
        if not folded:
            return [(f"{count} items" if count > 1 else "1 item", "muted")] if kind == ARRAY else []
        noun = "member" if kind == OBJECT else "item"
        return [(f"{braces[0]}…{braces[1]} {count} {noun}{'' if count == 1 else 's'}", "muted")]
    if kind == STRING:
        return _string(lines, line)
    start, end = lines.span(line)
    spelled = lines.body[start : min(end, start + SHOWN_BYTES)]
    text = spelled.decode("ascii", "replace") + ("…" if end - start > SHOWN_BYTES else "")
    return [(text, "odd" if spelled in _ODD_WORDS else "number" if kind == NUMBER else "word")]


def _string(lines: JsonLines, line: int) -> list[tuple[str, str]]:
    start, end = lines.span(line)
    inside = lines.body[start + 1 : end - 1]
    shown = visible(decode(_cut(inside)))
    if len(inside) <= SHOWN_BYTES:
        return [(f'"{shown}"', "string")]
    return [(f'"{shown}', "string"), (f"…  {size(len(inside))}", "muted")]


def _cut(inside: bytes) -> bytes:
    """The head of a string's bytes, ended between two characters."""
    if len(inside) <= SHOWN_BYTES:
        return inside
    found = _WHOLE.match(inside[:SHOWN_BYTES])
    return (found.group() if found else b"").decode("utf-8", "ignore").encode()
