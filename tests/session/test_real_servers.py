"""Servers as people write them, with the `mcp` and `fastmcp` packages: both transports, both eras."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from inspector.journal.journal import Journal
from inspector.session.dialect import Handshake
from inspector.session.outcome import Cancelled, Replied
from inspector.session.owner import Options, Session, open_session
from inspector.transport.target import HttpKind, HttpTarget, StdioTarget, Target
from inspector.wire.event import Direction, Kind
from inspector.wire.versions import LEGACY, UNSUPPORTED_VERSION, V4, V5, era
from tests.conftest import SERVERS
from tests.session.conftest import rows, steps
from tests.transport.http_talk import served

SCRIPTS = ("mcp2_server.py", "fastmcp_server.py")


@pytest.fixture(scope="module", params=SCRIPTS)
def script(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def url(script: str) -> Iterator[str]:
    with served(script) as found:
        yield found


@pytest.fixture(params=["stdio", "http"])
def target(request: pytest.FixtureRequest, script: str) -> Target:
    if request.param == "stdio":
        return StdioTarget((sys.executable, str(SERVERS / script), "stdio"))
    return HttpTarget(str(request.getfixturevalue("url")))


async def tool(session: Session, name: str, **arguments: Any) -> Replied:
    outcome = await session.call("tools/call", {"name": name, "arguments": arguments})
    assert isinstance(outcome, Replied), outcome
    return outcome


@pytest.mark.parametrize("protocol", ["auto", V4])
async def test_everything_that_a_server_offers(target: Target, protocol: str, journal: Journal) -> None:
    seen: list[Any] = []
    async with open_session(target, journal, Options(protocol=protocol)) as session:
        assert session.version == (V5 if protocol == "auto" else V4)
        assert session.era == era(session.version)
        listings = await session.list_all()
        assert set(listings) == {"tools", "resources", "templates", "prompts"}
        assert all(listing.ok and listing.entries and not listing.warnings for listing in listings.values())
        assert (await tool(session, "add", a=2, b=40)).result["content"][0]["text"] == "42"
        assert (await tool(session, "fail")).result["isError"] is True
        assert (await tool(session, "weather", city="Oslo")).result["structuredContent"]["city"] == "Oslo"
        read = await session.call("resources/read", {"uri": "test://greeting/Æsa"})
        assert isinstance(read, Replied)
        assert read.ok, read.error
        prompt = await session.call("prompts/get", {"name": "review", "arguments": {"code": "1"}})
        assert isinstance(prompt, Replied)
        assert prompt.ok
        unknown = await session.call("no/such")
        assert isinstance(unknown, Replied)
        assert unknown.error["code"] in (-32601, -32602)
        slow = {"name": "slow", "arguments": {"n": 3, "wait": 0}}
        await session.call("tools/call", slow, on_progress=lambda params: seen.append(params["progress"]))
        assert seen == [1, 2, 3]
    assert "warning" not in steps(journal)
    flawed = [event for event in rows(journal) if event.faults]
    assert flawed == []


@pytest.mark.parametrize("protocol", ["auto", V4])
async def test_cancelling_in_the_way_of_the_era(target: Target, protocol: str, journal: Journal) -> None:
    async with open_session(target, journal, Options(protocol=protocol)) as session:
        started = None
        call = session.start("tools/call", {"name": "slow", "arguments": {"n": 1000, "wait": 0.05}})
        while call.progress is None:
            started = await tool(session, "echo", text="x")
        assert started is None or started.ok
        call.cancel("enough")
        assert await call.wait() == Cancelled("enough")
        assert (await tool(session, "echo", text="still here")).ok
    told = "→ notifications/cancelled" in steps(journal)
    over_http = isinstance(target, HttpTarget)
    assert told is not (over_http and protocol == "auto")
    if over_http and protocol == "auto":
        assert call.request is not None
        ends = [event for event in rows(journal) if event.kind is Kind.HTTP and event.what == "end"]
        outcomes = {event.exchange: event.data["outcome"] for event in ends}
        assert outcomes[call.request.exchange] == "aborted"


@pytest.mark.parametrize("version", LEGACY)
async def test_each_legacy_version_can_be_forced(url: str, version: str, journal: Journal) -> None:
    async with open_session(HttpTarget(url), journal, Options(protocol=version)) as session:
        assert session.version == version
        assert (await tool(session, "echo", text="hi")).ok
    assert "probing" not in steps(journal)


async def test_the_headers_of_the_modern_era(url: str, journal: Journal) -> None:
    async with open_session(HttpTarget(url), journal) as session:
        await tool(session, "echo", text="hi")
    sent = [dict(e.data["headers"]) for e in rows(journal) if e.kind is Kind.HTTP and e.what == "request"]
    lowered = [{name.lower(): value for name, value in headers.items()} for headers in sent]
    assert all(headers["mcp-protocol-version"] == V5 for headers in lowered)
    assert [headers["mcp-method"] for headers in lowered] == ["server/discover", "tools/list", "tools/call"]
    assert lowered[-1]["mcp-name"] == "echo"


async def test_the_legacy_session_over_http(url: str, journal: Journal) -> None:
    async with open_session(HttpTarget(url), journal, Options(protocol=V4)) as session:
        await tool(session, "echo", text="hi")
    asked = [e.data for e in rows(journal) if e.kind is Kind.HTTP and e.what == "request"]
    methods = [data["method"] for data in asked]
    assert methods[0] == "POST"
    assert "GET" in methods
    assert methods[-1] == "DELETE"
    first, second = ({name.lower() for name, _ in data["headers"]} for data in asked[:2])
    assert "mcp-protocol-version" not in first
    assert {"mcp-protocol-version", "mcp-session-id"} <= second
    assert not any(name.lower().startswith("mcp-method") for data in asked for name, _ in data["headers"])


async def test_a_process_is_bound_to_the_era_of_its_first_request(journal: Journal) -> None:
    """What makes a late answer to the probe worth honouring."""
    target = StdioTarget((sys.executable, str(SERVERS / "mcp2_server.py"), "stdio"))
    async with open_session(target, journal) as session:
        refused = await session.call("initialize", Handshake(V4).initialize())
        assert isinstance(refused, Replied)
        assert refused.error["code"] == UNSUPPORTED_VERSION
        assert (await tool(session, "echo", text="hi")).ok


@pytest.fixture(scope="module")
def sse_url(script: str) -> Iterator[str]:
    with served(script, "sse") as found:
        yield found


@pytest.mark.parametrize("transport", ["auto", "sse"])
async def test_the_transport_of_2024(sse_url: str, transport: HttpKind, journal: Journal) -> None:
    seen: list[Any] = []
    async with open_session(HttpTarget(sse_url, transport=transport), journal) as session:
        assert session.version == V4
        listings = await session.list_all()
        assert all(listing.ok and listing.entries for listing in listings.values())
        slow = {"name": "slow", "arguments": {"n": 3, "wait": 0}}
        await session.call("tools/call", slow, on_progress=lambda params: seen.append(params["progress"]))
        assert seen == [1, 2, 3]
        call = session.start("tools/call", {"name": "slow", "arguments": {"n": 1000, "wait": 0.05}})
        while call.progress is None:
            await tool(session, "echo", text="x")
        call.cancel("enough")
        assert (await tool(session, "echo", text="still here")).ok
    asked = [
        e for e in rows(journal) if e.frame and e.frame.method and e.frame.id and e.direction is Direction.C2S
    ]
    fared = {journal.status(event.seq).word for event in asked if event.conn == asked[-1].conn}
    assert fared == {"ok", "cancelled"}
    assert [event for event in rows(journal) if event.faults and event.kind is not Kind.HTTP] == []
    ways = [dict(e.data["target"]).get("via") for e in rows(journal) if e.what == "connecting"]
    assert ways == ([None, "sse"] if transport == "auto" else [None])
