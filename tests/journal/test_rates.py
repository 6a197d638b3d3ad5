"""Messages and bytes a second: told while something moves, and calmly."""

from __future__ import annotations

from inspector.journal.rates import Flow, Rates
from inspector.wire.event import Direction, Kind
from tests.journal.conftest import Scribe


def test_one_call_says_nothing_and_a_stream_does(scribe: Scribe) -> None:
    scribe.asks(1)
    rates = Rates(scribe.journal, 0.0)
    scribe.replies(1)
    rates.advance(1.0)
    assert rates.flow is None
    sent, received = scribe.asks(2), scribe.replies(2)
    scribe.journal.append(Kind.STDERR, Direction.S2C, b"no message")
    rates.advance(1.5)
    assert rates.flow is None
    rates.advance(2.0)
    whole = scribe.journal.size(1) + received.size
    assert rates.flow == Flow(0.5, sent.size / 2, 1.0, whole / 2)


def test_between_seconds_it_stays_and_then_it_falls_silent(scribe: Scribe) -> None:
    rates = Rates(scribe.journal, 0.0)
    for second in (1, 2, 3):
        scribe.asks(second)
        rates.advance(second)
    flow = rates.flow
    assert flow is not None
    assert flow.sent == 1
    rates.advance(3.5)
    assert rates.flow == flow
    rates.advance(4)
    assert rates.flow is not None
    rates.advance(5)
    assert rates.flow is None


def test_a_heap_of_rows_is_counted_little_by_little(scribe: Scribe) -> None:
    rates = Rates(scribe.journal, 0.0)
    for id in range(6_000):
        scribe.asks(id, "ping")
    rates.advance(1.0)
    rates.advance(2.0)
    assert rates.flow is not None
    assert rates.flow.sent == 3_000
