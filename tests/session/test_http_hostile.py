"""Servers that misbehave over HTTP: what becomes of the call, and that the next one works."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from inspector.errors import AuthNeeded, ConnectionFailed
from inspector.journal.journal import Journal
from inspector.session.outcome import HttpFailed, Replied
from inspector.session.owner import Options, open_session
from inspector.transport.target import HttpTarget
from inspector.wire.event import Kind
from inspector.wire.versions import V4
from tests.servers.http_hostile import _BEHAVIOURS, JSON
from tests.servers.http_raw import Conn, Hostile, Request, serving
from tests.session.conftest import rows, steps


async def _mcp(conn: Conn, request: Request) -> None:
    """A legacy server whose tools are the behaviours."""
    if request.method != "POST":
        await conn.respond("405 Method Not Allowed", None)
        return
    message = json.loads(request.body)
    match message.get("method"):
        case "initialize":
            version = message["params"]["protocolVersion"]
            answer = request.answer(
                protocolVersion=version, capabilities={"tools": {}}, serverInfo={"name": "x"}
            )
            await conn.respond("200 OK", JSON, answer, "Mcp-Session-Id: s-9")
        case "ping":
            await conn.respond("200 OK", JSON, request.answer())
        case "tools/call":
            await _BEHAVIOURS[message["params"]["name"]](conn, request)
        case _ if "id" not in message:
            await conn.respond("202 Accepted", None)
        case _:
            error = {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "Missing session ID"}}
            await conn.respond("400 Bad Request", JSON, json.dumps(error).encode())


TOOL = {
    "name": "sql",
    "inputSchema": {
        "type": "object",
        "properties": {"region": {"type": "string", "x-mcp-header": "Region"}, "query": {"type": "string"}},
    },
}


async def _modern(conn: Conn, request: Request) -> None:
    """A modern server with one tool that wants a parameter in a header."""
    match json.loads(request.body).get("method"):
        case "server/discover":
            answer = request.answer(supportedVersions=["2026-07-28"], capabilities={"tools": {}})
        case "tools/list":
            answer = request.answer(tools=[TOOL])
        case _:
            answer = request.answer(content=[])
    await conn.respond("200 OK", JSON, answer)


@pytest.fixture
async def server() -> AsyncIterator[Hostile]:
    async with serving({**_BEHAVIOURS, "mcp": _mcp, "modern": _modern}) as running:
        yield running


ANSWERED = [
    "json",
    "html-label",
    "no-label",
    "sse-label",
    "result-at-400",
    "sse",
    "sse-mislabelled",
    "bad-event",
    "odd-fields",
    "crumbs",
    "burst",
    "large",
    "moved-here",
    "short-body",
]


@pytest.mark.parametrize("behaviour", ANSWERED)
async def test_an_answer_in_an_odd_envelope_is_an_answer(
    behaviour: str, server: Hostile, journal: Journal
) -> None:
    async with open_session(HttpTarget(server.url("mcp")), journal) as session:
        assert session.version == V4
        outcome = await session.call("tools/call", {"name": behaviour})
        assert isinstance(outcome, Replied), outcome
        assert outcome.ok
        assert isinstance(await session.call("ping"), Replied)


UNANSWERED: dict[str, tuple[int | None, str]] = {
    "accepted": (202, "202"),
    "accepted-with-text": (202, "202"),
    "no-content": (204, "204"),
    "empty": (200, "without a JSON-RPC reply"),
    "found": (302, "points to"),
    "moved-away": (308, "points to"),
    "unauthorized": (401, "401"),
    "forbidden": (403, "403"),
    "not-found": (404, "404"),
    "html-500": (500, "500"),
    "html-200": (200, "200"),
    "not-json": (200, "200"),
    "wrong-id": (200, "200"),
    "no-blank-line": (200, "200"),
    "ends-early": (200, "broke off"),
    "breaks-off": (200, "broke off"),
    "reset": (None, "reset"),
    "hang-up": (None, "127.0.0.1"),
}


@pytest.mark.parametrize("behaviour", UNANSWERED)
async def test_an_exchange_without_an_answer_fails_its_call_and_no_other(
    behaviour: str, server: Hostile, journal: Journal
) -> None:
    status, says = UNANSWERED[behaviour]
    async with open_session(HttpTarget(server.url("mcp")), journal) as session:
        outcome = await session.call("tools/call", {"name": behaviour})
        assert isinstance(outcome, HttpFailed), outcome
        assert outcome.status == status
        assert says in outcome.says
        assert isinstance(await session.call("ping"), Replied)
    ends = [event for event in rows(journal) if event.kind is Kind.HTTP and event.what == "end"]
    assert [event.exchange for event in ends].count(outcome.exchange) == 1


@pytest.mark.parametrize(("behaviour", "code"), [("unknown-method", -32601), ("ends-session", -1)])
async def test_an_error_without_an_id_is_the_answer_of_its_exchange(
    behaviour: str, code: int, server: Hostile, journal: Journal
) -> None:
    async with open_session(HttpTarget(server.url("mcp")), journal) as session:
        outcome = await session.call("tools/call", {"name": behaviour})
        assert isinstance(outcome, Replied), outcome
        assert outcome.error["code"] == code


@pytest.mark.parametrize(
    ("path", "error", "says"),
    [
        ("unauthorized", AuthNeeded, "oauth-protected-resource"),
        ("forbidden", ConnectionFailed, "403, without a Bearer challenge"),
        ("html-500", ConnectionFailed, "500"),
        ("found", ConnectionFailed, "/json"),
        ("not-found", ConnectionFailed, "404"),
        ("hang-up", ConnectionFailed, "Cannot connect"),
        ("html-200", ConnectionFailed, "200"),
    ],
)
async def test_a_connection_that_fails_says_why(
    path: str, error: type[Exception], says: str, server: Hostile, journal: Journal
) -> None:
    with pytest.raises(error, match=says) as caught:
        async with open_session(HttpTarget(server.url(path)), journal):
            pytest.fail("there is no session")
    assert getattr(caught.value, "next", "")
    assert steps(journal)[-3:] == ["disconnecting", "closed", "failed"]


async def test_a_tool_call_carries_the_headers_that_its_schema_asks_for(
    server: Hostile, journal: Journal
) -> None:
    """The list is asked for first, where nobody did yet, and once only."""
    async with open_session(HttpTarget(server.url("modern")), journal) as session:
        for region in ("us-west1", "Østlandet"):
            await session.call("tools/call", {"name": "sql", "arguments": {"region": region, "query": "q"}})
        await session.send_bytes(
            b'{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{"name":"sql","arguments":{"region":"r"}}}'
        )
        await session.send_bytes(b"{}", headers={"X-Mine": "1"})
        await session.call("ping")
    assert [request.headers.get("mcp-method") for request in server.requests[:5]] == [
        "server/discover",
        "tools/list",
        "tools/call",
        "tools/call",
        "tools/call",
    ]
    sent = [request.headers.get("mcp-param-region") for request in server.requests[2:5]]
    assert sent == ["us-west1", "=?base64?w5hzdGxhbmRldA==?=", "r"]
    assert server.requests[5].headers["x-mine"] == "1"


async def test_a_call_refused_for_its_headers_is_made_again_if_the_list_has_changed(journal: Journal) -> None:
    wanted = ["Region"]

    async def moving(conn: Conn, request: Request) -> None:
        """Wants the parameter under another name than it listed first."""
        message = json.loads(request.body)
        if message["method"] == "tools/list":
            region = {"type": "string", "x-mcp-header": wanted[-1]}
            schema = {"type": "object", "properties": {"region": region}}
            await conn.respond("200 OK", JSON, request.answer(tools=[{"name": "sql", "inputSchema": schema}]))
        elif message["method"] == "tools/call" and "mcp-param-area" not in request.headers:
            wanted.append("Area")
            error = {
                "jsonrpc": "2.0",
                "id": request.id,
                "error": {"code": -32020, "message": "header mismatch"},
            }
            await conn.respond("400 Bad Request", JSON, json.dumps(error).encode())
        else:
            await _modern(conn, request)

    async with (
        serving({"moving": moving}) as server,
        open_session(HttpTarget(server.url("moving")), journal) as session,
    ):
        outcome = await session.call("tools/call", {"name": "sql", "arguments": {"region": "r"}})
    assert isinstance(outcome, Replied)
    assert outcome.ok
    asked = [request.headers["mcp-method"] for request in server.requests]
    assert asked == ["server/discover", "tools/list", "tools/call", "tools/list", "tools/call"]


async def test_nobody_listens(journal: Journal) -> None:
    async with serving({}) as gone:
        url = gone.url("mcp")
    with pytest.raises(ConnectionFailed, match="refused the connection"):
        async with open_session(HttpTarget(url), journal):
            pytest.fail("there is no session")


async def test_a_silent_server_over_http(server: Hostile, journal: Journal) -> None:
    options = Options(probe_timeout=0.05, timeout=0.1)
    with pytest.raises(ConnectionFailed, match="did not answer"):
        async with open_session(HttpTarget(server.url("silent")), journal, options):
            pytest.fail("there is no session")


async def test_the_probe_that_is_answered_with_400_and_no_id_falls_back(
    server: Hostile, journal: Journal
) -> None:
    reasons: list[Any] = []
    async with open_session(HttpTarget(server.url("mcp")), journal):
        reasons.extend(e.data["reason"] for e in rows(journal) if e.what == "falling-back")
    assert "Missing session ID" in reasons[0]
