from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.transport.sse import Comment, Item, OddField, ServerEvent, SseParser


def parse(*chunks: bytes, limit: int = 1 << 20) -> list[Item]:
    return parse_with(SseParser(limit), chunks)


def parse_with(parser: SseParser, chunks: Iterable[bytes]) -> list[Item]:
    items = [item for chunk in chunks for item in parser.feed(chunk)]
    return items + list(parser.close())


def event(data: bytes | None, **rest: object) -> ServerEvent:
    return ServerEvent(data, size=len(data or b""), **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_lines_end_with_lf_cr_or_both(end: bytes) -> None:
    stream = end.join([b"event: message", b"id: 7", b"data: one", b"data:two", b"", b"data: three", b"", b""])
    assert parse(stream) == [event(b"one\ntwo", type="message", id="7"), event(b"three")]


def test_one_leading_space_is_stripped_and_no_more() -> None:
    assert parse(b"data:  two spaces \n\n") == [event(b" two spaces ")]


def test_a_field_without_a_colon_has_an_empty_value() -> None:
    assert parse(b"data\n\ndata\ndata\n\n") == [event(b""), event(b"\n")]


def test_a_byte_order_mark_is_skipped_once() -> None:
    items = parse(b"\xef", b"\xbb\xbfdata: a\n\n\xef\xbb\xbfdata: b\n\n")
    assert items == [event(b"a"), OddField("\ufeffdata", "b")]


def test_comments_and_odd_fields_come_in_their_place() -> None:
    items = parse(b": ping\ndata: a\ncolour: red\nretry: soon\nid: a\0b\n\n:\n")
    assert items == [
        Comment(" ping"),
        OddField("colour", "red"),
        OddField("retry", "soon"),
        OddField("id", "a\0b"),
        event(b"a"),
        Comment(""),
    ]


def test_an_id_counts_when_its_event_is_complete_and_an_empty_one_resets() -> None:
    parser = SseParser()
    assert list(parser.feed(b"id: 5\ndata:")) == []
    assert parser.last_id == ""
    assert list(parser.feed(b"\n\n")) == [event(b"", id="5")]
    assert parser.last_id == "5"
    list(parser.feed(b"data: keeps it\n\n"))
    assert parser.last_id == "5"
    assert list(parser.feed(b"id\n\n")) == [event(None, id="")]
    assert parser.last_id == ""


def test_retry_takes_digits_only() -> None:
    parser = SseParser()
    items = parse_with(parser, [b"retry: 250\n\nretry: -1\n\nretry: ", "\u0663".encode(), b"\n\n"])
    assert items == [event(None, retry=250), OddField("retry", "-1"), OddField("retry", "\u0663")]
    assert parser.retry == 0.25


def test_blank_lines_alone_are_nothing() -> None:
    assert parse(b"\n\n\r\r\n\n") == []


@pytest.mark.parametrize("tail", [b"", b"\n"])
def test_an_event_without_its_blank_line_is_incomplete(tail: bytes) -> None:
    items = parse(b"data: a\n\nid: 9\ndata: b" + tail)
    assert items == [event(b"a"), event(b"b", id="9", complete=False)]


def test_data_beyond_the_limit_is_counted() -> None:
    (line,) = parse(b"data: " + b"x" * 100 + b"\n\n", limit=20)
    assert isinstance(line, ServerEvent)
    assert (line.data, line.size) == (b"x" * 14, 100)
    (lines,) = parse(b"data: 1234567890\n" * 5 + b"\n", limit=20)
    assert isinstance(lines, ServerEvent)
    assert (lines.data, lines.size) == (b"1234567890\n123456789", 54)


def test_a_line_of_20_megabytes_in_small_chunks() -> None:
    # Quadratic work here would take minutes, and the suite's own limit would end it.
    parser = SseParser()
    chunk = b"x" * 4096
    items = parse_with(parser, [b"data: ", *[chunk] * 5120, b"\n", b"\n"])
    assert items == [event(chunk * 5120)]


_lines = st.sampled_from(
    [
        b"data: a",
        b"data:",
        b"data",
        b"data:  b",
        b"event: x",
        b"id: 1",
        b"id",
        b"id: \0",
        b"retry: 10",
        b"retry: x",
        b": c",
        b":",
        b"odd: v",
        b"odd",
        b"",
        b"",
        "data: \u00e9\ufeff".encode(),
        b"data: \xff",
        b"\xef\xbb\xbfdata: q",
    ]
)
_ends = st.sampled_from([b"\n", b"\r", b"\r\n"])
_streams = st.lists(st.tuples(_lines, _ends)).map(lambda parts: b"".join(a + b for a, b in parts))


@given(
    stream=_streams | st.binary(), cuts=st.lists(st.integers(0, 200)), limit=st.sampled_from([3, 9, 1 << 20])
)
def test_chunks_make_no_difference(stream: bytes, cuts: list[int], limit: int) -> None:
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    chunks = [stream[start:end] for start, end in pairwise(places)]
    whole, pieces = SseParser(limit), SseParser(limit)
    assert parse_with(whole, [stream]) == parse_with(pieces, chunks)
    assert (whole.last_id, whole.retry) == (pieces.last_id, pieces.retry)


@given(stream=_streams)
def test_it_agrees_with_the_standard_said_plainly(stream: bytes) -> None:
    found = [item for item in parse(stream) if isinstance(item, ServerEvent) and item.complete]
    browser = [(item.type or "message", item.data) for item in found if item.data is not None]
    assert browser == _plainly(stream)


def _plainly(stream: bytes) -> list[tuple[str, bytes]]:
    """The standard's own steps, over the whole text at once."""
    lines = (
        stream.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")[:-1]
    )
    dispatched: list[tuple[str, bytes]] = []
    kind, data = "", b""
    for line in lines:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if not line:
            if data:
                dispatched.append((kind or "message", data.removesuffix(b"\n")))
            kind, data = "", b""
        elif name == b"data":
            data += value + b"\n"
        elif name == b"event":
            kind = value.decode("utf-8", "replace")
    return dispatched
