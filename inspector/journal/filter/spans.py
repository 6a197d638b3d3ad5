"""Where a regular expression matches in a text, in bounded time: for what takes matches out of texts.

Python's engine is asked where the pattern can only go on, or the text is short enough; else the program of
the automaton is stepped through with the place where each of its threads began, under a clock. Of several
matches at one place the longest counts there.
"""

from __future__ import annotations

import math
import re
import time
from typing import Any

from inspector.journal.filter.automaton import BEGIN, OTHER, Program, kind_before, stands
from inspector.journal.filter.regex import MOST_STEPS, check, estimate, parsed
from inspector.journal.filter.terms import Regex

Span = tuple[int, int]
_MOST_TRIES = 2_000
_LOOK = 256  # characters between two looks at the clock
_ONE = frozenset({"LITERAL", "NOT_LITERAL", "ANY", "IN"})


class Spans:
    """Finds matches of one pattern.

    Args:
        source: As Python's `re` has it, without back references and lookaround.

    Raises:
        ValueError: One sentence why the pattern cannot be run in bounded time.
    """

    def __init__(self, source: str) -> None:
        wrong = check(Regex(source))
        if wrong is not None:
            raise ValueError(f"{wrong.says}: expected {wrong.expected}")
        tree = parsed(source, 0)
        self._pattern = re.compile(source)
        if self._pattern.match("") is not None:
            raise ValueError(
                "The regular expression matches where nothing is: expected one that needs a character"
            )
        self._goes_on = _tries(tree, True) <= _MOST_TRIES
        self._power, self._factor = estimate(tree)
        self._steps = Program(tree).steps

    def find(self, text: str, seconds: float) -> list[Span] | None:
        """All matches from left to right; `None` where that took longer than `seconds`."""
        cost = self._power * math.log(len(text) + 2) + self._factor
        if self._goes_on or cost <= math.log(MOST_STEPS):
            return [found.span() for found in self._pattern.finditer(text) if found.end() > found.start()]
        until = time.monotonic() + seconds
        found: list[Span] = []
        at = 0
        while at < len(text):
            one = self._next(text, at, until)
            if one is None:
                return None
            if one[1] <= one[0]:
                break
            found.append(one)
            at = one[1]
        return found

    def _next(self, text: str, at: int, until: float) -> Span | None:
        """The first match from `at` on, (0, 0) where there is none, `None` where time is over."""
        threads: dict[int, int] = {}
        best = (0, 0)
        before = BEGIN if at == 0 else kind_before(text[at - 1])
        for place in range(at, len(text) + 1):
            if place % _LOOK == 0 and time.monotonic() > until:
                return None
            c = text[place] if place < len(text) else ""
            if best == (0, 0):
                threads.setdefault(0, place)
            reached, ended = self._reach(threads, before, c, place >= len(text) - 1)
            if ended is not None and ended < place and (best == (0, 0) or ended <= best[0]):
                best = (ended, place)
            threads = {}
            for step, start in reached:
                if c and (best == (0, 0) or start <= best[0]) and self._steps[step][1](c):
                    threads[step + 1] = min(start, threads.get(step + 1, start))
            if best != (0, 0) and not threads:
                break
            before = kind_before(c) if c else OTHER
        return best

    def _reach(
        self, threads: dict[int, int], before: int, c: str, last: bool
    ) -> tuple[list[tuple[int, int]], int | None]:
        """Instructions that take a character, each with where its match began; where one that ends began."""
        steps, seen = self._steps, set[int]()
        reached: list[tuple[int, int]] = []
        ended: int | None = None
        # Who began first goes first, and whoever comes after them to the same place says nothing new.
        for first, start in sorted(threads.items(), key=lambda thread: thread[1]):
            todo = [first]
            while todo:
                at = todo.pop()
                if at in seen:
                    continue
                seen.add(at)
                op, what, to = steps[at]
                if op == "is":
                    reached.append((at, start))
                elif op == "found":
                    ended = start if ended is None else min(ended, start)
                elif op == "split":
                    todo += (what, to)
                elif op == "jump":
                    todo.append(to)
                elif stands(what, before, c, last):
                    todo.append(at + 1)
        return reached, ended


def _tries(nodes: Any, end: bool) -> float:
    """In how many ways one attempt can go before it fails; a repetition at the pattern's end only goes on."""
    nodes = list(nodes)
    ways = 1.0
    for number, (op, given) in enumerate(nodes):
        ways *= _tries_of(str(op), given, end and number == len(nodes) - 1)
    return ways


def _tries_of(op: str, given: Any, last: bool) -> float:
    match op:
        case "SUBPATTERN":
            return _tries(given[3], last)
        case "BRANCH":
            return sum(_tries(way, last) for way in given[1])
        case "MAX_REPEAT" | "MIN_REPEAT":
            least, most, body = int(given[0]), int(given[1]), list(given[2])
            single = len(body) == 1 and str(body[0][0]) in _ONE
            if single and last and op == "MAX_REPEAT":
                return max(1.0, least)
            ways = _tries(body, False)
            if most > _MOST_TRIES:
                return math.inf
            return (most - least + 1.0) * min(max(ways, 1.0), 10.0**6) ** min(most, 50) * max(most, 1)
    return 1.0
