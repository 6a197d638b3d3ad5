"""JSON as a tree of lines that fold, over the exact bytes: spelling, order and duplicates stay as they were.

Bytes that are no JSON document are shown as text with a note saying where they stop being one. Copying and
asking for a text to find are the host's; this offers `selected_text`, `selected_path` and `find`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from inspector.app.actions import own_keys
from inspector.app.widgets.json_folds import Folds
from inspector.app.widgets.json_line import SHOWN_BYTES, indent_cap, pieces_of
from inspector.app.widgets.json_lines import NOWHERE, STRING, JsonLines, decode, pattern_for
from inspector.app.widgets.strips import marked, resize, strip_of
from inspector.app.widgets.text_lines import TextLines
from inspector.app.widgets.text_view import FIRST_SLICE, PAUSE, SLICE


class JsonView(ScrollView, can_focus=True):
    """Shows one JSON document.

    Args:
        body: The exact bytes, or text.
    """

    DEFAULT_CSS = """
    JsonView {
        background: transparent;
        color: $foreground;
        scrollbar-size-horizontal: 0;
        scrollbar-size-vertical: 1;
        & > .json-view--key { color: $text-primary; }
        & > .json-view--string { color: $foreground; }
        & > .json-view--number { color: $text-success; }
        & > .json-view--word { color: $text-success; text-style: italic; }
        & > .json-view--muted { color: $text-muted; }
        & > .json-view--odd { color: $text-warning; text-style: bold; }
        & > .json-view--match { background: $warning 40%; }
        & > .json-view--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "json-view--key",
        "json-view--string",
        "json-view--number",
        "json-view--word",
        "json-view--muted",
        "json-view--odd",
        "json-view--match",
        "json-view--cursor",
    }
    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "json",
        Binding("up,k", "move(-1)", "Line up", show=False, id="json.up"),
        Binding("down,j", "move(1)", "Line down", show=False, id="json.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="json.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="json.page_down"),
        Binding("ctrl+u", "half(-1)", "Half a page up", show=False),
        Binding("ctrl+d", "half(1)", "Half a page down", show=False),
        Binding("home", "first", "First line", show=False, id="json.first"),
        Binding("end,G", "last", "Last line", show=False, id="json.last"),
        Binding("enter,space", "toggle_fold", "Fold or unfold", show=False, id="json.toggle"),
        Binding("left", "fold", "Fold, or go to the parent", show=False, id="json.fold"),
        Binding("right", "unfold", "Unfold, or go inside", show=False, id="json.unfold"),
        Binding("minus", "fold_all", "Fold all", show=False, id="json.fold_all"),
        Binding("plus,equals_sign", "deeper", "Unfold one level more", show=False, id="json.deeper"),
        Binding("asterisk", "unfold_all", "Unfold all", show=False, id="json.unfold_all"),
        Binding("shift+left", "scroll_left", "Scroll left", show=False, id="json.scroll_left"),
        Binding("shift+right", "scroll_right", "Scroll right", show=False, id="json.scroll_right"),
    )
    ALLOW_SELECT = False

    @dataclass
    class Selected(Message):
        """The cursor stands on another line.

        Attributes:
            view: The viewer.
            path: The JSONPath of the line's value; empty where the bytes are no JSON.
        """

        view: JsonView
        path: str

        @property
        def control(self) -> JsonView:
            return self.view

    def __init__(self, body: bytes | str = b"", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._timer: Timer | None = None
        self._begin(body)

    def _begin(self, body: bytes | str) -> None:
        raw = body.encode("utf-8", "replace") if isinstance(body, str) else body
        self._lines = JsonLines(raw)
        self._folds = Folds(self._lines)
        self._text: TextLines | None = None
        self._row = 0
        self._to_last = False
        self._level = 1
        self._needle = ""

    def load(self, body: bytes | str) -> None:
        """Show another document from its top, all unfolded."""
        self._begin(body)
        self.scroll_to(0, 0, animate=False)
        self._read()

    def on_mount(self) -> None:
        self._read()

    def _read(self) -> None:
        if not self.is_running:
            return
        if self._timer is not None:
            self._timer.stop()
        self._lines.advance(FIRST_SLICE)
        self._timer = None if self._lines.done else self.set_interval(PAUSE, self._go_on)
        self._settle()
        self.refresh()

    def _go_on(self) -> None:
        source = self._lines if self._text is None else self._text
        more = source.advance(SLICE)
        self._settle()
        if not more and not self.busy and self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _settle(self) -> None:
        """Take in the lines read since."""
        before = self._height()
        stays = self._row < before - 1 if self._text is None else self.scroll_offset.y < self.max_scroll_y
        if self._lines.trouble and self._text is None:
            self._text = TextLines(self._lines.body.decode("utf-8", "replace"), self._width())
            self._text.advance(FIRST_SLICE)
            if not self._text.done and self._timer is None:
                self._timer = self.set_interval(PAUSE, self._go_on)
            self.refresh()
        self._folds.grow()
        self._resize()
        if self._to_last and not stays:
            self._go(self._height())
        self._to_last = self._to_last and not stays and self.busy
        if before < self.scroll_offset.y + self.size.height:
            self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        if self._text is not None and self._text.width != self._width():
            self._text.wrap(self._width())
            self._text.advance(FIRST_SLICE)
            if not self._text.done and self._timer is None:
                self._timer = self.set_interval(PAUSE, self._go_on)
        self._resize()

    @property
    def busy(self) -> bool:
        """Whether the document is still being read; what is on screen is right all the same."""
        return not self._lines.done or (self._text is not None and not self._text.done)

    @property
    def trouble(self) -> str:
        """Why the bytes are no JSON document, one clause; empty where they are one."""
        return self._lines.trouble

    @property
    def cursor(self) -> int:
        """The line under the cursor, counted over the whole document."""
        rows = self._folds.rows
        return rows[self._row] if self._row < len(rows) else 0

    def selected_text(self) -> str:
        """The exact text of the value under the cursor; all of it where it is no JSON."""
        if self._text is not None or not len(self._lines):
            return self._lines.body.decode("utf-8", "replace")
        start, end = self._lines.span(self.cursor)
        return self._lines.body[start:end].decode("utf-8", "replace")

    def selected_string(self) -> str | None:
        """What the string under the cursor says, its escapes undone; `None` where it is no string."""
        if self._text is not None or not len(self._lines) or self._lines.kind(self.cursor) != STRING:
            return None
        start, end = self._lines.span(self.cursor)
        return decode(self._lines.body[start + 1 : end - 1])

    def selected_path(self) -> str:
        """The JSONPath of the value under the cursor; empty where it is no JSON."""
        return "" if self._text is not None or not len(self._lines) else self._lines.path(self.cursor)

    def find(self, text: str, *, backwards: bool = False) -> bool:
        """Put the cursor on the next line that has `text`, and round again at the end.

        Upper and lower case are alike, and so are a character and its escape. Returns whether there is such
        a line. An empty `text` ends the search.
        """
        self._needle = text
        self.refresh()
        if not text:
            return False
        while self._lines.advance(1):
            pass
        self._settle()
        if self._text is not None:
            return self._find_in_text(text)
        found = self._search_back(text) if backwards else self._search(text)
        if found is None:
            return False
        line = max(self._lines.at(found), self._folds.first)
        self._folds.reveal(line)
        self._resize()
        self._go(self._folds.row(line))
        return True

    def _search(self, text: str) -> int | None:
        pattern, body = pattern_for(text), self._lines.body
        found = pattern.search(body, self._lines.start(self.cursor + 1)) or pattern.search(body)
        return None if found is None else found.start()

    def _search_back(self, text: str) -> int | None:
        pattern, body, here = pattern_for(text), self._lines.body, self._lines.start(self.cursor)
        last = None
        for found in chain(pattern.finditer(body, 0, here), pattern.finditer(body, here)):
            if last is not None and last < here <= found.start():
                break
            last = found.start()
        return last

    def _find_in_text(self, text: str) -> bool:
        assert self._text is not None
        here = self._text.start(self.scroll_offset.y)
        lower = self._text.text.lower()
        found = lower.find(text.lower(), here + 1)
        found = lower.find(text.lower()) if found < 0 else found
        if found >= 0:
            while not self._text.done:
                self._text.advance(1)
            self._resize()
            self.scroll_to(y=self._text.at(found) + 1, animate=False)
        return found >= 0

    # Keys and mouse.

    def action_move(self, by: int) -> None:
        """Move the cursor by lines."""
        self._go(self._row + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by pages."""
        self._go(self._row + by * max(1, self.size.height - 1))

    def action_half(self, by: int) -> None:
        """Move the cursor by half pages."""
        self._go(self._row + by * max(1, self.size.height // 2))

    def action_first(self) -> None:
        """Go to the first line."""
        self._go(0)

    def action_last(self) -> None:
        """Go to the last line; where the document is still being read, go along until it is."""
        self._to_last = self.busy
        self._go(self._height())

    def action_toggle_fold(self) -> None:
        """Fold or unfold the line under the cursor."""
        if not self._folds.unfold(self.cursor):
            self._folds.fold(self.cursor)
        self._changed()

    def action_fold(self) -> None:
        """Fold what is open under the cursor; else go to the container around it."""
        if self._folds.fold(self.cursor):
            self._changed()
        elif (parent := self._around()) is not None:
            self._go(self._folds.row(parent))

    def action_unfold(self) -> None:
        """Unfold what is folded under the cursor; else go to the first line inside."""
        if self._folds.unfold(self.cursor):
            self._changed()
        elif len(self._lines) and self._lines.is_container(self.cursor):
            self._go(self._row + 1)

    def action_fold_all(self) -> None:
        """Fold everything down to the first level."""
        self._fold_to(1)

    def action_deeper(self) -> None:
        """Show one level more than the last time."""
        self._fold_to(self._level + 1)

    def action_unfold_all(self) -> None:
        """Unfold everything."""
        line = self.cursor
        self._folds.unfold_all()
        self._changed(line)

    def _fold_to(self, depth: int) -> None:
        line, self._level = self.cursor, depth
        self._folds.fold_to(depth)
        self._changed(line)

    def _around(self) -> int | None:
        if not len(self._lines):
            return None
        parent = self._lines.parent(self.cursor)
        return None if parent == NOWHERE or parent < self._folds.first else parent

    def on_click(self, event: events.Click) -> None:
        row = event.y + self.scroll_offset.y
        if self._text is not None or row >= self._height():
            return
        line, again = self._folds.rows[row], row == self._row
        self._go(row)
        indent = 2 * min(self._lines.depth(line) - self._folds.first, indent_cap(self.size.width))
        if again or event.x + self.scroll_offset.x <= indent + 1:
            self.action_toggle_fold()

    # Painting.

    def render_line(self, y: int) -> Strip:
        left, top = self.scroll_offset
        base = self.get_component_rich_style("json-view--string")
        width, row = self.scrollable_content_region.width, top + y
        if self._text is not None:
            return self._render_text(row, width, base)
        if row >= self._height():
            return Strip.blank(width, base)
        line = self._folds.rows[row]
        shown = pieces_of(self._lines, self._folds, line, width)
        pieces = [(text, self.get_component_rich_style(f"json-view--{role}")) for text, role in shown]
        if self._needle:
            pieces = marked(pieces, self._needle, self.get_component_rich_style("json-view--match"))
        if row == self._row and self.has_focus:  # several documents are on screen, one cursor is enough
            base = self.get_component_rich_style("json-view--cursor")
            pieces = [(text, style + base) for text, style in pieces]
        return strip_of(pieces, width, base, left=left)

    def _render_text(self, row: int, width: int, base: Style) -> Strip:
        assert self._text is not None
        if row == 0:
            note = f"Not JSON: {self._lines.trouble}." if self._lines.body.strip() else "Empty"
            return strip_of([(note, self.get_component_rich_style("json-view--muted"))], width, base)
        if row > len(self._text):
            return Strip.blank(width, base)
        pieces = [(self._text.row(row - 1), base)]
        return strip_of(
            marked(pieces, self._needle, self.get_component_rich_style("json-view--match")), width, base
        )

    def _width(self) -> int:
        # The bar's cell is kept free at all times, or its coming would wrap every row anew.
        free = 0 if self.show_vertical_scrollbar else self.styles.scrollbar_size_vertical
        return max(2, self.scrollable_content_region.width - free)

    def _height(self) -> int:
        return len(self._folds.rows) if self._text is None else len(self._text) + 1

    def _resize(self) -> None:
        cap = 2 * indent_cap(self.size.width) + 16
        width = 0 if self._text is not None else min(self._lines.longest, SHOWN_BYTES) + cap
        resize(self, width, self._height())

    def _changed(self, line: int | None = None) -> None:
        """Paint anew after folding, the cursor on the same line or on the container that now hides it."""
        row = self._row if line is None else self._folds.row(line)
        self._resize()
        self.refresh()
        self._go(row)

    def _go(self, row: int) -> None:
        row = max(0, min(row, self._height() - 1))
        if self._text is not None:
            self.scroll_to(y=row, animate=False)
            return
        old, self._row = self._row, row
        self.refresh_lines(old)
        self.refresh_lines(row)
        self.scroll_to_region(Region(self.scroll_offset.x, row, 1, 1), animate=False, force=True)
        self.post_message(self.Selected(self, self.selected_path()))
