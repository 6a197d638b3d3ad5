"""The replay transport: a recorded server answers once more.

It plays the server's half of a recording: each request of the client is taken for the next recorded
request of the same method, and what the server had said up to the answer to it is said again, in the
recorded order; the answer carries the new request's id, all else is byte for byte what was recorded. With
the last recorded answer comes all that is left. A request that the recording does not have stays without
an answer. It does not compare parameters, keeps no time, and knows nothing of HTTP.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from inspector.transport.memory import MemoryTransport
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.jsonrpc import classify, members

if TYPE_CHECKING:
    from inspector.journal.journal import Journal
    from inspector.transport.base import Link
    from inspector.transport.tap import Tap

_ANSWERS = (Shape.RESPONSE, Shape.ERROR)


class ReplayTransport:
    """Plays what the server says in `journal`, which stays as it is."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def open(self, tap: Tap) -> AbstractAsyncContextManager[Link]:
        """Play it from its start."""
        return MemoryTransport(self._play).open(tap)

    async def _play(self, messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        requests = self._requests()
        unsaid = self._unprompted()
        end = len(self._journal)
        for seq in _before(unsaid, 0 if any(requests.values()) else end):
            yield self._journal.body(seq)
        async for message in messages:
            frame = classify(message)
            recorded = requests.get(frame.method or "") if frame.shape is Shape.REQUEST else None
            if not recorded:
                continue
            answer = self._journal.peer(recorded.popleft())
            for seq in _before(unsaid, answer):
                yield self._journal.body(seq)
            yield with_id(self._journal.body(answer), frame.id or "null")
            for seq in _before(unsaid, 0 if any(requests.values()) else end):
                yield self._journal.body(seq)

    def _requests(self) -> dict[str, deque[int]]:
        """The rows of the client's answered requests, by method."""
        found: dict[str, deque[int]] = {}
        for seq in self._messages(Direction.C2S):
            method = self._journal.method(seq)
            if self._journal.shape(seq) is Shape.REQUEST and method and self._journal.peer(seq) >= 0:
                found.setdefault(method, deque()).append(seq)
        return found

    def _unprompted(self) -> deque[int]:
        """The rows of what the server said beside its answers: also answers to nothing, and second ones."""
        return deque(seq for seq in self._messages(Direction.S2C) if not self._answers(seq))

    def _answers(self, seq: int) -> bool:
        asked = self._journal.peer(seq)
        return self._journal.shape(seq) in _ANSWERS and asked >= 0 and self._journal.peer(asked) == seq

    def _messages(self, direction: Direction) -> list[int]:
        journal = self._journal
        return [
            seq
            for seq in range(len(journal))
            if journal.kind(seq) is Kind.MESSAGE and journal.direction(seq) is direction
        ]


def _before(rows: deque[int], end: int) -> Iterator[int]:
    """Take the rows before `end`."""
    while rows and rows[0] < end:
        yield rows.popleft()


def with_id(body: bytes, id: str) -> bytes:
    """`body` with its `id` replaced by the JSON text `id`, all else as it was."""
    spans = members(body)
    if spans is None or "id" not in spans:
        return body
    start, end = spans["id"]
    return body[:start] + id.encode() + body[end:]
