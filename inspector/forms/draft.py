"""What the user has entered so far: one draft per field, as a tree of values that never change.

A draft keeps what was typed, right or wrong; `inspector.forms.value` makes JSON of it.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from inspector.forms.plan import Field
from inspector.forms.suits import best_variant
from inspector.forms.unset import UNSET, Unset


class Step(enum.Enum):
    """A step in a draft that is none in the value."""

    INTO = "into"
    """From a choice of forms into the chosen one."""
    ADD = "add"
    """To where a member is added to an object."""


Key = str | int
Path = tuple[Key | Step, ...]


MOST_ITEMS = 1_000
"""A longer list is not taken apart: it is edited as JSON in place."""


def in_value(path: Path) -> tuple[Key, ...]:
    """The same place as keys and indexes of the value."""
    return tuple(key for key in path if not isinstance(key, Step))


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
        drafts: Of each field that is set, by key; also of members that were added and have no value yet.
        extra: Members that the plan does not know; they are kept.
    """

    drafts: Mapping[str, Draft] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Items:
    """A list that is there, perhaps empty."""

    drafts: tuple[Draft, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of the forms of a choice.

    Attributes:
        index: Which of the field's variants.
        draft: What is entered in it.
    """

    index: int
    draft: Draft = UNSET


Draft = Unset | Typed | Exact | Members | Items | Chosen


def draft_of(field: Field, value: object) -> Draft:
    """The draft that stands for `value`; `value_of` gives the very same value back, fitting or not."""
    if value is UNSET:
        return UNSET
    if field.kind == "object" and isinstance(value, dict):
        drafts: dict[str, Draft] = {
            child.key: draft_of(child, value[child.key]) for child in field.children if child.key in value
        }
        extra: dict[str, Any] = {}
        for key, member in value.items():
            if key in drafts:
                continue
            below = field.unnamed(key)
            if below is None:
                extra[key] = member
            else:
                drafts[key] = draft_of(below, member)
        return Members(drafts, extra)
    if field.kind == "array" and isinstance(value, list) and len(value) <= MOST_ITEMS:
        below_each = [field.element(index) for index in range(len(value))]
        if None not in below_each:
            pairs = zip(below_each, value, strict=True)
            return Items(tuple(draft_of(below, element) for below, element in pairs if below))
    if field.kind == "variant" and not (value is None and field.nullable):
        index = best_variant(field, value)
        if index is not None:
            return Chosen(index, draft_of(field.variants[index], value))
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
        return Items(tuple(initial(head) for head in field.heads))
    if field.kind == "object":
        drafts = {child.key: initial(child) for child in field.children if child.key not in field.later}
        return Members({key: draft for key, draft in drafts.items() if draft is not UNSET})
    return UNSET


def fresh(field: Field) -> Draft:
    """A new item or member: its default, or empty."""
    draft = initial(field)
    return Typed("") if draft is UNSET and field.kind == "string" else draft


def chosen(field: Field, index: int, before: Draft) -> Draft:
    """The variant `index` of `field`, begun; what was entered for members of the same kind stays."""
    variant = field.variants[index]
    begins = fresh(variant)
    was = before.draft if isinstance(before, Chosen) else UNSET
    if isinstance(before, Chosen) and isinstance(was, Members) and isinstance(begins, Members):
        old = field.variants[before.index]
        kept = {
            key: draft
            for key, draft in was.drafts.items()
            if (new := variant.member(key)) is not None
            and new.const is UNSET
            and (same := old.member(key)) is not None
            and same.kind == new.kind != "variant"
        }
        return Chosen(index, replace(begins, drafts={**begins.drafts, **kept}))
    return Chosen(index, begins)


def child_of(field: Field, key: Key | Step) -> Field | None:
    """The field under `field` by one step of a path."""
    if isinstance(key, str):
        return field.member(key)
    return field.element(key) if isinstance(key, int) and field.kind == "array" else None


def at(draft: Draft, path: Path) -> Draft:
    """The draft at `path` below `draft`; `UNSET` if there is none."""
    for key in path:
        if isinstance(draft, Members) and isinstance(key, str):
            draft = draft.drafts.get(key, UNSET)
        elif isinstance(draft, Items) and isinstance(key, int) and 0 <= key < len(draft.drafts):
            draft = draft.drafts[key]
        elif isinstance(draft, Chosen) and key is Step.INTO:
            draft = draft.draft
        else:
            return UNSET
    return draft


def put(field: Field, draft: Draft, path: Path, new: Draft) -> Draft:
    """`draft` of `field` with `new` at `path`.

    An unset object on the way is begun; an optional object whose last member is unset is unset again.
    A member that was added stays without a value. A path that leads nowhere changes nothing.
    """
    if not path:
        return new
    key, rest = path[0], path[1:]
    if key is Step.INTO and isinstance(draft, Chosen):
        return replace(draft, draft=put(field.variants[draft.index], draft.draft, rest, new))
    below = child_of(field, key)
    if below is None or isinstance(key, Step):
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
    drafts = {**whole.drafts, key: changed}
    if changed is UNSET and any(child.key == key for child in field.children):
        del drafts[key]
    if not drafts and not whole.extra and not field.required:
        return UNSET
    return replace(whole, drafts=drafts)
