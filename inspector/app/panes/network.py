"""The network view: every HTTP exchange, authorization's included, with a filter; and one of them in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from inspector.app.exchange import exchange_entries
from inspector.app.panes.views import KINDS
from inspector.app.widgets.exchange_list import ExchangeList
from inspector.app.widgets.filter_field import FilterField
from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.tab_line import TabLine
from inspector.journal.exchanges import Exchanges
from inspector.wire.visible import seconds

if TYPE_CHECKING:
    from inspector.journal.journal import Journal

__all__ = ["KINDS", "Network", "SelectedExchange"]


class Network(Vertical):
    """A filter field, shown when it is used, and the list of exchanges."""

    def __init__(self, exchanges: Exchanges, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._exchanges = exchanges

    def compose(self) -> ComposeResult:
        yield TabLine(KINDS, hint="n switches · x its message", id="network-kind")
        field = FilterField(self._exchanges.journal, id="network-filter")
        yield field
        yield field.wrong
        yield field.choices
        yield ExchangeList(self._exchanges, id="exchange-list")

    def on_mount(self) -> None:
        self.field.display = False
        self._entitle()

    @property
    def list(self) -> ExchangeList:
        """The list."""
        return self.query_one(ExchangeList)

    @property
    def field(self) -> FilterField:
        """The filter's field."""
        return self.query_one("#network-filter", FilterField)

    def search(self) -> None:
        """Put the cursor into the filter."""
        self.field.display = True
        self.field.focus()

    def advance(self, budget: float) -> None:
        """Take in what is new; at most `budget` seconds."""
        self.list.advance(budget)
        self._entitle()

    def clear_filter(self) -> None:
        """List every exchange."""
        self.field.value = ""
        self.field.display = False
        self._apply()  # at once: whoever lists every exchange goes to one of them next

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._apply()
        self.field.typed()

    def _apply(self) -> None:
        filter = self.field.meant()
        if filter is not None and filter != self.list.found.filter:
            self.list.filter(str(filter))
            self._entitle()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.list.focus()

    def back(self) -> bool:
        """One step back: clear the filter, then leave its field."""
        if self.field.value:
            self.field.value = ""
        elif not self.field.has_focus:
            return False
        self.field.display = False
        self.field.wrong.say(None)
        self.list.focus()
        return True

    def _entitle(self) -> None:
        shown = self.list
        title = f"Network · {'following' if shown.following else 'paused'}"
        if not shown.found.filter.everything:
            title += f" · {len(shown.found)} of {len(self._exchanges)}"
        if shown.found.scanned < 1:
            title += f" · {shown.found.scanned:.0%} searched"
        if title != self.border_title:
            self.border_title = title


class SelectedExchange(Vertical):
    """Everything about one exchange."""

    BORDER_TITLE = "Exchange"

    def __init__(
        self, journal: Journal, exchanges: Exchanges, *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._journal = journal
        self._exchanges = exchanges
        self._number = -1
        self._version: tuple[int, ...] = ()

    def compose(self) -> ComposeResult:
        yield Sheet(id="exchange-sheet")

    @property
    def sheet(self) -> Sheet:
        """What is read."""
        return self.query_one(Sheet)

    def show(self, number: int) -> None:
        """Show exchange `number`."""
        anew = number != self._number
        self._number = number
        at = self._exchanges.index(number)
        self._version = self._exchanges.version(at) if at >= 0 else ()
        self.sheet.show(exchange_entries(self._journal, number), anew=anew)
        self._entitle(at)

    def tick(self) -> None:
        """Once a frame: more may have happened in the exchange that is shown."""
        at = self._exchanges.index(self._number) if self._number >= 0 else -1
        if at >= 0 and self._exchanges.version(at) != self._version:
            self.show(self._number)

    def _entitle(self, at: int) -> None:
        if at < 0:
            return
        row = self._exchanges.row(at)
        words = [f"{row.number}", row.what, f"{row.status or ''}"]
        words += [seconds(row.took)] if row.took is not None else ["under way"]
        # Not a plain string: that would be read as markup, and the target is the server's.
        self.border_title = Content(" · ".join(word for word in words if word)[:100])
