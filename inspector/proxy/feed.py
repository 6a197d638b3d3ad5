"""What the forwarder tells the recorder: frames through a pipe, which never keep the forwarder waiting.

Both ends are here, so that they cannot disagree. A frame is what it is (1 byte), when that was (8, seconds of
the monotonic clock), how many bytes follow (4), and those bytes. It knows no lines and no messages.
"""

from __future__ import annotations

import os
import select
import time
from collections import deque
from collections.abc import Iterator
from struct import Struct

HEAD = Struct("<BdI")
COUNT = Struct("<BQ")

IN, OUT, ERR = 0, 1, 2
"""Bytes of the host's to the server, and of the server's standard output and error."""
EXITED = 3
"""The server is gone; its code as text, negative for a signal. After all that it wrote."""
CLOSED = 4
"""A stream has ended; the byte says which."""
BROKEN = 5
"""A stream has no reader any more, and something was still to be written; the byte says which."""
LOST = 6
"""Bytes of a stream that are not recorded, because the recorder was too slow: `COUNT`."""

BACKLOG = 64 * 1024 * 1024
"""Bytes that wait for a slow recorder in the forwarder's memory."""
_ROOM = 1 << 20
_EAGER = 256 * 1024 * 1024
"""Bytes that the recorder takes out of the pipe before it has worked them off."""
_EVERY = 0.005


class Feed:
    """The forwarder's end. Nothing here waits, and nothing here raises.

    Attributes:
        fd: The pipe; -1 where nobody records, or nobody does any more.
        waiting: Bytes that the pipe had no room for.
    """

    __slots__ = ("_backlog", "_limit", "_lost", "fd", "waiting")

    def __init__(self, fd: int, limit: int = BACKLOG) -> None:
        os.set_blocking(fd, False)
        widen(fd)
        self.fd = fd
        self.waiting = 0
        self._limit = limit
        self._backlog: deque[bytes | memoryview] = deque()
        self._lost: dict[int, int] = {}

    def put(self, what: int, data: bytes) -> None:
        """Tell of `data`, now."""
        if self.fd < 0:
            return
        head = HEAD.pack(what, time.monotonic(), len(data))
        if self.waiting or self._lost:
            self._wait(what, head, data)
            return
        size = len(head) + len(data)
        try:
            written = os.writev(self.fd, (head, data))
        except BlockingIOError:
            written = 0
        except OSError:
            self.drop()
            return
        if written < size:
            self._backlog.append(memoryview(head + data)[written:])
            self.waiting = size - written

    def _wait(self, what: int, head: bytes, data: bytes) -> None:
        if what <= ERR and self.waiting + len(data) > self._limit:
            self._lost[what] = self._lost.get(what, 0) + len(data)
            return
        for stream, size in self._lost.items():
            self._queue(HEAD.pack(LOST, time.monotonic(), COUNT.size) + COUNT.pack(stream, size))
        self._lost.clear()
        self._queue(head + data)

    def _queue(self, frame: bytes) -> None:
        self._backlog.append(frame)
        self.waiting += len(frame)

    def flush(self) -> None:
        """Write of what waits as much as the pipe takes."""
        while self._backlog:
            first = self._backlog[0]
            try:
                written = os.write(self.fd, first)
            except BlockingIOError:
                return
            except OSError:
                self.drop()
                return
            self.waiting -= written
            if written < len(first):
                self._backlog[0] = memoryview(first)[written:]
                return
            self._backlog.popleft()

    def drop(self) -> None:
        """Nobody records any more: the pipe is closed, and what waits is let go."""
        if self.fd >= 0:
            os.close(self.fd)
        self.fd = -1
        self.waiting = 0
        self._backlog.clear()
        self._lost.clear()


class Frames:
    """The recorder's end. It empties the pipe as fast as it can: what is in here, no SIGKILL takes away.

    Args:
        fd: The pipe.
        pause: Seconds to let more come, so that a quick exchange does not wake this process at each message.
    """

    def __init__(self, fd: int, pause: float = 0.01) -> None:
        os.set_blocking(fd, False)
        self._fd = fd
        self._pause = pause
        self._poll = select.poll()
        self._poll.register(fd, select.POLLIN)
        self._blocks: deque[bytes] = deque()
        self._held = 0
        self._ended = False
        self._looked = 0.0

    def drain(self) -> None:
        """Take what is in the pipe, if that was not done a moment ago."""
        now = time.monotonic()
        if now - self._looked >= _EVERY:
            self._looked = now
            self._take()

    def each(self, patience: float) -> Iterator[tuple[int, float, bytes] | None]:
        """The frames up to the end of the pipe; `None` after `patience` seconds without any."""
        rest = b""
        while True:
            if not self._blocks:
                self._take()
            if not self._blocks:
                if self._ended:
                    return
                if not self._poll.poll(patience * 1000):
                    yield None
                continue
            block = self._blocks.popleft()
            self._held -= len(block)
            data, at = rest + block, 0
            while (found := frame_at(data, at)) is not None:
                what, t, content, at = found
                yield what, t, content
            rest = data[at:]
            if not self._blocks and not self._ended:
                time.sleep(self._pause)

    def _take(self) -> None:
        while not self._ended and self._held < _EAGER:
            try:
                block = os.read(self._fd, _ROOM)
            except BlockingIOError:
                return
            if not block:
                self._ended = True
                return
            self._blocks.append(block)
            self._held += len(block)


def frame_at(data: bytes, at: int) -> tuple[int, float, bytes, int] | None:
    """The frame that starts at `at`, and where the next one does; `None` where it is not whole."""
    start = at + HEAD.size
    if len(data) < start:
        return None
    what, t, size = HEAD.unpack_from(data, at)
    end = start + size
    return None if len(data) < end else (what, t, data[start:end], end)


def widen(fd: int) -> None:
    """Give a pipe as much room as an ordinary user may, where that can be chosen."""
    import fcntl  # there is none on Windows

    size = getattr(fcntl, "F_SETPIPE_SZ", None)
    if size is not None:
        try:
            fcntl.fcntl(fd, size, _ROOM)
        except OSError:
            return  # the user has used up what he may have: the usual room will do
