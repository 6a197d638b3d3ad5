"""The results that one capability gave in a session, call by call: a fold over the journal.

So they are there for what happens now and for a recording alike. A result that asks back is a leg and none
of these; the result of a task is told by its own method and is not found here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.journal.scan import Scan, answered
from inspector.wire.event import Direction, Kind, Shape

NAMED_BY: Mapping[str, str] = {"tools/call": "name", "resources/read": "uri", "prompts/get": "name"}
"""Methods whose results are collected, and the param that says of what they are."""


_SMALL = 8192  # bytes


@dataclass(frozen=True, slots=True)
class Subject:
    """What is called.

    Attributes:
        method: One of `NAMED_BY`.
        key: The name of the tool or prompt, the URI of the resource, as sent.
    """

    method: str
    key: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One call and its result.

    Attributes:
        request: The row of the request; `reply` that of the response.
        given: The arguments as sent; `None` where there were none.
    """

    request: int
    reply: int
    given: Any


def subject_of(journal: Journal, seq: int) -> Subject | None:
    """What the request at row `seq` calls, or the one that it answers; `None` for anything else."""
    if not 0 <= seq < len(journal) or journal.kind(seq) is not Kind.MESSAGE:
        return None
    if journal.shape(seq) in (Shape.RESPONSE, Shape.ERROR):
        seq = journal.peer(seq)
    if seq < 0 or journal.shape(seq) is not Shape.REQUEST or journal.direction(seq) is not Direction.C2S:
        return None
    method = journal.method(seq)
    if method is None or method not in NAMED_BY:
        return None
    frame = journal.event(seq).frame
    key = frame.params.get(NAMED_BY[method]) if frame is not None else None
    return Subject(method, key) if isinstance(key, str) else None


class Results:
    """The results of `subject`, oldest first, as far as the journal has been folded.

    Attributes:
        found: They.
    """

    def __init__(self, journal: Journal, subject: Subject) -> None:
        self.subject = subject
        self.found: list[Answer] = []
        self._journal = journal
        self._scan = Scan(journal)

    def advance(self, budget: float) -> bool:
        """Fold more rows for about `budget` seconds; returns whether there is more to fold."""
        return self._scan.advance(budget, self._take)

    def result(self, answer: Answer) -> Any:
        """The parsed result, whatever it is."""
        frame = self._journal.event(answer.reply).frame
        return frame.result if frame is not None else None

    def _is_task(self, seq: int) -> bool:
        """Whether a task was made instead. That says little: no larger reply is read for it."""
        if self._journal.size(seq) > _SMALL:
            return False
        frame = self._journal.event(seq).frame
        result = frame.result if frame is not None else None
        return isinstance(result, Mapping) and ("task" in result or result.get("resultType") == "task")

    def _take(self, seq: int) -> None:
        journal = self._journal
        if answered(journal, seq) != self.subject.method or journal.status(seq) is Status.ASKS_BACK:
            return
        request = journal.peer(seq)
        if subject_of(journal, request) == self.subject and not self._is_task(seq):
            frame = journal.event(request).frame
            self.found.append(Answer(request, seq, frame.params.get("arguments") if frame else None))
