"""Waiting for descriptors: one poll, and what to call for each. It knows nothing of what they are."""

from __future__ import annotations

import select
from collections.abc import Callable


class Watch:
    """Calls back when descriptors are ready; `0` as the mask is for errors alone."""

    __slots__ = ("_calls", "_poll")

    def __init__(self) -> None:
        self._poll = select.poll()
        self._calls: dict[int, Callable[[int], object]] = {}

    def on(self, fd: int, mask: int, call: Callable[[int], object]) -> None:
        """Call `call` with what is ready from now on."""
        self._poll.register(fd, mask)
        self._calls[fd] = call

    def off(self, fd: int) -> None:
        """Say no more of it. It may be closed only after that."""
        if self._calls.pop(fd, None) is not None:
            self._poll.unregister(fd)

    def once(self, seconds: float | None) -> None:
        """Wait for something, at most `seconds`, and call back for all that is ready."""
        calls = self._calls
        for fd, event in self._poll.poll(None if seconds is None else seconds * 1000):
            call = calls.get(fd)
            if call is not None:  # the one before it may have closed it
                call(event)
