"""The list of HTTP exchanges: any number of them, painted as far as they are visible.

Like the message log (`widgets.log`): the host calls `advance` ten times a second. It reads no file and sends
nothing. Cursor, pages and following are those of every list of rows (`widgets.row_list`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from inspector.app.actions import own_keys
from inspector.app.widgets.exchange_columns import Columns, columns_of, origin_of, pieces, titles
from inspector.app.widgets.row_list import RowList, row_keys
from inspector.app.widgets.strips import resize, strip_of, under_cursor
from inspector.journal.exchanges import Exchanges, Found


class ExchangeList(RowList):
    """Shows exchanges.

    Args:
        exchanges: All there are; this widget advances the fold.
    """

    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "exchanges",
        *row_keys("exchanges"),
        Binding("enter", "open", "open", key_display="⏎", tooltip="Open the exchange"),
        Binding("f", "follow", "follow", tooltip="Follow what comes in, or pause"),
    )

    @dataclass
    class Highlighted(Message):
        """The cursor stands on another exchange.

        Attributes:
            list: The list.
            number: The exchange's number in the journal.
        """

        list: ExchangeList
        number: int

        @property
        def control(self) -> ExchangeList:
            return self.list

    class Opened(Highlighted):
        """The user wants to see the exchange."""

    def __init__(self, exchanges: Exchanges, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._exchanges = exchanges
        self._found = Found(exchanges)
        self._at = -1  # in the exchanges, so that a row which a filter finds late moves nothing
        self._sought: int | None = None
        self._columns: Columns | None = None
        target = exchanges.journal.header.target.get("url")
        self._origin = origin_of(target) if isinstance(target, str) else ""

    @property
    def found(self) -> Found:
        """What is listed."""
        return self._found

    @property
    def cursor(self) -> int:
        """The number of the exchange under the cursor, -1 where there is none."""
        return self._exchanges.number(self._at) if self._at >= 0 else -1

    def filter(self, text: str) -> None:
        """List only exchanges that hold every word of `text`."""
        self._found = Found(self._exchanges, text)
        self._count = 0
        self._grow()
        self.refresh()

    def advance(self, budget: float) -> bool:
        """Take in what is new, for at most `budget` seconds; returns whether there is more."""
        more = self._found.advance(budget)
        if len(self._found) != self._count:
            self._grow()
        elif self._visible_state() != self._painted:
            self.refresh()
        return more

    def go_to(self, number: int) -> None:
        """Put the cursor on exchange `number`, as soon as it has been seen."""
        self.following = False
        self._sought = number
        self._seek()

    # Keys and mouse.

    def action_open(self) -> None:
        """Ask the host to show the exchange."""
        if self._at >= 0:
            self.post_message(self.Opened(self, self.cursor))

    def on_mount(self) -> None:
        self._grow()

    # The cursor and the page.

    @property
    def _cursor_row(self) -> int:
        return self._found.index(self._at) if self._at >= 0 else 0

    def _moved(self) -> None:
        self._sought = None

    def _settle(self) -> None:
        """Another size: the row under the cursor stays in sight."""
        self._count = 0
        self._grow()

    def _grow(self) -> None:
        """Take in what has been found."""
        before, self._count = self._count, len(self._found)
        if not self.is_running:
            return
        resize(self, 0, self._count + self._head())
        if self._sought is not None:
            self._seek()
        elif self.following:
            self._to_end()
        elif self._count:
            row = min(self._cursor_row, self._count - 1)
            if not before or self._found[row] != self._at:  # else the page stays where the user left it
                self._go(row)
        self.refresh()

    def _seek(self) -> None:
        at = self._exchanges.index(self._sought) if self._sought is not None else -1
        row = self._found.index(at) if at >= 0 else self._count
        if at >= 0 and row < len(self._found) and self._found[row] == at:
            self._sought = None
            self._count = len(self._found)
            resize(self, 0, self._count + self._head())
            self._go(row)

    def _go(self, row: int) -> None:
        at = self._found[row]
        if at != self._at:
            self._at = at
            self.refresh()
            self.post_message(self.Highlighted(self, self.cursor))
        self._show(row)

    # Painting.

    def _titles(self, width: int) -> Sequence[tuple[str, str]]:
        return titles(self._layout(width))

    def _paint(self, row: int, line: int, width: int, base: Style) -> Strip:
        return self._strip(self._found[row], self._layout(width), base)

    def _strip(self, at: int, columns: Columns, base: Style) -> Strip:
        at_cursor = at == self._at
        key = (at, self._exchanges.version(at), at_cursor, columns)
        strip = self._strips.get(key)
        if strip is not None:
            return strip
        shown = pieces(self._exchanges.row(at), columns, self._origin)
        styled = [(text, self._style(role)) for text, role in shown]
        if at_cursor:
            base = self._style("cursor")
            styled = under_cursor(styled, base, focused=self.has_focus)
        strip = self._strips[key] = strip_of(styled, columns.width, base)
        return strip

    def _why_empty(self) -> str:
        if self._found.scanned < 1:
            return "Searching…"
        return (
            "No exchange matches the filter." if len(self._exchanges) else "No HTTP exchange has been made."
        )

    def _layout(self, width: int) -> Columns:
        last = self._exchanges.number(len(self._exchanges) - 1) if len(self._exchanges) else 0
        old, digits = self._columns, len(str(last))
        if old is None or old.width != width or (old.number and old.number < digits):
            self._columns = old = columns_of(width, number=digits)
        return old

    def _visible_state(self) -> list[tuple[object, ...]]:
        top = self.scroll_offset.y
        rows = range(top, min(self._count, top + self._page()))
        return [(at := self._found[row], self._exchanges.version(at)) for row in rows]
