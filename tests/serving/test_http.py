"""A recording over HTTP, request by request."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import pytest

from inspector.httpd.request import Request
from inspector.httpd.server import serve
from inspector.journal.journal import Journal
from inspector.serving.eras import Spoken
from inspector.serving.http import Front, event
from inspector.serving.said import Heard, Ways
from inspector.serving.script import Script
from inspector.wire.event import Kind
from inspector.wire.versions import V5
from tests.serving.conftest import Play, note, request

BOTH = {"Accept": "application/json, text/event-stream"}
HELLO = {"protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": {"name": "s", "version": "1"}}
MODERN = {"_meta": {"io.modelcontextprotocol/protocolVersion": V5}}


@asynccontextmanager
async def client(journal: Journal, heard: Heard | None = None) -> AsyncIterator[httpx.AsyncClient]:
    fronts: list[Front] = []

    async def handle(asked: Request) -> None:
        await fronts[0].handle(asked)

    async with serve(handle) as server, anyio.create_task_group() as tasks:
        fronts.append(Front(Script(journal), Spoken(journal), Ways(), heard or Heard(), tasks))
        async with httpx.AsyncClient(base_url=server.url, headers=BOTH, timeout=20) as found:
            yield found
        tasks.cancel_scope.cancel()


def legacy() -> Play:
    play = Play()
    play.call(1, "initialize", {"protocolVersion": "2025-11-25"}, HELLO)
    play.client(note("notifications/initialized"))
    play.server(note("notifications/tools/list_changed"))
    play.client(request(2, "tools/call", {"name": "a", "_meta": {"progressToken": 1}}))
    play.server(note("notifications/progress", progressToken=1, progress=5))
    play.server({"jsonrpc": "2.0", "id": 2, "result": {"content": []}})
    return play


def events(text: str) -> list[Any]:
    return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]


async def first(stream: httpx.Response) -> Any:
    """The first message of a stream that may go on."""
    async for line in stream.aiter_lines():
        if line.startswith("data: "):
            return json.loads(line[6:])
    raise AssertionError("no message came")


async def begun(http: httpx.AsyncClient) -> dict[str, str]:
    answer = await http.post("/mcp", json=request(0, "initialize", {"protocolVersion": "2025-11-25"}))
    assert answer.status_code == 200
    assert answer.json() == {"jsonrpc": "2.0", "id": 0, "result": HELLO}
    return {"Mcp-Session-Id": answer.headers["mcp-session-id"]}


async def test_a_session_of_the_legacy_era() -> None:
    async with client(legacy().journal) as http:
        id = await begun(http)
        told = await http.post("/mcp", json=note("notifications/initialized"), headers=id)
        assert told.status_code == 202
        async with http.stream("GET", "/mcp", headers=id) as stream:
            assert (await first(stream))["method"] == "notifications/tools/list_changed"


async def test_progress_and_answer_on_one_stream() -> None:
    async with client(legacy().journal) as http:
        id = await begun(http)
        params = {"name": "a", "_meta": {"progressToken": "p"}}
        answer = await http.post("/mcp", json=request(7, "tools/call", params), headers=id)
        assert answer.headers["content-type"] == "text/event-stream"
        first, last = events(answer.text)
        assert first["params"] == {"progressToken": "p", "progress": 5}
        assert last == {"jsonrpc": "2.0", "id": 7, "result": {"content": []}}


async def test_sessions_end_and_unknown_ones_are_not_there() -> None:
    ping = request(1, "ping")
    async with client(legacy().journal) as http:
        id = await begun(http)
        assert (await http.post("/mcp", json=ping)).status_code == 400
        assert (await http.post("/mcp", json=ping, headers=id)).json()["result"] == {}
        assert (await http.delete("/mcp", headers=id)).status_code == 200
        for method in ("GET", "DELETE", "POST"):
            gone = await http.request(method, "/mcp", json=ping, headers=id)
            assert gone.status_code == 404, method
        for method in ("GET", "DELETE", "PUT"):
            assert (await http.request(method, "/mcp")).status_code == 405


async def test_two_sessions_each_begin_anew() -> None:
    play = Play()
    play.call(1, "initialize", {}, HELLO)
    for n in (1, 2):
        play.call(n, "a", {}, {"n": n})
    async with client(play.journal) as http:
        for _ in range(2):
            id = await begun(http)
            said = [(await http.post("/mcp", json=request(n, "a"), headers=id)).json() for n in (1, 2)]
            assert [each["result"]["n"] for each in said] == [1, 2]


async def test_the_modern_era_needs_no_session_and_has_its_statuses() -> None:
    play = Play()
    play.call(1, "tools/list", MODERN, {"tools": [], "resultType": "complete"})
    async with client(play.journal) as http:
        assert (await http.post("/", json=request(1, "tools/list", MODERN))).json()["result"]["tools"] == []
        assert (await http.post("/", json=request(2, "x/y", MODERN))).status_code == 404
        other = {"_meta": {"io.modelcontextprotocol/protocolVersion": "2031-01-01"}}
        refused = await http.post("/", json=request(3, "tools/list", other))
        assert refused.status_code == 400
        assert refused.json()["error"]["data"] == {"supported": [V5], "requested": "2031-01-01"}


async def test_an_exchange_that_failed_fails_again() -> None:
    play = Play()
    play.client(request(1, "a", MODERN), exchange=1)
    for data, body in (({"what": "response", "status": 503}, b""), ({"what": "body"}, b"Later.")):
        play.journal.append(Kind.HTTP, body=body, data=data, exchange=1)
    play.journal.append(Kind.HTTP, data={"what": "end", "outcome": "complete"}, exchange=1)
    play.client(request(2, "b", MODERN), exchange=2)
    play.journal.append(Kind.HTTP, data={"what": "end", "outcome": "failed"}, exchange=2)
    async with client(play.journal) as http:
        answer = await http.post("/", json=request(1, "a", MODERN))
        assert (answer.status_code, answer.text) == (503, "Later.")
        with pytest.raises(httpx.RemoteProtocolError):
            await http.post("/", json=request(1, "b", MODERN))


async def test_the_death_of_the_server_ends_the_session() -> None:
    play = legacy()
    play.client(request(3, "die"))
    play.step(Kind.PROCESS, "exited", code=1, signal=None, rung="none")
    async with client(play.journal) as http:
        id = await begun(http)
        with pytest.raises(httpx.RemoteProtocolError):
            await http.post("/mcp", json=request(3, "die"), headers=id)
        await begun(http)


async def test_a_client_that_hangs_up_cancels_in_the_modern_era() -> None:
    play = Play()
    play.client(request(1, "a", MODERN))
    play.server(note("notifications/message", level="info"))
    play.client(note("notifications/cancelled", requestId=1))
    play.client(request(2, "b", MODERN))
    play.server(note("notifications/tools/list_changed"))
    play.server({"jsonrpc": "2.0", "id": 2, "result": {}})
    async with client(play.journal) as http:
        async with http.stream("POST", "/", json=request(1, "a", MODERN)) as stream:
            assert (await first(stream))["method"] == "notifications/message"
        assert (await http.post("/", json=request(2, "b", MODERN))).json()["result"] == {}


async def test_a_page_of_somebody_else_is_refused() -> None:
    async with client(legacy().journal) as http:
        refused = await http.post("/mcp", json=request(1, "ping"), headers={"Origin": "https://evil.example"})
        assert refused.status_code == 403


def test_a_message_of_several_lines_stays_one() -> None:
    assert event(b'{\r\n"a":1\n}') == b'event: message\r\ndata: {\r\ndata: "a":1\r\ndata: }\r\n\r\n'
