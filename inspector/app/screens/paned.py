"""Four panes and the ways between them: by number, in turn, by a tab where only one has room.

What stands in the panes and what they are for is the business of the main screen.
"""

from __future__ import annotations

from textual.events import DescendantFocus, MouseDown, MouseMove, Resize
from textual.geometry import Size
from textual.widget import Widget

from inspector.app.arrangement import WIDE, Places, Shares, arrange, parts
from inspector.app.panes.capabilities import Capabilities
from inspector.app.panes.desk import Desk
from inspector.app.panes.traffic import Traffic
from inspector.app.panes.workbench import Workbench
from inspector.app.screens.framed import FramedScreen
from inspector.app.widgets.capability_list import CapabilityList
from inspector.app.widgets.tab_line import TabLine

PANES = {
    "capabilities": 1,
    "messages": 3,
    "network": 3,
    "timeline": 3,
    "latencies": 3,
    "message": 4,
    "exchange": 4,
}
"""Widgets by id, and the number of the pane that they are or share."""


class PanedScreen(FramedScreen):
    """A screen with the panes 1 to 4: capabilities, desk, list of traffic, its selected row.

    How the room is divided is set by keys and mouse, and remembered for each width of screen where the app
    remembers at all.
    """

    def __init__(self) -> None:
        super().__init__()
        self._shares: dict[str, Shares] = {}
        self._pulled = ""
        self._front = 1
        self._zoom = False
        self._placed: Places | None = None
        self._room = Size(0, 0)

    @property
    def shares(self) -> Shares:
        """How the room is divided between the panes on a screen of this width."""
        name = self._width_name
        if name not in self._shares:
            look = getattr(self.app, "look", None)
            given = getattr(self.app, "panes", None)  # the configuration goes first
            kept = (look.get("panes") or {}) if look is not None and given is None else {}
            self._shares[name] = given or Shares.of(kept.get(name) if isinstance(kept, dict) else None)
        return self._shares[name]

    @shares.setter
    def shares(self, shares: Shares) -> None:
        self._shares[self._width_name] = shares
        self._place()

    @property
    def _width_name(self) -> str:
        return "wide" if self._room.width >= WIDE else "medium"

    @property
    def alone(self) -> bool:
        """Whether one pane has the whole screen: there is no border to move."""
        return self._placed is None or self._placed.alone

    @property
    def front(self) -> int:
        """The pane that is shown where only one has room."""
        return self._front

    @property
    def zoomed(self) -> bool:
        """Whether one pane was given the whole screen."""
        return self._zoom

    @property
    def pane(self) -> int:
        """The pane that is worked in; 0 for none."""
        return self._pane_of(self.focused)

    def keep_shares(self) -> None:
        """Remember how the room is divided."""
        look = getattr(self.app, "look", None)
        if look is not None:
            kept = look.get("panes")
            others = kept if isinstance(kept, dict) else {}
            look.put("panes", {**others, self._width_name: self.shares.document()})

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
        self.refresh_bindings()  # the footer names what can be done with what is shown

    def _rename_panes(self) -> None:
        names = self._pane_names()
        self.query_one("#pane-tabs", TabLine).offer(names)
        self.query_one("#pane-tabs", TabLine).active = names[self._front - 1]

    # The borders between panes, with the mouse.

    def on_mouse_down(self, event: MouseDown) -> None:
        self._pulled = self._border_at(event.screen_x, event.screen_y)
        if self._pulled:
            self.query_one(Capabilities).capture_mouse()  # what it is told comes up to here

    def on_mouse_move(self, event: MouseMove) -> None:
        if not self._pulled:
            return
        lower = self.traffic.region
        top = self.query_one("#upper").region.y
        x = event.screen_x + 1 if self._pulled == "left" else (event.screen_x + 1) / max(1, self.size.width)
        y = (event.screen_y + 1 - top) / max(1, lower.bottom - top)
        self.clear_selection()  # which Textual begins wherever a mouse goes down
        self.shares = self.shares.pulled(self._pulled, x, y, self.size.width)

    def on_mouse_up(self) -> None:
        if self._pulled:
            self._pulled = ""
            self.clear_selection()
            self.query_one(Capabilities).release_mouse()
            self.keep_shares()

    def _border_at(self, x: int, y: int) -> str:
        """The border that stands there, as `Shares.pulled` calls it; empty for none."""
        if self.alone or self._placed is None:
            return ""
        shown, lower = self._placed.shown, self.traffic.region
        if {1, 2} <= shown and y < lower.y and x - self._placed.left in (-1, 0):
            return "left"
        if shown & {1, 2} and shown & {3, 4} and y - lower.y in (-1, 0):
            return "upper"
        details = [
            pane.region.x
            for pane in self.traffic.children
            if pane.display and PANES.get(pane.id or "") == 4 and pane.region.x
        ]
        return "list" if y > lower.y and any(x - column in (-1, 0) for column in details) else ""

    # Panes.

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        # Late news of a focus that has moved on: a pane that is hidden passes it about before it loses it.
        if event.widget is self.focused and (number := self._pane_of(event.widget)):
            self._bring_forward(number)

    def names_key(self, action: str) -> bool:
        """Whether the footer names the key: what a page or a diagnosis hides is not offered beside it."""
        if action == "toggle_json":
            return not self.desk.diagnosis
        return action != "run" or self.desk.front == "workbench"

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

    def pane_name(self, number: int) -> str:
        """What a pane is called now."""
        return self._pane_names()[number - 1].partition(" ")[2]

    def _bring_forward(self, number: int) -> None:
        if number != self._front:
            self._front = number
            if self.alone and self._pane_of(self.focused) not in (0, number):
                self.set_focus(None)  # what is hidden passes it about, and would bring its own pane back
            self._place()
        self.query_one("#pane-tabs", TabLine).active = self._pane_names()[number - 1]

    def on_resize(self, event: Resize) -> None:
        self._room = event.size  # its own size follows
        self._place()

    def _place(self) -> None:
        """Put the panes where they belong; styles that stay as they are cost nothing."""
        width, height = self._room
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
