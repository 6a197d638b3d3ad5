"""Which rows tell how a session stood."""

from __future__ import annotations

from inspector.journal.asked import NEW_SESSION
from inspector.journal.milestones import Milestones, Turn
from inspector.wire import jsonrpc
from inspector.wire.event import Kind
from tests.journal.conftest import Scribe


def test_each_row_stands_where_it_belongs(scribe: Scribe) -> None:
    marks = Milestones(scribe.journal)
    assert marks.turn(0) is None
    assert marks.begin(5) == 0
    scribe.client("connecting")
    scribe.asks(1, "subscriptions/listen")
    scribe.asks(7, "tools/call")
    scribe.answers(jsonrpc.request("a", "roots/list"))
    scribe.sends(jsonrpc.response("a", {}))
    scribe.fails(1)
    scribe.replies(7, {"inputRequests": {}, "resultType": "input_required"})
    scribe.client("negotiated", reason=NEW_SESSION)
    scribe.client("timed-out", request=1)
    scribe.client("cancelled", request=1)
    scribe.client("task-expired", task="t")
    scribe.answers(jsonrpc.notification("notifications/tasks", {}))
    scribe.step(Kind.PROCESS, "exited", code=1)
    scribe.client("failed", says="why")
    assert not marks.advance(1.0)
    assert marks.seen == len(scribe.journal)
    assert list(marks.requests) == [1, 2, 3]
    assert list(marks.errors) == [5]
    assert list(marks.wanting) == [6]
    assert {name: list(rows) for name, rows in marks.topics.items()} == {
        "subscriptions": [1], "level": [], "tasks": [11], "ends": [],
    }  # fmt: skip
    assert marks.given_up == {1: 8}
    assert list(marks.expired) == [10]
    assert marks.turns == [
        Turn(0, "connecting", True, ""),
        Turn(7, "connected", True, NEW_SESSION),
        Turn(12, "closed", False, ""),
        Turn(13, "failed", False, "why"),
    ]
    assert marks.turn(11) == marks.turns[1]
    assert (marks.begin(5), marks.begin(13)) == (0, 7)


def test_it_goes_on_where_it_was(scribe: Scribe) -> None:
    marks = Milestones(scribe.journal)
    for id in range(5000):
        scribe.asks(id, "tasks/get")
    assert marks.advance(0.0)
    assert 0 < marks.seen < 5000
    assert not marks.advance(10.0)
    scribe.asks(5000, "tasks/get")
    marks.advance(10.0)
    assert list(marks.requests) == list(range(5001)) == list(marks.topics["tasks"])
