"""Descriptors in an event loop, without a thread: what the host gave is read and written when it is ready.

They may be shared with the host, and so are never made non-blocking. No thread may run here: who leaves a
copy of itself behind (`inspector.proxy.leaving`) could lose what a thread has just read.
"""

from __future__ import annotations

import os
import select
import stat
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel

if TYPE_CHECKING:
    from inspector.proxy.way import Write

_CHUNK = 64 * 1024


async def read(fd: int) -> bytes:
    """What comes next; nothing at the end, and where a terminal has hung up."""
    mode = os.fstat(fd).st_mode
    waits = not (stat.S_ISREG(mode) or (stat.S_ISCHR(mode) and not os.isatty(fd)))
    while True:
        await (anyio.wait_readable(fd) if waits else anyio.lowlevel.checkpoint())
        try:
            return os.read(fd, _CHUNK)
        except BlockingIOError:  # somebody else has read it, who shares it and made it so
            continue
        except OSError:
            return b""


async def written(write: Write, fd: int, data: memoryview) -> int:
    """Write some of it with `inspector.proxy.way.writer`, as soon as that can be; returns how much.

    Raises:
        OSError: Nobody reads there any more.
    """
    while True:
        try:
            return write(data)
        except BlockingIOError:
            await anyio.wait_writable(fd)


def can_be_read(fd: int) -> bool:
    """Whether there is something to read at once, be it the end; not where `fd` is -1."""
    return fd >= 0 and bool(_ready(fd, select.POLLIN))


def is_read(fd: int) -> bool:
    """Whether a pipe that we write to has a reader; not where `fd` is -1."""
    return fd >= 0 and not _ready(fd, 0)


def _ready(fd: int, mask: int) -> list[tuple[int, int]]:
    poll = select.poll()
    poll.register(fd, mask)
    return poll.poll(0)
