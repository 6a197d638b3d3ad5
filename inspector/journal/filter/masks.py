"""Which rows of a piece are meant, as one number: a byte for each row, 1 where it is meant.

Python's integers and, or and negate thousands of rows at once. A piece is a stretch of rows whose columns
are looked at together; its lines are read from the recording where a term asks for them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

from inspector.journal.columns import ASIDE, FLAWED, STATUS_AT, pack
from inspector.journal.pairing import Status
from inspector.wire.event import Direction, Kind, Shape

if TYPE_CHECKING:
    from inspector.journal.journal import Journal

Mask = int
_HIGH = int(sys.byteorder == "little")  # which of the bytes of a word is its higher one


def packed(rows: Iterable[bool]) -> Mask:
    """A mask from what is true of each row."""
    return int.from_bytes(bytes(rows), "little")


class Piece:
    """The rows `first:last`.

    Attributes:
        ones: The mask of all its rows.
        reads: Whether the terms may read its lines; without, they say what the columns tell.
    """

    def __init__(self, journal: Journal, first: int, last: int) -> None:
        self.journal = journal
        self.first = first
        self.last = last
        self.ones = int.from_bytes(b"\x01" * (last - first), "little")
        self.reads = False
        self._line: bytes | None = None
        self._lower: bytes | None = None

    def of_rows(self, rows: Iterable[int]) -> Mask:
        """The mask of rows by their numbers; those outside of the piece are left out."""
        mask, first, last = bytearray(self.last - self.first), self.first, self.last
        for row in rows:
            if first <= row < last:
                mask[row - first] = 1
        return int.from_bytes(mask, "little")

    def rows(self, mask: Mask) -> list[int]:
        """The numbers of the rows of a mask."""
        each = mask.to_bytes(self.last - self.first, "little")
        found: list[int] = []
        at = each.find(1)
        while at >= 0:
            found.append(self.first + at)
            at = each.find(1, at + 1)
        return found

    @property
    def lines(self) -> bytes:
        """The bytes of all its lines."""
        if self._line is None:
            start = self.journal.offsets[self.first]
            self._line = self.journal.raw(start, self.journal.span(self.last - 1)[1])
        return self._line

    @property
    def lower(self) -> bytes:
        """The same, made lower case."""
        if self._lower is None:
            self._lower = self.lines.lower()
        return self._lower


class Flags:
    """Rows by their flags: kind, direction, shape and status.

    Args:
        meant: Whether the flags of a row, as kind, direction, shape and number of the status, are meant.
        aside: Also those that go on in the place of another row, or beside it.
    """

    def __init__(self, meant: Callable[[Kind, Direction, Shape, int], bool], *, aside: bool = True) -> None:
        self._meant = meant
        self._aside = aside

    @cached_property
    def _tables(self) -> tuple[tuple[bytes, bytearray], ...]:
        """Lower bytes of words that are meant, each with the higher ones that they are meant with.

        Made when it is needed: it takes a millisecond or two.
        """
        table = bytearray(FLAWED)
        for kind, direction, shape, status in product(Kind, Direction, Shape, range(len(Status))):
            if self._meant(kind, direction, shape, status):
                table[pack(kind, direction, shape) | status << STATUS_AT] = 1
        table *= ASIDE // FLAWED  # with a flaw and without, made or not
        table += bytes(table if self._aside else ASIDE)
        highs: dict[bytes, bytearray] = {}
        for high in range(256):
            lows = bytes(table[high << 8 : high + 1 << 8])
            if any(lows):
                highs.setdefault(lows, bytearray(256))[high] = 1
        return tuple(highs.items())

    def mask(self, piece: Piece) -> Mask:
        """The rows of a piece that are meant."""
        words = piece.journal.columns.flags[piece.first : piece.last].tobytes()
        low, high = words[1 - _HIGH :: 2], words[_HIGH::2]
        mask = 0
        for lows, highs in self._tables:
            mask |= _looked_up(low, lows) & _looked_up(high, highs)
        return mask


_NEGATIVE = bytes(128) + b"\x01" * 128


def unanswered(piece: Piece) -> Mask:
    """The rows that have no other half."""
    peers = piece.journal.columns.peer[piece.first : piece.last]
    return _looked_up(peers.tobytes()[_HIGH * (peers.itemsize - 1) :: peers.itemsize], _NEGATIVE)


def _looked_up(each: bytes, table: bytes | bytearray) -> Mask:
    return int.from_bytes(each.translate(table), "little")
