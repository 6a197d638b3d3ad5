"""The values that a schema lists, in all the spellings of an enum.

`const`, `enum` (with `enumNames` or `x-enumNames` beside it), and `oneOf` or `anyOf` of branches that are
each a const or an enum, with a title and a description.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from inspector.forms import json_text
from inspector.forms.resolve import Schema

_NAMES = ("enumNames", "x-enumNames", "x-enum-varnames")
_PLAIN = frozenset({"const", "enum", "title", "description", "type", "deprecated", *_NAMES})


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values that a field may have, and how the schema calls it."""

    value: Any
    title: str
    description: str = ""


def choices_of(schema: Schema) -> tuple[Choice, ...] | None:
    """What may be chosen, in the schema's order; `None` where it lists no values."""
    found = _listed(schema)
    return _told_apart(found) if found is not None else None


def _listed(schema: Schema) -> tuple[Choice, ...] | None:
    if "const" in schema:
        return (_choice(schema["const"], None),)
    values = schema.get("enum")
    if isinstance(values, list) and values:
        names = next((names for word in _NAMES if isinstance(names := schema.get(word), list)), [])
        titles = names if len(names) == len(values) else [None] * len(values)
        return tuple(map(_choice, values, titles))
    for word in ("oneOf", "anyOf"):
        branches = schema.get(word)
        if isinstance(branches, list) and branches and all(map(_is_listed, branches)):
            return tuple(choice for one in branches for choice in _titled(one))
    return None


def _is_listed(branch: Any) -> bool:
    if not isinstance(branch, Mapping) or not branch.keys() <= _PLAIN:
        return False
    return "const" in branch or (isinstance(branch.get("enum"), list) and bool(branch["enum"]))


def _titled(branch: Schema) -> tuple[Choice, ...]:
    found = _listed(branch) or ()
    if len(found) != 1:
        return found
    return (_choice(found[0].value, branch.get("title"), branch.get("description")),)


def _choice(value: Any, title: Any, description: Any = None) -> Choice:
    shown = value if isinstance(value, str) and value.strip() else json_text.write(value)
    return Choice(value, text(title) or shown, text(description))


def _told_apart(found: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """`found` without what is listed twice; where two look alike, as 1 and "1" do, each as its JSON."""
    once = {(key_of(choice.value) or choice.title, choice.title): choice for choice in found}.values()
    alike = Counter(choice.title for choice in once)
    if len(alike) == len(found):
        return found
    return tuple(
        replace(choice, title=_exactly(choice)) if alike[choice.title] > 1 else choice for choice in once
    )


def _exactly(choice: Choice) -> str:
    exact = json_text.write(choice.value)
    plain = choice.title in (exact, choice.value)
    return exact if plain else f"{choice.title} {exact}"


def text(value: Any) -> str:
    """`value` if it is a text, else an empty one."""
    return value if isinstance(value, str) else ""


def lookup_of(choices: tuple[Choice, ...]) -> frozenset[str]:
    """The listed values as `key_of` writes them: whether a value is among thousands is asked often."""
    return frozenset(key for choice in choices if (key := key_of(choice.value)) is not None)


def key_of(value: Any) -> str | None:
    """The same for values that are equal as JSON; `None` where it cannot be written."""
    try:
        return json_text.canonical(value)
    except (RecursionError, ValueError):
        return None
