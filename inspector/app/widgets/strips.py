"""What the line-API widgets share: strips made of styled pieces, and a height that grows without a layout.

Text in a piece must be safe already (`inspector.wire.visible`): nothing is parsed or filtered here.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

Piece = tuple[str, Style]


def strip_of(pieces: Iterable[Piece], width: int, base: Style, *, left: int = 0) -> Strip:
    """A strip of exactly `width` cells; `…` stands at the end where something is cut off.

    Args:
        pieces: Texts and their styles, from left to right.
        width: Cells of the strip.
        base: Style of what the pieces leave empty.
        left: Cells that are scrolled out of sight on the left.
    """
    segments = [Segment(text, style) for text, style in _joined(pieces)]
    over = sum(cell_len(segment.text) for segment in segments) - left - width
    if over <= 0 and not left:
        # By far the usual case, and a strip is not cheap: one, not three.
        return Strip([*segments, Segment(" " * -over, base)] if over else segments, width)
    line = Strip(segments)
    if over <= 0:
        return line.crop_extend(left, left + width, base)
    kept = line.crop(left, left + width - 1)
    last = next((segment.style for segment in reversed(kept) if segment.style), base)
    return Strip([*kept, Segment("…", last)], width).crop_extend(0, width, base)


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
