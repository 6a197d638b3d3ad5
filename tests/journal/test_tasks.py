"""How tasks stand, from the journal alone."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.journal import tasks as module
from inspector.journal.tasks import MOST_STEPS, MOST_TASKS, Standing, TaskStates
from inspector.wire import jsonrpc
from inspector.wire.task import META_RELATED_TASK
from tests.journal.conftest import Scribe


def task(status: str = "working", id: str = "a", **more: Any) -> dict[str, Any]:
    return {"taskId": id, "status": status, **more}


def standing(states: TaskStates, id: str = "a") -> Standing:
    states.advance(1.0)
    found = states.of(id)
    assert found is not None
    return found


def asks_and_gets(scribe: Scribe, id: int, method: str, result: Any, **params: Any) -> int:
    scribe.asks(id, method, params)
    return scribe.replies(id, result).seq


def test_a_task_of_the_core_from_creation_to_result(scribe: Scribe) -> None:
    request = scribe.asks(1, "tools/call", {"name": "x", "task": {"ttl": 60000}})
    made = scribe.replies(1, {"task": task(ttl=60000)})
    states = TaskStates(scribe.journal)
    seen = standing(states)
    assert (seen.request, seen.began, seen.expires) == (request.seq, made.t, made.t + 60)
    asks_and_gets(scribe, 2, "tasks/get", task("input_required"), taskId="a")
    scribe.answers(
        jsonrpc.notification("notifications/tasks/status", task("completed", statusMessage="done"))
    )
    last = asks_and_gets(scribe, 3, "tasks/result", {"content": []}, taskId="a")
    assert standing(states) is seen
    assert [step.status for step in seen.steps] == ["working", "input_required", "completed"]
    assert (seen.task.message, seen.result, seen.revived) == ("done", last, False)


def test_a_task_of_the_extension_holds_its_result(scribe: Scribe) -> None:
    asks_and_gets(scribe, 1, "tools/call", {"resultType": "task", **task(ttlMs=None)}, name="x")
    done = task("completed", resultType="complete", result={"content": []})
    last = asks_and_gets(scribe, 2, "tasks/get", done, taskId="a")
    scribe.answers(jsonrpc.notification("notifications/tasks", done))
    seen = standing(TaskStates(scribe.reopened()))
    assert (seen.result, seen.expires) == (last, None)


def test_a_task_that_rises_again_and_one_that_is_gone(scribe: Scribe) -> None:
    asks_and_gets(scribe, 1, "tasks/list", {"tasks": [task("cancelled"), task(id="b"), 7, {"taskId": 3}]})
    asks_and_gets(scribe, 2, "tasks/get", task("working"), taskId="a")
    scribe.asks(3, "tasks/get", {"taskId": "b"})
    scribe.fails(3, -32602, "expired")
    scribe.asks(4, "tasks/result", {"taskId": "a"})
    error = scribe.fails(4)
    states = TaskStates(scribe.journal)
    assert standing(states).revived
    assert standing(states).result == error.seq
    assert standing(states, "b").gone
    assert [each.task.id for each in states.tasks] == ["a", "b"]


def test_an_error_that_says_nothing_of_the_task_leaves_it_as_it_is(scribe: Scribe) -> None:
    """basic/utilities/tasks, "Protocol Errors": only -32602 says that there is no such task."""
    asks_and_gets(scribe, 1, "tasks/get", task("working"), taskId="a")
    for id, code in ((2, -32603), (3, -32021), (4, -32601)):
        scribe.asks(id, "tasks/get", {"taskId": "a"})
        scribe.fails(id, code, "no")
    assert not standing(TaskStates(scribe.journal)).gone


def test_what_a_task_asks_and_is_answered(scribe: Scribe) -> None:
    asks_and_gets(scribe, 1, "tools/call", {"task": task("input_required")}, name="x")
    form = {"message": "?", "_meta": {META_RELATED_TASK: {"taskId": "a"}}}
    scribe.answers(jsonrpc.request("s", "elicitation/create", form))
    scribe.sends(b'{"jsonrpc":"2.0","id":"s","result":{}}')
    inputs = {"name": {"method": "elicitation/create"}}
    asks_and_gets(scribe, 2, "tasks/get", task("input_required", inputRequests=inputs), taskId="a")
    asks_and_gets(scribe, 3, "tasks/get", task("input_required", inputRequests=inputs), taskId="a")
    scribe.asks(4, "tasks/update", {"taskId": "a", "inputResponses": {"name": {}}})
    told = [(step.kind, step.says) for step in standing(TaskStates(scribe.journal)).steps]
    assert told == [
        ("state", ""),
        ("asked", "elicitation/create"),
        ("answered", "elicitation/create"),
        ("asked", "name"),
        ("answered", "name"),
    ]


def test_that_it_expired_is_a_step(scribe: Scribe) -> None:
    asks_and_gets(scribe, 1, "tasks/get", task(ttl=10), taskId="a")
    scribe.client("task-expired", task="a", after=0.01)
    scribe.client("task-expired", task="b", after=0.01)
    scribe.client("task-expired", task=7)
    assert [step.kind for step in standing(TaskStates(scribe.journal)).steps] == ["state", "expired"]


def test_a_message_that_changes_is_a_step(scribe: Scribe) -> None:
    for id, says in enumerate(("one", "one", "two")):
        asks_and_gets(scribe, id, "tasks/get", task(statusMessage=says), taskId="a")
    states = TaskStates(scribe.journal)
    assert [step.says for step in standing(states).steps] == ["one", "two"]
    assert states.revision == 3


def test_a_task_that_was_created_before_anybody_heard_of_it(scribe: Scribe) -> None:
    times = {"createdAt": "2025-11-25T10:30:00Z", "lastUpdatedAt": "2025-11-25T10:30:40Z"}
    asks_and_gets(
        scribe, 1, "tasks/list", {"tasks": [task(ttl=60000, **times), task(id="b", ttl=30000, **times)]}
    )
    states = TaskStates(scribe.journal)
    seen = standing(states)
    assert seen.expires == seen.began + 20
    other = standing(states, "b")  # its server speaks of it beyond its time: its clock is not believed
    assert other.expires == other.began + 30


def test_what_is_kept_is_bounded(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TASKS", 2)
    for id in ("a", "b", "c"):
        scribe.answers(jsonrpc.notification("notifications/tasks", task(id=id)))
    for n in range(3 * MOST_STEPS):
        scribe.answers(
            jsonrpc.notification("notifications/tasks", task(("working", "input_required")[n % 2], "c"))
        )
    states = TaskStates(scribe.journal)
    assert len(standing(states, "c").steps) == MOST_STEPS
    assert states.of("a") is None


@pytest.mark.parametrize("result", [None, 7, [], {}, {"task": []}, {"tasks": 7}, {"taskId": "\x1b"}])
def test_what_is_no_task(scribe: Scribe, result: Any) -> None:
    for id, method in enumerate(("tools/call", "tasks/get", "tasks/list", "tasks/result", "tasks/cancel")):
        asks_and_gets(scribe, id, method, result)
        scribe.asks(100 + id, method)
        scribe.fails(100 + id)
    states = TaskStates(scribe.journal)
    states.advance(1.0)
    assert all(each.task.id == "\x1b" for each in states.tasks)


def test_texts_and_lists_of_any_size_are_kept_in_part(scribe: Scribe) -> None:
    long = "x" * 100_000
    for id in range(3):
        asks_and_gets(scribe, id, "tasks/get", task(f"{long}{id}", statusMessage=f"{long}{id}"), taskId="a")
    asked: dict[str, Any] = {"status": "input_required", "inputRequests": {long: {}}}
    asks_and_gets(scribe, 3, "tasks/get", task(**asked), taskId="a")
    seen = standing(TaskStates(scribe.journal))
    assert len(seen.steps) == 5
    assert max(len(step.says) + len(step.status) for step in seen.steps) <= 4000
    asks_and_gets(scribe, 4, "tasks/list", {"tasks": [task(id=f"t{n}") for n in range(MOST_TASKS * 3)]})
    states = TaskStates(scribe.journal)
    while states.advance(1.0):
        pass
    assert len(states.tasks) == MOST_TASKS
    assert states.tasks[-1].task.id == f"t{MOST_TASKS * 3 - 1}"
