"""Whether a signal was meant for this program alone, or for the whole group that the server is in as well.

What is sent to the group (Ctrl+C on a terminal, `killpg`) has reached the server already; what is sent to
the forwarder alone has to be handed on, once. No system tells the two apart. So a second process of the
group does nothing but look: asked after a moment, it says which signals it has got as well.

It also notices when the forwarder is killed outright, and does to the server what was done to it: whoever
sends SIGKILL means the server.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from inspector.proxy.watch import Watch

_MOMENT = 0.002
"""Seconds that a system takes at most to hand one signal to all of a group."""
_PATIENCE = 0.25
"""Seconds that the witness has for its answer. One that is stopped says nothing."""
_FRESH = 1.0
_ASK, _END, _ANSWER = b"?", b".", 0

_NAMES = ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGPROF")


def handed_on() -> list[int]:
    """The signals that a host may send a server: all that end a program unless it says otherwise."""
    numbers = [getattr(signal, name) for name in _NAMES]
    numbers += range(getattr(signal, "SIGRTMIN", 0), getattr(signal, "SIGRTMAX", -1) + 1)
    return [int(each) for each in numbers if signal.getsignal(each) is not signal.SIG_IGN]


def nothing(_number: int, _frame: object) -> None:
    """The handler of signals that are read from the wake-up descriptor."""


class Witness:
    """The forwarder's view of its witness.

    Args:
        watch: Calls back when it answers.
        alone: Is called with each signal that only the forwarder has got.
    """

    def __init__(self, watch: Watch, alone: Callable[[int], None]) -> None:
        self._watch = watch
        self._alone = alone
        self._ask = self._hear = -1
        self._due: list[tuple[int, float]] = []
        self._asked: list[int] = []
        self._until = 0.0
        self._seen: dict[int, list[float]] = {}

    def start(self, server: int, close_others: Callable[[set[int]], None]) -> None:
        """Start it. Signals must be blocked meanwhile; it unblocks its own.

        Args:
            server: Process id of the server.
            close_others: Closes every descriptor but standard ones and those given.
        """
        asked, ask = os.pipe()
        hear, heard = os.pipe()
        try:
            child = os.fork()
        except OSError:  # no more processes: every signal is handed on
            for fd in (asked, ask, hear, heard):
                os.close(fd)
            return
        if child == 0:
            try:
                for fd in (0, 1, 2):
                    _close(fd)
                close_others({asked, heard})
                _look(asked, heard, server)
            finally:
                os._exit(0)
        os.close(asked)
        os.close(heard)
        os.set_blocking(hear, False)
        self._ask, self._hear = ask, hear
        self._watch.on(hear, 1, self._heard)  # POLLIN

    def got(self, number: int) -> None:
        """The forwarder has got a signal."""
        if self._ask < 0:
            self._alone(number)
        else:
            self._due.append((number, time.monotonic() + _MOMENT))

    def patience(self) -> float | None:
        """Seconds until `look` has something to do; `None` where nothing is awaited."""
        if self._asked:
            return max(0.0, self._until - time.monotonic())
        if self._due:
            return max(0.0, self._due[0][1] - time.monotonic())
        return None

    def look(self) -> None:
        """Ask what is due, and give up on an answer that does not come."""
        now = time.monotonic()
        if self._asked and now >= self._until:
            self._decide()
        if self._due and not self._asked and now >= self._due[-1][1]:
            self._asked = [number for number, _ in self._due]
            self._due.clear()
            self._until = now + _PATIENCE
            try:
                os.write(self._ask, _ASK)
            except OSError:
                self._gone()

    def end(self) -> None:
        """Let it go: the forwarder ends of itself."""
        if self._ask >= 0:
            try:
                os.write(self._ask, _END)
            except OSError:
                return  # it was killed: nobody is left to be told

    def _heard(self, _event: int) -> None:
        try:
            said = os.read(self._hear, 4096)
        except BlockingIOError:
            return
        if not said:
            self._gone()
            return
        now = time.monotonic()
        for number in said:
            if number != _ANSWER:
                self._seen.setdefault(number, []).append(now)
            elif self._asked:
                self._decide()

    def _decide(self) -> None:
        asked, self._asked = self._asked, []
        late, theirs = time.monotonic() - _FRESH, set()
        for number in asked:
            seen = [each for each in self._seen.pop(number, ()) if each > late]
            self._seen[number] = seen[1:]
            if seen:
                theirs.add(number)
            elif number not in theirs:  # two at once may have become one for the witness
                self._alone(number)

    def _gone(self) -> None:
        self._watch.off(self._hear)
        os.close(self._hear)
        os.close(self._ask)
        self._ask = self._hear = -1
        self._asked += [number for number, _ in self._due]
        self._due.clear()
        self._decide()


def _look(asked: int, heard: int, server: int) -> None:
    """What the witness does, up to the end of the forwarder."""
    os.set_blocking(heard, False)
    signal.set_wakeup_fd(heard, warn_on_full_buffer=False)
    for number in handed_on():
        signal.signal(number, nothing)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    handle = _open_process(server)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    while word := os.read(asked, 1):
        if word == _END:
            return
        os.write(heard, bytes((_ANSWER,)))
    if handle >= 0:
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    else:
        os.kill(server, signal.SIGKILL)


def _open_process(pid: int) -> int:
    """A handle that never means another process; -1 where there are none."""
    opens = getattr(os, "pidfd_open", None)
    try:
        return opens(pid) if opens is not None else -1
    except OSError:
        return -1


def _close(fd: int) -> None:
    try:
        os.close(fd)
    except OSError:
        return  # the host gave none
