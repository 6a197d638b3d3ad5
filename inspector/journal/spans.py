"""One lane of a timeline: what happened when, as moments or as spans, asked for by windows of time.

Numbers in sorted arrays and no object each: how many there are in a window is told by bisection, however
many there are in all. It knows neither what its rows mean nor how wide a screen is.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left

_BLOCK = 64
_HEAP = _BLOCK * 64


class Lane:
    """Rows in the order of time. Where it holds spans, each is under way until `end` is told.

    Times are seconds and must not go back from one call to the next: whoever fills it sees to that.

    Args:
        spans: Whether what it holds lasts; a moment is over when it begins.

    Attributes:
        starts: When each began, sorted.
        rows: The row that each begins with, sorted.
        until: When each ended, `inf` while it is under way; empty where they are moments.
        spoiled: 1 for each span that did not go well; empty where they are moments.
        bad: When something was wrong, sorted; `bad_rows` are the rows that say so.
    """

    __slots__ = (
        "_blocks",
        "_heaps",
        "_over",
        "bad",
        "bad_rows",
        "rows",
        "spans",
        "spoiled",
        "starts",
        "until",
    )

    def __init__(self, *, spans: bool) -> None:
        self.spans = spans
        self.starts = array("d")
        self.rows = array("I")
        self.until = array("d")
        self.spoiled = array("B")
        self.bad = array("d")
        self.bad_rows = array("I")
        self._over = array("d")  # when spans ended, in that order
        self._blocks = array("d")  # the latest end of each 64 spans, and of each 64 of those
        self._heaps = array("d")

    def __len__(self) -> int:
        return len(self.rows)

    def begin(self, time: float, row: int) -> int:
        """Something begins, or happens; returns its number."""
        at = len(self.rows)
        self.starts.append(time)
        self.rows.append(row)
        if self.spans:
            self.until.append(math.inf)
            self.spoiled.append(0)
            if at % _BLOCK:
                self._blocks[-1] = math.inf
            else:
                self._blocks.append(math.inf)
            if at % _HEAP:
                self._heaps[-1] = math.inf
            else:
                self._heaps.append(math.inf)
        return at

    def end(self, at: int, time: float) -> None:
        """The span of number `at` is over; told once."""
        self.until[at] = time
        self._over.append(time)
        block, heap = at // _BLOCK, at // _HEAP
        latest = max(self.until[block * _BLOCK : (block + 1) * _BLOCK])
        if latest < self._blocks[block]:
            self._blocks[block] = latest
            self._heaps[heap] = max(self._blocks[heap * _BLOCK : (heap + 1) * _BLOCK])

    def flaw(self, time: float, row: int) -> None:
        """Something is wrong, and this row says so."""
        self.bad.append(time)
        self.bad_rows.append(row)

    def number_of(self, row: int) -> int:
        """The number of what begins with a row; -1 where nothing does."""
        at = bisect_left(self.rows, row)
        return at if at < len(self.rows) and self.rows[at] == row else -1

    def first_row_after(self, row: int) -> int:
        """The number of the first that begins after a row; `len(lane)` where none does."""
        return bisect_left(self.rows, row + 1)

    def first_from(self, time: float) -> int:
        """The number of the first that begins at `time` or later; `len(lane)` where none does."""
        return bisect_left(self.starts, time)

    def first_flaw_from(self, time: float) -> int:
        """Where in `bad` the first flaw at `time` or later stands; `len(bad)` where there is none."""
        return bisect_left(self.bad, time)

    def count(self, begin: float, end: float) -> int:
        """How many happen, or are under way, in `begin <= t < end`."""
        over = bisect_left(self._over if self.spans else self.starts, begin)
        return max(0, bisect_left(self.starts, end) - over)

    def flaws(self, begin: float, end: float) -> int:
        """How often something was wrong in `begin <= t < end`."""
        return bisect_left(self.bad, end) - bisect_left(self.bad, begin)

    def within(self, begin: float, end: float, most: int) -> list[int]:
        """The numbers of those that `count` counts, in order; at most about `most`, the latest."""
        first, last = bisect_left(self.starts, begin), bisect_left(self.starts, end)
        inside = list(range(max(first, last - most), last))
        if not self.spans:
            return inside
        wanted = min(most, self.count(begin, end)) - len(inside)
        return self._across(first, begin, wanted) + inside

    def _across(self, before: int, time: float, wanted: int) -> list[int]:
        """Of the spans below number `before`, those that are not over at `time`: the latest `wanted`."""
        found: list[int] = []
        for heap in range((before - 1) // _HEAP, -1, -1):
            if len(found) >= wanted:
                break
            if self._heaps[heap] < time:
                continue
            for block in range(
                min((before - 1) // _BLOCK, heap * _BLOCK + _BLOCK - 1), heap * _BLOCK - 1, -1
            ):
                if self._blocks[block] >= time:
                    last = min(before, (block + 1) * _BLOCK)
                    found += [at for at in range(last - 1, block * _BLOCK - 1, -1) if self.until[at] >= time]
                if len(found) >= wanted:
                    break
        return found[: max(0, wanted)][::-1]
