"""Finds the recorded request that one at hand is, and remembers which were taken.

Requests that are the same are answered in recorded order, and when there are no more by the last of them
again, unless each is to be answered once. It knows no time and sends nothing.
"""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import dataclass
from typing import Any

from inspector.serving.normal import Asked, Match, asked, differences, nearness
from inspector.serving.script import Call, Script

_MOST_COMPARED = 500


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


class Matcher:
    """The requests of a script, by what makes them equal.

    Args:
        script: Where they come from.
        match: How they are compared.
        once: Whether each is taken once only.
    """

    def __init__(self, script: Script, match: Match = "normal", *, once: bool = False) -> None:
        self._script = script
        self._match: Match = match
        self._once = once
        self._by_method: dict[str, list[Call]] = {}
        for call in script.calls:
            self._by_method.setdefault(call.method, []).append(call)
        self._indexed: dict[str, dict[str, list[tuple[Call, Asked]]]] = {}
        self._taken: set[tuple[int, int]] = set()
        self._last = -1

    @property
    def methods(self) -> Counter[str]:
        """The methods of recorded requests, and how many of each there are."""
        return Counter(call.method for call in self._script.calls if call.asks)

    def has(self, method: str) -> bool:
        """Whether such a request was recorded at all."""
        return method in self._by_method

    def find(self, method: str, params: Any) -> Call | None:
        """The recorded request to play for one at hand, which is taken by that; `None` for none."""
        wanted = asked(method, params, self._match)
        if self._match == "sequence":
            return self._next(method)
        same = self._index(method).get(wanted.key, [])
        if not same:
            return None
        near = max(nearness(wanted.soft, each.soft) for _, each in same)
        best = [call for call, each in same if nearness(wanted.soft, each.soft) == near]
        fresh = next((call for call in best if (call.row, call.item) not in self._taken), None)
        if fresh is None and self._once:
            return None
        return self._take(fresh or best[-1])

    def _next(self, method: str) -> Call | None:
        calls = self._by_method.get(method, ())
        found = next((call for call in calls if call.row > self._last), None)
        if found is not None and found.asks:
            self._last = found.row
        return found

    def _take(self, call: Call) -> Call:
        self._taken.add((call.row, call.item))
        return call

    def _index(self, method: str) -> dict[str, list[tuple[Call, Asked]]]:
        found = self._indexed.get(method)
        if found is None:
            found = self._indexed[method] = {}
            for call in self._by_method.get(method, ()):
                each = asked(method, self._params(call), self._match)
                found.setdefault(each.key, []).append((call, each))
        return found

    def _params(self, call: Call) -> Any:
        frame = self._script.frame(call.row, call.item)
        return frame.value.get("params") if frame is not None and isinstance(frame.value, dict) else None

    def missed(self, method: str, params: Any, about: str) -> Miss:
        """Why there is no answer to a request, with the recorded request that comes nearest."""
        if not self.has(method):
            near = difflib.get_close_matches(method, list(self._by_method)[:_MOST_COMPARED], n=1)
            row = self._by_method[near[0]][0].row if near else -1
            return Miss(method, about, row, (), "no request of this method")
        if self._match == "sequence":
            return Miss(method, about, -1, (), "no more of this method from here on")
        wanted = asked(method, params, self._match)
        if wanted.key in self._index(method):
            row = self._index(method)[wanted.key][-1][0].row
            return Miss(method, about, row, (), "each recorded answer was given once")
        best: tuple[int, int, list[str]] | None = None
        for same in list(self._index(method).values())[:_MOST_COMPARED]:
            call, each = same[0]
            differs = differences(wanted.hard, each.hard)
            if best is None or len(differs) < best[0]:
                best = (len(differs), call.row, differs)
        row, differs = (best[1], best[2]) if best else (-1, [])
        return Miss(method, about, row, tuple(differs), "no such request")
