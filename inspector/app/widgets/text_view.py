"""A text of any size, wrapped, searchable and selectable; for results, raw bytes and documents.

It shows what it is given as it is: no markup, no highlighting, control characters made visible. Rows are
found in slices, so that the first page of five megabytes stands at once.
"""

from __future__ import annotations

import re
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.timer import Timer

from inspector.app.actions import own_keys
from inspector.app.widgets.strips import Piece, marked, resize, strip_of
from inspector.app.widgets.text_lines import UNWRAPPED, TextLines

FIRST_SLICE = 0.02
"""Seconds that may pass before the first page is painted."""
SLICE = 0.02
"""Seconds of work at a time after that; a key waits no longer."""
PAUSE = 0.008
"""Seconds between two slices, which belong to everyone else."""


class TextView(ScrollView, can_focus=True):
    """Shows one text.

    Args:
        text: What to show.
        wrap: Whether long lines go on in the next row.
        empty: What to say in its place, dimly, where it is empty.
    """

    DEFAULT_CSS = """
    TextView {
        background: transparent;
        color: $foreground;
        scrollbar-size-horizontal: 0;
        scrollbar-size-vertical: 1;
        & > .text-view--text { color: $foreground; }
        & > .text-view--match { background: $warning 40%; }
        & > .text-view--found { background: $warning; color: $background; }
        & > .text-view--note { color: $text-muted; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "text-view--text",
        "text-view--match",
        "text-view--found",
        "text-view--note",
    }
    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "text",
        Binding("up,k", "scroll_up", "Row up", show=False),
        Binding("down,j", "scroll_down", "Row down", show=False),
        Binding("ctrl+d", "half(1)", "Half a page down", show=False),
        Binding("ctrl+u", "half(-1)", "Half a page up", show=False),
        Binding("end,G", "scroll_end", "End", show=False),
        Binding("w", "toggle_wrap", "Wrap long lines", show=False, id="text.wrap"),
    )
    ALLOW_SELECT = True

    wrap = reactive(True, repaint=False)
    """Whether long lines go on in the next row."""

    def __init__(
        self,
        text: str = "",
        *,
        wrap: bool = True,
        empty: str = "",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._original = text
        self._lines = TextLines(text, UNWRAPPED)
        self._empty = empty
        self._needle = ""
        self._found: int | None = None
        self._anchor = 0
        self._to_end = False
        self._timer: Timer | None = None
        self._wrapped = False
        self.set_reactive(TextView.wrap, wrap)

    def load(self, text: str, *, empty: str = "") -> None:
        """Show another text from its top.

        Args:
            text: What to show.
            empty: What to say in its place, dimly, where it is empty.
        """
        self._original = text
        self._lines = TextLines(text, UNWRAPPED)
        self._empty = empty
        self._needle, self._found = "", None
        self._wrapped = self._to_end = False
        self.scroll_to(0, 0, animate=False)
        self._rewrap(anchor=0)

    @property
    def busy(self) -> bool:
        """Whether rows are still being found; what is on screen is right all the same."""
        return not self._lines.done

    @property
    def text(self) -> str:
        """The text as it is shown, control characters made visible."""
        return self._lines.text

    def selected_text(self) -> str:
        """What the mouse selected, as it is shown; without a selection the exact text, all of it."""
        selection = self.text_selection
        chosen = self.get_selection(selection) if selection is not None else None
        return chosen[0] if chosen is not None and chosen[0] else self._original

    def find(self, text: str, *, backwards: bool = False) -> bool:
        """Go to the next place where `text` stands, upper or lower case alike, and round again at the end.

        Returns whether there is one. An empty `text` ends the search.
        """
        self._needle = text
        found = self._search(text, backwards) if text else None
        self._found = found
        if found is not None:
            while self._lines.start(len(self._lines)) and not self._lines.done and self._reached() <= found:
                self._lines.advance(SLICE)
            self._resize()
            row = self._lines.at(found)
            if not self.scroll_offset.y <= row < self.scroll_offset.y + self.size.height:
                self.scroll_to(y=row - self.size.height // 3, animate=False)
        self.refresh()
        return found is not None

    def _search(self, text: str, backwards: bool) -> int | None:
        pattern = re.compile(re.escape(text), re.IGNORECASE)
        body = self._lines.text
        here = self._lines.start(self.scroll_offset.y) if self._found is None else self._found
        if backwards:
            last = None
            for hit in pattern.finditer(body):
                if hit.start() >= here and last is not None:
                    break
                last = hit.start() if hit.start() < here or last is None else last
            if last is not None and last >= here:  # nothing above: the last one of all
                *_, final = pattern.finditer(body, here)
                last = final.start()
            return last
        after = here if self._found is None else here + 1
        found = pattern.search(body, after) or pattern.search(body)
        return None if found is None else found.start()

    def action_half(self, by: int) -> None:
        """Scroll by half pages."""
        self.scroll_relative(y=by * max(1, self.size.height // 2), animate=False)

    def action_toggle_wrap(self) -> None:
        """Wrap long lines, or let them run out of sight on the right."""
        self.wrap = not self.wrap

    def watch_wrap(self) -> None:
        self.scroll_to(x=0, animate=False)
        self._rewrap(anchor=self._reading())

    def on_resize(self, event: events.Resize) -> None:
        if self._width() != self._lines.width or not self._wrapped:
            self._rewrap(anchor=self._reading())

    def on_mount(self) -> None:
        self._rewrap(anchor=0)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, without the breaks that only the width made."""
        start = 0 if selection.start is None else self._offset(selection.start)
        end = len(self._lines.text) if selection.end is None else self._offset(selection.end)
        return self._lines.text[start:end], "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        left, top = self.scroll_offset
        width = self.scrollable_content_region.width
        base = self.get_component_rich_style("text-view--text")
        row = top + y
        if not self._wrapped and self._lines.width != self._width():
            # It is painted before it hears of its first size: better a first slice than nothing for a frame.
            self._lines.wrap(self._width())
        if not self._wrapped and not len(self._lines):
            self._lines.advance(FIRST_SLICE)
        if not self._lines.text:
            note = self.get_component_rich_style("text-view--note")
            return strip_of([(self._empty, note)] if y == 0 else [], width, base)
        if row >= len(self._lines):
            return Strip.blank(width, base)
        pieces: list[Piece] = [(self._lines.row(row), base)]
        if self._needle:
            pieces = marked(pieces, self._needle, self.get_component_rich_style("text-view--match"))
            pieces = self._with_found(row, pieces)
        if (selection := self.text_selection) is not None and (span := selection.get_span(row)) is not None:
            pieces = self._with_style(pieces, *span, "screen--selection")
        return strip_of(pieces, width, base, left=left).apply_offsets(left, row)

    def _with_found(self, row: int, pieces: list[Piece]) -> list[Piece]:
        """The pieces with the place that the search stands at brought out."""
        start = self._lines.start(row)
        if self._found is None or not start <= self._found < self._lines.start(row + 1):
            return pieces
        at = self._found - start
        return self._with_style(pieces, at, at + len(self._needle), "text-view--found")

    def _with_style(self, pieces: list[Piece], start: int, end: int, component: str) -> list[Piece]:
        """The pieces with the characters `start:end` in the style of a component; `end` -1 is the end."""
        owner = self.screen if component.startswith("screen") else self
        style = owner.get_component_rich_style(component)
        text = "".join(text for text, _ in pieces)
        end = len(text) if end < 0 else end
        found: list[Piece] = []
        at = 0
        for piece, usual in pieces:
            head, tail = max(0, min(start - at, len(piece))), max(0, min(end - at, len(piece)))
            found += [(piece[:head], usual), (piece[head:tail], style), (piece[max(head, tail) :], usual)]
            at += len(piece)
        return found

    def _offset(self, place: Offset) -> int:
        """The character of the text at a column and row."""
        start = self._lines.start(place.y)
        return min(start + place.x, max(start, self._lines.start(place.y + 1)))

    def _width(self) -> int:
        # The bar's cell is kept free at all times, or its coming would wrap every row anew.
        free = 0 if self.show_vertical_scrollbar else self.styles.scrollbar_size_vertical
        return max(2, self.scrollable_content_region.width - free) if self.wrap else UNWRAPPED

    def _reading(self) -> int:
        """The character that the reader is at; also while rows are still being found."""
        top = self.scroll_offset.y
        return self._anchor or (self._lines.start(top) if 0 < top < len(self._lines) else 0)

    def _rewrap(self, *, anchor: int) -> None:
        if not self.is_running or not self.size:
            return
        self._wrapped = True
        self._lines.wrap(self._width())
        self._anchor = anchor
        self._lines.advance(FIRST_SLICE)
        self._settle()
        if self._timer is not None:
            self._timer.stop()
        self._timer = None if self._lines.done else self.set_interval(PAUSE, self._go_on)
        self.refresh()

    def _go_on(self) -> None:
        if not self._lines.advance(SLICE) and self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._settle()

    def _settle(self) -> None:
        """Take in the rows found since, and get back to where the reader was before the width changed."""
        top, height = self.scroll_offset.y, self.size.height
        before = self.virtual_size.height
        self._to_end = self._to_end and top >= self.max_scroll_y  # or the reader has moved since
        self._resize()
        if self._to_end:
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True)
            self._to_end = not self._lines.done
        page_found = self._reached() > self._anchor and self._lines.at(self._anchor) <= self.max_scroll_y
        if self._anchor and (self._lines.done or page_found):
            self.scroll_to(y=self._lines.at(self._anchor), animate=False)
            self._anchor = 0
        if before < top + height:
            self.refresh()

    def action_scroll_end(self) -> None:
        """Go to the end of the text; where its rows are still being found, go along until they are."""
        if not self.busy:
            super().action_scroll_end()
            return
        self._anchor, self._to_end = 0, True
        self.scroll_to(y=self.max_scroll_y, animate=False, force=True)

    def action_scroll_home(self) -> None:
        """Go to the beginning; also where so little was found yet that the end is there too."""
        self._anchor, self._to_end = 0, False
        super().action_scroll_home()

    def _reached(self) -> int:
        return self._lines.start(len(self._lines) - 1)

    def _resize(self) -> None:
        width = 0 if self.wrap else UNWRAPPED
        resize(self, width, len(self._lines))
