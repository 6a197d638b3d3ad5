"""One conversation as it grows: batches, URLs to visit, tasks of either side, streams."""

from __future__ import annotations

from inspector.journal.conversation import Conversations
from inspector.journal.gathering import Conversation
from inspector.wire.event import Direction, Kind
from inspector.wire.jsonrpc import encode, notification, request, response
from tests.journal.conftest import Scribe
from tests.journal.test_legs import FORM, wants


def gathered(scribe: Scribe, row: int) -> Conversation:
    found = Conversations(scribe.journal).of(row)
    assert not found.advance(1)
    return found


def test_a_batch_and_what_answers_it(scribe: Scribe) -> None:
    scribe.client("connecting")
    items = [{"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": "x"}} for id in (1, 2)]
    scribe.sends(encode(items))
    scribe.answers(encode([{"jsonrpc": "2.0", "id": id, "result": {}} for id in (1, 2)]))
    assert gathered(scribe, 1).rows == (1, 2)
    assert gathered(scribe, 2).rows == (1, 2)


def test_what_was_done_at_a_url_belongs_to_whoever_wanted_it(scribe: Scribe) -> None:
    """In a question, in a result that wants input, in an error."""

    def done(id: str) -> int:
        return scribe.answers(notification("notifications/elicitation/complete", {"elicitationId": id})).seq

    url = {"mode": "url", "url": "https://example.com", "message": "Sign in"}
    scribe.client("connecting")
    scribe.asks(1)
    scribe.answers(request(9, "elicitation/create", url | {"elicitationId": "a"}))
    scribe.sends(response(9, {"action": "accept"}))
    first = done("a")
    scribe.replies(1)
    scribe.asks(2)  # 6
    asked = {"method": "elicitation/create", "params": url | {"elicitationId": "b"}}
    scribe.replies(2, wants({"k": asked}))
    second = done("b")
    scribe.asks(3)  # 9
    error = {"code": -32042, "message": "visit", "data": {"elicitations": [url | {"elicitationId": "c"}]}}
    scribe.answers(encode({"jsonrpc": "2.0", "id": 3, "error": error}))
    third = done("c")
    done("d")
    assert gathered(scribe, 1).rows == (1, 2, 3, first, 5)
    assert gathered(scribe, 6).rows == (6, 7, second)
    assert gathered(scribe, 9).rows == (9, 10, third)


def test_an_answer_that_is_a_task_is_asked_after(scribe: Scribe) -> None:
    """2025-11-25: the client answers with a task, and the server polls it."""
    task = {"taskId": "ours", "status": "working"}
    scribe.client("connecting")
    scribe.asks(1)
    scribe.answers(request(9, "elicitation/create", {"message": "Who?"}))
    scribe.sends(response(9, {"task": task}))
    scribe.answers(request(10, "tasks/get", {"taskId": "ours"}))
    scribe.sends(response(10, task | {"status": "completed"}))
    scribe.answers(request(11, "tasks/get", {"taskId": "theirs"}))
    scribe.sends(response(11, {"taskId": "theirs", "status": "working"}))
    scribe.replies(1)
    scribe.answers(request(12, "tasks/get", {"taskId": "ours"}))  # 9: after all
    found = gathered(scribe, 1)
    assert {1, 2, 3, 4, 5, 8, 9} <= set(found.rows)
    assert found.results == (3, 5)


def test_a_call_that_wants_input_is_not_over(scribe: Scribe) -> None:
    scribe.client("connecting")
    scribe.asks(1)
    found = gathered(scribe, 1)
    assert (found.open, found.asks_back, found.over) == (True, False, False)
    scribe.replies(1, wants({"who": FORM}))
    found.advance(1)
    assert (found.open, found.asks_back, found.over) == (False, True, False)
    scribe.client("leg", first=1, request=1, id=2, number=2)
    scribe.asks(2)
    scribe.replies(2)
    found.advance(1)
    assert (found.asks_back, found.over, found.requests) == (False, True, (1, 4))


def test_a_stream_is_about_itself(scribe: Scribe) -> None:
    def http(what: str, way: Direction) -> int:
        return scribe.journal.append(Kind.HTTP, way, data={"what": what}, exchange=3).seq

    scribe.client("connecting")
    begin = http("request", Direction.C2S)
    event = scribe.step(Kind.SSE, "event", exchange=3).seq
    told = scribe.answers(notification("notifications/tools/list_changed"), exchange=3).seq
    found = gathered(scribe, told)
    assert (found.rows, found.over, found.requests) == ((begin, event, told), False, ())
    end = http("end", Direction.NONE)
    found.advance(1)
    assert (found.rows, found.over) == ((begin, event, told, end), True)


def test_a_call_that_was_withdrawn_waits_for_nothing(scribe: Scribe) -> None:
    scribe.asks(1)
    scribe.asks(2)
    cancel = scribe.sends(notification("notifications/cancelled", {"requestId": 1})).seq
    log = scribe.answers(notification("notifications/message", {"level": "info", "data": "x"})).seq
    withdrawn, other = gathered(scribe, 0), gathered(scribe, 1)
    assert (withdrawn.rows, withdrawn.open) == ((0, cancel), False)
    assert log in other.rows
    assert log not in other.shared
