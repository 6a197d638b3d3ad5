"""Subscriptions of both eras: with real servers, and with some that break what they promised."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import anyio
import pytest

from inspector.journal.journal import Journal
from inspector.session.outcome import Replied
from inspector.session.owner import Options, Session, open_session
from inspector.session.subscriptions import ATTEMPTS, Subscriptions
from inspector.transport.target import HttpTarget, StdioTarget, Target
from inspector.wire.interest import Interest
from inspector.wire.methods import TASKS_EXTENSION
from inspector.wire.versions import (
    META_CLIENT_CAPABILITIES,
    META_SUBSCRIPTION_ID,
    MISSING_CLIENT_CAPABILITY,
    V4,
    V5,
)
from tests.conftest import SERVERS
from tests.servers.http_raw import Conn, Request, serving
from tests.session.conftest import refusal, result, scripted, steps
from tests.transport.http_talk import served

SCRIPT = "changing.py"
TEXT = "test://text"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(SCRIPT) as found:
        yield found


@pytest.fixture(params=["stdio", "http"])
def target(request: pytest.FixtureRequest) -> Target:
    if request.param == "stdio":
        return StdioTarget((sys.executable, str(SERVERS / SCRIPT), "stdio"))
    return HttpTarget(str(request.getfixturevalue("url")))


async def tool(session: Session, name: str, /, **arguments: Any) -> None:
    outcome = await session.call("tools/call", {"name": name, "arguments": arguments})
    assert isinstance(outcome, Replied), outcome
    assert outcome.ok, outcome.error
    assert not outcome.tool_failed, outcome.result


def state(subscriptions: Subscriptions) -> str:
    return subscriptions.state


class Ears:
    """What a session heard, and a way to wait for it."""

    def __init__(self, session: Session) -> None:
        self.heard: list[str] = []
        self._more = anyio.Event()
        session.hear(lambda noticed: self._take(str(noticed.frame.method)))

    def _take(self, method: str) -> None:
        self.heard.append(method)
        self._more.set()
        self._more = anyio.Event()

    async def until(self, method: str, times: int = 1) -> None:
        with anyio.fail_after(20):
            while self.heard.count(method) < times:
                await self._more.wait()


CHANGED, UPDATED = "notifications/tools/list_changed", "notifications/resources/updated"
ACK = "notifications/subscriptions/acknowledged"


@pytest.mark.parametrize("protocol", ["auto", V4])
async def test_being_told_of_changes(target: Target, protocol: str, journal: Journal) -> None:
    async with open_session(target, journal, Options(protocol=protocol)) as session:
        ears, subscriptions = Ears(session), Subscriptions(session)
        await tool(session, "touch", uri=TEXT)
        await subscriptions.want(Interest(tools=True, uris=(TEXT,)))
        assert (subscriptions.state, subscriptions.says) == ("open", "")
        assert subscriptions.honoured == Interest(tools=True, uris=(TEXT,))
        assert not subscriptions.missing
        await tool(session, "touch", uri=TEXT)
        await ears.until(UPDATED)
        await tool(session, "grow", name="later")
        await ears.until(CHANGED)
        await subscriptions.want(Interest(tools=True))
        assert subscriptions.honoured == Interest(tools=True)
        await tool(session, "touch", uri=TEXT)
        await tool(session, "grow", name="more")
        await ears.until(CHANGED, 2)
        assert ears.heard.count(UPDATED) == 1
        await subscriptions.close()
        assert state(subscriptions) == "none"
    told = steps(journal)
    if protocol == V4:
        assert "→ resources/subscribe" in told
        assert "→ resources/unsubscribe" in told
    else:
        assert told.count("→ subscriptions/listen") == 2
        assert ("→ notifications/cancelled" in told) is isinstance(target, StdioTarget)


async def test_a_refused_resource_and_a_list_that_never_changes(target: Target, journal: Journal) -> None:
    async with open_session(target, journal, Options(protocol=V4)) as session:
        subscriptions = Subscriptions(session)
        await subscriptions.want(Interest(prompts=True, uris=(TEXT, "test://forbidden")))
        assert subscriptions.honoured == Interest(uris=(TEXT,))
        assert subscriptions.missing == Interest(prompts=True, uris=("test://forbidden",))
        assert list(subscriptions.refused) == ["test://forbidden"]
        assert subscriptions.refused["test://forbidden"]


async def test_the_server_ends_a_subscription_in_good_order(target: Target, journal: Journal) -> None:
    async with open_session(target, journal) as session:
        subscriptions = Subscriptions(session)
        await subscriptions.want(Interest(tools=True))
        stream = subscriptions.stream
        assert stream is not None
        await tool(session, "hang_up")
        with anyio.fail_after(20):
            await stream.wait()
            while state(subscriptions) == "open":
                await anyio.lowlevel.checkpoint()
        assert state(subscriptions) == "ended"
        assert subscriptions.honoured is None
    assert steps(journal).count("→ subscriptions/listen") == 1


async def test_a_server_without_subscriptions_refuses(journal: Journal) -> None:
    target = StdioTarget((sys.executable, str(SERVERS / "fastmcp_server.py"), "stdio"))
    async with open_session(target, journal) as session:
        assert session.version == V5
        subscriptions = Subscriptions(session)
        await subscriptions.want(Interest(tools=True))
        assert state(subscriptions) in ("refused", "open")
        assert bool(subscriptions.says) is (subscriptions.state == "refused")


# Servers in this process


def discovered(message: dict[str, Any]) -> list[Any]:
    return [result(message, {"supportedVersions": [V5], "capabilities": {}, "resultType": "complete"})]


def acknowledged(id: Any, **notifications: Any) -> dict[str, Any]:
    meta = {} if id is None else {"_meta": {META_SUBSCRIPTION_ID: id}}
    return {"jsonrpc": "2.0", "method": ACK, "params": {**meta, "notifications": notifications}}


async def test_the_honoured_subset_beside_what_was_asked(journal: Journal) -> None:
    def listen(message: dict[str, Any]) -> list[Any]:
        return [acknowledged(message["id"], toolsListChanged=True, resourceSubscriptions=["a"])]

    transport = scripted(server_discover=discovered, subscriptions_listen=listen)
    async with open_session(transport, journal) as session:
        subscriptions = Subscriptions(session)
        await subscriptions.want(Interest(tools=True, prompts=True, uris=("a", "b"), tasks=("t",)))
        assert state(subscriptions) == "open"
        assert subscriptions.missing == Interest(prompts=True, uris=("b",), tasks=("t",))


@pytest.mark.parametrize("id", [None, "own", "text", 99, True, {}])
async def test_an_acknowledgement_with_an_odd_id(id: Any, journal: Journal) -> None:
    def listen(message: dict[str, Any]) -> list[Any]:
        spelled = {"own": message["id"], "text": str(message["id"])}.get(id, id) if id != {} else id
        return [acknowledged(spelled, toolsListChanged=True)]

    transport = scripted(server_discover=discovered, subscriptions_listen=listen)
    ours = id in (None, "own", "text")
    async with open_session(transport, journal) as session:
        session.options = Options(timeout=60 if ours else 0.3)
        subscriptions = Subscriptions(session)
        await subscriptions.want(Interest(tools=True))
        assert state(subscriptions) == ("open" if ours else "opening")
        assert bool(subscriptions.says) is not ours


async def test_a_late_acknowledgement_counts(journal: Journal) -> None:
    ids: list[Any] = []

    def listen(message: dict[str, Any]) -> list[Any]:
        ids.append(message["id"])
        return []

    def ping(message: dict[str, Any]) -> list[Any]:
        return [acknowledged(ids[0], toolsListChanged=True), result(message, {})]

    transport = scripted(server_discover=discovered, subscriptions_listen=listen, ping=ping)
    async with open_session(transport, journal) as session:
        session.options = Options(timeout=0.3)
        subscriptions = Subscriptions(session)
        await subscriptions.want(Interest(tools=True))
        assert state(subscriptions) == "opening"
        await session.call("ping", timeout=20)
        assert state(subscriptions) == "open"
        assert subscriptions.honoured == Interest(tools=True)


async def test_a_refusal_leaves_what_there_was(journal: Journal) -> None:
    def listen(message: dict[str, Any]) -> list[Any]:
        if "resourceSubscriptions" in message["params"]["notifications"]:
            return [refusal(message, -32602)]
        return [acknowledged(message["id"], toolsListChanged=True)]

    transport = scripted(server_discover=discovered, subscriptions_listen=listen)
    async with open_session(transport, journal) as session:
        subscriptions = Subscriptions(session)
        await subscriptions.want(Interest(uris=("a",)))
        assert (subscriptions.state, subscriptions.says) == ("refused", "no")
        await subscriptions.want(Interest(tools=True))
        await subscriptions.want(Interest(tools=True, uris=("a",)))
        assert state(subscriptions) == "open"
        assert subscriptions.wanted == Interest(tools=True)
        assert subscriptions.says == "the server did not agree to more: no"


async def test_the_server_cancels_the_subscription(journal: Journal) -> None:
    """2026-07-28, basic/patterns/cancellation, has it so, over stdio."""
    ids: list[Any] = []

    def listen(message: dict[str, Any]) -> list[Any]:
        ids.append(message["id"])
        return [acknowledged(message["id"], toolsListChanged=True)]

    def ping(message: dict[str, Any]) -> list[Any]:
        note = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": ids[0]}}
        return [note, result(message, {})]

    transport = scripted(server_discover=discovered, subscriptions_listen=listen, ping=ping)
    async with open_session(transport, journal) as session:
        subscriptions = Subscriptions(session)
        await subscriptions.want(Interest(tools=True))
        await session.call("ping")
        with anyio.fail_after(20):
            while state(subscriptions) == "open":
                await anyio.lowlevel.checkpoint()
        assert state(subscriptions) == "ended"
    # Only what is believed to be in progress is cancelled ("Behavior Requirements").
    assert "→ notifications/cancelled" not in steps(journal)


async def test_tasks_are_listened_to_with_their_extension_declared(journal: Journal) -> None:
    """SEP-2663, "Task Status Notifications": who does not declare it gets -32021."""

    def listen(message: dict[str, Any]) -> list[Any]:
        declared = message["params"]["_meta"][META_CLIENT_CAPABILITIES]
        seen.append(declared)
        if "taskIds" in message["params"]["notifications"] and TASKS_EXTENSION not in declared["extensions"]:
            return [refusal(message, MISSING_CLIENT_CAPABILITY)]
        return [acknowledged(message["id"], **message["params"]["notifications"])]

    seen: list[Any] = []
    transport = scripted(server_discover=discovered, subscriptions_listen=listen)
    async with open_session(transport, journal, Options(serves=frozenset({"roots"}))) as session:
        subscriptions = Subscriptions(session)
        await subscriptions.want(Interest(tools=True))
        await subscriptions.want(Interest(tools=True, tasks=("t",)))
        assert subscriptions.honoured == Interest(tools=True, tasks=("t",))
    assert seen == [{"roots": {}}, {"roots": {}, "extensions": {TASKS_EXTENSION: {}}}]


async def test_an_error_after_the_acknowledgement_is_an_end(journal: Journal) -> None:
    ids: list[Any] = []

    def listen(message: dict[str, Any]) -> list[Any]:
        ids.append(message["id"])
        return [acknowledged(message["id"], toolsListChanged=True)]

    def ping(message: dict[str, Any]) -> list[Any]:
        return [refusal({"id": ids[0]}, -32000), result(message, {})]

    transport = scripted(server_discover=discovered, subscriptions_listen=listen, ping=ping)
    async with open_session(transport, journal) as session:
        subscriptions = Subscriptions(session)
        await subscriptions.want(Interest(tools=True))
        await session.call("ping")
        with anyio.fail_after(20):
            while state(subscriptions) == "open":
                await anyio.lowlevel.checkpoint()
        assert (state(subscriptions), subscriptions.says) == ("ended", "no")


async def test_of_several_wishes_only_the_last_is_asked_for(journal: Journal) -> None:
    wants = [Interest(tools=True), Interest(prompts=True), Interest(resources=True)]

    def listen(message: dict[str, Any]) -> list[Any]:
        return [acknowledged(message["id"], **message["params"]["notifications"])]

    transport = scripted(server_discover=discovered, subscriptions_listen=listen)
    async with open_session(transport, journal) as session:
        subscriptions = Subscriptions(session)
        async with anyio.create_task_group() as tasks:
            for want in wants:
                tasks.start_soon(subscriptions.want, want)
        assert subscriptions.honoured == subscriptions.desired == wants[-1]
    assert steps(journal).count("→ subscriptions/listen") <= 2


async def test_a_connection_that_is_over(journal: Journal) -> None:
    transport = scripted(server_discover=discovered)
    async with open_session(transport, journal) as session:
        subscriptions = Subscriptions(session)
        session.close()
        await subscriptions.want(Interest(tools=True))
        assert state(subscriptions) == "lost"


async def test_a_lost_stream_is_asked_for_again_with_a_new_id_and_not_for_ever(journal: Journal) -> None:
    ids: list[Any] = []

    async def dropping(conn: Conn, request: Request) -> None:
        asked = json.loads(request.body)
        if asked["method"] != "subscriptions/listen":
            [answer] = discovered(asked)
            await conn.respond("200 OK", "application/json", json.dumps(answer).encode())
            return
        ids.append(asked["id"])
        await conn.stream()
        ack = json.dumps(acknowledged(asked["id"], toolsListChanged=True)).encode()
        await conn.chunk(b"data: " + ack + b"\n\n")
        conn.reset() if len(ids) % 2 else conn.hang_up()

    async with (
        serving({"mcp": dropping}) as server,
        open_session(HttpTarget(server.url("mcp")), journal) as session,
    ):
        subscriptions = Subscriptions(session, delay=0.0)
        await subscriptions.want(Interest(tools=True))
        with anyio.fail_after(20):
            while len(ids) < 1 + ATTEMPTS or state(subscriptions) != "lost":
                await anyio.wait_all_tasks_blocked()
        await session.call("server/discover")
        assert len(ids) == len(set(ids)) == 1 + ATTEMPTS
        assert subscriptions.says
        assert subscriptions.honoured is None
