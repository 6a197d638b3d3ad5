"""What was known at a row: the session as it stood then, from the rows up to it and from no later one.

Each part is folded by whoever folds it for now, over the few rows that matter. It asks nobody, and draws
nothing.
"""

from __future__ import annotations

import math
import time
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from inspector.journal.asked import TASK_REQUESTS, Asked
from inspector.journal.catalogue import Catalogue
from inspector.journal.journal import Journal
from inspector.journal.milestones import Milestones, State
from inspector.journal.pairing import Status
from inspector.journal.question import Question
from inspector.journal.scan import answered
from inspector.journal.subscribed import Subscribed, Subscription
from inspector.journal.tasks import Standing, TaskStates
from inspector.journal.wanted import URL_REQUIRED
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.methods import LISTS
from inspector.wire.versions import META_LOG_LEVEL

T = TypeVar("T")

MOST_ROWS = 500
"""Rows of one sort that are read for a part: the latest before the row. Tasks that were not spoken of in
them, and questions before them, are not told."""
_PIECE = 256 * 1024
_MENTION = b'"taskId"'
_MAKE_TASKS = frozenset({"tools/call", "prompts/get", "resources/read"})
_HELLOS = frozenset({"initialize", "server/discover"})
_LISTINGS = frozenset(section.method for section in LISTS.values())
_LISTEN = "subscriptions/listen"


@dataclass(frozen=True, slots=True)
class Then:
    """The session at a row.

    Attributes:
        row: The row; what it says itself is known.
        time: Its time, in seconds since the journal's start.
        conn: Number of its connection, 0 before the first.
        state: How the connection stood.
        since: Row at which it came into that state; -1 where it was in none.
        says: Why, in the words of that row; not safe for a terminal.
        catalogue: What client and server had said of themselves, and the lists as far as they had come.
        level: The log level that was asked for last and not refused; `None` where none was.
        subscriptions: What was asked for and neither given up nor over.
        tasks: Those that were heard of, as they stood.
        questions: What the server had asked, and nobody had answered.
        in_flight: Rows of the client's requests that nothing had answered or ended.
        whole: Whether it was known by now which results are tasks; else `tasks` may lack some.
    """

    row: int
    time: float
    conn: int
    state: State
    since: int
    says: str
    catalogue: Catalogue
    level: str | None
    subscriptions: tuple[Subscription, ...]
    tasks: tuple[Standing, ...]
    questions: tuple[Question, ...]
    in_flight: tuple[int, ...]
    whole: bool


class Past:
    """The past of one journal. What was looked through once is remembered; a part is folded anew only
    where a row that matters to it lies between two rows that are asked for.

    Attributes:
        milestones: The rows that matter.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.milestones = Milestones(journal)
        self._made = array("I")
        self._mentions = 0
        self._parts: dict[str, tuple[Hashable, Any]] = {}

    def advance(self, budget: float) -> bool:
        """Look through more rows for about `budget` seconds; returns whether there is more."""
        deadline = time.monotonic() + budget
        more = self.milestones.advance(budget)
        while not more and self._mentions < len(self._journal):
            self._find_made()
            if time.monotonic() >= deadline:
                break
        return more or self._mentions < len(self._journal)

    def knows(self, row: int) -> bool:
        """Whether enough was looked through to tell of `row`."""
        return 0 <= row < self.milestones.seen

    def at(self, row: int) -> Then:
        """The session at a row.

        Raises:
            IndexError: It is not known yet: see `knows`.
        """
        if not self.knows(row):
            raise IndexError(row)
        journal, turn = self._journal, self.milestones.turn(row)
        begin, alive = self.milestones.begin(row), turn is None or turn.state in ("connecting", "connected")
        catalogue = self._catalogue(row)
        # What a session had asked is over with it; what it was asked may still be answered.
        waiting = self._waiting(self._connecting(row), row) if alive else []
        ours = tuple(seq for seq in waiting if journal.direction(seq) is Direction.C2S)
        late = waiting[bisect_left(waiting, begin) :][-MOST_ROWS:]
        theirs = [seq for seq in late if journal.direction(seq) is Direction.S2C]
        return Then(
            row,
            journal.time(row),
            journal.conn(row),
            turn.state if turn is not None else "",
            turn.row if turn is not None else -1,
            turn.says if turn is not None else "",
            catalogue,
            self._level(catalogue, begin, row),
            self._subscriptions(begin, row) if alive else (),
            self._tasks(row),
            self._questions(begin, row, theirs) if alive else (),
            ours,
            self._mentions > row,
        )

    def _part(self, name: str, key: Hashable, fold: Callable[[], T]) -> T:
        """A part, folded anew where `key` is another one."""
        known = self._parts.get(name)
        if known is None or known[0] != key:
            known = self._parts[name] = (key, fold())
        found: T = known[1]
        return found

    # What was in flight

    def _waiting(self, begin: int, row: int) -> list[int]:
        """Requests of the connection, either way, that had no answer and that nobody had given up."""
        peer, given_up = self._journal.columns.peer, self.milestones.given_up
        open = [seq for seq in _between(self.milestones.requests, begin, row) if not 0 <= peer[seq] <= row]
        return [
            seq for seq in open if given_up.get(seq, math.inf) > row and not self._lost_by(seq, row)
        ]  # fmt: skip

    def _lost_by(self, seq: int, row: int) -> bool:
        """Whether the HTTP exchange of a request that was lost had ended by then."""
        journal = self._journal
        exchange = journal.exchange(seq)
        if journal.status(seq) is not Status.LOST or exchange is None:
            return False
        column, at = journal.columns.exchange, seq
        while True:
            try:
                at = column.index(exchange, at + 1, row + 1)
            except ValueError:
                return False
            if journal.kind(at) is Kind.HTTP and journal.data(at).get("what") == "end":
                return True

    # What was declared and listed

    def _catalogue(self, row: int) -> Catalogue:
        marks = self._journal.landmarks
        last = bisect_right(marks, row)
        return self._part("catalogue", last, lambda: self._fold_catalogue(marks[:last], row))

    def _fold_catalogue(self, marks: Sequence[int], row: int) -> Catalogue:
        """From the latest hello on, and for each list from its latest first page on: before is no matter."""
        journal, begin = self._journal, self._connecting(row)
        turns = [turn.row for turn in self.milestones.turns if begin <= turn.row <= row]
        rows = {begin, *turns[-MOST_ROWS:]}
        wanted, batches = set(_LISTINGS), 0
        greeted = False
        for seq in reversed(marks):
            if seq < begin or (greeted and not wanted):
                break
            method = answered(journal, seq)
            if method in wanted:
                asked = journal.event(journal.peer(seq)).frame
                if asked is not None and asked.params.get("cursor") is None:
                    wanted.discard(method)
                rows |= {journal.peer(seq), seq}
            elif method in _HELLOS and not greeted:
                greeted = True
                rows |= {journal.peer(seq), seq}
            elif journal.shape(seq) is Shape.BATCH and batches < MOST_ROWS:
                batches += 1
                rows.add(seq)
        catalogue = Catalogue()
        for seq in sorted(rows):
            catalogue.see(journal.event(seq))
        return catalogue

    def _connecting(self, row: int) -> int:
        turns = self.milestones.turns
        begun = (turn.row for turn in reversed(turns) if turn.row <= row and turn.state == "connecting")
        return next(begun, turns[0].row if turns else 0)

    # What was asked for

    def _level(self, catalogue: Catalogue, begin: int, row: int) -> str | None:
        if catalogue.era == "modern":
            return self._level_of_last(begin, row)
        set_at = [
            seq
            for seq in _between(self.milestones.topics["level"], begin, row)[-MOST_ROWS:]
            if 0 <= self._journal.peer(seq) <= row
            and self._journal.shape(self._journal.peer(seq)) is Shape.RESPONSE
        ]
        return _text(self._params(set_at[-1]).get("level")) if set_at else None

    def _level_of_last(self, begin: int, row: int) -> str | None:
        """2026-07-28: each request carries its own (server/utilities/logging), but for one that listens."""
        journal = self._journal
        for seq in reversed(_between(self.milestones.requests, begin, row)[-MOST_ROWS:]):
            if journal.direction(seq) is Direction.C2S and journal.method(seq) != _LISTEN:
                meta = self._params(seq).get("_meta")
                return _text(meta.get(META_LOG_LEVEL)) if isinstance(meta, dict) else None
        return None

    def _params(self, seq: int) -> dict[str, Any]:
        frame = self._journal.event(seq).frame
        return dict(frame.params) if frame is not None else {}

    def _with_answers(self, rows: Iterable[int], row: int) -> list[int]:
        """Rows, and of those that are requests the answers that had come, in order."""
        found = {*rows}
        found |= {peer for seq in found if 0 <= (peer := self._journal.peer(seq)) <= row}
        return sorted(found)

    def _subscriptions(self, begin: int, row: int) -> tuple[Subscription, ...]:
        rows = self._with_answers(_between(self.milestones.topics["subscriptions"], begin, row), row)

        def fold() -> tuple[Subscription, ...]:
            subscribed = Subscribed(self._journal, rows[-MOST_ROWS:])
            subscribed.advance(math.inf)
            return tuple(each for each in subscribed.subscriptions if each.dropped < 0 and each.refused < 0)

        return tuple(
            each
            for each in self._part("subscriptions", tuple(rows), fold)
            if self._journal.method(each.request) != _LISTEN or self._is_open(each.request, row)
        )

    def _is_open(self, request: int, row: int) -> bool:
        given_up = self.milestones.given_up.get(request, math.inf) <= row
        answered = 0 <= self._journal.peer(request) <= row
        return not answered and not given_up and not self._lost_by(request, row)

    # Tasks

    def _tasks(self, row: int) -> tuple[Standing, ...]:
        marks = self.milestones
        spoken, made = _between(marks.topics["tasks"], 0, row), _between(self._made, 0, row)
        if not spoken and not made:
            return ()
        asked = [
            seq
            for seq in _between(marks.requests, 0, row)[-MOST_ROWS:]
            if self._journal.direction(seq) is Direction.S2C
        ]
        expired = _between(marks.expired, 0, row)[-MOST_ROWS:]
        rows = self._with_answers((*spoken[-MOST_ROWS:], *asked), row)
        rows = sorted({*rows, *made[-MOST_ROWS:], *expired})

        def fold() -> tuple[Standing, ...]:
            states = TaskStates(self._journal, rows)
            states.advance(math.inf)
            return states.tasks

        return self._part("tasks", tuple(rows), fold)

    def _find_made(self) -> None:
        """Results that make a task. No column tells them, so the recording is searched, a piece at a time."""
        journal, offsets, first = self._journal, self._journal.offsets, self._mentions
        start = offsets[first]
        last = bisect_right(offsets, start + _PIECE, first + 1)
        piece = journal.raw(start, journal.span(last - 1)[1])
        at = piece.find(_MENTION)
        while at >= 0:
            seq = bisect_right(offsets, start + at, first, last) - 1
            if answered(journal, seq) in _MAKE_TASKS:
                self._made.append(seq)
            at = piece.find(_MENTION, journal.span(seq)[1] - start)
        self._mentions = last

    # What the server had asked

    def _questions(self, begin: int, row: int, theirs: Sequence[int]) -> tuple[Question, ...]:
        journal, marks = self._journal, self.milestones
        asking = [seq for seq in theirs if journal.method(seq) not in TASK_REQUESTS]
        asking += [seq for seq in _between(marks.wanting, begin, row)[-MOST_ROWS:] if self._waits(seq, row)]
        asking += self._refusals(begin, row)
        if not asking:
            return ()
        decided = {each for seq in asking for each in journal.legs.answers_to(seq) if each <= row}
        rows = sorted({*asking, *decided, *_between(marks.topics["ends"], min(asking), row)[-MOST_ROWS:]})

        def fold() -> tuple[Question, ...]:
            asked = Asked(journal, rows)
            asked.advance(math.inf)
            return tuple(each for each in asked.questions if each.over is None)

        return self._part("questions", tuple(rows), fold)

    def _refusals(self, begin: int, row: int) -> list[int]:
        """Errors that name URLs to visit first."""
        code = str(URL_REQUIRED).encode()
        rows = _between(self.milestones.errors, begin, row)[-MOST_ROWS:]
        return self._part(
            "refusals", tuple(rows), lambda: [seq for seq in rows if code in self._journal.head(seq)]
        )

    def _waits(self, reply: int, row: int) -> bool:
        """Whether the call of a result that asks had neither gone on nor been given up."""
        legs = self._journal.legs.of(self._journal.peer(reply))
        later = [leg for leg in legs if leg > reply]
        gone = (self.milestones.given_up.get(leg, math.inf) <= row for leg in legs)
        return not (later and later[0] <= row) and not any(gone)


def _between(rows: array[int], first: int, last: int) -> array[int]:
    """Those of rows in order that are `first` or later, and `last` or earlier."""
    return rows[bisect_left(rows, first) : bisect_right(rows, last)]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
