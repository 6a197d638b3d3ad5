"""The message log with its filter: the rest is hidden or dimmed, and there is a way from match to match."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from inspector.app.panes.views import KINDS
from inspector.app.widgets.filter_field import FilterField
from inspector.app.widgets.log import MessageLog
from inspector.app.widgets.tab_line import TabLine
from inspector.journal.view import View

if TYPE_CHECKING:
    from inspector.journal.journal import Journal

_AT_ONCE = 0.01
"""Seconds of looking for a filter that was just typed."""
_AT_MOST = 0.012
"""Seconds of looking in one go: what is painted after it comes on top."""
_BETWEEN = 0.03
"""Seconds from one go to the next, beside those of each frame, while there is more to look through."""


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
        self._every = View(journal)
        self._view = self._every
        self._sought = self._every  # the last that was a filter; what next and before go by
        self._way = 0  # where a match is looked for that was not found yet: 1 on, -1 back
        self._dims = False
        self._dimmed: tuple[int, int, int] = (0, 0, 0)

    def compose(self) -> ComposeResult:
        yield TabLine(KINDS, hint="n switches · x its exchange", id="messages-kind")
        field = FilterField(self._journal, id="log-filter")
        yield field
        yield field.wrong
        yield field.choices
        yield MessageLog(self._journal, self._view, id="log")

    def on_mount(self) -> None:
        self.query_one(TabLine).display = self._kinds
        self.field.display = False
        self._going_on = self.log_widget.set_interval(_BETWEEN, self._go_on, pause=True)
        self._entitle()
        if first := getattr(self.app, "filter", ""):
            self.call_after_refresh(self.filter_by, first)  # a log without a size follows nothing

    @property
    def log_widget(self) -> MessageLog:
        """The log."""
        return self.query_one(MessageLog)

    @property
    def field(self) -> FilterField:
        """The filter's field."""
        return self.query_one("#log-filter", FilterField)

    @property
    def text(self) -> str:
        """The filter in force; empty for none. What is typed may be another, and wrong."""
        return self._view.text

    @property
    def dims(self) -> bool:
        """Whether what the filter does not mean stands back, and is not hidden."""
        return self._dims

    def search(self) -> None:
        """Put the cursor into the filter."""
        self.field.display = True
        self.field.focus()

    def filter_by(self, text: str) -> None:
        """Show what a filter means, as if it were typed."""
        self.field.display = bool(text)
        self.field.value = text
        self._apply()  # at once: whoever shows every row goes to one of them next

    def clear_filter(self) -> None:
        """Show every row."""
        self.filter_by("")

    def advance(self, budget: float) -> None:
        """Take in what is new; at most `budget` seconds."""
        dims = self._dims and self._view is not self._every
        budget = min(budget, _AT_MOST) / (1 + dims + bool(self._way))  # each looks for itself
        self._advance_log(budget)
        if dims:
            self._view.advance(budget)
            self._dim()
        if self._way:
            self._sought.advance(budget)
            self._step()
        self._entitle()

    def _go_on(self) -> None:
        """Between two frames: look on, so that much is looked through sooner."""
        if self.log_widget.is_on_screen and self._view.scanned < 1:
            self._advance_log(_AT_MOST)
        else:
            self._going_on.pause()

    def _advance_log(self, budget: float) -> None:
        """Take in more rows. Where some came or went before the last, nothing moves under the cursor."""
        log, view = self.log_widget, self._every if self._dims else self._view
        moves, at = view.moves, view.index(log.cursor)
        log.advance(budget)
        if view.moves != moves:
            log.set_view(view)
            if not log.following and (by := view.index(log.cursor) - at):
                log.scroll_to(y=log.scroll_offset.y + by, animate=False, force=True)

    # The filter

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._apply()
        self.field.typed()

    def _apply(self) -> None:
        filter = self.field.meant()
        if filter is None or filter == self._view.filter:
            return
        self._way = 0
        self._view = self._every if filter.everything else View(self._journal, filter)
        if not filter.everything:
            self._sought = self._view
        self._show()
        self.post_message(self.Filtered(self.text))

    def _show(self) -> None:
        log = self.log_widget
        log.set_view(self._every if self._dims else self._view)
        # By the log itself: what it tells while this handles a message would go no further than to this.
        log.call_later(log.advance, _AT_ONCE)
        self._dimmed = (0, 0, 0)
        self._dim()
        if self._view.scanned < 1:
            self._going_on.resume()
        self._entitle()

    def _dim(self) -> None:
        """Let stand back what was looked at and is not meant."""
        log, view = self.log_widget, self._view
        if not self._dims or view is self._every:
            if log.looks.dim is not None:
                log.looks = replace(log.looks, dim=None)
            return
        stands = (len(view), view.seen, view.moves)
        if stands != self._dimmed or log.looks.dim is None:
            self._dimmed = stands
            log.looks = replace(log.looks, dim=lambda seq: seq < view.seen and seq not in view)

    def toggle_rest(self) -> bool:
        """Hide what the filter does not mean, or let it stand back; whether it stands back now."""
        self._dims = not self._dims
        self._show()
        return self._dims

    # Match by match

    def go_to_match(self, way: int) -> bool:
        """Go to the next match of the filter (1) or the one before (-1), also where it was cleared.

        Returns whether there is a filter to go by.
        """
        if self._sought is self._every:
            return False
        self._way = way
        self._step()
        return True

    def _step(self) -> None:
        """Go there if it is known by now."""
        view, log, way = self._sought, self.log_widget, self._way
        cursor = log.cursor
        at = view.index(cursor)
        if way > 0:
            at += at < len(view) and view[at] == cursor
        else:
            at -= 1
        known = view.seen > cursor if way < 0 else at < len(view)
        if known and 0 <= at < len(view):
            self._way = 0
            log.go_to(view[at])
        elif view.scanned >= 1 or known:
            self._way = 0
            self.notify(f"No match further {'below' if way > 0 else 'above'}.", timeout=4, markup=False)

    # What it is called, and the way back

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.log_widget.focus()

    def on_message_log_follow_changed(self) -> None:
        self._entitle()

    def _entitle(self) -> None:
        words = "following" if self.log_widget.following else "paused"
        title = f"Messages · {words}"
        view = self._view
        if view is not self._every:
            title += f" · {len(view)} of {len(self._journal)}"
            title += ", the rest dimmed" if self._dims else ""
            if view.scanned < 1:
                title += f" · {view.scanned:.0%} searched"
            if view.unsure:
                title += f" · {view.unsure} took too long"
        if self._way and self._sought.scanned < 1:
            title += f" · looking for the {'next' if self._way > 0 else 'one before'}"
        if title != self.border_title:
            self.border_title = title

    def back(self) -> bool:
        """One step back: clear the filter, then leave its field."""
        if self.field.value:
            self.clear_filter()
        elif not self.field.has_focus:
            return False
        self.field.display = False
        self.field.wrong.say(None)
        self.log_widget.focus()
        return True
