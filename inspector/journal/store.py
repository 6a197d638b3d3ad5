"""Where a journal's bytes live: a recording file, or memory that spills into an unlinked temporary file.

A store appends and reads spans back; it knows no format. Appending never raises: when the disk is full,
`trouble` says so in one sentence and the bytes are kept in memory from there on.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import stat
import time
from pathlib import Path
from typing import BinaryIO

from inspector.journal.lock import try_lock

SPILL = 8 * 1024 * 1024
"""Bytes that a store without a path keeps in memory before it moves them to a temporary file."""

_BLOCK = 1 << 20
_TRIES = 50
_PAUSE = 0.002  # seconds
_BINARY: int = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_AT_ONCE: int = getattr(os, "O_NONBLOCK", 0)
"""A named pipe would keep its opener waiting for somebody who writes."""


class Store:
    """Append-only bytes: `[0, filed)` in a file, `[filed, end)` in memory.

    Attributes:
        end: Bytes written so far, which is the offset of the next.
        trouble: One sentence why the file is no longer written; empty while all is well.
    """

    def __init__(self, fd: int | None = None, *, filed: int = 0, direct: bool = False) -> None:
        self._fd = fd
        self._filed = filed
        self._tail = bytearray()
        self._direct = direct
        self._spills = not direct
        self.end = filed
        self.trouble = ""

    @classmethod
    def create(cls, path: Path) -> Store:
        """A new file that only its owner can read, from the first byte on; every write goes straight to it.

        It is locked for as long as it is open (`inspector.journal.lock`).

        Raises:
            OSError: The file exists already or cannot be made.
        """
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # another may begin just now
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | _BINARY, 0o600)
        with contextlib.suppress(OSError):  # where there are no locks, nobody asks for one either
            for _ in range(_TRIES):
                if try_lock(fd):
                    break
                time.sleep(_PAUSE)  # somebody looks whether it is written, which takes no time
        return cls(fd, direct=True)

    @classmethod
    def read_only(cls, path: Path) -> Store:
        """An existing file. `end` is its size now; `grown` looks again.

        Raises:
            OSError: The file cannot be read.
        """
        fd = os.open(path, os.O_RDONLY | _BINARY | _AT_ONCE)
        facts = os.fstat(fd)
        if not stat.S_ISREG(facts.st_mode):
            os.close(fd)
            raise OSError(errno.EINVAL, "It is no regular file")
        return cls(fd, filed=facts.st_size)

    def grown(self) -> int:
        """Look at the file's size again, for one that another process writes, and return it."""
        if self._fd is not None:
            self._filed = self.end = max(self.end, os.fstat(self._fd).st_size)
        return self.end

    def append(self, data: bytes) -> None:
        """Keep `data`: in the file before this returns, if there is one and it can be written."""
        if self._direct and self._fd is not None:
            try:
                _write(self._fd, data)
            except OSError as error:
                self._give_up(error)
            else:
                self._filed = self.end = self._filed + len(data)
                return
        self._tail += data
        self.end += len(data)
        if len(self._tail) >= SPILL and self._spills:
            self._spill()

    def read(self, start: int, end: int) -> bytes:
        """The bytes `start:end`; shorter where there are no more."""
        end = min(end, self.end)
        if start >= end:
            return b""
        if start >= self._filed:
            return bytes(self._tail[start - self._filed : end - self._filed])
        found = _read(self._fd, start, min(end, self._filed))
        if end > self._filed:
            found += bytes(self._tail[: end - self._filed])
        return found

    def stream(self, start: int) -> BinaryIO:
        """A buffered reader of all bytes from `start` on; the caller closes it."""
        if self._tail and self._spills:
            self._spill()
        if self._tail or self._fd is None:
            return io.BytesIO(self.read(start, self.end))
        file: BinaryIO = os.fdopen(os.dup(self._fd), "rb", _BLOCK)
        file.seek(start)
        return file

    def close(self) -> None:
        """Let go of the file. What is in memory stays readable."""
        if self._fd is not None:
            os.close(self._fd)
        self._fd = None
        self._direct = self._spills = False

    def _give_up(self, error: OSError) -> None:
        self._direct = False
        self.trouble = f"Recording stopped: {error.strerror or error}. What follows is kept in memory only"
        if self._fd is not None:
            with contextlib.suppress(OSError):  # a half-written line is skipped on opening anyway
                os.ftruncate(self._fd, self._filed)

    def _spill(self) -> None:
        try:
            if self._fd is None:
                self._fd = _unlinked()
            _write(self._fd, self._tail)
        except OSError as error:
            self._spills = False
            self.trouble = (
                f"No temporary file can be written: {error.strerror or error}. All is kept in memory"
            )
            return
        self._filed = self.end
        self._tail = bytearray()


def _unlinked() -> int:
    import tempfile  # costs 5 ms of start-up, and most journals never grow this far

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _write(fd: int, data: bytes | bytearray) -> None:
    written = os.write(fd, data)
    while written < len(data):  # a pipe-like file or a disk that fills up takes a part
        written += os.write(fd, memoryview(data)[written:])


def _read(fd: int | None, start: int, end: int) -> bytes:
    if fd is None:
        return b""
    found = _read_at(fd, end - start, start)
    while found and len(found) < end - start:
        more = _read_at(fd, end - start - len(found), start + len(found))
        if not more:
            break
        found += more
    return found


if hasattr(os, "pread"):
    _read_at = os.pread
else:  # Windows

    def _read_at(fd: int, length: int, offset: int) -> bytes:
        os.lseek(fd, offset, os.SEEK_SET)
        return os.read(fd, length)
