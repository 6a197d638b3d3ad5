"""The lower half: what crossed the wire, as messages or as HTTP exchanges, and the selected one in full.

One of the two views is shown at a time, and each row of one leads to its row in the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message

from inspector.app.arrangement import parts
from inspector.app.panes.message import SelectedMessage
from inspector.app.panes.messages import Messages
from inspector.app.panes.network import KINDS, Network, SelectedExchange
from inspector.app.widgets.exchange_list import ExchangeList
from inspector.app.widgets.log import MessageLog
from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.tab_line import TabLine
from inspector.journal.exchanges import Exchanges
from inspector.wire.event import Kind

if TYPE_CHECKING:
    from inspector.journal.journal import Journal


class Traffic(Horizontal):
    """Messages or network, and the selected row."""

    class Switched(Message):
        """The other view is shown."""

    class Wanted(Message):
        """The user wants to be in a pane of this: 3, the list, or 4, the detail."""

        def __init__(self, pane: int) -> None:
            super().__init__()
            self.pane = pane

    def __init__(self, journal: Journal, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._network = False
        self._places = (True, True, 0.6)
        self._journal = journal
        self._exchanges = Exchanges(journal)

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
    def network(self) -> bool:
        """Whether the exchanges are shown, not the messages."""
        return self._network

    @property
    def names(self) -> tuple[str, str]:
        """What the list and the detail are called now."""
        return ("Network", "Exchange") if self.network else ("Messages", "Message")

    def advance(self, budget: float) -> None:
        """Take in what is new; at most `budget` seconds."""
        if self.network:
            self.query_one(Network).advance(budget)
            self.query_one(SelectedExchange).tick()
        else:
            self.query_one(Messages).advance(budget)
            self.query_one(SelectedMessage).tick()

    def place(self, listed: bool, detail: bool, share: float) -> None:
        """Show the list, the selected row, or both; `share` is the list's part of the width."""
        self._places = (listed, detail, share)
        self.display = listed or detail
        for name, shown, part in (
            ("#messages", listed and not self._network, share),
            ("#message", detail and not self._network, 1 - share),
            ("#network", listed and self._network, share),
            ("#exchange", detail and self._network, 1 - share),
        ):
            for pane in self.query(name):
                pane.display = shown
                pane.styles.width = parts(part if listed and detail else 1)

    def switch(self, network: bool) -> None:
        """Show the exchanges, or the messages."""
        if network == self.network:
            return
        self._network = network
        self.place(*self._places)
        for line in ("#messages-kind", "#network-kind"):
            self.query_one(line, TabLine).active = KINDS[network]
        if network:
            self.query_one(Network).advance(0.05)
        self.post_message(self.Switched())

    def show_row(self, seq: int) -> None:
        """Go to the row of event `seq` in the message log, whatever is shown now."""
        self.switch(False)
        messages = self.query_one(Messages)
        if not messages.log_widget.go_to(seq):
            messages.clear_filter()
            messages.log_widget.go_to(seq)

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
        seq = self.query_one(MessageLog).cursor
        exchange = self._journal.exchange(seq) if seq >= 0 else None
        if exchange is None:
            return False
        self.show_exchange(exchange)
        return True

    def focus_list(self) -> None:
        """Put the focus onto the list."""
        (self.query_one(ExchangeList) if self.network else self.query_one(MessageLog)).focus()

    def focus_detail(self) -> None:
        """Put the focus onto the selected row."""
        if self.network:
            self.query_one(SelectedExchange).sheet.focus()
        else:
            self.query_one(SelectedMessage).focus_something()

    def search(self) -> None:
        """Put the cursor into the filter."""
        (self.query_one(Network) if self.network else self.query_one(Messages)).search()

    def back(self) -> bool:
        """One step back in the list; false where there was nothing to do."""
        return (self.query_one(Network) if self.network else self.query_one(Messages)).back()

    def step_tab(self, pane: int, by: int) -> None:
        """The tab before or after, in the list (3) or in the detail (4)."""
        if pane == 3 and self.over_http:
            self.switch(not self.network)
            self.post_message(self.Wanted(3))
        elif not self.network:
            self.query_one("#message-tabs", TabLine).action_step(by)

    def selected_text(self) -> str:
        """What copying takes."""
        if self.network:
            return self.query_one(SelectedExchange).sheet.selected_text()
        return self.query_one(SelectedMessage).selected_text()

    # What the panes post.

    def on_tab_line_chosen(self, event: TabLine.Chosen) -> None:
        event.stop()
        self.switch(event.word == KINDS[1])
        self.post_message(self.Wanted(3))

    def on_message_log_highlighted(self, event: MessageLog.Highlighted) -> None:
        event.stop()
        self.query_one(SelectedMessage).show(
            self._worth_showing(event.seq) if event.log.following else event.seq
        )

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
