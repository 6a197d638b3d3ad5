"""`record --control`: between a host and a stdio server with breakpoints, for who attaches to the recording.

Another mode than the plain recorder: one process that records, holds and sends on, message by message. A line
goes on when it is whole, and what is no message goes on at once. While nobody has set a rule (`--faults`
sets some to begin with), all of it goes on as it came. When the host closes its input, or the server is gone,
what is held is let go. The server is in a process group of its own, so signals that we get are handed on.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel

from inspector.errors import ConnectionFailed, InspectError, UsageError
from inspector.gate.control import serve_control
from inspector.gate.gate import Gate, Taken
from inspector.journal.journal import Journal
from inspector.journal.redaction import also_redact
from inspector.proxy.forward import end_as, standard_files
from inspector.proxy.leaving import Left, Notes, leave_behind
from inspector.proxy.ready import can_be_read, is_read, read, written
from inspector.proxy.recorder import create
from inspector.proxy.room import instead, no_room
from inspector.proxy.way import writer
from inspector.proxy.witness import handed_on
from inspector.transport.lines import Line, LineSplitter, PieceSplitter
from inspector.transport.process import STDERR, STDIN, STDOUT, Child
from inspector.transport.tap import Tap, exit_facts
from inspector.transport.target import StdioTarget
from inspector.wire.event import Direction, Kind
from inspector.wire.fault import Fault
from inspector.wire.jsonrpc import classify

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

    from inspector.gate.gate import Sent
    from inspector.gate.rule import Rule
    from inspector.wire.event import Event

_CLOSED = "the host closed the server's input"
_MUCH = 1 << 20
"""Bytes for a host that does not read, after which the server is not read either."""
_FILES = 24
"""That are open here at most: pipes, the recording, the loop's own, and who attaches."""
_TURNS = 256
"""In which all that a pipe may hold is read; a grandchild may write without end."""


def record_controlled(
    command: Sequence[str],
    file: str | None,
    redact: Sequence[str] = (),
    faults: str | None = None,
    *,
    name: str = "",
) -> None:
    """Stand between the host and `command`, with a control socket.

    Returns only where there is no room for it, and nothing was started: the plain recorder needs less.

    Args:
        command: The server's command.
        file: The recording; where recordings live by default if `None`.
        redact: Rules of what is not recorded, beside those of the configuration.
        faults: A file of the rules that are in force while nobody who is attached has set others.
        name: What the host calls the server.

    Raises:
        UsageError: The rules cannot be meant.
    """
    standard_files()  # else the recording could be what stands at the number of one that is closed
    rules: tuple[Rule, ...] = ()
    if faults is not None:
        from inspector.gate.faults import load  # few lines name such a file

        rules = load(Path(faults))
    short = no_room(_FILES)
    if short is not None:
        _say(f"No breakpoints: {short.strerror}")
        return
    target = StdioTarget(tuple(command), cwd=os.getcwd())
    anyio.run(_stand_between, target, _recording(file, redact, target, name), rules)
    raise AssertionError("unreachable")


def _recording(file: str | None, redact: Sequence[str], target: StdioTarget, name: str) -> Journal:
    """A new recording; where it cannot be made, one in memory: no host goes without its server for that."""
    try:
        also_redact(redact)
        journal = create(file, target.describe(), name=name)
    except (InspectError, OSError) as error:
        _say(f"Not recorded: {error}")
        return Journal.create(target=target.describe(), mode="proxy")

    def look(_: Event) -> None:
        if journal.trouble:
            remove()
            _say(journal.trouble)

    remove = journal.add_listener(look)
    return journal


def _say(words: str) -> None:
    """One line for the host's log of the server; nothing where there is no such log."""
    with suppress(OSError):
        os.write(2, f"mcp-inspect: {words}\n".encode("utf-8", "replace"))


@asynccontextmanager
async def _controlled(gate: Gate, recording: Path | None) -> AsyncIterator[None]:
    """Let `attach` decide where it can find us; if not, traffic passes all the same."""
    async with AsyncExitStack() as stack:
        if recording is not None:
            try:
                await stack.enter_async_context(serve_control(gate, recording))
            except UsageError as problem:
                _say(f"No breakpoints from another process: {problem}")
        yield


async def _stand_between(target: StdioTarget, journal: Journal, rules: Sequence[Rule]) -> None:
    gate = Gate(journal, rules)
    async with anyio.create_task_group() as tasks:
        between = Between(journal, gate, tasks, target)
        async with _controlled(gate, journal.path):
            try:
                code = await between.run()
            except ConnectionFailed as failure:
                failure = instead(target.argv, failure)
                Tap(journal).client("failed", says=failure.message)
                _say(failure.message)
                code = 126 if _is_there(target.argv[0]) else 127  # as without --control
        between.leave()
        journal.close()
        end_as(code)


def _is_there(name: str) -> bool:
    """Whether a command that cannot be started is something, a directory for example."""
    return bool(shutil.which(name, os.F_OK)) or (os.sep in name and os.path.exists(name))


@dataclass(slots=True)
class _Queue:
    """What is still to be written to the host.

    Attributes:
        parts: In their order.
        writing: What goes before them.
        due: Bytes of all that.
        more: Set when there is one more.
        over: The host reads no more.
    """

    parts: deque[bytes] = field(default_factory=deque)
    writing: bytes | memoryview = b""
    due: int = 0
    more: anyio.Event = field(default_factory=anyio.Event)
    over: bool = False


class Between:
    """One server and its host. It is also the listener of the server's process."""

    def __init__(self, journal: Journal, gate: Gate, tasks: TaskGroup, target: StdioTarget) -> None:
        self._journal = journal
        self._gate = gate
        self._tasks = tasks
        self._target = target
        self._tap = Tap(journal)
        self._child = Child(self)
        self._heard, self._said = LineSplitter(sys.maxsize), LineSplitter(sys.maxsize)
        self._lines: dict[int, LineSplitter | PieceSplitter] = {
            STDIN: self._heard,
            STDOUT: self._said,
            STDERR: PieceSplitter(),
        }
        self._to_host = {STDOUT: _Queue()} if _is_one() else {STDOUT: _Queue(), STDERR: _Queue()}
        self._written = anyio.Event()
        self._waiting = 0
        self._settled = anyio.Event()

    async def run(self) -> int:
        """Up to the server's exit; returns its code."""
        described = self._target.describe()
        self._tap.client("connecting", target=described)
        await self._child.start(self._target.argv, cwd=self._target.cwd)
        self._gate.outlets[Direction.C2S] = lambda event: self._put(event.direction, event.body)
        self._gate.outlets[Direction.S2C] = lambda event: self._put(event.direction, event.body)
        loop = asyncio.get_running_loop()
        for number in handed_on():
            loop.add_signal_handler(number, partial(self._hand_on, number))
        self._tasks.start_soon(self._read_host)
        for fd in self._to_host:
            self._tasks.start_soon(self._write_host, fd)
        await self._child.gone.wait()
        await self._last_words()
        await self._gate.let_go_all("the server has ended")
        while self._waiting:
            self._written = anyio.Event()
            await self._written.wait()
        code = self._child.code
        assert code is not None
        self._tap.process("exited", **exit_facts(code))
        return code

    async def _last_words(self) -> None:
        """Read what the server wrote before it ended; who else holds its pipes is not waited for."""
        for fd in (STDOUT, STDERR):
            queue = self._to_host.get(fd, self._to_host[STDOUT])
            for _ in range(_TURNS):
                if queue.due > _MUCH or not can_be_read(self._child.fileno(fd)):
                    break
                await anyio.lowlevel.checkpoint()
            self._child.pause(fd)

    def leave(self) -> None:
        """See to what is still on its way when the server is gone. No event is waited for after this."""
        left: dict[int, Left] = {}
        for fd in (STDOUT, STDERR):
            ours, queue = self._child.fileno(fd), self._to_host.get(fd, _Queue())
            waiting = bytes(queue.writing) + b"".join(queue.parts)
            if fd == STDOUT:
                waiting += self._said.begun
            if ours >= 0 or waiting:
                left[fd] = Left(ours, fd, waiting)
        ours = self._child.fileno(STDIN)
        if is_read(ours) and not self._child.unread:
            left[STDIN] = Left(ours, STDIN, self._heard.begun)
        if left:
            leave_behind(left, Notes(self._journal, self._lines))

    def _hand_on(self, number: int) -> None:
        if self._child.code is None:
            with suppress(ProcessLookupError):
                os.kill(self._child.pid, number)

    # What the host says.

    async def _read_host(self) -> None:
        while data := await read(STDIN):
            for line in self._lines[STDIN].feed(data):
                self._from_host(line)
            await self._child.wait_writable()
        for line in self._lines[STDIN].finish():
            self._from_host(line)
        self._tap.client("disconnecting", reason=_CLOSED)
        await self._gate.let_go_all(_CLOSED)
        while self._waiting:
            self._written = anyio.Event()
            await self._written.wait()
        self._child.close_stdin()

    def _from_host(self, line: Line) -> None:
        event = self._journal.append(Kind.MESSAGE, Direction.C2S, line.body, faults=line.faults)
        self._ask(event, line)

    # What the server says.

    def started(self, pid: int) -> None:
        described = self._target.describe()
        self._tap.process("started", argv=described["argv"], cwd=described["cwd"], pid=pid)

    def output(self, fd: int, data: bytes) -> None:
        for line in self._lines[fd].feed(data):
            self._from_server(fd, line)
        if fd == STDERR:
            self._queue(STDERR, data)

    def closed(self, fd: int, broken: bool) -> None:
        if fd == STDIN:
            if broken:
                self._tap.process("stdin-broken")
            return
        for line in self._lines[fd].finish():
            self._from_server(fd, line)

    def exited(self, code: int) -> None:
        """Nothing: `run` waits for it."""

    def _from_server(self, fd: int, line: Line) -> None:
        if fd == STDERR:
            self._tap.stderr(line.body, line.faults)
            return
        frame = classify(line.body)
        if not line.body.strip() or Fault.NOT_JSON in frame.faults or Fault.NOT_OBJECT in frame.faults:
            self._tap.stdout(line.body, (*line.faults, *frame.faults) if line.body.strip() else line.faults)
            self._put(Direction.S2C, line.body, _end(line))
        else:
            self._ask(self._tap.received(line.body, faults=line.faults, frame=frame), line)

    # What goes on.

    def _ask(self, event: Event, line: Line) -> None:
        taken = self._gate.take(event)
        if taken is None:
            self._put(event.direction, line.body, _end(line))
        else:
            self._waiting += 1
            self._tasks.start_soon(self._wait, taken)

    async def _wait(self, taken: Taken) -> None:
        try:
            for sent in await taken.wait():
                self._send(sent, taken.event.direction)
        finally:
            self._waiting -= 1
            self._written.set()

    def _send(self, sent: Sent, direction: Direction) -> None:
        other = Direction.S2C if direction is Direction.C2S else Direction.C2S
        self._put(other if sent.back else direction, sent.body)

    def _put(self, direction: Direction, body: bytes, end: bytes = b"\n") -> None:
        if direction is Direction.C2S:
            self._child.write(body + end)
        else:
            self._queue(STDOUT, body + end)

    def _queue(self, fd: int, data: bytes) -> None:
        queue = self._to_host.get(fd, self._to_host[STDOUT])
        if queue.over:
            return
        queue.parts.append(data)
        queue.due += len(data)
        queue.more.set()
        if queue.due > _MUCH:
            self._child.pause(fd)

    async def _write_host(self, fd: int) -> None:
        """Each of the two by itself: a host that reads only one gets all of that."""
        queue = self._to_host[fd]
        write, _ = writer(fd)
        while not queue.over:
            while queue.parts:
                # One by one, small lines would wait for each other's turn.
                queue.writing = data = memoryview(b"".join(queue.parts))
                queue.parts.clear()
                try:
                    while queue.writing:
                        queue.writing = queue.writing[await written(write, fd, queue.writing) :]
                except OSError as error:
                    self._gone(fd, error)
                    break
                queue.due -= len(data)
                if queue.due <= _MUCH and self._child.code is None:
                    for each in self._feeding(queue):
                        self._child.resume(each)
            queue.more = anyio.Event()
            if not queue.over:
                await queue.more.wait()

    def _gone(self, fd: int, error: OSError) -> None:
        """The host reads no more: the server learns it as it would without us, by its next write."""
        queue = self._to_host[fd]
        queue.over, queue.due = True, 0
        queue.parts.clear()
        queue.writing = b""
        self._tap.client("warning", says=f"The host reads no more: {error.strerror}")
        for each in self._feeding(queue):
            self._child.read_no_more(each)

    def _feeding(self, queue: _Queue) -> list[int]:
        """What of the server's goes there."""
        return [fd for fd in (STDOUT, STDERR) if self._to_host.get(fd, self._to_host[STDOUT]) is queue]


def _is_one() -> bool:
    """Whether the host gave one and the same file as standard output and error."""
    try:
        return os.path.sameopenfile(STDOUT, STDERR)
    except OSError:  # one of them is closed
        return False


def _end(line: Line) -> bytes:
    return b"" if Fault.NO_NEWLINE in line.faults else b"\n"
