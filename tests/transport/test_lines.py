"""Lines out of chunks: nothing lost, however the stream is cut."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from inspector.transport.lines import HEAD, Line, LineSplitter, PieceSplitter


def split(splitter: LineSplitter | PieceSplitter, *chunks: bytes) -> list[Line]:
    found = [line for chunk in chunks for line in splitter.feed(chunk)]
    return found + splitter.finish()


def chunked(data: bytes, cuts: list[int]) -> list[bytes]:
    marks = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in itertools.pairwise(marks)]


STREAM = st.lists(st.sampled_from([b"\n", b"{}", b"x", b"\r\n", b"\xff", b"yyyyyyyyyy"])).map(b"".join)
CUTS = st.lists(st.integers(0, 1000))


def test_lines_are_cut_at_lf_only() -> None:
    assert split(LineSplitter(100), b"a\r\nb\x0bc\xe2\x80\xa8d\n", b"\n") == [
        Line(b"a\r", 2),
        Line(b"b\x0bc\xe2\x80\xa8d", 7),
        Line(b"", 0),
    ]


def test_a_last_line_without_lf_says_so() -> None:
    assert split(LineSplitter(100), b"ab", b"c") == [Line(b"abc", 3, ("no-newline",))]
    assert split(LineSplitter(100), b"abc\n") == [Line(b"abc", 3)]
    assert split(LineSplitter(100)) == []


def test_a_line_over_the_limit_is_given_when_it_passes_it_and_when_it_ends() -> None:
    splitter = LineSplitter(5)
    assert splitter.feed(b"abcde") == []
    assert splitter.feed(b"fg") == [Line(b"abcdefg", 7, ("line-too-long",))]
    assert splitter.feed(b"h" * 1000) == []
    assert splitter.feed(b"i\nnext\n") == [Line(b"", 1008, ("line-too-long",)), Line(b"next", 4)]


def test_a_line_of_exactly_the_limit_is_whole() -> None:
    assert split(LineSplitter(5), b"abcde\n") == [Line(b"abcde", 5)]


def test_an_endless_line_is_not_kept() -> None:
    splitter = LineSplitter(2 * HEAD)
    heads = [line for _ in range(100) for line in splitter.feed(b"x" * HEAD)]
    assert heads == [Line(b"x" * HEAD, 3 * HEAD, ("line-too-long",))]
    assert not splitter._parts
    assert splitter.finish() == [Line(b"", 100 * HEAD, ("line-too-long", "no-newline"))]


@given(STREAM, CUTS)
def test_chunks_do_not_matter_and_nothing_is_lost(data: bytes, cuts: list[int]) -> None:
    lines = split(LineSplitter(1000), *chunked(data, cuts))
    assert lines == split(LineSplitter(1000), data)
    ends = ["" if "no-newline" in line.faults else "\n" for line in lines]
    assert b"".join(line.body + end.encode() for line, end in zip(lines, ends, strict=True)) == data


@given(STREAM, CUTS, st.integers(1, 7))
def test_pieces_lose_nothing(data: bytes, cuts: list[int], piece: int) -> None:
    lines = split(PieceSplitter(piece), *chunked(data, cuts))
    whole = b"".join(line.body + (b"" if line.faults else b"\n") for line in lines)
    assert whole == data
    assert all(len(line.body) <= piece for line in lines)


@given(STREAM, CUTS)
def test_sizes_add_up(data: bytes, cuts: list[int]) -> None:
    lines = split(LineSplitter(3), *chunked(data, cuts))
    ended = [line for line in lines if line.whole or not line.body]
    total = sum(line.size + (0 if "no-newline" in line.faults else 1) for line in ended)
    assert total == len(data)
