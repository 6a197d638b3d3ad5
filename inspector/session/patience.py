"""Waiting no longer than agreed, where the time that a person takes is nobody's time-out.

Somebody may be reading a consent page in a browser while a call, or the whole handshake, is held up.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

import anyio

T = TypeVar("T")

_AT_LEAST = 0.01


class Waits(Protocol):
    """Something that takes time which is nobody's time-out."""

    @property
    def waited(self) -> float:
        """Seconds so far, by the event loop's clock."""
        ...


class Held:
    """The time that does not count: a person was asked, by however many questions, or gave more time."""

    def __init__(self) -> None:
        self._questions = 0
        self._since = 0.0
        self._before = 0.0

    def hold(self) -> None:
        """Another question is asked."""
        if not self._questions:
            self._since = anyio.current_time()
        self._questions += 1

    def release(self) -> None:
        """One of them is over."""
        self._questions -= 1
        if not self._questions:
            self._before += anyio.current_time() - self._since

    def grant(self, seconds: float) -> None:
        """Somebody gives it more time."""
        self._before += seconds

    @property
    def waited(self) -> float:
        """Seconds so far, the present questions included."""
        return self._before + (anyio.current_time() - self._since if self._questions else 0.0)


async def within(deadline: float, wait: Callable[[], Awaitable[T]], *clocks: Waits | None) -> T | None:
    """What `wait` brings by `deadline`, or `None`.

    Args:
        deadline: By the event loop's clock. It moves on while one of `clocks` runs.
        wait: What to wait for; cancelled when the time is up. It raises nothing of its own.
        clocks: Whose time does not count: an authorizer's, a person's.
    """
    running = [clock for clock in clocks if clock is not None]
    if not running:
        with anyio.CancelScope(deadline=deadline):
            return await wait()
        return None
    result: T | None = None
    async with anyio.create_task_group() as tasks:
        before = _waited(running)  # `wait` may begin to take its time before the task beside it runs
        tasks.start_soon(_expire, tasks.cancel_scope, deadline, before, running)
        result = await wait()
        tasks.cancel_scope.cancel()
    return result


def _waited(clocks: Sequence[Waits]) -> float:
    return sum(clock.waited for clock in clocks)


async def _expire(scope: anyio.CancelScope, deadline: float, before: float, clocks: Sequence[Waits]) -> None:
    # Time itself is waited for, and no event.
    while (left := deadline + _waited(clocks) - before - anyio.current_time()) > 0:  # noqa: ASYNC110
        # While that takes its time nothing of this is used up, however little it is.
        await anyio.sleep(max(left, _AT_LEAST))
    scope.cancel()
