"""What came of each line on standard output: JSON lines for programs, text for people.

What is written is held in order, and written without blocking the connection where a reader is slow.
"""

from __future__ import annotations

import os
import stat
import sys
from collections import deque
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio

from inspector.cli.output import dump, error_line, escaped, say, say_failure
from inspector.cli.shell.own import notice, notification

if TYPE_CHECKING:
    from inspector.cli.shell.reader import Given
    from inspector.cli.work import Result
    from inspector.errors import InspectError
    from inspector.session.peer import Noticed

MOST_HELD = 10_000
"""Notifications that wait to be written; what comes beyond is counted instead."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A line that was run.

    Attributes:
        given: The line.
        id: What it was called by whoever wrote it; `None` where they did not.
        result: What came of it; `None` where it failed without any.
        error: How it failed; `None` where it did not.
        ms: Milliseconds it took.
        json: Whether its result is wanted as JSON.
        last: Whether it stops the lines: its error is told by whoever ends the command.
    """

    given: Given
    id: str | None
    result: Result | None
    error: InspectError | None
    ms: float
    json: bool = False
    last: bool = False


class Printer:
    """Writes what came of lines, in order.

    Args:
        people: Write text as the verbs do, and failures on stderr; else one line of JSON each.
        turn: Held while something is written.
    """

    def __init__(self, *, people: bool, turn: AbstractAsyncContextManager[object] | None = None) -> None:
        self.people = people
        self._turn = turn or nullcontext()
        self._out = Out()
        self._held: deque[Noticed] = deque()
        self._dropped = 0
        self._more = anyio.Event()

    async def ran(self, ran: Ran) -> None:
        """Write what came of a line.

        Raises:
            OSError: Nobody reads it any more.
        """
        await self._flush()
        async with self._turn:
            await self._write(ran)

    async def _write(self, ran: Ran) -> None:
        if ran.result is not None:
            say(*(f"mcp-inspect: {line}" for line in ran.result.warnings))
        if not self.people:
            await self._out.write(one_line(_document(ran)))
            return
        if ran.result is not None:
            text = "".join(f"{line}\n" for line in ran.result.text())
            await self._out.write(one_line(ran.result.json) if ran.json else encoded(text))
            if ran.result.says and not ran.json:
                say(f"mcp-inspect: {ran.result.says}")
        if ran.error is not None and not ran.last:
            say_failure(ran.error, as_json=ran.json)

    def noticed(self, noticed: Noticed) -> None:
        """Write a notification, soon."""
        if len(self._held) >= MOST_HELD:
            self._dropped += 1
        else:
            self._held.append(noticed)
        self._more.set()

    async def pump(self) -> None:
        """Write what was noticed, until cancelled."""
        while True:
            await self._more.wait()
            self._more = anyio.Event()
            try:
                await self._flush()
            except OSError:  # nobody reads any more, as the next line's answer will find out
                return

    async def _flush(self) -> None:
        while self._held:
            noticed = self._held.popleft()
            await self._out.write(
                encoded(notice(noticed) + "\n")
                if self.people
                else one_line(b'{"notification":' + notification(noticed) + b"}")
            )
        if self._dropped:
            dropped, self._dropped = self._dropped, 0
            says = f"← {dropped} more notifications\n"
            await self._out.write(encoded(says) if self.people else one_line(dump({"dropped": dropped})))


def _document(ran: Ran) -> bytes:
    facts = {"line": ran.given.number, "id": ran.id, "input": ran.given.text, "ok": ran.error is None}
    head = dump({name: value for name, value in facts.items() if value is not None})[:-1]
    ms = b',"ms":' + dump(round(ran.ms, 1)) + b"}"
    if ran.error is not None:
        return head + b"," + error_line(ran.error).encode()[1:-1] + ms
    assert ran.result is not None
    return head + b',"result":' + ran.result.json + ms


def one_line(document: bytes) -> bytes:
    """A document in one line. A line feed in JSON stands between tokens alone; no UTF-8 is U+FFFD."""
    text = document.decode("utf-8", "replace").replace("\r", " ").replace("\n", " ")
    return encoded(escaped(text) if sys.stdout.isatty() else text, "utf-8") + b"\n"


def encoded(text: str, encoding: str | None = None) -> bytes:
    """A text in the encoding of standard output; what that cannot say is escaped."""
    return text.encode(encoding or sys.stdout.encoding or "utf-8", "backslashreplace")


class Out:
    """Standard output, written piece by piece where it is a pipe, so that a slow reader holds up no one else.

    A blocking write would also hold up the signals that end this program.
    """

    def __init__(self) -> None:
        self._lock = anyio.Lock()
        self._fd = _pipe()

    async def write(self, data: bytes) -> None:
        """Write all of it.

        Raises:
            OSError: Nobody reads it any more.
        """
        async with self._lock:
            if self._fd is None:
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()
                return
            at = 0
            while at < len(data):
                await anyio.wait_writable(self._fd)
                try:
                    # As much as a pipe that takes something is sure to take.
                    at += os.write(self._fd, data[at : at + _PIECE])
                except BlockingIOError:
                    continue


_PIECE = 512  # POSIX: at least as much goes into a pipe in one piece
if sys.platform != "win32":
    import select

    _PIECE = select.PIPE_BUF


def _pipe() -> int | None:
    """The file descriptor of standard output where it is a pipe that can be waited for."""
    if sys.platform == "win32":
        return None
    try:
        fd = sys.stdout.fileno()
        mode = os.fstat(fd).st_mode
    except (OSError, ValueError):  # not a file at all
        return None
    sys.stdout.flush()
    return fd if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) else None
