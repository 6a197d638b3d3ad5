"""A place in JSON, and what stands there compared with a value. It reads no journal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inspector.journal.filter.regex import search
from inspector.journal.filter.terms import Path, Regex, Star, Step

LARGEST = 2_000_000
"""Bytes of a message that is looked into."""
_MOST = 20_000  # places of one path in one message
_LONGEST = 1_000_000


def holds(document: Any, path: Path) -> bool:
    """Whether the path is there in a document, and one of the values that stand there compares so."""
    for number, value in enumerate(_values(document, path.steps)):
        if not path.op or _compares(value, path.op, path.value):
            return True
        if number >= _MOST:
            break
    return False


def _values(value: Any, steps: tuple[Step, ...]) -> Iterator[Any]:
    for at, step in enumerate(steps):
        if isinstance(step, Star):
            inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
            for each in inner:
                yield from _values(each, steps[at + 1 :])
            return
        if isinstance(step, str):
            if not isinstance(value, dict) or step not in value:
                return
        elif not isinstance(value, list) or not -len(value) <= step < len(value):
            return
        value = value[step]
    yield value


def _compares(value: Any, op: str, wanted: object) -> bool:
    match op:
        case "==":
            return _same(value, wanted)
        case "!=":
            return not _same(value, wanted)
        case "=~":
            return (
                isinstance(wanted, Regex)
                and isinstance(value, str)
                and search(wanted).occurs(value[:_LONGEST])
            )
    if isinstance(value, str) and isinstance(wanted, str):
        return _ordered(value, op, wanted)
    if _is_number(value) and _is_number(wanted):
        return _ordered(value, op, wanted)
    return False


def _ordered(value: Any, op: str, wanted: Any) -> bool:
    match op:
        case "<":
            return bool(value < wanted)
        case "<=":
            return bool(value <= wanted)
        case ">":
            return bool(value > wanted)
    return bool(value >= wanted)


def _same(value: Any, wanted: object) -> bool:
    if _is_number(value) and _is_number(wanted):
        return bool(value == wanted)
    return type(value) is type(wanted) and bool(value == wanted)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
