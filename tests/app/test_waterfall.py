"""The waterfall: a bar from request to answer, within the time of the visible rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.app.waterfall import Waterfall, bar, cells_for
from inspector.journal.journal import Journal
from inspector.wire import jsonrpc
from inspector.wire.event import Direction, Kind


@pytest.fixture
def journal() -> Journal:
    """A call over ten seconds with two reports, one that fails, and one that nobody answers."""
    times = iter((0, 0, 2, 5, 6, 7, 10, 10))
    journal = Journal.create(clock=lambda: float(next(times)))
    token = {"_meta": {"progressToken": "t"}, "name": "slow"}
    journal.append(Kind.MESSAGE, Direction.C2S, jsonrpc.request(1, "tools/call", token))
    for done in (1, 2):
        told = {"progressToken": "t", "progress": done}
        journal.append(Kind.MESSAGE, Direction.S2C, jsonrpc.notification("notifications/progress", told))
    journal.append(Kind.MESSAGE, Direction.C2S, jsonrpc.request(2, "ping"))
    journal.append(Kind.MESSAGE, Direction.S2C, jsonrpc.error_response(2, -1, "no"))
    journal.append(Kind.MESSAGE, Direction.S2C, jsonrpc.response(1, {}))
    journal.append(Kind.MESSAGE, Direction.C2S, jsonrpc.request(3, "ping"))
    return journal


def drawn(journal: Journal, rows: range, cells: int = 10) -> list[str]:
    fall = Waterfall(journal).fall(rows)
    return ["".join(text for text, _ in Waterfall(journal).pieces(row, fall, cells)) for row in rows]


def test_all_in_sight(journal: Journal) -> None:
    assert drawn(journal, range(7)) == [
        "██┃██┃████",
        "  ·       ",
        "     ·    ",
        "      █   ",
        "       ·  ",
        "         ·",
        "         ▸",
    ]


def test_a_part_in_sight(journal: Journal) -> None:
    assert drawn(journal, range(1, 4), 8) == ["·       ", "      · ", "       ▸"]


def test_roles(journal: Journal) -> None:
    fall = Waterfall(journal).fall(range(7))
    roles = [Waterfall(journal).pieces(row, fall, 10)[1][1] for row in range(7)]
    assert roles == ["bar", "muted", "muted", "error", "error", "muted", "warning"]


def test_nothing_and_one_moment(journal: Journal) -> None:
    assert drawn(journal, range(0)) == []
    assert drawn(journal, range(3, 4)) == ["█████████▸"]


@given(begin=st.floats(0, 20), width=st.floats(0, 20), cells=st.integers(1, 20))
def test_a_bar_is_never_empty_nor_outside(begin: float, width: float, cells: int) -> None:
    begin = min(begin, cells)
    end = min(begin + width, cells)
    shown = bar(begin, end, cells)
    assert shown
    assert 0 <= min(shown) <= max(shown) < cells
    assert set(range(min(shown), max(shown) + 1)) == set(shown)


def test_its_room() -> None:
    assert [cells_for(width) for width in (40, 120, 400)] == [10, 15, 32]
