"""From what was typed to the JSON value, and from the command line's text to it.

What does not fit its field stays in the value and is reported beside it: a debugger must be able to send
what is wrong. Whether the value is valid is not for here (`inspector.forms.check`).
"""

from __future__ import annotations

import math
import re
from typing import Any

from inspector.forms import json_text
from inspector.forms.check import Problem
from inspector.forms.draft import Chosen, Draft, Exact, Items, Key, Members, Typed, draft_of, initial
from inspector.forms.json_text import NotJson
from inspector.forms.plan import Field, plan
from inspector.forms.suits import fits
from inspector.forms.unset import UNSET, Unset

__all__ = ["UNSET", "Unset", "coerce", "draft_of", "fits", "initial", "shown", "value_of"]

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
# Edited as JSON where they are not taken apart.
IN_PLACE = ("json", "object", "array", "variant")
_NOUNS = {"number": "a number", "integer": "a whole number", "string": "text", "boolean": "true or false",
          "enum": "one of the choices", "object": "an object", "array": "a list", "null": "null",
          "variant": "one of the forms"}  # fmt: skip


def value_of(field: Field, draft: Draft) -> tuple[Any, list[Problem]]:
    """The JSON value of `draft`, or `UNSET`; and what is wrong with it, by path.

    With a problem the value still holds what was typed, as text if need be.
    """
    problems: list[Problem] = []
    value = _value(field, draft, (), problems)
    if value is UNSET and field.required:
        problems.append(Problem((), "is required", missing=True))
    return value, problems


def _value(field: Field, draft: Draft, path: tuple[Key, ...], problems: list[Problem]) -> Any:
    if isinstance(draft, Typed):
        return _typed(field, draft.text, path, problems)
    if isinstance(draft, Exact):
        _judge(field, draft.value, path, problems)
        return draft.value
    if isinstance(draft, Items):
        return _items(field, draft, path, problems)
    if isinstance(draft, Members):
        return _members(field, draft, path, problems)
    if isinstance(draft, Chosen):
        return _value(field.variants[draft.index], draft.draft, path, problems)
    return UNSET


def _items(field: Field, draft: Items, path: tuple[Key, ...], problems: list[Problem]) -> list[Any]:
    """The items that have a value; those at the end of a tuple may be left out."""
    last = max((at for at, below in enumerate(draft.drafts) if below is not UNSET), default=-1)
    elements = []
    for index, below in enumerate(draft.drafts):
        wanted = field.element(index)
        element = _value(wanted, below, (*path, index), problems) if wanted else UNSET
        if element is not UNSET:
            elements.append(element)
        elif index < last or index < field.least or index >= len(field.heads):
            problems.append(Problem((*path, index), "is required", missing=True))
    return elements


def _members(field: Field, draft: Members, path: tuple[Key, ...], problems: list[Problem]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for child in field.children:
        here = (*path, child.key)
        member = _value(child, draft.drafts.get(child.key, UNSET), here, problems)
        if member is not UNSET:
            members[child.key] = member
        elif child.required:
            problems.append(Problem(here, "is required", missing=True))
    named = {child.key for child in field.children}
    for key, below in draft.drafts.items():
        wanted = field.unnamed(key) if key not in named else None
        if wanted is not None:
            member = _value(wanted, below, (*path, key), problems)
            if member is not UNSET:
                members[key] = member
            else:
                problems.append(Problem((*path, key), "has no value yet", missing=True))
    return {**members, **draft.extra}


def _typed(field: Field, text: str, path: tuple[Key, ...], problems: list[Problem]) -> Any:
    if field.kind == "string":
        return text
    if not text.strip():
        return UNSET
    if field.kind in ("number", "integer"):
        number = _number(text.strip())
        if number is None:
            problems.append(Problem(path, f"must be {_NOUNS[field.kind]}", blocks=True))
            return text
        _judge(field, number, path, problems)
        return number
    try:
        value = json_text.parse(text)
    except NotJson as error:
        problems.append(Problem(path, f"is not JSON: {error}", blocks=True))
        return text
    _judge(field, value, path, problems)
    return value


def _number(text: str) -> int | float | None:
    """The number that JSON would read: 1 is an integer, 1.0 is not, big integers keep every digit."""
    try:
        if _INTEGER.fullmatch(text):
            return int(text)
        number = float(text) if _NUMBER.fullmatch(text) else math.nan
    except ValueError:  # more than 4,300 digits
        return None
    return number if math.isfinite(number) else None


def _judge(field: Field, value: Any, path: tuple[Key, ...], problems: list[Problem]) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        problems.append(Problem(path, "is not a JSON number"))
    elif not fits(field, value):
        noun = _NOUNS.get(field.kind) or " or ".join(field.types)
        problems.append(Problem(path, f"must be {noun}, is {json_text.type_word(value)}"))


def shown(field: Field, draft: Draft) -> str:
    """The text of a scalar or `json` draft in its input: as typed, strings bare, all else as JSON.

    An empty text means unset, empty or null; the draft tells which. Not yet fit for a terminal.
    """
    if isinstance(draft, Typed):
        return draft.text
    if isinstance(draft, Exact):
        if field.kind in IN_PLACE and not (draft.value is None and field.nullable):
            return json_text.write(draft.value, indent=2)
        if draft.value is None and field.nullable:
            return ""
        if field.kind == "string" and isinstance(draft.value, str):
            return draft.value
        return json_text.write(draft.value)
    return ""


def coerce(target: Any, text: str) -> Any:
    """`text` from a command line as the JSON type that `target` (a `Field` or a schema) declares.

    A string stays as it is. Any other type is parsed as JSON if that fits; otherwise the text itself is
    the value, so that the server can say what it thinks of it. Where no type is declared, only objects
    and lists are parsed.
    """
    field = target if isinstance(target, Field) else plan(target)
    if field.kind == "string":
        return text
    if field.kind == "enum" and any(choice.value == text for choice in field.choices):
        return text
    try:
        value = json_text.parse(text)
    except NotJson:
        return text
    if field.kind in ("json", "variant") and not field.types:
        return value if isinstance(value, dict | list) else text
    return value if fits(field, value) else text
