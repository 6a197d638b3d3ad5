"""Lines over a Unix socket, both ways. It knows nothing of what they say.

The sockets are waited for by hand: anyio's own listener (4.16) lets the event loop report a failure where a
connection comes in just as it is about to be accepted.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio

_PIECE = 65_536
_SHORT = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_PAUSE = 0.1
"""Seconds before somebody is let in where there are no more files: traffic must not end of it."""


class Gone(Exception):
    """The other side is gone."""


class TooLong(Exception):
    """A line has more bytes than it may."""


class Lines:
    """One connection.

    Args:
        connected: A socket that is connected; it is this object's from now on.
    """

    def __init__(self, connected: socket.socket) -> None:
        connected.setblocking(False)
        self.socket = connected
        self._read = bytearray()

    async def line(self, limit: int) -> bytes:
        """The next line, without its end.

        Raises:
            Gone: There is none.
            TooLong: It has more than `limit` bytes.
        """
        searched = 0
        while (end := self._read.find(b"\n", searched)) < 0:
            searched = len(self._read)
            if searched > limit:
                raise TooLong
            self._read += await self._piece()
        line = bytes(self._read[:end])
        del self._read[: end + 1]
        if len(line) > limit:
            raise TooLong
        return line

    async def _piece(self) -> bytes:
        while True:
            try:
                piece = self.socket.recv(_PIECE)
            except (BlockingIOError, InterruptedError):
                await _waited(anyio.wait_readable, self.socket)
            except OSError as error:
                raise Gone from error
            else:
                if not piece:
                    raise Gone
                return piece

    async def send(self, line: bytes) -> None:
        """Send a line, with its end.

        Raises:
            Gone: Nobody takes it.
        """
        left = memoryview(line + b"\n")
        while left:
            try:
                left = left[self.socket.send(left) :]
            except (BlockingIOError, InterruptedError):
                await _waited(anyio.wait_writable, self.socket)
            except OSError as error:
                raise Gone from error

    def close(self) -> None:
        """Let go of the socket."""
        self.socket.close()


def listening(path: Path) -> socket.socket:
    """A socket that others can connect to, for this user only.

    Raises:
        OSError: There can be none.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.setblocking(False)
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(8)
    except BaseException:
        listener.close()
        raise
    return listener


async def accepted(listener: socket.socket) -> Lines:
    """The next one who connects."""
    while True:
        try:
            return Lines(listener.accept()[0])
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            await anyio.wait_readable(listener)
        except OSError as error:
            if error.errno not in _SHORT:
                raise
            await anyio.sleep(_PAUSE)


async def connected(path: Path) -> Lines:
    """Connect to who listens at a path; a Unix socket connects at once or not at all.

    Raises:
        OSError: Nobody does.
    """
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        made.connect(str(path))
    except BaseException:
        made.close()
        raise
    await anyio.lowlevel.checkpoint()
    return Lines(made)


async def _waited(wait: Callable[[socket.socket], Awaitable[None]], of: socket.socket) -> None:
    try:
        await wait(of)
    except (anyio.ClosedResourceError, ValueError) as error:  # closed by us meanwhile
        raise Gone from error
