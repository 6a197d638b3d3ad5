"""JSON to values by the standard library, with what its parser would hide noted down as faults.

What is odd is nearly never there: the first decoder gives up on it, the second notes it down. It knows
JSON only; what a message is stands in `inspector.wire.jsonrpc`.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from inspector.wire.fault import Fault

DEEPEST = 500
"""Levels of nesting. Python 3.14 reads tens of thousands, and indented those are gigabytes; 3.11 some 900."""
_NESTING = (dict, list)


class _Odd(ValueError):
    """Something to note down stands in the text."""


def _plain_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Odd
    return made


def _plain_float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _Odd
    return number


def _plain_constant(text: str) -> float:
    raise _Odd(text)


_PLAIN = json.JSONDecoder(
    object_pairs_hook=_plain_pairs, parse_float=_plain_float, parse_constant=_plain_constant
)


def parse(text: str, faults: list[str]) -> Any:
    """The value of `text`, with what is odd about it added to `faults`.

    Raises:
        ValueError: It is no JSON, not even with raw control characters in strings.
        RecursionError: It is nested deeper than `DEEPEST`.
    """
    noted: list[str] = []
    value = _read(text, noted)
    # Each level takes two characters. Most texts have fewer, and of the others few so many brackets.
    if len(text) > 2 * DEEPEST and text.count("[") + text.count("{") > DEEPEST and _is_deep(value):
        raise RecursionError(f"nested deeper than {DEEPEST} levels")
    faults.extend(noted)
    return value


def _is_deep(value: Any) -> bool:
    level: list[Any] = [[value]]
    for _ in range(DEEPEST + 1):
        level = [
            part
            for each in level
            for part in (each.values() if type(each) is dict else each)
            if type(part) in _NESTING
        ]
        if not level:
            return False
    return True


def _read(text: str, faults: list[str]) -> Any:
    try:
        return _PLAIN.decode(text)
    except _Odd:
        pass  # noted below
    except json.JSONDecodeError as error:
        # A reply whose text holds a raw control character is plain enough to settle its call.
        if not error.msg.startswith("Invalid control character"):
            raise
    except ValueError:
        pass  # an integer of more digits than CPython converts, noted below
    try:
        noted: list[str] = []
        value = _noting(noted, strict=True).decode(text)
    except json.JSONDecodeError:
        noted = [Fault.CONTROL_CHARACTER]
        value = _noting(noted, strict=False).decode(text)
    faults.extend(noted)
    return value


def _noting(noted: list[str], *, strict: bool) -> json.JSONDecoder:
    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(found)
        if len(made) != len(found):
            noted.append(Fault.DUPLICATE_KEY)
        return made

    def real(text: str) -> float:
        number = float(text)
        if math.isinf(number):
            noted.append(Fault.HUGE_NUMBER)
        return number

    def integer(text: str) -> int | float:
        try:
            return int(text)
        except ValueError:
            noted.append(Fault.HUGE_NUMBER)
            return -math.inf if text.startswith("-") else math.inf

    def constant(text: str) -> float:
        noted.append(Fault.NAN)
        return float(text.replace("Infinity", "inf"))

    return json.JSONDecoder(
        object_pairs_hook=pairs,
        parse_float=real,
        parse_int=integer,
        parse_constant=constant,
        strict=strict,
    )


_ESCAPE = re.compile(r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F])|.)", re.DOTALL)


def has_lone_surrogate(text: str) -> bool:
    """Whether an escape in JSON text stands for half a surrogate pair. Linear."""
    if "\\" not in text or "\\u" not in text:  # as in nearly all: the first is found out ten times as fast
        return False
    return ("\\ud" in text or "\\uD" in text) and any(escape.lastindex for escape in _ESCAPE.finditer(text))
