"""Which log messages are shown: a selection by level and by a filter that grows with the journal.

It keeps a number for each row it found, and the work of one look is bounded; what a row says is read by
`inspector.journal.logs`.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left

from inspector.journal.filter import Filter
from inspector.journal.filter.terms import Text, terms_of
from inspector.journal.logs import Logs
from inspector.journal.view import View
from inspector.wire.levels import rank

_SLICE = 4096


class LogRows:
    """Rows of log messages in order, by number from 0.

    Args:
        logs: The messages; who holds this advances them.
        least: The least grave level that is shown.
        filter: Which rows, as in the message log, or a filter's text; empty for all.
        stderr: Show the lines of stderr between them.

    Raises:
        FilterError: The text is no filter.

    Attributes:
        moves: Goes up whenever rows came or went that are not behind the last: it is begun again then.
    """

    def __init__(
        self, logs: Logs, least: str = "debug", filter: Filter | str = "", *, stderr: bool = False
    ) -> None:
        self.logs = logs
        self.least = least
        self.filter = Filter.parse(filter) if isinstance(filter, str) else filter
        self.stderr = stderr
        self._view = None if self.filter.everything else View(logs.journal, self.filter)
        self._at = 0
        self.moves = 0
        self._rows = array("I")

    @property
    def words(self) -> tuple[str, ...]:
        """The texts that the filter names."""
        terms = terms_of(self.filter.node)
        return tuple(each.text for each in terms if isinstance(each, Text) and not each.glob)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: int) -> int:
        """The row of the journal at `at`."""
        return self._rows[at]

    def index(self, seq: int) -> int:
        """Where `seq` stands, or the nearest row after it; `len(rows)` where there is none."""
        return bisect_left(self._rows, seq)

    @property
    def scanned(self) -> float:
        """How much was looked through, 0 to 1."""
        return self.logs.scanned if self._view is None else min(self.logs.scanned, self._view.scanned)

    def advance(self, budget: float) -> bool:
        """Take in more rows for about `budget` seconds; returns whether there is more to look through."""
        if self._view is None:
            found, self._at = self.logs.after(self._at, self.least, stderr=self.stderr)
            self._rows.extend(found)
            return False
        deadline = time.monotonic() + budget
        more = self._view.advance(budget)
        if self._view.moves != self.moves:
            self.moves, self._at, self._rows = self._view.moves, 0, array("I")
        seen, bar = self.logs.seen, rank(self.least)
        while self._at < len(self._view) and self._view[self._at] < seen:
            for at in range(self._at, min(len(self._view), self._at + _SLICE)):
                seq = self._view[at]
                if seq >= seen:
                    break
                self._at = at + 1
                if self.logs.shows(seq, bar, stderr=self.stderr):
                    self._rows.append(seq)
            if time.monotonic() >= deadline:
                return True
        return more
