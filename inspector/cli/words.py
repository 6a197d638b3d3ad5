"""What a word of the line means: `key=value` and `key:=JSON`, numbers, URLs, headers; JSON in a file."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector.errors import UsageError
from inspector.journal.redact import redact_url


@dataclass(frozen=True, slots=True)
class Pair:
    """One `key=value` (text) or `key:=JSON` (exact) of the line.

    Attributes:
        key: Left of the sign.
        text: Right of it, as written.
        exact: Whether it was `:=`.
    """

    key: str
    text: str
    exact: bool


def pairs(words: Iterable[str], *, exact: bool = True) -> list[Pair]:
    """The words as pairs.

    Args:
        words: Positional words of the line.
        exact: Whether `:=` is allowed.

    Raises:
        UsageError: A word is no pair.
    """
    found = []
    for word in words:
        key, sign, text = word.partition("=")
        is_exact = key.endswith(":")
        key = key[:-1] if is_exact else key
        if not sign or not key:
            raise UsageError(
                f"{word!r} is not key=value", next="Write key=value for text, or key:=JSON for anything else"
            )
        if is_exact and not exact:
            raise UsageError(f"{word!r}: these arguments are texts", next=f"Write {key}=value")
        found.append(Pair(key, text, is_exact))
    return found


_EXAMPLE = 'For example {"key": "value"}'


def parse_json(text: str, where: str, example: str = _EXAMPLE) -> Any:
    """`text` as JSON.

    Args:
        text: What was given.
        where: Which text that is, for the error's sentence.
        example: What it might have looked like.

    Raises:
        UsageError: It is none.
    """
    from inspector.forms.json_text import NotJson, parse

    try:
        return parse(text)
    except NotJson as error:
        says = f"{where} is not JSON: {error}" if text.strip() else f"{where} is empty"
        raise UsageError(says, next=example) from None


def json_object(text: str, where: str) -> dict[str, Any]:
    """`text` as a JSON object.

    Raises:
        UsageError: It is none.
    """
    value = parse_json(text, where)
    if not isinstance(value, dict):
        raise UsageError(f"{where} is not a JSON object", next=_EXAMPLE)
    return value


def exact(pair: Pair) -> Any:
    """The value of `key:=JSON`.

    Raises:
        UsageError: It is not JSON.
    """
    return parse_json(
        pair.text, pair.key, f"{pair.key}:= takes JSON like true or [1,2], {pair.key}= takes text"
    )


def place(file: str) -> str:
    """The name of a file in a sentence."""
    return "Standard input" if file == "-" else file


def read_text(file: str) -> str:
    """The text of a file, or of standard input where `file` is `-`.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"Cannot read {file}: {error.strerror}", next="Check the path") from None
    except UnicodeDecodeError:
        raise UsageError(f"{place(file)} is not UTF-8", next="Convert it") from None


def seconds(text: str, what: str = "--timeout") -> float:
    """A time as it is written on a line.

    Raises:
        UsageError: It is none that one could wait for.
    """
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise UsageError(f"{what} takes a number of seconds above 0", next=f"For example {what} 5")
    return number


def number(text: str, what: str) -> int:
    """A number of things as it is written on a line.

    Raises:
        UsageError: It is none above 0, or has more than nine digits.
    """
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text)):
        raise UsageError(f"{what} takes a number above 0", next=f"For example {what} 1")
    return int(text)


def variable(text: str) -> tuple[str, str]:
    """Name and value of `KEY=VALUE`.

    Raises:
        UsageError: It is none.
    """
    name, equals, value = text.partition("=")
    if not equals or not name or "\0" in text:
        raise UsageError(f"-e takes KEY=VALUE, and {name!r} has no =", next="For example -e LEVEL=debug")
    return name, value


def usable_url(text: str) -> str:
    """`text`, where one can connect to it.

    Raises:
        UsageError: It is no such URL.
    """
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not match, a port that is no number or above 65535
        usable = False
    if not usable:
        raise UsageError(
            f"{redact_url(text)} is no URL that one can connect to",
            next="Give one like http://localhost:8000/mcp",
        )
    return text


_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*([^\r\n\0]*)")


def header(text: str) -> tuple[str, str]:
    """Name and value of `NAME: VALUE`.

    Raises:
        UsageError: It is no header.
    """
    found = _HEADER.fullmatch(text)
    if found is None:
        name = text.partition(":")[0]
        raise UsageError(
            f"--header takes 'Name: value', not {name!r}", next="For example --header 'X-Team: blue'"
        )
    return found[1], found[2].rstrip()
