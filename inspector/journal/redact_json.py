"""JSON with values left out by their names, their places and what stands in texts; all else byte for byte.

It goes through the text once and parses nothing as a whole: key order, repeated keys, the spelling of numbers
and all space stay. Which rules there are is the business of `inspector.journal.redaction`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from inspector.journal.filter.terms import Star
from inspector.journal.redact import fingerprint

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]++', re.DOTALL)
_SPACE = re.compile(r"\s*+")
_PROTECTED = frozenset({"jsonrpc", "id", "method"})
"""Members of a message that stay: what a recording knows a message by."""
_OF_A_SCHEMA = frozenset({"properties", "patternProperties", "$defs", "definitions"})
"""Members of a schema that name what there is: an object below them describes a value and is none."""
_SURROGATE = re.compile(r"[\ud800-\udfff]")

Steps = tuple[Any, ...]


@dataclass(slots=True)
class _Level:
    """An object or array that is gone through.

    Attributes:
        closes: What ends it.
        ways: What is left of each path that leads in here.
        place: The array's element, from 0.
        key: The object's member; `None` before its name.
        message: Its members `id` and the like stay.
        schema: What it is called in the object around it is one of `_OF_A_SCHEMA`.
        hides: Where the value that it is began, if the value goes as a whole.
    """

    closes: str
    ways: tuple[Steps, ...]
    place: int = 0
    key: str | None = None
    message: bool = False
    schema: bool = False
    hides: int = -1


@dataclass(slots=True)
class _Walk:
    """One text on its way."""

    text: str
    made: list[str] = field(default_factory=list)
    taken: int = 0  # of the text, into `made`

    def replace(self, start: int, end: int, by: str) -> None:
        self.made += (self.text[self.taken : start], by)
        self.taken = end


class JsonRules:
    """What to leave out of JSON.

    Args:
        paths: Steps from the message down.
        named: Whether a member of this name goes.
        scrub: What is left of a text.
    """

    def __init__(
        self, paths: Sequence[Steps], named: Callable[[str], bool], scrub: Callable[[str], str]
    ) -> None:
        self._paths = tuple(paths)
        self._named = named
        self._scrub = scrub

    def clean(self, text: str, *, protected: bool) -> str | None:
        """What is left of a text; `None` where it is no JSON as far as brackets and quotes go.

        Args:
            text: One JSON value, or several.
            protected: It is a message, or a batch of some.
        """
        walk, levels, at = _Walk(text), list[_Level](), 0
        while True:
            space = _SPACE.match(text, at)
            at = space.end() if space else at
            if at >= len(text):
                break
            found = _TOKEN.match(text, at)
            if found is None:
                return None
            token, start, at = found[0], at, found.end()
            if not self._step(walk, levels, token, start, at, protected):
                return None
        if levels:
            return None
        walk.made.append(text[walk.taken :])
        return "".join(walk.made)

    def _step(
        self, walk: _Walk, levels: list[_Level], token: str, start: int, end: int, protected: bool
    ) -> bool:
        """Take one token; false where it cannot stand here."""
        level = levels[-1] if levels else None
        if token in "{[":
            levels.append(self._entered(level, token, start, protected, len(levels)))
        elif token in "}]":
            if level is None or level.closes != token:
                return False
            levels.pop()
            if level.hides >= 0 and (not levels or levels[-1].hides < 0):
                walk.replace(level.hides, end, _quoted(fingerprint(walk.text[level.hides : end])))
        elif token == ",":
            if level is None:
                return False
            level.place, level.key = level.place + 1, None
        elif token == ":":
            return level is not None and level.key is not None
        elif level is not None and level.closes == "}" and level.key is None:
            level.key = _read(token)
            self._name(walk, level, token, start, end)
        else:
            self._value(walk, level, token, start, end, protected)
        return True

    def _entered(self, level: _Level | None, token: str, start: int, protected: bool, depth: int) -> _Level:
        goes, ways = self._fate(level, opens=token == "{")
        key = level.key if level is not None and level.closes == "}" else None
        batch = level is not None and depth == 1 and level.closes == "]"
        if batch and not goes:
            ways = self._paths  # of a batch each element is a message
        message = protected and token == "{" and (depth == 0 or batch)
        hides = start if goes and (level is None or level.hides < 0) else level.hides if level else -1
        return _Level("}" if token == "{" else "]", ways, 0, None, message, key in _OF_A_SCHEMA, hides)

    def _fate(self, level: _Level | None, *, opens: bool = False) -> tuple[bool, tuple[Steps, ...]]:
        """Whether the value that stands here goes, and what is left of the paths that lead into it."""
        if level is None:
            return False, self._paths
        key = level.key
        if level.message and key in _PROTECTED:
            return False, ()
        here: object = key if level.closes == "}" else level.place
        ways = tuple(steps[1:] for steps in level.ways if isinstance(steps[0], Star) or steps[0] == here)
        describes = opens and level.schema
        named = key is not None and level.closes == "}" and not describes and self._named(key)
        goes = () in ways or named
        return goes, ways

    def _name(self, walk: _Walk, level: _Level, token: str, start: int, end: int) -> None:
        if level.hides < 0 and not level.message and (clean := self._scrubbed(token)) is not None:
            walk.replace(start, end, clean)

    def _value(
        self, walk: _Walk, level: _Level | None, token: str, start: int, end: int, protected: bool
    ) -> None:
        if level is not None and level.hides >= 0:
            return
        if level is not None and level.message and level.key in _PROTECTED:
            return
        goes, _ = self._fate(level)
        if goes and token != "null":
            walk.replace(start, end, _quoted(fingerprint(_read(token))))
        elif token[0] == '"' and (clean := self._scrubbed(token)) is not None:
            walk.replace(start, end, clean)

    def _scrubbed(self, token: str) -> str | None:
        """A string with what its text loses; `None` where it loses nothing."""
        text = _read(token)
        clean = self._scrub(text)
        return None if clean == text else _quoted(clean)


def _read(token: str) -> str:
    """What a token means as a text."""
    if token[:1] != '"':
        return token
    try:
        return str(json.loads(token, strict=False))
    except ValueError:  # escapes that are none
        return token[1:-1]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=_SURROGATE.search(text) is not None)
