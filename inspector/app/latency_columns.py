"""The columns of the table of latencies: what fits into a width, a row as pieces of text, the order. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from inspector.wire.event import Direction
from inspector.wire.visible import clip, seconds, size

if TYPE_CHECKING:
    from inspector.journal.latencies import Timing

Piece = tuple[str, str]
"""A text, and its role: `space`, `header`, `text`, `strong`, `muted`, `warning`, `error`."""

NUMBERS = ("count", "errors", "p50", "p95", "p99", "max", "bytes")
"""The columns that hold a number, from left to right."""
SORTS = ("name", *NUMBERS)
"""What the table can be sorted by."""
_WIDTHS = {"count": 7, "errors": 7, "p50": 7, "p95": 7, "p99": 7, "max": 7, "bytes": 8}
_BARS = "▁▂▃▄▅▆▇█"
_PLAIN = re.compile(r"[\w./-]+", re.ASCII)
_NAME = 14
_WORTH: Mapping[str, Callable[[Timing], float]] = {
    "count": lambda each: each.count,
    "errors": lambda each: each.errors,
    "p50": lambda each: each.took.at(0.5),
    "p95": lambda each: each.took.at(0.95),
    "p99": lambda each: each.took.at(0.99),
    "max": lambda each: each.took.most,
    "bytes": lambda each: each.bytes,
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Cells of each column.

    Attributes:
        width: Of the whole row.
        name: Of method and tool.
        numbers: Names and widths of the numbers that are shown.
        spark: Of the course over time; 0 where it is left out.
    """

    width: int
    name: int
    numbers: tuple[tuple[str, int], ...]
    spark: int


def columns_of(width: int) -> Columns:
    """The columns that fit into `width` cells: the least telling go first."""
    names, spark = list(NUMBERS), 16 if width >= 110 else 10
    for dropped in ("", "bytes", "p99", "spark", "p50", "errors", "p95"):
        if dropped == "spark":
            spark = 0
        elif dropped:
            names.remove(dropped)
        taken = sum(_WIDTHS[name] + 1 for name in names) + (spark + 2 if spark else 0) + 3
        if width - taken >= _NAME:
            break
    numbers = tuple((name, _WIDTHS[name]) for name in names)
    return Columns(width, max(4, width - taken), numbers, spark)


def titles(columns: Columns, by: str, down: bool) -> list[Piece]:
    """The line above the rows; an arrow stands at what it is sorted by."""
    arrow = "↓" if down else "↑"

    def titled(name: str, says: str) -> str:
        return f"{says}{arrow}" if name == by else says

    pieces = [
        ("   ", "space"),
        (titled("name", "method, tool")[: columns.name].ljust(columns.name), "header"),
    ]
    for name, cells in columns.numbers:
        pieces += _right(titled(name, name), cells + 1, "header")
    return [*pieces, ("  ", "space"), ("over time", "header")] if columns.spark else pieces


def _right(text: str, cells: int, role: str) -> list[Piece]:
    """A text at the right end of so many cells; the space before it is a piece by itself."""
    return [(" " * (cells - cell_len(text)), "space"), (text, role)]


def column_at(columns: Columns, x: int) -> str:
    """The column that a click at cell `x` of the titles is for; empty for none that sorts."""
    at = 3 + columns.name
    if x < at:
        return "name"
    for name, cells in columns.numbers:
        at += cells + 1
        if x < at:
            return name
    return ""


def pieces_of(timing: Timing, columns: Columns, steps: int) -> list[Piece]:
    """A row; `steps` are the steps of time up to now."""
    arrow = "→" if timing.direction is Direction.C2S else "←"
    pieces = [(" ", "space"), (f"{arrow} ", "muted")]
    if timing.tool:
        # In a narrow table the tool is what tells rows apart.
        method = f"{timing.method} " if cell_len(timing.tool) + len(timing.method) < columns.name else ""
        tool = clip(timing.tool, columns.name - len(method))
        gap = " " * (columns.name - len(method) - cell_len(tool))
        pieces += [(method, "muted"), (tool + gap, "strong")]
    else:
        method = clip(timing.method, columns.name)
        pieces.append((method + " " * (columns.name - cell_len(method)), "text"))
    for name, cells in columns.numbers:
        says = told(timing, name)
        role = "error" if name == "errors" and timing.errors else "muted" if name == "bytes" else "text"
        pieces += _right(says, cells + 1, role)
    if columns.spark:
        course = spark(timing.over_time(steps), columns.spark)
        pieces += _right(course.lstrip(" "), columns.spark + 2, "muted")
    return pieces


def told(timing: Timing, name: str) -> str:
    """What a column of numbers says; empty where there is nothing to say."""
    if name == "count":
        return f"{timing.count:,}"
    if name == "errors":
        return f"✗ {timing.errors:,}" if timing.errors else ""
    if name == "bytes":
        return size(timing.bytes)
    return span(_WORTH[name](timing)) if timing.took.count else "-"


def span(took: float) -> str:
    """A span of time with two digits at least: `240 µs`, `2.4 ms`, `38 ms`, `1.20 s`."""
    if took < 0.0009995:
        return f"{took * 1e6:.0f} µs"
    return f"{took * 1000:.1f} ms" if took < 0.00995 else seconds(took)


def spark(values: Sequence[float | None], cells: int) -> str:
    """The course of values in so many cells; a space where there is none."""
    merged: list[float | None] = []
    for cell in range(cells):
        first = cell * len(values) // cells
        part = [
            value
            for value in values[first : max(first + 1, (cell + 1) * len(values) // cells)]
            if value is not None
        ]
        merged.append(max(part) if part else None)
    most = max((value for value in merged if value is not None), default=0.0)

    def bar(value: float | None) -> str:
        if value is None:
            return " "
        return _BARS[min(len(_BARS) - 1, int(value / most * len(_BARS)))] if most else _BARS[0]

    return "".join(map(bar, merged))


def ordered(timings: Sequence[Timing], by: str, down: bool) -> list[Timing]:
    """The rows in order; what is equal stands by name."""
    found = sorted(timings, key=lambda each: (each.method, each.tool, each.direction))
    if by == "name":
        return found[::-1] if down else found
    return sorted(found, key=_WORTH[by], reverse=down)


def filter_of(timing: Timing) -> str:
    """The filter that finds the messages of a row in the log."""
    words = [f"method:{_quoted(timing.method)}"]
    if timing.tool:
        words.append(f"tool:{_quoted(timing.tool)}")
    return " ".join(words)


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def as_text(timings: Sequence[Timing]) -> str:
    """All rows, in columns of plain text."""
    table = [["method", "tool", *NUMBERS]]
    for each in timings:
        back = "" if each.direction is Direction.C2S else " (asked by the server)"
        numbers = [told(each, name).removeprefix("✗ ") or "0" for name in NUMBERS]
        table.append([each.method + back, each.tool, *numbers])
    widths = [max(cell_len(row[at]) for row in table) for at in range(len(table[0]))]
    return "\n".join(
        "  ".join(
            " " * (width - cell_len(text)) + text if at > 1 else text + " " * (width - cell_len(text))
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    )
