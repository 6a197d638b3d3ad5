"""Notifications that the server has not taken yet: what is sent after them waits, so as not to overtake them.

Each POST may take a connection of its own, and a request would often arrive before `initialized`.
"""

from __future__ import annotations

from typing import TypeAlias

import anyio

from inspector.transport.exchange import Exchange

_HEARD_WITHIN = 5.0

Before: TypeAlias = tuple[anyio.Event, ...]


class Unheard:
    """Those of one connection."""

    def __init__(self) -> None:
        self._waiting: list[anyio.Event] = []

    @property
    def now(self) -> Before:
        """What anything that is sent now has to wait for."""
        return tuple(self._waiting)

    def add(self, exchange: Exchange) -> None:
        """A notification goes out in `exchange`."""
        self._waiting.append(exchange.heard)

    def over(self, exchange: Exchange) -> None:
        """`exchange` has ended; without effect where it carried no notification."""
        if exchange.heard in self._waiting:
            self._waiting.remove(exchange.heard)

    async def wait(self, before: Before) -> None:
        """Return once all of `before` is heard, or for long enough was not.

        A server that does not take a notification is waited for once.
        """
        with anyio.move_on_after(_HEARD_WITHIN) as patience:
            for heard in before:
                await heard.wait()
        if patience.cancelled_caught:
            self._waiting = [heard for heard in self._waiting if heard not in before]
