"""What each version wants of HTTP, as a server sees it: headers, sessions, streams, batches."""

from __future__ import annotations

import json

import pytest

from inspector.journal.journal import Journal
from inspector.session.outcome import Cancelled, HttpFailed, Replied
from inspector.session.owner import Options, open_session
from inspector.transport.target import HttpTarget
from inspector.wire.event import Kind
from inspector.wire.versions import LEGACY, V1, V2, V5
from tests.servers.http_hostile import JSON
from tests.servers.http_raw import Behaviour, Conn, Request, serving
from tests.session.conftest import rows, steps


def speaking(version: str, session: str = "s-1") -> Behaviour:
    """A server of one version that gives sessions in each, also where there are none."""

    async def behaviour(conn: Conn, request: Request) -> None:
        method = json.loads(request.body).get("method") if request.body else request.method
        match method:
            case "GET" | "DELETE":
                await conn.respond("405 Method Not Allowed", None)
            case "initialize":
                answer = request.answer(protocolVersion=version, capabilities={})
                await conn.respond("200 OK", JSON, answer, f"Mcp-Session-Id: {session}")
            case "server/discover":
                answer = request.answer(supportedVersions=[version], capabilities={})
                await conn.respond("200 OK", JSON, answer, f"Mcp-Session-Id: {session}")
            case "batch/please":
                note = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"data": "x"}}
                both = [note, json.loads(request.answer(batched=True))]
                await conn.respond("200 OK", JSON, json.dumps(both).encode())
            case "slow":
                await conn.until_gone()
            case _ if request.id is None:
                await conn.respond("202 Accepted", None)
            case _:
                await conn.respond("200 OK", JSON, request.answer())

    return behaviour


@pytest.mark.parametrize("version", LEGACY)
async def test_the_headers_of_the_legacy_eras(version: str, journal: Journal) -> None:
    async with serving({"mcp": speaking(version)}) as server:
        async with open_session(HttpTarget(server.url("mcp")), journal, Options(protocol=version)) as session:
            assert isinstance(await session.call("ping"), Replied)
            while not any(each.method == "GET" for each in server.requests):
                await session.call("ping")
        first, *later = server.requests
    assert "mcp-session-id" not in first.headers
    assert "mcp-protocol-version" not in first.headers
    assert first.headers["accept"] == "application/json, text/event-stream"
    assert {each.method for each in later} == {"POST", "GET", "DELETE"}
    assert {each.headers.get("mcp-session-id") for each in later} == {"s-1"}
    wanted = None if version in (V1, V2) else version
    assert {each.headers.get("mcp-protocol-version") for each in later} == {wanted}
    assert not any(name in each.headers for each in server.requests for name in ("mcp-method", "mcp-name"))
    assert not any("origin" in each.headers for each in server.requests)


async def test_the_version_that_was_agreed_on_decides_and_not_the_one_asked_for(journal: Journal) -> None:
    async with (
        serving({"mcp": speaking(V2)}) as server,
        open_session(HttpTarget(server.url("mcp")), journal, Options(protocol=LEGACY[-1])) as session,
    ):
        assert session.version == V2
        await session.call("ping")
        assert not any("mcp-protocol-version" in each.headers for each in server.requests)


async def test_a_batch_is_taken(journal: Journal) -> None:
    """2025-03-26, basic: a client must be able to receive one."""
    async with (
        serving({"mcp": speaking(V2)}) as server,
        open_session(HttpTarget(server.url("mcp")), journal, Options(protocol=V2)) as session,
    ):
        outcome = await session.call("batch/please")
        assert isinstance(outcome, Replied)
        assert outcome.result == {"batched": True}
        assert json.loads(outcome.raw)["id"] == outcome.frame.value["id"]


async def test_the_modern_era_knows_neither_sessions_nor_streams(journal: Journal) -> None:
    async with serving({"mcp": speaking(V5)}) as server:
        async with open_session(HttpTarget(server.url("mcp")), journal) as session:
            assert isinstance(await session.call("ping"), Replied)
        assert [each.method for each in server.requests] == ["POST", "POST"]
    for each in server.requests:
        assert "mcp-session-id" not in each.headers
        assert each.headers["mcp-protocol-version"] == V5
        assert each.headers["mcp-method"] == json.loads(each.body)["method"]
        meta = json.loads(each.body)["params"]["_meta"]
        assert meta["io.modelcontextprotocol/protocolVersion"] == V5


async def test_closing_the_stream_is_how_the_modern_era_cancels(journal: Journal) -> None:
    async with (
        serving({"mcp": speaking(V5)}) as server,
        open_session(HttpTarget(server.url("mcp")), journal) as session,
    ):
        call = session.start("slow")
        while not any(b'"slow"' in each.body for each in server.requests):
            await session.call("ping")
        call.cancel("enough")
        assert await call.wait() == Cancelled("enough")
        await server.gone.wait()
    assert "→ notifications/cancelled" not in steps(journal)
    ends = [e.data["outcome"] for e in rows(journal) if e.kind is Kind.HTTP and e.what == "end"]
    assert ends.count("aborted") == 1


async def test_an_unknown_method_at_404_is_an_answer_and_no_lost_session(journal: Journal) -> None:
    async def unknown(conn: Conn, request: Request) -> None:
        if b'"no/such"' not in request.body:
            await speaking(V5)(conn, request)
            return
        error = {"jsonrpc": "2.0", "id": request.id, "error": {"code": -32601, "message": "no"}}
        await conn.respond("404 Not Found", JSON, json.dumps(error).encode())

    async with (
        serving({"mcp": unknown}) as server,
        open_session(HttpTarget(server.url("mcp")), journal) as session,
    ):
        outcome = await session.call("no/such")
        assert isinstance(outcome, Replied)
        assert outcome.error["code"] == -32601


async def test_an_accepted_request_is_told_as_the_defect_that_it_is(journal: Journal) -> None:
    async def accepts(conn: Conn, request: Request) -> None:
        if b'"lost"' in request.body:
            await conn.respond("202 Accepted", None)
        else:
            await speaking(V5)(conn, request)

    async with (
        serving({"mcp": accepts}) as server,
        open_session(HttpTarget(server.url("mcp")), journal) as session,
    ):
        outcome = await session.call("lost")
        assert isinstance(outcome, HttpFailed)
        assert "promises no reply" in outcome.says
