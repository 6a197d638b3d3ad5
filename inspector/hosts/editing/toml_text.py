"""Finds the command of an entry in TOML 1.0, however it is spelt: tables, dotted keys, inline tables.

The text has been read by `tomllib` before: here it is only looked through, for the keys and where their
values stand. An array of tables is no way to an entry.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inspector.hosts.editing.spans import Member, NotFound, Place, Span

STRING = (
    r'"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+"{3,5}'
    r"|'''(?:[^']++|'{1,2}(?!'))*+'{3,5}"
    r'|"(?:[^"\\\r\n]++|\\.)*+"'
    r"|'[^'\r\n]*+'"
)
_COMMENT = r"#[^\r\n]*+"
_GAP = re.compile(rf"(?:\s++|{_COMMENT})*+")
_COMMAS = re.compile(rf"(?:[\s,]++|{_COMMENT})*+")
_PART = re.compile(rf"{STRING}|[A-Za-z0-9_-]++", re.DOTALL)
_DOT = re.compile(r"[ \t]*+\.[ \t]*+")
_EQUALS = re.compile(r"[ \t]*+=[ \t]*+")
_TURN = re.compile(rf"{STRING}|{_COMMENT}|[\[\]{{}}]", re.DOTALL)
# A time may have a space in it.
_WHOLE = re.compile(rf"{STRING}|[^\s,#\[\]{{}}\"'](?:[^\r\n,#\[\]{{}}\"']*[^\s,#\[\]{{}}\"'])?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Key:
    """A key with all its parts: what they are, and where they stand."""

    parts: tuple[str, ...]
    span: Span
    last: Span


@dataclass(frozen=True, slots=True)
class _Found:
    """A member with the keys that lead to it."""

    path: tuple[str, ...]
    member: Member
    inline: bool = False


def find_toml(text: str, at: Sequence[str]) -> Place:
    """Where the command of the entry stands that the keys `at` lead to.

    Raises:
        NotFound: It is not there.
    """
    way = tuple(at)
    found = {each.path: each for each in _members(text, way)}
    command = found.get((*way, "command"))
    if command is None:
        raise NotFound("has no 'command' where it should stand")
    args = found.get((*way, "args"))
    if args is not None and text[args.member.value.start] != "[":
        raise NotFound("has args that are no list")
    own = [each.member for path, each in found.items() if path[: len(way)] == way]
    return Place(
        Span(min(each.key.start for each in own), max(each.value.end for each in own)),
        command.member,
        args.member if args is not None else None,
        tuple(_elements(text, args.member.value)) if args is not None else (),
        " = ",
        lines=not command.inline,
    )


def values_in(text: str) -> Iterator[Span]:
    """Where values stand, those within others left out."""
    for _, _, value in _statements(text):
        yield value


def _members(text: str, way: tuple[str, ...]) -> Iterator[_Found]:
    """Every member that stands in the text; of inline tables those that are on the way."""
    for table, key, value in _statements(text):
        if table is not None:
            yield from _with_inner(text, (*table, *key.parts), Member(key.span, key.last, value), way)


def _statements(text: str) -> Iterator[tuple[tuple[str, ...] | None, _Key, Span]]:
    """Each key with its value, and the table that it stands in; `None` for one of an array of tables."""
    table: tuple[str, ...] | None = ()
    at = _past(_GAP, text, 1 if text.startswith("\ufeff") else 0)
    while at < len(text):
        if text[at] == "[":
            many = text.startswith("[[", at)
            key = _key(text, _past_blanks(text, at + 1 + many))
            at = text.index("]", key.span.end) + 1 + many
            table = None if many else key.parts
        else:
            key = _key(text, at)
            value = _value_at(text, _after_equals(text, key.span.end))
            yield table, key, value
            at = value.end
        at = _past(_GAP, text, at)


def _with_inner(
    text: str, path: tuple[str, ...], member: Member, way: tuple[str, ...], *, inline: bool = False
) -> Iterator[_Found]:
    yield _Found(path, member, inline)
    if text[member.value.start] != "{" or way[: len(path)] != path:
        return
    at = _past(_COMMAS, text, member.value.start + 1)
    while at < member.value.end - 1:
        key = _key(text, at)
        value = _value_at(text, _after_equals(text, key.span.end))
        inner = Member(key.span, key.last, value)
        yield from _with_inner(text, (*path, *key.parts), inner, way, inline=True)
        at = _past(_COMMAS, text, value.end)


def _key(text: str, at: int) -> _Key:
    parts: list[str] = []
    begins = at
    while True:
        part = _PART.match(text, at)
        if part is None:
            raise NotFound("cannot be followed")
        bare = part[0][0] not in "\"'"
        parts.append(part[0] if bare else str(tomllib.loads(f"key = {part[0]}")["key"]))
        dot = _DOT.match(text, part.end())
        if dot is None:
            return _Key(tuple(parts), Span(begins, part.end()), Span(part.start(), part.end()))
        at = dot.end()


def _after_equals(text: str, at: int) -> int:
    equals = _EQUALS.match(text, at)
    if equals is None:
        raise NotFound("cannot be followed")
    return equals.end()


def _elements(text: str, array: Span) -> Iterator[Span]:
    at = _past(_COMMAS, text, array.start + 1)
    while at < array.end - 1:
        value = _value_at(text, at)
        yield value
        at = _past(_COMMAS, text, value.end)


def _past(gap: re.Pattern[str], text: str, at: int) -> int:
    found = gap.match(text, at)
    return found.end() if found is not None else at


def _past_blanks(text: str, at: int) -> int:
    while text[at] in " \t":
        at += 1
    return at


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
