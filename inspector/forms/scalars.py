"""A small number or text that keeps to the bounds, the format and, where that is cheap, the pattern wanted.

Pure, and it never raises: what a schema asks for and contradicts is left out. Whether a value is valid is for
`inspector.forms.check`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from inspector.forms import formats
from inspector.forms.pattern import affordable, compiled

LARGEST = 10**300
"""Bounds beyond it are none: no number of a message is written so."""
LONGEST = 1_000
"""Characters of a text that is made up."""
_EXAMPLES: Mapping[str, str] = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "P1D",
    "email": "a@example.com",
    "idn-email": "a@example.com",
    "uri": "https://example.com/",
    "uri-reference": "/a",
    "iri": "https://example.com/",
    "iri-reference": "/a",
    "uri-template": "/a/{id}",
    "uuid": "123e4567-e89b-12d3-a456-426614174000",
    "hostname": "example.com",
    "idn-hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "regex": "a",
    "json-pointer": "/a",
    "relative-json-pointer": "0",
    "byte": "YQ==",
}
# What patterns often want: a name, an identifier, a version, a colour, a country, money.
_USUAL = ("a", "A", "0", "a-1", "a_1", "A1", "1.0", "1.0.0", "v1.0.0", "#000000", "a/b", "+10000000000")
_RUNS = ("a", "A", "0", "aA0")
_LONGEST_RUN = 64


def number(demands: Mapping[str, Any], *, whole: bool = False) -> int | float:
    """A number as `demands` has it: zero where that will do, else the one nearest to it.

    Args:
        demands: The keywords of the schema.
        whole: It is an integer.
    """
    low, high = _bound(demands, "minimum", max), _bound(demands, "maximum", min)
    step = _exact(demands.get("multipleOf"))
    step = step if step is not None and step > 0 else None
    if whole:
        step = Fraction(step.numerator if step is not None else 1)
    found = Fraction(0)
    if low is not None and (low[0] > 0 or (low[0] == 0 and low[1])):
        found = _above(low, high, step)
    elif high is not None and (high[0] < 0 or (high[0] == 0 and high[1])):
        # The same, mirrored.
        found = -_above((-high[0], high[1]), (-low[0], low[1]) if low is not None else None, step)
    return int(found) if found.denominator == 1 else float(found)


def text(demands: Mapping[str, Any]) -> str:
    """A text as `demands` has it, the empty one where that will do."""
    least, most = _length(demands, "minLength", 0), _length(demands, "maxLength", LONGEST)
    name, pattern = demands.get("format"), demands.get("pattern")
    wanted = re.compile("")
    if isinstance(pattern, str) and affordable(pattern, _LONGEST_RUN):
        wanted = compiled(pattern)
    name = name if isinstance(name, str) and name in _EXAMPLES else ""
    for made in _candidates(name, least, most):
        fits = least <= len(made) <= most and wanted.search(made) is not None
        if fits and (not name or formats.suits(name, made)):
            return made
    return _EXAMPLES.get(name, "a" * min(least, LONGEST))


def _candidates(name: str, least: int, most: int) -> Iterator[str]:
    if name:
        yield _EXAMPLES[name]
    yield ""
    yield from _USUAL
    yield from _EXAMPLES.values()
    for length in range(max(1, least), min(most, max(least, _LONGEST_RUN)) + 1):
        for run in _RUNS:
            yield (run * length)[:length]


def _above(low: tuple[Fraction, bool], high: tuple[Fraction, bool] | None, step: Fraction | None) -> Fraction:
    """The least number above a bound; a bound is itself allowed unless it says so."""
    bound, beyond = low
    if step is not None:
        found = math.ceil(bound / step) * step
        return found + step if beyond and found == bound else found
    if not beyond:
        return bound
    if high is not None and high[0] <= bound + 1:
        return (bound + high[0]) / 2
    return Fraction(math.floor(bound) + 1)


def _bound(demands: Mapping[str, Any], key: str, tightest: Any) -> tuple[Fraction, bool] | None:
    """The bound that counts, and whether it is itself left out."""
    beyond = demands.get(f"exclusive{key.capitalize()}")
    bound = _exact(demands.get(key))
    found = [] if bound is None else [(bound, beyond is True)]  # true: as up to draft 4
    if (apart := _exact(beyond)) is not None:
        found.append((apart, True))
    if not found:
        return None
    edge = tightest(each for each, _ in found)
    return edge, any(left_out for each, left_out in found if each == edge)


def _exact(value: object) -> Fraction | None:
    """A number as it is written, so that a tenth is one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not -LARGEST <= value <= LARGEST:  # as neither infinity nor what is no number is
        return None
    return Fraction(value) if isinstance(value, int) else Fraction(repr(value))


def _length(demands: Mapping[str, Any], key: str, otherwise: int) -> int:
    bound = _exact(demands.get(key))
    return min(max(0, math.ceil(bound)), LONGEST) if bound is not None else otherwise
