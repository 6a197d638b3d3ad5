"""How far, how fast, how long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.journal import progress as module
from inspector.journal.progress import MOST_POINTS, Progress, Progresses
from inspector.wire import jsonrpc
from inspector.wire.event import Event
from tests.journal.conftest import Scribe


def asks(scribe: Scribe, id: int) -> Event:
    return scribe.asks(id, "tools/call", {"name": "x", "_meta": {"progressToken": id}})


def progress(scribe: Scribe, token: int, at: float = 1) -> Event:
    params = {"progressToken": token, "progress": at}
    return scribe.answers(jsonrpc.notification("notifications/progress", params))


def test_a_call_makes_progress_and_ends(scribe: Scribe) -> None:
    request = asks(scribe, 1)
    folded = Progresses(scribe.journal)
    folded.advance(1.0)
    assert folded.of(request.seq) is None
    for at in (1, 2, 4):
        params = {"progressToken": 1, "progress": at, "total": 8, "message": f"step \x1b{at}"}
        last = scribe.answers(jsonrpc.notification("notifications/progress", params))
    folded.advance(1.0)
    seen = folded.of(request.seq)
    assert seen is not None
    assert folded.running == (seen,)
    assert (seen.value, seen.total, seen.share, seen.notices) == (4, 8, 0.5, 3)
    assert seen.message == "step ␛4"
    assert seen.rate == pytest.approx(1.5)
    assert seen.left == pytest.approx(4 / 1.5)
    assert seen.elapsed(last.t + 10) == last.t + 10 - request.t
    assert not seen.backwards
    reply = scribe.replies(1)
    folded.advance(1.0)
    assert seen.ended == reply.t
    assert seen.elapsed(1e9) == reply.t - request.t
    assert len(folded.running) == 0


def test_progress_that_goes_back_or_says_nothing(scribe: Scribe) -> None:
    request = asks(scribe, 1)
    progress(scribe, 1, 5)
    progress(scribe, 1, 5)
    scribe.answers(
        b'{"jsonrpc":"2.0","method":"notifications/progress",'
        b'"params":{"progressToken":1,"progress":"x","total":NaN}}'
    )
    folded = Progresses(scribe.reopened())
    folded.advance(1.0)
    seen = folded.of(request.seq)
    assert seen is not None
    assert seen.backwards
    assert (seen.value, seen.total, seen.share, seen.rate, seen.left) == (5, None, None, 0.0, None)


def test_what_is_kept_is_bounded(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CALLS", 2)
    requests = [asks(scribe, id) for id in range(1, 4)]
    for id in range(1, 4):
        progress(scribe, id)
    folded = Progresses(scribe.journal)
    folded.advance(1.0)
    assert [folded.of(request.seq) is None for request in requests] == [True, False, False]
    one = Progress(0, 0.0)
    for at in range(100_000):
        one.add(float(at), {"progress": at})
    assert len(one.points) <= MOST_POINTS + 1
    assert one.points[0] == (0.0, 0.0)
    assert one.rate == pytest.approx(1.0)


def test_the_rate_is_that_of_the_last_seconds() -> None:
    one = Progress(0, 0.0)
    for at in range(1000):  # ten seconds, slow
        one.add(at / 100, {"progress": at})
    assert one.rate == pytest.approx(100, rel=0.1)
    for at in range(1000):  # ten more, fast
        one.add(10 + at / 100, {"progress": 1000 + 10 * at, "total": 100_000})
    assert one.rate == pytest.approx(1000, rel=0.1)
    one.add(100.0, {"progress": 20_990})
    assert one.rate == pytest.approx(10_000 / 80, rel=0.1)  # long silence counts


def test_what_was_said_last_is_remembered_once_in_a_row() -> None:
    one = Progress(0, 0.0)
    for at in range(100):
        one.add(float(at), {"progress": at, "message": f"step {at // 10}" if at % 2 else ""})
    assert list(one.said) == [f"step {at}" for at in range(5, 10)]
    one.add(100.0, {"progress": 101, "total": 100, "message": "x" * 10_000_000})
    assert one.beyond
    assert len(one.message) == 400


_ANY = st.none() | st.booleans() | st.integers() | st.floats() | st.text()


@given(st.lists(st.tuples(_ANY, _ANY, _ANY)))
def test_whatever_is_reported(reports: list[tuple[object, object, object]]) -> None:
    one = Progress(0, 0.0)
    for at, (value, total, message) in enumerate(reports):
        one.add(float(at), {"progress": value, "total": total, "message": message})
        assert one.share is None or 0 <= one.share <= 1
        assert one.rate is None or one.rate == one.rate
        assert one.left is None or one.left >= 0
