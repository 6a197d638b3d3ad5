"""Which items of two sequences belong together: what stayed, came and went, in bounded time. Pure.

It compares nothing but whole items; what differs within two is the business of `inspector.app.difference`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Final, TypeAlias

SAME: Final = "same"
REMOVED: Final = "removed"
ADDED: Final = "added"

Block: TypeAlias = tuple[int, int, int, int]
"""Items `a:b` of one sequence and `c:d` of another."""

# Equal pairs of items, up to which what moved is looked for: that costs their square at worst.
_PAIRS = 100_000
_SQUARE = 1_000_000  # items of one side by those of the other: about a quarter of a second at worst
_ANCHORED = 400_000  # items of both


def aligned(left: Sequence[Any], right: Sequence[Any]) -> Iterator[tuple[str, int, int, int]]:
    """Which items of two sequences belong together.

    Yields `(tag, place, one, other)`: `same` for two in the same place (they may differ still), `removed`
    for `left[one]`, `added` for `right[other]`. Ranges, and what is too long, are paired by position.
    """
    head = 0
    if not isinstance(left, range) and not isinstance(right, range):
        while head < min(len(left), len(right)) and left[head] == right[head]:
            yield SAME, head, head, head
            head += 1
    tail = 0
    rest = min(len(left), len(right)) - head
    by_place = isinstance(left, range) or isinstance(right, range)
    while not by_place and tail < rest and left[-1 - tail] == right[-1 - tail]:
        tail += 1
    n, m = len(left) - tail, len(right) - tail
    blocks = iter([(head, n, head, m)]) if by_place else _blocks(left, right, (head, n, head, m))
    for a, b, c, d in blocks:
        both = min(b - a, d - c)
        yield from ((SAME, c + at, a + at, c + at) for at in range(both))
        yield from ((REMOVED, at, at, 0) for at in range(a + both, b))
        yield from ((ADDED, at, 0, at) for at in range(c + both, d))
    yield from ((SAME, m + at, n + at, m + at) for at in range(tail))


def _blocks(left: Sequence[Any], right: Sequence[Any], whole: Block) -> Iterator[Block]:
    """`whole` in parts that belong together. The usual way costs the square of what is long, or worse: what
    is too long for it is cut first at the items that stand once on either side, in the same order."""
    a, b, c, d = whole
    if (b - a) * (d - c) <= _SQUARE:
        yield from _matched(left, right, whole)
        return
    budget, done = 4 * _SQUARE, (a, c)
    for one, other in [*_anchors(left, right, whole), (b, d)]:
        gap = (done[0], one, done[1], other)
        budget -= (gap[1] - gap[0]) * (gap[3] - gap[2])
        yield from _matched(left, right, gap) if budget >= 0 else (gap,)
        yield one, min(one + 1, b), other, min(other + 1, d)
        done = one + 1, other + 1


def _matched(left: Sequence[Any], right: Sequence[Any], part: Block) -> Iterator[Block]:
    a, b, c, d = part
    if a == b or c == d or _pairs(left[a:b], right[c:d]) > _PAIRS:
        yield part
        return
    matcher = SequenceMatcher(None, left[a:b], right[c:d], autojunk=False)
    for _, one, to, other, end in matcher.get_opcodes():
        yield a + one, a + to, c + other, c + end


def _anchors(left: Sequence[Any], right: Sequence[Any], part: Block) -> list[tuple[int, int]]:
    """Places of the most items that stand once on either side and in the same order on both."""
    a, b, c, d = part
    if b - a + d - c > _ANCHORED:
        return []
    here, there = Counter(left[a:b]), Counter(right[c:d])
    places = {item: at for at, item in enumerate(right[c:d], c) if there[item] == 1 == here[item]}
    ends: list[int] = []  # the smallest place that so many in order can end at
    last: list[int] = []
    links: dict[int, tuple[int, int]] = {}
    for at in range(a, b):
        place = places.get(left[at])
        if place is not None:
            size = bisect_left(ends, place)
            links[at] = (last[size - 1] if size else -1, place)
            ends[size : size + 1], last[size : size + 1] = [place], [at]
    found: list[tuple[int, int]] = []
    at = last[-1] if last else -1
    while at >= 0:
        before, place = links[at]
        found.append((at, place))
        at = before
    return found[::-1]


def _pairs(left: Sequence[Any], right: Sequence[Any]) -> int:
    """How many pairs of equal items there are, each with each."""
    there = Counter(right)
    return sum(there[item] for item in left)
