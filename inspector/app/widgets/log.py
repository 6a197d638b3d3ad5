"""The message log: every event of a journal as a row, at any length.

It holds a journal and a view and paints what is visible; it reads no file and sends nothing. The host calls
`advance` ten times a second, whatever the rate of messages: the cost follows the screen.

`following`, the cursor stays on the last row. Anything that moves up ends that, and then nothing moves
under the cursor until `f` or `end`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from inspector.app.widgets.log_columns import Layout, cells_of, header, layout
from inspector.app.widgets.strips import resize, strip_of
from inspector.journal.outline import outline
from inspector.journal.related import Related

if TYPE_CHECKING:
    from inspector.journal.journal import Journal
    from inspector.journal.view import View

_HEADER_FROM = 8
"""Rows a log must have for one of them to hold titles."""
_KEPT_ROWS = 512


class MessageLog(ScrollView, can_focus=True):
    """Shows the rows of a view.

    Args:
        journal: Where the rows come from.
        view: Which of them are shown.
    """

    DEFAULT_CSS = """
    MessageLog {
        background: transparent;
        color: $foreground;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .message-log--header { color: $foreground-disabled; text-style: none; }
        & > .message-log--text { color: $foreground; }
        & > .message-log--strong { color: $foreground; text-style: bold; }
        & > .message-log--muted { color: $text-muted; }
        & > .message-log--warning { color: $text-warning; }
        & > .message-log--error { color: $text-error; }
        & > .message-log--pair { background: $primary 12%; }
        & > .message-log--cursor { background: $block-cursor-blurred-background; }
        &:focus > .message-log--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"message-log--{role}"
        for role in ("header", "text", "strong", "muted", "warning", "error", "pair", "cursor")
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Row up", show=False, id="log.up"),
        Binding("down", "move(1)", "Row down", show=False, id="log.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="log.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="log.page_down"),
        Binding("home", "first", "First row", show=False, id="log.first"),
        Binding("end", "last", "Last row, and follow", show=False, id="log.last"),
        Binding("enter", "open", "open", key_display="⏎", tooltip="Open the message", id="log.open"),
        Binding("f", "follow", "follow", tooltip="Follow what comes in, or pause", id="log.follow"),
        Binding("p", "pair", "pair", tooltip="Jump to the other half, or to its request", id="log.pair"),
    ]
    ALLOW_SELECT = False

    @dataclass
    class Highlighted(Message):
        """The cursor stands on another row.

        Attributes:
            log: The log.
            seq: The row's number in the journal.
        """

        log: MessageLog
        seq: int

        @property
        def control(self) -> MessageLog:
            return self.log

    class Opened(Highlighted):
        """The user wants to see the row's message."""

    @dataclass
    class FollowChanged(Message):
        """The log began to follow, or stopped.

        Attributes:
            log: The log.
            following: Whether the cursor now stays on the last row.
        """

        log: MessageLog
        following: bool

        @property
        def control(self) -> MessageLog:
            return self.log

    def __init__(
        self, journal: Journal, view: View, *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._journal = journal
        self._view = view
        self._related = Related(journal)
        self._kin: frozenset[int] = frozenset()
        self._count = 0
        self._row = -1
        self._seq = -1
        self._sought: int | None = None
        self._following = True
        self._columns: Layout | None = None
        self._painted: list[tuple[int, int, bool]] = []
        self._strips: LRUCache[tuple[object, ...], Strip] = LRUCache(_KEPT_ROWS)

    # What the host asks and tells.

    @property
    def following(self) -> bool:
        """Whether the cursor stays on the last row as rows come in."""
        return self._following

    @following.setter
    def following(self, value: bool) -> None:
        if value != self._following:
            self._following = value
            self._kin = self._related.kin(self._seq) if not value and self._seq >= 0 else frozenset()
            self.post_message(self.FollowChanged(self, value))
        if value:
            self._sought = None
            self._to_end()

    @property
    def cursor(self) -> int:
        """The journal's number of the row under the cursor; -1 where there is none."""
        return self._seq

    @property
    def below(self) -> int:
        """Rows that lie below what is visible."""
        return max(0, self._count - (self.scroll_offset.y + self._page()))

    def advance(self, budget: float = 0.01) -> bool:
        """Take in what the journal got since the last time, for at most `budget` seconds.

        Returns whether the view has more to search.
        """
        more = self._view.advance(budget)
        if len(self._view) != self._count:
            self._grow()
        elif self._visible_state() != self._painted:
            self.refresh()
        return more

    def set_view(self, view: View) -> None:
        """Show other rows of the journal, the cursor on the nearest to where it was."""
        self._sought = None if self._following or self._seq < 0 else self._seq
        self._view = view
        self._count, self._row = 0, -1
        self._grow()
        self.refresh()

    def go_to(self, seq: int) -> bool:
        """Put the cursor on the row of event `seq`. Returns whether the view shows it."""
        row = self._view.index(seq)
        if row >= len(self._view) or self._view[row] != seq:
            return False
        self._grow()
        self._pause_unless(row)
        self._go(row)
        return True

    # Keys and mouse.

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        self._move_to(self._row + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by pages, the page with it."""
        rows = by * max(1, self._page() - 1)
        self._pause_unless(self._row + rows)
        self._scroll(self.scroll_offset.y + rows)
        self._move_to(self._row + rows)

    def action_first(self) -> None:
        """Go to the first row."""
        self._move_to(0)

    def action_last(self) -> None:
        """Go to the last row and follow."""
        self.following = True

    def action_follow(self) -> None:
        """Follow, or pause."""
        self.following = not self.following

    def action_open(self) -> None:
        """Ask the host to show the row's message."""
        if self._seq >= 0:
            self.post_message(self.Opened(self, self._seq))

    def action_pair(self) -> None:
        """Jump to the other half of the pair, or to the request that the row is about."""
        peer = self._journal.peer(self._seq) if self._seq >= 0 else -1
        if peer < 0 and self._seq >= 0:
            peer = self._related.request_of(self._seq)
        if peer < 0 or not self.go_to(peer):
            self.app.bell()

    def on_click(self, event: events.Click) -> None:
        row = event.y - self._head() + self.scroll_offset.y
        if event.y < self._head() or row >= self._count:
            return
        self._move_to(row)
        if event.chain == 2:
            self.action_open()

    def on_resize(self, event: events.Resize) -> None:
        # After the size, since the last row has to be the last one of the new height.
        self.call_after_refresh(self._settle)

    def on_focus(self) -> None:
        self._strips.clear()

    def on_blur(self) -> None:
        self._strips.clear()

    def on_mount(self) -> None:
        self._grow()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        # Where the rows became fewer, or the page higher, the end itself has moved up: that is no user.
        if new_value < old_value and new_value < self.max_scroll_y:
            self.following = False

    def watch_show_vertical_scrollbar(self) -> None:
        # The bar comes with the layout, after the scroll that the first full page led to.
        self.call_after_refresh(self._tell_bar)

    def _tell_bar(self) -> None:
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = self.scroll_y

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()

    # The cursor and the page.

    def _head(self) -> int:
        return 1 if self.size.height >= _HEADER_FROM else 0

    def _page(self) -> int:
        return max(1, self.size.height - self._head())

    def _settle(self) -> None:
        if not self.is_running:
            return
        resize(self, 0, self._count + self._head())
        if self._following:
            self._to_end()
        elif self._row >= 0:
            self._show(self._row)

    def _grow(self) -> None:
        """Take in the rows that the view has found."""
        before, self._count = self._count, len(self._view)
        if not self.is_running:
            return
        resize(self, 0, self._count + self._head())
        if self._following:
            self._to_end()
        elif self._sought is not None and self._count:
            row = min(self._view.index(self._sought), self._count - 1)
            if self._view.scanned >= 1 or self._view[row] >= self._sought:
                self._sought = None
            self._go(row)
        elif self._row < 0 and self._count:
            self._go(0)
        if before < self.scroll_offset.y + self._page() or self._count < before:
            self.refresh()

    def _move_to(self, row: int) -> None:
        """The user moves the cursor."""
        self._sought = None
        if self._count:
            row = max(0, min(row, self._count - 1))
            self._pause_unless(row)
            self._go(row)

    def _pause_unless(self, row: int) -> None:
        if row < self._count - 1:
            self.following = False

    def _to_end(self) -> None:
        if self._count:
            self._go(self._count - 1)

    def _go(self, row: int) -> None:
        self._row = row
        self._show(row)
        seq = self._view[row]
        if seq != self._seq:
            self._seq = seq
            self._kin = frozenset() if self._following else self._related.kin(seq)
            self.refresh()
            self.post_message(self.Highlighted(self, seq))

    def _show(self, row: int) -> None:
        top = self.scroll_offset.y
        if row < top:
            self._scroll(row)
        elif row >= top + self._page():
            self._scroll(row - self._page() + 1)

    def _scroll(self, top: int) -> None:
        self.scroll_to(y=top, animate=False, force=True)

    # Painting.

    def render_line(self, y: int) -> Strip:
        width, base = self.scrollable_content_region.width, self._style("space")
        columns = self._layout(width)
        if y < self._head():
            self._painted = self._visible_state()
            titles = [(text, self._style(role)) for text, role in header(columns)]
            return strip_of(titles, width, base)
        row = self.scroll_offset.y + y - self._head()
        if not self._count:
            return self._nothing(y - self._head(), width, base)
        if row >= self._count:
            return Strip.blank(width, base)
        if y == 0:
            self._painted = self._visible_state()
        return self._strip(self._view[row], row == self._row, columns, base)

    def _strip(self, seq: int, at_cursor: bool, columns: Layout, base: Style) -> Strip:
        journal = self._journal
        paired = self._seq >= 0 and not at_cursor and (journal.peer(self._seq) == seq or seq in self._kin)
        key = (seq, journal.status(seq), journal.flawed(seq), at_cursor, paired, columns)
        strip = self._strips.get(key)
        if strip is not None:
            return strip
        pieces = [(text, self._style(role)) for text, role in cells_of(outline(journal, seq), columns)]
        if at_cursor:
            base = self._style("cursor")
            over = base if self.has_focus else Style(bgcolor=base.bgcolor)
            pieces = [(text, style + over) for text, style in pieces]
        elif paired:
            base = Style(bgcolor=self._style("pair").bgcolor)
            pieces = [(text, style + base) for text, style in pieces]
        strip = self._strips[key] = strip_of(pieces, columns.width, base)
        return strip

    def _nothing(self, y: int, width: int, base: Style) -> Strip:
        if y:
            return Strip.blank(width, base)
        if not len(self._journal):
            says = "Nothing has crossed the wire yet."
        elif self._view.scanned < 1:
            says = "Searching…"
        else:
            says = "No message matches the filter."
        return strip_of([(" " + says, self._style("muted"))], width, base)

    def _style(self, role: str) -> Style:
        # Not `rich_style`: that is worked out anew at each call, a component's is kept.
        return self.get_component_rich_style("message-log--" + ("text" if role == "space" else role))

    def _layout(self, width: int) -> Layout:
        """The columns; made anew where the width changed or a visible number outgrew its column."""
        below = min(self._count, self.scroll_offset.y + self._page())
        last = self._view[below - 1] if below > 0 else -1
        digits = len(str(max(0, last)))
        time = len(f"{self._journal.time(last):.3f}") if last >= 0 else 0
        old = self._columns
        if old is None or old.width != width or (old.number and old.number < digits) or 0 < old.time < time:
            self._columns = old = layout(width, number=digits, time=time)
        return old

    def _visible_state(self) -> list[tuple[int, int, bool]]:
        """What the painted rows depend on, of the rows that are visible."""
        top = self.scroll_offset.y
        seqs = (self._view[row] for row in range(top, min(self._count, top + self._page())))
        return [(seq, self._journal.status(seq), self._journal.flawed(seq)) for seq in seqs]
