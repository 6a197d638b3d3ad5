"""A timeline as lines of cells: what is drawn where, in which role, and which row each cell leads to.

Where all that happens in a lane has room, each is drawn; where it has none, a cell says how much there is by
its shade, and that something was wrong before anything else. Nothing here knows a colour or a key.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len

from inspector.app.timeline_window import Window, ticks
from inspector.journal.lanes import NAMES, Lanes
from inspector.journal.spans import Lane
from inspector.wire.visible import clip

LABEL = 8
"""Cells of the names at the left."""

_SHADES = "░▒▓█"
_BAR, _OPEN, _MOMENT, _TICK, _TURN, _LEG = "▆", "▒", "•", "┃", "┊", "─"
_WRONG: Mapping[str, str] = {"notices": "!", "output": "!"}
_FULL = 12
"""What fills a cell at least: two or three are no crowd."""
_MOST_TURNS = 40
_MOST_NAMES = 80
_MOST_PROGRESS = 200
_SHARES = (("calls", 6), ("HTTP", 3), ("asked", 1))


@dataclass(slots=True)
class Line:
    """One line of cells.

    Attributes:
        lane: The lane that it is of; empty for the axis.
        title: What stands before it.
        chars: A character of one cell each.
        roles: What each is: `space`, `bar`, `bad`, `open`, `shade`, `tick`, `name`, `turn`, `axis`.
        rows: The row that each leads to, -1 for none.
        alone: Whether each mark is one row, not a heap of them.
    """

    lane: str
    title: str
    chars: list[str]
    roles: list[str]
    rows: list[int]
    alone: bool = True

    @classmethod
    def empty(cls, lane: str, title: str, cells: int) -> Line:
        """Nothing."""
        return cls(lane, title, [" "] * cells, ["space"] * cells, [-1] * cells)

    def put(self, at: int, char: str, role: str, row: int = -1) -> None:
        """Draw a cell, where there is one."""
        if 0 <= at < len(self.chars):
            self.chars[at], self.roles[at] = char, role
            if row >= 0:
                self.rows[at] = row


@dataclass(frozen=True, slots=True)
class Names:
    """What rows are called, asked for as few as are drawn.

    Attributes:
        name: A short word for the request of a row, safe for a terminal.
        progress: The row of the request that a notification reports progress of, -1 for none.
        kin: The first row of the call that a request is a leg of.
    """

    name: Callable[[int], str] = lambda row: ""
    progress: Callable[[int], int] = lambda row: -1
    kin: Callable[[int], int] = lambda row: row


@dataclass(slots=True)
class _Group:
    """Spans that stand on one line: the legs of a call, or a single one."""

    first: int
    last: int
    members: list[int] = field(default_factory=list)


def heights(lanes: Lanes, rows: int) -> dict[str, int]:
    """How many lines each lane gets of `rows`: those that hold something, and calls always.

    It depends on what there is in all, not on the window: no lane moves while the user zooms.
    """
    there = [name for name in NAMES if name == "calls" or len(lanes.lanes[name])]
    # Where there is no room for all, the calls come first and then what stands above.
    first = sorted(there, key=lambda name: name != "calls")[: max(1, rows)]
    found = {name: 1 for name in NAMES if name in first}
    more = rows - len(found)
    shares = [(name, share) for name, share in _SHARES if name in found]
    total = sum(share for _, share in shares)
    for name, share in shares[1:]:
        found[name] += more * share // total
    found["calls"] += max(0, rows - sum(found.values()))
    return found


def picture(
    lanes: Lanes, window: Window, cells: int, rows: int, names: Names, at: float = -1.0
) -> list[Line]:
    """The lines of a window: its lanes from top to bottom, and the axis.

    Args:
        lanes: What happened.
        window: From when to when.
        cells: Of each line, without its title.
        rows: Lines, the axis included.
        names: What rows are called.
        at: A moment that the axis points at; none where it is negative.
    """
    found: list[Line] = []
    for name, height in heights(lanes, rows - 1).items():
        lane = lanes.lanes[name]
        lines = [Line.empty(name, "" if number else name, cells) for number in range(height)]
        if not (lane.spans and _spans(lane, lines, window, names)):
            _heaps(lane, lines, window)
        found += lines
    _progress(lanes, found, window, names)
    _turns(lanes, found, window)
    return [*found, _axis(window, cells, at)]


def _axis(window: Window, cells: int, at: float) -> Line:
    line = Line.empty("", "", cells)
    for tick, label in ticks(window, cells):
        for number, char in enumerate("╵" + label):
            line.put(tick + number, char, "axis")
    if at >= 0:
        line.put(window.cell(at, cells), "▲", "pointer")
    return line


# Each by itself.


def _spans(lane: Lane, lines: Sequence[Line], window: Window, names: Names) -> bool:
    """Draw each span of a window; false where they have no room, and nothing is drawn."""
    cells = len(lines[0].chars)
    most = cells * len(lines) // 2
    if lane.count(window.begin, window.end) > most:
        return False
    groups = _groups(lane, window, cells, most, names)
    placed = _packed(groups, len(lines), 1) or _packed(groups, len(lines), 0)
    if placed is None:
        return False
    told = sum(len(group.members) for group, _ in placed) <= _MOST_NAMES
    for group, number in placed:
        line = lines[number]
        if len(group.members) > 1:
            for cell in range(max(0, group.first), min(cells, group.last + 1)):
                line.put(cell, _LEG, "turn", lane.rows[group.members[0]])
        for at in group.members:
            _bar(lane, at, line, window)
    if told:
        for group, number in placed:
            _call_it(lines[number], group, names.name(lane.rows[group.members[0]]))
    return True


def _groups(lane: Lane, window: Window, cells: int, most: int, names: Names) -> list[_Group]:
    found: dict[int, _Group] = {}
    for at in lane.within(window.begin, window.end, most):
        first = window.cell(lane.starts[at], cells)
        until = lane.until[at]
        last = cells if math.isinf(until) else window.cell(until, cells)
        group = found.setdefault(names.kin(lane.rows[at]), _Group(first, last))
        group.first, group.last = min(group.first, first), max(group.last, last)
        group.members.append(at)
    return sorted(found.values(), key=lambda group: group.first)


def _packed(groups: list[_Group], lines: int, gap: int) -> list[tuple[_Group, int]] | None:
    """Each group on the first line that is free there, `gap` cells apart; `None` where lines are too few."""
    free = [-math.inf] * lines
    placed = []
    for group in groups:
        number = next((number for number in range(lines) if free[number] <= group.first), -1)
        if number < 0:
            return None
        free[number] = group.last + 1 + gap
        placed.append((group, number))
    return placed


def _bar(lane: Lane, at: int, line: Line, window: Window) -> None:
    cells, row, until = len(line.chars), lane.rows[at], lane.until[at]
    first, running = window.cell(lane.starts[at], cells), math.isinf(until)
    last = cells - 1 if running else window.cell(until, cells)
    bad = lane.spoiled[at]
    role = "bad" if bad else "open" if running else "bar"
    for cell in range(max(0, first), min(cells, last + 1)):
        line.put(cell, _OPEN if running else _BAR, role, row)
    if bad:
        line.put(last, "✗", "bad", row)


def _call_it(line: Line, group: _Group, name: str) -> None:
    """The name after a bar, where nothing else stands: whole, or not at all."""
    begin = max(group.last, -1) + 2
    end = begin
    while end < len(line.chars) and line.chars[end] == " ":
        end += 1
    room = end - begin - (end < len(line.chars))
    name = clip(name, 24)
    # A wide character would take two cells, and every cell here is one.
    if name and len(name) <= room and cell_len(name) == len(name):
        for number, char in enumerate(name):
            line.put(begin + number, char, "name")


# Too many to be drawn.


def _heaps(lane: Lane, lines: Sequence[Line], window: Window) -> None:
    """Draw how much there is in each cell: by one mark, or by shades from the bottom line up."""
    cells = len(lines[0].chars)
    edges = [window.time(cell, cells) for cell in range(cells + 1)]
    counts = [lane.count(edges[cell], edges[cell + 1]) for cell in range(cells)]
    wrong = [lane.flaws(edges[cell], edges[cell + 1]) for cell in range(cells)]
    most, levels = max(counts, default=0), len(_SHADES) * len(lines)
    bottom = lines[-1]
    for line in lines:
        line.alone = False
    for cell, (count, bad) in enumerate(zip(counts, wrong, strict=True)):
        row = _row_in(lane, edges[cell], edges[cell + 1], bad=bool(bad)) if count or bad else -1
        if most <= 1 or (count <= 1 and not lane.spans):
            if count:
                bottom.put(cell, _MOMENT, "bar", row)
        else:
            _pile(lines, cell, math.ceil(levels * math.log1p(count) / math.log1p(max(most, _FULL))), row)
        if bad:
            bottom.put(cell, _WRONG.get(bottom.lane, "✗"), "bad", row)


def _pile(lines: Sequence[Line], cell: int, level: int, row: int) -> None:
    for line in reversed(lines):
        if level <= 0:
            return
        line.put(cell, _SHADES[min(level, len(_SHADES)) - 1], "shade", row)
        level -= len(_SHADES)


def _row_in(lane: Lane, begin: float, end: float, *, bad: bool) -> int:
    """The row that a heap leads to: the first that is wrong, else the first that begins in it."""
    if bad:
        return lane.bad_rows[lane.first_flaw_from(begin)]
    at = lane.first_from(begin)
    if at < len(lane) and lane.starts[at] < end:
        return lane.rows[at]
    under_way = lane.within(begin, end, 1)
    return lane.rows[under_way[-1]] if under_way else -1


# What lies across.


def _progress(lanes: Lanes, lines: list[Line], window: Window, names: Names) -> None:
    """Marks on the bars whose progress was reported."""
    notices = lanes.lanes["notices"]
    drawn = {row: line for line in lines if line.alone for row in set(line.rows) - {-1}}
    if not drawn or notices.count(window.begin, window.end) > _MOST_PROGRESS:
        return
    for at in notices.within(window.begin, window.end, _MOST_PROGRESS):
        request = names.progress(notices.rows[at])
        line = drawn.get(request)
        cell = window.cell(notices.starts[at], len(lines[0].chars))
        if line is not None and line.lane in ("calls", "asked") and line.rows[cell] == request:
            line.put(cell, _TICK, "bad" if line.roles[cell] == "bad" else "tick")


def _turns(lanes: Lanes, lines: list[Line], window: Window) -> None:
    """Where a connection or a process began or ended: a line through all lanes."""
    journal = lanes.journal
    session = lanes.lanes["session"]
    cells = len(lines[0].chars)
    rows = [
        row
        for at in session.within(window.begin, window.end, 10 * _MOST_TURNS)
        if lanes.is_turn(row := session.rows[at])
    ]
    if len(rows) > _MOST_TURNS:
        return
    for row in rows:
        cell = window.cell(journal.time(row), cells)
        for line in lines:
            if line.lane != "session" and 0 <= cell < cells and line.chars[cell] == " ":
                line.put(cell, _TURN, "turn")
