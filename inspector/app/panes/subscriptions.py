"""The page of subscriptions: what may be listened to, what is, what the server honours, what it told.

It asks the connection for what is wanted and shows what becomes of it; in a recording it is a fold alone.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Input

from inspector.app.items import Item
from inspector.app.listening import Facts, entries, facts_from, facts_of, toggled
from inspector.app.panes.page import Page
from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.subscription_list import SubscriptionList
from inspector.journal.subscribed import Subscribed
from inspector.journal.tasks import TaskStates
from inspector.session.subscriptions import ATTEMPTS

if TYPE_CHECKING:
    from inspector.app.keeper import ConnectionKeeper
    from inspector.journal.journal import Journal

BUDGET = 0.005
"""Seconds of a frame for each of the folds."""


def wall() -> float:
    """Seconds since the epoch."""
    return datetime.now(UTC).timestamp()


class SubscriptionsPage(Page):
    """The list, and a field for a URI."""

    NAME = "Subscriptions"
    DEFAULT_CSS = """
    SubscriptionsPage #subscriptions-list { height: 1fr; }
    SubscriptionsPage #subscriptions-uri { display: none; padding: 0 1; background: $background; }
    """

    def __init__(self, journal: Journal, keeper: ConnectionKeeper | None) -> None:
        super().__init__(journal, keeper)
        self._subscribed = Subscribed(journal)
        self._tasks = TaskStates(journal)
        self._seen: object = None

    def compose(self) -> ComposeResult:
        yield Input(placeholder="subscribe to a URI", id="subscriptions-uri", compact=True)
        yield SubscriptionList(id="subscriptions-list", marks=False)

    @property
    def list(self) -> SubscriptionList:
        """What may be listened to."""
        return self.query_one(SubscriptionList)

    @property
    def field(self) -> Input:
        """Where a URI is typed."""
        return self.query_one("#subscriptions-uri", Input)

    def advance(self) -> None:
        self._subscribed.advance(BUDGET)
        self._tasks.advance(BUDGET)
        facts = self._facts()
        now = int(self._now()) if self._subscribed.told_anything and self.keeper is not None else 0
        seen = (
            facts,
            self._subscribed.revision,
            self._tasks.revision,
            self.journal.catalogue.revision,
            self.size.width,
            now,
        )
        if seen != self._seen:
            self._seen = seen
            self._show(facts)

    def focus_something(self) -> None:
        self.list.focus()

    def about(self, item: Item) -> None:
        if item.section == "resources":
            self.advance()
            self.list.go_to(f"uri:{item.key}")

    def back(self) -> bool:
        if not self.field.display:
            return False
        self._leave_field()
        return True

    # What is shown.

    def _facts(self) -> Facts:
        keeper, session = self.keeper, self.session
        if keeper is not None and keeper.subscriptions is not None and session is not None:
            return facts_of(keeper.subscriptions, session.era == "modern", ATTEMPTS)
        if keeper is not None and keeper.wishes.interest:
            says = "not connected; a new connection is asked for it again"
            return Facts(asked=keeper.wishes.interest, state="lost", says=says)
        return facts_from(self._subscribed, self.journal) if keeper is None else Facts(says="not connected")

    def _show(self, facts: Facts) -> None:
        tasks = [(each.task.id, each.task.status) for each in self._tasks.tasks if not each.task.over]
        width = self.list.room if self.list.size.width else 78
        shown = entries(facts, self._subscribed, self.journal.catalogue, tasks, self._age, width)
        self.list.show(shown)
        words = ["Subscriptions"]
        if facts.asked:
            words.append(f"{len(facts.asked.words())} asked")
        if facts.honoured:
            words.append(f"{len(facts.honoured.words())} honoured")
        self.border_title = " · ".join(words)

    def _now(self) -> float:
        """Seconds since the journal's start."""
        return wall() - self.journal.header.started.timestamp()

    def _age(self, seq: int) -> str:
        time = self.journal.time(seq)
        if self.keeper is None:
            return f"at {time:.3f}"
        return ago(self._now() - time)

    # What the user wants.

    def on_sheet_opened(self, event: Sheet.Opened) -> None:
        event.stop()
        kind, name = _link(event.entry.link)
        told = self._subscribed.told(name if kind == "list" else kind, "" if kind == "list" else name)
        row = int(name) if kind == "row" else told.latest
        if row >= 0:
            self.post_message(self.RowWanted(row))
        else:
            self.app.bell()

    def on_subscription_list_wanted(self, event: SubscriptionList.Wanted) -> None:
        event.stop()
        kind, name = _link(event.entry.link)
        if kind in ("list", "uri", "task"):
            self._toggle(kind, name)

    def on_subscription_list_read_wanted(self, event: SubscriptionList.ReadWanted) -> None:
        event.stop()
        kind, name = _link(event.entry.link)
        if kind == "uri":
            self.post_message(self.ItemWanted(self._item(name), run=True))
        else:
            self.app.bell()

    def on_subscription_list_type_wanted(self, event: SubscriptionList.TypeWanted) -> None:
        event.stop()
        if self._connected():
            self.field.display = True
            self.field.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        uri = event.value.strip()
        self._leave_field()
        if uri:
            subscriptions = self.keeper.subscriptions if self.keeper is not None else None
            if subscriptions is not None and uri not in subscriptions.desired.uris:
                self._toggle("uri", uri)
            self.advance()
            self.list.go_to(f"uri:{uri}")

    def _leave_field(self) -> None:
        self.field.value = ""
        self.field.display = False
        self.list.focus()

    def _item(self, uri: str) -> Item:
        """The resource as it is listed, or by its URI alone."""
        listed = (Item("resources", entry) for entry in self.journal.catalogue.resources)
        return next(
            (item for item in listed if item.key == uri), Item("resources", {"uri": uri, "name": uri})
        )

    def _connected(self) -> bool:
        if self.keeper is not None and self.keeper.subscriptions is not None:
            return True
        says = "ctrl+r connects again." if self.keeper else "This is a recording: nothing is sent."
        self.notify(f"Not connected. {says}", severity="warning", markup=False)
        return False

    def _toggle(self, kind: str, name: str) -> None:
        subscriptions = self.keeper.subscriptions if self.keeper is not None else None
        if not self._connected() or subscriptions is None:
            return
        wanted = toggled(subscriptions.desired, kind, name)
        # At once, so that a second key begins from here, whenever the first has its turn.
        subscriptions.desired = wanted
        self.run_worker(subscriptions.want(wanted), name="subscribe", group="calls")


def ago(seconds: float) -> str:
    """An age in few words."""
    if seconds < 5:
        return "now"
    if seconds < 100:
        return f"{seconds:.0f} s ago"
    if seconds < 6000:
        return f"{seconds / 60:.0f} min ago"
    return f"{seconds / 3600:.0f} h ago"


def _link(link: object) -> tuple[str, str]:
    if isinstance(link, tuple) and len(link) == 2:
        return str(link[0]), str(link[1])
    return "", ""
