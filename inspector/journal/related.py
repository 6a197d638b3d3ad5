"""Which request a row is about: the link from progress, cancelling and the rest to what they belong to.

Progress and cancelling name their request in their body: by its token, by its id. The body of one
notification is read when somebody asks, and its request is looked for among those in flight at that moment,
newest first. So nothing is kept for each row, and recordings of any age have the link. Client events name a
row. A log message names nothing: over HTTP the exchange that brought it tells, on a pipe nobody knows.
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, TypeAlias, TypeVar

from inspector.journal import columns
from inspector.journal.columns import ODD_ID
from inspector.journal.journal import Journal
from inspector.journal.line import envelope_id
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.jsonrpc import id_key

LOOK_BACK = 50_000
"""Rows before the notification that are looked at."""
_AT_ONCE = 64
"""Rows among which an id is looked for first."""
_MOST_READ = 2_000
"""Requests whose bodies are read for one notification."""
_REMEMBERED = 1_000
_NAMES = 4 * _MOST_READ
Named: TypeAlias = tuple[int, int, bool, str]
"""A request as it is looked for: connection, direction, by token or by id, and that."""
T = TypeVar("T")
ABOUT = frozenset({"notifications/progress", "notifications/cancelled"})
_NOTICES = {
    "notifications/progress": "progress of",
    "notifications/cancelled": "cancels",
    "notifications/message": "log of",
}
_STEPS = {
    "cancelled": "cancels",
    "timed-out": "gave up",
    "answered": "answer for",
    "leg": "goes on as",
    "sent-again": "sent as",
}


class Related:
    """The links of one journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        # Progress comes in runs: the request of the last of them is the first to be tried.
        self._last: OrderedDict[Named, int] = OrderedDict()
        # What was looked for in vain, up to which row, and the answered request that will do instead: a
        # server may go on for ever about what is over, or about what never was.
        self._vain: OrderedDict[Named, tuple[int, int]] = OrderedDict()
        # It may also name another one each time: so rows are looked through once, and bodies read once.
        self._names: OrderedDict[tuple[int, bool], str] = OrderedDict()
        self._requests = array("I")
        self._from = self._upto = 0

    def request_of(self, seq: int) -> int:
        """Row of the request that a notification or a client event is about; -1 where there is none.

        A request that was answered before is found as well, if nothing that is in flight fits: a
        notification may be late.
        """
        journal = self._journal
        if journal.kind(seq) is Kind.CLIENT:
            return self._of_step(seq)
        if journal.kind(seq) is not Kind.MESSAGE or journal.shape(seq) is not Shape.NOTIFICATION:
            return -1
        method = journal.method(seq)
        if method == "notifications/message":
            return self._of_exchange(seq)
        if method not in ABOUT:
            return -1
        frame = journal.event(seq).frame
        progress = method == "notifications/progress"
        key = _key(frame.params.get("progressToken" if progress else "requestId") if frame else None)
        if not key:
            return -1
        # Progress is reported by who was asked; who asked cancels, but for the modern server that ends a
        # subscription, which was asked for by the client as well.
        way = journal.direction(seq)
        if way is Direction.NONE:  # a recording may say so
            return -1
        asked = Direction(3 - way) if progress else way
        found = self._find(seq, asked, key, progress)
        if found < 0 and not progress and way is Direction.S2C:
            found = self._find(seq, Direction.C2S, key, progress)
        return found

    def kin(self, seq: int) -> frozenset[int]:
        """The rows that belong with one: its request or answer, and all legs of a call that takes several."""
        journal = self._journal
        if journal.aside(seq):
            of = journal.of(seq)
            return self.kin(of) | {of} if of >= 0 else frozenset()
        request = seq if journal.shape(seq) is Shape.REQUEST else journal.peer(seq)
        if request < 0:
            request = self.request_of(seq)
        if request < 0:
            return frozenset()
        legs = journal.legs.of(request)
        return frozenset((*legs, *map(journal.peer, legs))) - {seq, -1}

    def word_of(self, seq: int) -> str:
        """What a row is to its request: `progress of`, `cancels`, `answer for`, …; empty for the usual."""
        if self._journal.kind(seq) is Kind.CLIENT:
            return _STEPS.get(str(self._journal.data(seq).get("what")), "about")
        return _NOTICES.get(self._journal.method(seq) or "", "about")

    def _of_step(self, seq: int) -> int:
        journal = self._journal
        sent = journal.legs.sent_by(seq)
        data = journal.data(seq)
        row = sent if sent >= 0 else data.get("request", data.get("row"))
        if not isinstance(row, int) or not 0 <= row < len(journal):
            return -1
        # Questions inside a result: it is the request of that result that they are about.
        row = journal.peer(row) if journal.shape(row) in (Shape.RESPONSE, Shape.ERROR) else row
        return row if row >= 0 and journal.shape(row) is Shape.REQUEST else -1

    def _of_exchange(self, seq: int) -> int:
        journal, exchange = self._journal, self._journal.exchange(seq)
        if exchange is None:
            return -1
        for row in range(seq - 1, max(-1, seq - 1 - LOOK_BACK), -1):
            asks = journal.exchange(row) == exchange and journal.shape(row) is Shape.REQUEST
            if asks and journal.direction(row) is Direction.C2S:
                return row
        return -1

    def _find(self, seq: int, asked: Direction, key: str, progress: bool) -> int:
        journal, conn = self._journal, self._journal.conn(seq)
        memory = (conn, asked, progress, key)
        known = self._last.get(memory, -1)
        if 0 <= known < seq and not 0 <= journal.peer(known) < seq:
            return known
        looked, over_before = self._vain.get(memory, (0, -1))
        if looked > seq:
            looked, over_before = 0, -1
        over, read, least = -1, 0, max(0, seq - LOOK_BACK, looked)
        for row in self._requests_before(seq) if progress else self._with_id(key, least, seq):
            if row < least or journal.conn(row) != conn:
                break
            if journal.direction(row) is not asked:
                continue
            answered = 0 <= journal.peer(row) < seq
            if answered and over >= 0:
                continue
            read += 1
            if read > _MOST_READ:
                break
            if self._named(row, progress) == key:
                if not answered:
                    _remember(self._last, memory, row)
                    return row
                over = row
        over = over if over >= 0 else over_before
        _remember(self._vain, memory, (seq, over))
        return over

    def _with_id(self, key: str, first: int, last: int) -> Iterator[int]:
        """The rows of requests from `last` back to `first` that may have an id, as the columns know it."""
        spelled = (key, f'"{key}"', f"{key}.0", f'"{key}.0"')  # for `id_key` they are one; a hash of them not
        numbers = {ODD_ID, *(columns.id_key(envelope_id(each) or "") for each in spelled)}
        width = _AT_ONCE  # what is cancelled was mostly asked not long before
        while last > first:
            begin = max(first, last - width)
            for row in reversed(columns.rows_with(self._journal.columns.ids, numbers, begin, last)):
                if self._journal.shape(row) is Shape.REQUEST:
                    yield row
            last, width = begin, width * 8

    def _requests_before(self, seq: int) -> Iterator[int]:
        """The rows of requests before `seq`, the latest first, as far as `LOOK_BACK` rows back and more."""
        requests = self._requests_until(seq)
        return (requests[at] for at in range(bisect_left(requests, seq) - 1, -1, -1))

    def _requests_until(self, seq: int) -> array[int]:
        """The rows of requests from `LOOK_BACK` rows before `seq` on, and maybe others, in order."""
        least = max(0, seq - LOOK_BACK)
        if not self._from - LOOK_BACK <= least <= self._upto:
            self._requests, self._from, self._upto = array("I"), least, least
        if least < self._from:
            begin = max(0, self._from - LOOK_BACK)
            self._requests = self._asking(begin, self._from) + self._requests
            self._from = begin
        if seq > self._upto:
            self._requests += self._asking(self._upto, seq)
            self._upto = seq
        return self._requests

    def _asking(self, begin: int, end: int) -> array[int]:
        shape = self._journal.shape
        return array("I", (row for row in range(begin, end) if shape(row) is Shape.REQUEST))

    def _named(self, row: int, progress: bool) -> str:
        """The token or the id of a request."""
        name = self._names.get((row, progress))
        if name is None:
            name = self._names[row, progress] = self._read(row, progress)
            if len(self._names) > _NAMES:
                self._names.popitem(last=False)
        return name

    def _read(self, row: int, progress: bool) -> str:
        frame = self._journal.event(row).frame
        if frame is None:
            return ""
        if not progress:
            return id_key(frame.id) if frame.id is not None else ""
        meta = frame.params.get("_meta")
        return _key(meta.get("progressToken")) if isinstance(meta, dict) else ""


def _remember(kept: OrderedDict[Named, T], memory: Named, value: T) -> None:
    kept[memory] = value
    if len(kept) > _REMEMBERED:
        kept.popitem(last=False)


def _key(value: Any) -> str:
    """A token or an id as it is compared; empty for what is neither."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    try:
        return id_key(json.dumps(value, ensure_ascii=False))
    except ValueError:  # an integer of too many digits
        return ""
