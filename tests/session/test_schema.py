"""Every message that a busy session sends, held against the official schema of its version."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from jsonschema import Draft202012Validator

from inspector.journal.journal import Journal
from inspector.session import roots
from inspector.session.answers import Answers, Policies, Script
from inspector.session.levels import Levels
from inspector.session.outcome import Cancelled, Replied, TimedOut
from inspector.session.owner import Options, Session, open_session
from inspector.session.serving import SERVABLE
from inspector.session.subscriptions import Subscriptions
from inspector.session.tasks import Tasks
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.interest import Interest
from inspector.wire.jsonrpc import Frame
from inspector.wire.methods import EXTENSION_METHODS, TASKS_EXTENSION
from inspector.wire.task import META_RELATED_TASK
from inspector.wire.versions import LEGACY, META_SUBSCRIPTION_ID, V3, V4, V5
from tests.session.conftest import ordinary, result, rows, scripted
from tests.wire.conftest import SCHEMAS, Schema

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer", "default": 3}}}
FORM = {"message": "?", "requestedSchema": SCHEMA}
URL = {"mode": "url", "message": "?", "url": "https://a.example", "elicitationId": "e"}
SAMPLE = {"messages": [{"role": "user", "content": {"type": "text", "text": "?"}}], "maxTokens": 9}
CAPABILITIES: dict[str, Any] = {
    "tools": {"listChanged": True},
    "resources": {"subscribe": True, "listChanged": True},
    "prompts": {},
    "logging": {},
    "tasks": {"list": {}, "cancel": {}, "requests": {"tools": {"call": {}}}},
    "extensions": {TASKS_EXTENSION: {}},
}
TASK = {"taskId": "t", "createdAt": "2025-11-25T10:30:00Z", "lastUpdatedAt": "2025-11-25T10:30:00Z"}
ANSWERS = {
    "roots": ["/tmp", {"uri": "file:///a"}],
    "sampling": "Yes.",
    "elicitation": ["accept", "accept", "decline", {"action": "cancel"}, {"n": 7}, "accept", "accept"],
}
REFUSALS = ("JSONRPCErrorResponse", "JSONRPCError")


class Server:
    """Does all that a server of its version may: asks back, makes tasks, and wants tasks made."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.modern = version == V5
        self.asked: list[tuple[str, dict[str, Any]]] = [
            ("ping", {}),
            ("roots/list", {}),
            ("sampling/createMessage", SAMPLE),
            ("no/such", {}),
        ]
        if version in (V3, V4):
            self.asked += [("elicitation/create", FORM)] * 5
        if version == V4:
            self.asked += [
                ("elicitation/create", URL),
                ("elicitation/create", {**FORM, "_meta": {META_RELATED_TASK: {"taskId": "t"}}}),
                ("sampling/createMessage", {**SAMPLE, "task": {"ttl": 5000}}),
                ("tasks/get", {"taskId": "ours"}),
                ("tasks/result", {"taskId": "ours"}),
                ("tasks/list", {}),
                ("tasks/list", {"cursor": "x"}),
                ("tasks/cancel", {"taskId": "ours"}),
            ]
        self.left = list(self.asked)
        self.made = ""
        self.states = ["working", "input_required", "completed"]
        self.call: dict[str, Any] = {}

    def say(self, message: dict[str, Any]) -> Iterator[Any]:
        method, params = message.get("method"), message.get("params", {})
        match method:
            case "initialize":
                [reply] = ordinary(message)
                yield {**reply, "result": {**reply["result"], "capabilities": CAPABILITIES}}
            case "server/discover":
                yield result(message, {"supportedVersions": [V5], "capabilities": CAPABILITIES})
            case "tools/list" if "cursor" not in params:
                yield result(message, {"tools": [], "nextCursor": ""})
            case "resources/templates/list":
                yield result(message, {"resourceTemplates": []})
            case "subscriptions/listen":
                meta = {"_meta": {META_SUBSCRIPTION_ID: message["id"]}}
                noted = {**meta, "notifications": params["notifications"]}
                yield note("notifications/subscriptions/acknowledged", noted)
            case "tools/call":
                yield from self.called(message, params)
            case "tasks/get":
                yield result(message, {**self.task(), "resultType": "complete"})
            case "tasks/list":
                yield result(message, {"tasks": []})
            case None if "id" in message:
                got = message.get("result", {})
                self.made = got["task"]["taskId"] if "task" in got else self.made
                yield from self.next()
            case _ if "id" in message:
                yield from ordinary(message) if str(method).endswith("list") else [result(message, {})]

    def called(self, message: dict[str, Any], params: dict[str, Any]) -> Iterator[Any]:
        match params["name"]:
            case "never":
                pass
            case "task" if self.modern:
                yield result(message, {**self.task(), "resultType": "task"})
            case "task":
                yield result(message, {"task": self.task()})
            case "asks" if self.modern:
                yield result(message, self.leg(params))
            case "asks":
                self.call = message
                yield from self.next()
            case _:
                yield result(message, {"content": []})

    def task(self) -> dict[str, Any]:
        status = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        more = (
            {"inputRequests": {"k": asks("elicitation/create", FORM)}} if status == "input_required" else {}
        )
        return {**TASK, "status": status, "ttl": None, "ttlMs": None, "pollIntervalMs": 1, "pollInterval": 1,
                **(more if self.modern else {})}  # fmt: skip

    def leg(self, params: dict[str, Any]) -> dict[str, Any]:
        if "inputResponses" in params:
            return {"resultType": "complete", "content": []}
        wanted = {
            "f": asks("elicitation/create", FORM),
            "u": asks("elicitation/create", {**URL, "url": "https://b.example"}),
            "d": asks("elicitation/create", FORM),
            "c": asks("elicitation/create", FORM),
            "s": asks("sampling/createMessage", SAMPLE),
            "r": asks("roots/list", {}),
        }
        return {"resultType": "input_required", "inputRequests": wanted, "requestState": "s"}

    def next(self) -> Iterator[Any]:
        if not self.left:
            yield result(self.call, {"content": []})
            return
        method, params = self.left.pop(0)
        id = f"s-{len(self.asked) - len(self.left)}"
        given = {**params, "taskId": self.made} if params.get("taskId") == "ours" else params
        yield {"jsonrpc": "2.0", "id": id, "method": method, "params": given}


def asks(method: str, params: dict[str, Any]) -> dict[str, Any]:
    return {"method": method, "params": params}


def note(method: str, params: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, "params": params}


async def converse(session: Session, server: Server) -> None:
    """All that a session says by itself."""
    await session.list_all()
    await session.call("tools/call", {"name": "x", "arguments": {"a": 1}}, on_progress=lambda params: None)
    await session.call("prompts/get", {"name": "x", "arguments": {"a": "1"}})
    await session.call("resources/read", {"uri": "a://b"})
    levels, subscriptions = Levels(session), Subscriptions(session)
    await levels.set("warning")
    await subscriptions.want(Interest(True, True, True, ("a://b",), ("t",) if server.modern else ()))
    await subscriptions.want(Interest(True))
    outcome = await session.call("tools/call", {"name": "asks"})
    assert isinstance(outcome, Replied)
    assert outcome.result["content"] == []
    assert not server.left or server.modern
    await roots.tell(session)
    call = session.start("tools/call", {"name": "never"})
    with anyio.fail_after(20):
        while call.request is None:
            await anyio.lowlevel.checkpoint()
    call.cancel()
    assert isinstance(await call.wait(), Cancelled)
    assert isinstance(await session.call("tools/call", {"name": "never"}, timeout=0.01), TimedOut)
    if session.version in (V4, V5):
        tasks = Tasks(session, interval=0.01)
        _, task = await tasks.start({"name": "task", "arguments": {}}, ttl=5)
        assert task is not None
        assert isinstance(await tasks.follow(task), Replied)
        await tasks.cancel("t")
        if not server.modern:
            await tasks.list()
    await subscriptions.close()


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the official schemas do not lie beside this repository")
@pytest.mark.parametrize("version", [*LEGACY, V5])
async def test_what_is_sent_fits_the_schema_of_its_version(version: str, journal: Journal) -> None:
    server = Server(version)
    policies = Policies.every(Script(Answers(ANSWERS), "decline"))
    options = Options(protocol=version, serves=frozenset(SERVABLE), policies=policies)
    async with open_session(scripted(other=server.say), journal, options) as session:
        await converse(session, server)
    official = Official(version)
    sent: set[str] = set()
    for event in rows(journal):
        if event.kind is Kind.MESSAGE and event.direction is Direction.C2S and event.frame is not None:
            asked = journal.event(journal.peer(event.seq)).frame if event.frame.method is None else None
            official.hold(event.frame, json.loads(event.body), asked)
            sent.add(event.frame.method or f"answer to {asked.method if asked else '?'}")
    assert {"tools/call", "resources/templates/list", "notifications/cancelled"} < sent
    assert ("tasks/result" in sent) is (version == V4)
    assert ("answer to tasks/result" in sent) is (version == V4)
    assert ("tasks/update" in sent) is (version == V5)
    assert ("answer to sampling/createMessage" in sent) is (version != V5)


class Official:
    """One schema, as a judge of messages."""

    def __init__(self, version: str) -> None:
        document = json.loads((SCHEMAS / f"{version}.json").read_text("utf-8"))
        self.version = version
        self.schema = Schema(version, document)
        self._document = document
        self._section = "$defs" if "$defs" in document else "definitions"
        content = self.schema.defs.get("ElicitResult", {}).get("properties", {}).get("content", {})
        values = content.get("additionalProperties", {})
        for branch in values.get("anyOf", [values]):
            if "integer" in branch.get("type", ()):  # where schema.ts says number
                branch["type"] = [*branch["type"], "number"]

    def hold(self, frame: Frame, message: Any, asked: Frame | None) -> None:
        if frame.method is None:
            assert asked is not None
            assert asked.method is not None
            if frame.shape is Shape.ERROR:
                self._fits(next(name for name in REFUSALS if name in self.schema.defs), message)
            else:
                self._fits(self._result(asked, message["result"]), message["result"])
            return
        if self.version == V5 and frame.method in EXTENSION_METHODS:
            known = {member.name for member in EXTENSION_METHODS[frame.method].params}
            assert message["params"].keys() <= known | {"_meta"}
            self._fits("RequestParams", message["params"])
            return
        self._fits(self.schema.methods()[frame.method], message)
        # What the schema does not know it allows: what we send of ourselves is all known.
        known = set(self.schema.params(frame.method).every) | {"_meta"}
        if frame.method == "subscriptions/listen":
            filters = message["params"]["notifications"].keys() - {"taskIds"}  # which the extension adds
            assert filters <= self.schema.paths("SubscriptionFilter")
        assert message.get("params", {}).keys() <= known, message

    def _result(self, asked: Frame, given: Any) -> str:
        if "task" in asked.params and "task" in given:
            return "CreateTaskResult"
        if asked.method == "tasks/result":
            return "CreateMessageResult"
        special = {
            "ping": "EmptyResult",
            "elicitation/create": "ElicitResult",
            "roots/list": "ListRootsResult",
            "sampling/createMessage": "CreateMessageResult",
            "tasks/get": "GetTaskResult",
            "tasks/list": "ListTasksResult",
            "tasks/cancel": "CancelTaskResult",
        }
        return special[str(asked.method)]

    def _fits(self, name: str, value: Any) -> None:
        Draft202012Validator({**self._document, "$ref": f"#/{self._section}/{name}"}).validate(value)
