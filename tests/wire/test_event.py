from __future__ import annotations

import dataclasses

import pytest

from inspector.wire.event import KINDS_BY_WORD, SHAPES_BY_WORD, Direction, Event, Kind, Shape


def test_words_lead_back_to_their_values() -> None:
    assert {word: kind.word for word, kind in KINDS_BY_WORD.items()} == {word: word for word in KINDS_BY_WORD}
    assert {word: shape.word for word, shape in SHAPES_BY_WORD.items()} == {
        word: word for word in SHAPES_BY_WORD
    }
    assert set(KINDS_BY_WORD.values()) == set(Kind)
    assert set(SHAPES_BY_WORD.values()) == set(Shape)
    assert [direction.word for direction in Direction] == ["", "c2s", "s2c"]


def test_numbers_are_those_of_columns_and_never_change() -> None:
    assert [kind.name for kind in Kind] == (
        ["MESSAGE", "STDERR", "STDOUT", "HTTP", "SSE", "PROCESS", "CLIENT", "AUTH", "NOTE", "OTHER"]
    )
    assert [shape.name for shape in Shape] == [
        "NONE",
        "REQUEST",
        "RESPONSE",
        "ERROR",
        "NOTIFICATION",
        "BATCH",
        "INVALID",
    ]
    assert list(Kind) == list(range(10))


def test_the_step_of_an_event() -> None:
    assert Event(0, 0.0, Kind.PROCESS, data={"what": "exited"}).what == "exited"
    assert Event(0, 0.0, Kind.PROCESS, data={"what": 7}).what == ""
    assert Event(0, 0.0, Kind.MESSAGE).what == ""


def test_an_event_does_not_change() -> None:
    event = Event(0, 0.0, Kind.MESSAGE)
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.seq = 1  # type: ignore[misc]
