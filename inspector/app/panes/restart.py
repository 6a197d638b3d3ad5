"""What the last restart changed: lists, schemas, what the server says of itself, the result of the same call.

The present connection is held against the one before it, for a connection and a recording alike. It restarts
nothing and calls nothing.
"""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from inspector.app.difference import NOTE, Row, difference
from inspector.app.panes.page import Page
from inspector.app.restart_sheet import changed_entries, result_entries
from inspector.app.watching import why
from inspector.app.widgets.sheet import Sheet
from inspector.journal.outline import outline
from inspector.journal.restarts import Repeated, Restart, Restarts
from inspector.journal.results import subject_of
from inspector.wire.visible import clip, size, visible

if TYPE_CHECKING:
    from textual.worker import WorkType

    from inspector.app.keeper import ConnectionKeeper
    from inspector.app.widgets.sheet_lines import Entry
    from inspector.journal.journal import Journal

BUDGET = 0.02
"""Seconds of a frame that looking through the journal may cost."""
_WIDEST = 200
_REST = 5
"""How many times as long as a look for calls took there is none: most rows of a burst are no call."""
MOST_BYTES = 20_000_000
"""Of an answer; larger ones are not compared."""


class RestartPage(Page):
    """One line that says what is compared, and the differences."""

    NAME = "Restart"
    DEFAULT_CSS = """
    RestartPage #restart-head { height: 1; text-wrap: nowrap; text-overflow: ellipsis; color: $text-muted; }
    RestartPage #restart-sheet { height: 1fr; }
    """

    def __init__(self, journal: Journal, keeper: ConnectionKeeper | None) -> None:
        super().__init__(journal, keeper)
        self._restarts = Restarts(journal)
        self._count = -1
        self._rests_until = 0.0
        self._seen: object = None
        self._compared: Repeated | None = None
        self._rows: list[Row] | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="restart-head", markup=False)
        yield Sheet(id="restart-sheet")

    @property
    def sheet(self) -> Sheet:
        """The differences."""
        return self.query_one(Sheet)

    def advance(self) -> None:
        more = self._restarts.advance(BUDGET)
        if more:
            return
        if len(self.journal) != self._count and monotonic() >= self._rests_until:
            began, self._count = monotonic(), len(self.journal)
            self._compare(self._restarts.repeated())
            self._rests_until = monotonic() + (monotonic() - began) * _REST
        restart = self._restarts.latest
        seen = (restart, self._compared, self._rows is None, self.journal.catalogue.revision)
        if seen != self._seen:
            anew = self._seen is None
            self._seen = seen
            self._say(restart)
            self.sheet.show(self._entries(restart), anew=anew)

    def _say(self, restart: Restart | None) -> None:
        says = ""
        if restart is not None:
            says = f"connection {restart.conn} against {restart.before.conn}"
            if restart.paths:
                says += f" · {clip(visible(why(restart.paths)), _WIDEST)}"
        self.query_one("#restart-head", Static).update(Content(says))

    def _entries(self, restart: Restart | None) -> list[Entry]:
        # Imported here: as the rest of what is only drawn.
        from inspector.app.widgets.sheet_lines import line

        if restart is None:
            return [
                line("none", ("There was no restart yet. ctrl+r makes one, --watch at each change.", "muted"))
            ]
        now = self.journal.catalogue
        found = changed_entries(restart.before, now)
        if not any(now.pages.values()):
            found = [line("waiting", ("Nothing is listed yet on this connection.", "muted"))]
        elif not found:
            found = [line("same", ("✓ ", "ok"), ("The server offers what it offered before.", "text"))]
        if self._compared is not None:
            row = outline(self.journal, self._compared.request)
            title = clip(f"{row.what} {row.target}".strip(), 80)
            found += result_entries(title, self._rows, self._compared.request)
        return found

    def _compare(self, repeated: Repeated | None) -> None:
        """Work out beside the screen what is different in the two results."""
        if repeated == self._compared:
            return
        self._compared, self._rows = repeated, None
        if repeated is None:
            return
        pair = (repeated.before, repeated.after)
        if max(self.journal.size(row) for row in pair) > MOST_BYTES:
            note = Row(NOTE, f"Not compared: one of them is larger than {size(MOST_BYTES)}.")
            self._rows = [note]
            return
        one, other = (self._answer(row) for row in pair)
        work: WorkType[None] = partial(self._work_out, repeated, one, other)
        self.run_worker(work, name="compare", group="compare", exclusive=True)

    async def _work_out(self, repeated: Repeated, one: Any, other: Any) -> None:
        rows = await to_thread.run_sync(difference, one, other)
        if repeated == self._compared:
            self._rows = rows

    def _answer(self, row: int) -> Any:
        frame = self.journal.event(row).frame
        if frame is None:
            return None
        return frame.result if frame.result is not None else dict(frame.error)

    def on_sheet_opened(self, event: Sheet.Opened) -> None:
        event.stop()
        request = event.entry.link
        subject = subject_of(self.journal, request) if isinstance(request, int) else None
        if subject is None:
            return

        def to_row(seq: int | None) -> None:
            if seq is not None:
                self.post_message(self.RowWanted(seq))

        # Imported here: a screen that few open.
        from inspector.app.screens.compare import CompareScreen

        self.app.push_screen(CompareScreen(self.journal, subject), to_row)

    def focus_something(self) -> None:
        self.sheet.focus()
