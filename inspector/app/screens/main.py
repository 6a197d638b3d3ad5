"""The one screen: capabilities, workbench, messages, the selected message.

It wires panes to the connection: what a pane posts becomes a call, what the journal holds is shown.
One timer pulls; nothing is pushed at the screen from below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal

from inspector.app import doings
from inspector.app.actions import ACTIONS, bindings
from inspector.app.arrangement import SHORT
from inspector.app.asking import item_of
from inspector.app.bell import Bell
from inspector.app.calling import Calling
from inspector.app.completing import Completing
from inspector.app.given import Given
from inspector.app.items import Item
from inspector.app.panes.capabilities import Capabilities
from inspector.app.panes.desk import Desk
from inspector.app.panes.page import Page
from inspector.app.panes.result import Result
from inspector.app.panes.traffic import Traffic
from inspector.app.panes.workbench import Workbench
from inspector.app.reach import Reach
from inspector.app.screens.ask import asked
from inspector.app.screens.paned import PanedScreen
from inspector.app.standing import Standings, inbox_key
from inspector.app.widgets.capability_list import CapabilityList
from inspector.app.widgets.item_facts import ItemFacts
from inspector.app.widgets.json_view import JsonView
from inspector.app.widgets.key_line import KeyLine
from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.status_line import StatusLine
from inspector.app.widgets.tab_line import TabLine
from inspector.app.widgets.text_view import TextView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inspector.app.keeper import ConnectionKeeper
    from inspector.app.panes.diagnosis import Diagnosis
    from inspector.app.screens.authorization import AuthorizationScreen
    from inspector.app.widgets.suggestions import Suggestions
    from inspector.journal.journal import Journal

FRAME = 0.1
"""Seconds between two looks at the journal."""
BUDGET = 0.03
"""Seconds of a frame that taking in new rows may cost."""


class MainScreen(PanedScreen):
    """All panes at once where there is room, one at a time where there is not."""

    VERTICAL_BREAKPOINTS = [(0, "-short"), (SHORT, "-tall")]
    ACTIONS = ACTIONS
    BINDINGS = bindings()
    AUTO_FOCUS = "#capability-list"

    def __init__(self, journal: Journal, keeper: ConnectionKeeper | None) -> None:
        super().__init__()
        self.journal = journal
        self.keeper = keeper
        self._seen = (-1, -1)
        self._asked: object = None
        self._offered = (False, False, False, False)
        self._leaving = False
        self._reach = Reach(journal)
        self._standing = Standings(journal, keeper)
        self._completing = Completing(keeper)
        self._bell = Bell(keeper, lambda says: self.notify(says, markup=False))
        self._steps: AuthorizationScreen | None = None
        self.each_frame = doings.attendants(self)

    def compose(self) -> ComposeResult:
        # Before anything is styled: the first resize would style all of it once more.
        self.add_class("-short" if self.app.size.height < SHORT else "-tall", update=False)
        yield StatusLine(id="status")
        yield TabLine(id="pane-tabs", focusable=False)
        with Horizontal(id="upper"):
            yield Capabilities(self.journal, self.keeper, id="capabilities")
            yield Desk(self.journal, self.keeper, id="desk")
        yield Traffic(self.journal, id="lower")
        yield KeyLine()

    def on_mount(self) -> None:
        self._calling = Calling(self.workbench, self.journal, self.keeper)
        self._given = Given(self.workbench, self.journal, getattr(self.app, "history", None))
        self.query_one("#pane-tabs", TabLine).offer(self._pane_names())
        self.set_interval(FRAME, self.show_now)
        self.show_now()

    # What is shown, pulled once a frame.

    def show_now(self) -> None:
        """Once a frame: take in what is new, show what changed."""
        if not self.is_mounted or self not in self.app.screen_stack:  # behind another tab
            return
        self.traffic.advance(BUDGET)
        self.desk.advance()
        self.workbench.say_how(self._calling.tasks.words(self.workbench.item))
        self._tell_of_questions()
        self._offer()
        if self.keeper is not None:
            self._reach.advance()
            self.desk.tell_reach(self._reach.lost)
        key = "" if self.desk.page == "inbox" else inbox_key(self.focused)
        line, lost = self.query_one(StatusLine), bool(self._reach.lost)
        line.standing = self._standing.now(self._leaving, lost, key)
        revision = (self.journal.catalogue.revision, self.keeper.revision if self.keeper else 0)
        if revision != self._seen:
            self._seen = revision
            self.desk.show_now()
        self.query_one(Capabilities).advance()
        for look in self.each_frame:
            look()
        self._open_when_asked()

    def _tell_of_questions(self) -> None:
        """Say that the server asks back, where nothing on the screen does."""
        shown = self.desk.front if self.desk.region.height > 0 else ""
        call = self.workbench.call if shown == "workbench" else None
        self._bell.advance(shown == "inbox", call, inbox_key(self.focused))

    def _open_when_asked(self) -> None:
        """A flow of authorization needs a person: show it, once a question."""
        guide = self.keeper.guide if self.keeper is not None else None
        question = guide.question if guide is not None else None
        if question is not None and question is not self._asked and not self._leaving:
            self._asked = question
            if self._steps is None or not self._steps.is_attached:
                self._show_authorization(by_itself=True)

    def _show_authorization(self, *, by_itself: bool) -> None:
        def to_exchange(number: int | None) -> None:
            if number is not None:
                self.traffic.show_exchange(number)
                self.action_pane(4)

        # Imported here: few servers want it, and the first paint waits for no import.
        from inspector.app.screens.authorization import AuthorizationScreen

        self._steps = AuthorizationScreen(self.journal, self.keeper, by_itself=by_itself)
        self.app.push_screen(self._steps, to_exchange)

    def on_sheet_opened(self, event: Sheet.Opened) -> None:
        if isinstance(event.entry.link, int):  # a check of a diagnosis leads to its row
            self.traffic.show_row(event.entry.link)
            self.action_pane(3)

    def on_desk_reported(self) -> None:
        if self._pane_of(self.focused) in (0, 1) and not self.query_one(CapabilityList).worth_a_look:
            self.action_pane(2)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What makes no sense now neither stands in the footer nor does anything."""
        if action in ("relist", "reconnect", "diagnose"):
            return self.keeper is not None
        if action == "given":
            return self.is_mounted and self.workbench.has_form and not self.desk.page
        if action == "do":
            return not self.is_mounted or doings.can(self, str(parameters[0]))
        if action in ("network", "show_exchange", "authorization"):
            return self.is_mounted and self.traffic.over_http
        if action not in ("run", "cancel_call", "more_time", "toggle_json", "show_call"):
            return True
        # Asked anew: the footer may be a frame behind, and a key at once after another must count.
        opened, running, form, called = self.workbench.offers if self.is_mounted else self._offered
        if self.is_mounted and self.desk.page:
            form = self.desk.has_json
        offers = {"cancel_call": running, "more_time": running, "toggle_json": form, "show_call": called}
        return offers.get(action, opened)

    def _offer(self) -> None:
        offered = self.workbench.offers
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    # Opening and calling.

    async def on_capability_list_opened(self, event: CapabilityList.Opened) -> None:
        if event.item is not None:
            await self.open_item(event.item)
        else:
            self.query_one(Capabilities).mark_opened(None)
            self.desk.open_server()
            self.action_pane(2)

    async def open_item(self, item: Item) -> None:
        """Show a capability in the workbench, with the cursor where typing begins."""
        self.desk.show_bench()
        self._bring_forward(2)  # first: what is not displayed takes no focus
        self.query_one(Capabilities).mark_opened(item)
        with self.app.batch_update():  # one layout instead of one a piece
            reasons = self._withheld(item.key) if item.section == "tools" else ()
            await self.workbench.open_item(item, reasons)

    async def on_capabilities_updated(self, event: Capabilities.Updated) -> None:
        if event.item == self.workbench.item:
            await self.workbench.renew(event.item)

    def _withheld(self, tool: str) -> Sequence[str]:
        session = self.keeper.session if self.keeper else None
        return session.withheld(tool) if session is not None else ()

    def on_workbench_wanted(self, event: Workbench.Wanted) -> None:
        self._calling.start(event.item, event.method, event.params)
        self._given.sent(event.item, event.params)

    def on_suggestions_wanted(self, event: Suggestions.Wanted) -> None:
        self._completing.start(event)

    @on(ItemFacts.UriWanted)
    @on(Result.LinkOpened)
    async def _read_resource(self, event: ItemFacts.UriWanted | Result.LinkOpened) -> None:
        item = Item("resources", {"uri": event.uri, "name": event.uri})
        await self.open_item(self.query_one(CapabilityList).item_like(item) or item)
        self.workbench.run_item()

    # What a page wants of the other panes.

    async def action_page(self, name: str) -> None:
        """Show a page in the place of the workbench; again, and the workbench is back."""
        if self.desk.page == name and self._pane_of(self.focused) == 2:
            self.on_page_bench_wanted()
            return
        item = self._at_hand()
        await self.desk.open_page(name)
        if item is not None:
            self.desk.about(item)
        self.action_pane(2)

    def _at_hand(self) -> Item | None:
        """The capability under the cursor, else the one in the workbench where that is shown."""
        line = self.query_one(CapabilityList).current if self._pane_of(self.focused) == 1 else None
        if line is not None:
            return line.item
        return self.workbench.item if not self.desk.page else None

    def on_page_row_wanted(self, event: Page.RowWanted) -> None:
        self.traffic.show_row(event.seq)
        self.action_pane(3)

    async def on_page_item_wanted(self, event: Page.ItemWanted) -> None:
        await self.open_item(event.item)
        if event.run:
            self.workbench.run_item()

    def on_page_cause_wanted(self, event: Page.CauseWanted) -> None:
        call = self.workbench.call
        legs = call.legs if call is not None else ()
        if any(leg.request is not None and leg.request.seq == event.seq for leg in legs):
            self.on_page_bench_wanted()
        else:
            self.on_page_row_wanted(event)

    async def on_page_call_wanted(self, event: Page.CallWanted) -> None:
        if (item := item_of(event.method, event.params, self.journal.catalogue)) is not None:
            await self.open_item(item)
            self._calling.start(item, event.method, event.params)

    def on_page_bench_wanted(self) -> None:
        self.desk.show_bench()
        self._bring_forward(2)
        self.desk.focus_again()

    # The other rows of the table of actions.

    def action_run(self) -> None:
        self.workbench.run_item()

    def action_cancel_call(self) -> None:
        self.workbench.cancel()

    def action_toggle_task(self) -> None:
        self._calling.tasks.switch(self.workbench.item)

    def action_toggle_json(self) -> None:
        if self.desk.page:
            self.desk.toggle_json()
        else:
            self.workbench.toggle_json()

    async def action_do(self, name: str) -> None:
        await doings.do(self, name)

    async def action_given(self, what: str) -> None:
        await self._given.do(what)

    def action_show_call(self) -> None:
        run = self.workbench.run
        if run is not None and run.row >= 0:
            self.traffic.show_row(run.row)
            self.action_pane(3)

    def action_more_time(self) -> None:
        self.workbench.give_more_time()

    def action_network(self) -> None:
        self.traffic.switch(not self.traffic.network)
        self.action_pane(3)

    def action_show_exchange(self) -> None:
        if self.traffic.cross():
            self.action_pane(3)
        else:
            self.app.bell()

    def action_copy(self) -> None:
        from inspector.app.widgets.markdown_view import MarkdownView  # as the authorization's screen

        focused = self.focused
        text = (
            focused.selected_text()
            if isinstance(focused, JsonView | TextView | MarkdownView | Sheet)
            else self.desk.selected_text() or self.traffic.selected_text()
        )
        if text:
            self.app.copy_to_clipboard(text)
            self.notify(f"Copied {len(text)} characters.", timeout=2, markup=False)

    def action_save_part(self) -> None:
        item = self.workbench.item
        self.query_one(Result).save(item.label if item is not None else "result")

    def action_read_as(self) -> None:
        self.query_one(Result).cycle()

    def action_compare(self) -> None:
        from inspector.app.screens.compare import compare  # as the authorization's screen

        compare(self)

    def action_relist(self) -> None:
        session = self.keeper.session if self.keeper else None
        if session is not None:
            self.run_worker(session.list_all(), name="relist", group="calls", exclusive=False)

    def action_authorization(self) -> None:
        self._show_authorization(by_itself=False)

    def action_diagnose(self) -> None:
        if self.desk.show_report():  # it is made already, and stood in nobody's way
            self.action_pane(2)
        elif self.keeper is not None:
            asks = "Connect once more, beside this connection, and look closer?"
            self._ask_while_alive(asks, "Diagnose", self.keeper.diagnose)

    def on_diagnosis_pressed(self, event: Diagnosis.Pressed) -> None:
        (self.action_diagnose if event.what == "diagnose" else self.action_reconnect)()

    def action_reconnect(self) -> None:
        if self.keeper is not None:
            asks = "Leave this connection and start it anew?"
            self._ask_while_alive(asks, "Reconnect", self.keeper.reconnect)

    def _ask_while_alive(self, question: str, yes: str, then: Callable[[], object]) -> None:
        """Do `then`; while there is a connection, only after a question."""
        if self._reach.lost or (self.keeper is not None and self.keeper.state in ("failed", "closed")):
            then()
        else:
            asked(self.app, question, yes, then)

    def action_help(self) -> None:
        from inspector.app.screens.help import HelpScreen  # as the authorization's screen

        self.app.push_screen(HelpScreen())

    def action_quit_app(self) -> None:
        self.begin_leaving()

    def action_ask_quit(self) -> None:
        from inspector.app.tabs import ask_quit  # when it is wanted: the first paint waits for nothing else

        ask_quit(self)

    def begin_leaving(self) -> None:
        """Stop the connection, and leave when its worker is done."""
        if not self._leaving:
            self._leaving = True
            self.app.run_worker(self.app.leave(), name="leave", exit_on_error=False)  # type: ignore[attr-defined]
