"""Where the time of a call went: to the server, to the user who was asked, to the connecting of HTTP.

Numbers of one conversation (`inspector.journal.gathering`); what they are called on screen is said elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from inspector.journal.exchanges import phases_of
from inspector.journal.gathering import Conversation
from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.wire.event import Direction, Kind, Shape

_CONNECTING = ("dns", "connect", "tls")


@dataclass(frozen=True, slots=True)
class Wait:
    """A time in which the server waited for an answer from here.

    Attributes:
        begin: When it asked, in seconds since the journal's start.
        end: When it was answered; `None` while it was not.
        by: Who answered: `user`, `policy`, `script`, or what the recording says; empty where nothing does.
    """

    begin: float
    end: float | None
    by: str


@dataclass(frozen=True, slots=True)
class Spent:
    """The time of a call. All in seconds.

    Attributes:
        begin: When it was sent, since the journal's start.
        end: When it ended; `None` while it has not.
        user: Spent on waiting for the user.
        answers: Spent on waiting for another answer from here: of a policy, of a script.
        connecting: Spent on name lookup, TCP and TLS of its own HTTP requests.
        first_byte: From the first HTTP request to the first byte of its response; `None` where not known.
        waits: The waits, in order.
    """

    begin: float
    end: float | None
    user: float
    answers: float
    connecting: float
    first_byte: float | None
    waits: tuple[Wait, ...]

    @property
    def total(self) -> float | None:
        """From its sending to its end."""
        return None if self.end is None else self.end - self.begin

    @property
    def server(self) -> float | None:
        """What is left for the server and the way there and back."""
        if self.total is None:
            return None
        return max(0.0, self.total - self.user - self.answers - self.connecting)

    def waited(self, begin: float, end: float) -> Wait | None:
        """The wait that takes up most of the time between `begin` and `end`, if one takes half of it."""
        best = max(self.waits, key=lambda wait: _common(wait, begin, end), default=None)
        return best if best is not None and 2 * _common(best, begin, end) >= end - begin > 0 else None


def spent(journal: Journal, conversation: Conversation) -> Spent:
    """Where the time of a conversation went, as far as its rows are known."""
    rows = conversation.rows
    begin = journal.time(conversation.root if conversation.requests or not rows else rows[0])
    end = _end(journal, conversation)
    waits = tuple(sorted(_waits(journal, conversation), key=lambda wait: wait.begin))
    until = end if end is not None else journal.time(len(journal) - 1)
    user = _covered([wait for wait in waits if wait.by == "user"], begin, until)
    whole = _covered(waits, begin, until)
    connecting, first_byte = _http(journal, conversation)
    return Spent(begin, end, user, whole - user, connecting, first_byte, waits)


def _end(journal: Journal, conversation: Conversation) -> float | None:
    """When the answer came that ends it, or this program or the connection gave it up."""
    requests = conversation.requests
    if conversation.open or conversation.asks_back or not (requests or conversation.over):
        return None
    ends = [peer for row in requests if (peer := journal.peer(row)) >= 0]
    if not requests or journal.status(requests[-1]) in (Status.TIMED_OUT, Status.CANCELLED, Status.LOST):
        ends = [row for row in conversation.rows if _gives_up(journal, row)] or ends
    if not ends:
        ends = list(conversation.rows[-1:])
    if conversation.results:
        ends.append(conversation.results[-1])
    return journal.time(ends[-1]) if ends else None


def _gives_up(journal: Journal, row: int) -> bool:
    if journal.kind(row) is Kind.PROCESS:
        return True
    return journal.kind(row) is Kind.CLIENT and journal.data(row).get("what") != "answered"


def _waits(journal: Journal, conversation: Conversation) -> Iterator[Wait]:
    by = _answerers(journal, conversation)
    for row in conversation.rows:
        if journal.kind(row) is not Kind.MESSAGE or journal.direction(row) is not Direction.S2C:
            continue
        if journal.shape(row) is Shape.REQUEST:
            peer = journal.peer(row)
            yield Wait(journal.time(row), journal.time(peer) if peer >= 0 else None, by.get(row, ""))
        elif journal.status(row) is Status.ASKS_BACK:
            after = next((each for each in conversation.requests if each > row), -1)
            yield Wait(journal.time(row), journal.time(after) if after >= 0 else None, by.get(row, ""))


def _answerers(journal: Journal, conversation: Conversation) -> dict[int, str]:
    """Who answered, by the row that asks; where a message asks several things, the user counts."""
    found: dict[int, str] = {}
    for row in conversation.rows:
        if journal.kind(row) is not Kind.CLIENT:
            continue
        data = journal.data(row)
        asked, by = data.get("request"), data.get("by")
        if data.get("what") == "answered" and isinstance(asked, int) and isinstance(by, str):
            found[asked] = "user" if found.get(asked) == "user" else by
    return found


def _common(wait: Wait, begin: float, end: float) -> float:
    return max(0.0, min(end, end if wait.end is None else wait.end) - max(begin, wait.begin))


def _covered(waits: Iterator[Wait] | list[Wait] | tuple[Wait, ...], begin: float, end: float) -> float:
    """Seconds between `begin` and `end` in which at least one wait went on; waits in order."""
    covered, at = 0.0, begin
    for wait in waits:
        until = min(end, end if wait.end is None else wait.end)
        covered += max(0.0, until - max(at, wait.begin))
        at = max(at, until)
    return covered


def _http(journal: Journal, conversation: Conversation) -> tuple[float, float | None]:
    connecting, first_byte = 0.0, None
    own = {journal.exchange(row) for row in conversation.requests} - {None}
    ends: dict[int, Any] = {}
    for row in conversation.rows:
        number = journal.exchange(row)
        if number is None or number not in own or journal.kind(row) is not Kind.HTTP:
            continue
        if phases := phases_of(journal.data(row).get("phases")):
            ends[number] = phases  # of the end, which comes last and knows them all
    for number in sorted(ends):
        phases = ends[number]
        connecting += sum(phases.get(name, 0.0) for name in _CONNECTING)
        first_byte = phases.get("wait") if first_byte is None else first_byte
    return connecting, first_byte
