"""The words of the status line."""

from __future__ import annotations

import pytest

from inspector.app.panes.capabilities import server_line
from inspector.app.standing import clock, exit_words, rate_words
from inspector.journal.catalogue import Catalogue
from inspector.journal.rates import Flow


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


@pytest.mark.parametrize(
    ("flow", "words"),
    [
        (None, ""),
        (Flow(0.5, 60.0, 12.3, 3_400.0), "→ 0.5/s 60 B/s  ← 12/s 3.4 kB/s"),
        (Flow(0.0, 0.0, 10_500.0, 2e6), "← 10,500/s 2.0 MB/s"),
        (Flow(2.0, 5.0, 0.0, 0.0), "→ 2/s 5 B/s"),
    ],
)
def test_a_rate_names_the_ways_that_something_went(flow: Flow | None, words: str) -> None:
    assert rate_words(flow) == words


@pytest.mark.parametrize(
    ("info", "words"),
    [
        ({"name": "a", "version": "1"}, "a 1"),
        ({"name": "a", "version": ""}, "a"),
        ({"name": "a", "title": "A"}, "A"),
        ({}, ""),
    ],
)
def test_a_server_without_a_version_leaves_no_gap(info: dict[str, str], words: str) -> None:
    catalogue = Catalogue()
    catalogue.server_info = info
    assert server_line(catalogue) == words
