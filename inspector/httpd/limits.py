"""How much one client may ask for, and how long it may take. Values only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a server.

    Attributes:
        head: Bytes of a request's first line and headers, and of a chunk's head; beyond them 431.
        body: Bytes of a body that `Request.body` reads where it is told no other number; beyond them 413.
        connections: At a time; one more is answered 503.
        head_within: Seconds for the whole head, from its first byte.
        idle: Seconds that a connection without a request is kept, a new one too.
        body_gap: Seconds between two pieces of a body.
        write_within: Seconds that the client may take nothing of a response; forever where `None`.
        linger: Seconds and bytes of a body that nobody read are taken before the connection is closed: were
            it closed at once, the client could lose the answer.
    """

    head: int = 64 * 1024
    body: int = 64 * 1024 * 1024
    connections: int = 512
    head_within: float = 30.0
    idle: float = 75.0
    body_gap: float = 60.0
    write_within: float | None = 300.0
    linger: tuple[float, int] = (1.0, 1024 * 1024)
