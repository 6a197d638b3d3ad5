"""The message log: every event of a journal as a row, at any length.

It holds a journal and a view and paints what is visible; it reads no file and sends nothing. The host calls
`advance` ten times a second, whatever the rate of messages: the cost follows the screen.

Cursor, pages and following are those of every list of rows (`widgets.row_list`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.cache import FIFOCache
from textual.message import Message
from textual.strip import Strip

from inspector.app.actions import own_keys
from inspector.app.latency_columns import span
from inspector.app.waterfall import WIDE, Fall, Waterfall, cells_for
from inspector.app.widgets.log_columns import Layout, cells_of, header, layout
from inspector.app.widgets.row_list import KEPT_ROWS, RowList, row_keys
from inspector.app.widgets.strips import Line, resize, segments_of, under_cursor
from inspector.journal.outline import outline
from inspector.journal.related import Related

if TYPE_CHECKING:
    from inspector.journal.journal import Journal
    from inspector.journal.view import View


@dataclass(frozen=True, slots=True)
class Looks:
    """How rows stand out. Replace the whole to change it: what is drawn is kept meanwhile.

    Attributes:
        lit: Rows that belong to what is selected.
        marks: A character at the head of a row, by its number.
        dim: Which rows stand back; `None` for none.
    """

    lit: frozenset[int] = frozenset()
    marks: Mapping[int, str] = field(default_factory=dict)
    dim: Callable[[int], bool] | None = None


class MessageLog(RowList):
    """Shows the rows of a view.

    Args:
        journal: Where the rows come from.
        view: Which of them are shown.
    """

    DEFAULT_CSS = """
    MessageLog > .row--pair { background: $primary 12%; }
    MessageLog > .row--lit { background: $accent 10%; }
    MessageLog > .row--dim { color: $foreground-disabled; text-style: none; }
    MessageLog > .row--bar { color: $primary; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"row--pair", "row--lit", "row--dim", "row--bar"}
    BINDINGS: ClassVar[list[BindingType]] = own_keys(
        "log",
        *row_keys("log"),
        Binding("enter", "open", "open", key_display="⏎", tooltip="Open the message", id="log.open"),
        Binding("f", "follow", "follow", tooltip="Follow what comes in, or pause", id="log.follow"),
        Binding("p", "pair", "pair", tooltip="Jump to the other half, or to its request", id="log.pair"),
    )

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
        self._looks = Looks()
        self._row = -1
        self._seq = -1
        self._sought: int | None = None
        self._columns: Layout | None = None
        self._shown = layout(0, number=0, time=0)  # of the painting that was begun last
        self._texts: FIFOCache[tuple[object, ...], list[Segment]] = FIFOCache(KEPT_ROWS)
        self._waterfall = Waterfall(journal)
        self._falls: bool | None = None
        self._fall = Fall()

    # What the host asks and tells.

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

    @property
    def looks(self) -> Looks:
        """How rows stand out, beside what they are."""
        return self._looks

    @looks.setter
    def looks(self, looks: Looks) -> None:
        if looks != self._looks:
            self._looks = looks
            self._forget_strips()
            self.refresh()

    def toggle_waterfall(self) -> None:
        """Show the waterfall, or take it away; until then it is shown where there is much room."""
        self._falls = not self._shows_waterfall(self.scrollable_content_region.width)
        self._columns = None
        self._forget_strips()
        self.refresh()

    def _shows_waterfall(self, width: int) -> bool:
        return width >= WIDE if self._falls is None else self._falls and width >= 3 * cells_for(width)

    # Keys and mouse.

    def action_page(self, by: int) -> None:
        """Move the cursor by pages, the page with it."""
        rows = by * max(1, self._page() - 1)
        self._pause_unless(self._row + rows)
        self._scroll(self.scroll_offset.y + rows)
        self._move_to(self._row + rows)

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

    def on_mount(self) -> None:
        self._grow()

    def watch_show_vertical_scrollbar(self) -> None:
        # The bar comes with the layout, after the scroll that the first full page led to.
        self.call_after_refresh(self._tell_bar)

    def _tell_bar(self) -> None:
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = self.scroll_y

    # The cursor and the page.

    @property
    def _cursor_row(self) -> int:
        return self._row

    def _followed(self) -> None:
        following = self._following
        self._kin = self._related.kin(self._seq) if not following and self._seq >= 0 else frozenset()
        if following:
            self._sought = None
        self.post_message(self.FollowChanged(self, following))

    def _moved(self) -> None:
        self._sought = None

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

    def _go(self, row: int) -> None:
        self._row = row
        self._show(row)
        seq = self._view[row]
        if seq != self._seq:
            self._seq = seq
            self._kin = frozenset() if self._following else self._related.kin(seq)
            self.refresh()
            self.post_message(self.Highlighted(self, seq))

    # Painting.

    def _forget_strips(self) -> None:
        super()._forget_strips()
        self._texts.clear()

    def _begin_painting(self) -> None:
        super()._begin_painting()
        self._shown = self._layout(self._width)
        if self._shown.width < self._width:
            fall = self._waterfall.fall([seq for seq, _, _ in self._visible_state()])
            if fall != self._fall:
                self._fall = fall
                self._strips.clear()

    def _titles(self, width: int) -> Sequence[tuple[str, str]]:
        columns = self._shown
        titles = header(columns)
        if columns.width < width:
            gap = columns.width - sum(cell_len(text) for text, _ in titles) + 1
            took = span(self._fall.end - self._fall.begin)
            titles += [(" " * gap, "space"), (f"in {took}", "header")]
        return titles

    def _paint(self, row: int, line: int, width: int, base: Style) -> Strip:
        seq, at_cursor, columns, journal = self._view[row], row == self._row, self._shown, self._journal
        paired = self._seq >= 0 and not at_cursor and (journal.peer(self._seq) == seq or seq in self._kin)
        key = (seq, journal.status(seq), journal.flawed(seq), at_cursor, paired, columns)
        strip = self._strips.get(key)
        if strip is None:
            segments = self._texts.get(key)
            if segments is None:
                segments = self._texts[key] = self._text_of(seq, at_cursor, paired, base)
            if columns.width < width:
                segments = segments + self._fall_of(seq, at_cursor, width - columns.width, base)
            strip = self._strips[key] = Line(segments, width)
        return strip

    def _text_of(self, seq: int, at_cursor: bool, paired: bool, base: Style) -> list[Segment]:
        """What a row says, in the cells of its columns."""
        looks, columns = self._looks, self._shown
        cells = cells_of(outline(self._journal, seq), columns)
        if seq in looks.marks:
            cells[0] = (looks.marks[seq], "warning")
        if looks.dim is not None and not at_cursor and looks.dim(seq):
            cells = [(text, "space" if role == "space" else "dim") for text, role in cells]
        pieces = [(text, self._style(role)) for text, role in cells]
        if at_cursor:
            base = self._style("cursor")
            pieces = under_cursor(pieces, base, focused=self.has_focus)
        elif paired or seq in looks.lit:
            base = Style(bgcolor=self._style("pair" if paired else "lit").bgcolor)
            pieces = [(text, style + base) for text, style in pieces]
        return segments_of(pieces, columns.width, base)

    def _fall_of(self, seq: int, at_cursor: bool, cells: int, base: Style) -> list[Segment]:
        """The waterfall beside a row: it depends on what is visible beside it."""
        shown = self._waterfall.pieces(seq, self._fall, cells - 1)
        pieces = [(" ", self._style("space")), *((text, self._style(role)) for text, role in shown)]
        if at_cursor:
            base = self._style("cursor")
            pieces = under_cursor(pieces, base, focused=self.has_focus)
        return segments_of(pieces, cells, base)

    def _why_empty(self) -> str:
        if not len(self._journal):
            return "Nothing has crossed the wire yet."
        return "Searching…" if self._view.scanned < 1 else "No message matches the filter."

    def _layout(self, width: int) -> Layout:
        """The columns; made anew where the width changed or a visible number outgrew its column.

        They are narrower than `width` by the waterfall, where that is shown.
        """
        if self._shows_waterfall(width):
            width -= cells_for(width) + 1
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
