"""What the latest connection is held against: the session before it at its end, and the same call then.

A connection that came to nothing, or was over before anything was listed, is nothing to compare with: the one
before it is taken. A fold; it restarts nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from inspector.journal.catalogue import Catalogue
from inspector.journal.journal import Journal
from inspector.journal.results import NAMED_BY, subject_of
from inspector.journal.then import Past
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.methods import LISTS

RESTARTING = "restarting"
"""The client event before a connection that is made anew because files changed."""
_LOOK_BACK = 10
"""Connections that are looked at for one that listed something."""
_MOST_CALLS = 1000
"""Calls before the latest that may be the same one."""
_MOST_ROWS = 200_000
"""Rows that are looked through for calls."""
_MOST_PATHS = 100


@dataclass(frozen=True, slots=True)
class Restart:
    """A connection that took the place of another.

    Attributes:
        row: Where it begins.
        conn: Its number.
        ended: The last row of the connection that it is held against.
        before: What that one offered at its end.
        paths: Files that changed, as this program wrote them down; not safe for a terminal. Empty where
            somebody asked for it.
    """

    row: int
    conn: int
    ended: int
    before: Catalogue
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """The same call on both connections.

    Attributes:
        request: Row of the later request.
        before: Row of the earlier answer.
        after: Row of the later answer.
    """

    request: int
    before: int
    after: int


class Restarts:
    """The latest restart of one journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._past = Past(journal)
        self._known: Restart | None = None
        self._at: tuple[int, int] = (-1, -1)
        self._pairs: tuple[int, Repeated | None] = (-1, None)

    def advance(self, budget: float) -> bool:
        """Look through more rows for about `budget` seconds; returns whether there is more."""
        return self._past.milestones.advance(budget)

    @property
    def latest(self) -> Restart | None:
        """The present connection and what it is held against; `None` where it is the first that counts."""
        turns = self._past.milestones.turns
        begun = [turn.row for turn in turns if turn.state == "connecting"]
        if len(begun) < 2:
            return None
        if self._at != (begun[-1], len(begun)):
            self._at = (begun[-1], len(begun))
            self._known = self._found(begun)
        return self._known

    def _found(self, begun: list[int]) -> Restart | None:
        for earlier, later in list(pairwise(begun))[: -_LOOK_BACK - 1 : -1]:
            before = self._past.at(later - 1).catalogue
            if before.conn == self._journal.conn(earlier) and any(before.pages[name] for name in LISTS):
                row = begun[-1]
                return Restart(row, self._journal.conn(row), later - 1, before, self._paths(row))
        return None

    def _paths(self, row: int) -> tuple[str, ...]:
        """The files that made it begin, where the events just before it say so."""
        for seq in range(row - 1, max(-1, row - 200), -1):
            if self._journal.kind(seq) is Kind.CLIENT:
                data = self._journal.data(seq)
                if data.get("what") == "connecting":
                    break
                if data.get("what") == RESTARTING:
                    paths = data.get("paths")
                    named = paths if isinstance(paths, list) else []
                    return tuple(path for path in named[:_MOST_PATHS] if isinstance(path, str))
        return ()

    def repeated(self) -> Repeated | None:
        """The latest call of the present connection that was made before it as well, both answered."""
        restart = self.latest
        if restart is None:
            return None
        newest = next(self._answered(restart.row, len(self._journal) - 1), -1)
        if newest != self._pairs[0]:
            before = self._same_before(newest, restart.ended) if newest >= 0 else -1
            pair = Repeated(newest, before, self._journal.peer(newest)) if before >= 0 else None
            self._pairs = (newest, pair)
        return self._pairs[1]

    def last_call(self, row: int) -> int:
        """The row of the last call that began before `row`, its first leg; -1 where there was none."""
        request = next(self._calls(0, row - 1), -1)
        place = self._journal.legs.place(request) if request >= 0 else None
        return place.first if place is not None else request

    def _calls(self, first: int, last: int) -> Iterator[int]:
        """The client's calls from `last` back to `first`."""
        journal, methods = self._journal, self._journal.columns.method
        numbers = {journal.columns.known_number(name) for name in NAMED_BY}
        for row in range(last, max(first, last - _MOST_ROWS) - 1, -1):
            if methods[row] not in numbers or journal.shape(row) is not Shape.REQUEST:
                continue
            if journal.direction(row) is Direction.C2S and not journal.aside(row):
                yield row

    def _answered(self, first: int, last: int) -> Iterator[int]:
        return (row for row in self._calls(first, last) if self._journal.peer(row) >= 0)

    def _same_before(self, request: int, last: int) -> int:
        """The row of the latest answer up to `last` to a call of the same with the same arguments."""
        subject, given = subject_of(self._journal, request), self._given(request)
        for tried, row in enumerate(self._answered(0, last)):
            if tried >= _MOST_CALLS:
                break
            if subject_of(self._journal, row) == subject and self._given(row) == given:
                return self._journal.peer(row)
        return -1

    def _given(self, request: int) -> object:
        frame = self._journal.event(request).frame
        return frame.params.get("arguments") if frame is not None else None
