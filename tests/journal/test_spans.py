"""Lanes answer by bisection what a look at each span would."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from inspector.journal.spans import Lane

STEPS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), max_size=300)
WINDOW = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted)


def filled(steps: list[tuple[int, int]]) -> tuple[Lane, list[list[float]]]:
    """Steps are (what, seconds on): begin, begin, end one of those under way, or a flaw."""
    lane, spans, now = Lane(spans=True), list[list[float]](), 0
    for row, (what, on) in enumerate(steps):
        now += on // 4
        open_ones = [at for at, (_, end) in enumerate(spans) if end == math.inf]
        if what < 2:
            assert lane.begin(now, row) == len(spans)
            spans.append([now, math.inf])
        elif what == 2 and open_ones:
            at = open_ones[on % len(open_ones)]
            lane.end(at, now)
            spans[at][1] = now
        else:
            lane.flaw(now, row)
    return lane, spans


@given(STEPS, WINDOW, st.integers(1, 400))
def test_what_is_under_way_in_a_window(steps: list[tuple[int, int]], window: list[int], most: int) -> None:
    lane, spans = filled(steps)
    begin, end = window
    there = [at for at, (start, until) in enumerate(spans) if start < end and until >= begin]
    expected = there if begin < end else [at for at in there if spans[at][0] < begin]
    assert lane.count(begin, end) == len(expected)
    assert lane.within(begin, end, 1000) == expected
    assert lane.within(begin, end, most) == expected[-most:]


@given(STEPS, WINDOW)
def test_what_was_wrong_in_a_window(steps: list[tuple[int, int]], window: list[int]) -> None:
    lane, _ = filled(steps)
    assert lane.flaws(*window) == sum(window[0] <= at < window[1] for at in lane.bad)


def test_a_long_span_is_found_under_thousands_that_came_after() -> None:
    lane = Lane(spans=True)
    for at in range(10_000):
        lane.begin(at, at * 2)
        if at not in (3, 5_000):
            lane.end(at, at + 0.5)
    lane.end(5_000, 9_999)
    assert lane.within(9_990, 9_991, 10) == [3, 5_000, 9_990]
    assert lane.count(9_990, 9_991) == 3
    assert (lane.number_of(6), lane.number_of(7), lane.first_row_after(6), lane.first_from(3.5)) == (
        3,
        -1,
        4,
        4,
    )


def test_moments_are_over_when_they_happen() -> None:
    lane = Lane(spans=False)
    for at in (0, 1, 1, 2):
        lane.begin(at, at)
    assert (lane.count(1, 2), lane.within(1, 2, 9), lane.within(0, 3, 2)) == (2, [1, 2], [2, 3])
