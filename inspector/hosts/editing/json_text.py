"""Finds the command of an entry in JSON, with comments and a comma after the last member where they are.

The text has been read as a whole before (`inspector.hosts.files`): here it is only looked through. What is of
no interest is passed over without a look into it, however deep it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from inspector.hosts.editing.spans import Member, NotFound, Place, Span

STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_GAP = re.compile(r"(?:[\s,:]++|//[^\r\n]*+|/\*.*?\*/)*+", re.DOTALL)
_WHOLE = re.compile(rf"{STRING}|[^\s,:\[\]{{}}\"/]++", re.DOTALL)
_TURN = re.compile(rf"{STRING}|//[^\r\n]*+|/\*.*?\*/|[\[\]{{}}]", re.DOTALL)


def find_json(text: str, at: Sequence[str]) -> Place:
    """Where the command of the entry stands that the keys `at` lead to.

    Raises:
        NotFound: It is not there, or the text has a key on the way to it twice.
    """
    entry = _value_at(text, _after_gap(text, 1 if text.startswith("\ufeff") else 0))
    for key in at:
        entry = _member(text, entry, key).value
    holder = entry
    command = _member(text, entry, "command")
    if text[command.value.start] == "{":  # older releases of Zed
        holder = command.value
        command = _member(text, holder, "path")
    args = _optional(text, holder, "args")
    if args is None and holder is not entry:
        args = _optional(text, entry, "args")
    if args is not None and text[args.value.start] != "[":  # `null` is as good as nothing
        raise NotFound("has args that are no list")
    return Place(entry, command, args, tuple(_elements(text, args.value)) if args is not None else ())


def _member(text: str, object_: Span, key: str) -> Member:
    found = _optional(text, object_, key)
    if found is None:
        raise NotFound(f"has no {key!r} where it should stand")
    return found


def _optional(text: str, object_: Span, key: str) -> Member | None:
    found = [each for each in _members(text, object_) if json.loads(each.key.of(text)) == key]
    if len(found) > 1:
        raise NotFound(f"has {key!r} twice")
    return found[0] if found else None


def _members(text: str, object_: Span) -> Iterator[Member]:
    """The members of the object that stands there."""
    if text[object_.start] != "{":
        raise NotFound("is no object on the way to the entry")
    parts = _elements(text, object_)
    for key in parts:
        yield Member(key, key, next(parts))


def _elements(text: str, inside: Span) -> Iterator[Span]:
    """What stands in brackets of either kind, one after the other."""
    at = _after_gap(text, inside.start + 1)
    while at < inside.end - 1:
        value = _value_at(text, at)
        yield value
        at = _after_gap(text, value.end)


def _after_gap(text: str, at: int) -> int:
    gap = _GAP.match(text, at)
    return gap.end() if gap is not None else at


def _value_at(text: str, at: int) -> Span:
    if text[at : at + 1] not in ("{", "["):
        whole = _WHOLE.match(text, at)
        if whole is None:
            raise NotFound("cannot be followed")
        return Span(at, whole.end())
    depth = 0
    for turn in _TURN.finditer(text, at):
        if turn[0] in ("{", "["):
            depth += 1
        elif turn[0] in ("}", "]"):
            depth -= 1
            if not depth:
                return Span(at, turn.end())
    raise NotFound("cannot be followed")
