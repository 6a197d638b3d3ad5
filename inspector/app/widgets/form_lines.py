"""A field tree with its draft, flattened into the lines of a form. No widget here, nothing is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from inspector.forms.draft import Chosen, Draft, Exact, Items, Members, Path, Step, Typed
from inspector.forms.edit import CONTAINERS, picked
from inspector.forms.plan import Field
from inspector.forms.standing import standing
from inspector.forms.unset import UNSET


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Attributes:
        path: Where in the value.
        field: What is asked for; its `key` is empty for an item.
        draft: What is entered so far.
        depth: How far it is indented.
        open: Of an object or list: its members are shown.
        added: A member that the schema does not name.
        needed: A condition that holds demands it.
        idle: It has a value although its condition does not hold.
    """

    path: Path
    field: Field
    draft: Draft
    depth: int
    open: bool = False
    added: bool = False
    needed: bool = False
    idle: bool = False

    @property
    def place(self) -> tuple[Path, Field]:
        """The same for lines that one row can show one after the other."""
        return self.path, self.field

    @property
    def folds(self) -> bool:
        """It has lines below it that can be hidden."""
        kind = self.field.kind
        return kind in ("object", "array") and not (self.as_json or self.adds or self.multiple)

    @property
    def as_json(self) -> bool:
        """An object, list or choice that is not taken apart but edited as JSON."""
        if isinstance(self.draft, Exact) and self.field.kind == "variant":
            return not (self.draft.value is None and self.field.nullable)
        return self.field.kind in CONTAINERS and isinstance(self.draft, Exact | Typed)

    @property
    def multiple(self) -> bool:
        """Several of the schema's values are chosen on one line."""
        return not self.adds and picked(self.field, self.draft) is not None

    @property
    def adds(self) -> bool:
        """Here the name of another member is entered; `field` is the object's."""
        return bool(self.path) and self.path[-1] is Step.ADD

    @property
    def removable(self) -> bool:
        """It can be taken away as a whole."""
        return self.is_item or self.added

    @property
    def is_item(self) -> bool:
        """It is an item of a list."""
        return bool(self.path) and isinstance(self.path[-1], int)

    @property
    def name(self) -> str:
        """What stands at the left. The server's text."""
        last = self.path[-1] if self.path else ""
        if isinstance(last, Step):
            return "+" if last is Step.ADD else "↳"
        return f"[{last}]" if isinstance(last, int) else last


def lines_of(field: Field, draft: Draft, folds: Mapping[Path, bool]) -> Iterator[Line]:
    """The lines of a whole form; the root object has none of its own.

    Args:
        folds: What the user opened (True) or closed (False). Untouched, an object or list is open where
            it is there, and an optional one that is unset is closed.
    """
    if field.kind == "object" and not isinstance(draft, Exact | Typed):
        yield from _below(field, draft, (), 0, folds)
    else:
        yield from _one(field, draft, (), 0, folds)


def _one(
    field: Field,
    draft: Draft,
    path: Path,
    depth: int,
    folds: Mapping[Path, bool],
    *,
    added: bool = False,
    needed: bool = False,
    idle: bool = False,
) -> Iterator[Line]:
    line = Line(path, field, draft, depth, added=added, needed=needed, idle=idle)
    if isinstance(draft, Chosen) and field.kind == "variant":
        yield line
        yield from _inside(field.variants[draft.index], draft.draft, (*path, Step.INTO), depth + 1, folds)
    elif not line.folds:
        yield line
    else:
        is_open = folds.get(path, draft is not UNSET)
        yield replace(line, open=is_open)
        if is_open:
            yield from _below(field, draft, path, depth + 1, folds)


def _inside(field: Field, draft: Draft, path: Path, depth: int, folds: Mapping[Path, bool]) -> Iterator[Line]:
    """The lines of a chosen form: an object's members at once, nothing for a constant."""
    if field.const is not UNSET or field.kind == "null":
        return
    if field.kind == "object" and not isinstance(draft, Exact | Typed):
        yield from _below(field, draft, path, depth, folds)
    else:
        yield from _one(field, draft, path, depth, folds)


def _below(field: Field, draft: Draft, path: Path, depth: int, folds: Mapping[Path, bool]) -> Iterator[Line]:
    if field.kind == "object":
        drafts = draft.drafts if isinstance(draft, Members) else {}
        stands = standing(field, draft)
        for child in field.children:
            key, below = child.key, drafts.get(child.key, UNSET)
            needed, hidden = key in stands.needed, key in stands.hidden
            if below is not UNSET or not hidden:
                yield from _one(child, below, (*path, key), depth, folds, needed=needed, idle=hidden)
        named = {child.key for child in field.children}
        for key, below in drafts.items():
            if key not in named and (member := field.unnamed(key)) is not None:
                yield from _one(member, below, (*path, key), depth, folds, added=True)
        if field.rests:
            yield Line((*path, Step.ADD), field, draft, depth)
    elif isinstance(draft, Items):
        for index, below in enumerate(draft.drafts):
            if (item := field.element(index)) is not None:
                yield from _one(item, below, (*path, index), depth, folds)


def states(field: Field) -> list[tuple[str, Draft]]:
    """What a field can be beside having a value, each with its word: unset, empty, null."""
    found: list[tuple[str, Draft]] = [("unset", UNSET)]
    if field.kind == "string":
        found.append(("empty", Typed("")))
    elif field.kind == "object":
        found.append(("empty", Members()))
    elif field.kind == "array":
        found.append(("empty", Items()))
    if field.nullable or field.kind == "null" or (field.kind == "json" and "null" in field.types):
        found.append(("null", Exact(None)))
    return found


def next_state(field: Field, draft: Draft) -> tuple[str, Draft]:
    """The state after `draft`: a value goes to the first state that is not a value, then round."""
    found = states(field)
    at = next((index for index, (_, state) in enumerate(found) if state == draft), -1)
    return found[(at + 1) % len(found)]
