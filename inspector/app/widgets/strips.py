"""What the line-API widgets share: strips made of styled pieces, and a height that grows without a layout.

Text in a piece must be safe already (`inspector.wire.visible`): nothing is parsed or filtered here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

Piece = tuple[str, Style]


class Line(Strip):
    """A strip that does not hold itself.

    Textual's keeps, of one that needs no cutting, itself as what it was cut into: each line that was ever
    shown then waits for the garbage collector, and collecting hundreds of them stops the screen.
    """

    __slots__ = ()

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        within = [cut for cut in cuts if cut <= self.cell_length]
        return [self] if within == [self.cell_length] else super().divide(within)

    def apply_filter(self, filter: LineFilter, background: Color) -> Strip:
        strip = self._filter_cache.get((filter, background))
        if strip is None:
            strip = Line(filter.apply(self._segments, background), self._cell_length)
            self._filter_cache[filter, background] = strip
        return strip


def strip_of(pieces: Iterable[Piece], width: int, base: Style, *, left: int = 0) -> Strip:
    """A strip of exactly `width` cells; `…` stands at the end where something is cut off.

    Args:
        pieces: Texts and their styles, from left to right.
        width: Cells of the strip.
        base: Style of what the pieces leave empty.
        left: Cells that are scrolled out of sight on the left.
    """
    if not left:
        return Line(segments_of(pieces, width, base), width)
    line = Strip([Segment(text, style) for text, style in _joined(pieces)])
    if line.cell_length <= left + width:
        return line.crop_extend(left, left + width, base)
    return Strip(_shortened(line, left, width, base)).crop_extend(0, width, base)


def segments_of(pieces: Iterable[Piece], width: int, base: Style) -> list[Segment]:
    """What `strip_of` makes a strip of: several of them side by side are one strip, which is not cheap."""
    segments = [Segment(text, style) for text, style in _joined(pieces)]
    over = sum([len(text) if text.isascii() else cell_len(text) for text, _, _ in segments]) - width
    if over < 0:
        segments.append(Segment(" " * -over, base))
    elif over:
        segments = list(Strip(_shortened(Strip(segments), 0, width, base)).crop_extend(0, width, base))
    return segments


def _shortened(line: Strip, left: int, width: int, base: Style) -> list[Segment]:
    kept = line.crop(left, left + width - 1)
    last = next((segment.style for segment in reversed(kept) if segment.style), base)
    return [*kept, Segment("…", last)]


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces with space joined to the text before it: Textual's work grows with their number.

    Texts that look the same stay apart, each at its own column of the grid in a picture of the screen, and
    space stays out of the head of a text, where some viewers of SVG drop it.
    """
    found: list[Piece] = []
    for text, style in pieces:
        if not text:
            continue
        if found and text.isspace():
            before, usual = found[-1]
            if style.bgcolor == usual.bgcolor and not before.isspace():
                found[-1] = (before + text, usual)
                continue
        found.append((text, style))
    return found


def marked(pieces: Iterable[Piece], needle: str, style: Style) -> list[Piece]:
    """The pieces with every occurrence of `needle` in `style`, upper or lower case alike."""
    wanted = needle.lower()
    found: list[Piece] = []
    for text, usual in pieces:
        lower = text.lower()
        if not wanted or wanted not in lower or len(lower) != len(text):
            found.append((text, usual))
            continue
        at = 0
        while (hit := lower.find(wanted, at)) >= 0:
            found += [(text[at:hit], usual), (text[hit : hit + len(wanted)], style)]
            at = hit + len(wanted)
        found.append((text[at:], usual))
    return found


def under_cursor(pieces: Iterable[Piece], cursor: Style, *, focused: bool) -> list[Piece]:
    """The pieces of the line under the cursor; where the list has no focus, they keep their own colours."""
    over = cursor if focused else Style(bgcolor=cursor.bgcolor)
    return [(text, style + over) for text, style in pieces]


def resize(view: ScrollView, width: int, height: int) -> None:
    """Give `view` a new virtual size.

    Setting `virtual_size` lays the whole screen out again, because scrollbars may come or go. Where neither
    does, telling the scrollbar is enough: a log that grows ten times a second then costs one bar a time.
    """
    old, new = view.virtual_size, Size(width, height)
    if old == new:
        return
    shown = view.container_size
    if (
        view.show_vertical_scrollbar
        and height > shown.height
        and (width > shown.width) == (old.width > shown.width)
    ):
        view.set_reactive(Widget.virtual_size, new)
        view.vertical_scrollbar.window_virtual_size = height
        if view.show_horizontal_scrollbar:
            view.horizontal_scrollbar.window_virtual_size = width
    else:
        view.virtual_size = new
