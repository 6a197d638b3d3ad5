"""Lines from a file or a pipe, one when it is wanted, and what is wrong with each.

A thread reads, because no platform lets every kind of input be waited for; it reads a piece only when a
line is wanted, so that whoever writes is held back, and past the buffer of `sys.stdin`, so that it holds
nothing when the program ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from dataclasses import dataclass

LONGEST = 16 * 1024 * 1024
"""Bytes of a line; of a longer one only the beginning is kept, and it is not run."""
_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Given:
    """One line as it came.

    Attributes:
        number: From 1, blank lines included.
        text: Without its end; what is not UTF-8 stands as U+FFFD.
        fault: Why it cannot be meant, as a sentence; empty where nothing is wrong with it.
    """

    number: int
    text: str
    fault: str = ""


class Reader:
    """The lines of a file descriptor. To be used within one event loop.

    Args:
        fd: Where they come from.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._held = bytearray()
        self._looked = 0  # bytes of them that hold no line feed
        self._cut = False
        self._ended = False
        self._number = 0
        self._wanted = threading.Semaphore(0)
        self._pieces: asyncio.Queue[bytes] = asyncio.Queue()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def next(self) -> Given | None:
        """The next line; `None` where no more can come. May be cancelled, and asked again."""
        while (at := self._held.find(b"\n", self._looked)) < 0 and not self._ended:
            self._looked = len(self._held)
            if len(self._held) > LONGEST:
                del self._held[LONGEST:]
                self._looked, self._cut = LONGEST, True
            self._take(await self._piece())
        if at < 0 and not self._held:
            return None
        line = bytes(self._held if at < 0 else self._held[:at])
        del self._held[: len(self._held) if at < 0 else at + 1]
        self._looked = 0
        return self._given(line)

    def _given(self, line: bytes) -> Given:
        self._number += 1
        cut, self._cut = self._cut or len(line) > LONGEST, False
        if self._number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        text = line[:LONGEST].decode("utf-8", "replace").rstrip("\r")
        if cut:
            return Given(self._number, text[:200], f"The line is longer than {LONGEST >> 20} MiB")
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            return Given(self._number, text, f"The line is not UTF-8: byte {error.start + 1} of it")
        return Given(self._number, text)

    def _take(self, piece: bytes) -> None:
        if piece:
            self._held += piece
        else:
            self._ended = True

    async def _piece(self) -> bytes:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            threading.Thread(target=self._read, name="lines", daemon=True).start()
            self._wanted.release()
        piece = await self._pieces.get()
        if piece:
            self._wanted.release()
        return piece

    def _read(self) -> None:
        while self._wanted.acquire():
            try:
                piece = os.read(self._fd, _PIECE)
            except OSError:  # whatever it was went away
                piece = b""
            assert self._loop is not None
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody wants lines any more
                self._loop.call_soon_threadsafe(self._pieces.put_nowait, piece)
            if not piece:
                return
