"""Four panes and the ways between them: by number, in turn, by a tab where only one has room.

What stands in the panes and what they are for is the business of the main screen.
"""

from __future__ import annotations

from textual.events import DescendantFocus
from textual.screen import Screen
from textual.widget import Widget

from inspector.app.arrangement import Places, Shares, arrange, parts
from inspector.app.panes.capabilities import Capabilities
from inspector.app.panes.desk import Desk
from inspector.app.panes.traffic import Traffic
from inspector.app.panes.workbench import Workbench
from inspector.app.widgets.capability_list import CapabilityList
from inspector.app.widgets.tab_line import TabLine

PANES = {
    "capabilities": 1,
    "messages": 3,
    "network": 3,
    "message": 4,
    "exchange": 4,
}
"""Widgets by id, and the number of the pane that they are or share."""


class PanedScreen(Screen[None]):
    """A screen with the panes 1 to 4: capabilities, desk, list of traffic, its selected row.

    Attributes:
        shares: How the room is divided between them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.shares = Shares()
        self._front = 1
        self._zoom = False
        self._placed: Places | None = None

    @property
    def desk(self) -> Desk:
        """The workbench, or what stands in its place."""
        return self.query_one(Desk)

    @property
    def workbench(self) -> Workbench:
        """The workbench."""
        return self.desk.bench

    @property
    def traffic(self) -> Traffic:
        """The lower half."""
        return self.query_one(Traffic)

    def on_traffic_wanted(self, event: Traffic.Wanted) -> None:
        self.action_pane(event.pane)

    def on_traffic_switched(self) -> None:
        self._rename_panes()

    def on_desk_turned(self) -> None:
        self._rename_panes()

    def _rename_panes(self) -> None:
        names = self._pane_names()
        self.query_one("#pane-tabs", TabLine).offer(names)
        self.query_one("#pane-tabs", TabLine).active = names[self._front - 1]

    # Panes.

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        # Late news of a focus that has moved on: a pane that is hidden passes it about before it loses it.
        if event.widget is self.focused and (number := self._pane_of(event.widget)):
            self._bring_forward(number)

    def _pane_of(self, widget: Widget | None) -> int:
        for node in widget.ancestors_with_self if widget is not None else ():
            if isinstance(node, Desk):
                return 2
            if node.id in PANES:
                return PANES[node.id]
        return 0

    def _pane_names(self) -> list[str]:
        return [
            f"{n} {name}" for n, name in enumerate(("Capabilities", self.desk.title, *self.traffic.names), 1)
        ]

    def _bring_forward(self, number: int) -> None:
        if number != self._front:
            self._front = number
            self._place()
        self.query_one("#pane-tabs", TabLine).active = self._pane_names()[number - 1]

    def on_resize(self) -> None:
        self._place()

    def _place(self) -> None:
        """Put the panes where they belong; styles that stay as they are cost nothing."""
        width, height = self.size
        places = arrange(width, height, self.shares, self._front, self._zoom)
        if not width or places == self._placed:
            return
        self._placed = places
        shown, traffic = places.shown, self.traffic
        upper, lower = bool(shown & {1, 2}), bool(shown & {3, 4})
        self.query_one("#pane-tabs").display = places.alone
        line, capabilities = self.query_one("#upper"), self.query_one(Capabilities)
        line.display, capabilities.display, self.desk.display = upper, 1 in shown, 2 in shown
        line.styles.height = parts(places.upper if lower else 1)
        capabilities.styles.width = places.left if 2 in shown else "1fr"
        traffic.styles.height = parts(1 - places.upper if upper else 1)
        traffic.place(3 in shown, 4 in shown, places.list)

    def on_tab_line_chosen(self, event: TabLine.Chosen) -> None:
        if event.line.id == "pane-tabs":
            self.action_pane(int(event.word[0]))

    def action_pane(self, number: int) -> None:
        self._bring_forward(number)
        if number == 1:
            self.query_one(CapabilityList).focus()
        elif number == 2:
            self.desk.focus_something()
        elif number == 3:
            self.traffic.focus_list()
        else:
            self.traffic.focus_detail()

    def action_next_pane(self) -> None:
        self.action_pane(self._pane_of(self.focused) % 4 + 1)

    def action_previous_pane(self) -> None:
        self.action_pane((self._pane_of(self.focused) - 2) % 4 + 1)

    def action_tab(self, by: int) -> None:
        focused, pane = self.focused, self._pane_of(self.focused)
        if pane in (3, 4):
            self.traffic.step_tab(pane, by)
        elif pane == 2 and focused is not None:
            in_result = self.workbench.result in focused.ancestors
            self.query_one("#result-tabs" if in_result else "#wb-tabs", TabLine).action_step(by)

    def action_zoom(self) -> None:
        self._zoom = not self._zoom
        self._place()

    def action_back(self) -> None:
        match self._pane_of(self.focused):
            case 1 if self.query_one(Capabilities).back():
                return
            case 2 if self.desk.back():
                self.desk.focus_again()
                return
            case 3 if self.traffic.back():
                return
            case 4:
                self.action_pane(3)
                return
        if self._zoom:
            self.action_zoom()
        else:
            self.action_pane(1)

    def action_search(self) -> None:
        if self._pane_of(self.focused) in (3, 4):
            self._bring_forward(3)
            self.traffic.search()
        elif self._pane_of(self.focused) != 2 or not self.desk.search():
            self._bring_forward(1)
            self.query_one(Capabilities).field.focus()
