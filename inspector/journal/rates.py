"""How much crosses the wire: messages and bytes a second, both ways.

A fold over the rows that come in from now on. It is calm: it speaks once a second of whole seconds, not of
a single call, and says nothing when nothing moves. Knows no clock; whoever asks says what time it is.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind

_SECONDS = 3
_BUSY = 2
_MOST = 5_000
"""Rows that are counted at a time."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What moved in a second.

    Attributes:
        sent: Messages to the server.
        sent_bytes: Their bytes; `received` and `received_bytes` from it likewise.
    """

    sent: float = 0.0
    sent_bytes: float = 0.0
    received: float = 0.0
    received_bytes: float = 0.0


class Rates:
    """The rate of one journal.

    Args:
        journal: What is counted, from its present end on.
        now: Seconds, by the clock of `advance`.
    """

    def __init__(self, journal: Journal, now: float) -> None:
        self._journal = journal
        self._seen = len(journal)
        self._began = now
        self._counts = [0, 0, 0, 0]
        self._latest: deque[tuple[float, list[int]]] = deque(maxlen=_SECONDS)
        self._flow: Flow | None = None

    @property
    def flow(self) -> Flow | None:
        """The mean of the last whole seconds; `None` unless something moved in two of the last three."""
        return self._flow

    def advance(self, now: float) -> None:
        """Count what came in; at `now` a second may be full."""
        journal, counts = self._journal, self._counts
        last = min(len(journal), self._seen + _MOST)
        for seq in range(self._seen, last):
            if journal.kind(seq) is Kind.MESSAGE:
                at = 0 if journal.direction(seq) is Direction.C2S else 2
                counts[at] += 1
                counts[at + 1] += journal.size(seq)
        self._seen = last
        took = now - self._began
        if took >= 1:
            self._latest.append((took, counts))
            self._counts, self._began = [0, 0, 0, 0], now
            self._flow = self._mean()

    def _mean(self) -> Flow | None:
        if sum(bool(counts[0] or counts[2]) for _, counts in self._latest) < _BUSY:
            return None
        whole = sum(took for took, _ in self._latest)
        return Flow(*(sum(counts[at] for _, counts in self._latest) / whole for at in range(4)))
