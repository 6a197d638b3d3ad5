"""The bounds and the format of a schema, in words: what stands beside a field.

Words only: whether a value keeps to them is for `inspector.forms.check`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_FORMATS = {
    "date": "a date, like 2026-01-31",
    "date-time": "a date and time, like 2026-01-31T12:00:00Z",
    "time": "a time, like 12:00:00Z",
    "duration": "a duration, like P1DT2H",
    "email": "an email address",
    "idn-email": "an email address",
    "uri": "a URI, like https://example.com/a",
    "uri-reference": "a URI or a path",
    "iri": "a URI, letters of any script allowed",
    "iri-reference": "a URI or a path, letters of any script allowed",
    "uri-template": "a URI template, like /users/{id}",
    "uuid": "a UUID, like 123e4567-e89b-12d3-a456-426614174000",
    "hostname": "a host name, like example.com",
    "idn-hostname": "a host name",
    "ipv4": "an IPv4 address, like 192.0.2.1",
    "ipv6": "an IPv6 address, like 2001:db8::1",
    "regex": "a regular expression",
    "json-pointer": "a JSON pointer, like /a/0",
    "relative-json-pointer": "a relative JSON pointer, like 1/a",
    "password": "a password",
    "byte": "text in base64",
    "binary": "binary text",
}
_LONGEST = 60


def hint(kind: str, schema: Mapping[str, Any]) -> str:
    """What `schema` demands of a value of `kind`, short; empty if nothing."""
    return ", ".join(_parts(kind, schema))


def format_words(name: str) -> str:
    """What a value of the format `name` is, with an example where that helps."""
    return _FORMATS.get(name, name[:_LONGEST])


def _parts(kind: str, schema: Mapping[str, Any]) -> Iterator[str]:
    if kind == "string":
        format_ = schema.get("format")
        if isinstance(format_, str) and format_:
            yield format_words(format_)
        yield from _range(schema, "minLength", "maxLength", "character")
        pattern = schema.get("pattern")
        if isinstance(pattern, str) and pattern:
            yield f"pattern {pattern}" if len(pattern) <= _LONGEST else f"pattern {pattern[:_LONGEST]}…"
    elif kind in ("number", "integer"):
        yield from _bounds(schema)
    elif kind == "array":
        yield from _range(schema, "minItems", "maxItems", "item")
        if schema.get("uniqueItems") is True:
            yield "no item twice"
    elif kind == "object":
        yield from _range(schema, "minProperties", "maxProperties", "member")


def _number(schema: Mapping[str, Any], key: str) -> int | float | None:
    value = schema.get(key)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _range(schema: Mapping[str, Any], least: str, most: str, unit: str) -> Iterator[str]:
    low, high = _number(schema, least), _number(schema, most)
    if low is not None and low <= 0:
        low = None
    if low is not None and low == high:
        yield _count(low, unit)
    elif low is not None and high is not None:
        yield f"{_short(low)} to {_count(high, unit)}"
    elif low is not None:
        yield f"at least {_count(low, unit)}"
    elif high is not None:
        yield f"at most {_count(high, unit)}"


def _count(number: int | float, unit: str) -> str:
    return f"{_short(number)} {unit}" if number == 1 else f"{_short(number)} {unit}s"


def _bounds(schema: Mapping[str, Any]) -> Iterator[str]:
    low, high = _number(schema, "minimum"), _number(schema, "maximum")
    over, under = _number(schema, "exclusiveMinimum"), _number(schema, "exclusiveMaximum")
    # Draft 4 spells an exclusive bound as a flag beside the bound.
    if schema.get("exclusiveMinimum") is True:
        low, over = None, low
    if schema.get("exclusiveMaximum") is True:
        high, under = None, high
    if low is not None and high is not None:
        yield f"{_short(low)} to {_short(high)}"
    elif low is not None:
        yield f"≥ {_short(low)}"
    elif high is not None:
        yield f"≤ {_short(high)}"
    if over is not None:
        yield f"> {_short(over)}"
    if under is not None:
        yield f"< {_short(under)}"
    step = _number(schema, "multipleOf")
    if step is not None:
        yield f"a multiple of {_short(step)}"


def _short(number: int | float) -> str:
    try:
        text = repr(number)
    except ValueError:  # an integer of more than 4,300 digits
        return "a huge number"
    if text.endswith(".0"):
        text = text[:-2]
    return (
        text if len(text) <= _LONGEST else f"{number:.6g}" if isinstance(number, float) else f"{text[:20]}…"
    )
