"""Where a played recording stands, by a clock of the test's own."""

from __future__ import annotations

import math

import pytest

from inspector.app.opening import speed_of
from inspector.app.player import IDLE, SPEEDS, Player
from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind

TIMES = (0.0, 0.5, 1.0, 61.0, 61.2, 60.0, 62.0)


def recorded() -> Journal:
    """Seven rows: a pause of a minute, and a clock that runs backwards once."""
    ticks = iter((0.0, *TIMES))
    journal = Journal.create(clock=lambda: next(ticks))
    for number, _ in enumerate(TIMES):
        ask = b'{"jsonrpc":"2.0","id":%d,"method":"ping"}' % number
        journal.append(Kind.MESSAGE if number in (1, 4) else Kind.STDERR, Direction.C2S, ask)
    return journal


def played(speed: float = 1.0) -> Player:
    player = Player(recorded())
    player.speed = speed
    player.toggle()
    player.advance(0.0, math.inf)
    assert (player.row, player.playing) == (0, True)
    player.advance(0.0, math.inf)
    return player


def rows(player: Player, *times: float) -> list[int]:
    found = []
    for now in times:
        player.advance(now, math.inf)
        assert len(player.journal) == player.row + 1
        found.append(player.row)
    return found


def test_it_plays_as_recorded_but_for_pauses() -> None:
    player = played()
    assert rows(player, 0.4, 0.6, 1.1) == [0, 1, 2]
    assert player.pause == 60
    assert rows(player, 1.9, 1.0 + IDLE + 0.05) == [2, 3], "a minute is a second"
    assert 61 <= player.time < 61.2
    assert rows(player, 2.2, 9, 10) == [3, 6, 6]
    assert not player.playing


def test_pauses_as_they_were() -> None:
    player = played()
    player.shortens = False
    assert rows(player, 1.1, 60.9, 61.1) == [2, 2, 3]


def test_ten_times_faster_and_at_once() -> None:
    assert rows(played(10), 0.11) == [2]
    player = played(math.inf)
    assert rows(player, 0.0, 0.01) == [6, 6]
    assert not player.playing
    player.toggle()
    player.advance(0.0, math.inf)
    assert (player.row, player.playing) == (0, True), "at the end it begins anew"


def test_it_seeks_forwards_in_place_and_backwards_in_another_journal() -> None:
    player = played()
    player.playing = False
    first = player.journal
    player.seek(4)
    assert player.seeking > 0
    assert player.advance(0.0, math.inf) is None
    assert (player.journal is first, player.row, player.seeking) == (True, 4, 0)
    player.step(-2)
    assert player.row == 2, "where it leads to"
    player.step(-1)
    assert player.advance(0.0, math.inf) is player.journal is not first
    assert (len(player.journal), player.row) == (2, 1)
    player.seek(99)
    player.advance(0.0, math.inf)
    assert player.row == 6


def test_it_steps_by_requests_errors_and_marks() -> None:
    player = played()
    assert player.step_call(1)
    player.advance(0.0, math.inf)
    assert player.row == 1
    assert player.step_call(1)
    player.advance(0.0, math.inf)
    assert player.row == 4
    assert not player.step_call(1)
    assert player.step_call(-1)
    player.advance(0.0, math.inf)
    assert player.row == 1
    assert not player.step_trouble(1)
    assert player.step_mark((0, 3, 5), 1)
    player.advance(0.0, math.inf)
    assert player.row == 3
    assert player.step_mark((0, 3, 5), -1)
    player.advance(0.0, math.inf)
    assert player.row == 0
    assert not player.step_mark((0, 3, 5), -1)


def test_a_share_of_the_time_is_a_row() -> None:
    player = played()
    player.seek_time(0.5)
    assert player.row == 2
    player.seek_time(1)
    assert player.row == 6


def test_speeds_as_they_are_written() -> None:
    assert [speed_of(word) for word in ("1", "2x", "50", "max")] == [1, 2, 50, SPEEDS[-1]]
    assert [speed_of(word) for word in ("3", "", "x", "nan", "-1", "1e400")] == [None] * 6


@pytest.mark.parametrize("by", [1, -1])
def test_an_empty_recording_has_nowhere_to_go(by: int) -> None:
    player = Player(Journal.create())
    player.step(by)
    assert not player.step_call(by)
    assert player.advance(0.0, math.inf) is None
    assert (player.row, player.at_end, player.time, player.total) == (-1, True, 0, 0)
