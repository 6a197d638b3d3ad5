"""Things that may happen in a session, for the tests that let anything happen in any order."""

from __future__ import annotations

from inspector.wire import jsonrpc
from inspector.wire.event import Direction, Kind
from tests.journal.conftest import Scribe


def act(scribe: Scribe, what: int, id: int) -> None:
    """One of nine things, about one of four ids."""
    match what:
        case 0 | 1:
            scribe.asks(id)
        case 2 | 3:
            scribe.replies(id)
        case 4:
            scribe.answers(jsonrpc.request(id, "ping"))
        case 5:
            scribe.sends(jsonrpc.response(id, {}))
        case 6:
            scribe.client(("cancelled", "timed-out")[id % 2], request=max(0, len(scribe.journal) - id))
        case 7:
            scribe.client(("closed", "connecting", "failed", "note")[id - 1])
        case _:
            scribe.journal.append(Kind.STDERR, Direction.S2C, b"x")
