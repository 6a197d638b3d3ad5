"""What the server asks back as a task: a server that polls us, as 2025-11-25 lets it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import anyio
import pytest

from inspector.journal.journal import Journal
from inspector.session import receiver
from inspector.session.answers import Policies, Raw, model_says
from inspector.session.inbox import Entry, Inbox
from inspector.session.options import Options
from inspector.session.outcome import Replied
from inspector.session.owner import Session, open_session
from inspector.transport.tap import Tap
from inspector.wire.task import META_RELATED_TASK
from inspector.wire.versions import V3, V4
from tests.session.conftest import Wire, ordinary, result, scripted

SERVES = frozenset({"sampling", "elicitation.form", "tasks"})
SAMPLED: dict[str, Any] = {"sampling": {"createMessage": {}}}
SAMPLING = {"messages": [{"role": "user", "content": {"type": "text", "text": "?"}}], "maxTokens": 9}


class Requestor:
    """A server whose tool `go` asks for sampling as a task, and then asks what it is told to ask of it.

    Args:
        then: Requests of the server, by method; each gets the task's id.
        task: What stands in `params.task`.
        more: Further parameters of what it asks of the task.
    """

    def __init__(
        self, *then: str, task: Any = None, method: str = "sampling/createMessage", **more: Any
    ) -> None:
        self.then = then
        self.more = more
        self.task = {"ttl": 60000} if task is None else task
        self.method = method
        self.told: list[dict[str, Any]] = []
        self._call: Any = None

    def call(self, message: dict[str, Any]) -> Iterator[Any]:
        self._call = message
        yield self._ask(self.method, {**SAMPLING, "task": self.task})

    def response(self, message: dict[str, Any]) -> Iterator[Any]:
        self.told.append(message)
        if message["id"] == "ask-0" and "task" in message.get("result", {}):
            for method in self.then:
                yield self._ask(method, {"taskId": message["result"]["task"]["taskId"], **self.more})
        if len(self.told) == len(self.then) + 1 or "task" not in self.told[0].get("result", {}):
            yield result(self._call, {"content": []})

    def _ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        number = 0 if method == self.method else 1 + len(self.told) + self.then.index(method)
        return {"jsonrpc": "2.0", "id": f"ask-{number}", "method": method, "params": params}

    @property
    def results(self) -> list[Any]:
        """What it was told, in order."""
        return [message.get("result", message.get("error")) for message in self.told]


async def talk(
    server: Requestor, journal: Journal, decide: Callable[[Session, Entry], object], protocol: str = V4
) -> Session:
    def initialize(message: dict[str, Any]) -> Iterable[Any]:
        return ordinary(message)

    target = scripted(tools_call=server.call, response=server.response, initialize=initialize)
    options = Options(protocol=protocol, serves=SERVES, policies=Policies.every("ask"))
    async with open_session(target, journal, options) as session:

        def heard(entry: Entry) -> None:
            if entry.waiting:
                decide(session, entry)

        session.inbox.add_listener(heard)
        with anyio.fail_after(20):
            assert isinstance(await session.call("tools/call", {"name": "go"}), Replied)
        return session


def yes(session: Session, entry: Entry) -> None:
    """Decide a little later: the server polls first."""

    async def later() -> None:
        while not session.journal.rows_with_method("tasks/result"):
            await anyio.lowlevel.checkpoint()
        session.inbox.answer(entry, model_says("Yes."))

    session.spawn(later, "later")


async def test_a_task_is_polled_and_its_result_waited_for(journal: Journal) -> None:
    server = Requestor("tasks/get", "tasks/list", "tasks/result")
    await talk(server, journal, yes)
    made, got, listed, done = server.results
    task = made["task"]
    assert task["status"] == "working"
    assert task["ttl"] == 60000
    assert {"createdAt", "lastUpdatedAt", "pollInterval"} < task.keys()
    assert got == task
    assert [each["taskId"] for each in listed["tasks"]] == [task["taskId"]]
    assert "nextCursor" not in listed
    assert done["content"]["text"] == "Yes."
    assert done["_meta"] == {META_RELATED_TASK: {"taskId": task["taskId"]}}


async def test_a_task_can_be_cancelled_once(journal: Journal) -> None:
    server = Requestor("tasks/cancel", "tasks/result", "tasks/get")
    session = await talk(server, journal, lambda session, entry: None)
    _, cancelled, result, got = server.results
    assert cancelled["status"] == got["status"] == "cancelled"
    assert result["code"] == -1
    (entry,) = session.inbox.entries
    assert (entry.state, entry.by) == ("cancelled", "server")


async def test_a_task_that_is_over_cannot_be_cancelled(journal: Journal) -> None:
    server = Requestor("tasks/cancel", "tasks/get")
    await talk(server, journal, lambda session, entry: session.inbox.decline(entry))
    _, refused, got = server.results
    assert refused["code"] == -32602
    assert got["status"] == "failed"


async def test_what_is_typed_goes_as_it_is(journal: Journal) -> None:
    server = Requestor("tasks/result")
    await talk(server, journal, lambda session, entry: session.inbox.answer(entry, Raw(b'{"odd":1.0}')))
    assert server.results[1] == {"odd": 1.0}


@pytest.mark.parametrize("task", [{}, {"ttl": True}, {"ttl": -1}, {"ttl": 1e300}, {"ttl": "x"}])
async def test_an_odd_ttl_is_ours(journal: Journal, task: Any) -> None:
    server = Requestor("tasks/get", task=task)
    await talk(server, journal, lambda session, entry: None)
    assert server.results[1]["ttl"] == receiver.LONGEST


async def test_an_expired_task_is_gone(journal: Journal) -> None:
    server = Requestor("tasks/get", task={"ttl": 0})
    await talk(server, journal, lambda session, entry: None)
    assert server.results[1]["code"] == -32602


@pytest.mark.parametrize(("method", "protocol"), [("roots/list", V4), ("sampling/createMessage", V3)])
async def test_what_is_not_declared_is_answered_without_a_task(
    journal: Journal, method: str, protocol: str
) -> None:
    server = Requestor(method=method)
    await talk(server, journal, lambda session, entry: session.inbox.decline(entry), protocol)
    assert "error" in server.told[0]


@pytest.mark.parametrize("cursor", ["x", "100", "-1", "", "0", 7])
async def test_a_cursor_that_was_never_given_is_refused(journal: Journal, cursor: Any) -> None:
    """basic/utilities/tasks, "Protocol Errors"."""
    server = Requestor("tasks/list", cursor=cursor)
    await talk(server, journal, lambda session, entry: None)
    assert server.results[1]["code"] == -32602


async def test_a_page_of_tasks_leads_to_the_next(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, wire: Wire
) -> None:
    monkeypatch.setattr(receiver, "_PAGE", 2)
    inbox = Inbox(Tap(journal), Policies.every("ask"), dict, tuple)
    tasks = receiver.Receiver(inbox, lambda: {"tasks": {"list": {}, "requests": SAMPLED}})

    def ask(method: str, **params: Any) -> Any:
        event = wire.got({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        told: list[Any] = []
        assert event.frame is not None
        assert tasks.take(event.frame, event, lambda text, failed: told.append(json.loads(text)))
        return told[0]

    made = [ask("sampling/createMessage", task={})["task"]["taskId"] for _ in range(3)]
    first = ask("tasks/list")
    rest = ask("tasks/list", cursor=first["nextCursor"])
    assert [each["taskId"] for each in (*first["tasks"], *rest["tasks"])] == made
    assert "nextCursor" not in rest


async def test_a_task_outlives_the_call_and_the_request_that_it_came_of(journal: Journal) -> None:
    """Its request is answered, so that there is nothing to cancel by `notifications/cancelled`."""

    def call(message: dict[str, Any]) -> Iterator[Any]:
        asked = {"method": "sampling/createMessage", "params": {**SAMPLING, "task": {}}}
        yield {"jsonrpc": "2.0", "id": "ask", **asked}
        yield {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "ask"}}
        yield result(message, {"content": []})

    told: list[Any] = []

    def response(message: dict[str, Any]) -> Iterator[Any]:
        told.append(message)
        if "task" in message["result"]:
            params = {"taskId": message["result"]["task"]["taskId"]}
            yield {"jsonrpc": "2.0", "id": "result", "method": "tasks/result", "params": params}
        else:
            over.set()

    over = anyio.Event()
    options = Options(protocol=V4, serves=SERVES, policies=Policies.every("ask"))
    async with open_session(scripted(tools_call=call, response=response), journal, options) as session:
        assert isinstance(await session.call("tools/call", {"name": "go"}), Replied)
        (entry,) = session.inbox.waiting
        session.inbox.answer(entry, model_says("Late."))
        with anyio.fail_after(20):
            await over.wait()
    assert told[1]["result"]["content"]["text"] == "Late."
