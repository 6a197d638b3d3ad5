"""A response's bytes turned into events, without any connection."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inspector.journal.journal import Journal
from inspector.transport.exchange import Exchange, Reading, carries_message
from inspector.transport.tap import Tap
from inspector.wire.event import Event
from inspector.wire.jsonrpc import classify

REPLY = b'{"jsonrpc":"2.0","id":1,"result":{}}'
NOTE = b'{"jsonrpc":"2.0","method":"n"}'


def read(*chunks: bytes, status: int = 200, content_type: str = "application/json", limit: int = 1 << 20):
    """What stands in the journal after these chunks, and which of it was yielded."""
    journal = Journal.create()
    reading = Reading(Tap(journal), 1, status=status, content_type=content_type, limit=limit)
    yielded = [event.seq for chunk in chunks for event in reading.feed(chunk)]
    yielded += [event.seq for event in reading.close()]
    events = [journal.event(seq) for seq in range(len(journal))]
    journal.close()
    return events, yielded, reading


def seen(events: list[Event]) -> list[tuple[object, ...]]:
    return [(e.kind, e.what, e.body, e.faults, tuple(e.data.items()), e.size) for e in events]


def test_messages_are_yielded_and_the_rest_is_only_written_down() -> None:
    stream = b": c\n\nid: 1\ndata: " + NOTE + b"\n\ndata: x\n\ndata: " + REPLY + b"\n\n"
    events, yielded, reading = read(stream, content_type="Text/Event-Stream; charset=utf-8")
    assert [event.kind.word for event in events] == ["sse", "sse", "message", "sse", "message"]
    assert yielded == [2, 4]
    assert (reading.is_stream, reading.replied, reading.fruitful) == (True, True, True)
    assert reading.cursor == ("1", 1.0)


def test_what_text_cannot_say_is_kept_as_bytes() -> None:
    stream = b": \xff\nid: \xfe\nevent: a\nevent: b\nodd: \xfd\nretry: 1\nretry: 2\ndata: " + NOTE + b"\n\n"
    events, _, _ = read(stream, content_type="text/event-stream")
    assert [(e.what, e.body, e.faults, e.data.get("name"), e.data.get("value")) for e in events] == [
        ("comment", b": \xff", ("bad-utf8",), None, None),
        ("field", b"id: \xfe", ("bad-utf8",), "id", "\ufffd"),
        ("field", b"", (), "event", "a"),
        ("field", b"odd: \xfd", ("bad-utf8",), "odd", "\ufffd"),
        ("field", b"", (), "retry", "1"),
        ("event", b"", (), None, None),
        ("", NOTE, (), None, None),
    ]
    events, _, _ = read(b": long comment\nevent: e\xc3\xa9\n\n", content_type="text/event-stream", limit=8)
    assert [(e.what, e.body, e.faults, e.data.get("size")) for e in events] == [
        ("comment", b"", ("line-too-long",), 14),
        ("field", b"", ("line-too-long",), 10),
        ("event", b"", (), None),
    ]


def test_a_message_is_written_only_when_the_one_before_has_been_taken() -> None:
    journal = Journal.create()
    reading = Reading(Tap(journal), 1, status=200, content_type="text/event-stream")
    messages = reading.feed((b"data: " + NOTE + b"\n\n") * 3)
    next(messages)
    assert len(journal) == 1
    assert len(list(messages)) == 2
    journal.close()


def test_a_batch_can_hold_the_reply() -> None:
    events, yielded, reading = read(b"[" + NOTE + b"," + REPLY + b"]")
    assert (len(events), yielded, reading.replied) == (1, [0], True)


@pytest.mark.parametrize("content_type", ["", "text/event-stream", "application/json"])
@pytest.mark.parametrize("body", [b"", b"\n", b"   "])
def test_next_to_nothing(content_type: str, body: bytes) -> None:
    events, yielded, reading = read(body, content_type=content_type)
    assert (len(events), yielded) == (len(body) > 0, [])
    assert reading.is_stream == (content_type == "text/event-stream")


def test_an_error_page_that_looks_like_an_event_stream_is_a_page() -> None:
    events, _, reading = read(b"id: unknown\n\n", status=500, content_type="text/plain")
    assert [event.what for event in events] == ["body"]
    assert not reading.is_stream


@pytest.mark.parametrize(
    ("body", "loosely", "strictly"),
    [
        (REPLY, True, True),
        (b"[" + REPLY + b"]", True, True),
        (b'{"jsonrpc":"2.0"}', True, True),
        (b'{"id":1,"result":{}}', True, True),
        (b'{"error":"invalid_token"}', True, False),
        (b'{"id":"request-7","message":"down"}', True, False),
        (b"{}", True, False),
        (b"[1]", True, False),
        (b"null", False, False),
        (b'"text"', False, False),
        (b"<html>", False, False),
        (b"", False, False),
    ],
)
def test_what_passes_for_a_message(body: bytes, loosely: bool, strictly: bool) -> None:
    frame = classify(body)
    assert carries_message(frame, strict=False) is loosely
    assert carries_message(frame, strict=True) is strictly


_BODIES = [
    REPLY,
    b"\xef\xbb\xbf" + REPLY,
    b"\n\ndata: " + REPLY + b"\n\n",
    b"event: e\r\ndata: " + NOTE + b"\r\n\r\nretry: 5\r\r: c\rdata: {",
    b"da",
    b"date",
    b"<html>data: x",
    b" \n \t",
]


@example(body=b"\xef\xbb\xbf" + REPLY, cuts=[1], content_type="text/event-stream", status=200, limit=8)
@example(body=b"\xef\xbb\xbfdata: " + REPLY, cuts=[2], content_type="text/html", status=200, limit=1 << 20)
@example(body=b" " * 4095 + REPLY, cuts=[1, 4095], content_type="text/event-stream", status=200, limit=8)
@example(body=b" " * 4094 + b"data: x", cuts=[4096], content_type="", status=200, limit=8)
@given(
    body=st.sampled_from(_BODIES) | st.binary(max_size=40),
    cuts=st.lists(st.integers(1, 60)),
    content_type=st.sampled_from(["application/json", "text/event-stream", "text/html", ""]),
    status=st.sampled_from([200, 202, 400]),
    limit=st.sampled_from([8, 1 << 20]),
)
def test_chunks_make_no_difference(
    body: bytes, cuts: list[int], content_type: str, status: int, limit: int
) -> None:
    places = sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})
    chunks = [body[start:end] for start, end in pairwise(places)]
    whole, _, _ = read(body, content_type=content_type, status=status, limit=limit)
    pieces, _, _ = read(*chunks, content_type=content_type, status=status, limit=limit)
    assert seen(whole) == seen(pieces)


async def test_the_facts_of_an_end_are_what_is_known() -> None:
    exchange = Exchange(1)
    assert exchange.facts() == {"outcome": "aborted", "bytes": 0, "phases": {}}
    exchange.ends("failed", "no luck", "dns")
    assert exchange.facts() == {
        "outcome": "failed",
        "error": "no luck",
        "stage": "dns",
        "bytes": 0,
        "phases": {},
    }
    exchange.requests, exchange.status = 2, 200
    exchange.ends("complete")
    assert exchange.facts() == {"outcome": "complete", "status": 200, "requests": 2, "bytes": 0, "phases": {}}
