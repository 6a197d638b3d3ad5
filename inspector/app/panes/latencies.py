"""The table of latencies in the place of the message list."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from inspector.app.widgets.latency_table import LatencyTable
from inspector.app.widgets.tab_line import TabLine
from inspector.journal.lanes import Lanes
from inspector.journal.latencies import Latencies
from inspector.journal.percentiles import ERROR

NAME = "Latencies"


class LatenciesPane(Vertical):
    """The other views to choose from, and the table.

    Args:
        lanes: What latencies are folded from; advanced while this is shown.
        kinds: The names of all views.
    """

    def __init__(self, lanes: Lanes, kinds: tuple[str, ...], *, id: str) -> None:
        super().__init__(id=id, classes="pane")
        self._latencies = Latencies(lanes)
        self._kinds = kinds

    def compose(self) -> ComposeResult:
        line = TabLine(self._kinds, hint="← → sort · ⏎ its messages", id="latencies-kind")
        line.set_reactive(TabLine.active, NAME)
        yield line
        yield LatencyTable(self._latencies, id="latency-table")

    @property
    def table(self) -> LatencyTable:
        """The table."""
        return self.query_one(LatencyTable)

    def advance(self, budget: float) -> None:
        """Take in what is new; at most `budget` seconds."""
        self.table.advance(budget)
        self._entitle()

    def search(self) -> None:
        """There is no filter of its own: the host goes to that of the messages."""

    def back(self) -> bool:
        """There is nothing to go back from."""
        return False

    def _entitle(self) -> None:
        by, down = self.table.order
        title = f"{NAME} · by {by}, {'descending' if down else 'ascending'}"
        if self._latencies.scanned < 1:
            title += f" · {self._latencies.scanned:.0%} read"
        if not all(each.took.exact for each in self._latencies.timings):
            title += f" · percentiles to {ERROR:.0%}"
        if title != self.border_title:
            self.border_title = title
