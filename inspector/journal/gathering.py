"""One conversation as it is gathered: the rows of a call, from its request on, a few at a time.

It walks the rows once, in order, and decides of each whether it belongs; so its rows only ever grow, and a
view can stand on them while the call goes on. Which row a conversation begins at is found by
`inspector.journal.conversation`.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left
from typing import Any

from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.journal.related import Related
from inspector.journal.under_way import ENDS, GIVES_UP, LASTING, WITHDRAWS, under_way
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.task import created, read_task, related

MOST = 5_000
"""Rows of one conversation that are known."""
REACH = 100_000
"""Rows after its beginning that are looked through."""
TAIL = 2_000
"""Rows that are looked through after all seems said: a notification or an answer may be late."""
TASK_REQUESTS = frozenset({"tasks/get", "tasks/result", "tasks/cancel", "tasks/update"})
TASK_NOTICES = frozenset({"notifications/tasks", "notifications/tasks/status"})
_SLICE = 16  # rows between two looks at the clock: one may have to be held against thousands of requests
_LARGEST = 1 << 20
"""Bytes of an answer that is read for the task and the questions it may hold."""
_STEPS = (Kind.CLIENT, Kind.PROCESS)
_PRINTED = (Kind.STDERR, Kind.STDOUT)
_REPLIES = (Shape.RESPONSE, Shape.ERROR)


class Conversation:
    """One conversation, looked up a little at a time; made by `Conversations`.

    Attributes:
        root: The row that it is called after: the call's first request; or the row itself, which is alone.
        shared: Of `rows`, what may as well be another call's.
        more: Whether it has more rows than are known.
        revision: Goes up with every row.
    """

    def __init__(self, journal: Journal, related: Related, root: int, begin: int) -> None:
        self.root = root
        self.shared: set[int] = set()
        self.more = False
        self.revision = 0
        self._journal = journal
        self._related = related
        self._rows = array("I")
        self._conn = journal.conn(root)
        self._own: set[int] = set()  # requests, ours and the server's
        self._open: set[int] = set()
        self._others: set[int] = set()
        self._exchanges: set[int] = set()
        self._streams: set[int] = set()  # of them, those that have not ended
        self._tasks: set[str] = set()
        self._undone: set[str] = set()
        self._visits: set[str] = set()  # ids of what is to be done at a URL
        self._told = array("I")
        self._at = begin
        self._limit = begin + REACH
        self._begin()

    @property
    def rows(self) -> tuple[int, ...]:
        """What is known of it so far, in order."""
        return tuple(self._rows)

    @property
    def requests(self) -> tuple[int, ...]:
        """The requests of the call, a leg each; empty where it is no call."""
        return tuple(row for row in self._journal.legs.of(self.root) if row in self._own)

    @property
    def open(self) -> bool:
        """Whether an answer is still waited for."""
        return bool(self._open)

    @property
    def over(self) -> bool:
        """Whether all seems said."""
        return not (self._open or self._streams or self._undone) and not self.asks_back

    @property
    def asks_back(self) -> bool:
        """Whether the answer to the last leg wants input, which nothing has brought yet."""
        requests = self.requests
        return bool(requests) and self._journal.status(requests[-1]) is Status.ASKS_BACK

    @property
    def results(self) -> tuple[int, ...]:
        """The answers and notifications that said of its task how it stands, in order."""
        return tuple(self._told)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: int) -> int:
        return self._rows[at]

    def __contains__(self, seq: object) -> bool:
        at = self.index(seq) if isinstance(seq, int) else len(self._rows)
        return at < len(self._rows) and self._rows[at] == seq

    def index(self, seq: int) -> int:
        """Where `seq` stands in `rows`, or the nearest row after it."""
        return bisect_left(self._rows, seq)

    def advance(self, budget: float) -> bool:
        """Look through more of the journal for about `budget` seconds; whether there is more to look at."""
        deadline = time.monotonic() + budget
        while (last := min(len(self._journal), self._limit, self._at + _SLICE)) > self._at:
            if self.more:
                break
            exchanges = self._journal.columns.exchange[self._at : last]
            for row, number in enumerate(exchanges, self._at):
                self._take(row, number)
            self._at = last
            if self.over:
                self._limit = min(self._limit, (self._rows[-1] if self._rows else self.root) + TAIL)
            if time.monotonic() >= deadline:
                return self._at < min(len(self._journal), self._limit)
        return False

    def _begin(self) -> None:
        journal, root = self._journal, self.root
        if journal.shape(root) in (Shape.REQUEST, Shape.BATCH):
            self._own.add(root)
            self._open.add(root)
            if journal.direction(root) is Direction.C2S:
                self._others = set(under_way(journal, root)) - {root}
                self._follow_exchange(root)
        elif (number := journal.exchange(root)) is not None:
            self._exchanges.add(number)
            self._streams.add(number)
        else:
            self._limit = self._at
            self._add(root)

    def _add(self, row: int) -> None:
        if len(self._rows) >= MOST:
            self.more = True
        else:
            self._rows.append(row)
            self.revision += 1

    def _follow_exchange(self, row: int) -> None:
        number = self._journal.exchange(row)
        if number is not None and number not in self._exchanges:
            self._exchanges.add(number)
            self._streams.add(number)

    # Row by row

    def _take(self, row: int, number: int) -> None:
        kind = self._journal.kind(row)
        if kind is Kind.MESSAGE:
            belongs = self._message(row, number)
        elif kind in _PRINTED or kind is Kind.AUTH:
            belongs = self._meanwhile(row)
        elif kind in _STEPS:
            belongs = self._step(row)
        else:
            belongs = False
        if belongs or number in self._exchanges:
            self._add(row)
        if kind is Kind.HTTP and number in self._streams and self._ends(row):
            self._streams.discard(number)

    def _ends(self, row: int) -> bool:
        return self._journal.direction(row) is Direction.NONE and not self._journal.size(row)

    def _meanwhile(self, row: int) -> bool:
        """Something that names no call, in the time of this one."""
        journal = self._journal
        if journal.conn(row) != self._conn or journal.method(self.root) in LASTING:
            return False
        if not any(journal.direction(each) is Direction.C2S for each in self._open):
            return False
        if self._others:
            self.shared.add(row)
        return True

    def _step(self, row: int) -> bool:
        journal = self._journal
        data = journal.data(row)
        what = str(data.get("what"))  # a recording may hold anything there
        if what in ENDS:
            return self._connection_ends(row, what == "connecting")
        about = self._related.request_of(row) if journal.kind(row) is Kind.CLIENT else -1
        if what in GIVES_UP:
            self._open.discard(about)
            self._others.discard(about)
        return about in self._own or (about > row and first_leg(journal, about) == self.root)

    def _connection_ends(self, row: int, anew: bool) -> bool:
        if not anew and self._journal.conn(row) != self._conn:
            return False
        ended = self._meanwhile(row) and not anew
        self._open.clear()
        self._others.clear()
        return ended

    def _message(self, row: int, number: int) -> bool:
        journal = self._journal
        shape, ours = journal.shape(row), journal.direction(row) is Direction.C2S
        if row == self.root:
            return True
        if journal.aside(row):
            return journal.of(row) in self
        if shape in _REPLIES:
            return self._reply(row, ours)
        if shape is Shape.NOTIFICATION:
            return self._notice(row, number)
        if shape is not Shape.REQUEST:
            return journal.peer(row) in self._own
        return self._client_asks(row) if ours else self._server_asks(row, number)

    def _client_asks(self, row: int) -> bool:
        journal = self._journal
        method = journal.method(row)
        belongs = first_leg(journal, row) == self.root
        if not belongs and self._tasks and method in TASK_REQUESTS:
            belongs = _id(self._params(row), "taskId") in self._tasks
        if belongs:
            self._owns(row)
        elif method not in LASTING and journal.conn(row) == self._conn:
            self._others.add(row)
        return belongs

    def _owns(self, row: int) -> None:
        self._own.add(row)
        self._open.add(row)
        self._follow_exchange(row)

    def _server_asks(self, row: int, number: int) -> bool:
        """Over HTTP the stream tells which call asks; on a pipe nothing does, unless there is only one."""
        journal = self._journal
        if journal.method(row) == "ping":
            return False
        params = self._params(row)
        if journal.method(row) in TASK_REQUESTS:  # of a task that was made of a question
            belongs = False
        elif number:
            belongs = number in self._exchanges
        else:
            belongs = self._meanwhile(row) and row not in self.shared
            self.shared.discard(row)
        task = related(params) or _id(params, "taskId")
        belongs = belongs or (bool(task) and task in self._tasks)
        if belongs:
            self._own.add(row)
            self._open.add(row)
            self._note_visit(params)
        return belongs

    def _reply(self, row: int, ours: bool) -> bool:
        journal, peer = self._journal, self._journal.peer(row)
        self._others.discard(peer)
        if peer not in self._own:
            return False
        self._open.discard(peer)
        if ours:
            self._follow_exchange(row)
        frame = journal.event(row).frame if journal.size(row) < _LARGEST else None
        if frame is None:
            return True
        task = created(frame.result) or read_task(frame.result)
        if task is not None:
            self._task(task.id, row, over=task.over)
        elif journal.method(peer) == "tasks/result":
            self._undone.clear()
            self._told.append(row)
        asked = frame.result if isinstance(frame.result, dict) else {}
        for each in _values(asked.get("inputRequests")):
            self._note_visit(each.get("params"))
        data = frame.error.get("data")
        for each in _values(data.get("elicitations") if isinstance(data, dict) else None):
            self._note_visit(each)
        return True

    def _task(self, id: str, row: int, *, over: bool) -> None:
        self._tasks.add(id)
        self._told.append(row)
        (self._undone.discard if over else self._undone.add)(id)

    def _note_visit(self, params: Any) -> None:
        id = params.get("elicitationId") if isinstance(params, dict) else None
        if isinstance(id, str):
            self._visits.add(id)

    def _notice(self, row: int, number: int) -> bool:
        method = self._journal.method(row)
        if method == "notifications/message":
            return self._meanwhile(row) if not number else False
        if method in TASK_NOTICES:
            task = read_task(self._params(row)) if self._tasks else None
            if task is None or task.id not in self._tasks:
                return False
            self._task(task.id, row, over=task.over)
            return True
        if method == "notifications/elicitation/complete":
            return _id(self._params(row), "elicitationId") in self._visits
        about = self._related.request_of(row)
        if (
            method == WITHDRAWS
            and about >= 0
            and self._journal.direction(about) is self._journal.direction(row)
        ):
            self._open.discard(about)
            self._others.discard(about)
        return about in self._own

    def _params(self, row: int) -> Any:
        frame = self._journal.event(row).frame
        return frame.params if frame is not None and isinstance(frame.params, dict) else {}


def first_leg(journal: Journal, request: int) -> int:
    """The request that the call of this one began with; itself where that is none, whatever was recorded."""
    first = journal.legs.of(request)[0]
    asks = journal.shape(first) is Shape.REQUEST and journal.direction(first) is Direction.C2S
    return first if asks and first < request else request


def _id(params: dict[str, Any], name: str) -> str:
    """What should be a text; empty where it is none."""
    id = params.get(name)
    return id if isinstance(id, str) else ""


def _values(value: Any) -> list[dict[str, Any]]:
    """The objects in an object or an array of them."""
    values = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [each for each in list(values)[:100] if isinstance(each, dict)]
