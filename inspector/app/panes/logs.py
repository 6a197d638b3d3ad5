"""The page of log messages: what the server logs, from which level on, and the level that it is asked for.

The two levels are two things: one is asked of the server, in the way of its era; the other hides what came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from inspector.app.panes.page import Page
from inspector.app.widgets.filter_field import FilterField
from inspector.app.widgets.log_list import LogList
from inspector.app.widgets.tab_line import TabLine
from inspector.journal.filter import Filter
from inspector.journal.log_rows import LogRows
from inspector.journal.logged import Logged
from inspector.journal.logs import Logs
from inspector.wire.levels import LEVELS

if TYPE_CHECKING:
    from inspector.app.keeper import ConnectionKeeper
    from inspector.journal.journal import Journal
    from inspector.session.levels import Levels

BUDGET = 0.005
"""Seconds of a frame for each of the folds."""
_OFF, _UNSET = "off", "unset"


class LogsPage(Page):
    """Two lines of levels, what is to be said of them, and the messages."""

    NAME = "Logs"
    DEFAULT_CSS = """
    LogsPage .logs-line { height: 1; }
    LogsPage .logs-label { width: 5; color: $text-muted; }
    LogsPage TabLine { padding: 0; }
    LogsPage #logs-says { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    LogsPage #logs-filter { display: none; padding: 0 1; background: $background; }
    LogsPage #logs-list { height: 1fr; }
    """

    def __init__(self, journal: Journal, keeper: ConnectionKeeper | None) -> None:
        super().__init__(journal, keeper)
        self._logs = Logs(journal)
        self._logged = Logged(journal)
        self._rows = LogRows(self._logs)
        self._next: list[str | None] = []
        self._asking = False
        self._said: tuple[str, str] = ("", "")

    def compose(self) -> ComposeResult:
        with Horizontal(classes="logs-line"):
            yield Static("ask", classes="logs-label")
            yield TabLine((_UNSET, *LEVELS), id="logs-asked")
        with Horizontal(classes="logs-line"):
            yield Static("show", classes="logs-label")
            yield TabLine(LEVELS, id="logs-least")
        yield Static("", id="logs-says")
        field = FilterField(self.journal, id="logs-filter")
        yield field
        yield field.wrong
        yield field.choices
        yield LogList(self._rows, self._logged, id="logs-list")

    @property
    def list(self) -> LogList:
        """The messages."""
        return self.query_one(LogList)

    @property
    def field(self) -> FilterField:
        """The filter's field."""
        return self.query_one("#logs-filter", FilterField)

    def selected_text(self) -> str:
        return self.list.selected_text()

    @property
    def levels(self) -> Levels | None:
        """The level switch of the connection, if there is one."""
        return self.keeper.levels if self.keeper is not None else None

    def advance(self) -> None:
        self._logs.advance(BUDGET)
        self._logged.advance(BUDGET)
        moves = self._rows.moves
        self._rows.advance(BUDGET)
        if self._rows.moves != moves:
            self.list.show_rows(self._rows)
        self.list.advance()
        self._show_level()
        self._entitle()

    def focus_something(self) -> None:
        self.list.focus()

    def search(self) -> bool:
        """Put the cursor into the filter."""
        self.field.display = True
        self.field.focus()
        return True

    def back(self) -> bool:
        if self.field.value:
            self.field.value = ""
        elif not self.field.has_focus:
            return False
        self.field.display = False
        self.field.wrong.say(None)
        self.list.focus()
        return True

    # What is shown.

    def _entitle(self) -> None:
        words = ["Logs", "following" if self.list.following else "paused"]
        shown, there = len(self._rows), len(self._logs)
        if shown != there:
            words.append(f"{shown} of {there + self._logs.stderr * self._rows.stderr}")
        if self._rows.scanned < 1:
            words.append(f"{self._rows.scanned:.0%} searched")
        title = " · ".join(words)
        if title != self.border_title:
            self.border_title = title

    def _show_level(self) -> None:
        levels = self.levels
        line = self.query_one("#logs-asked", TabLine)
        if levels is None:
            level = self._logged.in_force()
            choices: tuple[str, ...] = (level or _UNSET,)
            said = self._of_the_past(level)
        else:
            level = self._next[-1] if self._next else levels.desired
            first = (_OFF,) if levels.per_request else (_UNSET,) if level is None else ()
            choices, said = (*first, *LEVELS), self._of_the_present(levels, level)
        if line.choices != choices or line.active != (level or choices[0]):
            line.offer(choices, level or choices[0])
        if said != self._said:
            self._said = said
            self.query_one("#logs-says", Static).update(Content.styled(*said))

    def _of_the_past(self, level: str | None) -> tuple[str, str]:
        if self.keeper is not None:
            wished = self.keeper.wishes.level
            says = f"not connected; {wished} will be asked for again" if wished else "not connected"
            return says, "$foreground-muted"
        asked = f"{level} and graver was asked for last" if level else "no level was asked for"
        return f"a recording: {asked}", "$foreground-muted"

    def _of_the_present(self, levels: Levels, level: str | None) -> tuple[str, str]:
        if levels.says:
            kept = f"; {levels.level} is in force" if levels.level else ""
            return f"✗ {levels.says}{kept}", "$text-error"
        if levels.per_request:
            if level is None:
                return "no request asks for messages: the server must send none", "$foreground-muted"
            return f"{level} is asked for with each request from now on", "$foreground-muted"
        if level != levels.level:
            return f"… asking for {level}", "$foreground-muted"
        session = self.session
        if session is not None and session.capabilities.get("logging") in (None, False):
            return "! the server does not declare logging", "$text-warning"
        if level is None:
            return "nothing was asked for: the server decides what it sends", "$foreground-muted"
        return f"{level} and graver is asked for, for the whole session", "$foreground-muted"

    def _select(
        self, least: str | None = None, filter: Filter | None = None, stderr: bool | None = None
    ) -> None:
        """Show another selection of the messages."""
        before = self._rows
        self._rows = LogRows(
            self._logs,
            before.least if least is None else least,
            before.filter if filter is None else filter,
            stderr=before.stderr if stderr is None else stderr,
        )
        self._rows.advance(BUDGET)
        self.list.show_rows(self._rows)
        self.query_one("#logs-least", TabLine).active = self._rows.least
        self._entitle()

    # What the user wants.

    def on_tab_line_chosen(self, event: TabLine.Chosen) -> None:
        event.stop()
        if event.line.id == "logs-least":
            self._select(least=event.word)
        elif event.word != _UNSET:
            self._ask(None if event.word == _OFF else event.word)

    def on_log_list_stepped(self, event: LogList.Stepped) -> None:
        event.stop()
        line = self.query_one("#logs-asked" if event.asked else "#logs-least", TabLine)
        at = line.choices.index(line.active) + event.by
        if 0 <= at < len(line.choices) and not (event.asked and line.choices[at] == _UNSET):
            line.action_step(event.by)
        elif event.asked and self.levels is None:
            self._ask(None)  # which says why it cannot be asked

    def on_log_list_stderr_toggled(self, event: LogList.StderrToggled) -> None:
        event.stop()
        self._select(stderr=not self._rows.stderr)

    def on_log_list_follow_changed(self, event: LogList.FollowChanged) -> None:
        event.stop()
        self._entitle()

    def on_log_list_row_wanted(self, event: LogList.RowWanted) -> None:
        event.stop()
        self.post_message(self.RowWanted(event.seq))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        filter = self.field.meant()
        if filter is not None and filter != self._rows.filter:
            self._select(filter=filter)
        self.field.typed()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.list.focus()

    def _ask(self, level: str | None) -> None:
        """Ask the server for a level; while it has not answered, only the last wish is kept."""
        if self.levels is None:
            says = "ctrl+r connects again." if self.keeper else "This is a recording: nothing is sent."
            self.notify(f"Not connected. {says}", severity="warning", markup=False)
            return
        self._next = [level]
        if not self._asking:
            self._asking = True
            self.run_worker(self._ask_on(), name="level", group="calls")

    async def _ask_on(self) -> None:
        try:
            while self._next and (levels := self.levels) is not None:
                await levels.set(self._next.pop())
        finally:
            self._asking = False
            self._next = []
