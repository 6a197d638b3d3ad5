"""The stdio transport: a server as a child process, one JSON object a line (protocol.md, section 3).

Every byte of both output pipes is in the journal, at the time it came: lines of JSON as messages, other
lines as `stdout`, standard error as `stderr`. A slow reader of `inbound` slows the server through its
pipe; standard error is drained always. What a line means is not this module's business, beyond whether
it is a JSON object or array.

Decisions that may surprise:
- A server that closes its stdout and lives on can answer nothing more. The event `stdout-closed` is
  handed to the peer on `inbound`, which ends only with the process.
- The exit is written down after the last line that the process wrote. For that its pipes are drained for
  a moment; then its group is killed, so that a grandchild that holds them neither outlives it nor hides
  its end. One that moved to a session of its own is out of reach, and is let go.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Literal, TypeAlias

import anyio
from anyio.lowlevel import checkpoint

from inspector.transport.base import LinkClosed, Outgoing
from inspector.transport.gated import onward
from inspector.transport.lines import Line, LineSplitter, PieceSplitter
from inspector.transport.process import STDERR, STDIN, STDOUT, Child
from inspector.transport.tap import exit_facts
from inspector.wire.fault import Fault
from inspector.wire.jsonrpc import classify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anyio.abc import TaskGroup
    from anyio.streams.memory import MemoryObjectReceiveStream

    from inspector.gate.gate import Taken
    from inspector.transport.base import Link
    from inspector.transport.tap import Tap
    from inspector.transport.target import StdioTarget
    from inspector.wire.event import Event

LINE_LIMIT = 64 * 1024 * 1024
GRACE = 2.0

_INBOUND = 256
"""Events that wait for the peer before the server's pipe is left to fill."""
_SETTLE = 0.25
"""Seconds without a byte after which the pipes of a process that is gone count as drained."""
_KILLED = 5.0
"""Seconds in which the kernel ends a killed process; longer only where it hangs in a device."""

_HELD = (
    "The server is gone, but something that it started holds its output open, out of reach in a session of "
    "its own; it may live on"
)

Rung: TypeAlias = Literal["none", "stdin", "terminate", "kill"]


class StdioTransport:
    """Starts `target` and speaks to it over its standard streams.

    Args:
        target: What to start.
        line_limit: Bytes that a line of its stdout may have and still be a message.
        grace: Seconds that each rung of the shutdown (stdin closed, SIGTERM) is given.
    """

    def __init__(self, target: StdioTarget, *, line_limit: int = LINE_LIMIT, grace: float = GRACE) -> None:
        self.target = target
        self.line_limit = line_limit
        self.grace = grace

    @asynccontextmanager
    async def open(self, tap: Tap) -> AsyncIterator[Link]:
        """Start the process; on leaving, end it and whatever it started.

        Raises:
            ConnectionFailed: It cannot be started.
        """
        await checkpoint()  # one that is cancelled already starts nothing
        link = StdioLink(self.target, tap, line_limit=self.line_limit, grace=self.grace)
        failure: BaseException | None = None
        try:
            with anyio.CancelScope(shield=True):  # half a start would leave a process without an owner
                await link.start()
            async with anyio.create_task_group() as tasks:
                link.tasks = tasks
                tasks.start_soon(link.deliver_backlog)
                tasks.start_soon(link.watch_output, STDOUT)
                tasks.start_soon(link.watch_output, STDERR)
                tasks.start_soon(link.watch_exit)
                try:
                    yield link
                except (anyio.get_cancelled_exc_class(), GeneratorExit):
                    raise
                except BaseException as error:  # kept out of the task group, which would wrap it in a group
                    failure = error
                finally:
                    with anyio.CancelScope(shield=True):
                        await link.leave()
                    tasks.cancel_scope.cancel()
        finally:
            await link.close()
        if failure is not None:
            try:
                raise failure
            finally:
                del failure


class StdioLink:
    """An open connection to a child process. It is also the listener of that process.

    Attributes:
        tasks: Where messages wait that a breakpoint holds; set before anything is sent.
    """

    tasks: TaskGroup

    def __init__(self, target: StdioTarget, tap: Tap, *, line_limit: int, grace: float) -> None:
        self._target = target
        self._tap = tap
        self._grace = grace
        self._child = Child(self)
        self._lines: Mapping[int, LineSplitter | PieceSplitter] = {
            STDOUT: LineSplitter(line_limit),
            STDERR: PieceSplitter(),
        }
        self._output_closed = {STDOUT: anyio.Event(), STDERR: anyio.Event()}
        self._received = 0
        self._stdin_broken = False
        self._rung: Rung = "none"
        self._exit_rung: Rung = "none"
        self._concluded = anyio.Event()
        self._watch = anyio.CancelScope(shield=True)
        self._outbox, self._inbound = anyio.create_memory_object_stream["Event"](_INBOUND)
        self._backlog: deque[Event] = deque()
        self._behind = anyio.Event()
        self._deaf = False

    @property
    def inbound(self) -> MemoryObjectReceiveStream[Event]:
        """Messages, `stdout-closed` and `exited`."""
        return self._inbound

    async def start(self) -> None:
        """Start the process."""
        target = self._target
        await self._child.start(target.argv, env=target.env, cwd=target.cwd, inherit=target.inherit)

    async def send(self, outgoing: Outgoing) -> Event:
        """Write one line to the server; waits while it does not read."""
        event = outgoing.event or self._tap.sent(outgoing.body)
        taken = self._tap.take(event)
        if taken is None:
            await self._write(outgoing.body, ended=outgoing.ended)
        elif taken.sent is None:
            self.tasks.start_soon(self._go_on, taken, outgoing)
        else:
            await self._go_on(taken, outgoing)
        return event

    async def _go_on(self, taken: Taken, outgoing: Outgoing) -> None:
        """Send what a breakpoint lets through, once that is decided; the journal has what was not sent."""
        with suppress(LinkClosed):
            for body in await onward(taken, outgoing.body, self._hand_on):
                await self._write(body, ended=outgoing.ended)

    async def _hand_on(self, event: Event) -> None:
        self._deliver(event)

    async def _write(self, body: bytes, *, ended: bool) -> None:
        child = self._child
        if child.code is not None or self._rung != "none":
            raise LinkClosed
        if not child.write(body + b"\n" * ended):
            self._break_stdin()
            raise LinkClosed
        await child.wait_writable()
        if self._stdin_broken or child.code is not None:
            raise LinkClosed

    def abort(self, exchange: int) -> None:
        """Nothing: a line cannot be taken back."""

    def listen(self, headers: Mapping[str, str]) -> None:
        """Nothing: there is one stream, and it is open."""

    # What the child says.

    def started(self, pid: int) -> None:
        cwd = os.path.abspath(self._target.cwd or ".")
        self._tap.process("started", argv=list(self._target.argv), cwd=cwd, pid=pid)

    def output(self, fd: int, data: bytes) -> None:
        if self._concluded.is_set():  # of one who outlived the process in a session of its own
            return
        self._received += len(data)
        for line in self._lines[fd].feed(data):
            self._record(fd, line)

    def closed(self, fd: int, broken: bool) -> None:
        if fd == STDIN:
            if broken:
                self._break_stdin()
            return
        self._flush(fd)
        self._output_closed[fd].set()

    def exited(self, code: int) -> None:
        self._exit_rung = self._rung

    def _break_stdin(self) -> None:
        if not self._stdin_broken and self._rung == "none":
            self._tap.process("stdin-broken")
        self._stdin_broken = True

    def _flush(self, fd: int) -> None:
        for line in self._lines[fd].finish():
            self._record(fd, line)

    def _record(self, fd: int, line: Line) -> None:
        if fd == STDERR:
            self._tap.stderr(line.body, line.faults)
            return
        if not line.whole:
            self._tap.stdout(line.body, line.faults, size=line.size)
            return
        if not line.body.strip():
            self._tap.stdout(line.body, line.faults)
            return
        frame = classify(line.body)
        if Fault.NOT_JSON in frame.faults or Fault.NOT_OBJECT in frame.faults:
            self._tap.stdout(line.body, (*line.faults, *frame.faults))
        else:
            self._deliver(self._tap.received(line.body, faults=line.faults, frame=frame))

    # What the peer is told.

    def _deliver(self, event: Event) -> None:
        if self._deaf:
            return
        if not self._backlog:
            try:
                self._outbox.send_nowait(event)
            except anyio.WouldBlock:
                self._child.pause()
            except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                self._stop_delivery()
                return
            else:
                return
        self._backlog.append(event)
        self._behind.set()

    async def deliver_backlog(self) -> None:
        """Hand on what the peer was too slow for, then let the server write again."""
        while not self._deaf:
            await self._behind.wait()
            self._behind = anyio.Event()
            try:
                while self._backlog:
                    await self._outbox.send(self._backlog[0])
                    if self._backlog:
                        self._backlog.popleft()
            except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                self._stop_delivery()
            self._child.resume()
            if self._concluded.is_set():
                self._outbox.close()

    def _stop_delivery(self) -> None:
        """Nobody listens any more: go on writing down, and keep no one waiting."""
        self._deaf = True
        self._backlog.clear()
        self._behind.set()
        self._child.resume()

    # How it ends.

    async def watch_output(self, fd: int) -> None:
        """Note an output pipe that is closed while the process lives."""
        await self._output_closed[fd].wait()
        with anyio.move_on_after(_SETTLE):
            await self._child.gone.wait()
        if self._child.code is None and self._rung == "none":
            event = self._tap.process("stdout-closed" if fd == STDOUT else "stderr-closed")
            if fd == STDOUT:
                self._deliver(event)

    async def watch_exit(self) -> None:
        """Wait for the exit, write down what was still said, then the exit itself."""
        with self._watch:  # shielded: also a cancelled connection has an end that stands in the journal
            await self._child.gone.wait()
            await self._drain(rounds=8)
            self._child.kill()
            await self._drain(rounds=2)
            if not all(closed.is_set() for closed in self._output_closed.values()):
                self._tap.client("warning", says=_HELD)
            self._conclude()
            await self._child.close()

    def _conclude(self) -> None:
        """Write the exit down, once, after what its last lines left over."""
        code = self._child.code
        if code is None or self._concluded.is_set():
            return
        for fd in (STDOUT, STDERR):
            self._flush(fd)
        self._concluded.set()
        self._deliver(self._tap.process("exited", **exit_facts(code), rung=self._exit_rung))
        self._behind.set()

    async def _drain(self, rounds: int) -> None:
        """Return when both pipes are at their end, or silent, or after `rounds` of endless talk."""
        while rounds:
            before = self._received
            with anyio.move_on_after(_SETTLE):
                for closed in self._output_closed.values():
                    await closed.wait()
                return
            if self._backlog:  # it is the peer that is slow
                continue
            if self._received == before:
                return
            rounds -= 1

    async def leave(self) -> None:
        """Close stdin, then SIGTERM, then SIGKILL, each only where the one before was not enough."""
        self._stop_delivery()
        try:
            await self._end(self._child)
        except BaseException:  # a second, native cancellation goes through every shield: no time for manners
            self._child.kill()
            raise
        self._watch.cancel()

    async def _end(self, child: Child) -> None:
        if child.code is None:
            self._rung = "stdin"
            child.close_stdin()
            await self._wait_gone(self._grace)
        if child.code is None:
            self._rung = "terminate"
            child.terminate()
            await self._wait_gone(self._grace)
        if child.code is None:
            self._rung = "kill"
            child.kill()
            await self._wait_gone(_KILLED)
        if child.code is None:
            self._tap.client("warning", says=f"The server's process {child.pid} cannot be killed")
        else:
            await self._concluded.wait()

    async def _wait_gone(self, patience: float) -> None:
        with anyio.move_on_after(patience):
            await self._child.gone.wait()

    async def close(self) -> None:
        """Let go of pipes and streams; kills at once what still runs, for whatever reason."""
        try:
            await self._child.close()
        finally:
            self._conclude()  # for one whose end no task could watch, cancelled while it started
            self._outbox.close()
            self._inbound.close()
