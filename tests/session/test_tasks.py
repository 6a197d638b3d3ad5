"""Tasks of both eras, with a server of each, and with some that break what they promised.

No package serves tasks of either kind yet, so the servers are scripts after the specification's own flows.
"""

from __future__ import annotations

import json
from typing import Any

import anyio
import pytest

from inspector.journal.journal import Journal
from inspector.journal.tasks import TaskStates
from inspector.session.answers import Policies, Raw, Script
from inspector.session.outcome import Cancelled, Closed, Replied, TimedOut
from inspector.session.owner import Options, open_session
from inspector.session.peer import Answer
from inspector.session.task_ending import unwrapped
from inspector.session.tasks import Tasks
from inspector.transport.memory import MemoryTransport
from inspector.wire.methods import TASKS_EXTENSION
from inspector.wire.task import META_RELATED_TASK, Task
from inspector.wire.versions import META_CLIENT_CAPABILITIES, MISSING_CLIENT_CAPABILITY, V4, V5
from tests.session.conftest import ordinary, refusal, result, rows, scripted, steps

FORM: dict[str, Any] = {
    "method": "elicitation/create",
    "params": {"message": "Name?", "requestedSchema": {"type": "object"}},
}
CALL = {"name": "hello", "arguments": {}}
RELATED = {META_RELATED_TASK: {"taskId": "t"}}
YES = Answer({"action": "accept", "content": {"name": "Ada"}})


class Server:
    """One task, that stands as `states` says, poll after poll."""

    def __init__(self, modern: bool, *states: str, **more: Any) -> None:
        self.modern = modern
        self.states = list(states)
        self.more = more
        self.status = "working"
        self.relates = True
        self.answers: list[Any] = []
        self.waiting: Any = None

    def options(self, **more: Any) -> Options:
        return Options(protocol="auto" if self.modern else V4, **more)

    def transport(self) -> MemoryTransport:
        return scripted(
            initialize=self.initialize,
            server_discover=self.discover,
            tools_call=self.call,
            tasks_get=self.get,
            tasks_result=self.result,
            tasks_update=self.update,
            tasks_cancel=self.cancel,
            tasks_list=lambda message: [result(message, {"tasks": [self.task()]})],
            response=self.response,
        )

    def initialize(self, message: dict[str, Any]) -> list[Any]:
        [reply] = ordinary(message)
        reply["result"]["capabilities"]["tasks"] = {"list": {}, "requests": {"tools": {"call": {}}}}
        return [reply]

    def discover(self, message: dict[str, Any]) -> list[Any]:
        capabilities: dict[str, Any] = {"extensions": {TASKS_EXTENSION: {}}}
        return [result(message, {"supportedVersions": [V5], "capabilities": capabilities})]

    def task(self) -> dict[str, Any]:
        names = ("ttlMs", "pollIntervalMs") if self.modern else ("ttl", "pollInterval")
        task = {"taskId": "t", "status": self.status, names[0]: 60000, names[1]: 1, **self.more}
        if self.modern and self.status == "input_required":
            task["inputRequests"] = {"name": FORM}
        if self.modern and self.status == "completed":
            task["result"] = {"content": [], "isError": True}
        return task

    def declared(self, message: dict[str, Any]) -> bool:
        meta = message["params"].get("_meta", {})
        return TASKS_EXTENSION in meta.get(META_CLIENT_CAPABILITIES, {}).get("extensions", {})

    def call(self, message: dict[str, Any]) -> list[Any]:
        if self.modern:
            made = {**self.task(), "resultType": "task"}
            return [
                result(message, made)
                if self.declared(message)
                else refusal(message, MISSING_CLIENT_CAPABILITY)
            ]
        return [result(message, {"task": self.task()} if "task" in message["params"] else {"content": []})]

    def get(self, message: dict[str, Any]) -> list[Any]:
        if self.modern and not self.declared(message):
            return [refusal(message, MISSING_CLIENT_CAPABILITY)]
        if self.states and self.states[0] == "gone":
            return [refusal(message, -32602)]
        if self.states and not (self.status == "input_required" and not self.answers):
            self.status = self.states.pop(0)
        return [result(message, {**self.task(), **({"resultType": "complete"} if self.modern else {})})]

    def result(self, message: dict[str, Any]) -> list[Any]:
        if self.status == "input_required":
            self.waiting = message
            asked = {**FORM["params"], "_meta": RELATED} if self.relates else FORM["params"]
            return [{"jsonrpc": "2.0", "id": "s", **FORM, "params": asked}]
        return [result(message, {"content": []})]

    def response(self, message: dict[str, Any]) -> list[Any]:
        self.answers.append(message.get("result", message.get("error")))
        self.status = "completed"
        return [result(self.waiting, {"content": []})]

    def update(self, message: dict[str, Any]) -> list[Any]:
        self.answers.append(message["params"]["inputResponses"])
        return [result(message, {"resultType": "complete"})]

    def cancel(self, message: dict[str, Any]) -> list[Any]:
        self.status, self.states = "cancelled", []
        return [result(message, self.task())]


ERAS = pytest.mark.parametrize("modern", [False, True], ids=["core", "extension"])


async def begun(tasks: Tasks) -> Task:
    outcome, task = await tasks.start(CALL, ttl=60)
    assert isinstance(outcome, Replied)
    assert task is not None, outcome.error
    return task


@ERAS
async def test_from_the_call_to_the_result(modern: bool, journal: Journal) -> None:
    server = Server(modern, "working", "working", "completed")
    async with open_session(server.transport(), journal, server.options()) as session:
        tasks = Tasks(session)
        assert tasks.supported
        outcome = await tasks.follow(await begun(tasks))
        assert isinstance(outcome, Replied)
        assert outcome.ok
        assert ("result" in outcome.result) is modern
    assert steps(journal).count("→ tasks/get") == 3
    assert steps(journal).count("→ tasks/result") == (0 if modern else 1)
    states = TaskStates(journal)
    states.advance(5.0)
    [seen] = states.tasks
    assert [step.status for step in seen.steps] == ["working", "completed"]
    assert seen.result == outcome.event.seq


@ERAS
async def test_what_a_task_asks_is_asked_once_and_answered(modern: bool, journal: Journal) -> None:
    server = Server(modern, "input_required", "working", "completed")
    if not modern:
        server.states = ["input_required"]
    policies = Policies.every(Script(lambda frame: YES))
    options = server.options(serves=frozenset({"elicitation.form"}), policies=policies)
    async with open_session(server.transport(), journal, options) as session:
        tasks = Tasks(session)
        outcome = await tasks.follow(await begun(tasks))
        assert isinstance(outcome, Replied)
        assert outcome.ok
        assert len(session.inbox.entries) == 1
    # A response of its own carries the task as well ("Associating Task-Related Messages").
    assert server.answers == ([{"name": YES.result}] if modern else [{**YES.result, "_meta": RELATED}])


async def test_a_question_that_nobody_answers_ends_with_the_task(journal: Journal) -> None:
    server = Server(True, "input_required")
    options = server.options(serves=frozenset({"elicitation.form"}), policies=Policies.every("ask"))
    async with open_session(server.transport(), journal, options) as session:
        tasks = Tasks(session)
        task = await begun(tasks)
        async with anyio.create_task_group() as group:
            asked = anyio.Event()
            session.inbox.add_listener(lambda entry: asked.set())
            group.start_soon(tasks.follow, task)
            with anyio.fail_after(20):
                await asked.wait()
            [entry] = session.inbox.waiting
            assert entry.key == "name"
            cancelled = await tasks.cancel(task.id)
            assert isinstance(cancelled, Replied)
        assert len(session.inbox.waiting) == 0
    assert server.answers == []


@ERAS
async def test_a_task_that_the_server_forgot(modern: bool, journal: Journal) -> None:
    server = Server(modern, "working", "gone")
    async with open_session(server.transport(), journal, server.options()) as session:
        tasks = Tasks(session)
        outcome = await tasks.follow(await begun(tasks))
        assert isinstance(outcome, Replied)
        assert outcome.error["code"] == -32602


@ERAS
async def test_a_task_that_outlives_its_time(modern: bool, journal: Journal) -> None:
    server = Server(modern, **{"ttlMs" if modern else "ttl": 100})
    async with open_session(server.transport(), journal, server.options()) as session:
        tasks = Tasks(session)
        assert await tasks.follow(await begun(tasks)) == TimedOut(0.1)
    assert "task-expired" in steps(journal)
    assert steps(journal).count("→ tasks/get") <= 4  # no oftener than SHORTEST allows, whatever is wished


async def test_a_long_interval_is_kept_to_but_not_beyond_the_life_of_the_task(journal: Journal) -> None:
    """basic/utilities/tasks, "Getting Tasks": `pollInterval` is respected."""
    server = Server(False, pollInterval=600_000, ttl=500)
    async with open_session(server.transport(), journal, server.options()) as session:
        tasks = Tasks(session)
        following = tasks.begin(await begun(tasks))
        assert following.interval == 600
        with anyio.fail_after(20):
            assert await tasks.follow(following.task) == TimedOut(0.5)
    assert steps(journal).count("→ tasks/get") == 2


async def test_an_expired_task_of_which_the_server_knows_no_more(journal: Journal) -> None:
    server = Server(False, ttl=100)
    async with open_session(server.transport(), journal, server.options()) as session:
        tasks = Tasks(session)
        following = tasks.begin(await begun(tasks))
        journal.add_listener(
            lambda event: server.states.append("gone") if event.what == "task-expired" else None
        )
        outcome = await tasks.follow(following.task)
    assert isinstance(outcome, Replied)
    assert outcome.error["code"] == -32602


@ERAS
async def test_a_task_that_is_cancelled(modern: bool, journal: Journal) -> None:
    server = Server(modern, statusMessage="by request")
    async with open_session(server.transport(), journal, server.options()) as session:
        tasks = Tasks(session)
        task = await begun(tasks)
        await tasks.cancel(task.id)
        outcome = await tasks.follow(task)
    assert unwrapped(outcome) == Cancelled("the task was cancelled (by request)")
    assert "→ tasks/result" not in steps(journal)


@ERAS
async def test_what_a_task_came_to(modern: bool, journal: Journal) -> None:
    server = Server(modern, "completed")
    async with open_session(server.transport(), journal, server.options()) as session:
        tasks = Tasks(session)
        outcome = unwrapped(await tasks.follow(await begun(tasks)))
    assert isinstance(outcome, Replied)
    assert outcome.result == ({"content": [], "isError": True} if modern else {"content": []})
    assert outcome.tool_failed is modern
    assert outcome.raw_result.startswith(b'{"content": []')


async def test_a_task_that_failed_by_an_error(journal: Journal) -> None:
    server = Server(True, "failed", error={"code": -32603, "message": "broken"})
    async with open_session(server.transport(), journal, server.options()) as session:
        tasks = Tasks(session)
        outcome = unwrapped(await tasks.follow(await begun(tasks)))
    assert isinstance(outcome, Replied)
    assert not outcome.ok
    assert outcome.error["message"] == "broken"
    assert outcome.raw_error == b'{"code": -32603, "message": "broken"}'


@ERAS
async def test_a_question_knows_its_task_and_the_call_that_caused_it(modern: bool, journal: Journal) -> None:
    server = Server(modern, "input_required", "completed")
    options = server.options(serves=frozenset({"elicitation.form"}), policies=Policies.every("ask"))
    async with open_session(server.transport(), journal, options) as session:
        tasks = Tasks(session)
        task = await begun(tasks)
        asked = anyio.Event()
        session.inbox.add_listener(lambda entry: asked.set())
        async with anyio.create_task_group() as group:
            group.start_soon(tasks.follow, task)
            with anyio.fail_after(20):
                await asked.wait()
                [entry] = session.inbox.waiting
                assert entry.task == "t"
                assert entry.call is not None
                assert entry.call.method == "tools/call"
                assert entry.call.request is not None
                assert entry.cause == entry.call.request.seq
                session.inbox.answer(entry, YES)


@pytest.mark.parametrize("text", [b'{"action":"accept","content":{"n":1.0,"n":2}}', b"NaN"])
async def test_an_answer_goes_out_as_it_was_typed(text: bytes, journal: Journal) -> None:
    server = Server(True, "input_required")
    answers = Policies.every("ask")
    options = server.options(serves=frozenset({"elicitation.form"}), policies=answers)
    async with open_session(server.transport(), journal, options) as session:
        tasks = Tasks(session)
        await begun(tasks)
        await tasks.get("t")
        await tasks.get("t")
        [entry] = session.inbox.waiting
        sent = anyio.Event()
        journal.add_listener(lambda event: sent.set() if text in event.body else None)
        session.inbox.answer(entry, Raw(text))
        with anyio.fail_after(20):
            await sent.wait()


async def test_a_question_that_is_turned_down_ends_the_polling_and_can_be_asked_again(
    journal: Journal,
) -> None:
    server = Server(True, "input_required")
    options = server.options(serves=frozenset({"elicitation.form"}), policies=Policies.every("ignore"))
    async with open_session(server.transport(), journal, options) as session:
        tasks = Tasks(session)
        task = await begun(tasks)
        outcome = unwrapped(await tasks.follow(task))
        assert isinstance(outcome, Replied)
        assert outcome.result["status"] == "input_required"
        assert len(session.inbox.entries) == 1
        await tasks.follow(task)
        assert len(session.inbox.entries) == 2


async def test_polled_once_whoever_wants_it_and_stopped_by_a_word(journal: Journal) -> None:
    server = Server(True)
    async with open_session(server.transport(), journal, server.options()) as session:
        tasks = Tasks(session)
        task = await begun(tasks)
        following = tasks.begin(task)
        assert tasks.begin(task) is following
        assert tasks.following("t") is following
        following.stop("no longer polled")
        assert tasks.following("t") is None
        with anyio.fail_after(20):
            await following.done.wait()
        assert following.outcome == Cancelled("no longer polled")
        following.stop("once more")
        assert following.outcome == Cancelled("no longer polled")


async def test_what_may_be_called_as_a_task(journal: Journal) -> None:
    tool = {"name": "x", "execution": {"taskSupport": "optional"}}
    async with open_session(Server(False).transport(), journal, Server(False).options()) as session:
        tasks = Tasks(session)
        assert tasks.support(tool) == "optional"
        assert tasks.support({"name": "x"}) == "forbidden"
        assert tasks.lists
        assert not tasks.cancels
    async with open_session(scripted(), journal, Options(protocol=V4)) as session:
        assert Tasks(session).support(tool) == "forbidden"
    undeclared = Server(True).options(undeclared=frozenset({TASKS_EXTENSION}))
    for options, says in ((Server(True).options(), "required"), (undeclared, "forbidden")):
        async with open_session(Server(True).transport(), journal, options) as session:
            assert Tasks(session).support({"name": "x"}) == says


async def test_a_server_that_wants_a_task_of_us_gets_a_plain_answer(journal: Journal) -> None:
    """We declare no tasks: what asks for one is answered as if it did not ("Task Support and Handling")."""
    answers: list[Any] = []
    params = {**FORM["params"], "task": {"ttl": 60000}}
    asking = {"jsonrpc": "2.0", "id": "s", "method": "elicitation/create", "params": params}
    waiting: list[Any] = []

    def ask(message: dict[str, Any]) -> list[Any]:
        waiting.append(message)
        return [asking]

    def answered(message: dict[str, Any]) -> list[Any]:
        answers.append(message["result"])
        return [result(waiting[0], {"content": []})]

    options = Options(
        protocol=V4,
        serves=frozenset({"elicitation.form"}),
        policies=Policies.every(Script(lambda frame: YES)),
    )
    async with open_session(scripted(tools_call=ask, response=answered), journal, options) as session:
        outcome = await session.call("tools/call", CALL)
    assert isinstance(outcome, Replied)
    assert answers == [YES.result]


async def test_the_connection_ends_first(journal: Journal) -> None:
    server = Server(False)
    async with open_session(server.transport(), journal, server.options()) as session:
        tasks = Tasks(session)
        task = await begun(tasks)
        session.close()
        assert isinstance(await tasks.follow(task), Closed)


async def test_a_call_that_is_done_at_once_and_the_list_of_tasks(journal: Journal) -> None:
    server = Server(False)
    async with open_session(server.transport(), journal, server.options()) as session:
        assert (await Tasks(session).list()).entries == [server.task()]
    plain = scripted(tools_call=lambda message: [result(message, {"content": []})])
    async with open_session(plain, journal, Options(protocol=V4)) as session:
        tasks = Tasks(session)
        assert not tasks.supported
        outcome, task = await tasks.start(CALL)
        assert isinstance(outcome, Replied)
        assert task is None


async def test_a_notice_brings_the_next_poll(journal: Journal) -> None:
    """Between polls of a minute, the server says that the task is done."""
    server = Server(True, pollIntervalMs=60000)

    def ping(message: dict[str, Any]) -> list[Any]:
        server.states = ["completed"]
        params = {**server.task(), "status": "completed"}
        return [{"jsonrpc": "2.0", "method": "notifications/tasks", "params": params}, result(message, {})]

    serving = scripted(
        server_discover=server.discover, tools_call=server.call, tasks_get=server.get, ping=ping
    )
    async with open_session(serving, journal, server.options()) as session:
        tasks = Tasks(session)
        task = await begun(tasks)
        with anyio.fail_after(20):
            async with anyio.create_task_group() as group:
                group.start_soon(tasks.follow, task)
                await anyio.wait_all_tasks_blocked()
                await session.call("ping")
    assert steps(journal).count("→ tasks/get") == 1
    assert any(event.frame and event.frame.method == "notifications/tasks" for event in rows(journal))


@pytest.mark.parametrize("odd", ["NaN", "1e999", "9" * 6000, "[" * 400 + "]" * 400])
async def test_a_question_of_a_task_may_hold_what_json_cannot_be_written_of(
    odd: str, journal: Journal
) -> None:
    server = Server(True, "input_required", "completed")

    def get(message: dict[str, Any]) -> list[Any]:
        [reply] = server.get(message)
        return [json.dumps(reply).replace('"Name?"', f'"Name?", "odd": {odd}').encode()]

    transport = scripted(
        server_discover=server.discover, tools_call=server.call, tasks_get=get, tasks_update=server.update
    )
    options = server.options(serves=frozenset({"elicitation.form"}), policies=Policies.every("decline"))
    async with open_session(transport, journal, options) as session:
        outcome = await Tasks(session).follow(await begun(Tasks(session)))
        assert isinstance(outcome, Replied)
        [entry] = session.inbox.entries
        assert (entry.kind, entry.state) == ("elicitation-form", "declined")
