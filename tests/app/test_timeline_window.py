"""What a timeline shows of all time."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.app.timeline_window import LEAST, Window, clock, ticks, whole_of

TIMES = st.floats(0, 1e6)


@given(
    now=TIMES,
    cells=st.integers(8, 300),
    part=st.floats(0, 1),
    moves=st.lists(st.tuples(st.booleans(), st.floats(0.2, 3))),
)
def test_no_move_leaves_the_session(
    now: float, cells: int, part: float, moves: list[tuple[bool, float]]
) -> None:
    window = whole = whole_of(now / 3, now, cells)
    assert whole.cell(now, cells) < cells
    for zooms, by in moves:
        at = window.begin + part * window.width
        window = window.zoomed(by, at, whole) if zooms else window.panned(by - 1, whole)
        assert whole.begin <= window.begin < window.end <= whole.end * (1 + 1e-9)
        assert window.width >= min(LEAST, whole.width) * 0.99


def test_zooming_keeps_what_is_under_the_pointer() -> None:
    whole = Window(0, 100)
    near = Window(20, 60).zoomed(0.5, 30, whole)
    assert near == Window(25, 45)
    assert near.zoomed(2, 30, whole) == Window(20, 60)
    assert near.zoomed(100, 30, whole) == whole


def test_a_moment_comes_into_sight_with_room_beside_it() -> None:
    whole, window = Window(0, 100), Window(40, 48)
    assert window.showing(40, whole) is window
    assert window.showing(50, whole) == Window(43, 51)
    assert window.showing(10, whole) == Window(9, 17)
    assert window.showing(0, whole) == Window(0, 8)


@given(begin=TIMES, width=st.floats(1e-4, 1e6), cells=st.integers(8, 300))
def test_labels_of_an_axis_never_overlap(begin: float, width: float, cells: int) -> None:
    found = ticks(Window(begin, begin + width), cells)
    for (at, label), (following, _) in itertools.pairwise(found):
        assert at + 1 + len(label) < following
    assert all(at >= 0 and at + 1 + len(label) <= cells for at, label in found)
    assert len({label for _, label in found}) == len(found)


def test_an_axis_is_labelled_at_round_times() -> None:
    assert ticks(Window(0, 8), 60) == [(0, "0 s"), (15, "2 s"), (30, "4 s"), (45, "6 s")]
    assert [label for _, label in ticks(Window(50, 200), 60)] == ["1:00", "2:00", "3:00"]


@pytest.mark.parametrize(
    ("time", "step", "says"),
    [
        (12.5, 0.5, "12.5 s"),
        (0.0005, 0.0001, "0.0005 s"),
        (125, 5, "2:05"),
        (125.25, 0.05, "2:05.25"),
        (3725, 60, "1:02:05"),
        (119.9999, 0.5, "2:00.0"),
        (30, 60, "0:30"),
    ],
)
def test_a_moment_in_words(time: float, step: float, says: str) -> None:
    assert clock(time, step) == says
