"""The table of latencies: a row a method or tool, sorted by any column. Draws what is visible.

Like the message log (`widgets.log`) the host calls `advance` once a frame. Cursor and pages are those of
every list of rows (`widgets.row_list`); nothing follows here, and the cursor stays with its row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from inspector.app.actions import own_keys
from inspector.app.latency_columns import (
    SORTS,
    Columns,
    as_text,
    column_at,
    columns_of,
    ordered,
    pieces_of,
    titles,
)
from inspector.app.widgets.row_list import RowList, row_keys
from inspector.app.widgets.strips import resize, strip_of, under_cursor
from inspector.journal.latencies import Latencies, Timing

_AT_ONCE = 50
"""Rows that are sorted anew whenever something changed; more of them once a second."""


class LatencyTable(RowList):
    """Shows timings.

    Args:
        latencies: All there are; this widget advances the fold.
    """

    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "latencies",
        *row_keys("latencies"),
        Binding("left", "sort(-1)", "Sort by the column before", show=False),
        Binding("right", "sort(1)", "Sort by the next column", show=False, id="latencies.sort"),
        Binding("space", "reverse", "reverse", tooltip="Turn the order round"),
        Binding("enter", "open", "filter", key_display="⏎", tooltip="Show the messages of this row"),
    )

    @dataclass
    class Highlighted(Message):
        """The cursor stands on another row, or its slowest call is another one."""

        table: LatencyTable
        timing: Timing

        @property
        def control(self) -> LatencyTable:
            return self.table

    class Opened(Highlighted):
        """The user wants to see the messages of the row."""

    def __init__(self, latencies: Latencies, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._latencies = latencies
        self._following = False
        self._rows: list[Timing] = []
        self._at: Timing | None = None
        self._by, self._down = "count", True
        self._seen = (-1, 0)
        self._told: tuple[Timing, int] | None = None
        self._sorted = 0.0

    # What the host asks and tells.

    @property
    def cursor(self) -> Timing | None:
        """The row under the cursor."""
        return self._at

    @property
    def rows(self) -> Sequence[Timing]:
        """What is listed, in order."""
        return self._rows

    @property
    def order(self) -> tuple[str, bool]:
        """What it is sorted by, and whether the greatest comes first."""
        return self._by, self._down

    def advance(self, budget: float) -> bool:
        """Take in what is new, for at most `budget` seconds; returns whether there is more."""
        more = self._latencies.advance(budget)
        seen = (self._latencies.revision, self._latencies.steps)
        if seen != self._seen:
            self._seen = seen
            self._take()
        return more

    def text(self) -> str:
        """The whole table as plain text."""
        return as_text(self._rows)

    def sort_by(self, column: str) -> None:
        """Sort by a column of `SORTS`; by the same one again, the other way round."""
        self._down = not self._down if column == self._by else column != "name"
        self._by = column
        self._order()

    # Keys and mouse.

    def action_sort(self, by: int) -> None:
        """Sort by the column before or after."""
        self.sort_by(SORTS[(SORTS.index(self._by) + by) % len(SORTS)])

    def action_reverse(self) -> None:
        """Turn the order round."""
        self.sort_by(self._by)

    def action_last(self) -> None:
        """Go to the last row."""
        self._move_to(self._count - 1)

    def action_open(self) -> None:
        """Ask the host to show the row's messages."""
        if self._at is not None:
            self.post_message(self.Opened(self, self._at))

    def on_click(self, event: events.Click) -> None:
        if event.y < self._head() and (column := column_at(self._layout(self.size.width), event.x)):
            event.prevent_default()
            self.sort_by(column)

    def on_mount(self) -> None:
        self._take()

    # The cursor and the page.

    @property
    def _cursor_row(self) -> int:
        return self._rows.index(self._at) if self._at is not None else -1

    def _take(self) -> None:
        timings, now = self._latencies.timings, monotonic()
        more = len(self._rows) < len(timings)
        if more or len(timings) <= _AT_ONCE or now - self._sorted >= 1:
            self._sorted = now
            self._order()
        self.refresh()
        self._tell()

    def _order(self) -> None:
        self._rows = ordered(self._latencies.timings, self._by, self._down)
        self._count = len(self._rows)
        if not self.is_running:
            return
        resize(self, 0, self._count + self._head())
        if self._at is None and self._rows:
            self._go(0)
        self.refresh()

    def _settle(self) -> None:
        if self.is_running:
            resize(self, 0, self._count + self._head())
            if self._at is not None:
                self._show(self._cursor_row)

    def _go(self, row: int) -> None:
        self._at = self._rows[row]
        self._show(row)
        self.refresh()
        self._tell()

    def _tell(self) -> None:
        if self._at is not None and self._told != (self._at, self._at.slowest):
            self._told = self._at, self._at.slowest
            self.post_message(self.Highlighted(self, self._at))

    # Painting.

    def _titles(self, width: int) -> Sequence[tuple[str, str]]:
        return titles(self._layout(width), self._by, self._down)

    def _paint(self, row: int, line: int, width: int, base: Style) -> Strip:
        timing = self._rows[row]
        shown = pieces_of(timing, self._layout(width), self._latencies.steps)
        styled = [(text, self._style(role)) for text, role in shown]
        if timing is self._at:
            base = self._style("cursor")
            styled = under_cursor(styled, base, focused=self.has_focus)
        return strip_of(styled, width, base)

    def _why_empty(self) -> str:
        return "Reading…" if self._latencies.scanned < 1 else "No request has been made."

    def _layout(self, width: int) -> Columns:
        return columns_of(width)
