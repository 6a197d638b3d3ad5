"""Real clients and real servers, with the proxy between them."""

from __future__ import annotations

from collections.abc import Iterator

import anyio
import httpx
import pytest
from fastmcp import Client
from mcp.client.session import ClientSession
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamable_http_client

from inspector.journal.journal import Journal
from inspector.session.options import Options
from inspector.session.outcome import Replied
from inspector.session.owner import open_session
from inspector.transport.target import HttpTarget
from inspector.wire.event import Direction, Kind
from tests.proxy.http_through import Through, through
from tests.transport.http_talk import served


@pytest.fixture(scope="module")
def modern() -> Iterator[str]:
    with served("mcp2_server.py", "events") as url:
        yield url


def holds(seen: Through, *methods: str) -> None:
    """Every request was recorded with its answer, and every exchange with its end."""
    pairs = seen.pairs()
    assert [method for method, _ in pairs if method in methods]
    assert {status for _, status in pairs} <= {"ok", "error", "tool error"}, pairs
    begun = {event.exchange for event in seen.events(Kind.HTTP, "request")}
    assert begun == {event.exchange for event in seen.events(Kind.HTTP, "end")}
    assert seen.notices == []


async def test_the_sdk_client_with_a_session_and_its_get_stream(modern: str) -> None:
    async with through(modern) as seen:
        async with (
            streamable_http_client(seen.url) as (read, write, *_),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = await session.list_tools()
            assert "echo" in [tool.name for tool in tools.tools]
            result = await session.call_tool("echo", {"text": "héllo"})
            assert "héllo" in str(result.content)
            progress: list[float] = []

            async def told(done: float, total: float | None, message: str | None) -> None:
                progress.append(done)

            await session.call_tool("slow", {"n": 2, "wait": 0.01}, progress_callback=told)
        await seen.ended(len(seen.http("request")))
    assert progress
    assert "DELETE" in [request["method"] for request in seen.http("request")]
    assert seen.proxy.counts.sessions == 1
    holds(seen, "initialize", "tools/list", "tools/call")
    assert seen.journal.catalogue.server_info["name"] == "mcp2-test"


async def test_fastmcps_client(modern: str) -> None:
    async with through(modern) as seen:
        async with Client(seen.url) as client:
            called = await client.call_tool("add", {"a": 2, "b": 40})
            assert called.structured_content == {"result": 42}
        await seen.ended(len(seen.http("request")))
    holds(seen, "tools/call")


@pytest.mark.parametrize("protocol", ["2025-11-25", "2026-07-28"])
async def test_our_own_session_in_both_eras(modern: str, protocol: str) -> None:
    journal = Journal.create()
    async with through(modern) as seen:
        async with open_session(HttpTarget(seen.url), journal, Options(protocol=protocol)) as session:
            listing = await session.list("tools")
            assert listing.entries
            outcome = await session.call("tools/call", {"name": "add", "arguments": {"a": 1, "b": 2}})
            assert isinstance(outcome, Replied)
            assert outcome.ok
        await seen.ended(len(seen.http("request")))
    holds(seen, "tools/list", "tools/call")
    # The recording of the proxy holds the very bytes that the client has in its own.
    theirs = [journal.body(row) for row in range(len(journal)) if journal.kind(row) is Kind.MESSAGE]
    assert sorted(seen.messages()) == sorted(theirs)
    journal.close()


async def test_a_stream_is_resumed_through_it(modern: str) -> None:
    async with through(modern) as seen:
        journal = Journal.create()
        async with open_session(HttpTarget(seen.url), journal, Options(protocol="2025-11-25")) as session:
            outcome = await session.call("tools/call", {"name": "hangup", "arguments": {}})
            assert isinstance(outcome, Replied)
            assert outcome.ok
        journal.close()
        await seen.ended(len(seen.http("request")))
    resumed = [
        request
        for request in seen.http("request")
        if "last-event-id" in [name.lower() for name, _ in request["headers"]]
    ]
    assert resumed
    assert ("tools/call", "ok") in seen.pairs()


async def test_http_sse_is_told_to_post_to_us() -> None:
    with served("mcp2_server.py", "sse") as url:
        async with through(url) as seen:
            async with (
                sse_client(seen.url) as (read, write),
                ClientSession(read, write) as session,
            ):
                await session.initialize()
                assert "hello" in str((await session.call_tool("echo", {"text": "hello"})).content)
            await seen.ended(len(seen.http("request")))
    holds(seen, "initialize", "tools/call")


async def test_several_hosts_at_once_each_get_their_own_answers(modern: str) -> None:
    """All of them count their requests from the same number."""
    async with through(modern) as seen:
        met = anyio.Event()
        arrived: list[int] = []
        got: dict[int, str] = {}

        async def host(number: int) -> None:
            async with (
                streamable_http_client(seen.url) as (read, write, *_),
                ClientSession(read, write) as session,
            ):
                await session.initialize()
                arrived.append(number)
                if len(arrived) == 3:
                    met.set()
                await met.wait()
                for turn in range(3):
                    result = await session.call_tool("echo", {"text": f"host {number} turn {turn}"})
                    got[number] = str(result.content)

        async with anyio.create_task_group() as tasks:
            for number in range(3):
                tasks.start_soon(host, number)
        await seen.ended(len(seen.http("request")))
    assert all(f"host {number} turn 2" in text for number, text in got.items())
    assert seen.proxy.counts.sessions == 3
    journal = seen.journal
    for row in range(len(journal)):
        if journal.method(row) == "tools/call":
            text = journal.event(row).frame.value["params"]["arguments"]["text"]  # type: ignore[union-attr]
            assert text.encode() in journal.body(journal.peer(row)), "it is paired with another's answer"


async def test_what_the_server_says_is_said_to_the_host_byte_for_byte(modern: str) -> None:
    body = b'{"jsonrpc":"2.0", "id":1.0,"method":"server/discover" ,"params":{"_meta":{}}}'
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    async with through(modern) as seen, httpx.AsyncClient(timeout=30) as client:
        ours = await client.post(seen.url, content=body, headers=headers)
        theirs = await client.post(modern, content=body, headers=headers)
    assert (ours.status_code, ours.content) == (theirs.status_code, theirs.content)
    assert {name for name, _ in ours.headers.items()} == {name for name, _ in theirs.headers.items()}
    assert seen.messages(Direction.C2S) == [body]
