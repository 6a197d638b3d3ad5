"""HTTP+SSE as a session uses it: by --transport, as the last fallback, and when the stream dies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import anyio
import pytest

from inspector.errors import ConnectionFailed
from inspector.journal.journal import Journal
from inspector.session.outcome import Closed, HttpFailed, Replied, TimedOut
from inspector.session.owner import Options, open_session
from inspector.transport.target import HttpTarget
from inspector.wire.event import Kind
from inspector.wire.versions import LATEST_LEGACY, V1, V2, V4, V5
from tests.servers.http_hostile import JSON
from tests.servers.http_raw import Conn, Request, serving
from tests.servers.http_sse import SseServer, serving_sse
from tests.session.conftest import rows, step, steps


def target(url: str, **more: Any) -> HttpTarget:
    return HttpTarget(url, transport="sse", **more)


async def test_it_is_gone_to_straight_where_asked_for(journal: Journal) -> None:
    async with serving_sse(SseServer()) as server:
        async with open_session(target(server.url("sse")), journal) as session:
            assert (session.version, session.era) == (V1, "legacy")
            assert isinstance(await session.call("ping"), Replied)
            assert (await session.list("tools")).ok
        await server.gone.wait()
    assert [each.method for each in server.requests] == ["GET", *["POST"] * 4]
    assert steps(journal)[:6] == [
        "connecting",
        "listening",
        "→ initialize",
        "← response",
        "negotiated",
        "→ notifications/initialized",
    ]
    assert "--transport" in step(journal, "listening")["reason"]
    assert steps(journal)[-2:] == ["disconnecting", "closed"]
    statuses = {journal.status(e.seq).word for e in rows(journal) if e.frame and e.frame.method == "ping"}
    assert statuses == {"ok"}


async def test_auto_falls_back_to_it_and_says_why_at_each_step(journal: Journal) -> None:
    async with serving_sse(SseServer()) as server:
        async with open_session(HttpTarget(server.url("sse")), journal) as session:
            assert session.version == V1
            assert isinstance(await session.call("ping"), Replied)
        asked = [(each.method, each.path) for each in server.requests[:4]]
    assert asked == [("POST", "/sse"), ("POST", "/sse"), ("GET", "/sse"), ("POST", "/messages")]
    told = [step for step in steps(journal) if step != "warning"]
    assert told[:12] == [
        "connecting",
        "probing",
        "→ server/discover",
        "falling-back",
        "→ initialize",
        "falling-back",
        "disconnecting",
        "closed",
        "connecting",
        "listening",
        "→ initialize",
        "← response",
    ]
    reasons = [e.data["reason"] for e in rows(journal) if e.kind is Kind.CLIENT and e.what == "falling-back"]
    assert "405" in reasons[0]
    assert "GET at this URL" in reasons[1]


@pytest.mark.parametrize("protocol", [V1, V4])
async def test_a_forced_legacy_version_falls_back_too(protocol: str, journal: Journal) -> None:
    async with serving_sse(SseServer(version=protocol)) as server:
        options = Options(protocol=protocol)
        async with open_session(HttpTarget(server.url("sse")), journal, options) as session:
            assert session.version == protocol
    assert b"server/discover" not in b"".join(each.body for each in server.requests)


async def test_a_forced_modern_version_does_not(journal: Journal) -> None:
    async with serving_sse(SseServer()) as server:
        with pytest.raises(ConnectionFailed, match="405"):
            async with open_session(HttpTarget(server.url("sse")), journal, Options(protocol=V5)):
                pytest.fail("there is no session")
    assert [each.method for each in server.requests] == ["POST"]


async def test_nor_does_the_transport_http(journal: Journal) -> None:
    async with serving_sse(SseServer()) as server:
        with pytest.raises(ConnectionFailed, match=r"takes no POST \(it allows GET\)") as failed:
            async with open_session(HttpTarget(server.url("sse"), transport="http"), journal):
                pytest.fail("there is no session")
    assert failed.value.facts["status"] == 405
    assert "--transport sse" in failed.value.next
    assert [each.method for each in server.requests] == ["POST", "POST"]


@pytest.mark.parametrize(
    ("server", "says"),
    [
        (SseServer(get="404 Not Found"), "GET got 404"),
        (SseServer(get="html"), "GET got 200 with text/html"),
        (SseServer(endpoint=b"http://evil.example/m"), "another origin"),
        (SseServer(endpoint=None, ends_on="GET"), "ended before its endpoint event"),
    ],
    ids=["404", "html", "cross-origin", "ends"],
)
async def test_where_none_of_them_works_all_three_are_told(
    server: SseServer, says: str, journal: Journal
) -> None:
    async with serving_sse(server) as running:
        with pytest.raises(ConnectionFailed) as failed:
            async with open_session(HttpTarget(running.url("sse")), journal):
                pytest.fail("there is no session")
    told = failed.value.message
    assert "POST server/discover got 405" in told
    assert "POST initialize got 405" in told
    assert says in told
    assert failed.value.facts["status"] == 405
    assert failed.value.next
    assert step(journal, "failed")["says"] == told


@pytest.mark.parametrize("transport", ["auto", "sse"])
async def test_a_stream_that_stays_silent_is_given_up_in_a_sentence(transport: Any, journal: Journal) -> None:
    async with serving_sse(SseServer(endpoint=None)) as server:
        options = Options(timeout=1, probe_timeout=1)
        with pytest.raises(ConnectionFailed, match=r"no endpoint event came within 1 s") as failed:
            async with open_session(HttpTarget(server.url("sse"), transport=transport), journal, options):
                pytest.fail("there is no session")
        assert "proxy" in failed.value.next
        with anyio.fail_after(30):
            await server.gone.wait()
    assert step(journal, "timed-out")["after"] == 1


async def test_a_server_without_http_is_told_as_ever(journal: Journal) -> None:
    async with serving({}) as gone:
        url = gone.url("sse")
    with pytest.raises(ConnectionFailed, match="refused the connection"):
        async with open_session(target(url), journal):
            pytest.fail("there is no session")


async def test_the_stream_that_ends_in_mid_call_closes_the_connection(journal: Journal) -> None:
    async with serving_sse(SseServer(ends_on="tools/call")) as server:
        async with open_session(target(server.url("sse")), journal) as session:
            outcome = await session.call("tools/call", {"name": "x"})
            assert isinstance(outcome, Closed)
            assert "stream that answers come on ended" in outcome.says
            assert isinstance(await session.call("ping"), Closed)
        assert [each.method for each in server.requests].count(
            "GET"
        ) == 1  # no other stream knows the session
    lost = [e.seq for e in rows(journal) if e.frame and e.frame.method == "tools/call"]
    assert journal.status(lost[0]).word == "lost"


@pytest.mark.parametrize("status", ["404 Not Found", "400 Bad Request"])
async def test_a_message_that_is_refused_fails_its_call_and_no_other(status: str, journal: Journal) -> None:
    server = SseServer()
    async with serving_sse(server) as running, open_session(target(running.url("sse")), journal) as session:
        server.post = status
        outcome = await session.call("tools/call", {"name": "x"})
        assert isinstance(outcome, HttpFailed)
        assert outcome.status == int(status[:3])
        server.post = "202 Accepted"
        assert isinstance(await session.call("ping"), Replied)


async def test_an_endpoint_that_is_not_there_is_told_with_its_path(journal: Journal) -> None:
    """As behind a proxy that serves the stream under a prefix the server does not know of."""
    async with serving_sse(SseServer(endpoint=b"/lost?session_id=7")) as server:
        with pytest.raises(ConnectionFailed, match="404") as failed:
            async with open_session(target(server.url("sse")), journal):
                pytest.fail("there is no session")
    assert "/lost" in failed.value.message
    assert "prefix" in failed.value.next


async def test_a_call_that_times_out_is_cancelled_by_a_message(journal: Journal) -> None:
    server = SseServer(silent_on="tools/call")
    async with serving_sse(server) as running, open_session(target(running.url("sse")), journal) as session:
        assert isinstance(await session.call("tools/call", {"name": "x"}, timeout=0.5), TimedOut)
        assert isinstance(await session.call("ping"), Replied)
        while not any(b"notifications/cancelled" in each.body for each in running.requests):
            assert isinstance(await session.call("ping"), Replied)


async def test_what_the_server_asks_on_the_stream_is_answered_by_a_post(journal: Journal) -> None:
    server = SseServer()
    async with serving_sse(server) as running, open_session(target(running.url("sse")), journal) as session:
        await server.streams[-1].chunk(b'data: {"jsonrpc":"2.0","id":"s-1","method":"ping"}\n\n')
        while not any(b'"s-1"' in each.body for each in running.requests):
            assert isinstance(await session.call("ping"), Replied)


async def test_a_server_that_answers_in_the_body_is_a_server(journal: Journal) -> None:
    server = SseServer(in_body=True)
    async with serving_sse(server) as running, open_session(target(running.url("sse")), journal) as session:
        assert isinstance(await session.call("ping"), Replied)


async def test_a_refusal_by_a_streamable_server_is_kept(journal: Journal) -> None:
    """Its own words are better than a 405 to GET."""

    async def strict(conn: Conn, request: Request) -> None:
        if request.method == "GET":
            await conn.respond("405 Method Not Allowed", None)
        else:
            error = (
                b'{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Bad Request: wrong tenant"}}'
            )
            await conn.respond("400 Bad Request", JSON, error)

    async with serving({"mcp": strict}) as server:
        with pytest.raises(ConnectionFailed) as failed:
            async with open_session(HttpTarget(server.url("mcp")), journal):
                pytest.fail("there is no session")
    assert "wrong tenant" in failed.value.message
    assert "GET got 405" in failed.value.message
    assert failed.value.facts["code"] == -32000


async def test_a_modern_server_that_refuses_is_not_asked_for_a_stream(journal: Journal) -> None:
    async def modern(conn: Conn, request: Request) -> None:
        error = b'{"jsonrpc":"2.0","id":%d,"error":{"code":-32020,"message":"no"}}' % request.id
        await conn.respond("400 Bad Request", JSON, error)

    async with serving({"mcp": modern}) as server:
        with pytest.raises(ConnectionFailed):
            async with open_session(HttpTarget(server.url("mcp")), journal, Options(protocol=V2)):
                pytest.fail("there is no session")
    assert [each.method for each in server.requests] == ["POST"]


async def test_the_recording_names_both_ways(journal: Journal) -> None:
    async with serving_sse(SseServer()) as server, open_session(HttpTarget(server.url("sse")), journal):
        connecting = [e.data["target"] for e in rows(journal) if e.what == "connecting"]
    assert [each.get("via") for each in connecting] == [None, "sse"]
    assert replace(target("http://x/"), transport="sse").describe()["wanted"] == "sse"
    assert LATEST_LEGACY == V4
