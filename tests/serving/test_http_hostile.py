"""Clients that do what they should not, over HTTP: each gets a status, and the next one an answer."""

from __future__ import annotations

from contextlib import suppress

import anyio
import httpx
import pytest
from anyio.abc import SocketStream

from inspector.httpd.request import Request
from inspector.httpd.server import serve
from inspector.serving import http as front
from inspector.serving.said import Heard
from inspector.wire.event import Kind
from inspector.wire.versions import V4
from tests.serving.conftest import Play, note, request
from tests.serving.test_http import HELLO, MODERN, begun, client, first, legacy

PING = request(1, "ping")
VERSION = "MCP-Protocol-Version"


async def test_what_is_no_message() -> None:
    async with client(legacy().journal) as http:
        id = await begun(http)
        for body, code in ((b"{", -32700), (b"", -32700), (b"[]", -32600), (b'"x"', -32600)):
            for headers in (id, {}):
                answer = await http.post("/mcp", content=body, headers=headers)
                assert (answer.status_code, answer.json()["error"]["code"]) == (400, code), body
        deep = b"[" * 20_000 + b"]" * 20_000
        assert (await http.post("/mcp", content=deep, headers=id)).json()[0]["error"]["code"] == -32600
        mixed = [PING, note("x"), 7, request(2, "no/such")]
        both = (await http.post("/mcp", json=mixed, headers=id)).json()
        assert [each.get("error", {}).get("code") for each in both] == [None, -32600, -32601]
        assert (await http.post("/mcp", json=PING, headers=id)).json()["result"] == {}


async def test_headers_that_do_not_fit() -> None:
    play = Play()
    play.call(1, "tools/list", MODERN, {"tools": [], "resultType": "complete"})
    play.call(2, "initialize", {}, HELLO)
    ask = request(1, "tools/list", MODERN)
    async with client(play.journal) as http:
        refused = await http.post("/mcp", json=ask, headers={VERSION: V4})
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, -32020)
        id = await begun(http)
        refused = await http.post("/mcp", json=PING, headers={**id, VERSION: "bogus"})
        assert (refused.status_code, refused.json()["id"]) == (400, 1)
        assert (await http.post("/mcp", json=PING, headers={**id, VERSION: V4})).status_code == 200
        wrong = {"Mcp-Session-Id": f"{id['Mcp-Session-Id']}, x"}
        assert (await http.post("/mcp", json=PING, headers=wrong)).status_code == 404
        for name, value in (
            ("Host", "rebound.example"),
            ("Origin", "null"),
            ("Origin", "http://127.0.0.1.nip.io"),
        ):
            assert (await http.post("/mcp", json=PING, headers={**id, name: value})).status_code == 403


async def test_bodies_that_are_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each by itself, and all together: two clients begin to send what is too much for both."""
    monkeypatch.setattr(front, "LARGEST", 100_000)
    monkeypatch.setattr(front, "_MOST_HELD", 150_000)
    refused = anyio.Event()
    said: list[bytes] = []

    async def begin(port: int) -> None:
        async with await anyio.connect_tcp("127.0.0.1", port) as stream:
            await stream.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90001\r\n\r\n")
            await stream.send(b" " * 90_000)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(end, stream)
                said.append((await stream.receive())[:12])
                refused.set()

    async def end(stream: SocketStream) -> None:
        await refused.wait()
        with suppress(anyio.BrokenResourceError):  # the one that was refused is closed
            await stream.send(b" ")

    async with client(legacy().journal) as http:
        id = await begun(http)
        assert (await http.post("/mcp", content=b" " * 100_001, headers=id)).status_code == 413
        async with anyio.create_task_group() as tasks:
            for _ in range(2):
                tasks.start_soon(begin, http.base_url.port)
        assert said == [b"HTTP/1.1 503", b"HTTP/1.1 400"]  # spaces alone are no message
        assert (await http.post("/mcp", json=PING, headers=id)).status_code == 200


async def test_a_miss_costs_no_more_than_its_length() -> None:
    """A name that is as long as a book, or a heap of arguments, compared with all that was recorded."""
    heard, play = Heard(), legacy()
    for number in range(600):
        play.call(number, "tools/call", {"name": f"t{number}", "arguments": {"n": number}}, {})
    many = {f"k{number}": number for number in range(20_000)}
    async with client(play.journal, heard) as http:
        id = await begun(http)
        for method, params in (
            ("x" * 1_000_000, {}),
            ("tools/call", {"name": "y" * 1_000_000}),
            ("tools/call", {"name": "t5", "arguments": many}),
        ):
            answer = await http.post("/mcp", json=request(3, method, params), headers=id)
            assert len(answer.content) < 3_000
            assert answer.json()["error"]["code"] in (-32601, -32000)
    assert sum(len(miss.method) + len(miss.about) for miss in heard.misses.values()) < 2_000


async def test_one_stream_for_what_nobody_asked_for_and_another_after_it() -> None:
    async with client(legacy().journal) as http:
        id = await begun(http)
        async with http.stream("GET", "/mcp", headers=id) as stream:
            for _ in range(3):
                assert (await http.get("/mcp", headers=id)).status_code == 409
            await http.post("/mcp", json=note("notifications/initialized"), headers=id)
            assert (await first(stream))["method"] == "notifications/tools/list_changed"
        again = 409
        while again == 409:  # until the server sees that its client is gone
            async with http.stream("GET", "/mcp", headers=id) as stream:
                again = stream.status_code
        assert again == 200


async def test_the_oldest_of_too_many_sessions_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "_MOST_SESSIONS", 3)
    async with client(legacy().journal) as http:
        ids = [await begun(http) for _ in range(5)]
        found = [(await http.post("/mcp", json=PING, headers=id)).status_code for id in ids]
        assert found == [404, 404, 200, 200, 200]


async def test_a_dead_server_is_there_again_for_who_comes_later() -> None:
    play = legacy()
    play.client(request(3, "die"))
    play.step(Kind.PROCESS, "exited", code=1, signal=None, rung="none")
    async with client(play.journal) as http:
        id = await begun(http)
        for headers, params in ((id, {}), ({}, MODERN)):
            with pytest.raises(httpx.RemoteProtocolError):
                await http.post("/mcp", json=request(3, "die", params), headers=headers)
        assert (await http.post("/mcp", json=PING, headers=id)).status_code == 404
        assert (await http.post("/mcp", json=request(1, "ping", MODERN))).json()["result"] == {}


async def test_what_is_answered_is_forgotten() -> None:
    """A session may go on for ever, and each of its requests may be large."""
    play = legacy()
    for id in range(200):
        play.ask(id, "tools/call", {"name": "a"})
        play.ask(id, "no/such", {"x": "y" * 1_000})
    play.ask(1, "initialize")
    assert not play.serving._playing


async def test_a_name_that_was_not_given_is_refused_on_every_address() -> None:
    """Beyond loopback any address is as good as another, but a name could be a page's that points here."""

    async def handle(asked: Request) -> None:
        await asked.respond(200)

    async with serve(handle, "0.0.0.0") as server, httpx.AsyncClient(timeout=30) as http:
        for name, status in (("192.0.2.7:1", 200), ("localhost", 200), ("rebound.example", 403)):
            assert (await http.get(server.url, headers={"Host": name})).status_code == status
