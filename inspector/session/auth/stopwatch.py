"""How long authorizing took, however many requests waited for it at a time. It ends nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic


class Stopwatch:
    """Counts the time while anybody waits, once."""

    def __init__(self) -> None:
        self._waiting = 0
        self._since = 0.0
        self._before = 0.0

    @property
    def seconds(self) -> float:
        """Seconds so far, the present wait included."""
        return self._before + (monotonic() - self._since if self._waiting else 0.0)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Somebody waits for the time of the body."""
        if not self._waiting:
            self._since = monotonic()
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._before += monotonic() - self._since
