"""A sheet: entries to read with a cursor on one of them, some foldable, some a link. Draws what is visible.

It is given entries and says which one was opened. For reports, steps and details of some hundred lines;
a log of any length is `widgets.log`, a text of any size `widgets.text_view`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from inspector.app.actions import own_keys
from inspector.app.widgets.sheet_lines import Entry, Piece, wrapped
from inspector.app.widgets.strips import resize, strip_of, under_cursor

_FOLDED, _UNFOLDED = "▸ ", "▾ "


class Sheet(ScrollView, can_focus=True):
    """Shows entries, one under the other."""

    DEFAULT_CSS = """
    Sheet {
        background: transparent;
        color: $foreground;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .sheet--text { color: $foreground; }
        & > .sheet--strong { color: $foreground; text-style: bold; }
        & > .sheet--muted { color: $text-muted; }
        & > .sheet--heading { color: $text-accent; text-style: bold; }
        & > .sheet--ok { color: $text-success; }
        & > .sheet--note { color: $text-primary; }
        & > .sheet--warning { color: $text-warning; }
        & > .sheet--error { color: $text-error; }
        & > .sheet--accent { color: $text-accent; }
        & > .sheet--mark { color: $foreground; text-style: bold reverse; }
        & > .sheet--cursor { background: $block-cursor-blurred-background; }
        &:focus > .sheet--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"sheet--{role}"
        for role in (
            "text",
            "strong",
            "muted",
            "heading",
            "ok",
            "note",
            "warning",
            "error",
            "accent",
            "mark",
            "cursor",
        )
    }
    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "sheet",
        Binding("up,k", "move(-1)", "Line up", show=False),
        Binding("down,j", "move(1)", "Line down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("ctrl+u", "page(-1, 2)", "Half a page up", show=False, id="sheet.half-up"),
        Binding("ctrl+d", "page(1, 2)", "Half a page down", show=False, id="sheet.half-down"),
        Binding("home", "move(-1000000)", "First", show=False),
        Binding("end,G", "move(1000000)", "Last", show=False),
        Binding("enter", "open", "open", key_display="⏎", tooltip="Follow the line, or unfold it"),
        Binding("space", "fold", "Fold or unfold", show=False),
    )
    ALLOW_SELECT = False

    @dataclass
    class Highlighted(Message):
        """The cursor stands on another entry."""

        sheet: Sheet
        entry: Entry

        @property
        def control(self) -> Sheet:
            return self.sheet

    class Opened(Highlighted):
        """The user wants to go where the entry leads."""

    def __init__(self, *, id: str | None = None, marks: bool = True) -> None:
        super().__init__(id=id)
        self._marks = marks
        self._entries: Sequence[Entry] = ()
        self._cursor = -1
        self._folds: dict[str, bool] = {}
        self._rows: list[tuple[int, list[Piece]]] = []
        self._starts: list[int] = []
        self._width = 0

    def show(self, entries: Sequence[Entry], *, anew: bool = False) -> None:
        """Show these entries; the cursor stays with its entry where that is still there.

        Args:
            entries: From top to bottom.
            anew: They are about something else: begin at the top, folds as they come.
        """
        if not anew and list(entries) == list(self._entries):
            return
        kept = None if anew else self.current
        if anew:
            self._folds = {}
        self._entries = list(entries)
        keys = [entry.key for entry in self._entries]
        self._cursor = keys.index(kept.key) if kept is not None and kept.key in keys else self._first()
        self._build()
        if anew:
            self.scroll_to(y=0, animate=False, force=True)

    @property
    def entries(self) -> Sequence[Entry]:
        """What is shown."""
        return self._entries

    @property
    def cursor(self) -> int:
        """The index of the entry under the cursor; -1 without one."""
        return self._cursor

    @property
    def current(self) -> Entry | None:
        """The entry under the cursor."""
        return self._entries[self._cursor] if 0 <= self._cursor < len(self._entries) else None

    def go_to(self, key: str) -> None:
        """Put the cursor on the entry of this key, if it is shown."""
        for at, entry in enumerate(self._entries):
            if entry.key == key:
                self._go(at)

    def selected_text(self) -> str:
        """What copying takes: the entry under the cursor."""
        entry = self.current
        return (entry.copy or entry.whole) if entry is not None else ""

    @property
    def room(self) -> int:
        """Columns there are for a row.

        The scroll bar's is kept free at all times, or its coming would wrap every row anew."""
        width = self.scrollable_content_region.width
        return width - (0 if self.show_vertical_scrollbar else self.styles.scrollbar_size_vertical)

    def _first(self) -> int:
        return next((at for at, entry in enumerate(self._entries) if not entry.rest), -1)

    def _is_open(self, entry: Entry) -> bool:
        return self._folds.get(entry.key, entry.unfolded)

    def _build(self) -> None:
        width = self._width = self.scrollable_content_region.width
        self._rows, self._starts = [], []
        if width < 4 or not self.is_running:
            return
        room = self.room
        for at, entry in enumerate(self._entries):
            self._starts.append(len(self._rows))
            fold = (_UNFOLDED if self._is_open(entry) else _FOLDED) if entry.more else "  "
            mark = (fold, "muted") if self._marks and not entry.rest else ("", "text")
            indent = len(mark[0])
            for row in wrapped((mark, *entry.text), room, indent + entry.hang):
                self._rows.append((at, row))
            if entry.more and self._is_open(entry):
                for text in entry.more:
                    for row in wrapped(((" " * (indent + 2), "text"), *text), room, indent + 4):
                        self._rows.append((at, row))
        resize(self, 0, len(self._rows))
        self.refresh()

    def on_mount(self) -> None:
        self._build()

    def on_resize(self, event: events.Resize) -> None:
        if self.scrollable_content_region.width != self._width:
            self._build()
        self.call_after_refresh(self._reveal)  # fewer rows may be visible now

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        if width != self._width:
            # Textual tells no size to what it lays out in passing, for who asks where something is.
            self._width = width
            self.call_later(self._build)
        base = self._style("text")
        row = y + self.scroll_offset.y
        if row >= len(self._rows):
            return Strip.blank(width, base)
        at, pieces = self._rows[row]
        styled = [(text, self._style(role)) for text, role in pieces]
        if at == self._cursor and not self._entries[at].rest:
            base = self._style("cursor")
            styled = under_cursor(styled, base, focused=self.has_focus)
        return strip_of(styled, width, base)

    def _style(self, role: str) -> Style:
        return self.get_component_rich_style(f"sheet--{role}")

    # Keys and mouse.

    def action_move(self, by: int) -> None:
        """Move the cursor; past the last stop, show what lies beyond."""
        stops = [at for at, entry in enumerate(self._entries) if not entry.rest]
        if not stops:
            return
        here = stops.index(self._cursor) if self._cursor in stops else 0
        wanted = max(0, min(here + by, len(stops) - 1))
        if wanted == here:
            self.scroll_to(y=self.scroll_offset.y + by, animate=False, force=True)
        else:
            self._go(stops[wanted])

    def action_page(self, by: int, part: int = 1) -> None:
        """Move the page, or a `part` of it such as a half, and the cursor with it."""
        if not self._rows:
            return
        page = max(1, (self.size.height - 1) // part)
        row = max(0, min(self._starts[max(0, self._cursor)] + by * page, len(self._rows) - 1))
        stops = [at for at, entry in enumerate(self._entries) if not entry.rest]
        if stops:
            self._go(min(stops, key=lambda at: abs(self._starts[at] - row)))
        self.scroll_to(y=self.scroll_offset.y + by * page, animate=False, force=True)

    def action_open(self) -> None:
        """Follow the entry's link, or fold it."""
        entry = self.current
        if entry is not None and entry.link is not None:
            self.post_message(self.Opened(self, entry))
        else:
            self.action_fold()

    def action_fold(self) -> None:
        """Fold or unfold the entry under the cursor."""
        entry = self.current
        if entry is not None and entry.more:
            self._folds[entry.key] = not self._is_open(entry)
            self._build()
            self._reveal()

    def on_click(self, event: events.Click) -> None:
        row = event.y + self.scroll_offset.y
        if row >= len(self._rows):
            return
        at = self._rows[row][0]
        if self._entries[at].rest:
            return
        again = at == self._cursor
        self._go(at)
        if event.chain == 2 or (again and event.chain == 1 and self._entries[at].link is None):
            self.action_open()

    def _go(self, at: int) -> None:
        if at != self._cursor:
            self._cursor = at
            self.refresh()
            self.post_message(self.Highlighted(self, self._entries[at]))
        self._reveal()

    def _reveal(self) -> None:
        if not 0 <= self._cursor < len(self._starts):
            return
        top, height = self.scroll_offset.y, max(1, self.size.height)
        first = self._starts[self._cursor]
        after = self._starts[self._cursor + 1] if self._cursor + 1 < len(self._starts) else len(self._rows)
        if self._cursor == self._first():
            first = 0  # with the headings above it
        if first < top or after - first > height:
            self.scroll_to(y=first, animate=False, force=True)
        elif after > top + height:
            self.scroll_to(y=after - height, animate=False, force=True)
