"""What a log message came of: the request that it belongs to, the level that was asked for, and whether it
should have come at all.

Legacy (2025-11-25, server/utilities/logging): a server declares `logging`, and a level is set for the whole
session. Modern (2026-07-28): a message comes with a request that carries a level, and only then. Over HTTP
the exchange tells which request that is; over stdio nothing does, and it is known only where one request is
in flight. The fold keeps the rows of requests; the rest is read when somebody looks at a message.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.journal.scan import Scan, answered
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.levels import LEVELS, rank
from inspector.wire.versions import META_LOG_LEVEL, Era, era

LOOK_BACK = 500
"""Requests before a message that may be its own."""
_REMEMBERED = 2000
_LISTEN = "subscriptions/listen"
_CLAUSE = "server/utilities/logging"


@dataclass(frozen=True, slots=True)
class Origin:
    """What a message came of.

    Attributes:
        request: Row of the request that it belongs to; -1 where that is not known.
        asked: The least grave level that was asked for, one of `LEVELS`; `None` where none was.
        rule: Id of the rule that the message breaks; empty where it breaks none.
        says: That, in one sentence.
        clause: Where it is written.
    """

    request: int = -1
    asked: str | None = None
    rule: str = ""
    says: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class _Agreed:
    """What a connection agreed upon."""

    era: Era | None
    declares: bool


class Logged:
    """The origins of the log messages of one journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._scan = Scan(journal)
        self._requests = array("I")
        self._agreements = array("I")
        self._set = array("I")
        self._agreed: dict[int, _Agreed] = {}
        self._levels: OrderedDict[int, str | None] = OrderedDict()

    def advance(self, budget: float) -> bool:
        """Fold more rows for about `budget` seconds; returns whether there is more to fold."""
        return self._scan.advance(budget, self._take)

    @property
    def seen(self) -> int:
        """How many rows of the journal were folded; what a later one came of is not known yet."""
        return self._scan.seen

    def origin(self, seq: int) -> Origin:
        """What the message in row `seq` came of; its level is read from the row."""
        frame = self._journal.event(seq).frame
        level = frame.params.get("level") if frame is not None else None
        agreed = self._agreement(seq)
        request, candidates = self._request(seq)
        if agreed.era == "modern":
            return self._modern(request, candidates, level)
        asked = self._session_level(seq)
        if agreed.era is not None and not agreed.declares:
            says = "The server does not declare logging, and logs all the same."
            return Origin(request, asked, "caps-undeclared-used", says, _CLAUSE)
        return _held(Origin(request, asked), level)

    def in_force(self) -> str | None:
        """The level that was last asked for in the present connection, and not refused."""
        end = len(self._journal)
        if not end:
            return None
        if self._agreement(end).era != "modern":
            return self._session_level(end)
        for at in range(len(self._requests) - 1, max(-1, len(self._requests) - LOOK_BACK), -1):
            if self._journal.method(self._requests[at]) != _LISTEN:  # which never carries one
                return self._level_of(self._requests[at])
        return None

    def _modern(self, request: int, candidates: list[int], level: object) -> Origin:
        if request >= 0 and self._journal.method(request) == _LISTEN:
            says = "A log message came on the stream of a subscription, which carries none."
            return Origin(request, None, "log-on-listen", says, _CLAUSE)
        levels = [asked for row in candidates if (asked := self._level_of(row)) is not None]
        if not levels:
            says = (
                "The request that it came with carries no logLevel: the server must not log."
                if request >= 0
                else "No request that carries a logLevel is in flight: the server must not log."
            )
            return Origin(request, None, "log-without-optin", says, _CLAUSE)
        return _held(Origin(request, min(levels, key=rank)), level)

    def _request(self, seq: int) -> tuple[int, list[int]]:
        """The request that a message belongs to, -1 where that is not known, and all that it may be."""
        journal, exchange = self._journal, self._journal.exchange(seq)
        found: list[int] = []
        last = bisect_left(self._requests, seq)
        for at in range(last - 1, max(-1, last - 1 - LOOK_BACK), -1):
            row = self._requests[at]
            if journal.conn(row) != journal.conn(seq):
                break
            if exchange is not None:
                if journal.exchange(row) == exchange:
                    return row, [row]
            elif journal.method(row) != _LISTEN and (
                journal.peer(row) > seq or (journal.peer(row) < 0 and journal.status(row) is Status.PENDING)
            ):
                found.append(row)
        return (found[0] if len(found) == 1 else -1), found

    def _agreement(self, seq: int) -> _Agreed:
        """What the connection of a row had agreed upon by then."""
        at = bisect_left(self._agreements, seq) - 1
        row = self._agreements[at] if at >= 0 else -1
        if row < 0 or (seq < len(self._journal) and self._journal.conn(row) != self._journal.conn(seq)):
            return _Agreed(None, False)
        if row not in self._agreed:
            frame = self._journal.event(row).frame
            result = frame.result if frame is not None else None
            result = result if isinstance(result, Mapping) else {}
            capabilities = result.get("capabilities")
            declares = isinstance(capabilities, Mapping) and capabilities.get("logging") not in (None, False)
            version = result.get("protocolVersion")
            modern = self._journal.method(self._journal.peer(row)) == "server/discover"
            spoken = "modern" if modern else era(version) if isinstance(version, str) else None
            self._agreed[row] = _Agreed(spoken, declares)
        return self._agreed[row]

    def _session_level(self, seq: int) -> str | None:
        at = bisect_left(self._set, seq) - 1
        since = bisect_left(self._agreements, seq) - 1
        if at < 0 or since < 0 or self._set[at] < self._agreements[since]:
            return None
        level = self._params(self._journal.peer(self._set[at])).get("level")
        return level if isinstance(level, str) and level in LEVELS else None

    def _level_of(self, request: int) -> str | None:
        if request not in self._levels:
            meta = self._params(request).get("_meta")
            level = meta.get(META_LOG_LEVEL) if isinstance(meta, Mapping) else None
            self._levels[request] = level if isinstance(level, str) and level in LEVELS else None
            if len(self._levels) > _REMEMBERED:
                self._levels.popitem(last=False)
        return self._levels[request]

    def _params(self, seq: int) -> Mapping[str, Any]:
        frame = self._journal.event(seq).frame
        return frame.params if frame is not None else {}

    def _take(self, seq: int) -> None:
        journal = self._journal
        if journal.kind(seq) is not Kind.MESSAGE or journal.aside(seq):
            return
        if journal.direction(seq) is Direction.C2S:
            if journal.shape(seq) is Shape.REQUEST:
                self._requests.append(seq)
            return
        method = answered(journal, seq)
        if method in ("initialize", "server/discover"):
            self._agreements.append(seq)
        elif method == "logging/setLevel":
            self._set.append(seq)


def _held(origin: Origin, level: object) -> Origin:
    """`origin`, held against the level of the message."""
    if origin.asked is None or rank(level) >= rank(origin.asked):
        return origin
    says = f"Only messages from {origin.asked} on were asked for."
    return Origin(origin.request, origin.asked, "log-level-below", says, _CLAUSE)
