"""The lower half: what crossed the wire, as messages, HTTP exchanges, lanes of time or latencies.

One of these views is shown at a time, with the selected row in full beside it; each row of one leads to its
row in the others.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message

from inspector.app.actions import own_keys
from inspector.app.arrangement import parts
from inspector.app.panes.message import SelectedMessage
from inspector.app.panes.messages import Messages
from inspector.app.panes.network import Network, SelectedExchange
from inspector.app.panes.views import (
    LATENCIES,
    MESSAGES,
    NETWORK,
    TIMELINE,
    VIEWS,
    ListPane,
    TrafficView,
    named,
    offered,
)
from inspector.app.widgets.exchange_list import ExchangeList
from inspector.app.widgets.log import MessageLog
from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.tab_line import TabLine
from inspector.journal.exchanges import Exchanges
from inspector.wire.event import Kind

if TYPE_CHECKING:
    from inspector.app.widgets.latency_table import LatencyTable
    from inspector.app.widgets.timeline import Timeline
    from inspector.journal.journal import Journal
    from inspector.journal.lanes import Lanes


class Traffic(Horizontal):
    """One view of what crossed the wire, and the selected row."""

    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "traffic",
        Binding("p", "pair", "The other half of the message shown, or its request", show=False),
    )

    class Switched(Message):
        """Another view is shown."""

    class Wanted(Message):
        """The user wants to be in a pane of this: 3, the list, or 4, the detail."""

        def __init__(self, pane: int) -> None:
            super().__init__()
            self.pane = pane

    def __init__(self, journal: Journal, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._view = MESSAGES
        self._places = (True, True, 0.6)
        self._journal = journal
        self._exchanges = Exchanges(journal)
        self._lanes: Lanes | None = None
        self._led = -1  # where the timeline led the log to, which is no news when the log says so

    def compose(self) -> ComposeResult:
        yield Messages(self._journal, id="messages", classes="pane", kinds=self.over_http)
        yield SelectedMessage(self._journal, id="message", classes="pane")
        if self.over_http:
            yield Network(self._exchanges, id="network", classes="pane")
            yield SelectedExchange(self._journal, self._exchanges, id="exchange", classes="pane")

    @property
    def over_http(self) -> bool:
        """Whether there can be exchanges to look at."""
        return "url" in self._journal.header.target

    @property
    def view(self) -> TrafficView:
        """What is shown."""
        return self._view

    @property
    def network(self) -> bool:
        """Whether the exchanges are shown."""
        return self._view is NETWORK

    @property
    def names(self) -> tuple[str, str]:
        """What the list and the detail are called now."""
        return self._view.name, self._view.title

    @property
    def row(self) -> int:
        """The row that keys mean, which is the one shown beside the list; -1 for none."""
        if self.network:
            number = self.query_one(Network).list.cursor
            rows = self._journal.rows_of_exchange(number) if number >= 0 else []
            messages = (row for row in rows if self._journal.kind(row) is Kind.MESSAGE)
            return next(messages, rows[0] if rows else -1)
        log = self.query_one(MessageLog)
        # What the log tells arrives a moment later: it knows best where its own cursor is.
        known = self._view is MESSAGES and not log.following
        return log.cursor if known else self.query_one(SelectedMessage).seq

    def stay(self, row: int) -> None:
        """Follow no more where `row` is shown, and would not be for long."""
        log = self.query_one(MessageLog)
        if row != self.row or not log.following or self._view not in (MESSAGES, TIMELINE):
            return
        log.following = False
        log.go_to(row)
        if self._view is TIMELINE:
            self._timeline.take_over(row, following=False)

    @property
    def _timeline(self) -> Timeline:
        return cast("Timeline", self.query_one("#lanes"))

    @property
    def _list(self) -> ListPane:
        return cast("ListPane", self.query_one(f"#{self._view.list}"))

    def advance(self, budget: float) -> None:
        """Take in what is new; at most `budget` seconds."""
        self._list.advance(budget)
        if self.network:
            self.query_one(SelectedExchange).tick()
        else:
            self.query_one(SelectedMessage).tick()

    def place(self, listed: bool, detail: bool, share: float) -> None:
        """Show the list, the selected row, or both; `share` is the list's part of the width."""
        self._places = (listed, detail, share)
        self.display = listed or detail
        for pane in self.children:
            is_list, is_detail = pane.id == self._view.list, pane.id == self._view.detail
            pane.display = (listed and is_list) or (detail and is_detail)
            if is_list or is_detail:
                part = share if is_list else 1 - share
                pane.styles.width = parts(part if listed and detail else 1)

    def switch(self, network: bool) -> None:
        """Show the exchanges, or the messages."""
        self._turn(NETWORK if network else MESSAGES)

    async def show_view(self, view: TrafficView) -> None:
        """Show a view; it is made when it is first wanted."""
        if view.made and not self.query(f"#{view.list}"):
            module, made = view.made
            pane = getattr(import_module(module), made)
            names = tuple(each.name for each in offered(self.over_http))
            await self.mount(pane(self._time(), names, id=view.list), before="#message")
        self._turn(view)

    def _time(self) -> Lanes:
        """The lanes, which the timeline and the latencies share."""
        if self._lanes is None:
            from inspector.journal.lanes import Lanes  # what a session that looks at none of them spares

            self._lanes = Lanes(self._journal)
        return self._lanes

    def _turn(self, view: TrafficView) -> None:
        """Show a view that is made."""
        if view is self._view:
            return
        self._view = view
        self.place(*self._places)
        for each in VIEWS:
            for line in self.query(f"#{each.list}-kind").results(TabLine):
                line.active = view.name
        if view is TIMELINE:
            log = self.query_one(MessageLog)
            self._timeline.take_over(log.cursor, following=log.following)
        self._list.advance(0.03)
        if view is LATENCIES:
            self._show_slowest()
        elif view is MESSAGES and self.query_one(MessageLog).cursor >= 0:
            self._show_message(self.query_one(MessageLog).cursor)
        self.post_message(self.Switched())

    def show_row(self, seq: int) -> None:
        """Go to the row of event `seq` in the message log, whatever is shown now."""
        self.switch(False)
        messages = self.query_one(Messages)
        if not messages.log_widget.go_to(seq):
            messages.clear_filter()
            messages.log_widget.go_to(seq)

    def show_messages(self, filter: str) -> None:
        """Show the messages that a filter finds."""
        self.switch(False)
        self.query_one(Messages).filter_by(filter)
        self.post_message(self.Wanted(3))

    def show_exchange(self, number: int) -> None:
        """Go to exchange `number` in the network view, whatever is shown now."""
        self.switch(True)
        network = self.query_one(Network)
        network.clear_filter()
        network.list.go_to(number)
        self.query_one(SelectedExchange).show(number)

    def cross(self) -> bool:
        """From the selected message to its exchange, or from the exchange to its first message.

        Returns whether there was somewhere to go.
        """
        if self.network:
            number = self.query_one(Network).list.cursor
            at = self._exchanges.index(number) if number >= 0 else -1
            seq = self._exchanges.first_message(at) if at >= 0 else -1
            if seq < 0:
                return False
            self.show_row(seq)
            return True
        seq = (self._timeline if self._view is TIMELINE else self.query_one(MessageLog)).cursor
        exchange = self._journal.exchange(seq) if seq >= 0 else None
        if exchange is None:
            return False
        self.show_exchange(exchange)
        return True

    def action_pair(self) -> None:
        """From the row that is shown to its other half, or to the request that it is about."""
        other = -1 if self.network else self.query_one(SelectedMessage).other
        if other < 0:
            self.app.bell()
        elif self._view is TIMELINE:
            self._timeline.select(other)
        else:
            self.show_row(other)

    def focus_list(self) -> None:
        """Put the focus onto the list."""
        self.query_one(f"#{self._view.cursor}").focus()

    def focus_detail(self) -> None:
        """Put the focus onto the selected row."""
        if self.network:
            self.query_one(SelectedExchange).sheet.focus()
        else:
            self.query_one(SelectedMessage).focus_something()

    def search(self) -> None:
        """Put the cursor into the filter; of what has none, into that of the messages."""
        if self._view in (TIMELINE, LATENCIES):
            self._turn(MESSAGES)
        self._list.search()

    def back(self) -> bool:
        """One step back in the list; false where there was nothing to do."""
        if self._list.back():
            return True
        if self._view not in (TIMELINE, LATENCIES):
            return False
        self._turn(MESSAGES)
        self.post_message(self.Wanted(3))
        return True

    def step_tab(self, pane: int, by: int) -> None:
        """The tab before or after, in the list (3) or in the detail (4)."""
        if pane == 3 and (self.over_http or self._view is not MESSAGES):
            views = offered(self.over_http)
            self.call_later(self._choose, views[(views.index(self._view) + by) % len(views)])
        elif not self.network:
            self.query_one("#message-tabs", TabLine).action_step(by)

    async def _choose(self, view: TrafficView) -> None:
        await self.show_view(view)
        self.post_message(self.Wanted(3))

    def selected_text(self) -> str:
        """What copying takes."""
        if self.network:
            return self.query_one(SelectedExchange).sheet.selected_text()
        if self._view is LATENCIES:
            return self._table.text()
        return self.query_one(SelectedMessage).selected_text()

    # What the panes post.

    async def on_tab_line_chosen(self, event: TabLine.Chosen) -> None:
        event.stop()
        await self._choose(named(event.word))

    def on_message_log_highlighted(self, event: MessageLog.Highlighted) -> None:
        event.stop()
        if self._view is MESSAGES:
            self._show_message(event.seq)
        elif self._view is TIMELINE and self._led not in (event.seq, event.log.cursor):
            self._timeline.go_to(event.seq)
            self._show_message(event.seq)

    def _show_message(self, seq: int) -> None:
        log = self.query_one(MessageLog)
        self.query_one(SelectedMessage).show(self._worth_showing(seq) if log.following else seq)

    def on_timeline_highlighted(self, event: Timeline.Highlighted) -> None:
        event.stop()
        following = event.timeline.following
        self.query_one(SelectedMessage).show(self._worth_showing(event.seq) if following else event.seq)
        log, self._led = self.query_one(MessageLog), event.seq
        if following:
            log.following = True
        elif log.cursor != event.seq:
            log.go_to(event.seq)

    def on_timeline_opened(self, event: Timeline.Opened) -> None:
        event.stop()
        self.query_one(SelectedMessage).show(event.seq)
        self.post_message(self.Wanted(4))

    @property
    def _table(self) -> LatencyTable:
        return cast("LatencyTable", self.query_one("#latency-table"))

    def on_latency_table_highlighted(self, event: LatencyTable.Highlighted) -> None:
        event.stop()
        if self._view is LATENCIES:
            self._show_slowest()

    def on_latency_table_opened(self, event: LatencyTable.Opened) -> None:
        event.stop()
        from inspector.app.latency_columns import filter_of  # is there already: the table draws with it

        self.show_messages(filter_of(event.timing))

    def _show_slowest(self) -> None:
        """Beside a row of the table stands the call of it that took longest."""
        timing = self._table.cursor
        if timing is not None:
            self.query_one(SelectedMessage).show(timing.slowest if timing.slowest >= 0 else timing.first)

    def _worth_showing(self, seq: int) -> int:
        """While the log runs by itself: the message, not the HTTP steps that come after it."""
        for earlier in range(seq, max(-1, seq - 8), -1):
            if self._journal.kind(earlier) not in (Kind.HTTP, Kind.SSE):
                return earlier
        return seq

    def on_message_log_opened(self, event: MessageLog.Opened) -> None:
        event.stop()
        self.query_one(SelectedMessage).show(event.seq)
        self.post_message(self.Wanted(4))

    def on_exchange_list_highlighted(self, event: ExchangeList.Highlighted) -> None:
        event.stop()
        self.query_one(SelectedExchange).show(event.number)

    def on_exchange_list_opened(self, event: ExchangeList.Opened) -> None:
        event.stop()
        self.query_one(SelectedExchange).show(event.number)
        self.post_message(self.Wanted(4))

    def on_sheet_opened(self, event: Sheet.Opened) -> None:
        event.stop()
        if isinstance(event.entry.link, int):
            self.show_row(event.entry.link)
            self.post_message(self.Wanted(3))
