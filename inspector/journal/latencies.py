"""How long calls took, by method and by tool: counts, errors, percentiles, bytes, and how it went over time.

A fold over the lanes (`inspector.journal.lanes`) under a budget of time. Of the rows only the requests that
call a tool are read, and of those the name. What is kept is bounded, whatever a server or a recording holds.
"""

from __future__ import annotations

import re
import time
from array import array
from collections.abc import Mapping
from typing import Any

from inspector.journal.heads import loads_head
from inspector.journal.journal import Journal
from inspector.journal.lanes import Lanes
from inspector.journal.pairing import Status
from inspector.journal.percentiles import Percentiles
from inspector.wire.event import Direction, Shape
from inspector.wire.visible import clip, visible

MOST = 1_000
"""Methods and tools that are told apart; those beyond share one entry."""
OTHERS = "(others)"
COLUMNS = 32
"""Steps of time that are kept of each, at most."""

_HEAD = 700
_NAME = re.compile(
    rb'"message":\{"jsonrpc":"2\.0","id":(?:\d{1,18}|"[^"\\]{0,80}"),"method":"tools/call",'
    rb'"params":\{"name":"([ !#-\[\]-~]{0,200})"'
)
_SLICE = 64
_ERRORS = frozenset({Status.ERROR, Status.TOOL_ERROR, Status.TIMED_OUT, Status.LOST})
_UNANSWERED = frozenset({Status.TIMED_OUT, Status.CANCELLED, Status.LOST})


class Timing:
    """What is known of one method, or of one tool.

    Attributes:
        direction: Who asks: `C2S` for calls, `S2C` for what the server asks back.
        method: Its name, safe for a terminal; `batch` for batches.
        tool: Likewise, of `tools/call`; else empty.
        count: Requests sent.
        errors: Requests that ended with an error or a tool's error, timed out, or were lost.
        took: Seconds to the answer, of those that were answered.
        bytes: Of requests and answers.
        first: Row of the first request.
        slowest: Row of the request that took longest; -1 where none was answered.
    """

    __slots__ = (
        "_counts",
        "_sums",
        "bytes",
        "count",
        "direction",
        "errors",
        "first",
        "method",
        "slowest",
        "took",
        "tool",
    )

    def __init__(self, direction: Direction, method: str, tool: str, first: int) -> None:
        self.direction = direction
        self.method = method
        self.tool = tool
        self.count = 0
        self.errors = 0
        self.took = Percentiles()
        self.bytes = 0
        self.first = first
        self.slowest = -1
        self._sums = array("d", bytes(8 * COLUMNS))
        self._counts = array("I", bytes(4 * COLUMNS))

    def add(self, row: int, took: float, step: int) -> None:
        """A request of this was answered, in the given step of time."""
        if self.slowest < 0 or took > self.took.most:
            self.slowest = row
        self.took.add(took)
        self._sums[step] += took
        self._counts[step] += 1

    def halve(self) -> None:
        """Steps of time become twice as long."""
        half = COLUMNS // 2
        sums, counts = self._sums, self._counts
        self._sums = array("d", [*(sums[at] + sums[at + 1] for at in range(0, COLUMNS, 2)), *[0.0] * half])
        self._counts = array(
            "I", [*(counts[at] + counts[at + 1] for at in range(0, COLUMNS, 2)), *[0] * half]
        )

    def over_time(self, steps: int) -> list[float | None]:
        """The mean of each of the first `steps` steps; `None` where nothing was answered."""
        return [
            self._sums[at] / self._counts[at] if self._counts[at] else None
            for at in range(min(steps, COLUMNS))
        ]


class Latencies:
    """The timings of a journal.

    Args:
        lanes: What is folded; advanced along with this.

    Attributes:
        timings: All there are, in the order in which they were first seen.
        revision: Another number whenever something changed.
        step: Seconds of a step of time, the same for all.
    """

    def __init__(self, lanes: Lanes) -> None:
        self.lanes = lanes
        self.timings: list[Timing] = []
        self.revision = 0
        self.step = 0.125
        self._by_key: dict[tuple[Direction, str, str], Timing] = {}
        self._asked = {"calls": 0, "asked": 0}
        self._ended = 0
        self._waiting: dict[int, Timing] = {}
        self._lost: dict[int, Timing] = {}

    @property
    def steps(self) -> int:
        """Steps of time up to now."""
        return min(COLUMNS, int(self.lanes.now / self.step) + 1)

    @property
    def scanned(self) -> float:
        """How much of the journal was folded, 0 to 1."""
        whole = sum(len(self.lanes.lanes[name]) for name in self._asked)
        return self.lanes.scanned * (sum(self._asked.values()) / whole if whole else 1)

    def advance(self, budget: float) -> bool:
        """Fold more for about `budget` seconds; returns whether there is more to fold."""
        deadline = time.monotonic() + budget
        more = self.lanes.advance(budget / 2)
        while self._some():
            if time.monotonic() >= deadline:
                return True
        return more

    def of(self, seq: int) -> Timing | None:
        """The timing that a request belongs to; `None` where there is none."""
        journal = self.lanes.journal
        shape = journal.shape(seq)
        if shape not in (Shape.REQUEST, Shape.BATCH):
            return None
        return self._by_key.get(_key(journal, seq))

    def _some(self) -> bool:
        """Fold a few; returns whether there was anything."""
        lanes, found = self.lanes, False
        for name, done in self._asked.items():
            rows = lanes.lanes[name].rows
            last = min(len(rows), done + _SLICE)
            for at in range(done, last):
                self._begin(rows[at])
            self._asked[name] = last
            found = found or last > done
        if found and any(len(lanes.lanes[name]) > done for name, done in self._asked.items()):
            return True  # an end is taken after its beginning
        last = min(len(lanes.endings), self._ended + _SLICE)
        for at in range(self._ended, last):
            self._end(lanes.endings[at], Status(lanes.outcomes[at]))
        found = found or last > self._ended
        self._ended = last
        self.revision += found
        return found

    def _begin(self, row: int) -> None:
        journal = self.lanes.journal
        key = _key(journal, row)
        timing = self._by_key.get(key)
        if timing is None:
            if len(self._by_key) >= MOST:
                key = (key[0], OTHERS, "")
                timing = self._by_key.get(key)
            if timing is None:
                timing = self._by_key[key] = Timing(*key, row)
                self.timings.append(timing)
        timing.count += 1
        timing.bytes += journal.size(row)
        self._waiting[row] = timing

    def _end(self, row: int, status: Status) -> None:
        timing = self._waiting.pop(row, None)
        if timing is None:
            timing = self._lost.pop(row, None)  # given up for lost, and answered after all
            if timing is None:
                return
            timing.errors -= 1
        timing.errors += status in _ERRORS
        if status is Status.LOST:
            self._lost[row] = timing
        journal = self.lanes.journal
        peer = journal.peer(row)
        if status in _UNANSWERED or peer < 0:
            return
        timing.bytes += journal.size(peer)
        timing.add(row, journal.latency(row) or 0.0, self._step_of(journal.time(peer)))

    def _step_of(self, at: float) -> int:
        if not 0 <= at < 1e12:
            return 0
        while at / self.step >= COLUMNS:
            self.step *= 2
            for timing in self.timings:
                timing.halve()
        return int(at / self.step)


def _key(journal: Journal, row: int) -> tuple[Direction, str, str]:
    method = journal.method(row) or "batch"
    tool = _tool(journal, row) if method == "tools/call" else ""
    return journal.direction(row), clip(visible(method[:200]), 100), tool


def _tool(journal: Journal, row: int) -> str:
    """The name of the tool that is called, safe for a terminal."""
    start, end = journal.span(row)
    line = journal.raw(start, min(end, start + _HEAD)).split(b"\n", 1)[0]
    known = _NAME.search(line)  # as this program writes it: what is not written so is parsed
    if known is not None:
        return clip(known.group(1).decode("ascii"), 100)
    value = loads_head(journal.head(row))
    if not isinstance(value, Mapping):
        return ""
    params: Any = value.get("params")
    name = params.get("name") if isinstance(params, Mapping) else None
    return clip(visible(name[:200]), 100) if isinstance(name, str) else ""
