"""The progress of calls over time: how far, how fast, how long.

A fold over `notifications/progress`, tied to requests by `inspector.journal.related`. Whatever a server
reports is kept as it came; what cannot be a share of anything has no percentage.
"""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Any

from inspector.journal.journal import Journal
from inspector.journal.related import Related
from inspector.journal.scan import Scan
from inspector.wire.event import Kind, Shape
from inspector.wire.visible import clip, visible

MOST_CALLS = 500
"""Calls whose progress is remembered: the latest."""
MOST_POINTS = 256
"""Points that are kept of one call; where there are more, every other one is left out."""
RECENT = 5.0
"""Seconds that the rate is taken from; more where nothing came in them."""
_APART = 0.1
MOST_SAID = 5
"""Messages that are remembered of one call: the latest, each once in a row."""
_WIDEST = 400


@dataclass(slots=True)
class Progress:
    """How one call goes on.

    Attributes:
        request: Row of the request.
        began: When it was sent, in seconds since the journal's start.
        points: Time and progress of what was reported, thinned out.
        notices: How many notifications came.
        value: The latest progress; `total` and `message` likewise, `None` and empty where not said.
        time: When the latest came.
        ended: When the call was answered; `None` while it was not.
        said: The latest messages, oldest first; `message` is the last of them where it is not empty.
        backwards: Whether progress ever failed to increase, which it must (basic/patterns/progress).
    """

    request: int
    began: float
    points: list[tuple[float, float]] = field(default_factory=list)
    notices: int = 0
    value: float | None = None
    total: float | None = None
    message: str = ""
    time: float = 0.0
    ended: float | None = None
    backwards: bool = False
    said: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_SAID))
    _every: int = 1
    _recent: deque[tuple[float, float]] = field(default_factory=deque)
    _latest: tuple[float, float] = (0.0, 0.0)

    @property
    def share(self) -> float | None:
        """How much is done, 0 to 1; `None` where that cannot be said."""
        if self.value is None or self.total is None or self.total <= 0:
            return None
        return min(1.0, max(0.0, self.value / self.total))

    @property
    def beyond(self) -> bool:
        """Whether more is done than there is in total."""
        return self.value is not None and self.total is not None and self.value > self.total

    @property
    def rate(self) -> float | None:
        """Progress per second, over the last `RECENT` seconds; `None` where too little was said."""
        if not self._recent or self._latest[0] <= self._recent[0][0]:
            return None
        (began, before), (now, value) = self._recent[0], self._latest
        rate = (value - before) / (now - began)
        return rate if math.isfinite(rate) else None

    @property
    def left(self) -> float | None:
        """Seconds that it will take at this rate; `None` where that cannot be said."""
        rate = self.rate
        if rate is None or rate <= 0 or self.value is None or self.total is None:
            return None
        left = max(0.0, (self.total - self.value) / rate)
        return left if math.isfinite(left) else None

    def elapsed(self, now: float) -> float:
        """Seconds from the request to its end, or to `now`, by the journal's clock."""
        return max(0.0, (now if self.ended is None else self.ended) - self.began)

    def add(self, time: float, params: Any) -> None:
        """Take in what a notification says."""
        self.notices += 1
        self.time = time
        value, total, message = (params.get(key) for key in ("progress", "total", "message"))
        self.message = clip(visible(message[: 2 * _WIDEST]), _WIDEST) if isinstance(message, str) else ""
        if self.message and (not self.said or self.said[-1] != self.message):
            self.said.append(self.message)
        self.total = _number(total)
        number = _number(value)
        if number is None:
            return
        self.backwards = self.backwards or (self.value is not None and number <= self.value)
        self.value = number
        self._recently(time, number)
        if (self.notices - 1) % self._every == 0:
            self.points.append((time, number))
            if len(self.points) > MOST_POINTS:
                del self.points[1::2]
                self._every *= 2

    def _recently(self, time: float, number: float) -> None:
        recent, self._latest = self._recent, (time, number)
        if not recent or time - recent[-1][0] >= _APART:
            recent.append((time, number))
        while len(recent) > 1 and recent[1][0] <= time - RECENT:
            recent.popleft()


class Progresses:
    """The progress of all calls of a journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._scan = Scan(journal)
        self._related = Related(journal)
        self._calls: OrderedDict[int, Progress] = OrderedDict()

    def advance(self, budget: float) -> bool:
        """Fold more rows for about `budget` seconds; returns whether there is more to fold."""
        return self._scan.advance(budget, self._take)

    def of(self, request: int) -> Progress | None:
        """The progress of the call whose request stands at this row; `None` where none was reported."""
        return self._calls.get(request)

    @property
    def running(self) -> tuple[Progress, ...]:
        """The calls that made progress and are not answered, oldest first."""
        return tuple(each for each in self._calls.values() if each.ended is None)

    def _take(self, seq: int) -> None:
        journal = self._journal
        if journal.kind(seq) is not Kind.MESSAGE:
            return
        if journal.shape(seq) is not Shape.NOTIFICATION:
            known = self._calls.get(journal.peer(seq))
            if known is not None and known.ended is None and seq > known.request:
                known.ended = journal.time(seq)
            return
        if journal.method(seq) != "notifications/progress":
            return
        request = self._related.request_of(seq)
        frame = journal.event(seq).frame
        if request < 0 or frame is None:
            return
        known = self._calls.get(request)
        if known is None:
            known = self._calls[request] = Progress(request, journal.time(request))
            if len(self._calls) > MOST_CALLS:
                self._calls.popitem(last=False)
        known.add(journal.time(seq), frame.params)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
