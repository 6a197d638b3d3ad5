"""What only the legacy eras have: sessions, the GET stream, resumption, DELETE."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import pytest

from inspector.transport.http import _pause
from inspector.wire.event import Event, Kind
from tests.servers.http_hostile import JSON, NOTE, Hostile, hostile
from tests.servers.http_raw import Behaviour, Conn, Request, serving
from tests.transport.http_talk import Talk, talking

VERSION = {"mcp-protocol-version": "2025-11-25"}


@pytest.fixture
async def server() -> AsyncIterator[Hostile]:
    async with hostile() as running:
        yield running


async def answered(talk: Talk, count: int) -> None:
    """Wait for so many responses, past or to come."""
    enough = anyio.Event()

    def look(event: Event | None = None) -> None:
        if len(talk.told_by(Kind.HTTP, "response")) >= count:
            enough.set()

    remove = talk.journal.add_listener(look)
    look()
    with anyio.fail_after(30):
        await enough.wait()
    remove()


def sent_sessions(server: Hostile) -> list[tuple[str, str | None]]:
    return [(found.method, found.headers.get("mcp-session-id")) for found in server.requests]


async def test_the_session_id_is_sent_on_everything_after(server: Hostile) -> None:
    async with talking(server.url("session")) as talk:
        talk.link.legacy = True
        await talk.asked()
        await talk.asked(MCP_Protocol_Version="2025-11-25")
        assert talk.link.session_id == "s-1"
    assert sent_sessions(server) == [("POST", None), ("POST", "s-1"), ("DELETE", "s-1")]
    assert server.requests[1].headers["cookie"] == "sticky=node-7"
    assert server.requests[2].headers["mcp-protocol-version"] == "2025-11-25"


async def test_the_modern_era_has_no_session(server: Hostile) -> None:
    async with talking(server.url("session")) as talk:
        talk.link.listen(VERSION)
        await talk.asked()
        await talk.asked()
    assert sent_sessions(server) == [("POST", None), ("POST", None)]


async def test_a_session_id_that_a_probe_was_given_is_ignored(server: Hostile) -> None:
    async with talking(server.url("session")) as talk:
        await talk.asked()
        talk.link.legacy = True
        await talk.asked()
    assert sent_sessions(server) == [("POST", None), ("POST", None), ("DELETE", "s-1")]


async def test_a_modern_answer_that_comes_late_leaves_no_legacy_session_behind(server: Hostile) -> None:
    async with talking(server.url("session")) as talk:
        talk.link.legacy = True
        await talk.asked()
        talk.link.legacy = False
        await talk.asked()
    assert sent_sessions(server) == [("POST", None), ("POST", None), ("DELETE", "s-1")]


async def test_a_session_id_on_an_error_is_ignored(server: Hostile) -> None:
    async with talking(server.url("not-found")) as talk:
        talk.link.legacy = True
        await talk.asked()
        assert talk.link.session_id is None
    assert len(server.requests) == 1


async def test_a_404_ends_the_session(server: Hostile) -> None:
    async with talking(server.url("ends-session")) as talk:
        talk.link.legacy = True
        await talk.asked()
        assert talk.link.session_id == "s-4"
        heard = await talk.asked()
        assert [event.what or (event.frame and event.frame.shape.word) for event in heard] == ["error", "end"]
        assert talk.link.session_id is None
        await talk.asked()
    assert sent_sessions(server) == [("POST", None), ("POST", "s-4"), ("POST", None), ("DELETE", "s-4")]


async def test_leaving_says_delete_and_writes_it_down(server: Hostile) -> None:
    async with talking(server.url("listens")) as talk:
        talk.link.legacy = True
        await talk.asked()
        journal = talk.journal
        story = Talk(talk.link, journal).story
        remember: list[list[str]] = []
        journal.add_listener(lambda _: remember.append(story()))
    assert remember[-1][-3:] == ["http request DELETE", "http response 204", "http end complete"]


async def test_leaving_does_not_wait_for_a_server_that_is_gone(server: Hostile) -> None:
    async with talking(server.url("silent")) as talk:
        talk.link.legacy = True
        talk.link.session_id = "s"
        ends: list[object] = []
        talk.journal.add_listener(lambda event: ends.append(event.data) if event.what == "end" else None)
    (end,) = ends
    assert isinstance(end, dict)
    assert (end["outcome"], end["error"]) == ("aborted", "no answer within 2 s")


async def test_a_stream_that_ended_before_the_answer_is_resumed(server: Hostile) -> None:
    async with talking(server.url("resumes")) as talk:
        talk.link.legacy = True
        sent = await talk.ask(**VERSION)
        note, reply, end = await talk.hear_to_end(1)
        assert (note.body, note.exchange, reply.exchange) == (NOTE, 1, sent.exchange)
        assert reply.body == server.requests[0].answer(ok=True)
        assert (end.data["outcome"], end.data["requests"]) == ("complete", 3)
        assert talk.story() == [
            "> request",
            "http request POST",
            "http response 200",
            "sse event",
            "http request GET",
            "http response 200",
            "sse event",
            "< notification",
            "http request GET",
            "http response 200",
            "sse event",
            "< response",
            "http end complete",
        ]
        assert [data.get("why") for data in talk.http("request")] == [None, "resume", "resume"]
    assert [found.headers.get("last-event-id") for found in server.requests] == [None, "a-1", "a-2"]
    assert server.requests[1].headers["accept"] == "text/event-stream"
    assert server.requests[1].headers["mcp-protocol-version"] == "2025-11-25"
    assert "content-type" not in server.requests[1].headers


async def test_the_modern_era_does_not_resume(server: Hostile) -> None:
    async with talking(server.url("resumes")) as talk:
        (end,) = await talk.asked()
        assert (end.data["outcome"], len(server.requests)) == ("closed-early", 1)


async def test_a_server_that_cannot_resume(server: Hostile) -> None:
    async with talking(server.url("resumes-not")) as talk:
        talk.link.legacy = True
        (end,) = await talk.asked()
        assert (end.data["outcome"], end.data["status"]) == ("closed-early", 200)
        assert end.data["error"] == "the stream ended before the answer; it was not resumed: HTTP 405"


async def test_resuming_without_fruit_ends(server: Hostile) -> None:
    async with talking(server.url("resumes-nothing")) as talk:
        talk.link.legacy = True
        (end,) = await talk.asked()
        assert (end.data["outcome"], len(server.requests)) == ("closed-early", 6)


async def test_aborting_a_stream_that_is_being_resumed(server: Hostile) -> None:
    async with talking(server.url("resumes-slowly")) as talk:
        talk.link.legacy = True
        await talk.ask()
        await talk.until(Kind.SSE, "event")
        talk.link.abort(1)
        assert (await talk.hear()).data["outcome"] == "aborted"
        assert len(server.requests) == 1


async def test_the_get_stream_goes_on_where_it_ended(server: Hostile) -> None:
    async with talking(server.url("listens")) as talk:
        talk.link.legacy = True
        await talk.asked()
        talk.link.listen(VERSION)
        talk.link.listen(VERSION)  # there is one at most
        heard = [await talk.hear() for _ in range(6)]
        assert [event.what or event.body for event in heard] == [NOTE, "end", NOTE, "end", NOTE, "end"]
        assert [event.exchange for event in heard] == [2, 2, 3, 3, 4, 4]
        await talk.until(Kind.HTTP, "response")
    gets = [found for found in server.requests if found.method == "GET"]
    assert [found.headers.get("last-event-id") for found in gets][:3] == [None, "g-1", "g-2"]
    assert {found.headers["mcp-session-id"] for found in gets} == {"s-3"}
    assert gets[0].headers["mcp-protocol-version"] == "2025-11-25"
    assert server.requests[-1].method == "DELETE"


async def test_the_get_stream_comes_after_what_was_said_before(server: Hostile) -> None:
    async with talking(server.url("late-to-hear")) as talk:
        talk.link.legacy = True
        await talk.tell()
        talk.link.listen(VERSION)
        await talk.until(Kind.HTTP, "response")
        assert [found.method for found in server.requests[:2]] == ["POST", "HEARD"]


async def test_a_server_without_a_get_stream(server: Hostile) -> None:
    async with talking(server.url("no-stream")) as talk:
        talk.link.legacy = True
        talk.link.listen(VERSION)
        (end,) = await talk.hear_to_end(1)
        assert end.data["status"] == 405
        await talk.asked()
        assert [found.method for found in server.requests] == ["GET", "POST"]


async def test_a_get_stream_without_fruit_is_given_up(server: Hostile) -> None:
    async with talking(server.url("listens-in-vain")) as talk:
        talk.link.legacy = True
        talk.link.listen(VERSION)
        warning = await talk.until(Kind.CLIENT, "warning")
        assert "not opened again" in warning.data["says"]
        assert len(server.requests) == 6  # the first did say something


async def test_aborting_the_get_stream_ends_it(server: Hostile) -> None:
    async with talking(server.url("open")) as talk:
        talk.link.legacy = True
        talk.link.listen(VERSION)
        assert (await talk.hear()).body == NOTE
        talk.link.abort(1)
        assert (await talk.hear()).data["outcome"] == "aborted"
        await server.gone.wait()
    assert [found.method for found in server.requests] == ["GET"]


def sessions(*given: bytes) -> Behaviour:
    """Answers each POST under the next of these session ids; its GET streams stay open."""
    left = [*given]

    async def behaviour(conn: Conn, request: Request) -> None:
        if request.method == "GET":
            await conn.stream()
            await conn.until_gone()
        elif request.method == "DELETE":
            await conn.respond("204 No Content", None)
        else:
            body = request.answer()
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(body)
            await conn.write(head, b"Mcp-Session-Id: ", left.pop(0) if left else b"", b"\r\n\r\n", body)

    return behaviour


@pytest.mark.parametrize(
    "id", [b"caf\xe9 \xff", "caf\u00e9 \u2603".encode(), b"\x01\x7f", b"a b\tc", b"x" * 60_000]
)
async def test_an_odd_session_id_goes_back_byte_for_byte(id: bytes) -> None:
    async with serving({"mcp": sessions(id, id)}) as server, talking(server.url("mcp")) as talk:
        talk.link.legacy = True
        await talk.asked()
        await talk.asked()
        assert talk.told_by(Kind.CLIENT, "warning") == []
    posts = [found.headers.get("mcp-session-id", "").encode("latin-1") for found in server.requests]
    assert posts == [b"", id, id]


async def test_an_empty_session_id_is_none() -> None:
    async with serving({"mcp": sessions(b"")}) as server, talking(server.url("mcp")) as talk:
        talk.link.legacy = True
        await talk.asked()
    assert [found.method for found in server.requests] == ["POST"]


async def test_a_session_id_that_changes_is_taken_and_warned_of() -> None:
    async with serving({"mcp": sessions(b"s-1", b"s-2")}) as server, talking(server.url("mcp")) as talk:
        talk.link.legacy = True
        await talk.asked()
        await talk.asked()
        (warning,) = talk.told_by(Kind.CLIENT, "warning")
        assert "another session id" in warning.data["says"]
    assert [found.headers.get("mcp-session-id") for found in server.requests] == [None, "s-1", "s-2"]


async def test_an_answer_of_a_session_that_is_over_does_not_bring_it_back() -> None:
    held = anyio.Event()

    async def behaviour(conn: Conn, request: Request) -> None:
        session = request.headers.get("mcp-session-id")
        match request.id, session:
            case "slow", _:
                await held.wait()
                await conn.respond("200 OK", JSON, request.answer(), f"Mcp-Session-Id: {session}")
            case _, None:
                made = len(conn.server.requests)
                await conn.respond("200 OK", JSON, request.answer(), f"Mcp-Session-Id: s-{made}")
            case _:
                await conn.respond("404 Not Found", None)

    async with serving({"mcp": behaviour}) as server, talking(server.url("mcp")) as talk:
        talk.link.legacy = True
        await talk.asked()
        slow = await talk.ask(id="slow")
        await talk.asked()  # 404
        await talk.asked()  # a new one
        assert talk.link.session_id == "s-4"
        held.set()
        assert slow.exchange is not None
        await talk.hear_to_end(slow.exchange)
        assert talk.link.session_id == "s-4"


async def test_a_new_session_has_a_get_stream_of_its_own() -> None:
    async with serving({"mcp": sessions(b"s-1", b"s-2")}) as server, talking(server.url("mcp")) as talk:
        talk.link.legacy = True
        await talk.asked()
        talk.link.listen(VERSION)
        await answered(talk, 2)
        await talk.asked()
        talk.link.listen(VERSION)
        await server.gone.wait()
        await answered(talk, 4)
        gets = [found.headers["mcp-session-id"] for found in server.requests if found.method == "GET"]
        assert gets == ["s-1", "s-2"]


async def test_last_event_ids_are_sent_as_http_can_carry_them() -> None:
    async def behaviour(conn: Conn, request: Request) -> None:
        if request.method == "GET" and request.headers.get("last-event-id") is not None:
            await conn.stream()
            await conn.until_gone()
        else:
            await conn.stream()
            await conn.chunk("retry: 0\nid:  caf\u00e9 \u2603 \ndata:\n\n".encode())
            await conn.end()

    async with serving({"mcp": behaviour}) as server, talking(server.url("mcp")) as talk:
        talk.link.legacy = True
        talk.link.listen(VERSION)
        await answered(talk, 2)
        assert server.requests[1].headers["last-event-id"].encode("latin-1") == "caf\u00e9 \u2603".encode()


def test_streams_that_bring_nothing_are_asked_for_less_and_less_often() -> None:
    pauses = [_pause(0, idle) for idle in range(20)]
    assert pauses[0] == 0.01
    assert pauses == sorted(pauses)
    assert pauses[-1] == 1.0
    assert _pause(30.0, 5) == 30.0
