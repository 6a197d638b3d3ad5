"""The timeline in the place of the message list."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from inspector.app.latency_columns import span
from inspector.app.widgets.tab_line import TabLine
from inspector.app.widgets.timeline import Timeline
from inspector.journal.lanes import Lanes

NAME = "Timeline"


class TimelinePane(Vertical):
    """The other views to choose from, and the lanes.

    Args:
        lanes: What is shown; advanced while it is shown.
        kinds: The names of all views.
    """

    def __init__(self, lanes: Lanes, kinds: tuple[str, ...], *, id: str) -> None:
        super().__init__(id=id, classes="pane")
        self._lanes = lanes
        self._kinds = kinds

    def compose(self) -> ComposeResult:
        line = TabLine(self._kinds, hint="shift+arrows pan", id="timeline-kind")
        line.set_reactive(TabLine.active, NAME)
        yield line
        yield Timeline(self._lanes, id="lanes")

    @property
    def timeline(self) -> Timeline:
        """The lanes."""
        return self.query_one(Timeline)

    def advance(self, budget: float) -> None:
        """Take in what is new; at most `budget` seconds."""
        self._lanes.advance(budget)
        self.timeline.advance()
        self._entitle()

    def search(self) -> None:
        """There is no filter of its own: the host goes to that of the messages."""

    def back(self) -> bool:
        """One step back: show the whole session again."""
        if not self.timeline.zoomed:
            return False
        self.timeline.action_whole()
        return True

    def _entitle(self) -> None:
        shown = self.timeline
        title = f"{NAME} · {'following' if shown.following else 'paused'}"
        if shown.zoomed:
            title += f" · {span(shown.window.width)} of {span(self._lanes.now - self._lanes.began)}"
        if self._lanes.scanned < 1:
            title += f" · {self._lanes.scanned:.0%} read"
        if title != self.border_title:
            self.border_title = title
