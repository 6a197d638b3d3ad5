"""Time travel: the session as it was known at the row under the log's cursor, while all goes on behind.

A fold over the journal, for a connection and a recording alike. It calls nothing and changes nothing.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from inspector.app.actions import own_keys
from inspector.app.panes.page import Page
from inspector.app.panes.traffic import Traffic
from inspector.app.panes.views import LATENCIES
from inspector.app.standing import clock
from inspector.app.then_sheet import then_entries
from inspector.app.widgets.log import MessageLog
from inspector.app.widgets.sheet import Sheet
from inspector.journal.then import Past
from inspector.wire.visible import seconds

if TYPE_CHECKING:
    from inspector.app.keeper import ConnectionKeeper
    from inspector.journal.journal import Journal

BUDGET = 0.02
"""Seconds of a frame that looking through the journal may cost."""
_REST = 5
"""How many times as long as it took to work a row out nothing is worked out: a log that runs moves the
cursor in every frame."""


class ThenPage(Page):
    """What was known at a row, under a line that says which."""

    NAME = "Then"
    DEFAULT_CSS = """
    ThenPage #then-head {
        height: 1; padding: 0 1; background: $warning 20%; text-wrap: nowrap; text-overflow: ellipsis;
    }
    ThenPage #then-sheet { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "then",
        Binding("left", "step(-1)", "row before", tooltip="One row back in time", id="then.before"),
        Binding("right", "step(1)", "next row", tooltip="One row on", id="then.after"),
    )

    def __init__(self, journal: Journal, keeper: ConnectionKeeper | None) -> None:
        super().__init__(journal, keeper)
        self._past = Past(journal)
        self._seen: object = None
        self._said: object = None
        self._rests_until = 0.0

    def compose(self) -> ComposeResult:
        yield Static(id="then-head", markup=False)
        yield Sheet(id="then-sheet")

    @property
    def sheet(self) -> Sheet:
        """What was known."""
        return self.query_one(Sheet)

    @property
    def row(self) -> int:
        """The row that it is about; -1 while there is none."""
        log, traffic = self.screen.query_one(MessageLog), self.screen.query_one(Traffic)
        return log.cursor if log.following and traffic.view is not LATENCIES else traffic.row

    def advance(self) -> None:
        more = self._past.advance(BUDGET)
        row = self.row
        known = self._past.knows(row)
        self._tell(row, known)
        now = self.journal.catalogue
        seen = (row, now.revision, more) if known else None
        if seen is None or seen == self._seen or monotonic() < self._rests_until:
            return
        began = monotonic()
        another = self._seen is None
        self._seen = seen
        self.sheet.show(then_entries(self._past.at(row), now, self.journal), anew=another)
        self._rests_until = monotonic() + (monotonic() - began) * _REST

    def _tell(self, row: int, known: bool) -> None:
        """Say which row it is about, so that nobody takes it for now."""
        last = len(self.journal) - 1
        said = (row, last, known, self._past.milestones.seen if not known else 0)
        if said == self._said:
            return
        self._said = said
        head = self.query_one("#then-head", Static)
        if row < 0:
            head.update(Content("Nothing has crossed the wire yet."), layout=False)
            return
        time = self.journal.time(row)
        self.border_title = f"Then · as of row {row:,}"
        if row == last:
            after = "the newest row: this is now"
        else:
            rows, passed = last - row, self.journal.time(last) - time
            ago = seconds(passed) if passed < 60 else clock(passed)
            after = f"{rows:,} row{'s' * (rows != 1)} and {ago} before now"
        if not known:
            after = f"looking through the recording: {self._past.milestones.seen / (last + 1):.0%}"
        says = (f"As of row {row:,} at {time:.3f} s", "bold")
        # Its size is fixed: without this a log that runs would have the screen laid out in every frame.
        head.update(Content.assemble(says, f" · {after}", ("  ← → step", "dim")), layout=False)

    def action_step(self, by: int) -> None:
        """Move the log's cursor: to the next row that its filter shows, or the one before."""
        log = self.screen.query_one(MessageLog)
        if log.cursor != self.row:
            self.screen.query_one(Traffic).show_row(self.row)
        log.action_move(by)
        self._rests_until = 0.0

    def on_sheet_opened(self, event: Sheet.Opened) -> None:
        event.stop()
        if isinstance(event.entry.link, int):
            self.post_message(self.RowWanted(event.entry.link))

    def focus_something(self) -> None:
        self.sheet.focus()
