"""A child process with three pipes, and its process group.

It starts, feeds, listens to and ends a process; it knows neither lines nor messages nor the journal.

asyncio's own process protocol is used rather than anyio's `Process`: that one's `wait()` returns only
when the pipes are closed as well, so a grandchild that keeps stdout open would hide the exit, and it
offers no way to pause a pipe.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import anyio

from inspector.errors import ConnectionFailed
from inspector.journal.redact_argv import redact_argv

STDIN, STDOUT, STDERR = 0, 1, 2
CHUNK = 8 * 1024
"""Bytes that are taken out of a pipe before the event loop has other turns."""


class Listener(Protocol):
    """Is told, in the order of time, what a child does. Called from the event loop, must not block."""

    def started(self, pid: int) -> None: ...

    def output(self, fd: int, data: bytes) -> None:
        """`data` arrived on stdout (1) or stderr (2)."""
        ...

    def closed(self, fd: int, broken: bool) -> None:
        """A pipe is closed from the other side; `broken` where something was still to be written."""
        ...

    def exited(self, code: int) -> None:
        """The process is gone; `code` as in `subprocess`, negative for a signal."""
        ...


class Child(asyncio.SubprocessProtocol):
    """A child process in a group of its own."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._writable = anyio.Event()
        self._writable.set()
        self._transport: asyncio.SubprocessTransport | None = None
        self._stdin_lost = False
        self._lost = anyio.Event()
        self.pid = 0
        self.code: int | None = None
        self.gone = anyio.Event()
        """Set when the process has exited, whoever still holds its pipes."""

    async def start(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        inherit: bool = True,
    ) -> None:
        """Start `argv`. Once.

        Args:
            argv: The command.
            env: Added to this program's environment, or the whole of it unless `inherit`.
            cwd: Where to start it.
            inherit: Whether it gets this program's environment.

        Raises:
            ConnectionFailed: It cannot be started.
        """
        environment = {**(os.environ if inherit else {}), **(env or {})}
        program = resolve(argv, environment, cwd)
        try:
            await asyncio.get_running_loop().subprocess_exec(
                lambda: self,
                # Windows finds a shim (.cmd, .bat) only by its full name; elsewhere argv stays as given.
                program if sys.platform == "win32" else argv[0],
                *argv[1:],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment,
                cwd=cwd,
                executable=program,
                **_own_group(),
            )
        except (OSError, ValueError) as error:
            raise _cannot_start(argv[0], program, error) from error

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.SubprocessTransport)
        self._transport = transport
        self.pid = transport.get_pid()
        for pipe in map(self._pipe, (STDOUT, STDERR)):
            # What asyncio's pipes of POSIX read at once: by default all that is in the pipe, and a burst of
            # small messages is worked through for 20 ms before a screen is painted or a key read.
            if pipe is not None and hasattr(pipe, "max_size"):
                pipe.max_size = CHUNK
        _living.add(self.pid)
        self._listener.started(self.pid)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._listener.output(fd, data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if fd == STDIN:
            self._stdin_lost = True
            self._writable.set()
        self._listener.closed(fd, exc is not None)

    def process_exited(self) -> None:
        _living.discard(self.pid)
        code = self._transport.get_returncode() if self._transport else None
        self.code = -1 if code is None else code
        self._writable.set()
        self.gone.set()
        self._listener.exited(self.code)

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost.set()

    def pause_writing(self) -> None:
        self._writable = anyio.Event()

    def resume_writing(self) -> None:
        self._writable.set()

    # What the transport calls.

    def write(self, data: bytes) -> bool:
        """Write to the child's stdin, at once or when it reads on; false where it is closed."""
        pipe = self._pipe(STDIN)
        if not isinstance(pipe, asyncio.WriteTransport) or pipe.is_closing():
            return False
        pipe.write(data)
        return not pipe.is_closing()  # closing after a write means that the write has failed

    async def wait_writable(self) -> None:
        """Return when most of what was written has been read, or never will be."""
        await self._writable.wait()

    def close_stdin(self) -> None:
        """Close stdin, after what was already written."""
        pipe = self._pipe(STDIN)
        if pipe is not None:
            pipe.close()

    def pause(self, fd: int = STDOUT) -> None:
        """Stop reading stdout (or stderr), so that the child's writes block."""
        pipe = self._pipe(fd)
        if isinstance(pipe, asyncio.ReadTransport) and not pipe.is_closing():
            pipe.pause_reading()

    def read_no_more(self, fd: int) -> None:
        """Close our end of stdout or stderr: the child's next write there fails."""
        pipe = self._pipe(fd)
        if pipe is not None:
            pipe.close()

    def resume(self, fd: int = STDOUT) -> None:
        """Read stdout (or stderr) again."""
        pipe = self._pipe(fd)
        if isinstance(pipe, asyncio.ReadTransport) and not pipe.is_closing():
            pipe.resume_reading()

    def fileno(self, fd: int) -> int:
        """Our end of stdin, stdout or stderr; -1 where it is closed."""
        pipe = self._pipe(fd)
        if pipe is None or (isinstance(pipe, asyncio.WriteTransport) and pipe.is_closing()):
            return -1
        file = pipe.get_extra_info("pipe")
        return -1 if file is None or file.closed else int(file.fileno())

    @property
    def unread(self) -> int:
        """Bytes of what was written that stdin has no room for."""
        pipe = self._pipe(STDIN)
        return pipe.get_write_buffer_size() if isinstance(pipe, asyncio.WriteTransport) else 0

    def terminate(self) -> None:
        """Ask the whole group to end."""
        if sys.platform == "win32":
            with contextlib.suppress(OSError):
                os.kill(self.pid, signal.CTRL_BREAK_EVENT)
        else:
            _signal_group(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End the whole group, also what is left of it after the process itself is gone."""
        _kill_tree(self.pid)

    async def close(self) -> None:
        """Close the pipes, whoever holds their other ends, and kill what still runs."""
        if self._transport is None:
            return
        if self.code is None:
            self.kill()
        pipe = self._pipe(STDIN)
        if isinstance(pipe, asyncio.WriteTransport) and not self._stdin_lost:
            pipe.abort()  # nobody will read what is still to be written
        self._transport.close()
        # Bounded: a process that the kernel cannot kill is never reported as lost.
        with anyio.move_on_after(1, shield=True):
            await self._lost.wait()

    def _pipe(self, fd: int) -> asyncio.BaseTransport | None:
        return self._transport.get_pipe_transport(fd) if self._transport else None


# Groups. A group outlives its leader as long as one member lives, and its number is not reused until then.

_living: set[int] = set()


@atexit.register
def _kill_living() -> None:
    """The last net: whatever way this program ends short of SIGKILL, its children end too."""
    for pid in tuple(_living):
        _kill_tree(pid)


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _kill_tree(pid: int) -> None:
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(pid)], capture_output=True, check=False)
    else:
        _signal_group(pid, signal.SIGKILL)


def _signal_group(pid: int, number: int) -> None:
    if sys.platform != "win32":
        # macOS answers EPERM for a group of nothing but zombies.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, number)


# Finding the program.


def resolve(argv: Sequence[str], env: Mapping[str, str], cwd: str | None) -> str:
    """The absolute path of the program that `argv` names, on the child's own PATH.

    Raises:
        ConnectionFailed: There is none, it is not executable, or `cwd` is no directory.
    """
    if not argv or not argv[0]:
        raise ConnectionFailed("There is no command to start", next="Give one after --")
    if cwd is not None and not os.path.isdir(cwd):
        raise ConnectionFailed(
            f"Cannot start {redact_argv(argv[:1])[0]}: the working directory {cwd} does not exist",
            next="Give an existing directory to --cwd",
        )
    name = argv[0]
    shown = redact_argv((name,))[0]  # `TOKEN=… command` is a shell's spelling, and a likely slip
    beside = os.path.join(cwd or "", name)
    if os.path.dirname(name):
        found = shutil.which(beside)
    else:
        found = shutil.which(name, path=env.get("PATH", os.defpath))
    if found is None:
        raise _not_found(shown, beside)
    return os.path.abspath(found)


def _not_found(name: str, beside: str) -> ConnectionFailed:
    starts = f"python {name}" if name.endswith(".py") else f".{os.sep}{name}"
    if not os.path.dirname(name):
        return ConnectionFailed(
            f"Cannot start {name}: there is no such command on PATH",
            next=f"Did you mean {starts}?"
            if os.path.isfile(beside)
            else "Check its spelling, or give its full path",
        )
    if os.path.isdir(beside):
        return ConnectionFailed(f"Cannot start {name}: it is a directory", next="Give the program inside it")
    if os.path.exists(beside):
        hint = f"Start it as {starts}" if name.endswith(".py") else f"Make it so: chmod +x {name}"
        return ConnectionFailed(f"Cannot start {name}: it is not executable", next=hint)
    return ConnectionFailed(f"Cannot start {name}: there is no such file", next="Check the path")


def _cannot_start(name: str, program: str, error: OSError | ValueError) -> ConnectionFailed:
    """Why the system refused a program that is there."""
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ENOEXEC:
        return ConnectionFailed(
            f"Cannot start {name}: {program} is not a program of this system",
            next=f"Start it with its interpreter, e.g. python {name}",
        )
    if number == errno.ENOENT:
        return ConnectionFailed(
            f"Cannot start {name}: the interpreter that the first line of {program} names does not exist",
            next=f"Start it with its interpreter, e.g. python {name}",
        )
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return ConnectionFailed(f"Cannot start {name}: {reason}", next="Try the same command in a shell")
