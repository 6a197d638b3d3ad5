"""What only the legacy eras have: sessions, the GET stream, resumption, DELETE."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from inspector.wire.event import Kind
from tests.servers.http_hostile import NOTE, Hostile, hostile
from tests.transport.http_talk import Talk, talking

VERSION = {"mcp-protocol-version": "2025-11-25"}


@pytest.fixture
async def server() -> AsyncIterator[Hostile]:
    async with hostile() as running:
        yield running


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
