"""A session as lanes of time: calls, what the server asks, notifications, output, HTTP, the connection.

A fold over the columns under a budget of time; of the rows only the steps of a process, of the client and
the ends of exchanges are read. What it says of a row does not depend on when it was folded: live and
recorded are the same.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from typing import Any

from inspector.journal.columns import ASIDE
from inspector.journal.index import CANCELLED
from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.journal.related import Related
from inspector.journal.spans import Lane
from inspector.wire.event import Direction, Kind, Shape

_SLICE = 128
_LATEST = 1e12
_LOOK_BACK = 1_000
_GIVEN_UP: Mapping[str, Status] = {"timed-out": Status.TIMED_OUT, "cancelled": Status.CANCELLED}
_OVER = frozenset({"exited", "closed", "failed", "connecting"})
_BAD_STEPS = frozenset({"failed", "timed-out", "warning", "stdin-broken", "stdout-closed", "dropped"})
_BAD_REPLIES = frozenset({Status.ERROR, Status.TOOL_ERROR, Status.UNKNOWN, Status.DUPLICATE, Status.LATE})
_UNANSWERED = frozenset({Status.PENDING, Status.TIMED_OUT, Status.CANCELLED, Status.LOST})
_REPLIES = frozenset({Shape.RESPONSE, Shape.ERROR})

NAMES = ("session", "calls", "asked", "notices", "output", "HTTP")
"""The lanes from top to bottom, by the words they are shown with."""


class Lanes:
    """The lanes of a journal.

    Attributes:
        journal: What is folded.
        lanes: By name, see `NAMES`.
        began: When the first row happened, in seconds since the journal's start.
        now: When the latest folded row happened, likewise.
        endings: Rows of requests in the order in which they ended, and in `outcomes` how. One that was given
            up for lost and was answered after all is in it twice.
        turns: Rows at which a connection or a process began or ended.
    """

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.lanes = {name: Lane(spans=name in ("calls", "asked", "HTTP")) for name in NAMES}
        self.began = 0.0
        self.now = 0.0
        self.endings = array("I")
        self.outcomes = array("B")
        self.turns = array("I")
        self._seen = 0
        self._open: dict[int, tuple[Lane, int]] = {}
        self._lost: dict[int, None] = {}
        self._dying: list[int] = []
        self._asked_in: dict[int, set[int]] = {}
        self._exchanges: dict[int, int] = {}
        self._columns = journal.columns
        self._related = Related(journal)

    @property
    def scanned(self) -> float:
        """How much of the journal was folded, 0 to 1."""
        return self._seen / len(self.journal) if len(self.journal) else 1.0

    @property
    def seen(self) -> int:
        """How many rows were folded: what the lanes hold changes with it."""
        return self._seen

    def advance(self, budget: float) -> bool:
        """Fold more rows for about `budget` seconds; returns whether there is more to fold."""
        deadline = time.monotonic() + budget
        while self._dying or self._seen < len(self.journal):
            for row in reversed(self._dying[-_SLICE:]):
                self._give_up(row, Status.LOST, self._seen - 1)
            del self._dying[-_SLICE:]
            while not self._dying and self._seen < len(self.journal):
                self._take(self._seen)
                self._seen += 1
                if not self._seen % _SLICE:
                    break
            if time.monotonic() >= deadline:
                break
        return bool(self._dying) or self._seen < len(self.journal)

    def place_of(self, seq: int) -> tuple[str, int]:
        """The lane that a row belongs to, and the row that it is shown with there: of a reply its request.

        The name is empty where it is shown nowhere.
        """
        journal = self.journal
        kind, shape = journal.kind(seq), journal.shape(seq)
        if kind is Kind.MESSAGE:
            return self._of_message(seq, shape)
        if kind in (Kind.STDERR, Kind.STDOUT):
            return "output", seq
        if kind not in (Kind.HTTP, Kind.SSE):
            return "session", seq
        lane, exchange = self.lanes["HTTP"], journal.exchange(seq)
        last = lane.first_row_after(seq) - 1
        for at in range(last, max(-1, last - _LOOK_BACK), -1):
            if journal.exchange(lane.rows[at]) == exchange:
                return "HTTP", lane.rows[at]
        return "", -1

    def _of_message(self, seq: int, shape: Shape) -> tuple[str, int]:
        if shape is Shape.NOTIFICATION:
            return "notices", seq
        peer = self.journal.peer(seq)
        row = peer if shape in _REPLIES or 0 <= peer < seq else seq
        for name in ("calls", "asked"):
            if row >= 0 and self.lanes[name].number_of(row) >= 0:
                return name, row
        return ("output", seq) if self.lanes["output"].number_of(seq) >= 0 else ("", -1)

    def is_turn(self, seq: int) -> bool:
        """Whether a connection or a process began or ended at this row."""
        at = bisect_left(self.turns, seq)
        return at < len(self.turns) and self.turns[at] == seq

    # Folding.

    def _take(self, seq: int) -> None:
        columns = self._columns
        at = columns.time[seq]
        if self.now <= at < _LATEST:  # a recording may say anything; here no time goes back
            self.now = at
        if not seq:
            self.began = self.now
        flags = columns.flags[seq]
        match flags & 15:
            case Kind.MESSAGE if flags & ASIDE:
                self._moment("notices", seq)
            case Kind.MESSAGE:
                self._message(seq, flags)
            case Kind.STDERR:
                self._moment("output", seq)
            case Kind.STDOUT:
                self._moment("output", seq, bad=True)
            case Kind.HTTP:
                self._http(seq, flags >> 4 & 3)
            case Kind.SSE:
                pass
            case _:
                self._step(seq)

    def _moment(self, name: str, seq: int, *, bad: bool = False) -> None:
        lane = self.lanes[name]
        lane.begin(self.now, seq)
        if bad or self.journal.flawed(seq):
            lane.flaw(self.now, seq)

    def _message(self, seq: int, flags: int) -> None:
        shape, way = flags >> 6 & 7, flags >> 4 & 3
        if shape == Shape.REQUEST:
            self._asks(seq, way)
        elif shape == Shape.NOTIFICATION:
            self._moment("notices", seq)
            if self.journal.method(seq) == CANCELLED:
                self._withdrawn(seq)
        elif shape in (Shape.RESPONSE, Shape.ERROR):
            self._reply(seq, way)
        elif shape == Shape.BATCH:
            peer, status = self._columns.peer[seq], self.journal.status(seq)
            if peer > seq or (peer < 0 and status in _UNANSWERED):
                self._asks(seq, way)
            elif status is not Status.NONE:
                self._reply(seq, way)
        else:
            self._moment("output", seq, bad=True)

    def _asks(self, seq: int, way: int) -> None:
        lane = self.lanes["calls" if way == Direction.C2S else "asked"]
        self._open[seq] = lane, lane.begin(self.now, seq)
        exchange = self._columns.exchange[seq]
        if exchange and way == Direction.C2S:
            self._asked_in.setdefault(exchange, set()).add(seq)

    def _reply(self, seq: int, way: int) -> None:
        status, request = self.journal.status(seq), self._columns.peer[seq]
        bad = status in _BAD_REPLIES or self.journal.flawed(seq)
        if bad:
            self.lanes["calls" if way == Direction.S2C else "asked"].flaw(self.now, seq)
        if request in self._open:
            self._end(request, status, bad=bad)
        elif request in self._lost and status is not Status.DUPLICATE:
            del self._lost[request]
            self.endings.append(request)
            self.outcomes.append(status)

    def _end(self, request: int, status: Status, *, bad: bool) -> None:
        lane, at = self._open.pop(request)
        lane.spoiled[at] = bad
        lane.end(at, self.now)
        self.endings.append(request)
        self.outcomes.append(status)
        if status is Status.LOST:
            self._lost[request] = None
        exchange = self._columns.exchange[request]
        asked = self._asked_in.get(exchange)
        if asked is not None:
            asked.discard(request)
            if not asked:
                del self._asked_in[exchange]

    def _give_up(self, request: int, status: Status, seq: int) -> None:
        if request in self._open:
            bad = status is not Status.CANCELLED
            if bad:
                self._open[request][0].flaw(self.now, seq)
            self._end(request, status, bad=bad)

    def _withdrawn(self, seq: int) -> None:
        request = self._related.request_of(seq)
        if request >= 0 and self.journal.status(request) is Status.CANCELLED:
            self._give_up(request, Status.CANCELLED, seq)

    def _http(self, seq: int, way: int) -> None:
        exchange = self._columns.exchange[seq]
        if not exchange or self.journal.size(seq):  # a body has a size, no step has
            return
        lane = self.lanes["HTTP"]
        if way == Direction.C2S:
            if exchange not in self._exchanges:
                self._exchanges[exchange] = lane.begin(self.now, seq)
        elif way == Direction.NONE:
            at, data = self._exchanges.pop(exchange, -1), self.journal.data(seq)
            if at >= 0:
                lane.end(at, self.now)
                if _failed(data):
                    lane.spoiled[at] = True
                    lane.flaw(self.now, seq)
            if "answers_on" not in data:  # over HTTP+SSE answers come on another exchange
                for request in sorted(self._asked_in.get(exchange, ())):
                    self._give_up(request, Status.LOST, seq)

    def _step(self, seq: int) -> None:
        data, kind = self.journal.data(seq), self.journal.kind(seq)
        step = data.get("what")
        what = step if isinstance(step, str) else ""
        self._moment("session", seq, bad=what in _BAD_STEPS or (what == "exited" and _died(data)))
        if kind not in (Kind.CLIENT, Kind.PROCESS):
            return
        if (kind is Kind.PROCESS and what == "started") or what in _OVER:
            self.turns.append(seq)
        request = data.get("request")
        if what in _GIVEN_UP and isinstance(request, int):
            self._give_up(request, _GIVEN_UP[what], seq)
        elif what in _OVER:
            self._lost = {} if what == "connecting" else self._lost
            self._dying = list(reversed(self._open))  # any number of them: a few at a time


def _failed(data: Mapping[str, Any]) -> bool:
    """Whether an exchange that ended so got no answer, or one that says no."""
    status, outcome = data.get("status"), data.get("outcome")
    refused = isinstance(status, int) and not isinstance(status, bool) and status >= 400
    return refused or outcome in ("failed", "closed-early")


def _died(data: Mapping[str, Any]) -> bool:
    """Whether a process ended by itself, and not well."""
    by_us = data.get("rung") not in (None, "", "none")
    return not by_us and bool(data.get("signal") or data.get("code"))
