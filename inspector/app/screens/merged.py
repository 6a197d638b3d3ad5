"""What crossed the wire of every connection, in one log in the order of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input, Static

from inspector.app.actions import MERGED, bindings
from inspector.app.marking import head_of
from inspector.app.merging import Merged
from inspector.app.screens.framed import FramedScreen
from inspector.app.screens.help import HelpScreen
from inspector.app.widgets.key_line import KeyLine
from inspector.app.widgets.merged_log import MergedLog
from inspector.journal.filter import FilterError
from inspector.journal.marks import Marks
from inspector.wire.visible import visible

if TYPE_CHECKING:
    from inspector.app.connections import Connections

_FRAME, _BUDGET, _MARKING = 0.1, 0.03, 0.005


class MergedScreen(FramedScreen):
    """One log of all tabs, with a filter.

    Args:
        connections: The tabs.
    """

    DEFAULT_CSS = """
    MergedScreen { layout: vertical; background: $background; }
    #merged-title { height: 1; padding: 0 1; background: $panel; text-wrap: nowrap; text-overflow: ellipsis; }
    #merged-filter { display: none; padding: 0 1; background: $background; }
    #merged-wrong { display: none; height: 1; padding: 0 1; color: $text-error; }
    """
    ACTIONS = MERGED
    PLACE = "merged"
    BINDINGS: ClassVar[list[BindingType]] = bindings(MERGED, "merged")
    AUTO_FOCUS = "#merged-log"

    def __init__(self, connections: Connections) -> None:
        super().__init__()
        self._connections = connections
        self._tabs = tuple(connections.all)
        self._merged = self._rows("")
        self._marks = [Marks(each.journal.whole) for each in self._tabs]

    def _rows(self, text: str) -> Merged:
        return Merged([each.journal for each in self._tabs], text)

    def compose(self) -> ComposeResult:
        yield Static("", id="merged-title", markup=False)
        yield Input(placeholder="filter", id="merged-filter", compact=True)
        yield Static("", id="merged-wrong", markup=False)
        yield MergedLog(self._merged, id="merged-log")
        yield KeyLine()

    def on_mount(self) -> None:
        self.log_widget.head = lambda source, seq: head_of(self._marks[source], seq)
        self.set_interval(_FRAME, self.advance)
        self.advance()

    @property
    def log_widget(self) -> MergedLog:
        """The list."""
        return self.query_one(MergedLog)

    def advance(self) -> None:
        """Once a frame: take in what is new."""
        if self not in self.app.screen_stack:
            return
        for marks in self._marks:
            marks.advance(_MARKING / len(self._marks))
        more = self.log_widget.advance(_BUDGET)
        count, whole = len(self._merged), sum(len(each.journal) for each in self._tabs)
        says = f"{count:,} of {whole:,} events" if self._merged.text else f"{whole:,} events"
        names = ", ".join(f"{number} {each.title}" for number, each in enumerate(self._tabs, 1))
        title = f"Merged log · {says}{' · searching' if more else ''} · {names}"
        if (line := self.query_one("#merged-title", Static)).content != title:
            line.update(title)
        for look in self.each_frame:
            look()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        wrong = self.query_one("#merged-wrong", Static)
        try:
            self._merged = self._rows(event.value)
        except FilterError as error:  # what was found by the last good one stays
            wrong.update(visible(str(error)))
            wrong.display = True
            return
        wrong.display = False
        self.log_widget.set_rows(self._merged)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.log_widget.focus()

    async def on_merged_log_opened(self, event: MergedLog.Opened) -> None:
        await self._connections.show_row(self._tabs[event.source], event.seq)

    def action_search(self) -> None:
        field = self.query_one(Input)
        field.display = True
        field.focus()

    def action_back(self) -> None:
        field = self.query_one(Input)
        if field.display:
            field.value = ""
            field.display = False
            self.log_widget.focus()
        else:
            self._connections.show(0)

    def action_step_tab(self, by: int) -> None:
        self._connections.step(by)

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen("merged", self.ACTIONS))

    async def action_quit_app(self) -> None:
        await self.app.action_quit()
