"""The results of one capability, found in a journal: by name or URI, oldest first, legs left out."""

from __future__ import annotations

from typing import Any

from inspector.journal.journal import Journal
from inspector.journal.results import Results, Subject, subject_of
from inspector.wire.event import Direction, Kind
from inspector.wire.jsonrpc import encode

ADD = Subject("tools/call", "add")


def call(journal: Journal, id: int, method: str, params: dict[str, Any], **reply: Any) -> None:
    message = {"jsonrpc": "2.0", "id": id}
    journal.append(Kind.MESSAGE, Direction.C2S, encode({**message, "method": method, "params": params}))
    if reply:
        journal.append(Kind.MESSAGE, Direction.S2C, encode({**message, **reply}))


def session() -> Journal:
    journal = Journal.create()
    call(journal, 1, "tools/call", {"name": "add", "arguments": {"a": 1}}, result={"content": [1]})
    call(journal, 2, "tools/call", {"name": "sub"}, result={"content": []})
    call(journal, 3, "tools/call", {"name": "add"}, result={"resultType": "input_required"})
    call(journal, 4, "tools/call", {"name": "add"}, error={"code": 1, "message": "no"})
    call(journal, 5, "resources/read", {"uri": "x:y"}, result={"contents": []})
    call(journal, 6, "tools/call", {"name": "add"}, result={"content": [2], "isError": True})
    call(journal, 10, "tools/call", {"name": "add"}, result={"task": {"taskId": "1"}})
    call(journal, 11, "tools/call", {"name": "add"}, result={"resultType": "task", "taskId": "1"})
    call(journal, 7, "tools/call", {"name": "add"})
    call(journal, 8, "tools/call", {"name": ["add"]}, result={})
    return journal


def test_the_results_of_one_tool() -> None:
    results = Results(session(), ADD)
    assert not results.advance(1)
    assert [(answer.reply - answer.request, answer.given) for answer in results.found] == [
        (1, {"a": 1}),
        (1, None),
    ]
    assert [results.result(answer)["content"] for answer in results.found] == [[1], [2]]


def test_what_comes_later_is_found_later() -> None:
    journal = session()
    results = Results(journal, Subject("resources/read", "x:y"))
    results.advance(1)
    call(journal, 9, "resources/read", {"uri": "x:y"}, result={"contents": [1]})
    assert len(results.found) == 1
    results.advance(1)
    assert len(results.found) == 2


def test_the_subject_of_a_row() -> None:
    journal = session()
    assert subject_of(journal, 0) == subject_of(journal, 1) == ADD
    assert subject_of(journal, 8) == Subject("resources/read", "x:y")
    last = len(journal) - 1
    for row in (-1, last, last + 1):
        assert subject_of(journal, row) is None
    journal.append(Kind.CLIENT, data={"what": "connecting"})
    assert subject_of(journal, last + 1) is None
