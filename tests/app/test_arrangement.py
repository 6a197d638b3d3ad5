"""How the room is divided: a value and a function over it."""

from __future__ import annotations

import pytest

from inspector.app.arrangement import Shares, arrange


def test_one_pane_alone_where_there_is_no_room() -> None:
    for width, height in ((40, 40), (80, 24), (20, 5), (1, 1), (200, 29)):
        places = arrange(width, height, Shares(), front=3)
        assert places.alone
        assert places.shown == {3}
    assert arrange(120, 40, Shares(), front=2, zoom=True).shown == {2}
    assert arrange(120, 40, Shares()).shown == {1, 2, 3, 4}


def test_hidden_panes_come_while_they_are_worked_in() -> None:
    shares = Shares().switched(4)
    assert arrange(120, 40, shares, front=3).shown == {1, 2, 3}
    assert arrange(120, 40, shares, front=4).shown == {1, 2, 3, 4}
    assert shares.switched(4) == Shares()
    last = Shares(hidden=frozenset({1, 2, 3}))
    assert last.switched(4) == last


def test_borders_stay_within_the_screen() -> None:
    shares = Shares()
    for _ in range(100):
        shares = shares.grown(1, 120, dx=1, dy=1)
    assert (shares.left, shares.upper) == (104, 0.85)
    for _ in range(100):
        shares = shares.grown(1, 120, dx=-1, dy=-1).grown(3, 120, dx=-1)
    assert (shares.left, shares.upper, shares.list) == (16, 0.15, 0.15)
    assert shares.pulled("left", -5, 0, 120).left == 16
    assert shares.pulled("left", 500, 0, 120).left == 104
    assert shares.pulled("upper", 0, 0.5, 120).upper == 0.5
    assert shares.pulled("list", 2.0, 0, 120).list == 0.85


@pytest.mark.parametrize("shares", [Shares(), Shares(40, 0.5, 0.3, frozenset({4, 1})), Shares(upper=0.2)])
def test_what_is_kept_is_read_again(shares: Shares) -> None:
    assert Shares.of(shares.document()) == shares


def test_what_is_kept_is_believed_in_no_case() -> None:
    wrong: tuple[object, ...] = (
        None,
        [],
        {"left": "40"},
        {"left": True},
        {"upper": 7},
        {"list": -1},
        {"hidden": [1, 2, 3, 4]},
    )
    for document in wrong:
        assert Shares.of(document) == Shares()
    assert Shares.of({"left": 10**9, "upper": float("nan"), "hidden": [9, "x", 2]}) == Shares(
        left=1000, hidden=frozenset({2})
    )
