"""The second pane: the workbench, or a page in its place, and how the connection stands in sentences.

It reads the keeper and the journal once a frame; it connects and calls nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message

from inspector.app.panes.capabilities import server_line
from inspector.app.panes.page import Page
from inspector.app.panes.workbench import Workbench
from inspector.app.standing import exit_words, facts_of_server
from inspector.app.widgets.sheet import Sheet
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.app.items import Item
    from inspector.app.keeper import ConnectionKeeper
    from inspector.app.panes.diagnosis import Diagnosis
    from inspector.doctor.report import Report
    from inspector.journal.journal import Journal


PAGES: dict[str, tuple[str, str]] = {
    "inbox": ("inspector.app.panes.inbox", "Inbox"),
    "tasks": ("inspector.app.panes.tasks", "Tasks"),
    "logs": ("inspector.app.panes.logs", "LogsPage"),
    "subscriptions": ("inspector.app.panes.subscriptions", "SubscriptionsPage"),
    "client": ("inspector.app.panes.client", "Client"),
    "again": ("inspector.app.panes.again", "AgainPage"),
    "composer": ("inspector.app.panes.composer", "Composer"),
    "story": ("inspector.app.panes.story", "StoryPage"),
    "restart": ("inspector.app.panes.restart", "RestartPage"),
    "then": ("inspector.app.panes.then", "ThenPage"),
    "held": ("inspector.app.panes.held", "HeldPage"),
}
"""Pages by name: the module and the class, which are imported when a page is first wanted."""


class Desk(Container):
    """Workbench, diagnosis or a page, one at a time.

    Args:
        journal: For what the server says of itself.
        keeper: The connection; `None` in a recording.
    """

    class Reported(Message):
        """A diagnosis is shown that nobody asked for: the connection failed."""

    class Turned(Message):
        """Something else is shown."""

    def __init__(self, journal: Journal, keeper: ConnectionKeeper | None, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._front = "workbench"
        self._journal = journal
        self._keeper = keeper
        self._state = ""
        self._report: Report | None = None
        self._waiting = False
        self._unread = False
        self._lost = ""

    def compose(self) -> ComposeResult:
        yield Workbench(id="workbench", classes="pane")

    @property
    def _diagnosis(self) -> Diagnosis:
        # Imported and made here: most connections want none.
        from inspector.app.panes.diagnosis import Diagnosis

        if there := self.query(Diagnosis):
            return there.first()
        made = Diagnosis(id="diagnosis", classes="pane")
        made.display = False
        self.mount(made)
        return made

    @property
    def bench(self) -> Workbench:
        """The workbench."""
        return self.query_one(Workbench)

    @property
    def front(self) -> str:
        """What is shown: `workbench`, `diagnosis` or the name of a page."""
        return self._front

    @property
    def diagnosis(self) -> bool:
        """Whether a diagnosis is shown."""
        return self._front == "diagnosis"

    @property
    def page(self) -> str:
        """The name of the page that is shown; empty for workbench and diagnosis."""
        return self._front if self._front in PAGES else ""

    @property
    def title(self) -> str:
        """What is shown, in a word."""
        return self._front.capitalize()

    def advance(self) -> None:
        """Once a frame: what is shown takes in what is new."""
        self.bench.tick()
        for page in self._shown():
            page.advance()

    def _shown(self) -> list[Page]:
        return [page for page in self.children if page.id == self._front and isinstance(page, Page)]

    def show_bench(self) -> None:
        """Show the workbench."""
        self._show("workbench")

    async def open_page(self, name: str) -> None:
        """Show a page of `PAGES`."""
        if not self.query(f"#{name}"):
            module, made = PAGES[name]
            page: Page = getattr(import_module(module), made)(self._journal, self._keeper)
            page.display = False
            await self.mount(page)
        self._show(name)
        for page in self._shown():
            page.advance()

    @property
    def has_json(self) -> bool:
        """Whether the page that is shown has a form that is JSON as well."""
        return any(page.has_json for page in self._shown())

    def toggle_json(self) -> None:
        """Switch between form and JSON in the page that is shown."""
        for page in self._shown():
            page.toggle_json()

    def search(self) -> bool:
        """Put the cursor into the filter of the page that is shown; false where there is none."""
        return any(page.search() for page in self._shown())

    def about(self, item: Item) -> None:
        """Let the page that is shown show what it knows of a capability."""
        for page in self._shown():
            page.about(item)

    def selected_text(self) -> str:
        """What copying takes where the focus is in a page; empty elsewhere."""
        return "".join(page.selected_text() for page in self._shown() if page.has_focus_within)

    def show_report(self) -> bool:
        """Show the diagnosis that was made meanwhile; returns whether there is one that nobody saw."""
        if not self._unread:
            return False
        self.app.clear_notifications()  # what they say stands in the report
        self._show("diagnosis")
        return True

    def tell_reach(self, lost: str) -> None:
        """Say once that the server does not answer over HTTP any more; `lost` is why, empty while it does."""
        if lost and not self._lost and self._keeper is not None and self._keeper.state == "connected":
            says = (
                f"The server does not answer any more: {lost}. d looks for the cause, ctrl+r connects anew."
            )
            self.notify(says, severity="warning", markup=False)
        self._lost = lost

    def open_server(self) -> None:
        """Show what the server says of itself."""
        self._show("workbench")
        self._show_server()

    def _show_server(self) -> None:
        catalogue = self._journal.catalogue
        self.bench.open_server(facts_of_server(catalogue), server_line(catalogue))

    def back(self) -> bool:
        """One step back: inside a page, then to the workbench, where there is something to work on."""
        if any(page.back() for page in self._shown()):
            return True
        connected = self._keeper is None or self._keeper.state == "connected"
        if self._front == "workbench" or (self.diagnosis and not connected):
            return False
        self._show("workbench")
        return True

    def focus_something(self) -> None:
        """Put the focus to where work goes on."""
        if self.diagnosis:
            self._diagnosis.focus_something()
        elif pages := self._shown():
            pages[0].focus_something()
        else:
            self.bench.focus_something()

    def focus_again(self) -> None:
        """After a step back: in the workbench to what becomes of its call, not into a field to type on."""
        bench = self.bench
        if self._front != "workbench" or bench.run is None:
            self.focus_something()
        elif bench.running or not bench.result.focus_something():
            bench.query_one("#wb-go").focus()

    @property
    def sheet(self) -> Sheet:
        """The report."""
        return self._diagnosis.sheet

    def show_now(self) -> None:
        """The keeper or the catalogue changed: say so."""
        keeper = self._keeper
        if keeper is not None and keeper.state != self._state:
            self._state = keeper.state
            self._tell_state(keeper)
        if keeper is not None:
            self._tell_diagnosis(keeper)
        connected = keeper is None or keeper.state == "connected"
        if self.bench.item is None and self._journal.catalogue.protocol_version and connected:
            self._show_server()

    def _tell_state(self, keeper: ConnectionKeeper) -> None:
        if keeper.state == "connecting":
            self.app.clear_notifications()  # that the server has gone is no news any more
            if self.diagnosis:  # of a page nothing is taken away: it shows the next connection as well
                self._show("workbench")
        if keeper.state == "connecting" and self.bench.item is None:
            self.bench.tell(
                f"Connecting to {visible(keeper.target.title)}", "ctrl+q leaves, the log tells each step."
            )
        elif keeper.failure is not None:
            failure = keeper.failure
            self.bench.tell("Not connected", f"{failure.message}\n\n{failure.next}".rstrip(), bad=True)
        elif keeper.state == "closed":
            gone = exit_words(self._journal.catalogue.exits)
            report = keeper.report
            cause = clip(visible(report.cause.says), 200) if report is not None and report.cause else ""
            why = f"{cause}. d shows why" if cause else "d looks for the cause"
            says = f"The server {gone}. {why}, ctrl+r starts it anew."
            self.notify(says, severity="warning", markup=False)

    def _tell_diagnosis(self, keeper: ConnectionKeeper) -> None:
        if keeper.diagnosing != self._waiting:
            self._waiting = keeper.diagnosing
            if keeper.diagnosing:
                self._diagnosis.wait("Connecting once more, beside the present connection, to look closer.")
                self._show("diagnosis")
            elif keeper.undiagnosed is not None:
                self._diagnosis.wait(keeper.undiagnosed.message)
        if keeper.report is not self._report and not keeper.diagnosing:
            self._report = keeper.report
            if keeper.report is not None:
                self._diagnosis.show(keeper.report, rows=not keeper.closer)
                # What somebody works on is not taken away: there the key d shows it.
                if keeper.closer or keeper.state != "closed" or self.bench.item is None:
                    self._show("diagnosis")
                    self.post_message(self.Reported())
                else:
                    self._unread = True

    def _show(self, front: str) -> None:
        self._unread = False
        changed, self._front = front != self._front, front
        for part in self.children:
            part.display = part.id == front
        if changed:
            self.post_message(self.Turned())
