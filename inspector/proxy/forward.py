"""The forwarder: starts the server between three pipes, and is for the host what the server would be.

Bytes, ends, signals, exit code: as without it. What it sees it tells the recorder, another process that it
starts after the server; whether that one lives, keeps up or has a disk to write on changes nothing here.
It imports next to nothing, because a host starts it each time that it starts the server.

Decisions that may surprise:
- It never waits for the recorder, not even at its own end.
- The exit of the server is the exit of this program, at once. What is then still on its way (a host that does
  not read, a grandchild that holds the pipes) is moved on by a copy of this process, so that the host
  sees the end of each stream when it would without us: when its last writer is gone.
- Where the host gave one and the same file as standard output and error, the server gets one pipe for both:
  two would lose the order of what it writes.
- Where there is no room for further processes or pipes, this program becomes the server: unrecorded, it runs.
- Process group and session are the host's. `inspector.proxy.witness` says how signals reach the server once.
"""

from __future__ import annotations

import errno
import os
import signal
import stat
import time
from collections.abc import Callable, Mapping, Sequence

from inspector.proxy.behind import left_to_a_copy
from inspector.proxy.feed import ERR, EXITED, IN, Feed
from inspector.proxy.watch import Watch
from inspector.proxy.way import Way
from inspector.proxy.witness import Witness, handed_on, nothing

TYPE_CHECKING = False
if TYPE_CHECKING:  # 4 ms of `typing` that every start of a server would pay
    from typing import NoReturn, TypeAlias

    Recorder: TypeAlias = Callable[[int, int, int, str, float], None]
    """Records: the pipe with frames, a pipe for one line of complaint, the server's process id (0 where it
    could not be started), why it could not, and when that was."""

_READY = 1  # POLLIN
_MOST_FDS = 1 << 16
_SPARE = 6
SHORT = (errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM)
"""There is no room for what standing between takes; for the server alone there may be."""
_LEAST = 10
"""How much the recorder gives way to those whose traffic it records."""


def forward(argv: Sequence[str], recorder: Recorder) -> NoReturn:
    """Start `argv`, stand between it and the host, and end as it ends. Never returns.

    Args:
        argv: The server's command.
        recorder: Is called in a process of its own.
    """
    every = set(signal.valid_signals())
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, every)
    given = standard_files()
    began = time.monotonic()
    try:
        ours, theirs, merged = _pipes(given)
        pid, why = _spawn(argv, theirs, merged, mask), ""
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) in SHORT:
            error = become(argv, mask, error, log=2 in given)
        pid, why = 0, f"Cannot start {argv[0]}: {getattr(error, 'strerror', None) or error}"
        code = 127 if isinstance(error, FileNotFoundError) else 126  # as a shell and env(1) have it
        ours, theirs, merged = {}, {}, False
    for fd in theirs.values():
        os.close(fd)
    close_others(set(ours.values()))  # what only the server was given must end with it
    frames, told = os.pipe()
    complained, complaint = os.pipe()
    try:
        _start_recorder(recorder, frames, complaint, pid, why, began)
    except OSError as error:  # no more processes: traffic goes on, and the log says why
        os.write(complaint, f"mcp-inspect: Not recorded: {error.strerror}\n".encode())
    os.close(frames)
    os.close(complaint)
    if not pid:
        if 2 in given:
            _say(f"mcp-inspect: {why}\n")
        os._exit(code)
    if merged:  # else the host would not see the end of its pipe while the server lives
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    Forwarder(pid, ours, Feed(told), complained, mask).run()


class Forwarder:
    """Between a host and a server that runs.

    Args:
        pid: The server.
        ours: Our ends of its pipes, by its descriptors.
        feed: To the recorder.
        complained: Brings the recorder's line of complaint.
        mask: The signals that the host had blocked.
    """

    def __init__(
        self, pid: int, ours: Mapping[int, int], feed: Feed, complained: int, mask: set[int]
    ) -> None:
        self._pid = pid
        self._feed = feed
        self._complained = complained
        self._watch = watch = Watch()
        self._code: int | None = None
        self._witness = Witness(watch, self._hand_on)
        self._witness.start(pid, close_others)
        woken, wake = os.pipe()
        os.set_blocking(woken, False)
        os.set_blocking(wake, False)
        self._woken = woken
        watch.on(woken, _READY, self._wake)
        watch.on(complained, _READY, self._complain)
        for number in (signal.SIGCHLD, *handed_on()):
            signal.signal(number, nothing)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask - {signal.SIGCHLD})
        self._ways: dict[int, Way] = {}
        for stream, fd in ours.items():
            os.set_blocking(fd, False)
            if stream == IN:
                self._ways[stream] = Way(stream, IN, fd, feed, watch, host=False)
            else:
                self._ways[stream] = Way(stream, fd, stream, feed, watch, host=True)
        self._listening = False

    def run(self) -> NoReturn:
        """Forward up to the server's exit, and end as it did."""
        self._reap()  # it may be over before anybody could be told
        while self._code is None:
            self._turn(self._witness.patience())
            self._witness.look()
        while sum(way.take() for stream, way in self._ways.items() if stream != IN):
            pass  # what it wrote before it ended
        self._feed.put(EXITED, str(self._code).encode())
        self._feed.flush()
        if self._unfinished:
            self._leave_behind()
        self._witness.end()
        end_as(self._code)

    @property
    def _unfinished(self) -> bool:
        return self._feed.waiting > 0 or any(way.open for way in self._ways.values())

    def _turn(self, patience: float | None) -> None:
        feed = self._feed
        if self._listening != (feed.waiting > 0):
            self._listening = not self._listening
            if self._listening:
                self._fed = feed.fd
                self._watch.on(feed.fd, 4, self._flush)  # POLLOUT
            else:
                self._watch.off(self._fed)
        self._watch.once(patience)

    def _flush(self, _event: int) -> None:
        self._feed.flush()
        if self._feed.fd < 0:
            self._watch.off(self._fed)
            self._listening = False

    def _leave_behind(self) -> None:
        """Have a copy of this process move on what is still on its way."""
        if not left_to_a_copy(self._move_on_elsewhere):
            self._feed.drop()  # by this process: the rest is not recorded
            self._move_on()

    def _move_on_elsewhere(self) -> None:
        self._watch.off(self._woken)
        self._move_on()

    def _move_on(self) -> None:
        while self._unfinished:
            self._turn(None)

    def _wake(self, _event: int) -> None:
        try:
            numbers = os.read(self._woken, 4096)
        except BlockingIOError:
            return
        for number in numbers:
            if number != signal.SIGCHLD:
                self._witness.got(number)
        self._reap()

    def _reap(self) -> None:
        if self._code is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)

    def _hand_on(self, number: int) -> None:
        if self._code is None:
            os.kill(self._pid, number)

    def _complain(self, _event: int) -> None:
        line = os.read(self._complained, 4096)
        if not line:
            self._watch.off(self._complained)
            os.close(self._complained)
        elif ERR in self._ways:
            self._ways[ERR].say(line)


def end_as(code: int) -> NoReturn:
    """End with an exit code, or by the signal that a negative one means."""
    if code < 0:
        import resource  # only the signals need it, and there is none on Windows

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the server's core is the one to look at
        if -code not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(-code, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {-code})
        os.kill(os.getpid(), -code)
        code = 128 - code
    os._exit(code)


# Starting


def standard_files() -> dict[int, os.stat_result]:
    """What the host gave as standard descriptors. Those that are closed get a place-holder."""
    given = {}
    for fd in (0, 1, 2):
        try:
            given[fd] = os.fstat(fd)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # else one of our pipes would have its number
    return given


def _pipes(given: Mapping[int, os.stat_result]) -> tuple[dict[int, int], dict[int, int], bool]:
    """Our ends, the server's ends, and whether its standard output and error are one."""
    spare = [os.dup(0) for _ in range(_SPARE)]  # what will be opened when the server runs already
    ours, theirs = {}, {}
    merged = 1 in given and 2 in given and _same(given[1], given[2])
    for fd in given:
        if fd == 2 and merged:
            continue
        reads, writes = os.pipe()
        ours[fd], theirs[fd] = (writes, reads) if fd == 0 else (reads, writes)
    for fd in spare:
        os.close(fd)
    return ours, theirs, merged


def _same(one: os.stat_result, other: os.stat_result) -> bool:
    return (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino) and not stat.S_ISCHR(one.st_mode)


def become(
    argv: Sequence[str], mask: set[int], short: OSError | ValueError, *, log: bool
) -> OSError | ValueError:
    """Be the server rather than stand before it: there is room for no further process or pipe.

    Args:
        argv: The server's command.
        mask: The signals that the host had blocked.
        short: What there was no room for.
        log: Whether the host gave a standard error to say it on.

    Returns:
        Why that cannot be.
    """
    if log:
        _say(f"mcp-inspect: Not recorded: {getattr(short, 'strerror', None) or short}\n")
    for number in _usual():
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    try:
        os.execvpe(argv[0], list(argv), _environment())
    except (OSError, ValueError) as error:
        return error


def _say(line: str) -> None:
    try:
        os.write(2, line.encode(errors="replace"))
    except OSError:
        return  # the host does not read


def _usual() -> list[int]:
    """The signals that Python ignores from its start on; what is ignored would be inherited."""
    return [getattr(signal, name) for name in ("SIGPIPE", "SIGXFSZ", "SIGXFZ") if hasattr(signal, name)]


def _spawn(argv: Sequence[str], theirs: Mapping[int, int], merged: bool, mask: set[int]) -> int:
    actions = [(os.POSIX_SPAWN_DUP2, theirs[fd], fd) for fd in theirs]
    if merged:
        actions.append((os.POSIX_SPAWN_DUP2, theirs[1], 2))
    usual, environment = _usual(), _environment()

    def spawn(words: tuple[str, ...]) -> int:
        return os.posix_spawnp(
            words[0], words, environment, file_actions=actions, setsigmask=mask, setsigdef=usual
        )

    try:
        return spawn(tuple(argv))
    except OSError as error:
        if error.errno != errno.ENOEXEC:
            raise
        return spawn(("/bin/sh", _found(argv[0]), *argv[1:]))  # as execvp(3) does


def _found(name: str) -> str:
    """Where the program is, that the system has found already."""
    if "/" in name:
        return name
    places = (os.path.join(place, name) for place in os.get_exec_path())
    return next((place for place in places if os.access(place, os.X_OK)), name)


def _environment() -> Mapping[str, str] | Mapping[bytes, bytes]:
    """What the host gave. Python adds `LC_CTYPE` to its own where the locale is C (PEP 538)."""
    try:
        with open("/proc/self/environ", "rb") as file:
            pairs = [entry.partition(b"=") for entry in file.read().split(b"\0")]
    except OSError:
        return os.environ
    return {name: value for name, equals, value in pairs if equals and name}


def _start_recorder(
    recorder: Recorder, frames: int, complaint: int, pid: int, why: str, began: float
) -> None:
    """Start it in a session of its own: what ends the group must not keep it from writing to the end."""
    middle = os.fork()
    if middle:
        os.waitpid(middle, 0)
        return
    try:
        os.setsid()
        if os.fork():
            os._exit(0)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(nowhere, fd)
        close_others({frames, complaint})
        _give_way()
        for number in handed_on():
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        recorder(frames, complaint, pid, why, began)
    finally:
        os._exit(0)


def _give_way() -> None:
    """Let those whose traffic is recorded run first."""
    os.nice(_LEAST)
    try:  # Linux shares the processors among sessions first, and this one is of its own
        with open("/proc/self/autogroup", "w") as file:
            file.write(str(_LEAST))
    except OSError:
        return


def close_others(keep: set[int]) -> None:
    """Close all descriptors from 3 on but these."""
    low = 3
    for fd in sorted(keep):
        if fd >= low:
            os.closerange(low, fd)
            low = fd + 1
    os.closerange(low, _MOST_FDS)
