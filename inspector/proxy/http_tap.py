"""A tap that never fails: what cannot be written down passes all the same.

A full disk is borne by the journal itself. This is for whatever else could go wrong while something is
written down, in this program's own code as well: it ends the recording with a notice, and traffic goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from inspector.journal.redact import redact_body
from inspector.transport.tap import Tap
from inspector.wire.event import Direction, Event, Kind

if TYPE_CHECKING:
    from inspector.journal.journal import Journal
    from inspector.wire.jsonrpc import Frame

NOTHING = Event(-1, 0.0, Kind.NOTE, Direction.NONE, 0, b"")
"""Stands for an event that was not written down."""


class EnduringTap(Tap):
    """Writes down what it can.

    Args:
        journal: Where it goes.
        notice: Told once, in one sentence, why nothing is written down any more.

    Attributes:
        trouble: That sentence; empty while all is well.
    """

    def __init__(self, journal: Journal, notice: Callable[[str], None]) -> None:
        super().__init__(journal)
        self.trouble = ""
        self._notice = notice

    def attempt(self, write: Callable[[], Event]) -> Event:
        """What `write` returns, or an event that is nowhere, where it failed now or once before."""
        if self.trouble:
            return NOTHING
        try:
            event = write()
        except Exception as error:  # any: nothing that writes down may stop what passes
            self._ends(f"Nothing is recorded any more: {type(error).__name__}: {error}")
            return NOTHING
        if self.journal.trouble:
            self._ends(self.journal.trouble)
        return event

    def _ends(self, says: str) -> None:
        self.trouble = says
        self._notice(says)

    def sent(self, body: bytes, *, exchange: int | None = None) -> Event:
        return self.attempt(lambda: super(EnduringTap, self).sent(body, exchange=exchange))

    def received(
        self,
        body: bytes,
        *,
        exchange: int | None = None,
        faults: Iterable[str] = (),
        frame: Frame | None = None,
    ) -> Event:
        return self.attempt(
            lambda: super(EnduringTap, self).received(body, exchange=exchange, faults=faults, frame=frame)
        )

    def http(self, what: str, exchange: int, /, **data: Any) -> Event:
        return self.attempt(lambda: super(EnduringTap, self).http(what, exchange, **data))

    def http_body(
        self,
        exchange: int,
        body: bytes,
        faults: Iterable[str] = (),
        *,
        size: int | None = None,
        direction: Direction = Direction.S2C,
    ) -> Event:
        """A body that is no message: of authorization perhaps, so that its secrets are left out by name."""

        def write() -> Event:
            shown = body if self.keep_secrets else redact_body("", body)
            return super(EnduringTap, self).http_body(exchange, shown, faults, size=size, direction=direction)

        return self.attempt(write)

    def sse(
        self, what: str, exchange: int, /, body: bytes = b"", faults: Iterable[str] = (), **data: Any
    ) -> Event:
        return self.attempt(lambda: super(EnduringTap, self).sse(what, exchange, body, faults, **data))

    def client(self, what: str, /, **data: Any) -> Event:
        return self.attempt(lambda: super(EnduringTap, self).client(what, **data))
