"""Tools whose schemas decide about HTTP: those that are withheld, and calls that are made once more."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.session.outcome import Cancelled, Replied, TimedOut
from inspector.session.owner import Options, Session, open_session
from inspector.transport.target import HttpTarget
from inspector.wire.event import Direction, Kind
from inspector.wire.versions import V4, V5
from tests.servers.http_hostile import JSON
from tests.servers.http_raw import Conn, Hostile, Request, serving
from tests.session.conftest import refusal, result, rows, scripted, step, steps


def tool(name: str, **properties: Any) -> dict[str, Any]:
    return {"name": name, "inputSchema": {"type": "object", "properties": properties}}


GOOD = tool("good", region={"type": "string", "x-mcp-header": "Region"})
BAD = tool("bad", region={"type": "number", "x-mcp-header": "Region"})
EVIL = {**BAD, "name": "\x1b[31mevil"}


class Server:
    """A server whose tools want headers.

    Attributes:
        tools: What it lists.
        wants: A header without which `tools/call` is refused with -32020.
        moves: What it lists once a call was refused.
        held: Set to let a second `tools/list` be answered.
    """

    def __init__(self, *tools: Any, wants: str = "", moves: list[Any] | None = None) -> None:
        self.tools = list(tools)
        self.wants = wants
        self.moves = moves
        self.held: anyio.Event | None = None

    async def __call__(self, conn: Conn, request: Request) -> None:
        message = json.loads(request.body) if request.body else {"method": request.method}
        match message["method"]:
            case "server/discover":
                answer = request.answer(supportedVersions=[V5], capabilities={"tools": {}})
            case "initialize":
                answer = request.answer(protocolVersion=V4, capabilities={"tools": {}})
            case "tools/list":
                if self.held is not None:
                    await self.held.wait()
                answer = request.answer(tools=self.tools)
            case "tools/call" if self.wants and self.wants not in request.headers:
                self.tools = self.tools if self.moves is None else self.moves
                error = {"code": -32020, "message": "header mismatch"}
                body = json.dumps({"jsonrpc": "2.0", "id": request.id, "error": error}).encode()
                await conn.respond("400 Bad Request", JSON, body)
                return
            case "tools/call":
                answer = request.answer(content=[])
            case _:
                await conn.respond("202 Accepted" if request.method == "POST" else "405 No", None)
                return
        await conn.respond("200 OK", JSON, answer)


@asynccontextmanager
async def connected(
    server: Server, journal: Journal, options: Options | None = None
) -> AsyncIterator[tuple[Session, Hostile]]:
    async with (
        serving({"mcp": server}) as running,
        open_session(HttpTarget(running.url("mcp")), journal, options) as session,
    ):
        yield session, running


def called(server: Hostile) -> list[str]:
    """The names of the tools that were called."""
    messages = [json.loads(request.body) for request in server.requests if request.body]
    return [each["params"]["name"] for each in messages if each["method"] == "tools/call"]


async def test_a_tool_with_an_illegal_annotation_is_listed_and_withheld(journal: Journal) -> None:
    async with connected(Server(GOOD, BAD), journal) as (session, server):
        listing = await session.list("tools")
        assert listing.entries == [GOOD, BAD]
        assert session.withheld("good") == []
        assert session.withheld("no such tool") == []
        (reason,) = session.withheld("bad")
        assert "number" in reason
        with pytest.raises(UsageError, match="number") as refused:
            await session.call("tools/call", {"name": "bad", "arguments": {}})
        assert "--protocol" in refused.value.next
        with pytest.raises(UsageError):
            session.start("tools/call", {"name": "bad"})
        await session.call("tools/call", {"name": "good", "arguments": {"region": "eu"}})
    assert called(server) == ["good"]


async def test_each_is_warned_of_once(journal: Journal) -> None:
    async with connected(Server(GOOD, BAD), journal) as (session, _):
        await session.list("tools")
        await session.list("tools")
    assert steps(journal).count("warning") == 1
    assert "'bad'" in step(journal, "warning")["says"]


async def test_a_call_before_any_list_asks_for_it_first(journal: Journal) -> None:
    async with connected(Server(BAD), journal) as (session, server):
        with pytest.raises(UsageError):
            await session.call("tools/call", {"name": "bad"})
    assert called(server) == []


async def test_a_start_before_any_list_is_cancelled_with_the_reason(journal: Journal) -> None:
    async with connected(Server(BAD), journal) as (session, server):
        outcome = await session.start("tools/call", {"name": "bad"}).wait()
        assert isinstance(outcome, Cancelled)
        assert "number" in outcome.reason
    assert called(server) == []


async def test_the_other_door_sends_it_all_the_same(journal: Journal) -> None:
    async with connected(Server(BAD), journal) as (session, server):
        await session.list("tools")
        await session.send_bytes(
            b'{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{"name":"bad","arguments":{"region":1}}}'
        )
        await session.call("tools/list")
    assert called(server) == ["bad"]
    assert not any("mcp-param-region" in request.headers for request in server.requests)


async def test_the_legacy_eras_know_no_such_rule(journal: Journal) -> None:
    async with connected(Server(BAD), journal, Options(protocol=V4)) as (session, server):
        await session.list("tools")
        assert session.withheld("bad") == []
        assert isinstance(await session.call("tools/call", {"name": "bad"}), Replied)
    assert called(server) == ["bad"]


async def test_nor_does_any_transport_but_http(journal: Journal) -> None:
    def discover(message: dict[str, Any]) -> Any:
        yield result(message, {"supportedVersions": [V5], "capabilities": {"tools": {}}})

    def listed(message: dict[str, Any]) -> Any:
        yield result(message, {"tools": [BAD]})

    transport = scripted(server_discover=discover, tools_list=listed, tools_call=lambda m: [refusal(m)])
    async with open_session(transport, journal) as session:
        await session.list("tools")
        assert session.withheld("bad") == []
        assert isinstance(await session.call("tools/call", {"name": "bad"}), Replied)


async def test_hostile_names_are_made_safe(journal: Journal) -> None:
    async with connected(Server(EVIL), journal) as (session, _):
        with pytest.raises(UsageError) as refused:
            await session.call("tools/call", {"name": EVIL["name"]})
    assert "\x1b" not in refused.value.message


RENAMED = tool("good", region={"type": "string", "x-mcp-header": "Area"})


@pytest.mark.parametrize("door", ["call", "start"])
async def test_a_refused_call_is_one_call_with_two_requests(door: str, journal: Journal) -> None:
    params = {"name": "good", "arguments": {"region": "eu"}}
    server = Server(GOOD, wants="mcp-param-area", moves=[RENAMED])
    async with connected(server, journal) as (session, running):
        await session.list("tools")
        if door == "call":
            outcome = await session.call("tools/call", params)
        else:
            call = session.start("tools/call", params)
            outcome = await call.wait()
            sent = [e for e in rows(journal) if e.frame and e.frame.method == "tools/call"]
            assert [event.direction for event in sent] == [Direction.C2S] * 2
            assert call.request == sent[1]
            ids = [event.frame.id for event in sent if event.frame]
            assert ids[0] != ids[1]
        assert isinstance(outcome, Replied)
        assert outcome.ok
    assert called(running) == ["good", "good"]
    assert "made once more" in step(journal, "warning")["says"]


@pytest.mark.parametrize(
    "moves",
    [None, [tool("good", region={"type": "string", "x-mcp-header": "Zone"})], [{**BAD, "name": "good"}], []],
    ids=["unchanged", "changed-in-vain", "now-illegal", "gone"],
)
async def test_but_not_for_ever(moves: list[Any] | None, journal: Journal) -> None:
    server = Server(GOOD, wants="mcp-param-area", moves=moves)
    async with connected(server, journal) as (session, running):
        outcome = await session.start("tools/call", {"name": "good", "arguments": {"region": "eu"}}).wait()
        assert isinstance(outcome, Replied)
        assert outcome.error["code"] == -32020
    assert len(called(running)) <= 2


@pytest.mark.parametrize("end", ["cancel", "timeout"])
async def test_between_two_requests_it_ends_as_any_call(end: str, journal: Journal) -> None:
    server = Server(GOOD, wants="mcp-param-area", moves=[RENAMED])
    async with connected(server, journal) as (session, running):
        await session.list("tools")
        server.held = anyio.Event()
        refused = anyio.Event()
        forget = journal.add_listener(
            lambda event: (
                refused.set()
                if event.frame and event.frame.method == "tools/list" and called(running)
                else None
            )
        )
        limit = 1.5 if end == "timeout" else 60
        call = session.start("tools/call", {"name": "good", "arguments": {"region": "eu"}}, timeout=limit)
        await refused.wait()
        assert not call.done
        if end == "cancel":
            call.cancel("enough")
        outcome = await call.wait()
        assert outcome == (Cancelled("enough") if end == "cancel" else TimedOut(limit))
        server.held.set()
        forget()
        assert isinstance(await session.call("tools/list"), Replied)
    assert called(running) == ["good"]
    assert not any(e.data.get("outcome") == "aborted" for e in rows(journal) if e.kind is Kind.HTTP)
