"""The terminal of a shell: a line edited with history and completion, while notices come in above it.

The main thread has the terminal, because only there a signal is heard while a line is edited; the
connection lives in the event loop of another thread. `readline` looks at signals between two keys, so a
signal of our own brings what is to be shown, or ends a line that nobody wants any more. Where there is
none (Windows) a line is plain input, and notices wait until it is entered.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import anyio

from inspector.cli.oneshot import Ended
from inspector.cli.output import print_text
from inspector.cli.shell.above import Above
from inspector.wire.visible import visible

if TYPE_CHECKING:
    from collections.abc import Awaitable

T = TypeVar("T")

_POLL = 0.2 if sys.platform == "win32" else None
"""Seconds between looks at what the loop wants: on Windows a wait without an end hears no signal."""
_FRAME = 0.1
"""Seconds from a notice to the next look at the screen."""
_AGAIN = 0.1
"""Seconds after which a signal of which readline took no notice is sent once more."""
_WAKES: signal.Signals | None = getattr(signal, "SIGUSR1", None)
_END_SIGNALS = ("SIGTERM", "SIGHUP", "SIGBREAK")


@dataclass(eq=False, slots=True)
class _Request:
    """One line that is wanted."""

    prompt: str
    command: bool
    given: asyncio.Future[str | None]
    abandoned: bool = False


class _Leave(BaseException):
    """A signal ended the program while a line was edited."""


class Terminal:
    """The person at the terminal, for an event loop in another thread.

    Args:
        entered: Is told each command that was entered, in the main thread.

    Attributes:
        turn: Held while a question is put: nothing else is to be written then.
        interrupt: Called in the event loop for Ctrl+C; until it is set, that ends everything.
    """

    def __init__(self, entered: Callable[[str], object]) -> None:
        self.turn = asyncio.Lock()
        self.interrupt: Callable[[], object] | None = None
        self._entered = entered
        self._requests: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._above = Above()
        self._editing: _Request | None = None
        self._leaving: _Request | None = None
        self._heard = -1
        self._pasted: deque[str] = deque()
        self._showing = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._scope: anyio.CancelScope | None = None
        self._ended_by = 0
        self._outcome: list[Any] = []
        self._failure: BaseException | None = None

    # In the event loop

    async def line(self, prompt: str) -> str | None:
        """A command; `None` where the person leaves."""
        if self._pasted:
            return self._pasted.popleft()
        text = await self._wanted(prompt, command=True)
        if text is None:
            return None
        first, *rest = text.split("\n")
        self._pasted.extend(rest)
        return first

    async def __call__(self, prompt: str) -> str | None:
        """An answer to a question, as soon as no command is edited; `None` where there will be none."""
        if self._editing is not None:
            self.say("Press Enter to answer.")
        async with self.turn:
            return await self._wanted(prompt, command=False)

    async def _wanted(self, prompt: str, *, command: bool) -> str | None:
        request = _Request(visible(prompt), command, asyncio.get_running_loop().create_future())
        self._requests.put(request)
        try:
            return await request.given
        finally:
            if not request.given.done() or request.given.cancelled():
                request.abandoned = True
                if not self._ended_by:  # the signal that did that ends the line
                    self._press(request)

    def _press(self, request: _Request) -> None:
        """End the editing of a line; again where readline took no notice, as while it completes a word."""
        if self._editing is request and (request.abandoned or self._leaving is request):
            assert self._loop is not None
            _wake()
            self._loop.call_later(_AGAIN, self._press, request)

    def _hear(self) -> None:
        """A signal came. Where that was between two waits of readline for a key, it looks once more."""
        assert self._loop is not None
        if any(number != _WAKES for number in os.read(self._heard, 64)):
            self._loop.call_later(_AGAIN, self._look)

    def _look(self) -> None:
        if self._editing is not None:
            _wake()

    def say(self, *lines: str) -> None:
        """Lines that are safe, above what is edited; from any thread."""
        self._above.put(lines)
        if self._above.waits and not self._showing:
            self._showing = True
            self._tell(self._show_soon)

    def _show_soon(self) -> None:
        """In the event loop: show what waits, and what else comes within a frame."""
        assert self._loop is not None
        self._loop.call_later(_FRAME, self._show)

    def _show(self) -> None:
        self._showing = False
        if self._editing is not None:
            _wake()

    def call(self, work: Callable[[], Awaitable[T]], seconds: float) -> T | None:
        """From the main thread: what `work` brings in the event loop, `None` where that takes too long."""
        if self._loop is None:
            return None

        async def bring() -> T:
            return await work()

        try:
            return asyncio.run_coroutine_threadsafe(bring(), self._loop).result(seconds)
        except (TimeoutError, RuntimeError):  # too long, or the loop is gone
            return None

    # In the main thread

    def host(self, function: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        """Run `function` in an event loop of its own, and serve the terminal until it is done.

        Raises:
            KeyboardInterrupt: Ctrl+C before there was anything else to cancel.
            Ended: Another signal; everything was left in good order.
        """
        thread = threading.Thread(target=self._run, args=(function, args), name="connection")
        with self._signals():
            thread.start()
            try:
                self._serve()
            finally:
                thread.join()
        if self._ended_by == signal.SIGINT:
            raise KeyboardInterrupt
        if self._ended_by:
            raise Ended(128 + self._ended_by)
        if self._failure is not None:
            raise self._failure
        return self._outcome[0]

    def _run(self, function: Callable[..., Awaitable[Any]], args: tuple[Any, ...]) -> None:
        async def main() -> None:
            with anyio.CancelScope() as self._scope:
                self._loop = asyncio.get_running_loop()
                if self._heard >= 0:
                    self._loop.add_reader(self._heard, self._hear)
                if self._ended_by:
                    self._scope.cancel()
                self._outcome.append(await function(*args))

        try:
            anyio.run(main)
        except BaseException as failure:  # raised by `host`, in the thread of whoever called
            self._failure = failure
        finally:
            self._requests.put(None)
            while self._editing is not None:
                time.sleep(_AGAIN)
                self._look()

    def _serve(self) -> None:
        while True:
            try:
                request = self._requests.get(timeout=_POLL)
            except queue.Empty:
                continue
            if request is None:
                return
            if request.abandoned:
                continue
            try:
                text = self._edited(request)
            except (KeyboardInterrupt, _Leave):  # in the moment between the line's end and here
                text = "" if request.command else "!c"
            self._give(request, text)

    def _give(self, request: _Request, text: str | None) -> None:
        def give() -> None:
            if not request.given.done():
                request.given.set_result(text)

        if request.command and text is not None:
            for line in text.split("\n"):
                self._entered(line)
        self._tell(give)

    def _tell(self, callback: Callable[[], object]) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(callback)

    def _edited(self, request: _Request) -> str | None:
        """What the person enters; `None` where they leave, or it is no longer wanted."""
        while not request.abandoned and not self._ended_by:
            try:
                self._editing = request
                with self._above.editing(request.prompt):
                    return input(request.prompt)
            # CPython hides an exception behind a SystemError where a second signal comes with it.
            except (KeyboardInterrupt, SystemError):
                if not (request.abandoned or request.command or self._ended_by):  # it gives up the question
                    self._tell(self._cancel)
                    return "!c"
            except (EOFError, _Leave):
                return None
            except UnicodeDecodeError:
                print_text("That is not UTF-8.")
            finally:
                self._editing = self._leaving = None
        return None

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Ctrl+C, and the signals that end the program, as this terminal takes them."""
        with _heard() if _WAKES is not None else contextlib.nullcontext(-1) as self._heard, self._handlers():
            yield

    @contextmanager
    def _handlers(self) -> Iterator[None]:
        before = {signal.SIGINT: signal.signal(signal.SIGINT, self._interrupted)}
        if _WAKES is not None:
            before[_WAKES] = signal.signal(_WAKES, self._woken)
        for name in _END_SIGNALS:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, self._terminated)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _interrupted(self, number: int, frame: object) -> None:
        if (edited := self._editing) is not None:
            self._leaving = edited
            self._tell(lambda: self._press_later(edited))
            raise KeyboardInterrupt
        self._tell(self._cancel)

    def _press_later(self, request: _Request) -> None:
        assert self._loop is not None
        self._loop.call_later(_AGAIN, self._press, request)

    def _woken(self, number: int, frame: object) -> None:
        edited = self._editing
        if edited is not None and (edited.abandoned or self._leaving is edited or self._ended_by):
            raise KeyboardInterrupt
        self._above.show()

    def _cancel(self) -> None:
        """In the event loop: Ctrl+C while no line is edited."""
        if self.interrupt is None:
            self._end(signal.SIGINT)
        else:
            self.interrupt()

    def _terminated(self, number: int, frame: object) -> None:
        self._ended_by = number
        self._tell(lambda: self._end(number))
        if self._editing is not None:
            raise _Leave

    def _end(self, number: int) -> None:
        self._ended_by = number
        if self._scope is not None:
            self._scope.cancel()


def _wake() -> None:
    """Interrupt the main thread in its wait for a key."""
    main = threading.main_thread().ident
    if _WAKES is not None and main is not None:
        signal.pthread_kill(main, _WAKES)


@contextmanager
def _heard() -> Iterator[int]:
    """A file that says which signals came, also those of which this thread takes no notice yet."""
    reads, writes = os.pipe()
    os.set_blocking(reads, False)
    os.set_blocking(writes, False)
    before = signal.set_wakeup_fd(writes, warn_on_full_buffer=False)
    try:
        yield reads
    finally:
        signal.set_wakeup_fd(before)
        os.close(reads)
        os.close(writes)
