"""What a server asked back, folded from a conversation that is over."""

from __future__ import annotations

import json
from typing import Any

from inspector.journal import asked as asked_module
from inspector.journal import wanted
from inspector.journal.asked import Asked
from inspector.journal.question import Question
from inspector.journal.wanted import required
from inspector.wire import jsonrpc
from inspector.wire.jsonrpc import classify
from tests.journal.conftest import Scribe

FORM = {"message": "Who \x1b[31mare\u202e you?", "requestedSchema": {"type": "object"}}


def folded(scribe: Scribe) -> Asked:
    fold = Asked(scribe.reopened())
    while fold.advance(1):
        pass
    return fold


def told(fold: Asked) -> list[tuple[str, str, str]]:
    return [(each.key or each.id or "", each.state, each.by) for each in fold.questions]


def wants(**requests: Any) -> dict[str, Any]:
    return {"resultType": "input_required", "inputRequests": requests, "requestState": "s"}


def ask(method: str = "elicitation/create", **params: Any) -> dict[str, Any]:
    return {"method": method, "params": params}


def test_a_request_its_call_and_its_answer(scribe: Scribe) -> None:
    scribe.client("connecting")
    call = scribe.asks(1)
    scribe.answers(jsonrpc.request("a", "elicitation/create", FORM))
    scribe.answers(jsonrpc.request(2, "ping"))
    asked = scribe.answers(jsonrpc.request(3, "sampling/createMessage", {"messages": [{}]}))
    scribe.client("answered", by="script", state="answered", asked="sampling", request=asked.seq)
    scribe.sends(b'{"jsonrpc":"2.0","id":3,"result": {"role" :"user"}}')
    scribe.sends(jsonrpc.response("a", {"action": "decline"}))
    scribe.replies(1)
    fold = folded(scribe)
    assert told(fold) == [('"a"', "declined", ""), ("3", "answered", "script")]
    form, sample = fold.questions
    assert (form.cause, sample.cause) == (call.seq, call.seq)
    assert form.says == "Who ␛[31mare‹U+202E› you?"
    assert fold.params(form) == FORM
    assert fold.answer(sample) == b'{"role" :"user"}'
    assert (form.over or 0) > 0


def test_how_questions_end_that_nobody_answers(scribe: Scribe) -> None:
    scribe.client("connecting")
    scribe.asks(1)
    scribe.answers(jsonrpc.request(1, "roots/list"))
    scribe.answers(jsonrpc.request(2, "roots/list"))
    scribe.answers(jsonrpc.notification("notifications/cancelled", {"requestId": 1}))
    scribe.replies(1)
    late = scribe.answers(jsonrpc.request(3, "roots/list"))
    scribe.client("connecting")
    scribe.answers(jsonrpc.request(3, "roots/list"))
    fold = folded(scribe)
    assert told(fold) == [
        ("1", "cancelled", "server"),
        ("2", "expired", ""),
        ("3", "expired", ""),
        ("3", "", ""),
    ]
    assert fold.questions[2].cause == -1
    assert fold.questions[2].ident != fold.questions[3].ident
    assert late.seq == fold.questions[2].seq


def test_the_legs_of_a_call_and_their_answers(scribe: Scribe) -> None:
    scribe.client("connecting")
    first = scribe.asks(1)
    reply = scribe.replies(1, wants(who=ask(**FORM), where=ask("roots/list")))
    for key in ("where", "who"):
        scribe.client("answered", by="user", state="answered", asked="x", request=reply.seq, key=key)
    scribe.client("leg", request=first.seq, first=first.seq, id=2, number=2)
    given = b'{"inputResponses":{"who": {"a" : 1},"where":{}}}'
    second = scribe.sends(b'{"jsonrpc":"2.0","id":2,"method":"tools/call","params":%b}' % given)
    scribe.replies(2, wants(again=ask("sampling/createMessage")))
    scribe.client("cancelled", request=second.seq)
    fold = folded(scribe)
    assert told(fold) == [
        ("who", "answered", "user"),
        ("where", "answered", "user"),
        ("again", "expired", ""),
    ]
    who, where, again = fold.questions
    assert (who.leg, where.leg, again.leg) == (1, 1, 2)
    assert (who.cause, again.cause) == (first.seq, second.seq)
    assert (who.answer, again.answer) == (second.seq, -1)
    assert fold.answer(who) == b'{"a" : 1}'
    assert fold.params(who) == FORM


def test_questions_of_a_task_are_put_once(scribe: Scribe) -> None:
    scribe.client("connecting")
    task = {"taskId": "t", "status": "input_required", "inputRequests": {"k": ask(**FORM)}}
    for id in (1, 2):
        scribe.asks(id, "tasks/get", {"taskId": "t"})
        scribe.replies(id, task)
    scribe.asks(3, "tasks/update", {"taskId": "t", "inputResponses": {"k": {"action": "accept"}}})
    fold = folded(scribe)
    assert told(fold) == [("k", "answered", "")]
    assert json.loads(fold.answer(fold.questions[0])) == {"action": "accept"}


def refusal(id: int, *elicitations: Any) -> bytes:
    error = {"code": -32042, "message": "Go there", "data": {"elicitations": list(elicitations)}}
    return jsonrpc.encode({"jsonrpc": "2.0", "id": id, "error": error})


def test_urls_that_an_error_names(scribe: Scribe) -> None:
    scribe.client("connecting")
    call = scribe.asks(1)
    there = {"url": "https://x.example/", "elicitationId": "e", "message": "Log in"}
    scribe.answers(refusal(1, there, there, 3, {}))
    scribe.answers(jsonrpc.notification("notifications/elicitation/complete", {"elicitationId": "e"}))
    fold = folded(scribe)
    assert told(fold) == [("e", "answered", "server"), ("#2", "answered", "server"), ("#4", "", "")]
    (first, *_) = fold.questions
    assert (first.origin, first.cause, first.completed) == ("refusal", call.seq, True)
    assert fold.params(first) == {"mode": "url", **there}


def test_what_names_nothing() -> None:
    for data in (None, {}, {"elicitations": {}}, {"elicitations": [1, None]}):
        error = {"code": -32042, "message": "", "data": data}
        assert required(classify(jsonrpc.encode({"jsonrpc": "2.0", "id": 1, "error": error}))) == []
    assert required(classify(b"x")) == []
    for odd in (None, [], {"k": 1}):
        result = {"resultType": "input_required", "inputRequests": odd}
        frame = classify(jsonrpc.response(1, result))
        assert list(wanted.requests(frame)) == []


def test_the_stream_tells_the_call(scribe: Scribe) -> None:
    scribe.client("connecting")
    scribe.asks(1, exchange=1)
    call = scribe.asks(2, exchange=2)
    scribe.answers(jsonrpc.request(1, "roots/list"), exchange=2)
    scribe.answers(jsonrpc.request(2, "roots/list"), exchange=3)
    assert [each.cause for each in folded(scribe).questions] == [call.seq, -1]


def test_a_list_asks_nothing(scribe: Scribe) -> None:
    """A server that wants to know the roots at once is not answered by the end of a list."""
    scribe.client("connecting")
    scribe.asks(1, "tools/list")
    scribe.answers(jsonrpc.request(0, "roots/list"))
    scribe.replies(1, {"tools": []})
    (question,) = folded(scribe).questions
    assert (question.cause, question.state) == (-1, "")


def test_a_batch_asks_several(scribe: Scribe) -> None:
    scribe.client("connecting")
    scribe.answers(b"[%b,%b]" % (jsonrpc.request(1, "roots/list"), jsonrpc.request(2, "x/y", {"a": 1})))
    scribe.sends(jsonrpc.response(2, {}))
    fold = folded(scribe)
    assert [each.method for each in fold.questions] == ["roots/list", "x/y"]
    assert fold.params(fold.questions[1]) == {"a": 1}


def test_no_more_is_known_than_fits(scribe: Scribe, monkeypatch: Any) -> None:
    monkeypatch.setattr(asked_module, "MOST", 5)
    for id in range(12):
        scribe.answers(jsonrpc.request(id, "roots/list"))
    fold = folded(scribe)
    assert [each.id for each in fold.questions] == ["7", "8", "9", "10", "11"]
    assert fold.forgotten == 7


def test_growing_is_told(scribe: Scribe) -> None:
    fold = Asked(scribe.journal)
    scribe.answers(jsonrpc.request(1, "roots/list"))
    fold.advance(1)
    before = fold.revision
    assert isinstance(fold.questions[0], Question)
    fold.advance(1)
    assert fold.revision == before
    scribe.sends(jsonrpc.response(1, {"roots": []}))
    fold.advance(1)
    assert fold.revision > before


def test_a_question_that_became_a_task_of_ours_is_answered_when_it_is_decided(scribe: Scribe) -> None:
    """2025-11-25, basic/utilities/tasks: the first response is the task, and polls are no questions."""
    scribe.client("connecting")
    call = scribe.asks(1)
    for id in ("a", "b"):
        asked = scribe.answers(jsonrpc.request(id, "sampling/createMessage", {"messages": [], "task": {}}))
        scribe.sends(jsonrpc.response(id, {"task": {"taskId": f"t-{id}", "status": "working"}}))
        scribe.answers(jsonrpc.request(f"{id}-get", "tasks/get", {"taskId": f"t-{id}"}))
        scribe.sends(jsonrpc.response(f"{id}-get", {"taskId": f"t-{id}", "status": "working"}))
    scribe.answers(jsonrpc.notification("notifications/cancelled", {"requestId": "a"}))
    scribe.replies(1)  # the server goes on with them whatever became of the call
    assert told(folded(scribe)) == [('"a"', "", ""), ('"b"', "", "")]
    scribe.answers(jsonrpc.request("a-result", "tasks/result", {"taskId": "t-a"}))
    scribe.sends(jsonrpc.response("a-result", {"role": "user"}))
    scribe.answers(jsonrpc.request("b-cancel", "tasks/cancel", {"taskId": "t-b"}))
    scribe.sends(jsonrpc.response("b-cancel", {"taskId": "t-b", "status": "cancelled"}))
    fold = folded(scribe)
    assert told(fold) == [('"a"', "answered", ""), ('"b"', "cancelled", "server")]
    assert fold.answer(fold.questions[0]) == b'{"role":"user"}'
    assert fold.questions[0].cause == call.seq
    assert asked.seq == fold.questions[1].seq
