"""What was asked for in an HTTP exchange, and with which credentials: read back from the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.wire.event import Direction, Kind
from inspector.wire.targets import target_of

if TYPE_CHECKING:
    from inspector.journal.journal import Journal


def operation(journal: Journal, exchange: int) -> str:
    """Method and target of the message that an exchange carried; empty where it carried none.

    The target is the peer's own text, unfiltered.
    """
    for row in journal.rows_of_exchange(exchange):
        if journal.kind(row) is Kind.MESSAGE and journal.direction(row) is Direction.C2S:
            frame = journal.event(row).frame
            if frame is not None and frame.method:
                return f"{frame.method} {target_of(frame.method, frame.params)}".strip()
    return ""


def authorization(journal: Journal, exchange: int) -> str:
    """The `Authorization` header of the last request of an exchange, as the journal has it: redacted."""
    for row in reversed(journal.rows_of_exchange(exchange)):
        if journal.kind(row) is Kind.HTTP and journal.direction(row) is Direction.C2S:
            data = journal.data(row)
            if data.get("what") == "request":
                pairs = data.get("headers", [])
                return next((str(text) for name, text in pairs if name.lower() == "authorization"), "")
    return ""
