"""The same call many times, some at once, and what became of them: counted, not kept.

Each is a call of the session with an id of its own. The room that the counts take is bounded: times are
percentiles, kinds of outcomes and different results are so many and no more. Nothing is shown here.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio

from inspector.errors import UsageError
from inspector.journal.line import INPUT_REQUIRED, outcome_of
from inspector.journal.percentiles import Percentiles
from inspector.session.outcome import Cancelled, Closed, HttpFailed, Outcome, Replied, TimedOut
from inspector.wire.visible import seconds, size

if TYPE_CHECKING:
    from inspector.session.session import Session

MOST_TIMES = 100_000
MOST_AT_ONCE = 256
"""So many that the event loop still gets to everything else."""
_MOST_KINDS = 40
_MOST_RESULTS = 1000
_LONGEST = 1_000_000
_OTHER = "other failures"


@dataclass(frozen=True, slots=True)
class Plan:
    """How often, and how fast.

    Attributes:
        times: Calls, 1 to `MOST_TIMES`.
        at_once: How many wait for their answers at a time, 1 to `MOST_AT_ONCE`.
        rate: Calls that begin per second at the most; `math.inf` for as fast as they go.
        timeout: Seconds each may take; the session's where `None`.

    Raises:
        UsageError: A number is out of its bounds.
    """

    times: int
    at_once: int = 1
    rate: float = math.inf
    timeout: float | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.times <= MOST_TIMES:
            raise UsageError(f"A call is repeated 1 to {MOST_TIMES:,} times")
        if not 1 <= self.at_once <= MOST_AT_ONCE:
            raise UsageError(f"At once there are 1 to {MOST_AT_ONCE}")
        if not self.rate > 0:
            raise UsageError("A rate is a number of calls a second above 0")


@dataclass(slots=True)
class Kind:
    """One way in which calls ended.

    Attributes:
        word: `ok`, `tool error`, `error -32602`, `timed out`, `lost`, `HTTP 500`, `cancelled`.
        times: Seconds from request to outcome, where there was an answer.
        count: How many.
        first: The row of the first request that ended so; -1 where it was never sent.
        says: What the first one said, as the server sent it.
    """

    word: str
    times: Percentiles = field(default_factory=Percentiles)
    count: int = 0
    first: int = -1
    says: str = ""

    @property
    def ok(self) -> bool:
        return self.word == "ok"


class Tally:
    """What became of the calls so far.

    Attributes:
        kinds: The ways in which they ended, by their words, in the order in which they came first.
        times: Seconds of all that were answered.
        done: Calls that ended.
        answered: Calls that the server answered, with a result or an error.
        bytes: Of all answers.
        results: How often each different result came, by a hash of its normal form; at most 1000 of them.
        rows: The row of the first request that had each.
        more_results: There were further ones.
    """

    def __init__(self) -> None:
        self.kinds: dict[str, Kind] = {}
        self.times = Percentiles()
        self.done = 0
        self.answered = 0
        self.bytes = 0
        self.results: dict[bytes, int] = {}
        self.rows: dict[bytes, int] = {}
        self.more_results = False
        self._normal: dict[bytes, bytes] = {}

    @property
    def failed(self) -> int:
        """Calls that ended in another way than with a result that is no tool error."""
        return self.done - sum(kind.count for kind in self.kinds.values() if kind.ok)

    def add(self, outcome: Outcome, row: int = -1) -> None:
        """Count one.

        Args:
            outcome: How it ended.
            row: Of its request, where it was sent.
        """
        word, says = word_of(outcome)
        if word not in self.kinds and len(self.kinds) >= _MOST_KINDS:
            word = _OTHER
        kind = self.kinds.setdefault(word, Kind(word, first=row, says=says))
        kind.count += 1
        self.done += 1
        if isinstance(outcome, Replied):
            took = max(0.0, outcome.event.t - outcome.request.t)
            kind.times.add(took)
            self.times.add(took)
            self.answered += 1
            self.bytes += len(outcome.raw)
            if outcome.ok:
                self._compare(outcome, outcome.request.seq)

    def _compare(self, reply: Replied, row: int) -> None:
        raw = reply.raw_result
        exact = hashlib.blake2b(raw, digest_size=16).digest()
        found = self._normal.get(exact)
        if found is None:
            found = normal_hash(raw)
            if len(self._normal) < _MOST_RESULTS:
                self._normal[exact] = found
        if found in self.results or len(self.results) < _MOST_RESULTS:
            self.results[found] = self.results.get(found, 0) + 1
            self.rows.setdefault(found, row)
        else:
            self.more_results = True


def normal_hash(raw: bytes) -> bytes:
    """A hash of a result that its spelling and its `_meta` do not change; 16 bytes.

    What is longer than a megabyte, or cannot be parsed, is taken as it is spelt.
    """
    if len(raw) <= _LONGEST:
        try:
            value = json.loads(raw)
            if isinstance(value, dict):
                value.pop("_meta", None)
            raw = json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")
        except (ValueError, RecursionError):
            return hashlib.blake2b(raw, digest_size=16).digest()
    return hashlib.blake2b(raw, digest_size=16).digest()


def word_of(outcome: Outcome) -> tuple[str, str]:
    """How a call ended in a word or two, and what was said, as it came."""
    match outcome:
        case Replied() if outcome.tool_failed:
            return "tool error", ""
        case Replied() if outcome.ok and outcome_of(outcome.frame) == INPUT_REQUIRED:
            return "wants input", ""
        case Replied() if outcome.ok:
            return "ok", ""
        case Replied():
            code, message = outcome.error.get("code"), outcome.error.get("message")
            known = isinstance(code, int) and not isinstance(code, bool)
            return f"error {code}" if known else "error", message if isinstance(message, str) else ""
        case TimedOut(after):
            return "timed out", f"no answer within {after:g} s"
        case Cancelled(reason):
            return "cancelled", reason
        case Closed(says=says):
            return "lost", says
        case HttpFailed(status=status, says=says):
            return f"HTTP {status}" if status is not None else "no HTTP response", says


HEADINGS = ("outcome", "count", "share", "p50", "p95", "p99", "max")
"""Of the columns of `table`."""


def table(tally: Tally) -> list[tuple[str, ...]]:
    """What became of the calls as rows of `HEADINGS`, safe for a terminal; a sum last."""

    def row(word: str, count: int, times: Percentiles) -> tuple[str, ...]:
        took = [seconds(times.at(share)) if times.count else "" for share in (0.5, 0.95, 0.99, 1)]
        return (word, f"{count:,}", f"{count / tally.done:.1%}", *took)

    rows = [row(kind.word, kind.count, kind.times) for kind in tally.kinds.values()]
    return [*rows, row("all", tally.done, tally.times)] if len(rows) > 1 else rows


def summary(tally: Tally, took: float) -> str:
    """Rate, bytes and how many different results there were, in one line that is safe for a terminal."""
    words = [f"{tally.done:,} calls in {seconds(took)}"]
    if took > 0 and tally.done:
        words.append(f"{tally.done / took:,.1f} per second")
    words.append(size(tally.bytes))
    different = len(tally.results)
    if different:
        more = "at least " if tally.more_results else ""
        words.append(f"{more}{different:,} different results" if different > 1 else "always the same result")
    return ", ".join(words)


class Repeating:
    """Makes the calls, and counts.

    Args:
        session: Where.
        method: What is called.
        params: With what; the same each time.
        plan: How often, and how fast.

    Attributes:
        tally: What became of them so far.
        began: When it began, by the event loop's clock; `None` before. `ended` likewise.
        under_way: Calls that wait for their outcome.
        stopped: Why not all were made; empty while nothing keeps them from it.
    """

    def __init__(self, session: Session, method: str, params: Any, plan: Plan) -> None:
        self.method = method
        self.params = params
        self.plan = plan
        self.tally = Tally()
        self.began: float | None = None
        self.ended: float | None = None
        self.under_way = 0
        self.stopped = ""
        self._session = session
        self._begun = 0
        self._next = 0.0
        self._scope: anyio.CancelScope | None = None
        self._refused: UsageError | None = None

    @property
    def running(self) -> bool:
        return self.began is not None and self.ended is None

    @property
    def seconds(self) -> float:
        """How long it took, or takes so far; needs the running event loop while it runs."""
        if self.began is None:
            return 0.0
        return (anyio.current_time() if self.ended is None else self.ended) - self.began

    async def run(self) -> None:
        """Until all are made, `stop` is called, the connection ends, or this is cancelled.

        Raises:
            UsageError: The tool is withheld, or `params` are no JSON.
        """
        self.began = self._next = anyio.current_time()
        try:
            with anyio.CancelScope() as self._scope:
                async with anyio.create_task_group() as group:
                    for _ in range(min(self.plan.at_once, self.plan.times)):
                        group.start_soon(self._some)
        finally:
            self.ended = anyio.current_time()
        if self._refused is not None:
            raise self._refused

    def stop(self, reason: str = "stopped") -> None:
        """Make no further calls, and cancel those that wait. Without effect once it is over."""
        if self._scope is not None and self.ended is None:
            self.stopped = self.stopped or reason
            self._scope.cancel()

    async def _some(self) -> None:
        while self._begun < self.plan.times and not self._session.closed.is_set():
            await self._one()
        if self._session.closed.is_set() and self._begun < self.plan.times:
            self.stopped = self.stopped or "the connection ended"

    async def _one(self) -> None:
        self._begun += 1
        await self._wait_for_turn()
        try:
            # As `Session.call` does, but the request is wanted as well, whatever becomes of it.
            call = self._session.start(self.method, self.params, timeout=self.plan.timeout)
        except UsageError as refused:  # raised by `run`: a group of tasks would wrap it, once for each
            self._refused = refused
            self.stop(refused.message)
            return
        self.under_way += 1
        try:
            await call.wait()
        except anyio.get_cancelled_exc_class():
            call.cancel(self.stopped or "stopped")
            raise
        finally:
            self.under_way -= 1
            if call.outcome is not None:
                self.tally.add(call.outcome, call.request.seq if call.request is not None else -1)

    async def _wait_for_turn(self) -> None:
        if math.isfinite(self.plan.rate):
            begins = max(self._next, anyio.current_time())
            self._next = begins + 1 / self.plan.rate
            await anyio.sleep_until(begins)
