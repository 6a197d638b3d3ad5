"""A session as lanes: who is under way when, and that live and recorded say the same."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from inspector.journal.journal import Journal
from inspector.journal.lanes import Lanes
from inspector.journal.pairing import Status
from inspector.wire import jsonrpc
from inspector.wire.event import Direction, Kind
from tests.journal.acts import act
from tests.journal.conftest import Scribe


def folded(journal: Journal) -> Lanes:
    lanes = Lanes(journal)
    assert not lanes.advance(10)
    return lanes


def spans(lanes: Lanes, name: str) -> list[tuple[float, float]]:
    lane = lanes.lanes[name]
    return list(zip(lane.starts, lane.until, strict=True))


def ended(lanes: Lanes) -> list[tuple[int, Status]]:
    return [(row, Status(how)) for row, how in zip(lanes.endings, lanes.outcomes, strict=True)]


def test_a_call_lasts_until_its_answer(scribe: Scribe) -> None:
    first, second = scribe.asks(1), scribe.asks(2)
    good, bad = scribe.replies(2), scribe.fails(1)
    waiting = scribe.asks(3)
    lanes = folded(scribe.journal)
    assert spans(lanes, "calls") == [(first.t, bad.t), (second.t, good.t), (waiting.t, math.inf)]
    assert ended(lanes) == [(second.seq, Status.OK), (first.seq, Status.ERROR)]
    assert list(lanes.lanes["calls"].bad_rows) == [bad.seq]
    assert (lanes.began, lanes.now) == (first.t, waiting.t)
    assert lanes.place_of(bad.seq) == ("calls", first.seq) == lanes.place_of(first.seq)


def test_what_is_given_up_ends_then_and_a_late_answer_is_wrong(scribe: Scribe) -> None:
    asked = scribe.asks(1)
    gave_up = scribe.client("timed-out", request=asked.seq, after=1.0)
    late = scribe.replies(1)
    other = scribe.asks(2)
    scribe.client("cancelled", request=other.seq)
    lanes = folded(scribe.journal)
    assert spans(lanes, "calls")[0] == (asked.t, gave_up.t)
    assert ended(lanes) == [(asked.seq, Status.TIMED_OUT), (other.seq, Status.CANCELLED)]
    assert list(lanes.lanes["calls"].bad_rows) == [gave_up.seq, late.seq]


def test_what_was_lost_may_be_answered_after_all(scribe: Scribe) -> None:
    asked = scribe.asks(1)
    died = scribe.step(Kind.PROCESS, "exited", code=3)
    scribe.replies(1)
    lanes = folded(scribe.journal)
    assert ended(lanes) == [(asked.seq, Status.LOST), (asked.seq, Status.OK)]
    assert spans(lanes, "calls") == [(asked.t, died.t)]
    assert list(lanes.turns) == [died.seq]
    assert list(lanes.lanes["session"].bad_rows) == [died.seq]


def test_thousands_are_given_up_a_few_at_a_time(scribe: Scribe) -> None:
    for id in range(500):
        scribe.asks(id, "ping")
    over = scribe.client("closed")
    after = scribe.asks("next", "ping")
    lanes = Lanes(scribe.journal)
    steps = 1
    while lanes.advance(0):
        steps += 1
    assert steps > 7
    assert ended(lanes) == [(row, Status.LOST) for row in range(500)]
    assert set(lanes.lanes["calls"].until[:500]) == {over.t}
    assert lanes.lanes["calls"].count(after.t, math.inf) == 1


def test_each_kind_has_its_lane(scribe: Scribe) -> None:
    journal = scribe.journal
    scribe.client("connecting")
    asks = scribe.answers(jsonrpc.request("s", "sampling/createMessage", {}))
    told = scribe.answers(jsonrpc.notification("notifications/message", {"data": "hi"}))
    said = journal.append(Kind.STDERR, Direction.S2C, b"a line")
    stray = journal.append(Kind.STDOUT, Direction.S2C, b"no message")
    broken = scribe.answers(b"{}")
    lanes = folded(journal)
    assert [lanes.place_of(seq) for seq in range(len(journal))] == [
        ("session", 0),
        ("asked", asks.seq),
        ("notices", told.seq),
        ("output", said.seq),
        ("output", stray.seq),
        ("output", broken.seq),
    ]
    assert list(lanes.lanes["output"].bad_rows) == [stray.seq, broken.seq]
    assert {name: len(lane) for name, lane in lanes.lanes.items()} == {
        "session": 1,
        "calls": 0,
        "asked": 1,
        "notices": 1,
        "output": 3,
        "HTTP": 0,
    }


def test_exchanges_last_and_lose_what_they_did_not_answer(scribe: Scribe) -> None:
    journal = scribe.journal
    begin = journal.append(Kind.HTTP, Direction.C2S, data={"what": "request", "method": "POST"}, exchange=4)
    asked = scribe.asks(1, exchange=4)
    answer = journal.append(Kind.HTTP, Direction.S2C, data={"what": "response", "status": 500}, exchange=4)
    end = journal.append(Kind.HTTP, data={"what": "end", "outcome": "complete", "status": 500}, exchange=4)
    lanes = folded(journal)
    assert spans(lanes, "HTTP") == [(begin.t, end.t)]
    assert list(lanes.lanes["HTTP"].bad_rows) == [end.seq]
    assert ended(lanes) == [(asked.seq, Status.LOST)]
    assert lanes.place_of(answer.seq) == ("HTTP", begin.seq) == lanes.place_of(end.seq)


def test_a_batch_is_one_span(scribe: Scribe) -> None:
    asked = scribe.sends(
        b'[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"ping"}]'
    )
    replied = scribe.answers(b'[{"jsonrpc":"2.0","id":1,"result":{}},{"jsonrpc":"2.0","id":2,"result":{}}]')
    lanes = folded(scribe.journal)
    assert spans(lanes, "calls") == [(asked.t, replied.t)]
    assert lanes.place_of(replied.seq) == ("calls", asked.seq)


ACTS = st.lists(st.tuples(st.integers(0, 8), st.integers(1, 4)), max_size=60)


@given(ACTS)
def test_live_and_at_once_are_the_same(acts: list[tuple[int, int]]) -> None:
    ticks = iter(range(10_000))
    scribe = Scribe(None, lambda: float(next(ticks)))
    live = Lanes(scribe.journal)
    for what, id in acts:
        act(scribe, what, id)
        live.advance(1)
    once = folded(scribe.journal)
    assert ended(live) == ended(once)
    for name, lane in once.lanes.items():
        other = live.lanes[name]
        for column in ("starts", "rows", "until", "bad", "bad_rows"):
            assert getattr(lane, column) == getattr(other, column), (name, column)
