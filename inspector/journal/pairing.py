"""Which reply answers which request: a fold that writes status and peer into the columns.

It holds only what is in flight on the present connection, and a window of ids that were answered a
short while ago, by which a duplicate is told from an unknown reply. What went wrong is a status, never
an exception.
"""

from __future__ import annotations

import enum
from collections import deque
from dataclasses import dataclass
from itertools import islice

from inspector.journal.columns import Columns
from inspector.wire.event import Direction
from inspector.wire.jsonrpc import id_key

REMEMBERED = 4096
"""Answered ids that are remembered in each direction."""

_AT_ONCE = 64
"""Requests with one id that are looked through for the one that a reply is for."""


class Status(enum.IntEnum):
    """How a request fared; or, of a reply, what it was."""

    NONE = 0
    """Neither request nor reply."""
    PENDING = 1
    OK = 2
    ERROR = 3
    TOOL_ERROR = 4
    """A result whose `isError` is true."""
    TIMED_OUT = 5
    """This client stopped waiting."""
    CANCELLED = 6
    """This client gave it up."""
    LOST = 7
    """Connection, process or HTTP exchange ended without an answer."""
    UNKNOWN = 8
    """A reply to nothing that was asked."""
    DUPLICATE = 9
    """A reply to what had been answered."""
    LATE = 10
    """A reply to what had timed out or been cancelled."""
    ASKS_BACK = 11
    """A result that wants input first; the call goes on in another request, or ends there."""

    @property
    def word(self) -> str:
        """The word shown: `tool error`, `timed out`, …; empty for `NONE`."""
        return _WORDS[self]


_WORDS = tuple("" if status is Status.NONE else status.name.lower().replace("_", " ") for status in Status)

# A batch has one status: the one that needs an eye most.
_URGENCY = (
    Status.NONE,
    Status.OK,
    Status.ASKS_BACK,
    Status.TOOL_ERROR,
    Status.ERROR,
    Status.LATE,
    Status.DUPLICATE,
    Status.UNKNOWN,
    Status.CANCELLED,
    Status.TIMED_OUT,
    Status.LOST,
    Status.PENDING,
)
_RANK = {status: rank for rank, status in enumerate(_URGENCY)}

# A million lines are read in seconds: what is asked for each is looked up once.
_PENDING, _ERROR = Status.PENDING, Status.ERROR
_GIVEN_UP = frozenset({Status.TIMED_OUT, Status.CANCELLED})
_C2S = Direction.C2S
_S2C = Direction.S2C


@dataclass(slots=True)
class _Batch:
    """A batch of requests: how many wait, and the worst that came of the others."""

    waiting: int
    worst: Status = Status.NONE


@dataclass(slots=True, eq=False)
class _Open:
    """A request in flight. `number` is its seq as client events name it."""

    row: int
    key: str
    id: str
    number: int
    exchange: int
    status: Status = _PENDING
    batch: _Batch | None = None
    withdrawn: bool = False


Held = tuple[
    tuple[dict[str, deque[_Open]], ...],
    tuple[dict[str, int], ...],
    dict[int, dict[_Open, None]],
    dict[int, dict[_Open, None]],
]
"""What is open by id, what was answered, what is open by number and by exchange."""


class Pairing:
    """The fold. Directions are those of the message at hand; ids are JSON text."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._clear()

    def _clear(self) -> None:
        self._open: tuple[dict[str, deque[_Open]], ...] = ({}, {}, {})
        self._answered: tuple[dict[str, int], ...] = ({}, {}, {})
        self._by_number: dict[int, dict[_Open, None]] = {}
        self._by_exchange: dict[int, dict[_Open, None]] = {}

    @property
    def in_flight(self) -> int:
        """How many requests no reply has come to, on the present connection."""
        return sum(len(waiting) for found in self._open for waiting in found.values())

    def open_rows(self) -> set[int]:
        """The rows of which a later one may tell something."""
        return {entry.row for found in self._open for waiting in found.values() for entry in waiting}

    def held(self) -> Held:
        """All that this holds beside the columns; to be copied before anything else goes by."""
        return self._open, self._answered, self._by_number, self._by_exchange

    def hold(self, held: Held) -> None:
        """Go on from what another one held."""
        self._open, self._answered, self._by_number, self._by_exchange = held

    def asked(
        self,
        row: int,
        direction: int,
        id: str | None,
        number: int,
        exchange: int,
        batch: _Batch | None = None,
    ) -> None:
        """A request went by."""
        if id is None:
            return
        key = id_key(id)
        entry = _Open(row, key, id, number, exchange, batch=batch)
        waiting = self._open[direction].get(key)
        if waiting is None:
            self._open[direction][key] = deque((entry,))
        else:
            waiting.append(entry)
        by_number = self._by_number.get(number)
        if by_number is None:
            self._by_number[number] = {entry: None}
        else:
            by_number[entry] = None
        if exchange and direction == _C2S:
            self._by_exchange.setdefault(exchange, {})[entry] = None
        self._columns.set_status(row, _PENDING)

    def answered(
        self, row: int, direction: int, id: str | None, outcome: Status, exchange: int = 0
    ) -> Status:
        """A reply went by: settle its request, and say what the reply is."""
        asker = 3 - direction if direction else 0
        key = "" if id is None else id_key(id)
        if outcome is _ERROR and key in ("", "null") and direction == _S2C:
            # An error without an id, as the body of the very exchange that carried the request: HTTP says
            # what JSON-RPC cannot (2026-07-28, basic/transports/streamable-http).
            asked = self._only_one_in(exchange)
            if asked is not None:
                key, id = asked.key, asked.id
        entry = self._take(asker, key, exchange)
        columns = self._columns
        if entry is None:
            earlier = self._answered[asker].get(key, -1)
            if earlier < 0:
                # An error without an id says that a message could not be read: JSON-RPC 2.0 section 5.
                if outcome is not Status.ERROR or key not in ("", "null"):
                    columns.set_flawed(row)
                return self._mark(row, Status.UNKNOWN)
            columns.set_flawed(row)
            columns.peer[row] = earlier
            return self._mark(row, Status.DUPLICATE)
        if columns.peer[entry.row] < 0:
            columns.peer[entry.row] = row
        if columns.peer[row] < 0:
            columns.peer[row] = entry.row
        if entry.id != id:
            columns.set_flawed(row)
        if entry.status in _GIVEN_UP:
            columns.set_flawed(row)
            return self._mark(row, Status.LATE)
        self._settle(entry, outcome)
        return self._mark(row, outcome)

    def batch(
        self,
        row: int,
        direction: int,
        items: list[tuple[bool, str | None, Status]],
        number: int,
        exchange: int,
    ) -> None:
        """A batch went by. `items` are its requests and replies: (is a request, id, outcome)."""
        ids = [id for asks, id, _ in items if asks and id is not None]
        group = _Batch(len(ids))
        for asked in ids:
            self.asked(row, direction, asked, number, exchange, group)
        for asks, id, outcome in items:
            if not asks:
                self.answered(row, direction, id, outcome)
        if ids:
            self._columns.set_status(row, Status.PENDING)

    def gave_up(self, number: object, status: Status) -> None:
        """This client stopped waiting for the request whose seq is `number`."""
        if isinstance(number, int):
            for entry in self._by_number.get(number, ()):
                if entry.status in (Status.PENDING, Status.LOST):
                    self._settle(entry, status)

    def withdrawn(self, direction: int, id: str | None) -> None:
        """Whoever asked gives up what it asked (`notifications/cancelled`); `id` is that of the request."""
        for entry in reversed(self._open[direction].get(id_key(id), ()) if id is not None else ()):
            if entry.withdrawn:
                break  # as were all before it
            entry.withdrawn = True
            if entry.status is Status.PENDING:
                self._settle(entry, Status.CANCELLED)

    def exchange_over(self, exchange: int) -> None:
        """An HTTP exchange ended. An answer may still come on another stream, and then counts."""
        for entry in self._by_exchange.pop(exchange, ()):
            if entry.status is Status.PENDING:
                self._settle(entry, Status.LOST)

    def connection_over(self) -> None:
        """The process or the connection ended. What was still in its pipe may follow, and then counts."""
        for found in self._open:
            for waiting in found.values():
                for entry in waiting:
                    if entry.status is Status.PENDING:
                        self._settle(entry, Status.LOST)

    def connecting(self) -> None:
        """A new connection begins: ids start anew."""
        self.connection_over()
        self._clear()

    def _only_one_in(self, exchange: int) -> _Open | None:
        """The one request that waits for an answer in an HTTP exchange."""
        waiting = self._by_exchange.get(exchange, ())
        return next(iter(waiting)) if len(waiting) == 1 else None

    def _take(self, asker: int, key: str, exchange: int) -> _Open | None:
        """The request that a reply with this id is for.

        Of several, as two hosts behind one proxy may have them, it is the one of the reply's own exchange;
        else the oldest.
        """
        waiting = self._open[asker].get(key)
        if waiting is None:
            return None
        entry = waiting[0]
        if len(waiting) == 1:  # as nearly always
            del self._open[asker][key]
        else:
            first = islice(waiting, _AT_ONCE if exchange else 0)
            entry = next((each for each in first if each.exchange == exchange), entry)
            waiting.remove(entry)
        _forget(self._by_number, entry.number, entry)
        if entry.exchange:
            _forget(self._by_exchange, entry.exchange, entry)
        answered = self._answered[asker]
        answered.pop(key, None)
        answered[key] = entry.row
        if len(answered) > REMEMBERED:
            del answered[next(iter(answered))]
        return entry

    def _settle(self, entry: _Open, status: Status) -> None:
        waited = entry.status is _PENDING
        entry.status = status
        group = entry.batch
        if group is None:
            self._columns.set_status(entry.row, status)
            return
        group.waiting -= waited
        group.worst = max(group.worst, status, key=_RANK.__getitem__)
        self._columns.set_status(entry.row, Status.PENDING if group.waiting else group.worst)

    def _mark(self, row: int, status: Status) -> Status:
        columns = self._columns
        before = columns.status(row)  # nearly always none
        columns.set_status(row, max(Status(before), status, key=_RANK.__getitem__) if before else status)
        return status


def _forget(entries: dict[int, dict[_Open, None]], number: int, entry: _Open) -> None:
    found = entries.get(number)
    if found is None:
        return
    if len(found) == 1 and entry in found:
        del entries[number]
        return
    found.pop(entry, None)
    if not found:
        del entries[number]
