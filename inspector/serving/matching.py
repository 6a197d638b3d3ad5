"""Finds the recorded request that one at hand is, and remembers which were taken.

Requests that are the same are answered in recorded order, and when there are no more by the last of them
again, unless each is to be answered once. It knows no time and sends nothing.
"""

from __future__ import annotations

import difflib
import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from inspector.serving.normal import Asked, Match, asked, differences, nearness
from inspector.serving.script import Script
from inspector.serving.steps import Call

_MOST_COMPARED = 500
_MOST_READ = 4 << 20
_LONGEST_METHOD = 200


@dataclass(frozen=True, slots=True)
class Miss:
    """A request that the recording has no answer to.

    Attributes:
        method: Its method; `about` what it is about, as `target_of` tells. Both are the client's own text.
        row: The nearest recorded request; -1 where there is none.
        differs: Where that one differs.
        says: Why it is a miss, one sentence.
        times: How often it was asked.
    """

    method: str
    about: str
    row: int
    differs: tuple[str, ...]
    says: str
    times: int = 1

    @property
    def sentence(self) -> str:
        """For the client: what is the matter, and the first of what differs."""
        nearest = f"; row {self.row} comes nearest" if self.row >= 0 else ""
        differs = f" ({self.differs[0]})" if self.differs else ""
        return f"Not in this recording: {self.says}{nearest}{differs}"


@dataclass(eq=False, slots=True)
class Alike:
    """Recorded requests with nothing between them: the same method, key and preferences.

    Attributes:
        key: What stands for what they must have in common, see `Asked.key`.
        soft: What one prefers to be equal.
        calls: They themselves, in order.
    """

    key: bytes
    soft: Mapping[str, Any]
    calls: list[Call] = field(default_factory=list)


class Requests:
    """The requests of a script, by what makes them equal; one for all sessions that are served.

    It reads no more of the recording than was asked for: requests are looked at in their order, and only
    until one is found that will do.

    Args:
        script: Where they come from.
        match: How they are compared.
    """

    def __init__(self, script: Script, match: Match = "normal") -> None:
        self.match: Match = match
        self._script = script
        self._by_method: dict[str, list[Call]] = {}
        for call in script.calls:
            self._by_method.setdefault(call.method, []).append(call)
        self._indexed: dict[str, dict[bytes, dict[bytes, Alike]]] = {}
        self._reached: Counter[str] = Counter()

    def of(self, method: str) -> Sequence[Call]:
        """The requests and notifications of a method, in order."""
        return self._by_method.get(method, ())

    @property
    def methods(self) -> Iterable[str]:
        """The methods of them all, in the order of the first of each."""
        return self._by_method

    def same(self, method: str, key: bytes) -> Collection[Alike]:
        """Those that are the same as a request with this key, as far as they were looked at."""
        return self._indexed.get(method, {}).get(key, {}).values()

    def read_on(self, method: str) -> Alike | None:
        """Look at the next of a method's requests, and return where it belongs; `None` where all are read."""
        calls, at = self.of(method), self._reached[method]
        if at == len(calls):
            return None
        self._reached[method] += 1
        each = self.asked(calls[at])
        key = digest(each.key)
        same = self._indexed.setdefault(method, {}).setdefault(key, {})
        alike = same.setdefault(digest(each.soft_key), Alike(key, each.soft))
        alike.calls.append(calls[at])
        return alike

    def some(self, method: str) -> Iterator[Call]:
        """One of each that differ, as far as they were looked at; not too many, and not too long in all."""
        read, journal = 0, self._script.journal
        firsts = (next(iter(same.values())).calls[0] for same in self._indexed.get(method, {}).values())
        for call in islice(firsts, _MOST_COMPARED):
            yield call
            read += journal.size(call.row)
            if read > _MOST_READ:
                return

    def asked(self, call: Call) -> Asked:
        """A recorded request as it is compared."""
        frame = self._script.frame(call.row, call.item)
        params = frame.value.get("params") if frame is not None and isinstance(frame.value, dict) else None
        return asked(call.method, params, self.match)


class Matcher:
    """Which recorded request answers, for one session.

    Args:
        requests: What was recorded.
        once: Whether each is taken once only.
    """

    def __init__(self, requests: Requests, *, once: bool = False) -> None:
        self._requests = requests
        self._once = once
        self._given: Counter[Alike] = Counter()
        self._passed: Counter[str] = Counter()  # with `sequence`: of each method, how many are behind
        self._last = (-1, -1)

    def has(self, method: str) -> bool:
        """Whether such a request was recorded at all."""
        return bool(self._requests.of(method))

    def find(self, method: str, params: Any) -> Call | None:
        """The recorded request to play for one at hand, which is taken by that; `None` for none."""
        if self._requests.match == "sequence":
            return self._next(method)
        if not self.has(method):
            return None
        wanted = asked(method, params, self._requests.match)
        key, soft = digest(wanted.key), wanted.soft
        same = self._requests.same(method, key)
        if found := self._fresh(each for each in same if nearness(soft, each.soft) == len(soft)):
            return self._take(found)
        # What was not looked at yet comes later: of that, the first that fits in all respects will do.
        while (alike := self._requests.read_on(method)) is not None:
            if alike.key == key and nearness(soft, alike.soft) == len(soft):
                return self._take(alike)
        same = self._requests.same(method, key)
        if not same:
            return None
        near = max(nearness(soft, each.soft) for each in same)
        best = [each for each in same if nearness(soft, each.soft) == near]
        if found := self._fresh(best):
            return self._take(found)
        return None if self._once else max((each.calls[-1] for each in best), key=_place)

    def _fresh(self, alike: Iterable[Alike]) -> Alike | None:
        """The one whose next request, that was not taken yet, comes first."""
        left = [each for each in alike if self._given[each] < len(each.calls)]
        return min(left, key=lambda each: _place(each.calls[self._given[each]]), default=None)

    def _take(self, alike: Alike) -> Call:
        self._given[alike] += 1
        return alike.calls[self._given[alike] - 1]

    def _next(self, method: str) -> Call | None:
        calls = self._requests.of(method)
        while self._passed[method] < len(calls):
            call = calls[self._passed[method]]
            if _place(call) > self._last:
                if call.asks:
                    self._last = _place(call)
                return call
            self._passed[method] += 1
        return None

    def missed(self, method: str, params: Any, about: str) -> Miss:
        """Why there is no answer to a request, with the recorded request that comes nearest."""
        requests, named = self._requests, method[:_LONGEST_METHOD]
        if not self.has(method):
            known = list(islice(requests.methods, _MOST_COMPARED))
            near = difflib.get_close_matches(named, known, n=1)
            row = requests.of(near[0])[0].row if near else -1
            return Miss(named, about, row, (), "no request of this method")
        if requests.match == "sequence":
            return Miss(named, about, -1, (), "no more of this method from here on")
        while requests.read_on(method) is not None:
            pass  # a miss is told of all
        wanted = asked(method, params, requests.match)
        if same := requests.same(method, digest(wanted.key)):
            row = max(each.calls[-1].row for each in same)
            return Miss(named, about, row, (), "each recorded answer was given once")
        best: tuple[int, int, list[str]] | None = None
        for call in requests.some(method):
            differs = differences(wanted.hard, requests.asked(call).hard)
            if best is None or len(differs) < best[0]:
                best = (len(differs), call.row, differs)
            if best[0] <= 1:
                break
        row, differs = (best[1], best[2]) if best else (-1, [])
        return Miss(named, about, row, tuple(differs), "no such request")


def _place(call: Call) -> tuple[int, int]:
    return call.row, call.item


def digest(key: str) -> bytes:
    """What stands for a key: the text itself can be as long as the request."""
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
