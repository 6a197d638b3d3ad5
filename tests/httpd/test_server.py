"""Listening, and letting go."""

from __future__ import annotations

import socket as socket_module

import anyio
import httpx
import pytest

from inspector.errors import UsageError
from inspector.httpd import ClientGone, Limits, Request, serve
from tests.httpd.raw import Raw, connected, get


async def hello(request: Request) -> None:
    await request.respond(200, [("X-Path", request.path), ("X-Query", request.query)], b"hello")


async def test_httpx_is_answered_again_and_again_on_one_connection() -> None:
    async with serve(hello) as server, httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        for number in range(3):
            answer = await client.get(f"/a%2Fb?n={number}")
            assert (answer.status_code, answer.content) == (200, b"hello")
            assert answer.headers["x-path"] == "/a%2Fb"
            assert answer.headers["x-query"] == f"n={number}"


async def test_many_at_once() -> None:
    met = anyio.Event()
    waiting = 0

    async def together(request: Request) -> None:
        nonlocal waiting
        waiting += 1
        if waiting == 20:
            met.set()
        await met.wait()
        await hello(request)

    async with serve(together) as server, httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        answers: list[int] = []

        async def ask() -> None:
            answers.append((await client.get("/")).status_code)

        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(ask)
        assert answers == [200] * 20


async def test_a_connection_too_many_is_told_so_and_the_next_after_one_left_is_served() -> None:
    async with serve(hello, limits=Limits(connections=1)) as server:
        async with connected(server) as first:
            await first.say(get())
            await first.until(b"hello")
            async with connected(server) as second:
                await second.say(get())
                assert (await second.rest()).startswith(b"HTTP/1.1 503 ")
            await first.say(get())
            await first.until(b"hello")
        async with connected(server) as third:
            while True:  # until the server has seen the first one leave
                await third.say(get())
                if b" 200 " in await third.until(b"\r\n"):
                    break
                await third.rest()


async def test_leaving_ends_what_is_under_way() -> None:
    cancelled = anyio.Event()
    begun = anyio.Event()

    async def endless(request: Request) -> None:
        stream = await request.start(200, [("Content-Type", "text/event-stream")])
        await stream.send(b": here\n\n")
        begun.set()
        try:
            await anyio.sleep_forever()
        finally:
            cancelled.set()

    async with serve(endless) as server:
        socket = await anyio.connect_tcp("127.0.0.1", server.port)
        await socket.send(get())
        await begun.wait()
    assert cancelled.is_set()
    assert b"\r\n0\r\n" not in await Raw(socket).rest()
    await socket.aclose()
    with pytest.raises(ConnectionRefusedError):
        socket_of_nobody(server.port)


def socket_of_nobody(port: int) -> None:
    with socket_module.create_connection(("127.0.0.1", port)):
        pass


async def test_a_port_that_is_taken_is_one_sentence() -> None:
    async with serve(hello) as server:
        with pytest.raises(UsageError, match=f"Cannot listen on 127.0.0.1:{server.port}"):
            async with serve(hello, port=server.port):
                pass


async def test_a_name_that_is_none_is_one_sentence() -> None:
    with pytest.raises(UsageError, match="Cannot listen on"):
        async with serve(hello, "no.such.name.invalid"):
            pass


async def test_what_the_block_raises_comes_out_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        async with serve(hello):
            raise ZeroDivisionError


async def test_a_handler_that_fails_is_told_of_and_the_server_goes_on() -> None:
    told: list[Exception] = []

    async def failing(request: Request) -> None:
        if request.path == "/bad":
            raise ZeroDivisionError
        if request.path == "/gone":
            raise ClientGone
        if request.path == "/nothing":
            return
        await hello(request)

    async with (
        serve(failing, failed=told.append) as server,
        httpx.AsyncClient(base_url=server.url, timeout=30) as client,
    ):
        assert (await client.get("/bad")).status_code == 500
        assert (await client.get("/nothing")).status_code == 500
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/gone")
        assert (await client.get("/")).status_code == 200
    assert [type(error) for error in told] == [ZeroDivisionError]


async def test_the_url_of_every_address_is_one_to_ask() -> None:
    async with (
        serve(hello, "0.0.0.0") as server,
        httpx.AsyncClient(base_url=server.url, timeout=30) as client,
    ):
        assert (await client.get("/")).status_code == 200
