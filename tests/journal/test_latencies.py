"""How long calls took, held against a look at every pair."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.journal import latencies
from inspector.journal.lanes import Lanes
from inspector.journal.latencies import OTHERS, Latencies
from inspector.journal.pairing import Status
from inspector.wire import jsonrpc
from inspector.wire.event import Direction, Shape
from tests.journal.acts import act
from tests.journal.conftest import Scribe


def folded(scribe: Scribe) -> Latencies:
    seen = Latencies(Lanes(scribe.journal))
    assert not seen.advance(10)
    return seen


def test_methods_and_tools(scribe: Scribe) -> None:
    scribe.asks(1, "tools/list")
    scribe.replies(1)
    for id, tool in enumerate(("add", "add", "sub"), 2):
        scribe.asks(id, "tools/call", {"name": tool, "arguments": {"name": "no"}})
    slow = scribe.asks(5, "tools/call", {"arguments": {}, "name": "add"})
    scribe.fails(3)
    scribe.replies(2, {"isError": True, "content": []})
    scribe.replies(5)
    seen = folded(scribe)
    told = [(each.method, each.tool, each.count, each.errors, each.took.count) for each in seen.timings]
    assert told == [
        ("tools/list", "", 1, 0, 1),
        ("tools/call", "add", 3, 2, 3),
        ("tools/call", "sub", 1, 0, 0),
    ]
    add = seen.timings[1]
    assert (add.took.least, add.took.most) == (3, 5)
    assert add.bytes == sum(
        scribe.journal.size(row) for row in range(len(scribe.journal)) if row not in (0, 1, 4)
    )
    assert seen.of(slow.seq) is add
    assert add.slowest == 2


def test_a_call_given_up_for_lost_counts_once_when_it_is_answered(scribe: Scribe) -> None:
    scribe.asks(1, "ping")
    scribe.client("closed")
    seen = folded(scribe)
    assert (seen.timings[0].errors, seen.timings[0].took.count) == (1, 0)
    scribe.replies(1)
    seen.advance(1)
    assert (seen.timings[0].errors, seen.timings[0].took.count) == (0, 1)


def test_what_the_server_asks_stands_apart(scribe: Scribe) -> None:
    scribe.asks(1, "ping")
    scribe.answers(jsonrpc.request(1, "ping"))
    assert [each.direction for each in folded(scribe).timings] == [Direction.C2S, Direction.S2C]


def test_names_are_bounded_and_safe(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latencies, "MOST", 2)
    for id, tool in enumerate(("\x1b[31m", "b" * 900, "c", "d")):
        scribe.asks(id, "tools/call", {"name": tool})
    assert [(each.method, each.tool[:8], each.count) for each in folded(scribe).timings] == [
        ("tools/call", "␛[31m", 1),
        ("tools/call", "bbbbbbbb", 1),
        (OTHERS, "", 2),
    ]


@pytest.mark.parametrize("name", ["plain", 'with "quotes"', "ünï", "a\\b", "", "x" * 150, "a\nb"])
def test_a_name_is_read_however_it_is_written(scribe: Scribe, name: str) -> None:
    scribe.asks(1, "tools/call", {"name": name})
    scribe.sends(
        json.dumps({"id": 2, "params": {"name": name}, "method": "tools/call", "jsonrpc": "2.0"}).encode()
    )
    seen = folded(scribe)
    assert [each.count for each in seen.timings] == [2]


def test_over_time(scribe: Scribe) -> None:
    for id in range(100):
        scribe.asks(id, "ping")
        scribe.replies(id)
    seen = folded(scribe)
    assert seen.step == 8
    over = seen.timings[0].over_time(seen.steps)
    assert over == [1.0] * 26
    assert seen.timings[0].over_time(40)[30:] == [None, None]


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(1, 4)), max_size=60))
def test_all_that_was_seen(acts: list[tuple[int, int]]) -> None:
    ticks = iter(range(10_000))
    scribe = Scribe(None, lambda: float(next(ticks)))
    seen = Latencies(Lanes(scribe.journal))
    for what, id in acts:
        act(scribe, what, id)
        seen.advance(1)
    journal = scribe.journal
    counts, took = Counter[tuple[Direction, str]](), defaultdict[tuple[Direction, str], list[float]](list)
    for row in range(len(journal)):
        if journal.shape(row) is Shape.REQUEST:
            key = journal.direction(row), journal.method(row) or ""
            counts[key] += 1
            if journal.status(row) in (Status.OK, Status.ERROR):
                took[key].append(journal.latency(row) or 0)
    assert {(each.direction, each.method): each.count for each in seen.timings} == counts
    for each in seen.timings:
        expected = sorted(took[each.direction, each.method])
        assert each.took.count == len(expected)
        assert [each.took.at(share) for share in (0.5, 1)] == (
            [expected[-(-len(expected) // 2) - 1], expected[-1]] if expected else [0, 0]
        )
