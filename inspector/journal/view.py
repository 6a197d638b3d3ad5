"""The rows of a journal that a filter means, found little by little under a budget of time.

It goes through the journal in pieces, so that a million rows take seconds at most, and keeps a number for
each row it found. Without a filter it is every row, and keeps nothing. What a filter means is the business of
`inspector.journal.filter`.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left, bisect_right
from collections import deque

from inspector.journal.columns import ASIDE, SHAPE_AT, STATUS_AT
from inspector.journal.filter import Filter
from inspector.journal.filter.masks import Flags, Piece, unanswered
from inspector.journal.filter.plan import Plan
from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.wire.event import Shape

_PIECE = 256 * 1024
"""Bytes that are read at once."""
_ROWS = 16_384
"""Rows that are looked at at once."""
_WATCHED = 20_000
"""Requests that are looked at again at once."""
_ASKING = (Shape.REQUEST, Shape.BATCH)
_ASKED = Flags(lambda kind, direction, shape, status: shape in _ASKING, aside=False)
_WAITING = Flags(
    lambda kind, direction, shape, status: shape in _ASKING and status == Status.PENDING, aside=False
)


class View:
    """Rows in order: those that a filter means now.

    What becomes of a request after it was looked at counts: `status:pending` loses it, `status:ok` gets it,
    when the answer comes.

    Args:
        journal: What is looked through.
        filter: Which rows; a text is parsed. Empty for every row.

    Raises:
        FilterError: The text is no filter.

    Attributes:
        journal: What is looked through.
        filter: Which rows are meant.
        moves: Goes up whenever a row came or went that is not behind the last.
    """

    def __init__(self, journal: Journal, filter: Filter | str = "") -> None:
        self.journal = journal
        self.filter = Filter.parse(filter) if isinstance(filter, str) else filter
        self.moves = 0
        self._plan = None if self.filter.everything else Plan(journal, self.filter.node)
        self._rows = array("I")
        self._seen = 0
        self._watched: deque[tuple[int, int, int]] = deque()  # rows, and how they stood: flags and peer
        self._length = 0
        self._left = 0
        self._again: deque[int] = deque()

    @property
    def text(self) -> str:
        """The filter as a text; empty for every row."""
        return str(self.filter)

    def __len__(self) -> int:
        return len(self._rows) if self._plan is not None else len(self.journal)

    def __getitem__(self, at: int) -> int:
        """The seq of the row at `at`."""
        if self._plan is not None:
            return self._rows[at]
        if at < 0:
            at += len(self.journal)
        if not 0 <= at < len(self.journal):
            raise IndexError(at)
        return at

    def index(self, seq: int) -> int:
        """Where `seq` stands, or the nearest row after it; `len(view)` where there is none."""
        if self._plan is not None:
            return bisect_left(self._rows, seq)
        return max(0, min(seq, len(self.journal)))

    def __contains__(self, seq: object) -> bool:
        if not isinstance(seq, int):
            return False
        at = self.index(seq)
        return at < len(self) and self[at] == seq

    @property
    def seen(self) -> int:
        """The first row that was not looked at yet."""
        return self._seen if self._plan is not None else len(self.journal)

    @property
    def scanned(self) -> float:
        """How much has been looked through, 0 to 1."""
        whole = len(self.journal)
        return self._seen / whole if self._plan is not None and whole else 1.0

    @property
    def in_order(self) -> bool:
        """Whether, while the journal does not grow, what is found comes after what was found."""
        return self._plan is None or not self._plan.changing

    @property
    def unsure(self) -> int:
        """How many bodies took too long for a regular expression, and count as no match."""
        return self._plan.unsure if self._plan is not None else 0

    def advance(self, budget: float) -> bool:
        """Look through more rows for about `budget` seconds (at least one piece).

        Returns:
            Whether there is more to look through.
        """
        plan = self._plan
        if plan is None:
            return False
        deadline = time.monotonic() + budget
        more = self._reconsider(plan, deadline)
        while self._seen < len(self.journal):
            self._piece(plan, deadline)
            if time.monotonic() >= deadline:
                break
        for part in plan.changing:  # what the last piece told of earlier ones
            self._again.extend(part.changed(self._seen, 0.0)[0])
        more |= self._decide(plan, deadline)
        return more or self._seen < len(self.journal)

    # Ahead

    def _piece(self, plan: Plan, deadline: float) -> None:
        first = self._seen
        last = min(first + _ROWS, len(self.journal))
        if plan.reads:
            offsets = self.journal.offsets
            last = bisect_right(offsets, offsets[first] + _PIECE, first + 1, last)
        piece = Piece(self.journal, first, last)
        low, high = plan.bounds(piece)
        found = piece.rows(low)
        tested: list[int] = []
        for row in piece.rows(low ^ high):
            if row > first and time.monotonic() >= deadline:
                last = row  # it is looked at again with the next piece
                found = found[: bisect_left(found, row)]
                break
            if plan.test(row):
                tested.append(row)
        self._rows.extend(sorted(found + tested) if tested else found)
        self._watch(plan, first, last)
        self._seen = last

    # Again

    def _watch(self, plan: Plan, first: int, last: int) -> None:
        if not plan.fateful:
            return
        flags, peers = self.journal.columns.flags, self.journal.columns.peer
        piece = Piece(self.journal, first, last)
        unsettled = _ASKED.mask(piece) & unanswered(piece) | _WAITING.mask(piece)
        self._watched.extend((row, flags[row], peers[row]) for row in piece.rows(unsettled))

    def _reconsider(self, plan: Plan, deadline: float) -> bool:
        """Decide anew of rows whose fate is another by now; returns whether more of them wait."""
        if len(self.journal) != self._length:
            self._length = len(self.journal)
            self._left = len(self._watched)
        columns = self.journal.columns
        for _ in range(min(self._left, _WATCHED)):
            row, flags, peer = self._watched.popleft()
            now, other = columns.flags[row], columns.peer[row]
            if (now, other) != (flags, peer):
                self._again.append(row)
            if _unsettled(now, other):
                self._watched.append((row, now, other))
        self._left -= min(self._left, _WATCHED)
        more = self._left > 0
        for part in plan.changing:
            changed, waits = part.changed(self._seen, max(0.0, deadline - time.monotonic()) / 2)
            self._again.extend(changed)
            more |= waits
        return self._decide(plan, deadline) or more

    def _decide(self, plan: Plan, deadline: float) -> bool:
        while self._again:
            row = self._again.popleft()
            self._put(row, plan.test(row))
            if time.monotonic() >= deadline:
                break
        return bool(self._again)

    def _put(self, row: int, meant: bool) -> None:
        at = bisect_left(self._rows, row)
        there = at < len(self._rows) and self._rows[at] == row
        if there == meant:
            return
        self.moves += 1
        if meant:
            self._rows.insert(at, row)
        else:
            del self._rows[at]


def _unsettled(flags: int, peer: int) -> bool:
    if flags & ASIDE:
        return False
    return flags >> SHAPE_AT & 7 in _ASKING and (peer < 0 or flags >> STATUS_AT & 15 == Status.PENDING)
