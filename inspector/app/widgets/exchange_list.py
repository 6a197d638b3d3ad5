"""The list of HTTP exchanges: any number of them, painted as far as they are visible.

Like the message log (`widgets.log`): the host calls `advance` ten times a second; while `following` the
cursor stays on the last row, and what moves up ends that. It reads no file and sends nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from inspector.app.widgets.exchange_columns import Columns, columns_of, origin_of, pieces, titles
from inspector.app.widgets.strips import resize, strip_of
from inspector.journal.exchanges import Exchanges, Found

_KEPT_ROWS = 512
_HEADER_FROM = 8
_ROLES = ("header", "text", "strong", "muted", "warning", "error", "cursor")


class ExchangeList(ScrollView, can_focus=True):
    """Shows exchanges.

    Args:
        exchanges: All there are; this widget advances the fold.
    """

    DEFAULT_CSS = """
    ExchangeList {
        background: transparent;
        color: $foreground;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .exchanges--header { color: $foreground-disabled; }
        & > .exchanges--text { color: $foreground; }
        & > .exchanges--strong { color: $foreground; text-style: bold; }
        & > .exchanges--muted { color: $text-muted; }
        & > .exchanges--warning { color: $text-warning; }
        & > .exchanges--error { color: $text-error; }
        & > .exchanges--cursor { background: $block-cursor-blurred-background; }
        &:focus > .exchanges--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"exchanges--{role}" for role in _ROLES}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Row up", show=False),
        Binding("down", "move(1)", "Row down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "first", "First row", show=False),
        Binding("end", "follow(True)", "Last row, and follow", show=False),
        Binding("enter", "open", "open", key_display="⏎", tooltip="Open the exchange"),
        Binding("f", "follow", "follow", tooltip="Follow what comes in, or pause"),
    ]
    ALLOW_SELECT = False

    @dataclass
    class Highlighted(Message):
        """The cursor stands on another exchange.

        Attributes:
            list: The list.
            number: The exchange's number in the journal.
        """

        list: ExchangeList
        number: int

        @property
        def control(self) -> ExchangeList:
            return self.list

    class Opened(Highlighted):
        """The user wants to see the exchange."""

    def __init__(self, exchanges: Exchanges, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._exchanges = exchanges
        self._found = Found(exchanges)
        self._count = 0
        self._at = -1  # in the exchanges, so that a row which a filter finds late moves nothing
        self._sought: int | None = None
        self.following = True
        self._columns: Columns | None = None
        self._painted: list[tuple[object, ...]] = []
        self._strips: LRUCache[tuple[object, ...], Strip] = LRUCache(_KEPT_ROWS)
        target = exchanges.journal.header.target.get("url")
        self._origin = origin_of(target) if isinstance(target, str) else ""

    @property
    def found(self) -> Found:
        """What is listed."""
        return self._found

    @property
    def cursor(self) -> int:
        """The number of the exchange under the cursor, -1 where there is none."""
        return self._exchanges.number(self._at) if self._at >= 0 else -1

    def filter(self, text: str) -> None:
        """List only exchanges that hold every word of `text`."""
        self._found = Found(self._exchanges, text)
        self._count = 0
        self._grow()
        self.refresh()

    def advance(self, budget: float) -> bool:
        """Take in what is new, for at most `budget` seconds; returns whether there is more."""
        more = self._found.advance(budget)
        if len(self._found) != self._count:
            self._grow()
        elif self._visible_state() != self._painted:
            self.refresh()
        return more

    def go_to(self, number: int) -> None:
        """Put the cursor on exchange `number`, as soon as it has been seen."""
        self.following = False
        self._sought = number
        self._seek()

    # Keys and mouse.

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        self._move_to(self._row() + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by pages."""
        self._move_to(self._row() + by * max(1, self._page() - 1))

    def action_first(self) -> None:
        """Go to the first row."""
        self._move_to(0)

    def action_follow(self, follow: bool | None = None) -> None:
        """Follow, or pause."""
        self.following = not self.following if follow is None else follow
        if self.following and self._count:
            self._go(self._count - 1)

    def action_open(self) -> None:
        """Ask the host to show the exchange."""
        if self._at >= 0:
            self.post_message(self.Opened(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        row = event.y - self._head() + self.scroll_offset.y
        if event.y < self._head() or row >= self._count:
            return
        self._move_to(row)
        if event.chain == 2:
            self.action_open()

    def on_mount(self) -> None:
        self._grow()

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self._settle)

    def on_focus(self) -> None:
        self._strips.clear()

    def on_blur(self) -> None:
        self._strips.clear()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        # Where the rows became fewer, or the page higher, the end itself has moved up: that is no user.
        if new_value < old_value and new_value < self.max_scroll_y:
            self.following = False

    # The cursor and the page.

    def _head(self) -> int:
        return 1 if self.size.height >= _HEADER_FROM else 0

    def _page(self) -> int:
        return max(1, self.size.height - self._head())

    def _row(self) -> int:
        return self._found.index(self._at) if self._at >= 0 else 0

    def _settle(self) -> None:
        """Another size: the row under the cursor stays in sight."""
        self._count = 0
        self._grow()

    def _grow(self) -> None:
        """Take in what has been found."""
        before, self._count = self._count, len(self._found)
        if not self.is_running:
            return
        resize(self, 0, self._count + self._head())
        if self._sought is not None:
            self._seek()
        elif self.following and self._count:
            self._go(self._count - 1)
        elif self._count:
            row = min(self._row(), self._count - 1)
            if not before or self._found[row] != self._at:  # else the page stays where the user left it
                self._go(row)
        self.refresh()

    def _seek(self) -> None:
        at = self._exchanges.index(self._sought) if self._sought is not None else -1
        row = self._found.index(at) if at >= 0 else self._count
        if at >= 0 and row < len(self._found) and self._found[row] == at:
            self._sought = None
            self._count = len(self._found)
            resize(self, 0, self._count + self._head())
            self._go(row)

    def _move_to(self, row: int) -> None:
        self._sought = None
        if self._count:
            row = max(0, min(row, self._count - 1))
            self.following = self.following and row == self._count - 1
            self._go(row)

    def _go(self, row: int) -> None:
        at = self._found[row]
        if at != self._at:
            self._at = at
            self.refresh()
            self.post_message(self.Highlighted(self, self.cursor))
        top = self.scroll_offset.y
        if row < top:
            self.scroll_to(y=row, animate=False, force=True)
        elif row >= top + self._page():
            self.scroll_to(y=row - self._page() + 1, animate=False, force=True)

    # Painting.

    def render_line(self, y: int) -> Strip:
        width, base = self.scrollable_content_region.width, self._style("text")
        columns = self._layout(width)
        if y == 0:
            self._painted = self._visible_state()
        if y < self._head():
            return strip_of([(text, self._style(role)) for text, role in titles(columns)], width, base)
        row = self.scroll_offset.y + y - self._head()
        if not self._count:
            return self._nothing(y - self._head(), width, base)
        if row >= self._count:
            return Strip.blank(width, base)
        return self._strip(self._found[row], columns, base)

    def _strip(self, at: int, columns: Columns, base: Style) -> Strip:
        at_cursor = at == self._at
        key = (at, self._exchanges.version(at), at_cursor, columns)
        strip = self._strips.get(key)
        if strip is not None:
            return strip
        shown = pieces(self._exchanges.row(at), columns, self._origin)
        styled = [(text, self._style(role)) for text, role in shown]
        if at_cursor:
            base = self._style("cursor")
            over = base if self.has_focus else Style(bgcolor=base.bgcolor)
            styled = [(text, style + over) for text, style in styled]
        strip = self._strips[key] = strip_of(styled, columns.width, base)
        return strip

    def _nothing(self, y: int, width: int, base: Style) -> Strip:
        if y:
            return Strip.blank(width, base)
        if self._found.scanned < 1:
            says = "Searching…"
        elif len(self._exchanges):
            says = "No exchange matches the filter."
        else:
            says = "No HTTP exchange has been made."
        return strip_of([(" " + says, self._style("muted"))], width, base)

    def _style(self, role: str) -> Style:
        return self.get_component_rich_style(f"exchanges--{role}")

    def _layout(self, width: int) -> Columns:
        last = self._exchanges.number(len(self._exchanges) - 1) if len(self._exchanges) else 0
        old, digits = self._columns, len(str(last))
        if old is None or old.width != width or (old.number and old.number < digits):
            self._columns = old = columns_of(width, number=digits)
        return old

    def _visible_state(self) -> list[tuple[object, ...]]:
        top = self.scroll_offset.y
        rows = range(top, min(self._count, top + self._page()))
        return [(at := self._found[row], self._exchanges.version(at)) for row in rows]
