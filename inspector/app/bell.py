"""Tells that questions of the server wait while nobody looks at them: once, quietly, taking nothing away."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.app.keeper import ConnectionKeeper
    from inspector.session.calls import Call

PAUSE = 5.0
"""Seconds between two notices, however many questions come."""
_WIDEST = 80


class Bell:
    """Polled once a frame.

    Args:
        keeper: The connection whose inbox is watched; `None` in a recording.
        say: Shows a notice, a text that is safe for a terminal.
    """

    def __init__(self, keeper: ConnectionKeeper | None, say: Callable[[str], object]) -> None:
        self._keeper = keeper
        self._say = say
        self._inbox: object = None
        self._told = 0
        self._last = -PAUSE

    def advance(self, shown: bool, call: Call | None = None, key: str = "i") -> None:
        """Say what is new.

        Args:
            shown: The inbox is on the screen, and says so itself.
            call: The one that is on the screen: it says itself that it waits.
            key: What opens the inbox from here.
        """
        session = self._keeper.session if self._keeper is not None else None
        if session is None:
            return
        if session.inbox is not self._inbox:
            self._inbox, self._told = session.inbox, 0
        waiting = session.inbox.waiting
        newest = waiting[-1].number if waiting else 0
        if newest <= self._told or (not shown and monotonic() - self._last < PAUSE):
            return
        new = [each for each in waiting if each.number > self._told and (each.call is not call or not call)]
        self._told = newest
        if shown or not new:
            return
        self._last = monotonic()
        message = new[-1].params.get("message")
        about = f": “{clip(visible(message[:200]), _WIDEST)}”" if isinstance(message, str) else ""
        what = clip(visible(new[-1].method), _WIDEST)
        says = f", {what}{about}" if len(new) == 1 else f" {len(new):,} times"
        self._say(f"The server asks back{says}. {key} answers.")
