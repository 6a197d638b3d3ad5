"""A field tree with its draft, flattened into the lines of a form. No widget here, nothing is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from inspector.forms.draft import Draft, Exact, Items, Members, Path, Typed
from inspector.forms.plan import Field
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
    """

    path: Path
    field: Field
    draft: Draft
    depth: int
    open: bool = False

    @property
    def place(self) -> tuple[Path, Field]:
        """The same for lines that one row can show one after the other."""
        return self.path, self.field

    @property
    def folds(self) -> bool:
        """It has lines below it."""
        return self.field.kind in ("object", "array") and not isinstance(self.draft, Exact)

    @property
    def is_item(self) -> bool:
        """It is an item of a list."""
        return bool(self.path) and isinstance(self.path[-1], int)

    @property
    def name(self) -> str:
        """What stands at the left. The server's text."""
        return f"[{self.path[-1]}]" if self.is_item else self.field.key


def lines_of(field: Field, draft: Draft, folds: Mapping[Path, bool]) -> Iterator[Line]:
    """The lines of a whole form; the root object has none of its own.

    Args:
        folds: What the user opened (True) or closed (False). Untouched, an object or list is open where
            it is there, and an optional one that is unset is closed.
    """
    if field.kind == "object" and not isinstance(draft, Exact):
        yield from _below(field, draft, (), 0, folds)
    else:
        yield from _one(field, draft, (), 0, folds)


def _one(field: Field, draft: Draft, path: Path, depth: int, folds: Mapping[Path, bool]) -> Iterator[Line]:
    line = Line(path, field, draft, depth)
    if not line.folds:
        yield line
        return
    is_open = folds.get(path, draft is not UNSET)
    yield Line(path, field, draft, depth, is_open)
    if is_open:
        yield from _below(field, draft, path, depth + 1, folds)


def _below(field: Field, draft: Draft, path: Path, depth: int, folds: Mapping[Path, bool]) -> Iterator[Line]:
    if field.kind == "object":
        drafts = draft.drafts if isinstance(draft, Members) else {}
        for child in field.children:
            yield from _one(child, drafts.get(child.key, UNSET), (*path, child.key), depth, folds)
    elif isinstance(draft, Items) and field.item is not None:
        for index, below in enumerate(draft.drafts):
            yield from _one(field.item, below, (*path, index), depth, folds)


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
