"""JSON text for people: written so that nothing in it can hide, parsed with errors in words.

Not for the wire: messages are encoded in `inspector.wire.jsonrpc`.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

_WORDS = {
    "Expecting value": "a value is missing",
    "Expecting property name enclosed in double quotes": 'a name in "double quotes" is missing',
    "Expecting ',' delimiter": "a comma is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Extra data": "something stands after the end of the value",
    "Invalid control character at": "a control character stands in a string",
    "Unterminated string starting at": "a string is not closed",
    "Invalid \\escape": "a backslash escape is not known",
    "Invalid \\uXXXX escape": "a \\u escape needs four hex digits",
    "Illegal trailing comma before end of object": "a comma stands before the closing brace",
    "Illegal trailing comma before end of array": "a comma stands before the closing bracket",
}
_TOO_DEEP = "nested too deeply"
# JSON allows them raw in a string; a terminal obeys them or shows nothing: so they are written as escapes.
_HIDDEN = re.compile(
    "[\x7f-\xa0\xad\u0600-\u0605\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)


class NotJson(ValueError):
    """The text is not JSON.

    Attributes:
        says: What is wrong, in words.
        line: Counted from 1.
        column: Counted from 1.
    """

    def __init__(self, says: str, line: int = 1, column: int = 1) -> None:
        super().__init__(f"line {line}, column {column}: {says}" if line > 1 else f"column {column}: {says}")
        self.says = says
        self.line = line
        self.column = column


class _Constant(Exception):
    """`NaN` and its like: Python reads them, JSON has no such thing."""


def _constant(word: str) -> NoReturn:
    raise _Constant(word)


def parse(text: str) -> Any:
    """The JSON value of `text`.

    Raises:
        NotJson: With the place, in words.
    """
    try:
        return json.loads(text, parse_constant=_constant)
    except json.JSONDecodeError as error:
        says = _WORDS.get(error.msg, error.msg)
        raise NotJson(says, error.lineno, error.colno) from None
    except _Constant as error:
        before = text[: max(text.find(str(error)), 0)]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise NotJson(f"{error} is not JSON", line, column) from None
    except RecursionError:
        raise NotJson(_TOO_DEEP) from None
    except ValueError:  # an integer of more than 4,300 digits
        raise NotJson("a number has too many digits") from None


def write(value: Any, *, indent: int | None = None) -> str:
    """`value` as JSON text: readable, on one line unless `indent` is given, invisible characters escaped.

    What is no JSON (nested too deeply, a foreign object) gives a short text in angle brackets.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, indent=indent)
    except (TypeError, ValueError, RecursionError):
        return f"<{type(value).__name__}>"
    return _HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def equal(one: Any, other: Any) -> bool:
    """Equal as JSON: 1 is 1.0, but true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)


def canonical(value: Any) -> str:
    """The same text for values that are equal as JSON.

    Raises:
        RecursionError: It is nested too deeply.
        ValueError: It holds an integer of more than 4,300 digits.
    """
    if isinstance(value, dict):
        return "{" + ",".join(f"{key!r}:{canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float) and value.is_integer():
        return repr(int(value))
    return repr(value)


def type_word(value: Any) -> str:
    """JSON's name for the type of `value`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number" if math.isfinite(value) else "not a JSON number"
    if isinstance(value, str):
        return "string"
    if isinstance(value, list):
        return "array"
    return "object" if isinstance(value, dict) else "not JSON"
