"""What the tests of the session share: events made by hand, so that conversations need no loop."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from inspector.session.outcome import Replied
from inspector.wire.event import Direction, Event, Kind
from inspector.wire.jsonrpc import classify


class Wire:
    """Makes the events of a connection in order, as a journal would."""

    def __init__(self) -> None:
        self.seq = -1

    def _event(self, kind: Kind, direction: Direction, body: bytes = b"", **more: Any) -> Event:
        self.seq += 1
        return Event(self.seq, float(self.seq), kind, direction, 1, body, size=len(body), **more)

    def sent(self, body: bytes, exchange: int | None = None) -> Event:
        return self._event(Kind.MESSAGE, Direction.C2S, body, frame=classify(body), exchange=exchange)

    def got(self, message: Any, exchange: int | None = None) -> Event:
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        return self._event(Kind.MESSAGE, Direction.S2C, body, frame=classify(body), exchange=exchange)

    def ended(self, exchange: int, **data: Any) -> Event:
        data = {"what": "end", "outcome": "complete", **data}
        return self._event(Kind.HTTP, Direction.NONE, data=data, exchange=exchange)

    def replied(self, message: Mapping[str, Any]) -> Replied:
        """A reply out of nowhere, for who needs only what it says."""
        request = self.sent(b"{}")
        event = self.got({"jsonrpc": "2.0", "id": 1, **message})
        assert event.frame is not None
        return Replied(event, event.frame, request)


@pytest.fixture
def wire() -> Wire:
    return Wire()
