"""All HTTP exchanges of a journal, one row each: what was asked, what for, how it ended, how long it took.

A fold over the columns, little by little under a budget of time: an exchange is a dozen numbers in arrays
and no object, and its events are read when somebody looks at its row. It is the same for what happens now
and for a recording, also an old one that lacks the newer keys. It draws nothing and joins nothing to MCP
beyond naming the first message.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inspector.journal.filter import Filter
from inspector.journal.filter.terms import And, Node, Not, Or, terms_of
from inspector.journal.journal import Journal
from inspector.journal.outline import outline
from inspector.journal.view import View
from inspector.wire.event import Direction, Kind
from inspector.wire.visible import clip, visible

REDIRECTED, RESUMED, AUTHORIZED = 1, 2, 4
_WHYS: Mapping[str, int] = {"redirect": REDIRECTED, "resume": RESUMED, "authorized": AUTHORIZED}
_SLICE = 2048
_SPARSE = 4096
_NONE = -1
_WIDEST = 400
PHASES = ("dns", "connect", "tls", "send", "wait", "body")
"""The phases of a request in their order; recordings of before 2026.9 have no `dns`, it is in `connect`."""


@dataclass(frozen=True, slots=True)
class ExchangeRow:
    """An exchange in words. All strings are safe for a terminal; an empty one says nothing.

    Attributes:
        number: Its number in the journal.
        time: When it began, seconds since the journal's start.
        method: Of the first request.
        url: Of the first request, without its secrets.
        status: Of the last response; `None` where none came.
        what: What it was for: method and target of its first message, or a purpose, or `GET stream`.
        outcome: `complete`, `closed-early`, `failed`, `aborted`; empty while it runs.
        error: Why it did not complete.
        stage: Where it failed: dns, connect, tls, send, wait, read.
        requests: Requests made: 2 and more after a redirect, a resumed stream, or an authorization.
        bytes: Received; 0 while it runs.
        took: Seconds from its first event to its end; `None` while it runs.
        phases: Seconds by phase, of the last request.
        messages: JSON-RPC messages in it, both ways.
        events: Events and comments of event streams beside messages.
        flags: `redirected`, `resumed`, `authorized`, `buffered`, `refused`: what is out of the ordinary.
        failed: No answer, or one that says no (400 and more).
    """

    number: int
    time: float
    method: str
    url: str
    status: int | None
    what: str
    outcome: str
    error: str
    stage: str
    requests: int
    bytes: int
    took: float | None
    phases: Mapping[str, float]
    messages: int
    events: int
    flags: tuple[str, ...]
    failed: bool


class Exchanges:
    """Every exchange of a journal in the order in which they began.

    Args:
        journal: What is folded.
    """

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._seen = 0
        self._at = array("i")  # by number, where the numbers are dense: as this program writes them
        self._odd: dict[int, int] = {}
        self._number = array("I")
        self._first = array("I")
        self._request = array("i")
        self._response = array("i")
        self._message = array("i")
        self._end = array("i")
        self._requests = array("I")
        self._messages = array("I")
        self._events = array("I")
        self._flags = array("B")

    def __len__(self) -> int:
        return len(self._number)

    @property
    def scanned(self) -> float:
        """How much of the journal has been folded, 0 to 1."""
        return self._seen / len(self.journal) if len(self.journal) else 1.0

    def advance(self, budget: float) -> bool:
        """Fold more rows for about `budget` seconds; returns whether there is more to fold."""
        deadline = time.monotonic() + budget
        while self._seen < len(self.journal):
            last = min(len(self.journal), self._seen + _SLICE)
            exchange = self.journal.exchange
            for seq in range(self._seen, last):
                number = exchange(seq)
                if number is not None:
                    self._take(seq, number)
            self._seen = last
            if time.monotonic() >= deadline:
                break
        return self._seen < len(self.journal)

    def number(self, at: int) -> int:
        """The journal's number of the exchange at `at`."""
        return self._number[at]

    def index(self, number: int) -> int:
        """Where exchange `number` stands, -1 where it has not been seen."""
        if number < len(self._at):
            return self._at[number]
        return self._odd.get(number, _NONE)

    def first_message(self, at: int) -> int:
        """Row of the first message to the server in it, -1 where there is none."""
        return self._message[at]

    def version(self, at: int) -> tuple[int, ...]:
        """What `row` depends on: it says the same while these numbers stay the same."""
        return (
            self._response[at],
            self._message[at],
            self._end[at],
            self._requests[at],
            self._messages[at],
            self._events[at],
        )

    def row(self, at: int) -> ExchangeRow:
        """The exchange at `at`; reads at most four events of the journal."""
        journal = self.journal
        request = self._data(self._request[at])
        response = self._data(self._response[at])
        end = self._data(self._end[at])
        first = self._first[at]
        status = _whole(end.get("status")) or _whole(response.get("status"))
        outcome = _word(end.get("outcome"))
        flags = [word for bit, word in _FLAG_WORDS if self._flags[at] & bit]
        flags += [name for name in ("buffered", "refused") if end.get(name)]
        return ExchangeRow(
            number=self._number[at],
            time=journal.time(first),
            method=_word(request.get("method")),
            url=_word(request.get("url")),
            status=status,
            what=self._what(at, request),
            outcome=outcome,
            error=_word(end.get("error")),
            stage=_word(end.get("stage")),
            requests=self._requests[at],
            bytes=_whole(end.get("bytes")) or 0,
            took=journal.time(self._end[at]) - journal.time(first) if self._end[at] >= 0 else None,
            phases=phases_of(end.get("phases") or response.get("phases")),
            messages=self._messages[at],
            events=self._events[at],
            flags=tuple(flags),
            failed=outcome not in ("", "complete", "aborted") or (status is not None and status >= 400),
        )

    def _take(self, seq: int, number: int) -> None:
        at = self.index(number)
        if at < 0:
            at = self._begin(seq, number)
        kind, direction = self.journal.kind(seq), self.journal.direction(seq)
        if kind is Kind.MESSAGE:
            self._messages[at] += 1
            if direction is Direction.C2S and self._message[at] < 0:
                self._message[at] = seq
        elif kind is Kind.SSE:
            self._events[at] += 1
        elif kind is Kind.HTTP and not self.journal.size(seq):  # a body has a size, no step has
            if direction is Direction.C2S:
                self._asked(at, seq)
            elif direction is Direction.S2C:
                self._response[at] = seq
            else:
                self._end[at] = seq

    def _asked(self, at: int, seq: int) -> None:
        self._requests[at] += 1
        if self._request[at] < 0:
            self._request[at] = seq
        else:  # rare, so it may be read at once
            why = self._data(seq).get("why")
            self._flags[at] |= _WHYS.get(why, 0) if isinstance(why, str) else 0

    def _begin(self, seq: int, number: int) -> int:
        at = len(self._number)
        if number < len(self._at) + _SPARSE:
            self._at.extend([_NONE] * (number + 1 - len(self._at)))
            self._at[number] = at
        else:
            self._odd[number] = at
        self._number.append(number)
        self._first.append(seq)
        for column in (self._request, self._response, self._message, self._end):
            column.append(_NONE)
        for counts in (self._requests, self._messages, self._events, self._flags):
            counts.append(0)
        return at

    def _data(self, seq: int) -> Mapping[str, Any]:
        return self.journal.data(seq) if seq >= 0 else {}

    def _what(self, at: int, request: Mapping[str, Any]) -> str:
        if purpose := _word(request.get("purpose")):
            return purpose
        message = self._message[at]
        if message >= 0:
            shown = outline(self.journal, message)
            words = (shown.what or shown.kind, shown.target if shown.what else shown.note)
            if shown.kind in ("response", "error"):
                words = (f"answer to {shown.what}" if shown.what else "an answer", shown.target)
            return " ".join(word for word in words if word)
        return {"GET": "GET stream", "DELETE": "DELETE session"}.get(str(request.get("method")), "")


_FLAG_WORDS = ((REDIRECTED, "redirected"), (RESUMED, "resumed"), (AUTHORIZED, "authorized"))


class Found:
    """The exchanges that a filter means. A term holds of an exchange where one of its rows is meant by it.

    So `401 method:tools/call` finds a call and its status in different rows, `not 401` what has no such row.

    Args:
        exchanges: What is looked through; advanced along with the search.
        filter: A filter, or its text; empty for every exchange.

    Raises:
        FilterError: The text is no filter.
    """

    def __init__(self, exchanges: Exchanges, filter: Filter | str = "") -> None:
        self.exchanges = exchanges
        self.filter = Filter.parse(filter) if isinstance(filter, str) else filter
        self._whole = self.filter.everything
        terms = [] if self._whole else list(dict.fromkeys(terms_of(self.filter.node)))
        self._bits = {term: 1 << number for number, term in enumerate(terms)}
        self._views = [View(exchanges.journal, Filter(term)) for term in terms]
        self._taken = [0] * len(terms)
        self._moves = [0] * len(terms)
        self._having: dict[int, int] = {}  # terms found by exchange, a bit each
        self._decided = 0
        self._rows = array("I")

    def __len__(self) -> int:
        return len(self.exchanges) if self._whole else len(self._rows)

    def __getitem__(self, row: int) -> int:
        """Where in `exchanges` the exchange of `row` stands."""
        return row if self._whole else self._rows[row]

    def index(self, at: int) -> int:
        """The row of the exchange at `at`, or the nearest after it."""
        return max(0, min(at, len(self.exchanges))) if self._whole else bisect_left(self._rows, at)

    @property
    def scanned(self) -> float:
        """How much has been looked through, 0 to 1."""
        return min([self.exchanges.scanned, *(view.scanned for view in self._views)])

    def advance(self, budget: float) -> bool:
        """Go on for about `budget` seconds; returns whether there is more to do."""
        more = self.exchanges.advance(budget)
        share = budget / max(1, len(self._views))
        for number, view in enumerate(self._views):
            more |= view.advance(share)
            if view.moves != self._moves[number]:  # a row came or went among those that were taken
                self._moves[number] = view.moves
                self._begin_again(number)
            self._take(number, view)
        while not self._whole and self._decided < len(self.exchanges):
            self._decided += 1
            self._decide(self._decided - 1)
        return more

    def _take(self, number: int, view: View) -> None:
        """Note which exchanges the rows belong to that a term means."""
        exchanges, bit = self.exchanges, 1 << number
        while self._taken[number] < len(view):
            exchange = exchanges.journal.exchange(view[self._taken[number]])
            at = exchanges.index(exchange) if exchange is not None else _NONE
            if exchange is not None and at < 0:
                return  # not folded yet
            self._taken[number] += 1
            if at >= 0 and not (before := self._having.get(at, 0)) & bit:
                self._having[at] = before | bit
                self._decide(at)

    def _begin_again(self, number: int) -> None:
        self._taken[number] = 0
        for at, having in self._having.items():
            if having & 1 << number:
                self._having[at] = having & ~(1 << number)
                self._decide(at)

    def _decide(self, at: int) -> None:
        """List an exchange, or take it away, by what was found of it."""
        if at >= self._decided:
            return
        row, meant = bisect_left(self._rows, at), self._means(self.filter.node, self._having.get(at, 0))
        there = row < len(self._rows) and self._rows[row] == at
        if meant and not there:
            self._rows.insert(row, at)
        elif there and not meant:
            del self._rows[row]

    def _means(self, node: Node, having: int) -> bool:
        match node:
            case And(parts):
                return all(self._means(part, having) for part in parts)
            case Or(parts):
                return any(self._means(part, having) for part in parts)
            case Not(part):
                return not self._means(part, having)
        return bool(having & self._bits[node])


def flag_of(why: object) -> str:
    """The flag that a request's `why` gives its exchange; empty where it gives none."""
    bit = _WHYS.get(why, 0) if isinstance(why, str) else 0
    return next((word for known, word in _FLAG_WORDS if known == bit), "")


def phases_of(value: object) -> dict[str, float]:
    """The phases of a response or an end as recorded, in their order; what is no number is left out."""
    if not isinstance(value, Mapping):
        return {}
    known = [name for name in PHASES if name in value]
    rest = [name for name in value if name not in PHASES][:8]
    return {
        visible(str(name))[:20]: float(took)
        for name in known + rest
        if isinstance(took := value[name], int | float) and not isinstance(took, bool) and 0 <= took < 1e9
    }


def _word(value: object) -> str:
    return clip(visible(value[: _WIDEST * 2]), _WIDEST) if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
