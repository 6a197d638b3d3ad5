"""HTTP+SSE as a transport: the endpoint, where messages go, and what the journal says of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.transport.base import LinkClosed, Outgoing
from inspector.transport.legacy_sse import LegacySseLink, LegacySseTransport, endpoint_of
from inspector.transport.pool import checked_url, origin_of
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget, transport_for
from inspector.wire.event import Event, Kind
from inspector.wire.jsonrpc import notification, request
from tests.servers.http_raw import Conn, Hostile, Request, serving
from tests.servers.http_sse import SseServer, serving_sse


@asynccontextmanager
async def talking(
    server: SseServer, path: str = "sse", **target: Any
) -> AsyncIterator[tuple[LegacySseLink, Journal, Hostile]]:
    journal = Journal.create()
    try:
        with anyio.fail_after(30):
            async with serving_sse(server) as running:
                transport = LegacySseTransport(HttpTarget(running.url(path), **target))
                async with transport.open(Tap(journal)) as link:
                    await link.opened()
                    yield link, journal, running
    finally:
        journal.close()


def events(journal: Journal, kind: Kind, what: str = "") -> list[Event]:
    found = (journal.event(seq) for seq in range(len(journal)))
    return [event for event in found if event.kind is kind and what in ("", event.what)]


async def hear(link: LegacySseLink, kind: Kind) -> Event:
    async for event in link.inbound:
        if event.kind is kind:
            return event
    pytest.fail("the link is over")


URL = "http://me:pw@127.0.0.1:8000/api/sse?token=1"
HOME = "http://me:pw@127.0.0.1:8000"


@pytest.mark.parametrize(
    ("said", "url"),
    [
        (b"/messages/?session_id=abc", f"{HOME}/messages/?session_id=abc"),
        (b"messages?x", f"{HOME}/api/messages?x"),
        (b"../messages", f"{HOME}/messages"),
        (b"?s=1", f"{HOME}/api/sse?s=1"),
        (b"", URL),
        (b" /m ", f"{HOME}/m"),
        (b"http://127.0.0.1:8000/m", f"{HOME}/m"),
        (b"HTTP://127.0.0.1:8000/m#part", f"{HOME}/m"),
        (b"http://u:p@127.0.0.1:8000/m", f"{HOME}/m"),
        (b"//127.0.0.1:8000/m", f"{HOME}/m"),
    ],
)
def test_an_endpoint_is_resolved_against_the_url_of_the_stream(said: bytes, url: str) -> None:
    assert endpoint_of(said, URL) == (url, "")


def test_the_default_port_is_the_same_origin() -> None:
    assert endpoint_of(b"https://example.com:443/m", "https://example.com/sse")[0] == "https://example.com/m"


@pytest.mark.parametrize(
    "said",
    [
        b"http://evil.example/m",
        b"//evil.example/m",
        b"https://127.0.0.1:8000/m",
        b"http://127.0.0.1:8001/m",
        b"http://127.0.0.1/m",
        b"http://127.0.0.1:8000@evil.example/m",
        b"http://localhost:8000/m",
    ],
)
def test_another_origin_is_refused_and_both_are_named(said: bytes) -> None:
    url, says = endpoint_of(said, URL)
    assert url == ""
    assert "another origin" in says
    assert "http://127.0.0.1:8000" in says
    assert "pw" not in says


@pytest.mark.parametrize(
    "said",
    [
        b"javascript:alert(1)",
        b"file:///etc/passwd",
        b"ftp://127.0.0.1:8000/m",
        b"http://[::1/m",
        b"http://127.0.0.1:99999/",
        b"/m\r\nX: 1",
        b"/two words",
        b"/\x1b[31m",
        b"\xff\xfe",
        b"/" + b"x" * 100_000,
    ],
)
def test_what_is_no_url_is_refused(said: bytes) -> None:
    url, says = endpoint_of(said, URL)
    assert url == ""
    assert "no URL" in says
    assert says.isprintable()
    assert len(says) < 400


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_whatever_is_said_no_message_leaves_the_origin(said: bytes) -> None:
    for prefix in (b"", b"//", b"http:", b"http://", b"http://127.0.0.1:8000", b"\\\\", b"/\\"):
        url, says = endpoint_of(prefix + said, URL)
        assert bool(url) is not bool(says)
        if url:
            assert origin_of(checked_url(url)) == ("http", "127.0.0.1", 8000)


def test_a_target_goes_straight_there() -> None:
    assert isinstance(transport_for(HttpTarget("http://x/sse", transport="sse")), LegacySseTransport)


async def test_a_message_is_posted_and_its_answer_comes_on_the_stream() -> None:
    async with talking(SseServer(), headers=(("X-Mine", "1"),)) as (link, journal, server):
        sent = await link.send(Outgoing(request(1, "ping"), {"MCP-Protocol-Version": "2025-11-25"}))
        reply = await hear(link, Kind.MESSAGE)
        stream = link.opening.exchange
        assert reply.exchange == stream != sent.exchange
        assert journal.peer(sent.seq) == reply.seq
        assert journal.status(sent.seq) is Status.OK
        assert journal.latency(sent.seq) is not None
        get, post = server.requests
        assert (get.method, get.headers["accept"]) == ("GET", "text/event-stream")
        assert (post.method, post.path, post.headers["content-type"]) == (
            "POST",
            "/messages",
            "application/json",
        )
        assert post.headers["mcp-protocol-version"] == "2025-11-25"
        assert get.headers["x-mine"] == post.headers["x-mine"] == "1"
        assert reply.faults == ()
    ends = {event.exchange: dict(event.data) for event in events(journal, Kind.HTTP, "end")}
    assert ends[sent.exchange]["status"] == 202
    assert ends[sent.exchange]["answers_on"] == stream
    assert ends[stream]["outcome"] == "aborted"
    (endpoint,) = (e for e in events(journal, Kind.SSE, "event") if e.body)
    assert endpoint.body.startswith(b"/messages?session_id=sha256:")
    assert endpoint.exchange == stream
    assert not any(event.faults for event in events(journal, Kind.HTTP) + events(journal, Kind.SSE))


@pytest.mark.parametrize("first", ["POST", "stream"])
async def test_an_answer_settles_its_request_whichever_of_the_two_is_first(first: str) -> None:
    server = SseServer(silent_on="ping")
    async with talking(server) as (link, journal, _):
        sent = await link.send(Outgoing(request(1, "ping"), {}))
        answer = b'event: message\ndata: {"jsonrpc":"2.0","id":1,"result":{}}\n\n'
        if first == "stream":
            await server.streams[-1].chunk(answer)
            await hear(link, Kind.MESSAGE)
        else:
            await hear(link, Kind.HTTP)
            assert journal.status(sent.seq) is Status.PENDING
            await server.streams[-1].chunk(answer)
            await hear(link, Kind.MESSAGE)
        assert journal.status(sent.seq) is Status.OK


async def test_a_server_that_answers_in_the_body_of_the_post_is_understood() -> None:
    async with talking(SseServer(in_body=True)) as (link, journal, _):
        sent = await link.send(Outgoing(request(1, "ping"), {}))
        reply = await hear(link, Kind.MESSAGE)
        assert reply.exchange == sent.exchange
        assert reply.faults == ()
        end = await hear(link, Kind.HTTP)
        assert "answers_on" not in end.data
        assert journal.status(sent.seq) is Status.OK


@pytest.mark.parametrize("status", ["200 OK", "204 No Content", "202 Accepted"])
async def test_any_success_takes_a_message(status: str) -> None:
    body = b"" if status.startswith("204") else b"ok"
    async with talking(SseServer(post=status, body=body)) as (link, journal, _):
        await link.send(Outgoing(request(1, "ping"), {}))
        assert (await hear(link, Kind.MESSAGE)).frame is not None
    assert not any(event.faults for event in events(journal, Kind.HTTP))


@pytest.mark.parametrize("status", ["404 Not Found", "400 Bad Request", "500 Oops"])
async def test_a_post_that_is_refused_ends_without_an_answer(status: str) -> None:
    async with talking(SseServer(post=status)) as (link, journal, _):
        sent = await link.send(Outgoing(request(1, "ping"), {}))
        end = await hear(link, Kind.HTTP)
        assert end.exchange == sent.exchange
        assert end.data["status"] == int(status[:3])
        assert "answers_on" not in end.data
        assert journal.status(sent.seq) is Status.LOST


async def test_requests_follow_the_notifications_that_were_sent_before() -> None:
    async with talking(SseServer()) as (link, _, server):
        await link.send(Outgoing(notification("notifications/initialized"), {}, answered=False))
        await link.send(Outgoing(request(1, "ping"), {}))
        await hear(link, Kind.MESSAGE)
        assert [b"initialized" in each.body for each in server.requests if each.method == "POST"] == [
            True,
            False,
        ]


async def test_the_end_of_the_stream_is_the_end_of_the_link() -> None:
    async with talking(SseServer(ends_on="tools/call")) as (link, journal, _):
        await link.send(Outgoing(request(1, "tools/call"), {}))
        heard = [event async for event in link.inbound]
        assert [event.exchange for event in heard if event.kind is Kind.HTTP][-1] == link.opening.exchange
        assert "stream that answers come on ended" in link.over
        with pytest.raises(LinkClosed):
            await link.send(Outgoing(request(2, "ping"), {}))
        assert len(events(journal, Kind.MESSAGE)) == 2  # the attempt stands there all the same


async def test_a_stream_that_breaks_off_says_so() -> None:
    server = SseServer()
    async with talking(server) as (link, _, _):
        server.streams[-1].reset()
        async for _ in link.inbound:
            pass
        assert "reset the connection" in link.over or "closed the connection" in link.over


@pytest.mark.parametrize(
    ("server", "status", "says"),
    [
        (SseServer(get="404 Not Found"), 404, "GET got 404"),
        (SseServer(get="405 Method Not Allowed"), 405, "GET got 405"),
        (SseServer(get="html"), 200, "GET got 200 with text/html, which is no event stream"),
        (SseServer(endpoint=None, ends_on="GET"), 200, "ended before its endpoint event"),
        (
            SseServer(endpoint=None, after=b"event: ping\ndata: 1\n\n", ends_on="GET"),
            200,
            "other events came",
        ),
        (SseServer(endpoint=b"http://evil.example/m"), 200, "another origin, http://evil.example:80"),
        (SseServer(endpoint=b"/a b"), 200, "no URL"),
    ],
    ids=["404", "405", "html", "ends", "other-events", "cross-origin", "no-url"],
)
async def test_why_there_is_no_endpoint(server: SseServer, status: int, says: str) -> None:
    async with talking(server) as (link, _, running):
        assert link.opening.endpoint == ""
        assert link.opening.status == status
        assert says in link.opening.says
        with pytest.raises(LinkClosed):
            await link.send(Outgoing(request(1, "ping"), {}))
        assert [each.method for each in running.requests] == ["GET"]


async def test_nobody_listens() -> None:
    async with serving_sse(SseServer()) as gone:
        url = gone.url("sse")
    journal = Journal.create()
    async with LegacySseTransport(HttpTarget(url)).open(Tap(journal)) as link:
        opening = await link.opened()
    assert opening.status is None
    assert "refused the connection" in opening.says
    journal.close()


async def test_a_get_that_is_sent_elsewhere_names_the_place_without_its_secrets() -> None:
    async def away(conn: Conn, request: Request) -> None:
        await conn.respond("302 Found", None, b"", "Location: /sse?token=s3cret")

    journal = Journal.create()
    async with (
        serving({"sse": away}) as server,
        LegacySseTransport(HttpTarget(server.url("sse"))).open(Tap(journal)) as link,
    ):
        opening = await link.opened()
    assert "GET got 302, which points to http://127.0.0.1:" in opening.says
    assert "redirects to itself" in opening.says
    assert opening.says.isprintable()
    assert "s3cret" not in opening.says
    journal.close()


async def test_a_reply_that_is_no_http_is_quoted_safely() -> None:
    async def odd(conn: Conn, request: Request) -> None:
        await conn.write(b"\x1b[31mSSH-2.0\r\n\r\n")
        conn.hang_up()

    journal = Journal.create()
    async with (
        serving({"sse": odd}) as server,
        LegacySseTransport(HttpTarget(server.url("sse"))).open(Tap(journal)) as link,
    ):
        opening = await link.opened()
    assert opening.status is None
    assert "not HTTP" in opening.says
    assert opening.says.isprintable()
    journal.close()


async def test_what_comes_before_and_again_is_warned_of() -> None:
    before = b": hello\n\nevent: welcome\ndata: hi\n\n"
    after = b"event: endpoint\ndata: /elsewhere\n\nevent: endpoint\ndata: /messages?session_id=7\n\n"
    async with talking(SseServer(before=before, after=after)) as (link, journal, server):
        assert link.opening.endpoint == server.url("messages?session_id=7")
        await link.send(Outgoing(request(1, "ping"), {}))
        await hear(link, Kind.MESSAGE)
        assert server.requests[-1].path == "/messages"
    warnings = [event.data["says"] for event in events(journal, Kind.CLIENT, "warning")]
    assert len(warnings) == 2
    assert "another one came before" in warnings[0]
    assert "another endpoint later on" in warnings[1]


@pytest.mark.parametrize(("path", "posted"), [("moved", "/messages"), ("api/sse", "/api/messages")])
async def test_a_relative_endpoint_stands_beside_what_was_really_asked(path: str, posted: str) -> None:
    async with talking(SseServer(endpoint=b"messages"), path) as (link, _, server):
        await link.send(Outgoing(request(1, "ping"), {}))
        await hear(link, Kind.MESSAGE)
        assert server.requests[-1].path == posted


async def test_while_nothing_comes_the_link_says_what_is_missing() -> None:
    journal = Journal.create()
    async with serving_sse(SseServer(endpoint=None)) as server:
        async with LegacySseTransport(HttpTarget(server.url("sse"))).open(Tap(journal)) as link:
            assert link.opening.says == "GET got no response"
            answered = anyio.Event()
            forget = journal.add_listener(lambda e: answered.set() if e.what == "response" else None)
            await answered.wait()
            forget()
            while link.opening.status is None:
                await anyio.lowlevel.checkpoint()
            assert link.opening.says == "GET was answered with 200, and no endpoint event came"
        await server.gone.wait()  # the stream is closed on leaving
    journal.close()
