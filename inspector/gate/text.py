"""A rule in one line, read; docs/breakpoints.md has the grammar. Files of rules are `inspector.gate.faults`.

hold method:tools/call
delay 500ms every 3 tool:add
error -32603 "out of order" times 1 method:resources/read
"""

from __future__ import annotations

import json
import re
from typing import Any

from inspector.gate.rule import ACTIONS, LONGEST_DELAY, Action, Name, Rule
from inspector.journal.filter.error import FilterError
from inspector.journal.filter.syntax import parse
from inspector.journal.filter.terms import Field, terms_of

LONGEST = 8_000
"""Characters of a rule."""
LONGEST_VALUE = 6_000
NOT_HERE = frozenset({"about", "mark", "note"})
"""Fields of the filter language that say nothing of a message in the moment at which it comes."""

_WORD = re.compile(r"\s*(\S+)\s*")
_TIME = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(ms|s|m)(?=\s|$)\s*")
_SIZE = re.compile(r"(\d{1,12})(b|kb|mb)?(?=\s|$)\s*", re.IGNORECASE)
_CODE = re.compile(r"(-?\d{1,9})(?=\s|$)\s*")
_COUNT = re.compile(r"(every|times)\s+(\d{1,9})(?=\s|$)\s*")
_SECONDS = {"ms": 1e-3, "s": 1.0, "m": 60.0}
_BYTES = {None: 1, "b": 1, "kb": 1_000, "mb": 1_000_000}


class RuleError(FilterError):
    """A text that is no rule; as of a filter it is told where and what would be right."""

    what = "rule"


def rule(text: str) -> Rule:
    """A rule from one line; see `Rule.text`.

    Raises:
        RuleError: It is none.
    """
    if len(text) > LONGEST:
        raise RuleError("The rule is too long", LONGEST, f"at most {LONGEST:,} characters", text)
    actions = ", ".join(ACTIONS)
    first = _WORD.match(text)
    if first is None:
        raise RuleError("There is nothing to do", 0, f"one of {actions}", text)
    name = first[1].lower()
    if name not in ACTIONS:
        raise RuleError(f"There is no action {first[1][:40]!r}", first.start(1), f"one of {actions}", text)
    action, at = _action(name, text, first.end())  # type: ignore[arg-type]  # it is a key of ACTIONS
    every, times = 1, 0
    while (found := _COUNT.match(text, at)) is not None:
        number = int(found[2])
        if number < 1:
            raise RuleError("The number is too small", found.start(2), "1 or more", text)
        every, times = (number, times) if found[1] == "every" else (every, number)
        at = found.end()
    return Rule(checked(text[at:].strip(), text, at), action, times, every)


def checked(filter: str, text: str = "", at: int = 0) -> str:
    """A filter that can say of one message in the moment at which it comes whether it is meant.

    Raises:
        RuleError: It is none; the place is counted in `text`, in which it stands at `at`.
    """
    try:
        node = parse(filter)
    except FilterError as wrong:
        raise RuleError(wrong.says, at + wrong.at, wrong.expected, text or filter) from wrong
    for term in terms_of(node):
        if isinstance(term, Field) and term.name in NOT_HERE:
            says = f"{term.name}: says nothing of a message in the moment at which it comes"
            raise RuleError(says, at + max(0, filter.find(f"{term.name}:")), "another field", text or filter)
    return filter


def seconds(text: str) -> float | None:
    """How long is meant by `2.5`, `2s` or `500ms`; `None` for no time, or one too long."""
    found = _TIME.fullmatch(text) or _TIME.fullmatch(f"{text}s")
    took = float(found[1]) * _SECONDS[found[2]] if found is not None else LONGEST_DELAY + 1
    return round(took, 9) if took <= LONGEST_DELAY else None


def _action(name: Name, text: str, at: int) -> tuple[Action, int]:
    """What a rule does, and where the rest of its text begins."""
    match name:
        case "delay":
            found = _TIME.match(text, at)
            if found is None:
                word = text[at:].split(" ")[0][:20]
                says = f"{word} is no time" if word[:1].isdigit() else "How long is missing"
                raise RuleError(says, at, "a time such as 500ms, 2s or 1.5m", text)
            took = seconds(found[0].rstrip())
            if took is None:
                raise RuleError("That is too long", at, f"at most {LONGEST_DELAY:g}s", text)
            return Action("delay", seconds=took), found.end()
        case "truncate":
            found = _SIZE.match(text, at)
            if found is None:
                raise RuleError("The size is missing", at, "a number of bytes such as 20 or 1kb", text)
            size = int(found[1]) * _BYTES[found[2].lower() if found[2] else None]
            return Action("truncate", size=size), found.end()
        case "replace":
            return _replacement(text, at)
        case "error":
            found = _CODE.match(text, at)
            if found is None:
                raise RuleError("The error's code is missing", at, "a number such as -32603", text)
            code, at = int(found[1]), found.end()
            if text[at : at + 1] != '"':
                raise RuleError("The error's message is missing", at, 'a text in quotes, "why"', text)
            message, at = _json(text, at)
            return Action("error", code=code, message=message), at
    return Action(name), at


def _replacement(text: str, at: int) -> tuple[Action, int]:
    if text[at : at + 1] not in ("{", '"'):
        raise RuleError("What goes on is missing", at, 'a JSON merge patch {…} or a text "…"', text)
    value, end = _json(text, at)
    if isinstance(value, dict):
        return Action("replace", merge=value), end
    body = value.encode("utf-8", "surrogateescape" if _bytes_only(value) else "surrogatepass")
    return Action("replace", body=body), end


def _bytes_only(text: str) -> bool:
    """Whether lone surrogates in it stand for bytes that are no UTF-8."""
    return not any("\ud800" <= each <= "\udfff" and not "\udc80" <= each <= "\udcff" for each in text)


def _json(text: str, at: int) -> tuple[Any, int]:
    try:
        value, end = json.JSONDecoder().raw_decode(text, at)
    except (ValueError, RecursionError) as wrong:
        place = getattr(wrong, "pos", at)
        raise RuleError("This is no JSON", min(place, len(text)), "JSON on one line", text) from wrong
    if end - at > LONGEST_VALUE:
        raise RuleError("The value is too long", at, f"at most {LONGEST_VALUE:,} characters", text)
    while text[end : end + 1].isspace():
        end += 1
    return value, end
