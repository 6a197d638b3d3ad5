"""A regular expression as an automaton that never goes back: it takes time by the text, and can be stopped.

Python's own engine is faster on most texts and can take forever on some. This one reads each character once.
It knows no groups to refer back to and does not look around; `build` says so of a pattern that needs them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

MOST_STEPS = 2_000
"""Instructions of one pattern; counted repetitions are written out."""
_MOST_KNOWN = 20_000  # transitions that are remembered
_FOUND = -1
_LOOK = 2_048  # characters between two looks at the clock

# The tree of the standard library's own parser: private to it, and the same from 3.11 to 3.14.
_PARSER: Any = import_module("re._parser")
_NAMES: Any = import_module("re._constants")

Is = Callable[[str], bool]
_CATEGORIES: dict[str, Is] = {
    "CATEGORY_DIGIT": str.isdecimal,
    "CATEGORY_NOT_DIGIT": lambda c: not c.isdecimal(),
    "CATEGORY_SPACE": str.isspace,
    "CATEGORY_NOT_SPACE": lambda c: not c.isspace(),
    "CATEGORY_WORD": lambda c: c.isalnum() or c == "_",
    "CATEGORY_NOT_WORD": lambda c: not (c.isalnum() or c == "_"),
}


class Unsupported(ValueError):
    """What of a pattern cannot be matched without going back, or is too large."""


def tree_of(source: str, flags: int) -> Any:
    """The pattern as the standard library parses it.

    Raises:
        re.error, RecursionError, OverflowError: It is no regular expression.
    """
    return _PARSER.parse(source, flags)


class Program:
    """Instructions: `is` takes a character, `split` goes both ways, `jump`, `at` asks for a place."""

    def __init__(self, tree: Any) -> None:
        self.steps: list[tuple[str, Any, int]] = []
        self._all(tree, tree.state.flags)
        self._emit("found", None)

    def _emit(self, op: str, what: Any, to: int = 0) -> int:
        if len(self.steps) >= MOST_STEPS:
            raise Unsupported("is too large")
        self.steps.append((op, what, to))
        return len(self.steps) - 1

    def _all(self, nodes: Iterable[Any], flags: int) -> None:
        for op, given in nodes:
            self._one(str(op), given, flags)

    def _one(self, op: str, given: Any, flags: int) -> None:
        match op:
            case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN":
                self._emit("is", _taker(op, given, flags))
            case "AT":
                self._emit("at", (str(given), bool(flags & re.MULTILINE)))
            case "SUBPATTERN":
                self._all(given[3], (flags | given[1]) & ~given[2])
            case "BRANCH":
                self._branch(given[1], flags)
            case "MAX_REPEAT" | "MIN_REPEAT":
                self._repeat(given, flags)
            case "GROUPREF" | "GROUPREF_EXISTS":
                raise Unsupported("refers back to a group")
            case "ASSERT" | "ASSERT_NOT":
                raise Unsupported("looks ahead or behind")
            case _:  # atomic groups and possessive repetitions
                raise Unsupported("forbids to go back")

    def _branch(self, ways: list[Any], flags: int) -> None:
        ends: list[int] = []
        for way in ways[:-1]:
            split = self._emit("split", None)
            self._all(way, flags)
            ends.append(self._emit("jump", None))
            self.steps[split] = ("split", split + 1, len(self.steps))
        self._all(ways[-1], flags)
        for end in ends:
            self.steps[end] = ("jump", None, len(self.steps))

    def _repeat(self, given: tuple[Any, Any, Any], flags: int) -> None:
        least, most, body = int(given[0]), given[1], given[2]
        for _ in range(least):
            before = len(self.steps)
            self._all(body, flags)
            if len(self.steps) == before:  # nothing is nothing, four thousand million times as well
                return
        if most is _NAMES.MAXREPEAT:
            split = self._emit("split", None)
            self._all(body, flags)
            self._emit("jump", None, split)
            self.steps[split] = ("split", split + 1, len(self.steps))
            return
        splits: list[int] = []
        for _ in range(int(most) - least):
            splits.append(self._emit("split", None))
            self._all(body, flags)
        for split in splits:
            self.steps[split] = ("split", split + 1, len(self.steps))


def _taker(op: str, given: Any, flags: int) -> Is:
    is_it = _plain_taker(op, given, flags)
    if not flags & re.IGNORECASE or op == "ANY":
        return is_it
    if op == "NOT_LITERAL":  # none of the spellings
        return lambda c: is_it(c) and is_it(c.lower()) and is_it(c.upper())
    return lambda c: is_it(c) or is_it(c.lower()) or is_it(c.upper())


def _plain_taker(op: str, given: Any, flags: int) -> Is:
    if op == "ANY":
        return (lambda c: True) if flags & re.DOTALL else (lambda c: c != "\n")
    if op == "IN":
        return _set(given)
    letter = chr(given)
    return (lambda c: c == letter) if op == "LITERAL" else (lambda c: c != letter)


def _set(members: list[Any]) -> Is:
    negated = False
    letters: set[str] = set()
    spans: list[tuple[str, str]] = []
    kinds: list[Is] = []
    for op, given in members:
        match str(op):
            case "NEGATE":
                negated = True
            case "LITERAL":
                letters.add(chr(given))
            case "RANGE":
                spans.append((chr(given[0]), chr(given[1])))
            case "CATEGORY":
                kinds.append(_CATEGORIES[str(given)])

    def holds(c: str) -> bool:
        there = c in letters or any(a <= c <= z for a, z in spans) or any(kind(c) for kind in kinds)
        return there != negated

    return holds


# What stands before a place, as far as `^`, `$` and `\b` ask.
BEGIN, _WORD, OTHER, _LINE = range(4)


def kind_before(c: str) -> int:
    """What a character is to the place after it."""
    if c == "\n":
        return _LINE
    return _WORD if c.isalnum() or c == "_" else OTHER


class Automaton:
    """Finds out whether a pattern occurs in a text.

    Args:
        tree: Of `tree_of`.

    Raises:
        Unsupported: The pattern needs to go back, or is too large.
    """

    def __init__(self, tree: Any) -> None:
        self._steps = Program(tree).steps
        self._forget()

    def _forget(self) -> None:
        self._states: dict[tuple[frozenset[int], int], int] = {}
        self._sets: list[tuple[frozenset[int], int]] = []
        self._ways: list[dict[str, int]] = []
        self._known = 0

    def occurs(self, text: str, seconds: float) -> bool | None:
        """Whether it occurs in `text`; `None` where that was not found out within `seconds`."""
        until = time.monotonic() + seconds
        state = self._state(frozenset(), BEGIN)
        last = len(text) - 1
        for start in range(0, len(text), _LOOK):
            if start and time.monotonic() > until:
                return None
            ways = self._ways
            for at, c in enumerate(text[start : start + _LOOK], start):
                if at == last and c == "\n":
                    break  # `$` is true before it, and only there
                following = ways[state].get(c)
                if following is None:
                    following = self._learn(state, c)
                    ways = self._ways
                    if time.monotonic() > until:
                        return None
                if following == _FOUND:
                    return True
                state = following
        threads, before = self._sets[state]
        if text.endswith("\n"):
            reached = self._reach(threads, before, "\n", last=True)
            if reached is None:
                return True
            threads, before = self._take(reached, "\n"), _LINE
        return self._reach(threads, before, "", last=True) is None

    def _state(self, threads: frozenset[int], before: int) -> int:
        key = threads, before
        number = self._states.get(key)
        if number is None:
            number = self._states[key] = len(self._sets)
            self._sets.append(key)
            self._ways.append({})
        return number

    def _learn(self, state: int, c: str) -> int:
        threads, before = self._sets[state]
        reached = self._reach(threads, before, c)
        if reached is None:
            following = _FOUND
        else:
            if self._known >= _MOST_KNOWN:
                self._forget()
                state = self._state(threads, before)
            following = self._state(self._take(reached, c), kind_before(c))
        self._known += 1
        self._ways[state][c] = following
        return following

    def _take(self, reached: list[int], c: str) -> frozenset[int]:
        steps = self._steps
        return frozenset(at + 1 for at in reached if steps[at][1](c))

    def _reach(self, threads: frozenset[int], before: int, c: str, *, last: bool = False) -> list[int] | None:
        """The instructions that take a character, reached from `threads` or anew; `None`: it is found."""
        steps, seen = self._steps, bytearray(len(self._steps))
        reached: list[int] = []
        todo = [0, *threads]
        while todo:
            at = todo.pop()
            if seen[at]:
                continue
            seen[at] = 1
            op, what, to = steps[at]
            match op:
                case "is":
                    reached.append(at)
                case "found":
                    return None
                case "split":
                    todo += (what, to)
                case "jump":
                    todo.append(to)
                case _:
                    if stands(what, before, c, last):
                        todo.append(at + 1)
        return reached


def stands(what: tuple[str, bool], before: int, c: str, last: bool) -> bool:
    """Whether a place between what was `before` and the character `c` (empty at the end) is such."""
    name, lines = what
    match name:
        case "AT_BEGINNING" | "AT_BEGINNING_STRING":
            return before == BEGIN or (lines and before == _LINE and name == "AT_BEGINNING")
        case "AT_END":
            return not c or (c == "\n" and (lines or last))
        case "AT_END_STRING":
            return not c
    boundary = (before == _WORD) != (bool(c) and kind_before(c) == _WORD)
    return boundary == (name == "AT_BOUNDARY")
