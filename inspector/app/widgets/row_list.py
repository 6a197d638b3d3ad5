"""What lists of rows share: titles above, a cursor, pages, the tail that is followed, what a click means.

A list of this kind grows at any rate and paints what is visible. While `following`, the cursor stays on the
last row; anything that moves up ends that, and then nothing moves under the cursor until `f` or `end`. What
the rows are, how they are drawn and what is told of them is the business of each list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import FIFOCache
from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip

from inspector.app.widgets.strips import strip_of

_HEADER_FROM = 8
"""Rows a list must have for one of them to hold titles."""
KEPT_ROWS = 256
"""Rows of which it is known how they look."""
_ROLES = ("header", "text", "strong", "muted", "warning", "error", "cursor")


def row_keys(id: str) -> list[BindingType]:
    """The keys that move the cursor, for a list whose bindings are called after `id`."""
    return [
        Binding("up,k", "move(-1)", "Row up", show=False, id=f"{id}.up"),
        Binding("down,j", "move(1)", "Row down", show=False, id=f"{id}.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id=f"{id}.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id=f"{id}.page_down"),
        Binding("ctrl+u", "half(-1)", "Half a page up", show=False, id=f"{id}.half_up"),
        Binding("ctrl+d", "half(1)", "Half a page down", show=False, id=f"{id}.half_down"),
        Binding("home", "first", "First row", show=False, id=f"{id}.first"),
        Binding("end,G", "last", "Last row, and follow", show=False, id=f"{id}.last"),
    ]


class RowList(ScrollView, can_focus=True):
    """A list of rows; those that derive from it say what the rows are."""

    DEFAULT_CSS = """
    RowList {
        background: transparent;
        color: $foreground;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .row--header { color: $foreground-disabled; text-style: none; }
        & > .row--text { color: $foreground; }
        & > .row--strong { color: $foreground; text-style: bold; }
        & > .row--muted { color: $text-muted; }
        & > .row--warning { color: $text-warning; }
        & > .row--error { color: $text-error; }
        & > .row--cursor { background: $block-cursor-blurred-background; }
        &:focus > .row--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"row--{role}" for role in _ROLES}
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._count = 0
        self._following = True
        self._strips: FIFOCache[tuple[object, ...], Strip] = FIFOCache(KEPT_ROWS)
        self._styles: dict[str, Style] = {}
        self._width = self._above = self._top = 0  # of the painting that was begun last
        self._painted: Sequence[object] = ()
        self._wanted = True

    # What each list says of itself.

    @property
    def _cursor_row(self) -> int:
        """The row under the cursor; where there is none, the row that a move counts from."""
        raise NotImplementedError

    def _go(self, row: int) -> None:
        """Put the cursor on a row that there is, in sight, and tell whom it concerns."""
        raise NotImplementedError

    def _settle(self) -> None:
        """Fit the rows into another size."""
        raise NotImplementedError

    def _titles(self, width: int) -> Sequence[tuple[str, str]]:
        """Texts and roles of the line above the rows."""
        raise NotImplementedError

    def _paint(self, row: int, line: int, width: int, base: Style) -> Strip:
        """A line of a row that there is."""
        raise NotImplementedError

    def _why_empty(self) -> str:
        """Why there is no row, in a sentence."""
        raise NotImplementedError

    def _visible_state(self) -> Sequence[object]:
        """What the painted rows depend on that changes without a word, of the rows that are visible."""
        return ()

    def action_open(self) -> None:
        """Do what a second click on a row does."""
        raise NotImplementedError

    def _followed(self) -> None:
        """The list began to follow, or stopped."""

    def _moved(self) -> None:
        """The user moves the cursor: what it was waiting for is no longer wanted."""

    # Following.

    @property
    def following(self) -> bool:
        """Whether the cursor stays on the last row as rows come in."""
        return self._following

    @following.setter
    def following(self, value: bool) -> None:
        if value != self._following:
            self._following = value
            self._followed()
        if value:
            self._to_end()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        # Where the rows became fewer, or the page higher, the end itself has moved up: that is no user.
        if new_value < old_value and new_value < self.max_scroll_y:
            self.following = False

    def _pause_unless(self, row: int) -> None:
        if row < self._count - 1:
            self.following = False

    def _to_end(self) -> None:
        if self._count:
            self._go(self._count - 1)

    # Keys and mouse.

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        self._move_to(self._cursor_row + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by pages."""
        self._move_to(self._cursor_row + by * max(1, self._page() - 1))

    def action_half(self, by: int) -> None:
        """Move the cursor by half pages."""
        self._move_to(self._cursor_row + by * max(1, self._page() // 2))

    def action_first(self) -> None:
        """Go to the first row."""
        self._move_to(0)

    def action_last(self) -> None:
        """Go to the last row and follow."""
        self.following = True

    def action_follow(self) -> None:
        """Follow, or pause."""
        self.following = not self.following

    def on_click(self, event: events.Click) -> None:
        if event.y < self._head():
            return
        row = self._row_at(event.y - self._head() + self.scroll_offset.y)
        if row < self._count:
            self._move_to(row)
            if event.chain == 2:
                self.action_open()

    def on_resize(self, event: events.Resize) -> None:
        # After the size, since the last row has to be the last one of the new height.
        self.call_after_refresh(self._settle)

    def on_focus(self) -> None:
        self._forget_strips()

    def on_blur(self) -> None:
        self._forget_strips()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._forget_strips()

    def _forget_strips(self) -> None:
        """Draw every row anew: it looks different now."""
        self._strips.clear()
        self._styles.clear()

    # The cursor and the page.

    def _head(self) -> int:
        return 1 if self.size.height >= _HEADER_FROM else 0

    def _page(self) -> int:
        return max(1, self.size.height - self._head())

    def _row_at(self, line: int) -> int:
        """The row that a line belongs to, counted from the first line under the titles."""
        return line

    def _move_to(self, row: int) -> None:
        """The user moves the cursor."""
        self._moved()
        if self._count:
            row = max(0, min(row, self._count - 1))
            self._pause_unless(row)
            self._go(row)

    def _show(self, row: int) -> None:
        """Bring a row into sight."""
        top = self.scroll_offset.y
        if row < top:
            self._scroll(row)
        elif row >= top + self._page():
            self._scroll(row - self._page() + 1)

    def _scroll(self, top: int) -> None:
        self.scroll_to(y=top, animate=False, force=True)

    # Painting.

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        self._wanted = self._wanted or not regions
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_lines(self, crop: Region) -> list[Strip]:
        # Strips are kept as they are shown. Textual would put each into its borders, of which there are none
        # here, and through its filters at every painting: half of what turning a page costs.
        if self.styles.gutter or self.opacity < 1:
            return super().render_lines(crop)
        strips = [self.render_line(y) for y in crop.line_range]
        background = self.background_colors[1]
        for each in self.get_line_filters():
            strips = [strip.apply_filter(each, background) for strip in strips]
        return [strip.crop(*crop.column_span) for strip in strips]

    def render_line(self, y: int) -> Strip:
        if y == 0:
            self._begin_painting()
        width, base = self._width, self._style("text")
        line = y - self._above
        if line < 0:
            return strip_of([(text, self._style(role)) for text, role in self._titles(width)], width, base)
        if not self._count:
            says = [] if line else [(" " + self._why_empty(), self._style("muted"))]
            return strip_of(says, width, base)
        line += self._top
        row = self._row_at(line)
        return self._paint(row, line, width, base) if row < self._count else Strip.blank(width, base)

    def _begin_painting(self) -> None:
        """Work out what is the same for all lines: asking for it costs more than a line that is known."""
        width = self.scrollable_content_region.width
        if width != self._width:
            self._width = width
            self._forget_strips()
        self._above, self._top = self._head(), self.scroll_offset.y
        if self._wanted:  # else it is a part that something else had covered, and the rest stays as it is
            self._painted, self._wanted = self._visible_state(), False
        self._styles.clear()

    def _style(self, role: str) -> Style:
        style = self._styles.get(role)
        if style is None:
            # Not `rich_style`: that is worked out anew at each call, a component's is kept.
            name = "row--" + ("text" if role == "space" else role)
            style = self._styles[role] = self.get_component_rich_style(name)
        return style
