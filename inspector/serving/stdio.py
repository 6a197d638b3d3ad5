"""Serves a recording on stdin and stdout: lines in, lines out, and the end that the recorded server had.

A thread reads, so that a pipe can be waited for together with the time on every platform; all else happens in
the thread that calls `serve`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from inspector.serving.said import Said, as_error
from inspector.serving.serving import Serving
from inspector.session.endings import exit_says
from inspector.transport.lines import LineSplitter

if TYPE_CHECKING:
    from inspector.transport.tap import Tap

LINE_LIMIT: Final = 64 << 20
_READ: Final = 1 << 16
_HELD: Final = 1_000
_UNREAD: Final = frozenset({errno.EPIPE, errno.EINVAL} if sys.platform == "win32" else {errno.EPIPE})
"""Nobody reads any more: so a client leaves, and it is no failure. Windows says it in two ways."""
_DEADLY: Final = frozenset(
    {"SIGABRT", "SIGBUS", "SIGFPE", "SIGHUP", "SIGILL", "SIGINT", "SIGKILL", "SIGPIPE", "SIGSEGV", "SIGTERM"}
)
"""Signals that a recording may say that its server died of; it may name no other."""


class Stdio:
    """One client at the other ends of two pipes.

    Args:
        serving: What answers it.
        read: The file descriptor that is read.
        write: The one that is written.
        tap: Where all of it is written down; `None` for nowhere.
    """

    def __init__(self, serving: Serving, read: int = 0, write: int = 1, tap: Tap | None = None) -> None:
        self._serving = serving
        self._read = read
        self._write = write
        self._tap = tap
        self._lines: queue.Queue[bytes | None] = queue.Queue(_HELD)
        self._closed = False
        self.exit: Mapping[str, Any] | None = None

    def serve(self) -> None:
        """Serve until the client closes its end, or the recorded server's own end; `exit` then tells that.

        Raises:
            KeyboardInterrupt: Ctrl+C.
            OSError: What is said cannot be written, and not because nobody reads it any more.
        """
        threading.Thread(target=self._listen, daemon=True).start()
        while self.exit is None:
            next_at = self._serving.next_at
            wait = None if next_at is None else max(0.0, next_at - time.monotonic())
            try:
                line = self._lines.get(timeout=wait) if wait != 0 else self._lines.get_nowait()
            except queue.Empty:
                line = b""
            if line is None:
                if self._say():
                    self._leave("the client closed its end")
                return
            if line:
                if self._tap is not None:
                    self._tap.sent(line)
                self._serving.feed(line, time.monotonic())
            if not self._say():
                return

    def _listen(self) -> None:
        # Not through sys.stdin: the interpreter cannot end while a thread holds its lock.
        splitter = LineSplitter(LINE_LIMIT)
        with contextlib.suppress(OSError):
            while chunk := os.read(self._read, _READ):
                for line in splitter.feed(chunk):
                    if line.body.strip():
                        self._lines.put(line.body.rstrip(b"\r"))
        for line in splitter.finish():
            self._lines.put(line.body)
        self._lines.put(None)

    def _say(self) -> bool:
        """Say what is due; whether anybody listens still."""
        for said in self._serving.due(time.monotonic()):
            if said.sort == "broken":
                said = as_error(said)
            if said.sort == "exit":
                self.exit = said.facts
                # The exit itself is still to come: that it was decided is all that is a fact by now.
                self._leave(f"as recorded: {exit_says(said.facts)}")
                return False
            if not self._put(said):
                return False
        return True

    def _put(self, said: Said) -> bool:
        if self._closed:
            return True
        if said.sort == "close":
            self._closed = True
            with contextlib.suppress(OSError):
                os.close(self._write)
            if self._tap is not None:
                self._tap.process("stdout-closed")
            return True
        # JSON has newlines as space only: what came over HTTP may have them.
        one = said.body.replace(b"\n", b" ").replace(b"\r", b" ") if said.sort == "message" else said.body
        body = memoryview(one + b"\n" * said.newline)
        try:
            while body:
                body = body[os.write(self._write, body) :]
        except OSError as error:
            self._leave(f"the client cannot be told: {error.strerror}")
            if error.errno not in _UNREAD:
                raise
            return False
        if self._tap is not None:
            (self._tap.received if said.sort == "message" else self._tap.stdout)(one)
        return True

    def _leave(self, reason: str) -> None:
        if self._tap is not None:
            self._tap.client("disconnecting", reason=reason)


def end_as(exit: Mapping[str, Any]) -> int:
    """End as the recorded server did: by its signal, or else the exit code to end with."""
    name, code = exit.get("signal"), exit.get("code")
    number = getattr(signal, name, None) if isinstance(name, str) and name in _DEADLY else None
    if number is not None and sys.platform != "win32":
        import resource

        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if number != signal.SIGKILL:
                signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
    return code if isinstance(code, int) and not isinstance(code, bool) and 0 <= code < 256 else 1
