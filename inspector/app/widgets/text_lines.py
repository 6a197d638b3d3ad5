"""The rows of a text: safe for a terminal, wrapped by cells, indexed in slices. Draws nothing.

A row is a number in an array, where it starts; its characters are cut out of the text when it is looked at.
Rows break at spaces where there are any, so prose reads well; a line of five megabytes without one is
broken by width.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from time import perf_counter
from typing import Final

from rich.cells import get_character_cell_size

from inspector.wire.visible import visible

UNWRAPPED: Final = 2_000
"""Cells of a row where nothing is wrapped. Longer lines break all the same: a row stays cheap."""

_TAB_STOP = 4
_SLICE = 500
# What every terminal draws one cell wide; only other lines have to be measured character by character.
_NARROW = re.compile("[ -~\xa0-\xac\xae-\u02ff\u0370-\u0482\u2010-\u2027\u2500-\u25fc]*+")


def safe_text(text: str) -> str:
    """`text` with its line breaks, tabs expanded, and all else that could steer a terminal made visible."""
    text = text.replace("\r\n", "\n").expandtabs(_TAB_STOP)
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return visible(text, newline="\n")


class TextLines:
    """The rows of one text at one width.

    Args:
        text: Anything a server may send.
        width: Cells of a row.

    Attributes:
        text: The safe text that the rows are cut from.
        done: Whether all rows are known.
    """

    def __init__(self, text: str, width: int) -> None:
        self.text = safe_text(text)
        self.wrap(width)

    def wrap(self, width: int) -> None:
        """Begin anew with rows of `width` cells."""
        self.width = max(2, width)
        self.done = False
        self._starts = array("I")
        self._words = re.compile(f".{{1,{self.width}}}(?: +|$)|.{{1,{self.width}}}")
        self._build = self._read()

    def __len__(self) -> int:
        return len(self._starts)

    def advance(self, budget: float) -> bool:
        """Go on for about `budget` seconds. Returns whether there is more to do."""
        until = perf_counter() + budget
        for _ in self._build:
            if perf_counter() >= until:
                return True
        return not self.done

    def start(self, row: int) -> int:
        """Where the row begins in `text`."""
        return self._starts[row] if row < len(self._starts) else len(self.text)

    def row(self, row: int) -> str:
        """The characters of the row, without a line break."""
        return self.text[self.start(row) : self.start(row + 1)].rstrip("\n")

    def at(self, offset: int) -> int:
        """The row that holds the character at `offset`."""
        return max(0, bisect_right(self._starts, offset) - 1)

    def _read(self) -> Iterator[None]:
        text, starts, width = self.text, self._starts, self.width
        at, tick = 0, 0
        while at < len(text) or not starts:
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            if _NARROW.match(text, at, end).end() < end:  # type: ignore[union-attr]  # it always matches
                breaks = self._measured(at, end)
            elif end - at <= width:
                breaks = iter((at,))
            else:
                breaks = (found.start() for found in self._words.finditer(text, at, end))
            for start in breaks:
                starts.append(start)
                tick += 1
                if not tick % _SLICE:
                    yield
            at = end + 1
        self.done = True

    def _measured(self, at: int, end: int) -> Iterator[int]:
        """Where the rows of a line begin that holds wide characters, or some that take no cell."""
        yield at
        used, space = 0, at
        for offset in range(at, end):
            character = self.text[offset]
            cells = get_character_cell_size(character)
            if used + cells > self.width:
                # Break behind the last space, unless that leaves most of the row empty.
                begin = space if space > at and offset - space < self.width // 2 else offset
                yield begin
                at = begin
                used = sum(get_character_cell_size(c) for c in self.text[begin:offset])
            used += cells
            if character == " ":
                space = offset + 1
