"""The waterfall beside the rows of the log: when each was under way, within the time that is visible.

Worked out from the visible rows alone, so that it costs the same wherever the log stands. Knows no colour.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inspector.journal.pairing import Status
from inspector.journal.related import Related
from inspector.wire.event import Kind, Shape

if TYPE_CHECKING:
    from inspector.journal.journal import Journal

WIDE = 116
"""Cells of a log from which on the waterfall is shown unless somebody takes it away."""

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_MOMENT, _TICK, _ON = "·", "┃", "▸"
_KEPT = 500
_ASKED = frozenset({Shape.REQUEST, Shape.BATCH})
_BAD = frozenset({Status.ERROR, Status.TOOL_ERROR, Status.TIMED_OUT, Status.LOST})


def cells_for(width: int) -> int:
    """Cells of the waterfall in a log of `width` cells."""
    return max(10, min(32, width // 8))


@dataclass(frozen=True, slots=True)
class Fall:
    """The time of the rows that are visible.

    Attributes:
        begin: When the first of them happened, in seconds since the journal's start; `end` the last.
        ticks: By request, when progress was reported by a row that is visible.
    """

    begin: float = 0.0
    end: float = 0.0
    ticks: dict[int, list[float]] = field(default_factory=dict)


class Waterfall:
    """What is drawn beside the rows of one journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._related = Related(journal)
        self._requests: OrderedDict[int, int] = OrderedDict()

    def fall(self, rows: Sequence[int]) -> Fall:
        """The time of these rows."""
        if not rows:
            return Fall()
        journal = self._journal
        ticks: dict[int, list[float]] = {}
        for row in rows:
            if journal.kind(row) is Kind.MESSAGE and journal.method(row) == "notifications/progress":
                ticks.setdefault(self._request_of(row), []).append(journal.time(row))
        times = [journal.time(row) for row in rows]
        return Fall(min(times), max(times), ticks)

    def _request_of(self, row: int) -> int:
        known = self._requests.get(row)
        if known is None:
            known = self._requests[row] = self._related.request_of(row)
            if len(self._requests) > _KEPT:
                self._requests.popitem(last=False)
        return known

    def pieces(self, row: int, fall: Fall, cells: int) -> list[tuple[str, str]]:
        """A row as `(text, role)` in exactly so many cells; roles are `bar`, `muted`, `warning`, `error`."""
        journal = self._journal
        began, status = journal.time(row), journal.status(row)
        peer = journal.peer(row)
        asks = journal.shape(row) in _ASKED and status is not Status.NONE and not 0 <= peer < row
        if not asks:
            return _line({_cell(began, fall, cells): _MOMENT}, cells, "error" if status in _BAD else "muted")
        role = "error" if status in _BAD else "warning" if status is Status.PENDING else "bar"
        until = journal.time(peer) if peer >= 0 else math.inf if status is Status.PENDING else began
        drawn = bar(_place(began, fall, cells), _place(until, fall, cells), cells)
        if until > fall.end:
            drawn[cells - 1] = _ON
        for time in fall.ticks.get(row, ()):
            drawn[_cell(time, fall, cells)] = _TICK
        return _line(drawn, cells, role)


def bar(begin: float, end: float, cells: int) -> dict[int, str]:
    """A bar from one place to another, 0 to `cells`, to an eighth of a cell at its end and half of one at
    its beginning: the characters by cell. However short it is, it is to be seen."""
    first = min(cells - 1, max(0, math.floor(begin)))
    last = min(cells - 1, max(first, math.floor(end)))
    late = begin - first >= 0.5
    if first == last:
        return {first: ("▐" if end - begin > 0.25 else "▕") if late else _eighths(end - first)}
    drawn = {first: "▐" if late else "█"} | dict.fromkeys(range(first + 1, last), "█")
    rest = int((end - last) * 8)
    if rest or end >= cells:
        drawn[last] = _eighths(end - last)
    return drawn


def _eighths(part: float) -> str:
    return _EIGHTHS[min(8, max(1, int(part * 8)))]


def _place(time: float, fall: Fall, cells: int) -> float:
    width = fall.end - fall.begin
    if width <= 0:
        return 0.0 if time <= fall.end else float(cells)
    return min(float(cells), max(0.0, (time - fall.begin) / width * cells))


def _cell(time: float, fall: Fall, cells: int) -> int:
    return min(cells - 1, int(_place(time, fall, cells)))


def _line(drawn: dict[int, str], cells: int, role: str) -> list[tuple[str, str]]:
    first, last = min(drawn), max(drawn)
    text = "".join(drawn.get(cell, " ") for cell in range(first, last + 1))
    return [(" " * first, "space"), (text, role), (" " * (cells - 1 - last), "space")]
