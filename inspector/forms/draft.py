"""What the user has entered so far: one draft per field, as a tree of values that never change.

A draft keeps what was typed, right or wrong; `inspector.forms.value` makes JSON of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from inspector.forms.plan import Field
from inspector.forms.unset import UNSET, Unset

Key = str | int
Path = tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """Text as it was typed: a string, the digits of a number, or JSON."""

    text: str


@dataclass(frozen=True, slots=True)
class Exact:
    """A JSON value as it is: a choice, null, a default, or something that does not fit the field."""

    value: Any


@dataclass(frozen=True, slots=True)
class Members:
    """An object that is there, perhaps empty.

    Attributes:
        drafts: Of each field that is set, by key.
        extra: Members that the plan does not know; they are kept.
    """

    drafts: Mapping[str, Draft] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Items:
    """A list that is there, perhaps empty."""

    drafts: tuple[Draft, ...] = ()


Draft = Unset | Typed | Exact | Members | Items


def draft_of(field: Field, value: object) -> Draft:
    """The draft that stands for `value`; `value_of` gives the very same value back, fitting or not."""
    if value is UNSET:
        return UNSET
    if field.kind == "object" and isinstance(value, dict):
        known = {
            child.key: draft_of(child, value[child.key]) for child in field.children if child.key in value
        }
        return Members(known, {key: member for key, member in value.items() if key not in known})
    if field.kind == "array" and field.item is not None and isinstance(value, list):
        item = field.item
        return Items(tuple(draft_of(item, element) for element in value))
    return Exact(value)


def initial(field: Field) -> Draft:
    """What a fresh form holds: defaults filled in, everything else unset.

    An optional field whose default is null stays unset, which says the same. A required object or list
    is there from the start, a required choice without a default is not made for the user.
    """
    if field.default is not UNSET and not (field.default is None and not field.required):
        return draft_of(field, field.default)
    return begun(field) if field.required else UNSET


def begun(field: Field) -> Draft:
    """What stands in `field` once it is to be there: an object with its defaults, an empty list."""
    if field.const is not UNSET:
        return Exact(field.const)
    if field.kind == "null":
        return Exact(None)
    if field.kind == "array":
        return Items()
    if field.kind == "object":
        drafts = {child.key: initial(child) for child in field.children}
        return Members({key: draft for key, draft in drafts.items() if draft is not UNSET})
    return UNSET


def fresh_item(field: Field) -> Draft:
    """A new item of the list `field`: its default, or empty."""
    item = field.item
    if item is None:
        return UNSET
    draft = initial(item)
    return Typed("") if draft is UNSET and item.kind == "string" else draft


def child_of(field: Field, key: Key) -> Field | None:
    """The field under `field` by one step of a path."""
    if field.kind == "array":
        return field.item
    return next((child for child in field.children if child.key == key), None)


def at(draft: Draft, path: Path) -> Draft:
    """The draft at `path` below `draft`; `UNSET` if there is none."""
    for key in path:
        if isinstance(draft, Members) and isinstance(key, str):
            draft = draft.drafts.get(key, UNSET)
        elif isinstance(draft, Items) and isinstance(key, int) and 0 <= key < len(draft.drafts):
            draft = draft.drafts[key]
        else:
            return UNSET
    return draft


def put(field: Field, draft: Draft, path: Path, new: Draft) -> Draft:
    """`draft` of `field` with `new` at `path`.

    An unset object on the way is begun; an optional object whose last member is unset is unset again.
    A path that leads nowhere changes nothing.
    """
    if not path:
        return new
    key, rest = path[0], path[1:]
    below = child_of(field, key)
    if below is None:
        return draft
    if isinstance(key, int):
        if not isinstance(draft, Items) or not 0 <= key < len(draft.drafts):
            return draft
        changed = put(below, draft.drafts[key], rest, new)
        return Items((*draft.drafts[:key], changed, *draft.drafts[key + 1 :]))
    whole = draft if isinstance(draft, Members) else begun(field)
    if not isinstance(whole, Members):
        return draft
    changed = put(below, whole.drafts.get(key, UNSET), rest, new)
    drafts = {name: kept for name, kept in whole.drafts.items() if name != key}
    if changed is not UNSET:
        drafts = {**whole.drafts, key: changed}
    if not drafts and not whole.extra and not field.required:
        return UNSET
    return replace(whole, drafts=drafts)
