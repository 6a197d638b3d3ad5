"""Shows the differences of two values (`inspector.app.difference`): side by side where there is room for it.

What changed, came or went has a mark besides its colour. It compares nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from inspector.app.actions import own_keys
from inspector.app.aligning import ADDED, REMOVED
from inspector.app.difference import CHANGED, NOTE, SKIPPED, Row
from inspector.app.widgets.sheet_lines import Piece, wrapped
from inspector.app.widgets.strips import resize, strip_of

SIDE_BY_SIDE: Final = 100
"""Cells from which on the two values stand beside each other."""
_MARKS = {CHANGED: ("~", "~"), REMOVED: ("-", " "), ADDED: (" ", "+")}
_BETWEEN = " │ "
_MARK = 2  # cells of a mark and the space behind it

Line = tuple[int, list[Piece]]
"""The number of its row, and what stands in it."""


class DiffView(ScrollView, can_focus=True):
    """Shows rows of a difference, and steps from one difference to the next."""

    DEFAULT_CSS = """
    DiffView {
        background: transparent;
        color: $foreground;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .diff--text { color: $foreground; }
        & > .diff--muted { color: $text-muted; }
        & > .diff--removed { color: $text-error; }
        & > .diff--added { color: $text-success; }
        & > .diff--changed { color: $text-warning; }
        & > .diff--here { background: $primary 30%; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"diff--{role}" for role in ("text", "muted", "removed", "added", "changed", "here")
    }
    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "difference",
        Binding("up,k", "scroll_up", "Line up", show=False),
        Binding("down,j", "scroll_down", "Line down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("ctrl+d", "half(1)", "Half a page down", show=False),
        Binding("ctrl+u", "half(-1)", "Half a page up", show=False),
        Binding("home", "scroll_home", "Start", show=False),
        Binding("end,G", "scroll_end", "End", show=False),
    )
    ALLOW_SELECT = False

    class Stepped(Message):
        """Another difference is the current one."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: Sequence[Row] = ()
        self._runs: list[range] = []
        self._at = -1
        self._lines: list[Line] = []
        self._width = 0

    def show(self, rows: Sequence[Row]) -> None:
        """Show other rows, from the first difference on."""
        self._rows = rows
        self._runs = list(_runs(rows))
        self._at = -1
        self.scroll_to(0, 0, animate=False)
        self._build()
        if self._runs:
            self._go(0)

    @property
    def count(self) -> int:
        """How many differences there are; rows that follow one another are one."""
        return len(self._runs)

    @property
    def current(self) -> int:
        """Which of them is the current one, -1 for none."""
        return self._at

    @property
    def path(self) -> str:
        """Where the current difference is."""
        return self._rows[self._runs[self._at].start].path if self._at >= 0 else ""

    def step(self, by: int) -> bool:
        """Go to the next difference, or the one before, and round at the ends; whether there is one."""
        if self._runs:
            self._go((self._at + by) % len(self._runs))
        return bool(self._runs)

    def selected_text(self) -> str:
        """What copying takes: the lines as `diff` writes them."""
        return "\n".join("".join(text for text, _ in line) for _, line in self._unified(10_000))

    def action_half(self, by: int) -> None:
        """Scroll by half pages."""
        self.scroll_relative(y=by * max(1, self.size.height // 2), animate=False)

    def on_mount(self) -> None:
        self._build()

    def on_resize(self, event: events.Resize) -> None:
        if self.scrollable_content_region.width != self._width:
            self._build()
            if self._at >= 0:
                self._reveal()

    def _go(self, at: int) -> None:
        self._at = at
        self.refresh()
        self._reveal()
        self.post_message(self.Stepped())

    def _reveal(self) -> None:
        run = self._runs[self._at]
        shown = [y for y, (row, _) in enumerate(self._lines) if row in run]
        if (
            shown
            and not self.scroll_offset.y <= shown[0] <= shown[-1] < self.scroll_offset.y + self.size.height
        ):
            self.scroll_to(y=max(0, shown[0] - self.size.height // 3), animate=False, force=True)

    def _build(self) -> None:
        width = self._width = self.scrollable_content_region.width
        self._lines = []
        if width < 8 or not self.is_running:
            return
        room = width - (0 if self.show_vertical_scrollbar else self.styles.scrollbar_size_vertical)
        self._lines = list(self._beside(room) if width >= SIDE_BY_SIDE else self._unified(room))
        resize(self, 0, len(self._lines))
        self.refresh()

    def _unified(self, width: int) -> Iterator[Line]:
        """One column: what was, then what is."""
        for number, row in enumerate(self._rows):
            if not row.differs:
                role = "muted" if row.kind in (SKIPPED, NOTE) else "text"
                yield from ((number, line) for line in _side(" ", row.left, role, width))
            if row.kind in (CHANGED, REMOVED):
                yield from ((number, line) for line in _side("-", row.left, REMOVED, width))
            if row.kind in (CHANGED, ADDED):
                yield from ((number, line) for line in _side("+", row.right, ADDED, width))

    def _beside(self, width: int) -> Iterator[Line]:
        """Two columns."""
        half = (width - len(_BETWEEN)) // 2
        for number, row in enumerate(self._rows):
            if row.kind in (SKIPPED, NOTE):
                yield from ((number, line) for line in _side(" ", row.left, "muted", width))
                continue
            marks = _MARKS.get(row.kind, (" ", " "))
            role = row.kind if row.differs else "text"
            left = _side(marks[0], row.left, role, half) if row.kind != ADDED else []
            right = _side(marks[1], row.right, role, half) if row.kind != REMOVED else []
            pairs: Iterator[tuple[list[Piece], list[Piece]]] = zip_longest(left, right, fillvalue=[])
            for one, other in pairs:
                yield number, [*_padded(one, half), (_BETWEEN, "muted"), *other]

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        base = self.get_component_rich_style("diff--text")
        at = y + self.scroll_offset.y
        if at >= len(self._lines):
            return Strip.blank(width, base)
        row, line = self._lines[at]
        pieces = [(text, self.get_component_rich_style(f"diff--{role}")) for text, role in line]
        if self._at >= 0 and row in self._runs[self._at]:
            base = self.get_component_rich_style("diff--here")
            pieces = [(text, style + Style(bgcolor=base.bgcolor)) for text, style in pieces]
        return strip_of(pieces, width, base)


def _runs(rows: Sequence[Row]) -> Iterator[range]:
    """The differences: rows that differ and follow one another."""
    start = -1
    for number, row in enumerate(rows):
        if row.differs and start < 0:
            start = number
        elif not row.differs and start >= 0:
            yield range(start, number)
            start = -1
    if start >= 0:
        yield range(start, len(rows))


def _side(mark: str, text: str, role: str, width: int) -> list[list[Piece]]:
    """The rows of one value's line: its mark, then its text, wrapped."""
    indent = len(text) - len(text.lstrip()) + 2
    found = [*wrapped([(text, role)], max(1, width - _MARK), indent)]
    return [[(f"{mark} " if not at else "  ", role), *line] for at, line in enumerate(found)]


def _padded(line: list[Piece], width: int) -> list[Piece]:
    return [*line, (" " * (width - sum(cell_len(text) for text, _ in line)), "text")]
