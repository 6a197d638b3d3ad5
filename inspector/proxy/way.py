"""One direction between two programs: what comes out of one descriptor goes into another, byte for byte.

It reads only when all that it has read is written, so that a reader that is slow slows its writer as a pipe
would; an end is passed on, and so is a reader that has gone. What the bytes mean is not its business.

A descriptor that the host gave may be shared with the host itself: it is never made non-blocking.
"""

from __future__ import annotations

import os
import select
import stat
import sys
from collections.abc import Callable

from inspector.proxy.feed import BROKEN, CLOSED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol, TypeAlias

    from inspector.proxy.watch import Watch

    class Told(Protocol):
        """Is told what passes, in the words of `inspector.proxy.feed`."""

        def put(self, what: int, data: bytes) -> None: ...

    Write: TypeAlias = Callable[[memoryview], int]
    """Returns how much was written; raises `BlockingIOError` where nothing can be just now."""

CHUNK = 64 * 1024
"""What a pipe holds, and so the most that one read returns."""


class Way:
    """Moves bytes from `source` to `sink`.

    Args:
        stream: `IN`, `OUT` or `ERR`, as the feed has it.
        source: A descriptor to read; closed at the end.
        sink: A descriptor to write; closed at the end.
        feed: Is told of each chunk before it is written.
        watch: Calls back when there is something to do.
        host: Whether the sink came from the host, rather than being a pipe of our own.
    """

    __slots__ = (
        "_feed",
        "_fresh",
        "_let_go",
        "_notice",
        "_pending",
        "_sink",
        "_source",
        "_stream",
        "_watch",
        "_write",
    )

    def __init__(self, stream: int, source: int, sink: int, feed: Told, watch: Watch, *, host: bool) -> None:
        self._stream, self._source, self._sink = stream, source, sink
        self._feed = feed
        self._watch = watch
        self._write, self._let_go = writer(sink) if host else (_whole(sink), None)
        self._pending: memoryview | None = None
        self._fresh = True
        self._notice = b""
        watch.on(source, select.POLLIN, self.take)
        watch.on(sink, 0, self._sink_event)

    @property
    def open(self) -> bool:
        """Whether something may still come or is still to be written."""
        return self._source >= 0

    def take(self, _event: int = 0) -> bool:
        """Read once and pass it on; false where nothing can be read or written just now."""
        if self._source < 0 or self._pending is not None:
            return False
        try:
            data = os.read(self._source, CHUNK)
        except BlockingIOError:
            return False
        except OSError:  # a terminal that was closed
            data = b""
        if data:
            self._feed.put(self._stream, data)
            self._fresh = data.endswith(b"\n")
            self._offer(memoryview(data))
        else:
            self._feed.put(CLOSED, bytes((self._stream,)))
            self.close()
        return True

    def begin(self, data: bytes) -> None:
        """Write what was read before this was there. Once, and first."""
        if data:
            self._offer(memoryview(data))

    def say(self, line: bytes) -> None:
        """Write a line of our own where the next line would start, if one ever does."""
        self._notice = line
        self._settle()

    def close(self) -> None:
        """Close both ends."""
        if self._source < 0:
            return
        self._watch.off(self._source)
        self._watch.off(self._sink)
        os.close(self._source)
        if self._let_go is not None:
            self._let_go()
        os.close(self._sink)
        self._source = self._sink = -1
        self._pending = None

    def _sink_event(self, event: int) -> None:
        if self._pending is not None:
            self._offer(self._pending)
        elif event & (select.POLLERR | select.POLLHUP | select.POLLNVAL):
            self.close()

    def _offer(self, data: memoryview) -> None:
        try:
            written = self._write(data)
        except BlockingIOError:
            written = 0
        except OSError:  # nobody reads there any more: the writer learns it as he would without us
            self._feed.put(BROKEN, bytes((self._stream,)))
            self.close()
            return
        held, self._pending = self._pending, data[written:] if written < len(data) else None
        if self._pending is None:
            if held is not None:
                self._watch.on(self._source, select.POLLIN, self.take)
                self._watch.on(self._sink, 0, self._sink_event)
            if self._notice:
                self._settle()
        elif held is None:
            # Not even hung up: that a writer has gone must not wake us while his reader is slow.
            self._watch.off(self._source)
            self._watch.on(self._sink, select.POLLOUT, self._sink_event)

    def _settle(self) -> None:
        if self._source >= 0 and self._pending is None and self._fresh:
            notice, self._notice = self._notice, b""
            self._offer(memoryview(notice))


def writer(fd: int) -> tuple[Write, Callable[[], object] | None]:
    """How to write to a descriptor of the host's without waiting, and how to let go of what that needs."""
    mode = os.fstat(fd).st_mode
    if stat.S_ISREG(mode) or (stat.S_ISCHR(mode) and not os.isatty(fd)):
        return _whole(fd), None
    if stat.S_ISSOCK(mode):
        import _socket  # `socket` brings selectors and enums: 5 ms that only the start of a server feels

        sock, flags = _socket.socket(fileno=fd), _socket.MSG_DONTWAIT
        return lambda data: sock.send(data, flags), sock.detach
    own = _own(fd) if stat.S_ISFIFO(mode) else -1
    if own >= 0:
        return _whole(own), lambda: os.close(own)
    return _pieces(fd), None


def _own(fd: int) -> int:
    """The same pipe opened anew, non-blocking for us alone; -1 where that cannot be."""
    if sys.platform != "linux":  # elsewhere that is a second name for the host's own
        return -1
    try:
        return os.open(f"/proc/self/fd/{fd}", os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:  # another user's, or without a reader already
        return -1


def _whole(fd: int) -> Write:
    return lambda data: os.write(fd, data)


def _pieces(fd: int) -> Write:
    """For what blocks: as much as a pipe that is ready takes at once."""
    ready = select.poll()
    ready.register(fd, select.POLLOUT)

    def write(data: memoryview) -> int:
        if not ready.poll(0):
            raise BlockingIOError
        return os.write(fd, data[: select.PIPE_BUF])

    return write
