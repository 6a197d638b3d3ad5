"""Asks the person at the terminal while other things go on: a question can be given up without an answer.

A thread reads standard input, because no platform lets every kind of it be waited for. It reads past the
buffer of `sys.stdin`, so that it holds nothing when the program ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Iterator

from inspector.cli.output import say
from inspector.wire.visible import visible

_LONGEST = 1 << 20  # bytes of one answer


class Person:
    """The person at standard input. To be used within one event loop."""

    def __init__(self, fd: int | None = None) -> None:
        self._fd = sys.stdin.fileno() if fd is None else fd
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = False

    async def __call__(self, prompt: str, *, secret: bool = False) -> str | None:
        """One line without its end; `None` where no more can come."""
        if self._ended:
            return None
        sys.stderr.write(visible(prompt))
        sys.stderr.flush()
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            threading.Thread(target=self._read, name="standard input", daemon=True).start()
        try:
            with _unseen(self._fd) if secret else contextlib.nullcontext():
                line = await self._lines.get()
        except asyncio.CancelledError:
            say("")  # the cursor stands behind the prompt
            raise
        if line is None:
            self._ended = True
            say("")
        elif secret:
            say("")
        return line

    def _read(self) -> None:
        held = b""
        while True:
            try:
                more = os.read(self._fd, 4096)
            except OSError:  # the terminal went away
                more = b""
            *lines, held = (held + more).split(b"\n")
            if not more:
                lines += [held] if held else []
            for line in lines:
                self._put(line[:_LONGEST].decode("utf-8", "replace").rstrip("\r"))
            if not more:
                self._put(None)
                return

    def _put(self, line: str | None) -> None:
        assert self._loop is not None
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody asks any more
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line)


@contextlib.contextmanager
def _unseen(fd: int) -> Iterator[None]:
    """Keep a terminal from showing what is typed."""
    if sys.platform == "win32" or not os.isatty(fd):
        # The Windows console can only be told so through an API that Python has no module for.
        yield
        return
    import termios

    before = termios.tcgetattr(fd)
    quiet = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
    termios.tcsetattr(fd, termios.TCSADRAIN, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)
