"""What must stand in a line of a recording for a path to hold in the JSON of that line, as bytes.

JSON has many spellings of one value, and a body may stand in its line as a string once more. So nothing is
said of a line that escapes plain characters (`needles.ESCAPED`) or holds no text (`BASE64`); of the others
all that hold are found, and some that do not. It decides nothing: `inspector.journal.filter.paths` does.
"""

from __future__ import annotations

import re

from inspector.journal.filter.needles import Needle
from inspector.journal.filter.regex import search
from inspector.journal.filter.terms import Path, Regex

BASE64 = b'"base64"'
"""Stands in every line whose body is no text."""
_RUN = re.compile(r"(?:[ !#-.0-\[\]-~]|[^\x00-\x7f\U00010000-\U0010ffff])+")
"""Characters that JSON writes as they are, or as one escape: no quotes, slashes, control characters."""
_QUOTE = rb'\\?"'
_BETWEEN = rb"(?:[ \t\r\n]|\\[trn])*+"
_NUMBER = re.compile(r"\d{1,15}|(?=[\d.]{3,16}\Z)\d+\.\d+")
_MADE_UP = "value"
"""A key that the reader gives to what an event of an unknown kind says: it stands in no line."""


def sought(path: Path) -> list[Needle]:
    """What each line holds in which the path holds, likely the rarest first; empty where nothing is known."""
    keys = {step: _key(step) for step in reversed(path.steps) if isinstance(step, str) and step != _MADE_UP}
    last = path.steps[-1] if path.steps else None
    value = _value(path)
    found: list[bytes] = []
    if isinstance(last, str) and last in keys and _whole(last) and value:
        found.append(keys[last] + _BETWEEN + value)
    elif isinstance(path.value, str) and path.op == "==":
        found.append(_text(path.value))
    elif isinstance(path.value, Regex):
        literal = search(path.value)
        found.append(b"" if path.value.ignore_case else re.escape(literal.literal.encode()))
    return [re.compile(each) for each in dict.fromkeys((*found, *keys.values())) if each]


def _key(text: str) -> bytes:
    return _text(text) + (_BETWEEN + b":" if _whole(text) else b"")


def _value(path: Path) -> bytes:
    """How the value stands behind its colon; empty where that is not known."""
    if path.op != "==":
        return b""
    match path.value:
        case bool() | None:
            return {True: b"true", False: b"false", None: b"null"}[path.value]
        case str() if _whole(path.value):
            return rb"\\?" + _text(path.value)
        case int() | float():
            return _number(path.value)
    return b""


def _number(value: float) -> bytes:
    """The number as it is, more exactly than a float is, or with an exponent; empty where there is no saying.

    A number of 15 digits is the only one of so few digits that is the same float (IEEE 754).
    """
    text = repr(abs(value)).removesuffix(".0")
    if not _NUMBER.fullmatch(text):
        return b""
    return rb"-?(?:" + re.escape(text.encode()) + rb"(?!\d)|[\d.]{17}|[\d.]+[eE])"


def _whole(text: str) -> bool:
    return not text or _RUN.fullmatch(text) is not None


def _text(text: str) -> bytes:
    """A string with its quotes; or the longest part of it of which the spelling is known, maybe none."""
    run = max(_RUN.findall(text), key=len, default="")
    spelled = b"".join(map(_character, run))
    return b'"' + spelled + _QUOTE if run == text else spelled


def _character(character: str) -> bytes:
    if character.isascii():
        return re.escape(character.encode())
    raw = re.escape(character.encode("utf-8", "surrogatepass"))
    return rb"(?:" + raw + rb"|\\{1,2}(?i:u%04x))" % ord(character)
