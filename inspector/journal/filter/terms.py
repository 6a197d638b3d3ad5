"""What a filter is made of, as values, and how they are written.

A filter that is written and parsed again is the same value. Nothing here looks at a journal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

PLAIN_WORD = re.compile(r'[^\s()"/$:*!=<>&|][^\s():*=<>]*')
PLAIN_NAME = re.compile(r'[^\s.\[\]()=!<>~"\'*$]+')
_NO_WORDS = frozenset({"and", "or", "not"})


class Star:
    """The step `[*]` of a path: every element of an array, every value of an object."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "STAR"


STAR = Star()
Step = str | int | Star
Literal = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression.

    Attributes:
        source: Its text; a slash in it needs no backslash here.
        ignore_case: Whether upper and lower case are the same to it.
    """

    source: str
    ignore_case: bool = False

    def __str__(self) -> str:
        pieces = re.split(r"(\\.)", self.source, flags=re.DOTALL)
        inner = "".join(each if at % 2 else each.replace("/", r"\/") for at, each in enumerate(pieces))
        return f"/{inner}/{'i' * self.ignore_case}"


@dataclass(frozen=True, slots=True)
class Glob:
    """A text in which `*` stands for any characters and `?` for one; upper and lower case are the same.

    Attributes:
        text: The text.
        exact: It was quoted: `*` and `?` mean themselves.
    """

    text: str
    exact: bool = False

    def __str__(self) -> str:
        return json.dumps(self.text, ensure_ascii=False) if self.exact else self.text


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high`, in bytes or seconds; `None` is no bound.

    Attributes:
        low: The least.
        high: The greatest.
        above: `low` itself is left out.
        below: `high` itself is left out.
        unit: What is written behind the numbers: `s`, `b` or nothing.
    """

    low: float | None = None
    high: float | None = None
    above: bool = False
    below: bool = False
    unit: str = ""

    def __contains__(self, value: object) -> bool:
        if not isinstance(value, int | float):
            return False
        if self.low is not None and (value <= self.low if self.above else value < self.low):
            return False
        return self.high is None or (value < self.high if self.below else value <= self.high)

    def __str__(self) -> str:
        low = "" if self.low is None else f"{_number(self.low)}{self.unit}"
        high = "" if self.high is None else f"{_number(self.high)}{self.unit}"
        if low == high:
            return f"{'=' * (self.unit == 's')}{low}"
        if not high:
            return f"{'>' if self.above else '>='}{low}"
        return f"{low}..{high}" if low else f"{'<' if self.below else '<='}{high}"


@dataclass(frozen=True, slots=True)
class Everything:
    """Every row."""

    def __str__(self) -> str:
        return "*"


@dataclass(frozen=True, slots=True)
class Text:
    """A text that a row holds anywhere, upper or lower case.

    Attributes:
        text: The text.
        glob: `*` in it stands for some characters of one word.
    """

    text: str
    glob: bool = False

    def __str__(self) -> str:
        if self.glob:
            return self.text
        if PLAIN_WORD.fullmatch(self.text) and self.text.lower() not in _NO_WORDS:
            return self.text
        return json.dumps(self.text, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Matches:
    """The body of a row matches a regular expression somewhere."""

    regex: Regex

    def __str__(self) -> str:
        return str(self.regex)


@dataclass(frozen=True, slots=True)
class Field:
    """A property of the row.

    Attributes:
        name: One of `fields.FIELDS`.
        value: What it must be.
    """

    name: str
    value: Glob | Regex | Range

    def __str__(self) -> str:
        return f"{self.name}:{self.value}"


@dataclass(frozen=True, slots=True)
class Path:
    """A place in the message's JSON: that it is there, or what stands there.

    Attributes:
        steps: Keys, places of arrays, or `STAR`.
        op: `==`, `!=`, `<`, `<=`, `>`, `>=`, `=~`; empty for being there at all.
        value: What it is compared with; a `Regex` for `=~`.
    """

    steps: tuple[Step, ...]
    op: str = ""
    value: Literal | Regex = None

    def __str__(self) -> str:
        where = "$" + "".join(map(_step, self.steps))
        if not self.op:
            return where
        value = (
            str(self.value) if isinstance(self.value, Regex) else json.dumps(self.value, ensure_ascii=False)
        )
        return f"{where} {self.op} {value}"


@dataclass(frozen=True, slots=True)
class Not:
    """What a term leaves."""

    part: Node

    def __str__(self) -> str:
        return f"not {_inside(self.part)}"


@dataclass(frozen=True, slots=True)
class And:
    """Each of two or more."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " ".join(map(_inside, self.parts))


@dataclass(frozen=True, slots=True)
class Or:
    """One of two or more."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " or ".join(map(_inside, self.parts))


Term = Everything | Text | Matches | Field | Path
Node = Term | Not | And | Or


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and value < 1e15 else repr(value)


def _inside(node: Node) -> str:
    return f"({node})" if isinstance(node, And | Or) else str(node)


def _step(step: Step) -> str:
    if isinstance(step, Star):
        return "[*]"
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if PLAIN_NAME.fullmatch(step) else f"[{json.dumps(step, ensure_ascii=False)}]"


def terms_of(node: Node) -> Iterator[Term]:
    """Every term in a node, from left to right."""
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from terms_of(part)
    elif isinstance(node, Not):
        yield from terms_of(node.part)
    else:
        yield node
