"""The list of log messages, at any length and rate: painted as far as it is visible, unfolded in place.

Like the message log (`widgets.log`): the host calls `advance` ten times a second. It reads no file and sends
nothing; the level that is asked of the server is the host's business. Cursor, pages and following are those
of every list of rows (`widgets.row_list`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from inspector.app.actions import own_keys
from inspector.app.widgets.log_list_columns import LogLayout, log_cells, log_header, log_layout, unfolding
from inspector.app.widgets.row_list import RowList, row_keys
from inspector.app.widgets.strips import marked, resize, strip_of, under_cursor
from inspector.journal.log_rows import LogRows
from inspector.journal.logged import Logged, Origin
from inspector.journal.outline import outline

_MOST_UNFOLDED = 50


class LogList(RowList):
    """Shows rows of log messages.

    Args:
        rows: Which of them; whoever gives them advances them.
        logged: What they came of.
    """

    DEFAULT_CSS = """
    LogList {
        & > .row--note { color: $text-primary; }
        & > .row--found { color: $foreground; text-style: bold underline; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"row--note", "row--found"}
    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "logs",
        *row_keys("logs"),
        Binding("enter", "open", "row", key_display="⏎", tooltip="Go to its row in the message log"),
        Binding("space", "fold", "unfold", tooltip="All that it says and what it came of, or one line"),
        Binding("f", "follow", "follow", tooltip="Follow what comes in, or pause"),
        Binding("left", "ask(-1)", "Ask the server for less grave messages too", key_display="←", show=False),
        Binding("right", "ask(1)", "Ask the server for graver messages only", key_display="→", show=False),
        Binding("comma", "least(-1)", "Show less grave messages too", key_display=",", show=False),
        Binding("full_stop", "least(1)", "Show graver messages only", key_display=".", show=False),
        Binding("e", "stderr", "stderr", tooltip="Show the server's stderr between them, or not"),
        Binding("p", "request", "Go to the request that it came of", show=False),
    )

    @dataclass
    class RowWanted(Message):
        """The user wants to see a row of the message log."""

        seq: int

    @dataclass
    class Stepped(Message):
        """The user wants another level: what the server is asked for, or what is shown."""

        asked: bool
        by: int

    class StderrToggled(Message):
        """The user wants to see the lines of stderr, or no longer."""

    class FollowChanged(Message):
        """The list began to follow, or stopped."""

    def __init__(self, rows: LogRows, logged: Logged, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows = rows
        self._logged = logged
        self._row = -1
        self._seq = -1
        self._logger = 0
        self._request = 0
        self._columns: LogLayout | None = None
        self._unfolded: OrderedDict[int, list[list[tuple[str, str]]]] = OrderedDict()
        self._extras: list[tuple[int, int]] = []

    @property
    def cursor(self) -> int:
        """The journal's number of the row under the cursor; -1 where there is none."""
        return self._seq

    def show_rows(self, rows: LogRows) -> None:
        """Show another selection, the cursor on the nearest to where it was."""
        self._rows = rows
        self._count, self._row = 0, -1
        self._strips.clear()
        self._extras = []
        if self.is_running:
            self._resize()
        self.advance()
        self.refresh()

    def advance(self) -> None:
        """Take in the rows that were found since the last time."""
        if len(self._rows) == self._count:
            return
        before, self._count = self._count, len(self._rows)
        if not self.is_running:
            return
        if not before or self._extras or self._unfolded:
            self._place_unfolded()
        self._resize()
        if self._following:
            self._go(self._count - 1)
        elif self._row < 0:
            self._go(max(0, min(self._rows.index(self._seq), self._count - 1)))
        if before < self.scroll_offset.y + self._page():
            self.refresh()

    def selected_text(self) -> str:
        """What copying takes: all that the message under the cursor says."""
        return "\n".join(self._rows.logs.read(self._seq).lines()) if self._seq >= 0 else ""

    # Keys and mouse.

    def action_page(self, by: int) -> None:
        """Move the cursor by pages."""
        line = self._line(self._row) + by * max(1, self._page() - 1)
        self._move_to(self._row_at(max(0, line)))

    def action_open(self) -> None:
        """Ask for the row in the message log."""
        if self._seq >= 0:
            self.post_message(self.RowWanted(self._seq))

    def action_request(self) -> None:
        """Ask for the row of the request that the message came of."""
        request = self._origin(self._seq).request if self._seq >= 0 else -1
        if request >= 0:
            self.post_message(self.RowWanted(request))
        else:
            self.app.bell()

    def action_ask(self, by: int) -> None:
        """Ask the server for another level."""
        self.post_message(self.Stepped(True, by))

    def action_least(self, by: int) -> None:
        """Show another level."""
        self.post_message(self.Stepped(False, by))

    def action_stderr(self) -> None:
        """Show stderr, or not."""
        self.post_message(self.StderrToggled())

    def action_fold(self) -> None:
        """Unfold the message under the cursor, or fold it."""
        if self._seq < 0:
            return
        if self._unfolded.pop(self._seq, None) is None:
            self.following = False
            self._unfolded[self._seq] = self._lines_of(self._seq)
            if len(self._unfolded) > _MOST_UNFOLDED:
                self._unfolded.popitem(last=False)
        self._place_unfolded()
        self._resize()
        self._show(self._row)
        self.refresh()

    def on_mount(self) -> None:
        self._settle()

    # The cursor, the page, and what is unfolded in it.

    @property
    def _cursor_row(self) -> int:
        return self._row

    def _followed(self) -> None:
        self.post_message(self.FollowChanged())

    def _row_at(self, line: int) -> int:
        return self._at(line)[0]

    def _settle(self) -> None:
        """Another size: unfold anew at its width."""
        if not self.is_running:
            return
        self._count = len(self._rows)
        self._layout()
        self._place_unfolded()
        self._resize()
        if self._count:
            self._go(self._count - 1 if self._following else max(0, self._row))
        self.refresh()

    def _resize(self) -> None:
        extra = sum(lines for _, lines in self._extras)
        resize(self, 0, self._count + extra + self._head())

    def _place_unfolded(self) -> None:
        """Find the rows that are unfolded, and how many lines each takes more."""
        self._extras = []
        for seq, lines in self._unfolded.items():
            row = self._rows.index(seq)
            if row < self._count and self._rows[row] == seq:
                self._extras.append((row, len(lines)))
        self._extras.sort()

    def _line(self, row: int) -> int:
        """The line at which a row stands."""
        return row + sum(lines for at, lines in self._extras if at < row)

    def _at(self, line: int) -> tuple[int, int]:
        """The row that a line belongs to, and which of its lines that is, from 0."""
        before = 0
        for row, lines in self._extras:
            if line <= row + before:
                break
            if line <= row + before + lines:
                return row, line - row - before
            before += lines
        return line - before, 0

    def _go(self, row: int) -> None:
        self._row = row
        self._show(row)
        if self._rows[row] != self._seq:
            self._seq = self._rows[row]
            self.refresh()

    def _show(self, row: int) -> None:
        top, line = self.scroll_offset.y, self._line(row)
        below = line + dict(self._extras).get(row, 0)
        if line < top or below - line >= self._page():
            self._scroll(line)
        elif below >= top + self._page():
            self._scroll(below - self._page() + 1)

    # Painting.

    def _titles(self, width: int) -> Sequence[tuple[str, str]]:
        return log_header(self._layout())

    def _paint(self, row: int, line: int, width: int, base: Style) -> Strip:
        columns, sub = self._layout(), self._at(line)[1]
        if sub:
            lines = self._unfolded[self._rows[row]]
            return strip_of([(text, self._style(role)) for text, role in lines[sub - 1]], width, base)
        return self._strip(self._rows[row], row == self._row, columns, base)

    def _strip(self, seq: int, at_cursor: bool, columns: LogLayout, base: Style) -> Strip:
        known, unfolded = self._logged.seen > seq, seq in self._unfolded
        key = (seq, at_cursor, unfolded, known, columns)
        strip = self._strips.get(key)
        if strip is not None:
            return strip
        message, origin = self._rows.logs.read(seq), self._origin(seq)
        self._logger = max(self._logger, len(message.logger))
        self._request = max(self._request, len(str(origin.request)) if origin.request >= 0 else 0)
        pieces = log_cells(message, origin, columns, unfolded)
        styled = [(text, self._style(role)) for text, role in pieces]
        for word in self._rows.words:
            styled = marked(styled, word, self._style("found"))
        if at_cursor:
            base = self._style("cursor")
            styled = under_cursor(styled, base, focused=self.has_focus)
        strip = self._strips[key] = strip_of(styled, columns.width, base)
        return strip

    def _origin(self, seq: int) -> Origin:
        if self._logged.seen <= seq or self._rows.logs.is_stderr(seq):
            return Origin()
        return self._logged.origin(seq)

    def _lines_of(self, seq: int) -> list[list[tuple[str, str]]]:
        origin, request = self._origin(seq), ""
        if origin.request >= 0:
            row = outline(self._rows.logs.journal, origin.request)
            request = f"{row.what} {row.target}".rstrip()
        return unfolding(self._rows.logs.read(seq), origin, request, self._layout())

    def _why_empty(self) -> str:
        logs = self._rows.logs
        if self._rows.scanned < 1:
            return "Searching…"
        if len(logs) or (logs.stderr and self._rows.stderr):
            return "No log message matches what is shown."
        return "The server has sent no log message."

    def _layout(self) -> LogLayout:
        """The columns; made anew where the width changed or what stands in them outgrew them."""
        width = max(1, self.scrollable_content_region.width)
        last = self._rows[self._count - 1] if self._count else -1
        time = len(f"{self._rows.logs.journal.time(last):.3f}") if last >= 0 else 0
        wanted = log_layout(width, time=time, logger=self._logger, request=self._request)
        if wanted != self._columns:
            old, self._columns = self._columns, wanted
            if self._unfolded and (old is None or old.width != width):
                for seq in self._unfolded:
                    self._unfolded[seq] = self._lines_of(seq)
            self.call_after_refresh(self.refresh)
        return wanted
