"""The message log with its filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from inspector.app.panes.network import KINDS
from inspector.app.widgets.log import MessageLog
from inspector.app.widgets.tab_line import TabLine
from inspector.journal.view import View

if TYPE_CHECKING:
    from inspector.journal.journal import Journal


class Messages(Vertical):
    """A filter field, shown when it is used, and the log.

    Args:
        journal: What is shown.
        kinds: Over HTTP: offer the network view beside it.
    """

    class Filtered(Message):
        """Another filter is in force."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(
        self, journal: Journal, *, kinds: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._journal = journal
        self._kinds = kinds
        self._view = View(journal)

    def compose(self) -> ComposeResult:
        yield TabLine(KINDS, hint="n switches · x its exchange", id="messages-kind")
        yield Input(placeholder="filter: words that a message holds", id="log-filter", compact=True)
        yield MessageLog(self._journal, self._view, id="log")

    def on_mount(self) -> None:
        self.query_one(TabLine).display = self._kinds
        self.field.display = False
        self._entitle()

    @property
    def log_widget(self) -> MessageLog:
        """The log."""
        return self.query_one(MessageLog)

    @property
    def field(self) -> Input:
        """The filter's field."""
        return self.query_one("#log-filter", Input)

    def search(self) -> None:
        """Put the cursor into the filter."""
        self.field.display = True
        self.field.focus()

    def clear_filter(self) -> None:
        """Show every row."""
        self.field.value = ""
        self.field.display = False
        self._view = View(self._journal)
        self.log_widget.set_view(self._view)

    def advance(self, budget: float) -> None:
        """Take in what is new; at most `budget` seconds."""
        self.log_widget.advance(budget)
        self._entitle()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._view = View(self._journal, event.value)
        self.log_widget.set_view(self._view)
        self._entitle()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.log_widget.focus()

    def on_message_log_follow_changed(self) -> None:
        self._entitle()

    def _entitle(self) -> None:
        words = "following" if self.log_widget.following else "paused"
        title = f"Messages · {words}"
        if self.field.value:
            title += f" · {len(self._view)} of {len(self._journal)}"
            if self._view.scanned < 1:
                title += f" · {self._view.scanned:.0%} searched"
        if title != self.border_title:
            self.border_title = title

    def back(self) -> bool:
        """One step back: clear the filter, then leave its field."""
        if self.field.value:
            self.field.value = ""
        elif not self.field.has_focus:
            return False
        self.field.display = False
        self.log_widget.focus()
        return True
