"""What passes through the proxy, byte for byte and at once, whatever server and host do."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import pytest

from inspector.errors import ConnectionFailed, UsageError
from inspector.journal.journal import Journal
from inspector.proxy.http import proxying
from inspector.proxy.http_tap import EnduringTap
from inspector.transport.target import HttpTarget
from inspector.wire.event import Direction, Kind
from tests.proxy.http_through import Through, through
from tests.servers.http_raw import Conn, Hostile, Request, serving

JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
Behaviours = Mapping[str, Callable[[Conn, Request], Awaitable[None]]]
ASKED = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'
ANSWER = b'{"jsonrpc": "2.0","result":{},"id":1 }'


@asynccontextmanager
async def standing(
    behaviours: Behaviours, path: str = "mcp", journal: Journal | None = None
) -> AsyncIterator[tuple[Hostile, Through, httpx.AsyncClient]]:
    """A server, the proxy before it, and a client that follows redirects."""
    async with (
        serving(behaviours) as server,
        through(server.url(path), journal) as seen,
        httpx.AsyncClient(timeout=30, follow_redirects=True) as client,
    ):
        yield server, seen, client


async def answers(conn: Conn, request: Request) -> None:
    await conn.respond("200 Very Well", "application/json", ANSWER, "X-Odd-CASE: 1", "x-odd-case: 2")


async def test_a_message_and_its_answer() -> None:
    async with standing({"mcp": answers}, "mcp?k=1") as (server, seen, client):
        answer = await client.post(seen.url, content=ASKED, headers={**JSON, "X-Mine": "yes"})
    assert (answer.status_code, answer.reason_phrase, answer.content) == (200, "Very Well", ANSWER)
    odd = [pair for pair in answer.headers.raw if pair[0].lower() == b"x-odd-case"]
    assert odd == [(b"X-Odd-CASE", b"1"), (b"x-odd-case", b"2")]
    (got,) = server.requests
    assert (got.body, got.headers["x-mine"]) == (ASKED, "yes")
    assert got.headers["host"] == f"127.0.0.1:{server.port}"
    assert got.headers["user-agent"].startswith("python-httpx")  # the host's, not ours
    assert (seen.messages(Direction.C2S), seen.messages(Direction.S2C)) == ([ASKED], [ANSWER])
    assert seen.pairs() == [("ping", "ok")]
    kinds = [(event.kind.word, event.what or "message") for event in seen.events()]
    assert kinds == [
        ("client", "connecting"),
        ("message", "message"),
        ("http", "request"),
        ("http", "response"),
        ("message", "message"),
        ("http", "end"),
        ("client", "closed"),
    ]
    assert seen.http("request")[0]["url"] == server.url("mcp?k=1")


async def test_an_event_arrives_before_the_next_is_sent() -> None:
    arrived = [anyio.Event() for _ in range(3)]

    async def stream(conn: Conn, request: Request) -> None:
        await conn.stream()
        for number, event in enumerate(arrived):
            note = b'{"jsonrpc":"2.0","method":"notifications/%d"}' % number
            await conn.chunk(b"id: %d\ndata: %b\n\n" % (number, note))
            await event.wait()
        await conn.chunk(b"data: " + ANSWER + b"\n\n")
        await conn.end()

    async with (
        standing({"mcp": stream}) as (_server, seen, client),
        client.stream("POST", seen.url, content=ASKED, headers=JSON) as answer,
    ):
        lines = answer.aiter_lines()
        for number, event in enumerate(arrived):
            assert await anext(lines) == f"id: {number}"
            assert f"notifications/{number}" in await anext(lines)
            assert len(seen.messages(Direction.S2C)) == number + 1
            event.set()
            assert await anext(lines) == ""
        assert (await anext(lines)).encode() == b"data: " + ANSWER
    assert seen.pairs() == [("ping", "ok")]


async def test_big_bodies_both_ways() -> None:
    big = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"x": "é" * 3_000_000}}).encode()

    async def echo(conn: Conn, request: Request) -> None:
        await conn.respond("200 OK", "application/json", request.body)

    async with standing({"mcp": echo}) as (_server, seen, client):
        answer = await client.post(seen.url, content=big, headers=JSON)
    assert answer.content == big
    assert seen.messages() == [big, big]


async def test_a_request_beyond_what_is_kept_passes_and_its_head_is_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("inspector.proxy.http._WHOLE", 1000)
    body = b"[" + b" " * 200_000 + b"]"
    async with standing({"mcp": answers}) as (server, seen, client):
        await client.post(seen.url, content=body, headers=JSON)
    assert server.requests[0].body == body
    (recorded,) = [event for event in seen.events(Kind.HTTP, "body") if event.direction is Direction.C2S]
    assert recorded.size == len(body)
    assert body.startswith(recorded.body)


async def test_a_compressed_answer_stays_as_it_is_and_is_read_for_the_journal() -> None:
    packed = gzip.compress(ANSWER)

    async def compressed(conn: Conn, request: Request) -> None:
        assert request.headers["accept-encoding"] == "gzip"
        await conn.respond("200 OK", "application/json", packed, "Content-Encoding: gzip")

    async with (
        standing({"mcp": compressed}) as (_server, seen, client),
        client.stream(
            "POST", seen.url, content=ASKED, headers={**JSON, "Accept-Encoding": "br, gzip"}
        ) as answer,
    ):
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert raw == packed
    assert seen.messages(Direction.S2C) == [ANSWER]


async def test_an_answer_that_cannot_be_decoded_passes_too() -> None:
    async def strange(conn: Conn, request: Request) -> None:
        await conn.respond("200 OK", "application/json", b"\x1f\x8bnonsense", "Content-Encoding: gzip")

    async with (
        standing({"mcp": strange}) as (_server, seen, client),
        client.stream("POST", seen.url, content=ASKED, headers=JSON) as answer,
    ):
        assert b"".join([chunk async for chunk in answer.aiter_raw()]) == b"\x1f\x8bnonsense"
    (body,) = seen.events(Kind.HTTP, "body")
    assert (body.body, body.faults) == (b"\x1f\x8bnonsense", ("content-encoding",))


async def test_a_server_that_dies_in_the_middle_is_seen_to_die() -> None:
    async def dies(conn: Conn, request: Request) -> None:
        await conn.stream()
        await conn.chunk(b": still here\n\n")
        conn.hang_up()

    async with standing({"mcp": dies}) as (_server, seen, client):
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post(seen.url, content=ASKED, headers=JSON)
    (end,) = seen.http("end")
    assert (end["outcome"], end["cause"]) == ("closed-early", "cut-short")
    assert seen.pairs() == [("ping", "lost")]
    assert seen.proxy.counts.failed == 1


async def test_a_host_that_hangs_up_is_seen_by_the_server() -> None:
    async def endless(conn: Conn, request: Request) -> None:
        await conn.stream()
        await conn.chunk(b": here\n\n")
        await conn.until_gone()

    async with (
        standing({"mcp": endless}) as (server, seen, client),
        client.stream("GET", seen.url, headers={"Accept": "text/event-stream"}) as answer,
    ):
        assert await anext(answer.aiter_lines()) == ": here"
        with anyio.fail_after(20):
            await server.gone.wait()
            await seen.ended(1)
    assert seen.http("end")[0]["outcome"] == "aborted"


async def test_a_server_that_is_not_there_is_502_and_one_sentence() -> None:
    async with serving({}) as server:
        url = server.url("mcp")
    async with through(url) as seen, httpx.AsyncClient(timeout=30) as client:
        answer = await client.post(seen.url, content=ASKED, headers=JSON)
    assert answer.status_code == 502
    assert answer.text.startswith("The server did not answer: ")
    assert answer.text.count("\n") == 1
    (end,) = seen.http("end")
    assert (end["outcome"], end["stage"], end["cause"]) == ("failed", "connect", "refused")
    (warning,) = seen.events(Kind.CLIENT, "warning")
    assert warning.data["says"].endswith("The host was told 502.")
    assert seen.pairs() == [("ping", "lost")]


async def test_what_is_no_http_is_502() -> None:
    async def nonsense(conn: Conn, request: Request) -> None:
        await conn.write(b"SSH-2.0-OpenSSH\r\n")
        conn.hang_up()

    async with standing({"mcp": nonsense}) as (_server, seen, client):
        assert (await client.get(seen.url)).status_code == 502
    assert b"SSH-2.0" in seen.events(Kind.HTTP, "body")[0].body


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "OPTIONS", "HEAD", "PATCH", "query"])
async def test_any_method_and_path(method: str) -> None:
    paths: list[str] = []

    async def note(conn: Conn, request: Request) -> None:
        paths.append(f"{request.method} {request.path}")
        await conn.respond("204 No Content", None)

    async with (
        serving({"a%2Fb/|c": note}) as server,
        through(server.url("mcp")) as seen,
        await anyio.connect_tcp("127.0.0.1", seen.proxy.server.port) as raw,
    ):
        await raw.send(f"{method} /a%2Fb/|c?x=1 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert (await raw.receive()).startswith(b"HTTP/1.1 204 ")
    assert paths == [f"{method} /a%2Fb/|c"]


async def test_a_redirect_names_us() -> None:
    async def moved(conn: Conn, request: Request) -> None:
        location = f"Location: http://127.0.0.1:{conn.server.port}/there"
        await conn.respond("307 Temporary Redirect", None, b"", location)

    async with standing({"mcp": moved, "there": answers}) as (_server, seen, client):
        answer = await client.post(seen.url, content=ASKED, headers=JSON)
    assert answer.content == ANSWER
    assert str(answer.url) == f"{seen.origin}/there"


async def test_the_query_of_the_servers_url_is_added_where_the_host_has_none() -> None:
    async with (
        serving({"mcp": answers}) as server,
        through(server.url("mcp") + "?key=hunter2222") as seen,
        httpx.AsyncClient(timeout=30) as client,
    ):
        assert "?" not in seen.url, "what is copied into a host's configuration holds no secret"
        await client.post(seen.url, content=ASKED, headers=JSON)
        await client.post(seen.url + "?key=own", content=ASKED, headers=JSON)
    assert [got.query for got in server.requests] == ["key=hunter2222", "key=own"]
    assert "hunter2222" not in json.dumps([dict(event.data) for event in seen.events()])


async def test_headers_of_the_users_and_credentials_of_the_url_are_added_and_not_recorded() -> None:
    async with serving({"mcp": answers}) as server:
        url = server.url("mcp").replace("//", "//me:hunter2222@")
        added = (("X-Api-Key", "s3cret-s3cret"),)
        async with through(url, headers=added) as seen, httpx.AsyncClient(timeout=30) as client:
            await client.post(seen.url, content=ASKED, headers={**JSON, "X-Api-Key": "the host's"})
    (got,) = server.requests
    assert got.headers["x-api-key"] == "s3cret-s3cret"
    assert got.headers["authorization"].startswith("Basic ")
    written = json.dumps([dict(event.data) for event in seen.events()])
    assert "s3cret" not in written
    assert "hunter" not in written
    assert "hunter" not in seen.url


class Broken(Journal):
    """Fails to write from some event on."""

    after = 3

    def append(self, *arguments: Any, **more: Any) -> Any:
        if len(self) >= self.after:
            raise ZeroDivisionError("the recorder's own bug")
        return super().append(*arguments, **more)


@pytest.mark.parametrize("after", range(7))
async def test_a_recorder_that_breaks_stops_nothing(after: int) -> None:
    journal = Broken.create(mode="proxy")
    assert isinstance(journal, Broken)
    journal.after = after
    async with standing({"mcp": answers}, journal=journal) as (_server, seen, client):
        for _ in range(3):
            assert (await client.post(seen.url, content=ASKED, headers=JSON)).content == ANSWER
    assert seen.notices == ["Nothing is recorded any more: ZeroDivisionError: the recorder's own bug"]


async def test_another_site_gets_nothing_through() -> None:
    async with standing({"mcp": answers}) as (server, seen, client):
        for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
            assert (await client.post(seen.url, content=ASKED, headers=headers)).status_code == 403
    assert server.requests == []


async def test_a_url_that_is_none_and_an_address_that_is_none() -> None:
    tap = EnduringTap(Journal.create(), lambda says: None)
    with pytest.raises(ConnectionFailed):
        async with proxying(HttpTarget("http://"), tap):
            pass
    with pytest.raises(UsageError):
        async with proxying(HttpTarget("http://127.0.0.1:1/"), tap, ("192.0.2.1", 0)):
            pass
