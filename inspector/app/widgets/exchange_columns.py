"""The columns of the list of exchanges: what fits into a width, and one row as pieces of text.

Widths depend on the width of the list and on nothing that scrolls by. Knows no colour; roles are `text`,
`strong`, `muted`, `warning` and `error`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from inspector.app.widgets.phases import bar
from inspector.app.widgets.sheet_lines import Piece
from inspector.journal.exchanges import ExchangeRow
from inspector.wire.visible import cells, clip, seconds, size

_SHORT: Final = {"DELETE": "DEL", "OPTIONS": "OPT"}
_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#]*", re.IGNORECASE)
FLAGS: Final[Mapping[str, str]] = {
    "redirected": "r",
    "resumed": "s",
    "authorized": "a",
    "buffered": "b",
    "refused": "x",
}
"""What is out of the ordinary about an exchange, and its letter where there is no room for the word."""
_LEAST = 32
"""Cells for what and where together, before other columns go."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Cells of each column; 0 where it is left out."""

    width: int
    number: int
    time: int
    method: int
    status: int
    what: int
    where: int
    size: int
    took: int
    bar: int


def columns_of(width: int, *, number: int = 3, time: int = 7) -> Columns:
    """The columns that fit into `width` cells."""
    wanted = {
        "number": max(3, number),
        "time": max(7, time),
        "method": 6 if width >= 90 else 4,
        "status": 9 if width >= 90 else 7,
        "size": 7,
        "took": 7,
        "bar": 6 if width < 90 else 8 if width < 120 else 12,
    }

    def left() -> int:
        shown = [count for count in wanted.values() if count]
        return width - 1 - sum(shown) - len(shown) - 2

    for name in ("time", "size", "bar", "took", "method", "number"):
        if left() >= _LEAST:
            break
        wanted[name] = 0
    text = max(8, left())
    what = max(4, text * 6 // 10)
    return Columns(width, what=what, where=max(3, text - what), **wanted)


def titles(columns: Columns) -> list[Piece]:
    """The titles of the columns, as `pieces` gives a row."""
    row = [
        ("no.", columns.number, True),
        ("time", columns.time, True),
        ("method" if columns.method >= 6 else "verb", columns.method, False),
        ("status", columns.status, False),
        ("what", columns.what, False),
        ("where", columns.where, False),
        ("size", columns.size, True),
        ("took", columns.took, True),
        ("phases", columns.bar, False),
    ]
    return [(" ", "header"), *_cells([(text, width, "header", right) for text, width, right in row])]


def pieces(row: ExchangeRow, columns: Columns, origin: str) -> list[Piece]:
    """One exchange.

    Args:
        row: The exchange.
        columns: From `columns_of`.
        origin: Scheme, host and port that go without saying: the server's own.
    """
    usual = "muted" if not row.failed else "text"
    odd = row.failed or "buffered" in row.flags or "refused" in row.flags
    what = _what(row, columns.what)
    status, role = _status(row)
    shown = [
        (str(row.number), columns.number, "muted", True),
        (f"{row.time:.3f}", columns.time, "muted", True),
        (
            _SHORT.get(row.method, row.method) if columns.method < 6 else row.method,
            columns.method,
            "text",
            False,
        ),
        (status, columns.status, role, False),
        (what, columns.what, "text", False),
        (where(row.url, origin), columns.where, usual, False),
        (size(row.bytes) if row.bytes else "", columns.size, "muted", True),
        (seconds(row.took) if row.took is not None else "", columns.took, "muted", True),
        (bar(row.phases, columns.bar), columns.bar, "muted", False),
    ]
    return [("!" if odd else " ", "warning"), *_cells(shown)]


def _what(row: ExchangeRow, width: int) -> str:
    """What it was for, and what is odd about it: in words where they fit, else in letters; never cut off."""
    whole = " · ".join(word for word in (row.what, *row.flags) if word)
    if not row.flags or cells(whole) <= width:
        return whole
    letters = "+" + "".join(FLAGS.get(flag, "?") for flag in row.flags)
    room = width - len(letters) - 1
    return f"{clip(row.what, room)} {letters}" if row.what and room > 0 else letters


def where(url: str, origin: str) -> str:
    """A URL without its scheme, and without its host where that is the server's own."""
    found = _ORIGIN.match(url)
    if found is not None and found.group().lower() == origin.lower():
        return url[found.end() :] or "/"
    return url.partition("://")[2] or url


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL; empty where it has none."""
    found = _ORIGIN.match(url)
    return found.group() if found is not None else ""


def _status(row: ExchangeRow) -> tuple[str, str]:
    if not row.outcome and row.status is None:
        return "… asked", "muted"
    if row.status is None:
        return (f"✗ {row.stage or row.outcome}", "error") if row.failed else (f"- {row.outcome}", "muted")
    if not row.outcome:
        return f"… {row.status}", "muted"
    if row.status >= 400:
        return f"✗ {row.status}", "error"
    if row.failed:
        return f"✗ {row.status} cut", "error"
    return (f"↪ {row.status}", "text") if 300 <= row.status < 400 else (f"✓ {row.status}", "muted")


def _cells(row: list[tuple[str, int, str, bool]]) -> list[Piece]:
    found: list[Piece] = []
    for text, width, role, right in row:
        if not width:
            continue
        shown = clip(text, width)
        blank = " " * (width - cells(shown))
        if right:
            found += [(blank, role), (shown + " ", role)] if blank else [(shown + " ", role)]
        else:
            found.append((shown + blank + " ", role))
    return found
