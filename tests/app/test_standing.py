"""The words of the status line."""

from __future__ import annotations

import pytest

from inspector.app.standing import clock, exit_words


@pytest.mark.parametrize(
    ("elapsed", "words"), [(0.0, "0:00"), (42.9, "0:42"), (725, "12:05"), (3723, "1:02:03")]
)
def test_a_clock_reads_as_people_read_it(elapsed: float, words: str) -> None:
    assert clock(elapsed) == words


@pytest.mark.parametrize(
    ("exits", "words"),
    [
        ({"code": 3, "signal": None}, "exited with code 3"),
        ({"code": None, "signal": "SIGKILL"}, "was ended by SIGKILL"),
        ({}, "is gone"),
        (None, "is gone"),
        ({"signal": "\x1b[31m"}, "was ended by ␛[31m"),
    ],
)
def test_an_exit_is_told_in_words(exits: object, words: str) -> None:
    assert exit_words(exits) == words
