"""The list of what a server offers, by section, foldable, with a search. Draws only visible lines.

It is given entries and says which one was opened. Server names never become widget ids or markup.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from inspector.app.items import SECTIONS, Item
from inspector.wire.visible import cells, clip, visible


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the server itself, a heading (no item), or an item of a section."""

    section: str
    item: Item | None = None
    count: str = ""


class CapabilityList(ScrollView, can_focus=True):
    """Sections with counts, and under each what it holds."""

    DEFAULT_CSS = """
    CapabilityList { height: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden; }
    """
    COMPONENT_CLASSES = {
        "capability--heading",
        "capability--cursor",
        "capability--cursor-blurred",
        "capability--opened",
        "capability--note",
        "capability--name",
    }
    BINDINGS = [
        Binding("up,k", "move(-1)", "Line up", show=False),
        Binding("down,j", "move(1)", "Line down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "move(-1000000)", "First", show=False),
        Binding("end", "move(1000000)", "Last", show=False),
        Binding("enter", "open", "open", key_display="⏎", tooltip="Open what the cursor is on"),
        Binding("space", "fold", "Fold or unfold the section", show=False),
        Binding("left", "fold(True)", "Fold the section", show=False),
        Binding("right", "fold(False)", "Unfold the section", show=False),
    ]

    cursor: reactive[int] = reactive(0)

    class Opened(Message):
        """A line was opened: `item` is `None` for the server itself."""

        def __init__(self, item: Item | None) -> None:
            super().__init__()
            self.item = item

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._server = ""
        self._sections: Mapping[str, tuple[Sequence[object], bool]] = {}
        self._withheld: Collection[str] = ()
        self._folded: set[str] = set()
        self._search = ""
        self._lines: list[Line] = []
        self._opened: Item | None = None

    def show(
        self,
        server: str,
        sections: Mapping[str, tuple[Sequence[object], bool]],
        withheld: Collection[str] = (),
    ) -> None:
        """Show this catalogue, keeping cursor, folds and search.

        Args:
            server: One safe line that names the server; empty before it is known.
            sections: By section: its entries as parsed, and whether all pages have come.
            withheld: Names of tools that are not to be called.
        """
        self._server, self._sections, self._withheld = server, sections, withheld
        self._rebuild()

    def search(self, text: str) -> None:
        """Show only what holds `text`, whatever the case, in name, title, description or URI."""
        self._search = text.casefold().strip()
        self._rebuild()
        if self._search:
            self.cursor = next((i for i, line in enumerate(self._lines) if line.item), 0)

    def mark_opened(self, item: Item | None) -> None:
        """Mark the line of what the workbench shows."""
        self._opened = item
        self.refresh()

    @property
    def current(self) -> Line | None:
        """The line under the cursor."""
        return self._lines[self.cursor] if 0 <= self.cursor < len(self._lines) else None

    @property
    def worth_a_look(self) -> bool:
        """Whether anything is listed."""
        return bool(self._lines)

    def _rebuild(self) -> None:
        kept = self.current
        lines = [Line("")] if self._server and not self._search else []
        for section in SECTIONS:
            if section not in self._sections:
                continue
            entries, complete = self._sections[section]
            items = [Item(section, entry) for entry in entries]
            if self._search:
                items = [item for item in items if self._matches(item)]
                if not items:
                    continue
            more = "" if complete else "…"
            lines.append(Line(section, None, f"{len(items)}{more}"))
            if section not in self._folded or self._search:
                lines.extend(Line(section, item) for item in items)
        self._lines = lines
        self.virtual_size = Size(self.size.width, len(lines))
        if kept in lines:
            self.cursor = lines.index(kept)
        self.cursor = max(0, min(self.cursor, len(lines) - 1))
        self.refresh()

    def _matches(self, item: Item) -> bool:
        fields = (item.label, item.title, item.key, item.text("description"))
        return any(self._search in field.casefold() for field in fields)

    def render_line(self, y: int) -> Strip:
        number = y + int(self.scroll_offset.y)
        width = self.scrollable_content_region.width
        if number >= len(self._lines):
            if not self._lines and self._search and y == 0:
                note = self.rich_style + self.get_component_rich_style("capability--note", partial=True)
                return Strip([Segment(" nothing matches", note)]).adjust_cell_length(width, self.rich_style)
            return Strip.blank(width, self.rich_style)
        line = self._lines[number]
        base = self.rich_style
        if number == self.cursor:
            part = "capability--cursor" if self.has_focus else "capability--cursor-blurred"
            base += self.get_component_rich_style(part, partial=True)
        segments = list(self._segments(line, base, width))
        return Strip(segments).adjust_cell_length(width, base).crop(0, width)

    def _segments(self, line: Line, base: Style, width: int) -> list[Segment]:
        def styled(name: str) -> Style:
            return base + self.get_component_rich_style(name, partial=True)

        if not line.section:
            return [Segment(f" {clip(self._server, width - 1)}", styled("capability--heading"))]
        if line.item is None:
            arrow = "▸" if line.section in self._folded and not self._search else "▾"
            return [
                Segment(f" {arrow} {SECTIONS[line.section]} ", styled("capability--heading")),
                Segment(line.count, styled("capability--note")),
            ]
        opened = line.item == self._opened
        withheld = line.section == "tools" and line.item.key in self._withheld
        mark = "⊘" if withheld else "›" if opened else " "
        name = clip(visible(line.item.label), width - 4)
        segments = [
            Segment(f"  {mark} ", styled("capability--opened")),
            Segment(name, styled("capability--opened" if opened else "capability--name")),
        ]
        room = width - 6 - cells(name)
        title = "withheld" if withheld else line.item.title
        if title and (room > 12 or (withheld and room > 0)):
            segments.append(Segment(f"  {clip(visible(title), room)}", styled("capability--note")))
        return segments

    def watch_cursor(self) -> None:
        self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, force=True)
        self.refresh()

    def on_resize(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._lines))

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def action_move(self, by: int) -> None:
        self.cursor = max(0, min(self.cursor + by, len(self._lines) - 1))

    def action_page(self, by: int) -> None:
        self.action_move(by * max(1, self.size.height - 1))

    def action_open(self) -> None:
        line = self.current
        if line is None:
            return
        if line.section and line.item is None:
            self.action_fold()
        else:
            self.post_message(self.Opened(line.item))

    def action_fold(self, fold: bool | None = None) -> None:
        line = self.current
        if line is None or not line.section:
            return
        folded = line.section in self._folded
        if fold is None or fold != folded:
            (self._folded.discard if folded else self._folded.add)(line.section)
        self._rebuild()
        self.cursor = next(i for i, other in enumerate(self._lines) if other.section == line.section)

    def on_click(self, event: events.Click) -> None:
        number = event.y + int(self.scroll_offset.y)
        if number < len(self._lines):
            self.focus()
            self.cursor = number
            self.action_open()
