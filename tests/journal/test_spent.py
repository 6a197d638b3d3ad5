"""Where the time of a call went."""

from __future__ import annotations

from inspector.journal.conversation import Conversations
from inspector.journal.spent import Spent, Wait, spent
from inspector.wire.event import Kind
from inspector.wire.jsonrpc import request, response
from tests.journal.conftest import Scribe
from tests.journal.test_legs import trip


def of(scribe: Scribe, row: int) -> Spent:
    conversation = Conversations(scribe.journal).of(row)
    conversation.advance(1)
    return spent(scribe.journal, conversation)


def test_legs_wait_for_whoever_answers(scribe: Scribe) -> None:
    """Rows are a second apart: asked at 3, sent again at 7; asked at 8, sent again at 11, answered at 12."""
    trip(scribe)
    found = of(scribe, 1)
    assert (found.total, found.user, found.answers, found.server) == (10, 4, 3, 3)
    assert [(wait.begin, wait.end, wait.by) for wait in found.waits] == [(3, 7, "user"), (8, 11, "")]
    assert found.waited(3, 7) == found.waits[0]
    assert found.waited(1, 20) is None


def test_waits_that_overlap_count_once(scribe: Scribe) -> None:
    scribe.client("connecting")
    scribe.asks(1)
    for id in (7, 8):
        scribe.answers(request(id, "elicitation/create", {}))
    for row in (2, 3):
        scribe.client("answered", by="user", state="answered", request=row)
    for id in (7, 8):
        scribe.sends(response(id, {"action": "accept"}))
    scribe.replies(1)
    found = of(scribe, 1)
    assert (found.total, found.user, found.server) == (7, 5, 2)


def test_how_it_may_end(scribe: Scribe) -> None:
    scribe.client("connecting")
    scribe.asks(1)
    scribe.client("timed-out", request=1, after=1)
    scribe.asks(2)
    assert of(scribe, 1).total == 1
    assert of(scribe, 3).total is None
    assert of(scribe, 3).server is None
    scribe.step(Kind.PROCESS, "exited", code=1)
    assert of(scribe, 3).total == 1
    assert of(scribe, 0).total == 0


def test_a_task_ends_with_its_result(scribe: Scribe) -> None:
    task = {"taskId": "t", "status": "working"}
    scribe.client("connecting")
    scribe.asks(1)
    scribe.replies(1, {"task": task})
    assert of(scribe, 1).waits == ()
    scribe.asks(2, "tasks/get", {"taskId": "t"})
    scribe.replies(2, task | {"status": "completed"})
    scribe.asks(3, "tasks/result", {"taskId": "t"})
    scribe.replies(3, {"content": []})
    assert of(scribe, 1).total == 5


def test_a_wait_that_goes_on(scribe: Scribe) -> None:
    scribe.client("connecting")
    scribe.asks(1)
    scribe.answers(request(7, "elicitation/create", {}))
    found = of(scribe, 1)
    assert found.waits == (Wait(3, None, ""),)
    assert found.waited(4, 5) == found.waits[0]
