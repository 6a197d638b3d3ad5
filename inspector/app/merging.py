"""Rows of several journals in the order of time: a fold, little by little under a budget.

The clocks of the journals are set by their headers, to a thousandth of a second.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Sequence

from inspector.journal.journal import Journal
from inspector.journal.view import View

_PIECE = 2_000
_SEQ = 32
_MASK = (1 << _SEQ) - 1


class Merged:
    """Rows of `journals`; each is the number of its journal and of its row there.

    Args:
        journals: What is merged; they may grow.
        text: A filter; empty for every row.
    """

    def __init__(self, journals: Sequence[Journal], text: str = "") -> None:
        self.journals = tuple(journals)
        self.text = text
        self._views = [View(journal, text) for journal in self.journals]
        self._taken = [0] * len(self.journals)
        starts = [journal.header.started.timestamp() for journal in self.journals]
        self._first = min(starts, default=0.0)
        self._shift = [start - self._first for start in starts]
        self._rows = array("Q")
        self._moves = [view.moves for view in self._views]

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: int) -> tuple[int, int]:
        """Number of the journal, and of the row in it."""
        row = self._rows[at]
        return row >> _SEQ, row & _MASK

    def time(self, at: int) -> float:
        """Seconds since the first journal began."""
        source, seq = self[at]
        return self._shift[source] + self.journals[source].time(seq)

    def advance(self, budget: float) -> bool:
        """Take in more for about `budget` seconds; returns whether there is more to take in."""
        deadline = time.monotonic() + budget
        searching = [view.advance(budget / max(1, len(self._views))) for view in self._views]
        moves = [view.moves for view in self._views]
        if moves != self._moves:  # a row came or went among those that were taken
            self._moves, self._taken, self._rows = moves, [0] * len(moves), array("Q")
        # What one journal has not been searched for yet may be earlier than what the others hold.
        reached = [
            view.journal.time(max(0, view.seen - 1)) + shift
            for view, shift in zip(self._views, self._shift, strict=True)
            if view.seen < len(view.journal)
        ]
        until = min(reached, default=float("inf"))
        while self._take(until):
            if time.monotonic() >= deadline:
                return True
        return any(searching)

    def _take(self, until: float) -> bool:
        """Append one piece of what has come; returns whether there was a whole one."""
        piece: list[tuple[float, int, int]] = []
        for source, view in enumerate(self._views):
            journal, shift = self.journals[source], self._shift[source]
            at = self._taken[source]
            for row in range(at, min(len(view), at + _PIECE)):
                seq = view[row]
                when = journal.time(seq) + shift
                if when > until:
                    break
                piece.append((when, source, seq))
        piece.sort()
        # Behind the piece of one journal may come rows that are earlier than the last of another's.
        full = [
            max(when for when, source, _ in piece if source == number)
            for number in range(len(self._views))
            if sum(source == number for _, source, _ in piece) == _PIECE
        ]
        last = min(full, default=float("inf"))
        for when, source, seq in piece:
            if when > last:
                break
            self._rows.append(source << _SEQ | seq)
            self._taken[source] += 1
        return bool(full)
