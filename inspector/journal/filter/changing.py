"""Parts of a plan that learn more of rows they decided: HTTP statuses, conversations, marks and notes."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from inspector.journal.columns import pack
from inspector.journal.conversation import Conversations
from inspector.journal.filter import rows
from inspector.journal.filter.masks import Mask, Piece, packed
from inspector.journal.marks import Mark, Marks
from inspector.wire.event import Direction, Kind, Shape

if TYPE_CHECKING:
    from inspector.journal.journal import Journal

_RESPONSE = pack(Kind.HTTP, Direction.S2C, Shape.NONE)
_SPARSE = 1_000_000
_NONE = 0xFFFFFFFF


class Answered:
    """The rows of HTTP exchanges that got one of some statuses.

    The status comes after the messages of its exchange: it says that they are meant when it comes.
    """

    reads = False

    def __init__(self, journal: Journal, codes: frozenset[int]) -> None:
        self._journal = journal
        self._codes = codes
        self._meant: set[int] = set()
        self._first = array("I")  # rows, by number of the exchange, where the numbers are dense
        self._odd: dict[int, int] = {}
        self._seen = 0
        self._told: list[int] = []

    def take(self, first: int, last: int) -> None:
        first = max(first, self._seen)  # a piece may be begun again
        if first >= last:
            return
        self._seen = last
        columns = self._journal.columns
        for row, number in enumerate(columns.exchange[first:last], first):
            if number:
                self._begin(number, row)
        for row, flags in enumerate(columns.flags[first:last], first):
            if flags & 63 == _RESPONSE:
                self._answered(row)

    def _begin(self, number: int, row: int) -> None:
        if number < len(self._first):
            if self._first[number] == _NONE:
                self._first[number] = row
        elif number < len(self._first) + _SPARSE:
            self._first.extend([_NONE] * (number + 1 - len(self._first)))
            self._first[number] = row
        else:
            self._odd.setdefault(number, row)

    def _answered(self, row: int) -> None:
        number = self._journal.exchange(row)
        if number is None or number in self._meant or rows.code_of(self._journal, row) not in self._codes:
            return
        self._meant.add(number)
        begin = self._first[number] if number < len(self._first) else self._odd[number]
        between = self._journal.columns.exchange[begin:row]
        self._told += [earlier for earlier, each in enumerate(between, begin) if each == number]

    def changed(self, seen: int, budget: float) -> tuple[Sequence[int], bool]:
        told = [row for row in self._told if row < seen]
        self._told = []  # the others were decided after it was known
        return told, False

    def bounds(self, piece: Piece) -> tuple[Mask, Mask]:
        meant = self._meant
        mask = packed([each in meant for each in piece.journal.columns.exchange[piece.first : piece.last]])
        return mask, mask

    def test(self, seq: int) -> bool:
        return self._journal.columns.exchange[seq] in self._meant


class Conversing:
    """The rows of one conversation, which grows."""

    reads = False

    def __init__(self, journal: Journal, seq: int) -> None:
        self._journal = journal
        self._conversations = Conversations(journal)
        self._of = seq
        self._known = 0

    def take(self, first: int, last: int) -> None:
        """Nothing of single rows."""

    def changed(self, seen: int, budget: float) -> tuple[Sequence[int], bool]:
        if not 0 <= self._of < len(self._journal):
            return (), False
        found = self._conversations.of(self._of)
        more = found.advance(budget)
        new = [found[at] for at in range(self._known, len(found))]
        self._known = len(found)
        return [row for row in new if row < seen], more

    def bounds(self, piece: Piece) -> tuple[Mask, Mask]:
        if not 0 <= self._of < len(self._journal):
            return 0, 0
        found = self._conversations.of(self._of)
        begin, end = found.index(piece.first), found.index(piece.last)
        mask = piece.of_rows(found[at] for at in range(begin, end))
        return mask, mask

    def test(self, seq: int) -> bool:
        return 0 <= self._of < len(self._journal) and seq in self._conversations.of(self._of)


class Said:
    """The rows that the user marked, or noted something about."""

    reads = False

    def __init__(self, journal: Journal, says: Callable[[Mark], bool]) -> None:
        self._marks = Marks(journal)
        self._says = says
        self._meant: set[int] = set()
        self._revision = -1

    def take(self, first: int, last: int) -> None:
        """Nothing of single rows."""

    def changed(self, seen: int, budget: float) -> tuple[Sequence[int], bool]:
        more = self._marks.advance(budget)
        if self._marks.revision == self._revision:
            return (), more
        self._revision = self._marks.revision
        meant = {row for row in self._marks.rows if self.test(row)}
        changed = [row for row in sorted(meant ^ self._meant) if row < seen]
        self._meant = meant
        return changed, more

    def bounds(self, piece: Piece) -> tuple[Mask, Mask]:
        mask = piece.of_rows(self._meant)
        return mask, mask

    def test(self, seq: int) -> bool:
        mark = self._marks.of(seq)
        return mark is not None and self._says(mark)
