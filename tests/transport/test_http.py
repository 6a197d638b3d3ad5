"""The HTTP transport against a server of which every byte is under control.

Each test is a conversation: what is sent, what arrives, and what then stands in the journal.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import pytest

from inspector.transport.base import LinkClosed, Outgoing
from inspector.transport.http import HttpTransport
from inspector.transport.pace import Pace
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget
from inspector.wire.event import Event, Kind, Shape
from inspector.wire.jsonrpc import request
from tests.servers.http_hostile import HTML, NOTE, Hostile, hostile
from tests.transport.http_talk import talking


@pytest.fixture
async def server() -> AsyncIterator[Hostile]:
    async with hostile() as running:
        yield running


def reply_of(heard: list[Event]) -> Event:
    (reply,) = [
        event for event in heard if event.frame and event.frame.shape in (Shape.RESPONSE, Shape.ERROR)
    ]
    return reply


async def test_an_exchange_from_start_to_end(server: Hostile) -> None:
    async with talking(server.url("json"), headers=(("X-Own", "1"), ("User-Agent", "mine"))) as talk:
        sent = await talk.ask(MCP_Protocol_Version="2026-07-28")
        assert (sent.exchange, sent.frame and sent.frame.method) == (1, "tools/call")
        reply, end = await talk.hear_to_end(1)
        assert reply.body == server.requests[0].answer(ok=True)
        assert talk.story() == [
            "> request",
            "http request POST",
            "http response 200",
            "< response",
            "http end complete",
        ]
        assert {event.exchange for event in talk.events()} == {1}
        asked, answered = talk.http("request")[0], talk.http("response")[0]
        assert asked["url"] == server.url("json")
        assert asked["size"] == len(sent.body)
        went_out = {name.lower(): value for name, value in asked["headers"]}
        assert went_out == server.requests[0].headers
        assert went_out["accept"] == "application/json, text/event-stream"
        assert went_out["accept-encoding"] == "identity"
        assert went_out["content-type"] == "application/json"
        assert went_out["user-agent"] == "mine"
        assert (went_out["x-own"], went_out["mcp-protocol-version"]) == ("1", "2026-07-28")
        assert (answered["version"], answered["reason"]) == ("HTTP/1.1", "OK")
        assert answered["headers"][0] == ["Content-Type", "application/json"]
        assert end.data["bytes"] == len(reply.body)
        assert list(end.data["phases"]) == ["connect", "send", "wait", "body"]


async def test_headers_are_written_down_as_they_came(server: Hostile) -> None:
    async with talking(server.url("odd-headers")) as talk:
        await talk.asked()
        headers = talk.http("response")[0]["headers"]
        assert [pair for pair in headers if pair[0].lower().startswith("x-")] == [
            ["X-Twice", "1"],
            ["x-TWICE", "2"],
            ["X-Raw", "café"],
        ]


async def test_credentials_are_sent_but_not_written_down(server: Hostile) -> None:
    async with talking(server.url("json"), headers=(("Authorization", "Bearer s3cret"),)) as talk:
        await talk.asked()
        assert server.requests[0].headers["authorization"] == "Bearer s3cret"
        assert "s3cret" not in str([event.data for event in talk.events()])


async def test_a_cookie_beyond_ascii_ends_nothing(server: Hostile) -> None:
    async with talking(server.url("odd-cookie")) as talk:
        await talk.asked()
        assert reply_of(await talk.asked())
        assert server.requests[1].headers["cookie"] == "plain=1"


@pytest.mark.parametrize("path", ["html-label", "no-label", "sse-label"])
async def test_the_bytes_count_and_not_the_content_type(server: Hostile, path: str) -> None:
    async with talking(server.url(path)) as talk:
        reply = reply_of(await talk.asked())
        assert reply.faults == ("content-type",)
        assert talk.end()["outcome"] == "complete"


async def test_an_event_stream_under_a_wrong_content_type(server: Hostile) -> None:
    async with talking(server.url("sse-mislabelled")) as talk:
        assert reply_of(await talk.asked()).faults == ("content-type",)


@pytest.mark.parametrize(
    ("path", "body", "faults"),
    [
        ("accepted-with-text", b"queued", ("unexpected-body",)),
        ("not-json", b'{"jsonrpc":"2.0","id":', ("not-json",)),
        ("html-200", HTML, ("content-type", "not-json")),
        ("html-500", HTML, ()),
        ("forbidden", b"no", ()),
        ("not-found", b"nothing here", ()),
        ("unauthorized", b'{"error":"invalid_token","error_description":"expired"}', ()),
    ],
)
async def test_a_body_that_is_no_message(
    server: Hostile, path: str, body: bytes, faults: tuple[str, ...]
) -> None:
    async with talking(server.url(path)) as talk:
        (end,) = await talk.asked()
        (kept,) = talk.told_by(Kind.HTTP, "body")
        assert (kept.body, kept.faults, kept.exchange) == (body, faults, 1)
        assert end.data["outcome"] == "complete"
        assert end.data["status"] == talk.http("response")[0]["status"]


async def test_a_401_shows_its_challenge(server: Hostile) -> None:
    async with talking(server.url("unauthorized")) as talk:
        await talk.asked()
        headers = dict(talk.http("response")[0]["headers"])
        assert headers["WWW-Authenticate"].startswith("Bearer resource_metadata=")
        assert talk.end()["status"] == 401


@pytest.mark.parametrize("path", ["accepted", "no-content", "empty"])
async def test_no_body_at_all(server: Hostile, path: str) -> None:
    async with talking(server.url(path)) as talk:
        (end,) = await talk.asked()
        assert (end.data["outcome"], end.data["bytes"]) == ("complete", 0)
        assert talk.told_by(Kind.HTTP, "body") == []


async def test_a_202_that_carries_the_answer_all_the_same(server: Hostile) -> None:
    async with talking(server.url("accepted-with-answer")) as talk:
        assert reply_of(await talk.asked()).faults == ("unexpected-body",)


async def test_a_notification_that_gets_a_body(server: Hostile) -> None:
    async with talking(server.url("html-200")) as talk:
        await talk.told()
        assert talk.told_by(Kind.HTTP, "body")[0].faults == ("unexpected-body",)


async def test_a_valid_result_at_400_is_a_message(server: Hostile) -> None:
    async with talking(server.url("result-at-400")) as talk:
        reply = reply_of(await talk.asked())
        assert (reply.frame and reply.frame.shape, reply.faults) == (Shape.RESPONSE, ())
        assert talk.end()["status"] == 400


async def test_an_error_without_an_id_at_404_is_a_message(server: Hostile) -> None:
    async with talking(server.url("unknown-method")) as talk:
        reply = reply_of(await talk.asked())
        assert reply.frame is not None
        assert (reply.frame.error["code"], reply.frame.id) == (-32601, None)


async def test_an_answer_to_nobody_is_kept(server: Hostile) -> None:
    async with talking(server.url("wrong-id")) as talk:
        reply = reply_of(await talk.asked())
        assert reply.frame is not None
        assert reply.frame.id == '"nobody"'


async def test_an_event_stream(server: Hostile) -> None:
    async with talking(server.url("sse")) as talk:
        note, reply, _ = await talk.asked()
        assert (note.body, note.exchange) == (NOTE, 1)
        assert reply.body == server.requests[0].answer(ok=True)
        assert talk.story()[3:] == [
            "sse event",
            "< notification",
            "sse event",
            "< response",
            "http end complete",
        ]


async def test_bad_json_in_one_event(server: Hostile) -> None:
    async with talking(server.url("bad-event")) as talk:
        note, reply, _ = await talk.asked()
        assert (note.body, reply.body) == (NOTE, server.requests[0].answer(ok=True))
        bad = [(event.body, event.faults) for event in talk.told_by(Kind.SSE, "event")]
        assert bad == [(b"{not json", ("not-json",)), (b"42", ("not-an-object",))]


async def test_comments_and_odd_fields(server: Hostile) -> None:
    async with talking(server.url("odd-fields")) as talk:
        await talk.asked()
        told = [{**event.data, "body": event.body} for event in talk.told_by(Kind.SSE)]
        assert told == [
            {"what": "comment", "text": " ping", "body": b""},
            {"what": "field", "name": "colour", "value": "red", "body": b""},
            {"what": "field", "name": "retry", "value": "soon", "body": b""},
            {"what": "event", "event": "message", "id": "7", "retry": 20, "body": b""},
            {"what": "event", "id": "8", "body": b""},
            {"what": "event", "event": "ping", "body": b"{}"},
        ]
        assert talk.end()["outcome"] == "complete"


async def test_a_missing_final_blank_line_drops_the_event(server: Hostile) -> None:
    async with talking(server.url("no-blank-line")) as talk:
        (end,) = await talk.asked()
        (dropped,) = talk.told_by(Kind.SSE)
        assert dropped.data == {"what": "dropped", "id": "3"}
        assert dropped.body == server.requests[0].answer(ok=True)
        assert (end.data["outcome"], end.data["error"]) == (
            "closed-early",
            "the stream ended before the answer",
        )


async def test_a_stream_that_ends_before_the_answer(server: Hostile) -> None:
    async with talking(server.url("ends-early")) as talk:
        note, end = await talk.asked()
        assert note.body == NOTE
        assert (end.data["outcome"], end.data["stage"], end.data["status"]) == ("closed-early", "read", 200)


async def test_a_stream_that_breaks_off(server: Hostile) -> None:
    async with talking(server.url("breaks-off")) as talk:
        note, end = await talk.asked()
        assert note.body == NOTE
        assert talk.told_by(Kind.SSE, "dropped")[0].body == b"{"
        assert (end.data["outcome"], end.data["stage"]) == ("closed-early", "read")
        assert end.data["error"].endswith("closed the connection before the end of the body")


async def test_a_whole_message_in_a_body_cut_short(server: Hostile) -> None:
    async with talking(server.url("short-body")) as talk:
        assert reply_of(await talk.asked()).body == server.requests[0].answer(ok=True)
        assert talk.end()["outcome"] == "closed-early"


async def test_an_event_stream_in_crumbs(server: Hostile) -> None:
    async with talking(server.url("crumbs")) as talk:
        note, reply, _ = await talk.asked()
        assert (note.body, reply.body) == (NOTE, server.requests[0].answer(text="é"))
        assert talk.told_by(Kind.SSE, "comment")[0].data["text"] == " é"


async def test_a_compressed_body_is_decoded(server: Hostile) -> None:
    async with talking(server.url("gzip")) as talk:
        reply = reply_of(await talk.asked())
        assert reply.body == server.requests[0].answer(ok=True)
        length = dict(talk.http("response")[0]["headers"])["Content-Length"]
        assert talk.end()["bytes"] == int(length)


@pytest.mark.parametrize("path", ["large", "large-event"])
async def test_20_megabytes(server: Hostile, path: str) -> None:
    async with talking(server.url(path)) as talk:
        reply = reply_of(await talk.asked())
        assert len(reply.body) == len(server.requests[0].answer(text="")) + 20_000_000


@pytest.mark.parametrize("path", ["large", "large-event"])
async def test_beyond_the_limit_the_head_is_kept_and_the_rest_counted(server: Hostile, path: str) -> None:
    async with talking(server.url(path), body_limit=1000) as talk:
        (end,) = await talk.asked()
        (kept,) = talk.told_by(Kind.HTTP, "body") + talk.told_by(Kind.SSE, "event")
        assert kept.faults == ("line-too-long",)
        assert kept.body.startswith(b'{"jsonrpc"')
        assert len(kept.body) <= 1000
        assert max(kept.size, kept.data.get("size", 0)) > 20_000_000
        assert end.data["bytes"] > 20_000_000


async def test_a_burst_waits_for_a_slow_reader(server: Hostile) -> None:
    async with talking(server.url("burst")) as talk:
        await talk.ask()
        await talk.hear()
        written = len(talk.journal)
        await anyio.wait_all_tasks_blocked()
        assert len(talk.journal) < 2000
        heard = [await talk.hear() for _ in range(2001)]
        assert len(talk.journal) > written
        assert [event.seq for event in heard] == sorted(event.seq for event in heard)
        assert heard[-1].what == "end"


async def test_a_stream_that_came_in_one_burst_after_a_wait(
    server: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How much is a wait is the pace's business; here, that what it finds is written down."""
    monkeypatch.setattr(Pace, "held", lambda pace, before: 2.5 if before == 2000 else 0.0)
    async with talking(server.url("burst")) as talk:
        *_, end = await talk.asked()
        assert (end.data["buffered"], end.data["held"]) == (True, 2.5)
        (warning,) = talk.told_by(Kind.CLIENT, "warning")
        assert warning.data["exchange"] == 1
        assert "came at once after 2.5 s" in warning.data["says"]


async def test_aborting_closes_the_stream(server: Hostile) -> None:
    async with talking(server.url("open")) as talk:
        sent = await talk.ask()
        assert (await talk.hear()).body == NOTE
        talk.link.abort(1)
        end = await talk.hear()
        assert (end.what, end.data["outcome"], end.exchange) == ("end", "aborted", sent.exchange)
        await server.gone.wait()
        talk.link.abort(1)  # ended already: nothing happens
        talk.link.abort(99)


async def test_what_had_come_when_a_stream_is_aborted_is_written_down(server: Hostile) -> None:
    async with talking(server.url("burst")) as talk:
        sent = await talk.ask()
        while talk.link.inbound.statistics().tasks_waiting_send == 0:
            await anyio.lowlevel.checkpoint()
        assert sent.exchange is not None
        talk.link.abort(sent.exchange)
        await talk.until(Kind.HTTP, "end")
        event = b"data: " + NOTE + b"\n\n"
        written = [found for found in talk.told_by(Kind.MESSAGE) if found.body == NOTE]
        assert talk.end()["outcome"] == "aborted"
        assert len(written) == talk.end()["bytes"] // len(event)


async def test_aborting_before_there_is_a_response(server: Hostile) -> None:
    async with talking(server.url("silent")) as talk:
        await talk.ask()
        await talk.until(Kind.HTTP, "request")
        talk.link.abort(1)
        assert (await talk.hear()).data["outcome"] == "aborted"


async def test_aborting_before_the_request_has_gone(server: Hostile) -> None:
    async with talking(server.url("json")) as talk:
        await talk.ask()
        talk.link.abort(1)
        assert (await talk.hear()).data["outcome"] == "aborted"
        assert talk.story() == ["> request", "http end aborted"]
        assert server.requests == []


async def test_many_streams_do_not_wait_for_each_other(server: Hostile) -> None:
    async with talking(server.url("open")) as talk:
        for number in range(150):
            await talk.ask(id=number)
        heard = {(await talk.hear()).exchange for _ in range(150)}
        assert len(heard) == 150
        talk.link.close()
        for number in range(1, 151):
            talk.link.abort(number)
        await anyio.wait_all_tasks_blocked()
        assert [end["outcome"] for end in talk.http("end")] == ["aborted"] * 150


async def test_what_follows_a_notification_does_not_overtake_it(server: Hostile) -> None:
    async with talking(server.url("late-to-hear")) as talk:
        await talk.tell()
        sent = await talk.ask()
        assert sent.exchange is not None
        await talk.hear_to_end(sent.exchange)
        assert [found.method for found in server.requests] == ["POST", "HEARD", "POST"]


async def test_a_notification_that_is_not_taken_holds_the_rest_up_once(
    server: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inspector.transport.unheard._HEARD_WITHIN", 0.05)
    async with talking(server.url("deaf")) as talk:
        await talk.tell()
        await talk.asked()
        await talk.asked()
        assert [found.id for found in server.requests] == [None, 1, 1]


async def test_two_connections_in_one_journal_share_no_exchange(server: Hostile) -> None:
    async with talking(server.url("json")) as talk:
        await talk.asked()
        async with HttpTransport(HttpTarget(server.url("json"))).open(Tap(talk.journal)) as link:
            event = await link.send(Outgoing(request(1, "ping")))
            while (await link.inbound.receive()).what != "end":
                pass
        assert event.exchange == 2
        assert len(talk.journal.rows_of_exchange(1)) == len(talk.journal.rows_of_exchange(2)) == 5


async def test_after_the_link_is_closed(server: Hostile) -> None:
    async with talking(server.url("json")) as talk:
        talk.link.close()
        with pytest.raises(LinkClosed):
            await talk.link.send(Outgoing(request(1, "ping")))
        assert talk.story() == ["> request"]


async def test_an_exception_in_the_block_comes_out_as_it_is(server: Hostile) -> None:
    async def fail() -> None:
        async with talking(server.url("open")) as talk:
            await talk.ask()
            await talk.hear()
            raise KeyError

    with pytest.raises(KeyError):
        await fail()


async def test_cancelling_the_block_leaves_nothing_behind(server: Hostile) -> None:
    with anyio.CancelScope() as scope:
        async with talking(server.url("open")) as talk:
            await talk.ask()
            await talk.hear()
            scope.cancel()
            await anyio.sleep_forever()
    assert scope.cancelled_caught
    await server.gone.wait()


async def test_a_session_that_stops_reading_does_not_hang_the_link(server: Hostile) -> None:
    async with talking(server.url("burst")) as talk:
        await talk.ask()
        await talk.hear()
        talk.link.inbound.close()
        await talk.until(Kind.HTTP, "end")


async def test_a_redirect_that_changes_the_method_is_shown_and_not_followed(server: Hostile) -> None:
    async with talking(server.url("found")) as talk:
        (end,) = await talk.asked()
        assert (end.data["status"], end.data["redirect"]) == (302, server.url("json"))
        assert len(server.requests) == 1


async def test_a_redirect_at_the_same_origin_is_followed_within_the_exchange(server: Hostile) -> None:
    async with talking(server.url("moved-here")) as talk:
        assert reply_of(await talk.asked()).exchange == 1
        assert talk.story() == [
            "> request",
            "http request POST",
            "http response 307",
            "http request POST",
            "http response 200",
            "< response",
            "http end complete",
        ]
        assert talk.http("request")[1]["why"] == "redirect"
        assert server.requests[1].body == server.requests[0].body
        assert (talk.end()["requests"], talk.end()["status"], "redirect" in talk.end()) == (2, 200, False)


async def test_a_redirect_to_another_origin_is_not_followed(server: Hostile) -> None:
    async with talking(server.url("moved-away"), headers=(("Authorization", "Bearer s"),)) as talk:
        (end,) = await talk.asked()
        assert (end.data["status"], end.data["redirect"]) == (308, "http://localhost:1/mcp")


async def test_a_redirect_to_itself_is_not_followed(server: Hostile) -> None:
    async with talking(server.url("moved-round")) as talk:
        (end,) = await talk.asked()
        assert len(server.requests) == 1
        assert (end.data["redirect"], end.data["cause"]) == (server.url("moved-round"), "redirect-itself")
        assert "redirects to itself" in end.data["error"]


@pytest.mark.parametrize("path", ["moved-nowhere", "moved-to-no-name", "moved-to-no-ip"])
async def test_a_redirect_to_nowhere(server: Hostile, path: str) -> None:
    async with talking(server.url(path)) as talk:
        (end,) = await talk.asked()
        assert end.data["outcome"] == "failed"
        assert "points to something that is no URL" in end.data["error"]
