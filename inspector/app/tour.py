"""A tour of the main screen in six steps, for whoever is here for the first time; escape ends it at any step.

Each step brings a pane to the front and says what is done there. Keys come from the tables that bind them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from inspector.app.actions import ACTIONS
from inspector.app.keys import screen_keys
from inspector.app.once import Once

if TYPE_CHECKING:
    from inspector.app.app import InspectorApp
    from inspector.app.screens.main import MainScreen

OFFER = "First time here? {key} takes a tour of six steps."


@dataclass(frozen=True, slots=True)
class Step:
    """What is said of a pane.

    Attributes:
        pane: Its number.
        title: What it is.
        says: What is done there; `{run}` stands for the key of `main.run`.
    """

    pane: int
    title: str
    says: str


STEPS: Sequence[Step] = (
    Step(
        1,
        "What the server offers",
        "Tools, resources, templates and prompts, as the server lists them. ↑ ↓ move, ⏎ opens one, {search} "
        "searches. What is new or has changed is marked.",
    ),
    Step(
        2,
        "The workbench",
        "What you opened, with a form made from its schema. {run} runs it, {toggle-json} is the same as "
        "JSON, {cancel-call} cancels. The result stands below.",
    ),
    Step(
        3,
        "Everything that crossed the wire",
        "Each message in both directions, and what the server printed beside them. {search} filters, "
        "{network} shows the HTTP exchanges where there are any. It follows what comes in until you move up.",
    ),
    Step(
        4,
        "The selected message",
        "Request and response as they were sent, folded as you like. {view-before} {view-after} go through "
        "its views, {copy} copies.",
    ),
    Step(
        2,
        "When the server asks back",
        "Questions wait in the inbox, {page-inbox}, until you answer. {page-tasks} are tasks, "
        "{page-subscriptions} subscriptions, {page-logs} its log. The same key goes back.",
    ),
    Step(
        1,
        "Finding your way",
        "{help} lists every key, ctrl+p finds everything by name. {zoom} gives a pane the whole screen, "
        "{next-pane} goes to the next one, {quit-app} quits and stops the server.",
    ),
)


def do(screen: MainScreen) -> None:
    """Begin the tour."""
    screen.app.clear_notifications()  # the offer would stand before it
    screen.app.call_after_refresh(screen.app.push_screen, TourScreen(screen))


def offer(app: InspectorApp) -> None:
    """Say once, at the first start, where the tour is."""
    if app.offers_tour:
        app.offers_tour = False
        app.notify(OFFER.format(key=_keys(app)["tour"]), timeout=8, markup=False)
        if app.look is not None:
            app.look.put("tour", True)


class TourScreen(ModalScreen[None], Once[None]):
    """One step at a time, in a box over the screen that it is about."""

    DEFAULT_CSS = """
    TourScreen {
        align: center bottom;
        background: transparent;
        & > #tour {
            width: 64;
            max-width: 100%;
            height: auto;
            max-height: 100%;
            margin: 0 0 1 0;
            padding: 0 1;
            border: round $primary;
            background: $surface;
            overflow-y: auto;
        }
    }
    """
    BINDINGS = [
        Binding("right,enter,space,n,l,down,j", "step(1)", "next"),
        Binding("left,p,h,up,k,backspace", "step(-1)", "before"),
        Binding("escape,q,K", "leave", "end"),
    ]

    def __init__(self, main: MainScreen) -> None:
        super().__init__()
        self._main = main
        self._at = 0

    @property
    def step(self) -> Step:
        """The one that is shown."""
        return STEPS[self._at]

    def compose(self) -> ComposeResult:
        yield Static(id="tour")

    def on_mount(self) -> None:
        self._show()

    def action_step(self, by: int) -> None:
        if self._at + by == len(STEPS):
            self.dismiss()
        else:
            self._at = max(0, self._at + by)
            self._show()

    def action_leave(self) -> None:
        self.dismiss()

    def _show(self) -> None:
        self._main.action_pane(self.step.pane)
        box = self.query_one("#tour", Static)
        box.border_title = f"{self._at + 1} of {len(STEPS)}  {self.step.title}"
        box.border_subtitle = "→ next  ← before  esc ends"
        box.update(Content(self.step.says.format_map(_keys(self.app))))


def _keys(app: object) -> dict[str, str]:
    """The first key of each action of the main screen, as people write it; its name where it has none."""
    rows = screen_keys("main", ACTIONS, getattr(app, "remapped", None))
    return {row.name: row.written[0] if row.keys else row.name for row in rows}
