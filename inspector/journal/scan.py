"""How far a fold over the rows has come: a few rows at a time, under a budget of time.

It decides which row is next and when to stop, and nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind, Shape

_SLICE = 16  # rows between two looks at the clock: one may be megabytes to read


class Scan:
    """The rows of a journal, once each, in order.

    Args:
        journal: What is folded.
        rows: Only these, in order: whoever knows which rows matter spares the others. All where `None`.
    """

    def __init__(self, journal: Journal, rows: Sequence[int] | None = None) -> None:
        self.journal = journal
        self._rows = rows
        self._seen = 0

    @property
    def seen(self) -> int:
        """How many rows were given."""
        return self._seen

    @property
    def scanned(self) -> float:
        """How much was folded, 0 to 1."""
        return self._seen / self._count if self._count else 1.0

    @property
    def _count(self) -> int:
        return len(self.journal) if self._rows is None else len(self._rows)

    def advance(self, budget: float, take: Callable[[int], None]) -> bool:
        """Give `take` more rows for about `budget` seconds; returns whether there are more."""
        deadline = time.monotonic() + budget
        while self._seen < self._count:
            last = min(self._count, self._seen + _SLICE)
            for seq in range(self._seen, last) if self._rows is None else self._rows[self._seen : last]:
                take(seq)
            self._seen = last
            if time.monotonic() >= deadline:
                break
        return self._seen < self._count


def told(journal: Journal, seq: int) -> str | None:
    """The method of a notification of the server; `None` where the row is something else. O(1)."""
    if journal.kind(seq) is not Kind.MESSAGE or journal.direction(seq) is not Direction.S2C:
        return None
    return journal.method(seq) if journal.shape(seq) is Shape.NOTIFICATION else None


def answered(journal: Journal, seq: int) -> str | None:
    """The method of the client's request that this row answers with a result; `None` elsewhere. O(1)."""
    if journal.kind(seq) is not Kind.MESSAGE or journal.direction(seq) is not Direction.S2C:
        return None
    if journal.shape(seq) is not Shape.RESPONSE or journal.peer(seq) < 0:
        return None
    return journal.method(journal.peer(seq))
