"""The list of what a server offers, by section, foldable, with a search. Draws only visible lines.

It is given entries with what became of them, says which one was opened and what is wanted of the lists.
Server names never become widget ids or markup.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from inspector.app.actions import own_keys
from inspector.app.items import SECTIONS, Item
from inspector.journal.changes import Marked
from inspector.wire.visible import cells, clip, visible


@dataclass(frozen=True, slots=True)
class Offered:
    """A section as it is to be shown.

    Attributes:
        entries: What is listed, and what is gone.
        complete: Whether all pages have come.
        more: What the row under an incomplete list says; empty for no such row.
        asks: Whether that row can be opened, to ask for more.
    """

    entries: Sequence[Marked]
    complete: bool = True
    more: str = ""
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the server itself, a heading (no item), an item of a section, or the row under its last."""

    section: str
    item: Item | None = None
    count: str = ""
    more: str = ""

    def is_place_of(self, other: Line | None) -> bool:
        """Whether the cursor on one would belong to the other, whatever became of what stands there."""
        if other is None or self.section != other.section:
            return False
        return self.item == other.item and bool(self.more) == bool(other.more)


_SIGNS: Mapping[str, str] = {"": " ", "new": "+", "changed": "~", "gone": "−"}


class CapabilityList(ScrollView, can_focus=True):
    """Sections with counts, and under each what it holds."""

    DEFAULT_CSS = """
    CapabilityList {
        height: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden;
        & > .capability--new { color: $text-success; text-style: bold; }
        & > .capability--changed { color: $text-warning; text-style: bold; }
        & > .capability--gone { color: $foreground-disabled; text-style: strike; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "capability--heading",
        "capability--cursor",
        "capability--cursor-blurred",
        "capability--opened",
        "capability--note",
        "capability--name",
        "capability--new",
        "capability--changed",
        "capability--gone",
    }
    BINDINGS = own_keys(
        "capabilities",
        Binding("up,k", "move(-1)", "Line up", show=False),
        Binding("down,j", "move(1)", "Line down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("ctrl+u", "half(-1)", "Half a page up", show=False),
        Binding("ctrl+d", "half(1)", "Half a page down", show=False),
        Binding("home", "move(-1000000)", "First", show=False),
        Binding("end,G", "move(1000000)", "Last", show=False),
        Binding("enter", "open", "open", key_display="⏎", tooltip="Open what the cursor is on"),
        Binding("space", "fold", "Fold or unfold the section", show=False),
        Binding("left", "fold(True)", "Fold the section", show=False),
        Binding("right", "fold(False)", "Unfold the section", show=False),
        Binding("m", "more", "More of a list that has further pages", show=False),
        Binding("p", "by_page", "Lists page by page, or all at once", show=False),
        Binding("w", "next_change", "Go to what is new, changed or gone", show=False),
        Binding("u", "take_note", "Take note of the changes: mark them no more", show=False),
    )

    cursor: reactive[int] = reactive(0)

    class Opened(Message):
        """A line was opened: `item` is `None` for the server itself."""

        def __init__(self, item: Item | None) -> None:
            super().__init__()
            self.item = item

    class MoreWanted(Message):
        """The next page of a section is wanted."""

        def __init__(self, section: str) -> None:
            super().__init__()
            self.section = section

    class ByPageWanted(Message):
        """Lists are wanted page by page from now on, or no more."""

    class Noted(Message):
        """The changes were seen."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._server = ""
        self._sections: Mapping[str, Offered] = {}
        self._items: dict[str, list[Item]] = {}
        self._texts: dict[str, list[str]] = {}
        self._withheld: Collection[str] = ()
        self._folded: set[str] = set()
        self._search = ""
        self._lines: list[Line] = []
        self._opened: Item | None = None

    def show(self, server: str, sections: Mapping[str, Offered], withheld: Collection[str] = ()) -> None:
        """Show this catalogue, keeping cursor, folds and search.

        Args:
            server: One safe line that names the server; empty before it is known.
            sections: What there is, by section.
            withheld: Names of tools that are not to be called.
        """
        self._server, self._withheld = server, withheld
        for section in SECTIONS:
            offered = sections.get(section)
            if offered is None or self._sections.get(section) is not offered:
                entries = offered.entries if offered is not None else ()
                self._items[section] = [Item(section, of.entry, of.mark, of.before) for of in entries]
                self._texts.pop(section, None)
        self._sections = sections
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

    def item_like(self, item: Item) -> Item | None:
        """What a request would name like `item`, as it is listed now."""
        return next((each for each in self._items.get(item.section, ()) if each == item), None)

    def _rebuild(self) -> None:
        kept, found = self.current, any(line.item for line in self._lines)
        lines = [Line("")] if self._server and not self._search else []
        for section in SECTIONS:
            offered = self._sections.get(section)
            if offered is None:
                continue
            items = self._found(section) if self._search else self._items[section]
            if self._search and not items:
                continue
            lines.append(Line(section, None, _count(items, offered.complete)))
            if section not in self._folded or self._search:
                lines.extend([Line(section, item) for item in items])
                if offered.more:
                    lines.append(Line(section, None, "", offered.more))
        self._lines = lines
        self.virtual_size = Size(self.size.width, len(lines))
        if not (self.cursor < len(lines) and lines[self.cursor].is_place_of(kept)):
            self.cursor = next((at for at, line in enumerate(lines) if line.is_place_of(kept)), self.cursor)
        self.cursor = max(0, min(self.cursor, len(lines) - 1))
        if self._search and not found:  # what is searched for has come only now
            self.cursor = next((at for at, line in enumerate(lines) if line.item), self.cursor)
        self.refresh()

    def _found(self, section: str) -> list[Item]:
        texts = self._texts.get(section)
        if texts is None:
            texts = self._texts[section] = [_searched(item) for item in self._items[section]]
        return [item for item, text in zip(self._items[section], texts, strict=True) if self._search in text]

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
        if line.more:
            return [Segment(f"    {clip(line.more, width - 4)}", styled("capability--note"))]
        if line.item is None:
            arrow = "▸" if line.section in self._folded and not self._search else "▾"
            return [
                Segment(f" {arrow} {SECTIONS[line.section]} ", styled("capability--heading")),
                Segment(line.count, styled("capability--note")),
            ]
        return self._of_item(line.item, styled, width)

    def _of_item(self, item: Item, styled: Callable[[str], Style], width: int) -> list[Segment]:
        opened = item == self._opened
        withheld = item.section == "tools" and item.key in self._withheld
        mark = "⊘" if withheld else "›" if opened else " "
        name = clip(visible(item.label), width - 4)
        plain = "capability--gone" if item.mark == "gone" else "capability--name"
        segments = [
            Segment(f" {_SIGNS[item.mark]}", styled(f"capability--{item.mark or 'note'}")),
            Segment(f"{mark} ", styled("capability--opened")),
            Segment(name, styled("capability--opened" if opened else plain)),
        ]
        room = width - 6 - cells(name)
        title = "withheld" if withheld else item.mark or item.title
        if title and (room > 12 or (room > 0 and title != item.title)):
            # The gap on its own: at the head of a text some viewers of SVG pictures drop it.
            note = styled("capability--note")
            segments += [Segment("  ", note), Segment(clip(visible(title), room), note)]
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

    def action_half(self, by: int) -> None:
        self.action_move(by * max(1, self.size.height // 2))

    def action_open(self) -> None:
        line = self.current
        if line is None:
            return
        if line.more:
            self.action_more()
        elif line.section and line.item is None:
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

    def action_more(self) -> None:
        """Ask for more of the section that the cursor is in, or else of the first that has more."""
        here = self.current.section if self.current is not None else ""
        having = [section for section, offered in self._sections.items() if offered.asks]
        if having:
            self.post_message(self.MoreWanted(here if here in having else having[0]))

    def action_by_page(self) -> None:
        self.post_message(self.ByPageWanted())

    def action_next_change(self) -> None:
        """Put the cursor on the next entry that is not what it was; folded ones are unfolded."""
        self._folded -= {
            section
            for section, offered in self._sections.items()
            if any(each.mark for each in offered.entries)
        }
        self._rebuild()
        marked = [at for at, line in enumerate(self._lines) if line.item is not None and line.item.mark]
        if marked:
            self.cursor = next((at for at in marked if at > self.cursor), marked[0])

    def action_take_note(self) -> None:
        self.post_message(self.Noted())

    def on_click(self, event: events.Click) -> None:
        number = event.y + int(self.scroll_offset.y)
        if number < len(self._lines):
            self.focus()
            self.cursor = number
            self.action_open()


def _count(items: Sequence[Item], complete: bool) -> str:
    """`13`, `60…` where there may be more, `13  +2 ~1 −1` where something changed."""
    marks = [item.mark for item in items if item.mark]
    signs = " ".join(f"{sign}{marks.count(mark)}" for mark, sign in _SIGNS.items() if mark and mark in marks)
    count = f"{len(items) - marks.count('gone'):,}{'' if complete else '…'}"
    return f"{count}  {signs}" if signs else count


def _searched(item: Item) -> str:
    """What a search looks at; the parts are kept apart by what nobody types."""
    return "\0".join((item.label, item.title, item.key, item.text("description"))).casefold()
