"""The rows of several journals in one list, each under the number of its tab."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from inspector.app.actions import own_keys
from inspector.app.widgets.log_columns import Layout, cells_of, header, layout
from inspector.app.widgets.row_list import RowList, row_keys
from inspector.app.widgets.strips import resize, strip_of, under_cursor
from inspector.journal.outline import outline

if TYPE_CHECKING:
    from inspector.app.merging import Merged

_TAB = 3
"""Cells of the number of a tab."""


class MergedLog(RowList):
    """Shows what is merged; a row is opened in its own tab.

    Args:
        merged: The rows.
    """

    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "mergedlog",
        *row_keys("mergedlog"),
        Binding("enter", "open", "open in its tab", key_display="⏎", id="mergedlog.open"),
        Binding("f", "follow", "follow", tooltip="Follow what comes in, or pause", id="mergedlog.follow"),
    )

    @dataclass
    class Opened(Message):
        """The user wants the row in its own log.

        Attributes:
            log: This list.
            source: Number of the journal.
            seq: Number of the row in it.
        """

        log: MergedLog
        source: int
        seq: int

        @property
        def control(self) -> MergedLog:
            return self.log

    def __init__(self, merged: Merged, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._merged = merged
        self._row = 0
        self._columns: Layout | None = None
        self.head: Callable[[int, int], str] = lambda source, seq: ""
        """The character at the head of a row, by the numbers of its journal and of the row in it."""

    def set_rows(self, merged: Merged) -> None:
        """Show other rows."""
        self._merged, self._row, self._count = merged, 0, 0
        self._grow()
        self.refresh()

    def advance(self, budget: float) -> bool:
        """Take in what is new, for at most `budget` seconds; returns whether there is more."""
        more = self._merged.advance(budget)
        if len(self._merged) != self._count:
            self._grow()
        elif self._visible_state() != self._painted:
            self.refresh()
        return more

    def action_open(self) -> None:
        """Ask the host to show the row in its tab."""
        if self._count:
            self.post_message(self.Opened(self, *self._merged[self._row]))

    def on_mount(self) -> None:
        self._grow()

    @property
    def _cursor_row(self) -> int:
        return self._row

    def _go(self, row: int) -> None:
        if row != self._row:
            self._row = row
            self.refresh()
        self._show(row)

    def _settle(self) -> None:
        self._grow()

    def _grow(self) -> None:
        self._count = len(self._merged)
        self._row = min(self._row, max(0, self._count - 1))  # a row may have gone
        if not self.is_running:
            return
        resize(self, 0, self._count + self._head())
        if self.following:
            self._to_end()
        self.refresh()

    # Painting.

    def _titles(self, width: int) -> Sequence[tuple[str, str]]:
        return [("tab", "header"), *header(self._layout(width))]

    def _paint(self, row: int, line: int, width: int, base: Style) -> Strip:
        source, seq = self._merged[row]
        journal, columns, at_cursor = self._merged.journals[source], self._layout(width), row == self._row
        head = self.head(source, seq)
        key = (source, seq, journal.status(seq), journal.flawed(seq), head, at_cursor, columns)
        strip = self._strips.get(key)
        if strip is not None:
            return strip
        told = outline(journal, seq)._replace(time=self._merged.time(row))
        cells = [(f"{source + 1:>2}", "muted"), (head or " ", "warning"), *cells_of(told, columns)]
        pieces = [(text, self._style(role)) for text, role in cells]
        if at_cursor:
            base = self._style("cursor")
            pieces = under_cursor(pieces, base, focused=self.has_focus)
        strip = self._strips[key] = strip_of(pieces, width, base)
        return strip

    def _why_empty(self) -> str:
        return (
            "No message of any tab matches the filter." if self._merged.text else "Nothing has crossed yet."
        )

    def _layout(self, width: int) -> Layout:
        merged = self._merged
        digits = len(str(max((len(journal) for journal in merged.journals), default=0)))
        time = len(f"{merged.time(len(merged) - 1):.3f}") if len(merged) else 0
        old = self._columns
        if (
            old is None
            or old.width != width - _TAB
            or (old.number and old.number < digits)
            or 0 < old.time < time
        ):
            self._columns = old = layout(width - _TAB, number=digits, time=time)
        return old

    def _visible_state(self) -> list[object]:
        top = self.scroll_offset.y
        found: list[object] = []
        for row in range(top, min(self._count, top + self._page())):
            source, seq = self._merged[row]
            journal = self._merged.journals[source]
            found.append((source, seq, journal.status(seq), journal.flawed(seq), self.head(source, seq)))
        return found
