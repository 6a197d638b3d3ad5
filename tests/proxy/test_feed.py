"""The pipe between forwarder and recorder: whole frames, a bounded backlog, and what is lost is counted."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.proxy.feed import COUNT, ERR, EXITED, HEAD, IN, LOST, OUT, Feed, Frames, frame_at

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="record is for POSIX")


@pytest.fixture
def ends() -> Iterator[tuple[int, int]]:
    reads, writes = os.pipe()
    yield reads, writes
    for fd in (reads, writes):
        try:
            os.close(fd)
        except OSError:
            continue  # the test has closed it


def told(frames: Frames) -> list[tuple[int, bytes]]:
    return [(frame[0], frame[2]) for frame in frames.each(0.01) if frame is not None]


def test_frames_come_in_order_with_their_time(ends: tuple[int, int]) -> None:
    feed = Feed(ends[1])
    sent = [(IN, b"a" * 70_000), (OUT, b""), (ERR, b"\xff\n"), (EXITED, b"-9")]
    for what, data in sent:
        feed.put(what, data)
    feed.drop()
    found = [frame for frame in Frames(ends[0], pause=0).each(0.01) if frame is not None]
    assert [(frame[0], frame[2]) for frame in found] == sent
    assert sorted(frame[1] for frame in found) == [frame[1] for frame in found]


def test_what_exceeds_the_backlog_is_counted(ends: tuple[int, int]) -> None:
    reads, writes = ends
    feed = Feed(writes, limit=100_000)
    chunk = b"x" * 65_536
    sent = 0
    while feed.waiting + len(chunk) <= 100_000:  # the pipe, then the backlog
        feed.put(OUT, chunk)
        sent += 1
    for _ in range(3):
        feed.put(OUT, chunk)
        feed.put(ERR, b"log")
    frames = Frames(reads, pause=0)
    frames._take()
    feed.flush()
    assert feed.waiting == 0
    feed.put(EXITED, b"0")
    feed.drop()
    found = told(frames)
    assert [what for what, _ in found].count(OUT) == sent
    lost = [COUNT.unpack(data) for what, data in found if what == LOST]
    assert sum(size for stream, size in lost if stream == OUT) == 3 * len(chunk)
    assert found[-1] == (EXITED, b"0")


def test_a_recorder_that_is_gone_is_let_go(ends: tuple[int, int]) -> None:
    reads, writes = ends
    feed = Feed(writes)
    os.close(reads)
    feed.put(OUT, b"x")
    assert (feed.fd, feed.waiting) == (-1, 0)
    feed.put(OUT, b"y")
    feed.flush()


@given(st.lists(st.tuples(st.integers(0, 6), st.binary(max_size=40))), st.data())
def test_frames_cut_anywhere(sent: list[tuple[int, bytes]], draw: st.DataObject) -> None:
    whole = b"".join(HEAD.pack(what, 0.5, len(data)) + data for what, data in sent)
    cuts = sorted(draw.draw(st.lists(st.integers(0, len(whole)), max_size=4)))
    found, rest = [], b""
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        data, at = rest + whole[start:end], 0
        while (frame := frame_at(data, at)) is not None:
            found.append((frame[0], frame[2]))
            at = frame[3]
        rest = data[at:]
    assert (found, rest) == (sent, b"")
