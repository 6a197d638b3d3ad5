"""Two results of the same capability side by side: the latest against the one before, or any other two.

It folds the journal, so that it is there for a live session and for a recording alike; it calls nothing.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from anyio import to_thread
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from inspector.app.actions import Action, bindings
from inspector.app.difference import NOTE, Row, difference
from inspector.app.once import Once
from inspector.app.panes.message import SelectedMessage
from inspector.app.screens.help import HelpScreen
from inspector.app.widgets.diff_view import DiffView
from inspector.app.widgets.key_line import KeyLine
from inspector.forms import json_text
from inspector.journal.results import Answer, Results, Subject, subject_of
from inspector.wire.visible import clip, seconds, size, visible

if TYPE_CHECKING:
    from textual.worker import WorkType

    from inspector.app.items import Item
    from inspector.app.screens.main import MainScreen
    from inspector.journal.journal import Journal

FRAME = 0.05
BUDGET = 0.03
"""Seconds of a frame that looking through the journal may cost."""
MOST_BYTES: Final = 20_000_000
"""Of a message; larger ones are not compared."""

COMPARISON: tuple[Action, ...] = (
    Action("step(1)", "n", "Go to the next difference", "next", "Difference"),
    Action("step(-1)", "p", "Go to the difference before", "before", "Difference"),
    Action("pick(0,-1)", "left_square_bracket", "First result: an earlier call", "", "Difference"),
    Action("pick(0,1)", "right_square_bracket", "First result: a later call", "", "Difference"),
    Action("pick(1,-1)", "left_curly_bracket", "Second result: an earlier call", "", "Difference"),
    Action("pick(1,1)", "right_curly_bracket", "Second result: a later call", "", "Difference"),
    Action("show_call", "l", "Show the second call in the message log", "log", "Difference"),
    Action("copy", "y", "Copy the difference", "copy", "General"),
    Action("back", "escape,q", "Back", "back", "General", palette=False),
    Action("help", "f1,question_mark", "Every key on one page", "help"),
)


def subject_for(journal: Journal, row: int, item: Item | None, called: int) -> Subject | None:
    """What to compare results of: the call of a selected row, else what is opened.

    Args:
        journal: Where the rows are.
        row: The selected row, -1 for none.
        item: What is opened.
        called: The row of its latest request, -1 for none: what a template is read by is told there alone.
    """
    if (subject := subject_of(journal, row)) is not None:
        return subject
    if item is None:
        return None
    match item.section:
        case "tools":
            return Subject("tools/call", item.key)
        case "resources":
            return Subject("resources/read", item.key)
        case "prompts":
            return Subject("prompts/get", item.key)
    return subject_of(journal, called)


def compare(screen: MainScreen) -> None:
    """Compare results of what is selected or opened, and go to the row that is wanted then."""

    def to_row(seq: int | None) -> None:
        if seq is not None:
            screen.traffic.show_row(seq)
            screen.action_pane(3)

    item, run = screen.workbench.item, screen.workbench.run
    row = screen.query_one(SelectedMessage).seq if screen.pane in (3, 4) else -1
    subject = subject_for(screen.journal, row, item, run.row if run is not None else -1)
    if subject is None:
        screen.notify("Open what was called, or select one of its messages.", markup=False)
    else:
        screen.app.push_screen(CompareScreen(screen.journal, subject), to_row)


class CompareScreen(Once[int | None]):
    """Leaves with the row of a request to go to, or with `None`.

    Args:
        journal: Where the results are.
        subject: What was called.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-medium")]
    ACTIONS = COMPARISON
    PLACE = "comparison"
    BINDINGS = bindings(COMPARISON, "comparison")
    AUTO_FOCUS = "#compare-diff"
    DEFAULT_CSS = """
    CompareScreen { layout: vertical; background: $background; }
    #compare-title { height: 1; padding: 0 1; background: $panel; }
    #compare-title { text-wrap: nowrap; text-overflow: ellipsis; }
    #compare-body { height: 1fr; padding: 0 1; }
    #compare-head { height: auto; max-height: 4; margin: 0 0 1 0; }
    #compare-where { height: 1; color: $text-muted; }
    #compare-diff { height: 1fr; }
    """

    def __init__(self, journal: Journal, subject: Subject) -> None:
        super().__init__()
        self.journal = journal
        self._results = Results(journal, subject)
        self._picked = [0, 0]
        self._searched = False
        self._compared = False

    def compose(self) -> ComposeResult:
        yield Static(id="compare-title", markup=False)
        with Vertical(id="compare-body"):
            yield Static(id="compare-head", markup=False)
            yield DiffView(id="compare-diff")
            yield Static(id="compare-where", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self._tell()
        self.set_interval(FRAME, self._search)

    @property
    def diff(self) -> DiffView:
        """The differences."""
        return self.query_one(DiffView)

    @property
    def compared(self) -> bool:
        """Whether the two results that are picked were compared; also where there are no two."""
        return self._compared

    def _search(self) -> None:
        """Once a frame: look through more of the journal, until all of it was."""
        if self._searched or self._results.advance(BUDGET):
            return
        self._searched = True
        last = len(self._results.found) - 1
        self._picked = [max(0, last - 1), max(0, last)]
        self._compare()

    def _compare(self) -> None:
        self._compared = False
        if len(self._results.found) < 2:
            self._compared = True
            self._tell()
            return
        self._tell()
        pair = [self._results.found[at] for at in self._picked]
        if max(self.journal.size(answer.reply) for answer in pair) > MOST_BYTES:
            self._show([Row(NOTE, f"Not compared: one of them is larger than {size(MOST_BYTES)}.")])
            return
        one, other = (self._results.result(answer) for answer in pair)
        work: WorkType[None] = partial(self._work_out, one, other)
        self.run_worker(work, name="compare", group="compare", exclusive=True)

    async def _work_out(self, one: Any, other: Any) -> None:
        rows = await to_thread.run_sync(difference, one, other)
        if self.display:  # on leaving, its widgets go one by one
            self._show(rows)

    def _show(self, rows: list[Row]) -> None:
        self.diff.show(rows)
        self._compared = True
        self._tell()

    def _tell(self) -> None:
        subject, found = self._results.subject, self._results.found
        says = [f"{subject.method} {clip(visible(subject.key), 60)}"]
        if not self._searched:
            says.append("looking for results")
        elif len(found) < 2:
            says.append("one result" if found else "no result")
        else:
            says.append(f"{self._picked[0] + 1} and {self._picked[1] + 1} of {len(found)}")
            if self._compared:
                count = self.diff.count
                says.append(f"{count} difference{'s' * (count != 1)}" if count else "no difference")
        self.query_one("#compare-title", Static).update(
            Content.assemble(("Compare", "bold"), "".join(f" · {each}" for each in says))
        )
        self._tell_pair()
        where = f"{self.diff.current + 1}/{self.diff.count}  {self.diff.path}" if self.diff.count else ""
        self.query_one("#compare-where", Static).update(Content(where))

    def _tell_pair(self) -> None:
        found = self._results.found
        head = self.query_one("#compare-head", Static)
        if len(found) < 2:
            says = "To compare two results, call it twice: f5 runs it again." if self._searched else ""
            head.update(Content(says))
            return
        width = max(20, self.size.width - 4)
        lines = [
            clip(f"{mark} {self._words(at)}", width) for mark, at in zip("-+", self._picked, strict=True)
        ]
        head.update(Content.assemble((lines[0], "$text-error"), "\n", (lines[1], "$text-success")))

    def _words(self, at: int) -> str:
        answer: Answer = self._results.found[at]
        journal = self.journal
        took = journal.latency(answer.reply)
        said = [
            f"{at + 1}",
            f"at {journal.time(answer.request):.3f} s",
            journal.status(answer.reply).word,
            seconds(took) if took is not None else "",
            size(journal.size(answer.reply)),
            visible(json_text.write(answer.given)[:400]) if answer.given is not None else "no arguments",
        ]
        return " · ".join(each for each in said if each)

    def on_diff_view_stepped(self) -> None:
        if self._compared:
            self._tell()

    def on_resize(self) -> None:
        self._tell()

    def action_step(self, by: int) -> None:
        if not self.diff.step(by):
            self.app.bell()

    def action_pick(self, side: int, by: int) -> None:
        """Take an earlier or later result for one of the two."""
        last = len(self._results.found) - 1
        wanted = max(0, min(self._picked[side] + by, last))
        if self._searched and last > 0 and wanted != self._picked[side]:
            self._picked[side] = wanted
            self._compare()
        else:
            self.app.bell()

    def action_show_call(self) -> None:
        if self._results.found:
            self.dismiss(self._results.found[self._picked[1]].request)

    def action_copy(self) -> None:
        text = self.diff.selected_text()
        self.app.copy_to_clipboard(text)
        self.notify(f"Copied {len(text)} characters.", timeout=2, markup=False)

    def action_back(self) -> None:
        self.dismiss(None)

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen("comparison", COMPARISON))
