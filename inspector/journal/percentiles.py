"""Percentiles of any number of values in bounded room: exact while they are few, then to one in a hundred.

The first `MOST` values are kept as they are, and percentiles are exact by nearest rank. Beyond that values
are counted in buckets whose bounds grow by 2 %, from a microsecond to eleven days, so that what is said
differs from the exact nearest rank by 1 % at most; least and greatest stay exact. (The idea is that of
DDSketch: C. Masson, J. E. Rim, H. K. Lee, VLDB 2019.)
"""

from __future__ import annotations

import math
from array import array

MOST = 4096
"""Values that are kept exactly."""
ERROR = 0.01
"""How far off a percentile may be beyond that, as a part of it."""

_LEAST = 1e-6
_GROWTH = (1 + ERROR) / (1 - ERROR)
_LOG = math.log(_GROWTH)
_BUCKETS = math.ceil(math.log(1e12) / _LOG) + 2


class Percentiles:
    """What was added, summed up.

    Attributes:
        count: How many there were.
        least: The smallest, 0 where there is none; `most` the greatest.
    """

    __slots__ = ("_buckets", "_sorted", "_values", "count", "least", "most")

    def __init__(self) -> None:
        self.count = 0
        self.least = 0.0
        self.most = 0.0
        self._values = array("d")
        self._sorted = True
        self._buckets: array[int] | None = None

    @property
    def exact(self) -> bool:
        """Whether what is said is exact."""
        return self._buckets is None

    def add(self, value: float) -> None:
        """Take in a value, not negative."""
        self.least = min(self.least, value) if self.count else value
        self.most = max(self.most, value)
        self.count += 1
        if self._buckets is not None:
            self._buckets[_bucket(value)] += 1
            return
        self._values.append(value)
        self._sorted = False
        if self.count > MOST:
            self._buckets = array("I", bytes(4 * _BUCKETS))
            for each in self._values:
                self._buckets[_bucket(each)] += 1
            self._values = array("d")

    def at(self, share: float) -> float:
        """The value that `share` (0 to 1) of all do not exceed, by nearest rank; 0 where there is none."""
        if not self.count:
            return 0.0
        rank = max(1, math.ceil(share * self.count))
        if self._buckets is None:
            if not self._sorted:
                self._values = array("d", sorted(self._values))
                self._sorted = True
            return self._values[rank - 1]
        if rank == self.count:
            return self.most
        below = 0
        for number, count in enumerate(self._buckets):
            below += count
            if below >= rank:
                return min(self.most, max(self.least, _middle(number)))
        return self.most


def _bucket(value: float) -> int:
    if value <= _LEAST:
        return 0
    return min(_BUCKETS - 1, math.ceil(math.log(value / _LEAST) / _LOG))


def _middle(bucket: int) -> float:
    """The value that is nearest to all of a bucket, in parts of them."""
    return _LEAST if not bucket else _LEAST * 2 * _GROWTH**bucket / (_GROWTH + 1)
