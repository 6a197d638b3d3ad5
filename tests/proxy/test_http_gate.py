"""Breakpoints between a host and a server over HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.gate.control import available, serve_control
from inspector.gate.remote import RemoteGate
from inspector.gate.rule import Rule, Verdict
from inspector.journal.journal import Journal
from inspector.proxy.http_gate import framed
from inspector.transport.sse import ServerEvent, SseParser
from inspector.wire.event import Direction, Kind
from tests.proxy.http_through import Through, through
from tests.servers.http_raw import Conn, Hostile, Request, serving

HEADERS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


def asked(id: int = 1, method: str = "ping") -> bytes:
    return b'{"jsonrpc":"2.0","id":%d,"method":"%b"}' % (id, method.encode())


async def plain(conn: Conn, request: Request) -> None:
    await conn.respond("200 OK", "application/json", request.answer(n=1))


async def tools(conn: Conn, request: Request) -> None:
    schema = {"type": "object", "properties": {"zone": {"type": "string", "x-mcp-header": "Zone"}}}
    await conn.respond(
        "200 OK", "application/json", request.answer(tools=[{"name": "add", "inputSchema": schema}])
    )


async def stream(conn: Conn, request: Request) -> None:
    await conn.stream()
    for number in range(3):
        note = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"data": number}}
        await conn.chunk(b"id: %d\r\ndata: %b\r\n\r\n" % (number, json.dumps(note).encode()))
    await conn.chunk(b"data: " + request.answer(n=1) + b"\n\n")
    await conn.end()


@asynccontextmanager
async def gated(
    *rules: str, path: str = "plain"
) -> AsyncIterator[tuple[Hostile, Through, httpx.AsyncClient]]:
    async with (
        serving({"plain": plain, "stream": stream, "tools": tools}) as server,
        through(server.url(path), rules=rules) as seen,
        httpx.AsyncClient(timeout=30, headers=HEADERS) as client,
    ):
        yield server, seen, client


def messages(body: bytes) -> list[bytes]:
    parser = SseParser()
    return [item.data for item in parser.feed(body) if isinstance(item, ServerEvent) and item.data]


@pytest.mark.parametrize("path", ["plain", "stream"])
@pytest.mark.parametrize("rules", [(), ("hold method:other",)])
async def test_what_no_rule_takes_passes_byte_for_byte(path: str, rules: tuple[str, ...]) -> None:
    async with gated(*rules, path=path) as (server, seen, client):
        through_us = await client.post(seen.url, content=asked())
        direct = await client.post(server.url(path), content=asked())
    assert through_us.content == direct.content


async def test_a_request_is_held_changed_and_sent() -> None:
    async with gated("hold dir:c2s") as (server, seen, client), anyio.create_task_group() as tasks:

        async def decide() -> None:
            row = await seen.held()
            assert server.requests == []
            await seen.gate.release(row, Verdict("changed", asked(7, "tools/list")))

        tasks.start_soon(decide)
        answer = await client.post(seen.url, content=asked())
    assert server.requests[0].body == asked(7, "tools/list")
    assert answer.json()["id"] == 7
    assert [bytes(body) for body in seen.messages(Direction.C2S)] == [asked(), asked(7, "tools/list")]


async def test_headers_that_repeat_a_request_agree_with_what_goes_on() -> None:
    merge = 'replace {"method":"prompts/get","params":{"name":"other"}} method:tools/call'
    body = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add"}}'
    async with gated(merge) as (server, seen, client):
        await client.post(seen.url, content=body, headers={"Mcp-Method": "tools/call", "Mcp-Name": "add"})
        await client.post(seen.url, content=body, headers={"Mcp-Method": "tools/call", "Mcp-Name": "sub"})
    sent = [(each.headers["mcp-method"], each.headers["mcp-name"]) for each in server.requests]
    assert sent == [("prompts/get", "other"), ("prompts/get", "sub")]


async def test_headers_that_repeat_arguments_agree_where_the_tools_are_known() -> None:
    call = (
        b'{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"add","arguments":{"zone":"eu"},'
        b'"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}'
    )
    headers = {"Mcp-Method": "tools/call", "Mcp-Name": "add", "mcp-param-zone": "eu"}
    rule = 'replace {"params":{"arguments":{"zone":"us"}}} method:tools/call'
    async with gated(rule, path="tools") as (server, seen, client):
        await client.post(seen.url, content=call, headers=headers)
        (warning,) = seen.events(Kind.CLIENT, "warning")
        await client.post(seen.url, content=asked(1, "tools/list"), headers={"Mcp-Method": "tools/list"})
        await client.post(seen.url, content=call, headers=headers)
        assert len(seen.events(Kind.CLIENT, "warning")) == 1
    sent = [each for each in server.requests if b"tools/call" in each.body]
    assert [json.loads(each.body)["params"]["arguments"]["zone"] for each in sent] == ["us", "us"]
    assert [each.headers["mcp-param-zone"] for each in sent] == ["eu", "us"]
    assert "stay as they were" in warning.data["says"]


async def test_a_request_is_answered_in_the_servers_place() -> None:
    async with gated('error -32603 "not today" method:ping') as (server, seen, client):
        answer = await client.post(seen.url, content=asked())
    assert answer.json()["error"]["message"] == "not today"
    assert server.requests == []
    assert seen.pairs() == [("ping", "error")]
    (end,) = seen.http("end")
    assert (end["outcome"], end["error"]) == ("aborted", "it was answered at a breakpoint and not sent")


async def test_a_dropped_request_gets_no_answer_and_a_dropped_notification_is_accepted() -> None:
    async with gated("drop dir:c2s") as (server, seen, client):
        note = b'{"jsonrpc":"2.0","method":"notifications/initialized"}'
        assert (await client.post(seen.url, content=note)).status_code == 202
        answers: list[httpx.Response] = []

        async def ask() -> None:
            answers.append(await client.post(seen.url, content=asked()))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask)
            await seen.told("released", 2)
            tasks.cancel_scope.cancel()
        await seen.ended(2)
    assert answers == []
    assert server.requests == []
    assert seen.pairs() == [("ping", "lost")]


async def test_a_request_is_sent_twice_and_answered_once() -> None:
    async with gated("duplicate dir:c2s") as (server, seen, client):
        answer = await client.post(seen.url, content=asked())
        await seen.ended(2)
    assert answer.json()["id"] == 1
    assert [request.body for request in server.requests] == [asked(), asked()]
    assert len(seen.messages(Direction.S2C)) == 2


async def test_an_answer_is_changed() -> None:
    async with gated('replace {"result":{"n":2}} dir:s2c') as (_, seen, client):
        answer = await client.post(seen.url, content=asked())
    assert answer.json()["result"] == {"n": 2}
    assert int(answer.headers["content-length"]) == len(answer.content)


async def test_events_of_a_stream_are_dropped_doubled_and_changed_and_the_others_pass() -> None:
    rules = ("drop times 1 method:notifications/message", "duplicate times 1 method:notifications/message",
             'replace {"result":{"n":2}} kind:response')  # fmt: skip
    async with gated(*rules, path="stream") as (_, seen, client):
        answer = await client.post(seen.url, content=asked())
    values = [json.loads(message) for message in messages(answer.content)]
    assert [value.get("params", value.get("result")) for value in values] == [
        {"data": 1},
        {"data": 1},
        {"data": 2},
        {"n": 2},
    ]
    assert answer.content.startswith(b"id: 1\r\n")


async def test_a_held_event_lets_the_others_pass_and_the_end_waits_for_it() -> None:
    async with gated("hold times 1 method:notifications/message", path="stream") as (_, seen, client):
        async with client.stream("POST", seen.url, content=asked()) as answer:
            chunks, came = answer.aiter_raw(), b""
            while b'"result"' not in came:
                came += await anext(chunks)
            assert b'"data": 0' not in came
            await seen.gate.release(await seen.held(), Verdict("forwarded"))
            came += b"".join([chunk async for chunk in chunks])
        assert b'"data": 0' in came
        await seen.ended(1)
    assert seen.http("end")[0]["outcome"] == "complete"


async def test_a_rule_in_the_middle_of_an_event_waits_for_the_next() -> None:
    begun, ruled = anyio.Event(), anyio.Event()

    async def slow(conn: Conn, request: Request) -> None:
        await conn.stream()
        await conn.chunk(b'data: {"jsonrpc":"2.0",')
        begun.set()
        await ruled.wait()
        await conn.chunk(b'"method":"a"}\n\ndata: {"jsonrpc":"2.0","method":"b"}\n\n')
        await conn.end()

    async with (
        serving({"slow": slow}) as server,
        through(server.url("slow"), rules=()) as seen,
        httpx.AsyncClient(timeout=30, headers=HEADERS) as client,
        client.stream("POST", seen.url, content=asked()) as answer,
    ):
        chunks = answer.aiter_raw()
        came = await anext(chunks)
        await begun.wait()
        await seen.gate.set_rules([Rule.parse("drop")])
        ruled.set()
        came += b"".join([chunk async for chunk in chunks])
    assert messages(came) == [b'{"jsonrpc":"2.0","method":"a"}']


async def test_a_host_that_leaves_drops_what_is_held_for_it() -> None:
    async with gated("hold dir:s2c") as (_, seen, client), anyio.create_task_group() as tasks:

        async def ask() -> None:
            await client.post(seen.url, content=asked())

        tasks.start_soon(ask)
        await seen.held()
        tasks.cancel_scope.cancel()
    assert seen.gate.held == ()


async def test_messages_that_nobody_sent() -> None:
    opened = anyio.Event()

    async def listening(conn: Conn, request: Request) -> None:
        if request.method == "POST":
            await plain(conn, request)
            return
        await conn.stream()
        await conn.chunk(b": open\n\n")
        opened.set()
        await conn.until_gone()

    async with (
        serving({"mcp": listening}) as server,
        through(server.url("mcp"), rules=()) as seen,
        httpx.AsyncClient(timeout=30, headers=HEADERS) as client,
        client.stream("GET", seen.url) as events,
    ):
        lines = events.aiter_lines()
        assert await anext(lines) == ": open"
        await client.post(seen.url, content=asked(), headers={"Mcp-Session-Id": "s"})
        await seen.gate.inject(Direction.S2C, b'{"jsonrpc":"2.0","method":"x"}')
        while (line := await anext(lines)) != 'data: {"jsonrpc":"2.0","method":"x"}':
            assert line in ("", "event: message")
        await seen.gate.inject(Direction.C2S, asked(9, "tools/list"))
        await seen.ended(2)
    assert (server.requests[-1].body, server.requests[-1].headers["mcp-session-id"]) == (
        asked(9, "tools/list"),
        "s",
    )


@pytest.mark.skipif(not available(), reason="no Unix sockets")
async def test_another_process_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    file = tmp_path / "session.jsonl"
    async with (
        serving({"plain": plain}) as server,
        through(server.url("plain"), Journal.create(file, mode="proxy"), rules=()) as seen,
        serve_control(seen.gate, file),
        httpx.AsyncClient(timeout=30, headers=HEADERS) as client,
        anyio.create_task_group() as tasks,
    ):
        remote = RemoteGate.of(file)
        assert remote is not None
        await remote.set_rules([Rule.parse("hold dir:c2s")])
        answers: list[int] = []

        async def ask() -> None:
            answers.append((await client.post(seen.url, content=asked())).status_code)

        tasks.start_soon(ask)
        await seen.held()
        assert await remote.let_go_all() == 1
        await seen.ended(1)
        await remote.close()
    seen.journal.close()
    assert answers == [200]


@given(st.text(alphabet=st.characters(codec="utf-8")), st.binary(max_size=40))
def test_whatever_a_message_is_it_is_one_event(text: str, fields: bytes) -> None:
    body = json.dumps({"x": text}, indent=1).encode()
    assert messages(framed(b"id: 7\nevent: message\ndata: old\n\n", body)) == [body]
    assert framed(fields, body).count(b"\n\n") == 1
