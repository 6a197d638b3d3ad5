"""The few rows that tell how a session stood at any time, found once in a pass over the columns.

What they say is worked out by `inspector.journal.then`. Only what this program did by itself is read here;
of the messages nothing is, so that a million rows take a tenth of a second.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_right
from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from inspector.journal.asked import NEW_SESSION
from inspector.journal.columns import ASIDE, DIRECTION_AT, SHAPE_AT, STATUS_AT
from inspector.journal.index import CANCELLED
from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.journal.related import Related
from inspector.wire.event import Direction, Kind, Shape

State: TypeAlias = Literal["", "connecting", "connected", "closed", "failed"]
"""How a connection stands; empty before the first."""
Topic: TypeAlias = Literal["subscriptions", "level", "tasks", "ends"]

STATES: Mapping[str, State] = {
    "connecting": "connecting",
    "negotiated": "connected",
    "exited": "closed",
    "closed": "closed",
    "failed": "failed",
}
"""The state that an event of the client or of the process leads to."""
_TOPICS: Mapping[str, Topic] = {
    "subscriptions/listen": "subscriptions",
    "resources/subscribe": "subscriptions",
    "resources/unsubscribe": "subscriptions",
    "notifications/subscriptions/acknowledged": "subscriptions",
    "logging/setLevel": "level",
    "tasks/get": "tasks",
    "tasks/list": "tasks",
    "tasks/cancel": "tasks",
    "tasks/result": "tasks",
    "tasks/update": "tasks",
    "notifications/tasks": "tasks",
    "notifications/tasks/status": "tasks",
    "notifications/cancelled": "ends",
    "notifications/elicitation/complete": "ends",
}
_CHUNK = 4096  # rows: if each were to be read, it would still be no long wait
_LONGEST = 500
_KIND, _WAY, _SHAPE, _STATUS = 15, 3 << DIRECTION_AT, 7 << SHAPE_AT, 15 << STATUS_AT
_REQUEST, _RESPONSE, _ERROR = (
    int(shape) << SHAPE_AT for shape in (Shape.REQUEST, Shape.RESPONSE, Shape.ERROR)
)
_FROM_SERVER = int(Direction.S2C) << DIRECTION_AT
_ASKS_BACK = int(Status.ASKS_BACK) << STATUS_AT


class Turn(NamedTuple):
    """A row at which the connection came into another state.

    Attributes:
        row: That row.
        state: The state.
        fresh: Whether a session begins here: what the one before had open is over.
        says: Why, in the words of the event; not safe for a terminal.
    """

    row: int
    state: State
    fresh: bool
    says: str


class Milestones:
    """The rows of one journal, each list in order.

    Attributes:
        requests: All requests, either way; those inside of a batch are not among them.
        wanting: Results that want input first.
        errors: Errors that the server answered.
        topics: Requests and notifications about a topic, by its name.
        turns: Where the connection came into another state.
        given_up: For a request that this program stopped waiting for, the row that says so.
        expired: Rows that say that a task outlived its time.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._related = Related(journal)
        self._seen = 0
        self.requests = array("I")
        self.wanting = array("I")
        self.errors = array("I")
        self.topics: dict[Topic, array[int]] = {name: array("I") for name in _TOPICS.values()}
        self.turns: list[Turn] = []
        self.given_up: dict[int, int] = {}
        self.expired = array("I")

    @property
    def seen(self) -> int:
        """How many rows were looked at."""
        return self._seen

    def advance(self, budget: float) -> bool:
        """Look at more rows for about `budget` seconds; returns whether there are more."""
        deadline = time.monotonic() + budget
        while self._seen < len(self._journal):
            last = min(len(self._journal), self._seen + _CHUNK)
            self._take(self._seen, last)
            self._seen = last
            if time.monotonic() >= deadline:
                break
        return self._seen < len(self._journal)

    def turn(self, row: int) -> Turn | None:
        """The last turn up to `row`; `None` before the first."""
        at = bisect_right(self.turns, row, key=lambda turn: turn.row) - 1
        return self.turns[at] if at >= 0 else None

    def begin(self, row: int) -> int:
        """Where the session of `row` began; 0 where nothing tells."""
        at = bisect_right(self.turns, row, key=lambda turn: turn.row) - 1
        while at >= 0 and not self.turns[at].fresh:
            at -= 1
        return self.turns[at].row if at >= 0 else 0

    def _take(self, first: int, last: int) -> None:
        flags = self._journal.columns.flags[first:last]
        # Which words occur at all is known at the speed of C; most pieces hold a handful.
        asking, wanting, errors, own = set[int](), set[int](), set[int](), set[int]()
        for word in {word for word in set(flags) if not word & ASIDE}:  # such is no call, and no answer
            if word & _SHAPE == _REQUEST:
                asking.add(word)
            elif word & _SHAPE == _ERROR and word & _WAY == _FROM_SERVER:
                errors.add(word)
            elif word & _SHAPE == _RESPONSE and word & _STATUS == _ASKS_BACK:
                wanting.add(word)
            elif word & _KIND in (Kind.CLIENT, Kind.PROCESS):
                own.add(word)
        for rows, words in ((self.requests, asking), (self.wanting, wanting), (self.errors, errors)):
            if words:
                rows.extend([row for row, word in enumerate(flags, first) if word in words])
        self._note_topics(first, last)
        if own:
            for row in [row for row, word in enumerate(flags, first) if word in own]:
                self._did(row)

    def _note_topics(self, first: int, last: int) -> None:
        columns = self._journal.columns
        flags, methods = columns.flags, columns.method[first:last]
        numbers = {columns.known_number(name): topic for name, topic in _TOPICS.items()}
        named = numbers.keys() & set(methods)
        if not named:
            return
        topical = (row for row, number in enumerate(methods, first) if number in named)
        for row in [row for row in topical if not flags[row] & ASIDE]:
            self.topics[numbers[methods[row - first]]].append(row)
            self._withdrawn(row)

    def _withdrawn(self, row: int) -> None:
        withdraws = self._journal.method(row) == CANCELLED
        request = self._related.request_of(row) if withdraws else -1
        if request >= 0 and self._journal.status(request) is Status.CANCELLED:
            self.given_up[request] = min(self.given_up.get(request, row), row)

    def _did(self, row: int) -> None:
        data = self._journal.data(row)
        what = data.get("what")
        if not isinstance(what, str):  # a recording may hold anything
            return
        if what in STATES:
            says = data.get("says") or data.get("reason")
            fresh = what == "connecting" or (what == "negotiated" and data.get("reason") == NEW_SESSION)
            self.turns.append(
                Turn(row, STATES[what], fresh, says[:_LONGEST] if isinstance(says, str) else "")
            )
        elif what in ("timed-out", "cancelled"):
            request = data.get("request")
            if isinstance(request, int):
                self.given_up[request] = min(self.given_up.get(request, row), row)
        elif what == "task-expired":
            self.expired.append(row)
