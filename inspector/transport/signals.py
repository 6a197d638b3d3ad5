"""The signals that end this program: who connects must then leave in good order, and not die.

A server runs in a group of its own and gets none of them. What a child is told is `process`'s business.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import anyio


@dataclass(slots=True)
class Caught:
    """The signal that ended the body of `terminate_on_signals`, if one did."""

    number: int | None = None

    @property
    def exit_code(self) -> int | None:
        """What a shell expects of a program that a signal ended: 128 + its number."""
        return None if self.number is None else 128 + self.number


@contextmanager
def on_termination(callback: Callable[[int], None]) -> Iterator[None]:
    """Call `callback(signal number)` in the running event loop when this program is told to end.

    That is SIGTERM, SIGHUP (its terminal closed), and SIGBREAK on Windows. A server runs in a group of
    its own and gets none of them, so whoever connects must leave cleanly instead of dying: `callback`
    begins that. Does nothing outside the main thread, where signals cannot be handled.
    """
    loop = asyncio.get_running_loop()
    installed: list[tuple[signal.Signals, Any]] = []
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        number: signal.Signals | None = getattr(signal, name, None)
        if number is None:
            continue
        previous = signal.getsignal(number)
        if previous is signal.SIG_IGN:  # `nohup` asked for that
            continue
        with contextlib.suppress(ValueError, RuntimeError):
            _install(loop, number, callback)
            installed.append((number, previous))
    try:
        yield
    finally:
        for number, previous in installed:
            if sys.platform != "win32":
                loop.remove_signal_handler(number)
            signal.signal(number, previous if previous is not None else signal.SIG_DFL)


def _install(
    loop: asyncio.AbstractEventLoop, number: signal.Signals, callback: Callable[[int], None]
) -> None:
    if sys.platform != "win32":
        loop.add_signal_handler(number, callback, number)
    else:  # its loops have no signal handlers

        def handle(caught: int, _frame: object) -> None:
            loop.call_soon_threadsafe(callback, caught)

        signal.signal(number, handle)


@asynccontextmanager
async def terminate_on_signals() -> AsyncIterator[Caught]:
    """Turn a signal that ends this program into a cancellation of the body.

    The body's transports then leave in good order: pipes closed, children ended, journal complete. Put
    it around everything that connects, inside `anyio.run`, and exit with what was caught:

        async with terminate_on_signals() as caught:
            ...
        return caught.exit_code or code

    The app, whose event loop must not be cancelled from under it, uses `on_termination` with its own
    way to quit.
    """
    caught = Caught()
    with anyio.CancelScope() as scope:

        def end(number: int) -> None:
            caught.number = number
            scope.cancel()

        with on_termination(end):
            yield caught
