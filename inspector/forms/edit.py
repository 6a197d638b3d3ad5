"""What a user does to a form's structure: add, remove and move items, add members, switch to JSON and back.

Each takes a whole draft and gives another together with the place where the cursor belongs then; nothing
is ever changed in place.
"""

from __future__ import annotations

from inspector.forms import json_text
from inspector.forms.draft import (
    Chosen,
    Draft,
    Exact,
    Items,
    Members,
    Path,
    Step,
    Typed,
    at,
    child_of,
    draft_of,
    fresh,
    put,
)
from inspector.forms.json_text import NotJson
from inspector.forms.plan import Field
from inspector.forms.unset import UNSET
from inspector.forms.value import value_of

Edit = tuple[Draft, Path]
MOST_PICKED = 100
"""More chosen values than a line can name are shown as a list."""
CONTAINERS = ("object", "array", "variant")


def item_around(path: Path) -> tuple[Path, int] | None:
    """The innermost item that `path` is or is in: the list's path and its number."""
    for end in range(len(path) - 1, -1, -1):
        if isinstance(index := path[end], int):
            return path[:end], index
    return None


def insert(root: Field, draft: Draft, path: Path, field: Field, index: int | None = None) -> Edit | None:
    """A new item in the list `field` at `path`, at its end unless `index` says where."""
    here = at(draft, path)
    items = here.drafts if isinstance(here, Items) else ()
    index = len(items) if index is None else index
    wanted = field.element(len(items))
    if wanted is None or field.element(index) is None:
        return None
    new = fresh(field.element(index) or wanted)
    return put(root, draft, path, Items((*items[:index], new, *items[index:]))), (*path, index)


def add_member(root: Field, draft: Draft, path: Path, field: Field, name: str) -> Edit:
    """A member `name` in the object `field` at `path`; one that is there already stays as it is."""
    below, here = field.member(name), (*path, name)
    whole = at(draft, path)
    known = isinstance(whole, Members) and (name in whole.drafts or name in whole.extra)
    if below is None or known or any(child.key == name for child in field.children):
        return draft, here
    return put(root, draft, here, fresh(below)), here


def remove(root: Field, draft: Draft, path: Path) -> Edit | None:
    """Without the innermost item or added member that `path` is or is in."""
    for end in range(len(path) - 1, -1, -1):
        key, above = path[end], path[:end]
        whole, field = at(draft, above), field_at(root, draft, above)
        if isinstance(key, int) and isinstance(whole, Items):
            left = (*whole.drafts[:key], *whole.drafts[key + 1 :])
            to = (*above, min(key, len(left) - 1)) if left else above
            return put(root, draft, above, Items(left)), to
        if isinstance(key, str) and isinstance(whole, Members) and field is not None:
            rest = {name: kept for name, kept in whole.drafts.items() if name != key}
            if key in whole.drafts and all(child.key != key for child in field.children):
                return put(root, draft, above, Members(rest, whole.extra)), (*above, Step.ADD)
    return None


def field_at(root: Field, draft: Draft, path: Path) -> Field | None:
    """The field at `path` of a form; `None` where there is none."""
    field: Field | None = root
    for end, key in enumerate(path):
        if field is None:
            return None
        if key is Step.INTO:
            here = at(draft, path[:end])
            field = field.variants[here.index] if isinstance(here, Chosen) else None
        else:
            field = child_of(field, key)
    return field


def shift(root: Field, draft: Draft, path: Path, by: int) -> Edit | None:
    """The innermost item that `path` is in moved by `by` places."""
    if (item := item_around(path)) is None:
        return None
    above, index = item
    items = at(draft, above)
    if not isinstance(items, Items) or not 0 <= index + by < len(items.drafts):
        return None
    drafts = list(items.drafts)
    drafts[index], drafts[index + by] = drafts[index + by], drafts[index]
    return put(root, draft, above, Items(tuple(drafts))), (*above, index + by, *path[len(above) + 1 :])


def as_json(field: Field, draft: Draft) -> Draft:
    """The draft of a container as JSON text that is edited in place, or such a text as fields again.

    What is no JSON stays as it is: nothing that was typed is lost.
    """
    if field.kind not in CONTAINERS:
        return draft
    if isinstance(draft, Typed):
        try:
            return draft_of(field, json_text.parse(draft.text)) if draft.text.strip() else UNSET
        except NotJson:
            return draft
    if isinstance(draft, Exact):
        again = draft_of(field, draft.value)
        return Typed(json_text.write(draft.value, indent=2)) if isinstance(again, Exact) else again
    value, _ = value_of(field, draft)
    return Typed("" if value is UNSET else json_text.write(value, indent=2))


def toggled(field: Field, draft: Draft, choice: int) -> Draft:
    """The list of chosen values `draft` with the value number `choice` in it, or without it."""
    drafts = draft.drafts if isinstance(draft, Items) else ()
    value = Exact(field.item.choices[choice].value) if field.item is not None else Exact(None)
    left = tuple(one for one in drafts if not same(one, value))
    return Items(left if len(left) < len(drafts) else (*drafts, value))


def picked(field: Field, draft: Draft) -> list[int] | None:
    """The numbers of the chosen values in the order of choosing; `None` where a list shows them better."""
    if not field.multiple or field.item is None or not (draft is UNSET or isinstance(draft, Items)):
        return None
    drafts = draft.drafts if isinstance(draft, Items) else ()
    if len(drafts) > len(field.item.choices) or len(drafts) > MOST_PICKED:
        return None
    found: list[int] = []
    for one in drafts:
        number = next(
            (at for at, choice in enumerate(field.item.choices) if same(one, Exact(choice.value))), -1
        )
        if number < 0 or number in found:
            return None
        found.append(number)
    return found


def same(one: Draft, other: Draft) -> bool:
    """Equal with types: true is not 1."""
    if isinstance(one, Exact) and isinstance(other, Exact):
        return type(one.value) is type(other.value) and one.value == other.value
    return one is other
