"""The text of a filter, read by recursive descent over its characters. docs/filter.md has the grammar.

It looks at no journal. What it cannot read it refuses with the place and with what would be right there.
"""

from __future__ import annotations

import difflib
import json
import math
import re

from inspector.journal.filter.error import FilterError
from inspector.journal.filter.fields import FIELDS, FieldKind
from inspector.journal.filter.regex import check
from inspector.journal.filter.slips import slip
from inspector.journal.filter.terms import (
    PLAIN_NAME,
    STAR,
    And,
    Everything,
    Field,
    Glob,
    Literal,
    Matches,
    Node,
    Not,
    Or,
    Path,
    Range,
    Regex,
    Step,
    Text,
)

LONGEST = 4_000
"""Characters of a filter."""
MOST_TERMS = 100
DEEPEST = 50
"""Parentheses and `not` in one another."""

_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"[^\s()]+")
_HEAD = re.compile(r"([A-Za-z][A-Za-z_-]*):")
_KEYWORD = re.compile(r"(and|or|not)(?=[\s()]|$)", re.IGNORECASE)
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_SLASHED = re.compile(r"/((?:[^/\\]|\\.)*)/(i?)(?=[\s)]|$)", re.DOTALL)
_OPERATOR = re.compile(r"==|!=|<=|>=|=~|<|>|=")
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)([A-Za-zµμ]*)")
_JSON_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?(?=[\s()]|$)")
_INDEX = re.compile(r"\[(-?\d{1,9})\]")
_HTTP = re.compile(r"[1-5](?:\d\d|xx)", re.IGNORECASE)
_SECONDS = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "μs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "min": 60.0,
    "h": 3600.0,
}
_BYTES = {"": 1.0, "b": 1.0, "kb": 1e3, "mb": 1e6, "gb": 1e9}
_UNITS = {"seconds": _SECONDS, "moment": {"": 1.0, **_SECONDS}, "bytes": _BYTES}
_BASE = {"seconds": "s", "moment": "s", "bytes": "b"}
_ANY_TERM = "a word, a field such as method:, a path such as $.params, not, or ("


def parse(text: str) -> Node:
    """The meaning of a filter; `Everything` of an empty one.

    Raises:
        FilterError: It is none.
    """
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._terms = 0

    def whole(self) -> Node:
        if len(self._text) > LONGEST:
            raise self._wrong("The filter is too long", f"at most {LONGEST:,} characters", LONGEST)
        if not self._skip():
            return Everything()
        node = self._or()
        if self._skip():
            raise self._wrong("A parenthesis is closed that was not opened", "the end, and, or, or a term")
        return node

    def _wrong(self, says: str, expected: str, at: int | None = None) -> FilterError:
        return FilterError(says, self._at if at is None else at, expected, self._text)

    def _skip(self) -> str:
        """Pass white space; the character there, empty at the end."""
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._text[self._at : self._at + 1]

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self._text, self._at)
        if match is not None:
            self._at = match.end()
        return match

    def _keyword(self) -> str:
        self._skip()
        match = _KEYWORD.match(self._text, self._at)
        return match[1].lower() if match else ""

    # and, or, not

    def _or(self) -> Node:
        parts = [self._and()]
        while self._keyword() == "or":
            self._at += 2
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self) -> Node:
        parts = [self._unary()]
        while self._skip() not in ("", ")") and self._keyword() != "or":
            if self._keyword() == "and":
                self._at += 3
            parts.append(self._unary())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _unary(self) -> Node:
        here = self._skip()
        keyword = self._keyword()
        if not here or here == ")" or keyword in ("and", "or"):
            raise self._wrong("Something is missing", _ANY_TERM)
        if keyword == "not" or here == "(":
            return self._nested(keyword)
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise self._wrong("The filter has too many terms", f"at most {MOST_TERMS}")
        return self._term(here)

    def _nested(self, keyword: str) -> Node:
        start = self._at
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._wrong("The filter is nested too deep", f"at most {DEEPEST} levels")
        if keyword:
            self._at += 3
            node: Node = Not(self._unary())
        else:
            self._at += 1
            node = self._or()
            if self._skip() != ")":
                raise self._wrong(f"The parenthesis of character {start + 1} is open", ")")
            self._at += 1
        self._depth -= 1
        return node

    # Terms

    def _term(self, here: str) -> Node:
        if here == '"':
            return Text(self._string())
        if here == "$":
            return self._path()
        if here == "/" and (regex := self._regex()) is not None:
            return Matches(regex)
        head = _HEAD.match(self._text, self._at)
        if head is not None and (kind := FIELDS.get(head[1].lower())) is not None:
            self._at = head.end()
            return self._field(head[1].lower(), kind)
        return self._bare()

    def _bare(self) -> Node:
        start = self._at
        match = self._take(_WORD)
        word = match[0] if match else ""
        if (wrong := slip(word)) is not None:
            raise self._wrong(*wrong, start)
        if not word.strip("*"):
            return Everything()
        return Text(word, glob="*" in word and word[0] != "/")

    def _string(self) -> str:
        start = self._at
        match = self._take(_STRING)
        if match is None:
            raise self._wrong("The quotes are not closed", '"', len(self._text))
        try:
            value = json.loads(match[0], strict=False)
        except json.JSONDecodeError as error:
            raise self._wrong(
                "No escape of JSON", r"\\ for a backslash, \" for a quote", start + error.pos
            ) from None
        return str(value)

    def _regex(self) -> Regex | None:
        start = self._at
        match = self._take(_SLASHED)
        if match is None:
            return None
        pieces = re.split(r"(\\.)", match[1], flags=re.DOTALL)
        source = "".join("/" if each == r"\/" else each for each in pieces)
        regex = Regex(source, bool(match[2]))
        if (wrong := check(regex)) is not None:
            raise self._wrong(wrong.says, wrong.expected, min(start + 1 + wrong.at, match.end(1)))
        return regex

    # Fields

    def _field(self, name: str, kind: FieldKind) -> Field:
        here = self._text[self._at : self._at + 1]
        if not here or here.isspace() or here in "()":
            raise self._wrong(f"{name}: has no value", self._wanted(kind))
        if kind.sort not in ("text", "choice"):
            return Field(name, self._numbers(name, kind))
        start = self._at
        value: Glob | Regex
        if here == "/":
            regex = self._regex()
            if regex is None:
                raise self._wrong("The regular expression is not closed", "/", len(self._text))
            value = regex
        elif here == '"':
            value = Glob(self._string(), exact=True)
        else:
            match = self._take(_WORD)
            value = Glob(match[0] if match else "")
        if kind.sort == "choice" and isinstance(value, Glob):
            self._choose(name, kind, value, start)
        return Field(name, value)

    def _wanted(self, kind: FieldKind) -> str:
        if kind.sort == "choice":
            one_of = "one of " if len(kind.choices) > 1 else ""
            return f"{one_of}{', '.join(kind.choices)}{', 401' if kind.choices[0] == 'pending' else ''}"
        if kind.sort == "text":
            return f"a value such as {kind.example}, with * for any characters, or /a regular expression/"
        if kind.sort == "row":
            return f"the number of a row, such as {kind.example}"
        return f"a comparison such as {kind.example}"

    def _choose(self, name: str, kind: FieldKind, value: Glob, start: int) -> None:
        """A word that can never be there is a mistake, where a glob may fit what a later version knows."""
        word = value.text.lower()
        if word in kind.choices or (not value.exact and ("*" in word or "?" in word)):
            return
        if name == "status" and _HTTP.fullmatch(word):
            return
        near = difflib.get_close_matches(word, kind.choices, n=1)
        expected = f"{near[0]}, or another of {', '.join(kind.choices)}" if near else self._wanted(kind)
        raise self._wrong(f"{name}: knows no {word[:40]}", expected, start)

    def _numbers(self, name: str, kind: FieldKind) -> Range:
        start = self._at
        unit = _BASE.get(kind.sort, "")
        sign = self._take(re.compile(r">=|<=|>|<|=")) if kind.sort != "row" else None
        if sign is not None:
            value = self._amount(name, kind)
            self._ended(name, kind)
            if sign[0] == "=":
                return Range(value, value, unit=unit)
            if sign[0][0] == ">":
                return Range(low=value, above=sign[0] == ">", unit=unit)
            return Range(high=value, below=sign[0] == "<", unit=unit)
        dots = re.compile(r"\.\.")
        low = None if dots.match(self._text, self._at) else self._amount(name, kind)
        if kind.sort != "row" and self._take(dots):
            there = _AMOUNT.match(self._text, self._at)
            high = self._amount(name, kind) if there or low is None else None
            self._ended(name, kind)
            return Range(low, high, unit=unit)
        if kind.sort in ("seconds", "moment"):
            raise self._wrong(f"{name}: takes no single time", self._wanted(kind), start)
        self._ended(name, kind)
        return Range(low, low, unit=unit)

    def _amount(self, name: str, kind: FieldKind) -> float:
        start = self._at
        match = self._take(_AMOUNT)
        if match is None:
            raise self._wrong(f"{name}: wants a number", self._wanted(kind), start)
        units = _UNITS.get(kind.sort, {"": 1.0})
        factor = units.get(match[2]) if match[2] in units else units.get(match[2].lower())
        if factor is None:
            known = ", ".join(each for each in units if each not in ("", "μs", "min"))
            says = "There is no such unit" if match[2] else "The unit is missing"
            raise self._wrong(says, known or "no unit", start + len(match[1]))
        value = float(match[1]) * factor
        if not math.isfinite(value):
            raise self._wrong("The number is too large", "a smaller one", start)
        return value

    def _ended(self, name: str, kind: FieldKind) -> None:
        here = self._text[self._at : self._at + 1]
        if here and not here.isspace() and here not in "()":
            raise self._wrong(f"{name}: has more than a number", self._wanted(kind))

    # Paths

    def _path(self) -> Path:
        self._at += 1
        steps: list[Step] = []
        while (step := self._step()) is not None:
            steps.append(step)
        behind = self._at
        self._skip()
        start = self._at
        operator = self._take(_OPERATOR)
        if operator is None:
            if behind < len(self._text) and not re.match(r"[\s)]", self._text[behind:]):
                raise self._wrong(
                    "The path does not go on so", '.key, ["key"], [0], [*] or a comparison', behind
                )
            self._at = behind
            return Path(tuple(steps))
        if operator[0] == "=":
            raise self._wrong("One = compares nothing", "==, !=, <, <=, >, >= or =~", start)
        self._skip()
        if operator[0] == "=~":
            regex = self._regex() if self._text[self._at : self._at + 1] == "/" else None
            if regex is None:
                raise self._wrong("=~ wants a regular expression", "one between slashes: /…/")
            return Path(tuple(steps), "=~", regex)
        return Path(tuple(steps), operator[0], self._literal(operator[0]))

    def _step(self) -> Step | None:
        text, at = self._text, self._at
        if text.startswith("[*]", at) or text.startswith(".*", at):
            self._at += 3 if text[at] == "[" else 2
            return STAR
        index = self._take(_INDEX)
        if index is not None:
            return int(index[1])
        if text.startswith('["', at):
            self._at += 1
            key = self._string()
            if not text.startswith("]", self._at):
                raise self._wrong("The bracket is open", "]")
            self._at += 1
            return key
        if text.startswith("[", at):
            raise self._wrong("No such step", '[0], [*] or ["key"]', at + 1)
        if text.startswith(".", at):
            self._at += 1
            name = self._take(PLAIN_NAME)
            if name is None:
                raise self._wrong("The path ends in a dot", 'a key; ["…"] where it has other characters')
            return name[0]
        return None

    def _literal(self, operator: str) -> Literal:
        start = self._at
        for word, value in (("true", True), ("false", False), ("null", None)):
            if operator in ("==", "!=") and self._take(re.compile(rf"{word}(?=[\s()]|$)")):
                return value
        if self._text.startswith('"', start):
            return self._string()
        number = self._take(_JSON_NUMBER)
        if number is None:
            only = ", true, false or null" if operator in ("==", "!=") else ""
            says = "A value is missing" if not self._text[start : start + 1].strip() else "That is no value"
            raise self._wrong(says, f'a text in double quotes such as "Oslo", a number{only}')
        found = json.loads(number[0]) if len(number[0]) < 400 else math.inf
        if isinstance(found, float) and not math.isfinite(found):
            raise self._wrong("The number is too large", "a smaller one", start)
        return int(found) if isinstance(found, int) else float(found)
