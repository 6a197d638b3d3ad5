"""What a sheet shows: entries of styled pieces, some foldable, some a link; and how they wrap. Draws nothing.

Text in a piece must be safe for a terminal already (`inspector.wire.visible`). A role names a style of the
sheet: `text`, `strong`, `muted`, `heading`, `ok`, `note`, `warning`, `error`, `accent`, `mark`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from inspector.wire.visible import cells, clip

Piece: TypeAlias = tuple[str, str]
Pieces: TypeAlias = tuple[Piece, ...]

_WORTH = 8
"""Cells at the end of a row that are worth beginning a word which no row can hold."""
_WORD = re.compile(r"\s+|\S+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to read, and perhaps to open.

    Attributes:
        key: Unique in a sheet and stable, so that cursor and folds outlive a change of the rest.
        text: What it says; wraps.
        more: Lines below it that fold away; each wraps.
        hang: Cells by which its second and later lines are indented.
        link: What `enter` leads to, for the host; `None` for nothing.
        copy: What copying takes, where that is not what is shown.
        unfolded: Whether `more` is shown before somebody decides otherwise.
        rest: The cursor passes by: a heading, an empty line.
    """

    key: str
    text: Pieces
    more: tuple[Pieces, ...] = ()
    hang: int = 0
    link: object = None
    copy: str = ""
    unfolded: bool = False
    rest: bool = False

    @property
    def plain(self) -> str:
        """The text without its folded lines."""
        return "".join(text for text, _ in self.text)

    @property
    def whole(self) -> str:
        """All its text, as lines."""
        return "\n".join([self.plain, *("".join(text for text, _ in line) for line in self.more)])


def line(key: str, *pieces: Piece, hang: int = 0) -> Entry:
    """An entry of one line that does nothing."""
    return Entry(key, pieces, hang=hang)


def heading(key: str, text: str) -> Entry:
    """A title above what follows."""
    return Entry(key, ((text, "heading"),), rest=True)


def space(key: str) -> Entry:
    """An empty line."""
    return Entry(key, (("", "text"),), rest=True)


def wrapped(pieces: Iterable[Piece], width: int, hang: int = 0) -> Iterator[list[Piece]]:
    """The rows that pieces take in `width` cells, broken at spaces where there are any.

    Args:
        pieces: From left to right.
        width: Cells of a row, at least 1.
        hang: Cells by which the second and later rows are indented, where there is room for that.
    """
    hang = hang if hang < width - 8 else 0
    row: list[Piece] = []
    used = 0
    fresh = True  # nothing but space stands in the row
    for text, role in pieces:
        for word in _WORD.findall(text):
            while word:
                taken = cells(word)
                if used + taken <= width:
                    row.append((word, role))
                    used += taken
                    fresh = fresh and word.isspace()
                    break
                if word.isspace():
                    word = ""  # at the end of a row it says nothing
                elif fresh or (taken > width - hang and width - used >= _WORTH):
                    part = _fitting(word, width - used)
                    row.append((part, role))
                    word = word[len(part) :]
                yield _joined(row)
                row, used, fresh = ([(" " * hang, "text")] if hang else []), hang, True
    if row or fresh:
        yield _joined(row)


def _fitting(word: str, width: int) -> str:
    """As much of the head of a word as fits, at least one character."""
    head = word[:width] if word.isascii() else clip(word, width).removesuffix("…")
    return head or word[0]


def _joined(row: Sequence[Piece]) -> list[Piece]:
    """The words of a row as few pieces. Space goes to the text before it: at the head of a text some
    viewers of SVG pictures drop it."""
    found: list[Piece] = []
    for text, role in row:
        if found and (found[-1][1] == role or text.isspace()) and not found[-1][0].isspace():
            found[-1] = (found[-1][0] + text, found[-1][1])
        else:
            found.append((text, role))
    return found
