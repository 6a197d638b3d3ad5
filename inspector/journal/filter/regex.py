"""Regular expressions with a limit of time: which are taken, and how they are run.

What a server writes is searched, and Python's engine can take forever on a text that is made for it. So it
is asked only where the pattern, at the length of the text, ends soon by an upper estimate; else an automaton
of ours reads the text, character by character, under a clock.
"""

from __future__ import annotations

import math
import re
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from inspector.journal.filter.automaton import Automaton, Unsupported, tree_of
from inspector.journal.filter.terms import Regex

LONGEST = 500
"""Characters of a pattern."""
LIMIT = 0.04
"""Seconds for one text; what takes longer is taken for no match."""
MOST_STEPS = 1_000_000
_PLAIN = re.compile(r"[ !#-.0-\[\]-~]")


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a pattern is not taken: what is wrong, at which of its characters, and what would be right."""

    says: str
    at: int
    expected: str


class Search:
    """A regular expression that is run.

    Attributes:
        unsure: Texts that took too long, and count as no match.
        literal: Characters that stand in every text it matches, as they are; empty where none are known.
    """

    def __init__(self, regex: Regex) -> None:
        flags = re.IGNORECASE if regex.ignore_case else 0
        tree = parsed(regex.source, flags)
        self._pattern = re.compile(regex.source, flags)
        self._automaton = Automaton(tree)
        self._power, self._factor = estimate(tree)
        if _anchored(tree):
            self._power -= 1
        self.literal = _literal(tree)
        self.unsure = 0

    def occurs(self, text: str) -> bool:
        """Whether it matches somewhere in `text`."""
        if self._power * math.log(len(text) + 2) + self._factor <= math.log(MOST_STEPS):
            return self._pattern.search(text) is not None
        found = self._automaton.occurs(text, LIMIT)
        if found is None:
            self.unsure += 1
        return bool(found)


@lru_cache(maxsize=32)
def search(regex: Regex) -> Search:
    """The search of a regular expression that `check` has let pass."""
    return Search(regex)


def check(regex: Regex) -> Wrong | None:
    """What is wrong with a regular expression; `None` where it can be run."""
    if len(regex.source) > LONGEST:
        return Wrong("The regular expression is too long", LONGEST, f"at most {LONGEST} characters")
    try:
        search(regex)
    except re.error as error:
        return Wrong(f"No regular expression: {error.msg}", error.pos or 0, "one that Python's re takes")
    except (RecursionError, OverflowError):
        return Wrong("No regular expression: it is nested too deep", 0, "a simpler one")
    except Unsupported as error:
        return Wrong(f"The regular expression {error}", 0, "one without back references and lookaround")
    return None


def parsed(source: str, flags: int) -> Any:
    """The pattern as `tree_of` gives it, without what Python warns of."""
    # For good, and not for a moment: a filter for a moment is none for other threads.
    warnings.filterwarnings("ignore", "Possible ", FutureWarning)
    return tree_of(source, flags)


def estimate(nodes: Any) -> tuple[float, float]:
    """An upper estimate of the engine's steps: length to the power of the first, times e to the second."""
    power, factor, endless = _cost(nodes)
    return (math.inf, 0.0) if endless else (power + 1, factor)


def _cost(nodes: Any) -> tuple[float, float, bool]:
    """Of a sequence: repetitions, the logarithm of the other choices, and whether choices are repeated."""
    power, factor, endless = 0.0, 0.0, False
    for op, given in nodes:
        match str(op):
            case "SUBPATTERN":
                more = _cost(given[3])
            case "BRANCH":
                each = [_cost(way) for way in given[1]]
                worst = max(cost[0] for cost in each), max(cost[1] for cost in each)
                more = worst[0], worst[1] + math.log(len(each)), any(cost[2] for cost in each)
            case "MAX_REPEAT" | "MIN_REPEAT":
                more = _repeated(int(given[0]), int(given[1]), _cost(given[2]))
            case _:
                more = 0.0, 0.0, False
        power, factor, endless = power + more[0], factor + more[1], endless or more[2]
    return power, factor, endless


def _repeated(least: int, most: int, body: tuple[float, float, bool]) -> tuple[float, float, bool]:
    choice = body[0] > 0 or body[1] > 0
    if most == 1:
        return body[0], body[1] + math.log(2), body[2]
    if least == most:
        return body[0] * most, body[1] * most + math.log(most + 1), body[2]
    return 1.0, 0.0, body[2] or choice


def _anchored(tree: Any) -> bool:
    return bool(len(tree)) and str(tree[0][0]) == "AT" and str(tree[0][1]).startswith("AT_BEGINNING")


def _literal(nodes: Any) -> str:
    """The longest run of plain characters that must be there."""
    best, run = "", ""
    for op, given in nodes:
        letter = chr(given) if str(op) == "LITERAL" else ""
        if letter and _PLAIN.match(letter):
            run += letter
            best = max(best, run, key=len)
            continue
        run = ""
        if str(op) == "SUBPATTERN":
            best = max(best, _literal(given[3]), key=len)
    return best
