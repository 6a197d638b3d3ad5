"""The recording process: what the forwarder has seen becomes a journal, as the client's own would be.

Lines are cut by the rules of the stdio transport, and a time is that of the forwarder. It runs in a session
of its own and reads to the end of the pipe, so that neither the death of the forwarder nor that of the whole
group takes away what was forwarded. Whatever goes wrong here ends the recording, with one line for the
host's log, and nothing else.
"""

from __future__ import annotations

import contextlib
import functools
import os
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from inspector.errors import InspectError, UsageError
from inspector.journal.journal import Journal
from inspector.journal.limits import keep_within
from inspector.journal.recording import new_recording_path
from inspector.journal.redaction import also_redact
from inspector.proxy.feed import BROKEN, CLOSED, COUNT, ERR, EXITED, IN, LOST, OUT, Frames
from inspector.transport.lines import Line, LineSplitter, PieceSplitter
from inspector.transport.tap import Tap, exit_facts
from inspector.transport.target import StdioTarget
from inspector.wire.event import Direction, Kind
from inspector.wire.fault import Fault
from inspector.wire.jsonrpc import classify

LINE_LIMIT = 64 * 1024 * 1024
"""As in the stdio transport."""
_SETTLE = 0.25
"""Seconds after which a stream that ended is an event of its own, and no part of the server's exit."""
NAMES = {IN: "the host", OUT: "the server", ERR: "the server's standard error"}
_TRIES = 100
_KILLED = (
    "The forwarder was killed, and the server with it. What was forwarded before stands above; how the "
    "server ended is not known"
)


def run(
    argv: Sequence[str],
    file: str | None,
    frames: int,
    complaint: int,
    *,
    pid: int,
    why: str,
    began: float,
    redact: Sequence[str] = (),
    name: str = "",
) -> None:
    """Record up to the end of the pipe. Raises nothing.

    Args:
        argv: The server's command.
        file: The recording; where recordings live by default if `None`.
        frames: The pipe.
        complaint: Where to write one line, should it not work.
        pid: The server's process id; 0 where it could not be started.
        why: Why it could not.
        began: When it was started, seconds of the monotonic clock.
        redact: Rules of what is left out, beside those of the configuration.
        name: What the host calls the server.
    """
    try:
        also_redact(redact)
        recorder = Recorder(argv, file, began, name)
        recorder.start(pid, why)
        recorder.follow(Frames(frames))
        # The journal's own words end with what is kept in memory, which goes with this process.
        stopped = recorder.journal.trouble.partition(". ")[0]
        trouble = f"{stopped}. What follows passes unrecorded" if stopped else ""
        recorder.journal.close()
    except InspectError as error:
        trouble = f"Not recorded: {error.message}"
    except Exception as error:  # a fault of our own: traffic goes on, and the host's log is told
        trouble = f"Recording stopped: unexpected {type(error).__name__}: {error}"
    if trouble:
        from inspector.wire.visible import visible  # names of files may hold anything

        line = f"mcp-inspect: {visible(trouble)[:1000]}\n"
        with contextlib.suppress(OSError):
            os.write(complaint, line.encode("utf-8", "replace"))


class Recorder:
    """Writes down what the frames tell.

    Args:
        argv: The server's command.
        file: The recording, or `None`.
        began: When the server was started.
        name: What the host calls it.

    Raises:
        UsageError: The recording cannot be made.
    """

    def __init__(self, argv: Sequence[str], file: str | None, began: float, name: str = "") -> None:
        self._now = began
        self._target = StdioTarget(tuple(argv), cwd=os.getcwd())
        self.journal = create(file, self._target.describe(), lambda: self._now, name=name)
        self._tap = Tap(self.journal)
        self._lines: dict[int, LineSplitter | PieceSplitter] = {
            IN: LineSplitter(LINE_LIMIT),
            OUT: LineSplitter(LINE_LIMIT),
            ERR: PieceSplitter(),
        }
        self._ended: dict[int, float] = {}
        self._exited = False

    def start(self, pid: int, why: str) -> None:
        """Write down how it began."""
        described = self._target.describe()
        self._tap.client("connecting", target=described)
        if why:
            self._exited = True
            self._tap.client("failed", says=why)
        else:
            self._tap.process("started", argv=described["argv"], cwd=described["cwd"], pid=pid)

    def follow(self, frames: Frames) -> None:
        """Write down all frames; return at the end of the pipe, or when nothing can be written any more."""
        for frame in frames.each(_SETTLE):
            if frame is None:
                self._settle(time.monotonic())
                continue
            what, t, data = frame
            self._settle(t)
            self._now = max(self._now, t)
            if what <= ERR:
                for line in self._lines[what].feed(data):
                    self._line(what, line)
                    frames.drain()
            else:
                self._step(what, data)
            if self.journal.trouble:
                return
            frames.drain()
        self._flush()
        if not self._exited:
            self._tap.client("warning", says=_KILLED)
            self._tap.client("closed", reason="the recorder was killed")

    def _step(self, what: int, data: bytes) -> None:
        if what == EXITED:
            self._exited = True
            self._ended.clear()
            self._flush()
            self._tap.process("exited", **exit_facts(int(data)))
        elif what == CLOSED:
            stream = data[0]
            self._flush(stream)
            if stream == IN and not self._exited:
                self._tap.client("disconnecting", reason="the host closed the server's input")
            elif not self._exited:
                self._ended[stream] = self._now
        elif what == BROKEN:
            if data[0] == IN:
                self._tap.process("stdin-broken")
            else:
                self._tap.client("warning", says=f"The host reads no more of {NAMES[data[0]]}")
        elif what == LOST:
            stream, size = COUNT.unpack(data)
            self._flush(stream)
            says = f"{size} bytes from {NAMES[stream]} were forwarded but not recorded: too fast for the disk"
            self._tap.client("warning", says=says)

    def _settle(self, now: float) -> None:
        """Write down that a stream has ended while the server lives on."""
        for stream, since in tuple(self._ended.items()):
            if now - since >= _SETTLE:
                del self._ended[stream]
                self._tap.process("stdout-closed" if stream == OUT else "stderr-closed")

    def _flush(self, *streams: int) -> None:
        for stream in streams or (IN, OUT, ERR):
            for line in self._lines[stream].finish():
                self._line(stream, line)

    def _line(self, stream: int, line: Line) -> None:
        write_down(self.journal, self._tap, stream, line)


def write_down(journal: Journal, tap: Tap, stream: int, line: Line) -> None:
    """A line of the host's, or of what the server says or logs, as an event."""
    if stream == ERR:
        tap.stderr(line.body, line.faults)
    elif stream == IN:
        size = None if line.whole else line.size
        journal.append(Kind.MESSAGE, Direction.C2S, line.body, faults=line.faults, size=size)
    elif not line.whole:
        tap.stdout(line.body, line.faults, size=line.size)
    elif not line.body.strip():
        tap.stdout(line.body, line.faults)
    else:
        frame = classify(line.body)
        if Fault.NOT_JSON in frame.faults or Fault.NOT_OBJECT in frame.faults:
            tap.stdout(line.body, (*line.faults, *frame.faults))
        else:
            tap.received(line.body, faults=line.faults, frame=frame)


def create(
    file: str | None,
    target: Mapping[str, Any],
    clock: Callable[[], float] = time.monotonic,
    *,
    name: str = "",
) -> Journal:
    """A recording of a proxy, at `file` or where recordings live.

    Raises:
        UsageError: It cannot be made.
    """
    started = datetime.now(UTC) - timedelta(seconds=time.monotonic() - clock())  # this process began later
    make = functools.partial(
        Journal.create, target=target, mode="proxy", name=name, clock=clock, started=started
    )
    if file is not None:
        return make(Path(file))
    with contextlib.suppress(InspectError, OSError):  # whatever is kept too long must not stop a recording
        keep_within()
    for left in reversed(range(_TRIES)):
        path = new_recording_path(target)
        try:
            return make(path)
        except UsageError:
            # Another one was made at the same moment under this name: the next is still free.
            if not left or not path.exists():
                raise
    raise AssertionError("unreachable")
