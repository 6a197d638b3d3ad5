"""How a call goes on, between what it was given and what came of it: its progress, and its legs.

It is given a run once a frame and draws what changed. ⏎ on a leg leads to its row in the message log: the
sheet says so, and the screen goes there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from inspector.app.legs import leg_entries, legs_mark, read_legs
from inspector.app.progress_words import Styled, progress_lines
from inspector.app.widgets.sheet import Sheet
from inspector.journal.pairing import Status

if TYPE_CHECKING:
    from inspector.app.runs import Run

_MOST_SHOWN = 6
"""Legs that are shown at once; the others are a scroll away."""


class CallProgress(Vertical):
    """The progress and the legs of one run. Takes no room where there is neither."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    CallProgress { height: auto; display: none; margin: 1 0 0 0; }
    CallProgress > #wb-progress { height: 1; display: none; text-wrap: nowrap; text-overflow: ellipsis; }
    CallProgress > #wb-legs { height: 1; display: none; }
    .-short CallProgress { margin: 0; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._run: Run | None = None
        self._lines: list[list[Styled]] = []
        self._mark: object = None

    def compose(self) -> ComposeResult:
        yield Static(id="wb-progress", markup=False)

    @property
    def _legs(self) -> Sheet:
        """Made with the first call that has some to tell of."""
        there = self.query(Sheet)
        if there:
            return there.first()
        made = Sheet(id="wb-legs", marks=False)
        self.mount(made)
        return made

    def show(self, run: Run | None, elapsed: float, quiet: float) -> None:
        """Show how `run` goes, or nothing.

        Args:
            run: The run of what is opened.
            elapsed: Seconds since it began.
            quiet: Seconds since it last made progress.
        """
        anew = run is not self._run
        self._run = run
        width = self.size.width or self.app.size.width - 4
        self._show_progress(run, elapsed, quiet, width)
        self._show_legs(run, width, anew=anew)
        self.display = any(child.display for child in self.children)

    def _show_progress(self, run: Run | None, elapsed: float, quiet: float, width: int) -> None:
        shown = self.query_one("#wb-progress", Static)
        over = run is not None and run.ending is not None
        wanted = run is not None and run.progress.notices > 0 and not (run.ending and run.ending.good)
        shown.display = wanted
        lines = progress_lines(run.progress, elapsed, quiet, width, over=over) if run and wanted else []
        if lines != self._lines:
            if len(lines) != len(self._lines):
                shown.styles.height = max(1, len(lines))
            self._lines = lines
            # Its height is set: without this, ten times a second the whole screen would be laid out anew.
            content = Content("\n").join(Content.assemble(*line) for line in lines)
            shown.update(content, layout=False)

    def _show_legs(self, run: Run | None, width: int, *, anew: bool) -> None:
        rows = run.legs if run is not None else ()
        # A call that was never asked anything has no legs to tell of, but the one that it is.
        if run is None or not rows or (len(rows) == 1 and not _asked(run, rows[0])):
            self._mark = None
            for sheet in self.query(Sheet):
                sheet.display = False
            return
        waits = run.waiting() > 0
        mark = (legs_mark(run.journal, rows), waits, run.running, width)
        if mark == self._mark and not anew:
            return
        self._mark = mark
        legs, sheet = read_legs(run.journal, rows), self._legs
        sheet.display = True
        sheet.styles.height = min(len(legs), _MOST_SHOWN)
        room = width - sheet.styles.scrollbar_size_vertical
        entries = leg_entries(legs, room, waits=waits, running=run.running)
        sheet.show(entries, anew=anew)
        if not sheet.has_focus:
            sheet.go_to(entries[-1].key)


def _asked(run: Run, row: int) -> bool:
    answer = run.journal.peer(row)
    return answer >= 0 and run.journal.status(answer) is Status.ASKS_BACK
