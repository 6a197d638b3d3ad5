"""One connection, by what a client says on it byte for byte."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.httpd import BadBody, ClientGone, Limits, Request, Server, serve
from tests.httpd.raw import Raw, connected, get, post


async def echo(request: Request) -> None:
    await request.respond(200, [("Content-Type", "text/plain")], await request.body())


@asynccontextmanager
async def talking(handler=echo, **limits) -> AsyncIterator[Raw]:  # type: ignore[no-untyped-def]
    async with serve(handler, limits=Limits(**limits)) as server, connected(server) as raw:
        yield raw


async def test_requests_follow_each_other_and_may_come_at_once() -> None:
    async with talking() as raw:
        await raw.say(post(b"one") + post(b"two"), post(b"three"))
        for word in (b"one", b"two", b"three"):
            await raw.until(b"\r\n\r\n" + word)


async def test_a_request_byte_by_byte() -> None:
    async with talking() as raw:
        await raw.say(*(bytes([octet]) for octet in post(b"slow")))
        assert b"HTTP/1.1 200 " in await raw.until(b"slow")


async def test_chunks_come_in() -> None:
    async with talking() as raw:
        await raw.say(get(b"/", b"Transfer-Encoding: chunked", method=b"POST"))
        await raw.say(b"3\r\nabc\r\n", b"4;x=y\r\nde", b"fg\r\n", b"0\r\nTrailer: x\r\n\r\n")
        await raw.until(b"\r\n\r\nabcdefg")
        await raw.say(get(b"/", b"Connection: close"))
        assert b"connection: close" in (await raw.rest()).lower()


async def test_chunks_go_out_each_at_once() -> None:
    sent = anyio.Event()

    async def slow(request: Request) -> None:
        stream = await request.start(200)
        await stream.send(b"first")
        await sent.wait()
        await stream.send(b"")
        await stream.send(b"second")

    async with talking(slow) as raw:
        await raw.say(get())
        await raw.until(b"5\r\nfirst\r\n")
        sent.set()
        assert await raw.until(b"0\r\n\r\n") == b"6\r\nsecond\r\n0\r\n\r\n"


async def test_headers_keep_order_spelling_and_bytes() -> None:
    seen: list[tuple[str, str]] = []

    async def note(request: Request) -> None:
        seen.extend(request.headers)
        await request.respond(207, [("X-Odd-CASE", "\xff"), ("x-odd-case", "two")], reason="So So")

    async with talking(note) as raw:
        await raw.say(get(b"/", b"X-B: 1", b"x-a: \xe9", b"X-B: 2"))
        answer = await raw.until(b"\r\n\r\n")
    assert seen == [("Host", "localhost"), ("X-B", "1"), ("x-a", "\xe9"), ("X-B", "2")]
    assert answer.startswith(b"HTTP/1.1 207 So So\r\nX-Odd-CASE: \xff\r\nx-odd-case: two\r\n")


async def test_whoever_expects_100_is_told_to_go_on_once() -> None:
    async with talking() as raw:
        await raw.say(get(b"/", b"Expect: 100-continue", b"Content-Length: 2", method=b"POST"))
        assert (await raw.until(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
        await raw.say(b"o", b"k")
        assert (await raw.until(b"ok")).startswith(b"HTTP/1.1 200 ")


async def test_whoever_expects_100_and_is_refused_is_not_told_to_go_on() -> None:
    async def refuse(request: Request) -> None:
        await request.respond(401)

    async with talking(refuse) as raw:
        await raw.say(get(b"/", b"Expect: 100-continue", b"Content-Length: 2", method=b"POST"))
        answer = await raw.rest()
        assert answer.startswith(b"HTTP/1.1 401 ")
        assert b"Connection: close" in answer


async def test_a_body_that_nobody_reads_costs_nobody_the_answer() -> None:
    async def refuse(request: Request) -> None:
        await request.respond(403, body=b"no")

    async with talking(refuse) as raw:
        await raw.say(post(b"x" * 300_000))
        assert (await raw.rest()).endswith(b"\r\n\r\nno")


async def test_head_is_answered_without_a_body() -> None:
    async def hello(request: Request) -> None:
        await request.respond(200, body=b"hello")

    async with talking(hello) as raw:
        await raw.say(get(method=b"HEAD"), get(b"/", b"Connection: close"))
        first = await raw.until(b"\r\n\r\n")
        assert b"Content-Length: 5" in first
        assert (await raw.rest()).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("status", [204, 304])
async def test_some_statuses_have_no_body(status: int) -> None:
    async def empty(request: Request) -> None:
        stream = await request.start(status)
        await stream.send(b"never")
        await stream.close()

    async with talking(empty) as raw:
        await raw.say(get(), get(b"/", b"Connection: close"))
        assert (await raw.rest()).count(b"HTTP/1.1 %d" % status) == 2


async def test_http_1_0_gets_a_body_that_ends_with_the_connection() -> None:
    async def stream(request: Request) -> None:
        body = await request.start(200)
        await body.send(b"all of it")

    async with talking(stream) as raw:
        await raw.say(get(version=b"1.0"))
        assert (await raw.rest()).endswith(b"\r\n\r\nall of it")


async def test_hanging_up_is_noticed_while_a_response_streams() -> None:
    noticed = anyio.Event()

    async def endless(request: Request) -> None:
        await request.start(200)
        await request.gone.wait()
        noticed.set()

    async with serve(endless) as server:
        async with connected(server) as raw:
            await raw.say(post(b""))
            await raw.until(b"\r\n\r\n")
        await noticed.wait()


async def test_hanging_up_in_the_middle_of_a_body_is_told() -> None:
    told: list[type[Exception]] = []
    done = anyio.Event()

    async def read(request: Request) -> None:
        try:
            await request.body()
        except ClientGone:
            told.append(ClientGone)
            raise
        finally:
            done.set()

    async with serve(read) as server:
        async with connected(server) as raw:
            await raw.say(get(b"/", b"Content-Length: 10", method=b"POST"), b"half")
        await done.wait()
    assert told == [ClientGone]


async def test_a_client_that_takes_nothing_is_let_go() -> None:
    done = anyio.Event()

    async def flood(request: Request) -> None:
        stream = await request.start(200)
        try:
            while True:
                await stream.send(b"x" * 1_000_000)
        finally:
            done.set()

    async with talking(flood, write_within=0.05) as raw:
        await raw.say(get())
        await done.wait()


async def test_a_stream_that_was_cut_short_looks_like_it() -> None:
    async def cut(request: Request) -> None:
        stream = await request.start(200)
        await stream.send(b"half")
        await stream.abort()

    async with talking(cut) as raw:
        await raw.say(get())
        assert (await raw.rest()).endswith(b"4\r\nhalf\r\n")


async def test_a_head_that_does_not_come_in_time() -> None:
    async with talking(head_within=0.02) as raw:
        await raw.say(b"GET / HTTP/1.1\r\n")
        assert (await raw.rest()).startswith(b"HTTP/1.1 408 ")


async def test_a_body_that_does_not_come_in_time() -> None:
    async with talking(body_gap=0.02) as raw:
        await raw.say(get(b"/", b"Content-Length: 10", method=b"POST"))
        assert (await raw.rest()).startswith(b"HTTP/1.1 408 ")


async def test_an_idle_connection_is_closed_without_a_word() -> None:
    async with talking(idle=0.02) as raw:
        assert await raw.rest() == b""


async def test_what_is_too_long() -> None:
    async with talking(head=2000) as raw:
        await raw.say(b"GET /" + b"a" * 3000)
        assert (await raw.rest()).startswith(b"HTTP/1.1 431 ")
    async with talking(body=10) as raw:
        await raw.say(post(b"x" * 11))
        assert (await raw.rest()).startswith(b"HTTP/1.1 413 ")


async def test_a_handler_may_read_in_pieces_and_bear_what_is_bad() -> None:
    async def bearing(request: Request) -> None:
        try:
            async for piece in request.stream():
                assert piece == b"abc"
        except BadBody as error:
            await request.respond(200, body=str(error).encode())

    async with talking(bearing) as raw:
        await raw.say(get(b"/", b"Transfer-Encoding: chunked", method=b"POST"), b"3\r\nabc\r\nnonsense\r\n")
        assert b"no HTTP request" in await raw.rest()


SMUGGLED = [
    get(b"/", b"Content-Length: 3", b"Content-Length: 4", method=b"POST") + b"abcd",
    get(b"/", b"Content-Length: 3, 4", method=b"POST") + b"abcd",
    get(b"/", b"Content-Length: +3", method=b"POST") + b"abc",
    get(b"/", b"Content-Length: -1", method=b"POST"),
    get(b"/", b"Transfer-Encoding: gzip, chunked", method=b"POST") + b"0\r\n\r\n",
    get(b"/", b"Transfer-Encoding: identity", method=b"POST"),
    get(b"/", b"Transfer-Encoding : chunked", method=b"POST") + b"0\r\n\r\n",
    get(b"/", b"Host: evil.example"),
    get(b"/", b" folded"),
    get(b"/", b"X: a\x00b"),
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"\x00" * 100,
    b"\r\n\r\n\r\n",
]


@pytest.mark.parametrize("said", SMUGGLED, ids=range(len(SMUGGLED)))
async def test_what_can_be_read_in_two_ways_is_refused_and_the_connection_closed(said: bytes) -> None:
    async with talking() as raw:
        await raw.say(said, get(b"/smuggled"))
        answers = await raw.rest()
    assert answers.split(b" ")[1] in (b"400", b"501", b"403", b"505"), answers
    assert answers.count(b"HTTP/1.1 ") == 1


async def test_a_length_beside_chunks_is_the_chunks_and_the_end_of_the_connection_is_agreed() -> None:
    """RFC 9112 section 6.3: it may be read as chunks; nothing behind them is taken for part of the body."""
    async with talking() as raw:
        said = get(b"/", b"Content-Length: 3", b"Transfer-Encoding: chunked", method=b"POST")
        await raw.say(said + b"1\r\na\r\n0\r\n\r\n" + get(b"/", b"Connection: close"))
        answers = await raw.rest()
    assert b"\r\n\r\na" in answers


async def test_another_host_or_site_gets_403_and_one_sentence() -> None:
    async with serve(echo) as server:
        for said in (get().replace(b"localhost", b"evil.example"), get(b"/", b"Origin: http://evil.example")):
            async with connected(server) as raw:
                await raw.say(said)
                answer = await raw.rest()
            assert answer.startswith(b"HTTP/1.1 403 ")
            assert answer.partition(b"\r\n\r\n")[2].count(b".") == 1


@settings(max_examples=150)
@given(
    st.lists(st.binary(max_size=60) | st.sampled_from([get(), b"\r\n", b"Host: localhost\r\n"]), max_size=6)
)
def test_whatever_is_said_the_server_goes_on(parts: list[bytes]) -> None:
    async def go() -> None:
        async with serve(echo) as server:
            await _abuse(server, parts)
            async with connected(server) as raw:
                await raw.say(post(b"still here"))
                await raw.until(b"still here")

    anyio.run(go)


async def _abuse(server: Server, parts: list[bytes]) -> None:
    async with connected(server) as raw:
        try:
            await raw.say(*(part for part in parts if part))
            await raw.socket.send_eof()
        except (anyio.BrokenResourceError, OSError):
            return
        await raw.rest()
