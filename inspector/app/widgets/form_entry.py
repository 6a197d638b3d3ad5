"""What a form holds, without a widget: the draft, what is folded, what is wrong, and the way back.

The form around it shows the lines and says what the user does. Every change by the user settles the
conditions (`inspector.forms.standing`); a value that is put there as a whole is left exactly as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from inspector.app.widgets.form_lines import Line, lines_of
from inspector.forms import edit, json_text
from inspector.forms.check import Problem
from inspector.forms.draft import Draft, Key, Path, Typed, draft_of, in_value, put
from inspector.forms.pasted import pasted
from inspector.forms.plan import Field
from inspector.forms.standing import begin, settled
from inspector.forms.unset import UNSET
from inspector.forms.value import shown, value_of

_MOST_BACK = 20
IDLE = "is not asked for as things stand, and goes along all the same: ctrl+n leaves it out"


Pasted = tuple[Path, str]


@dataclass(frozen=True, slots=True)
class Part:
    """What stands at one place of a form, as text.

    Attributes:
        path: The place.
        text: Its text.
        is_json: Whether that is JSON, or plain text.
    """

    path: Path
    text: str
    is_json: bool


class Entry:
    """The state of one form.

    Args:
        field: What is asked for.
        value: A JSON value to begin with; `UNSET` for a fresh form.
        begun: What was entered in such a form before, instead of `value`.

    Attributes:
        draft: What is entered.
        folds: What the user opened (True) or closed (False).
        submitted: The user wanted to go on: what is missing counts from now on.
    """

    def __init__(self, field: Field, value: Any, begun: Draft | None = None) -> None:
        self.field = field
        self.folds: dict[Path, bool] = {}
        self.submitted = False
        self.draft: Draft = begin(field) if value is UNSET else draft_of(field, value)
        if begun is not None:
            self.draft = begun
        self._settled = self.draft
        self._told: tuple[Problem, ...] = ()
        self._before: list[tuple[Draft, Pasted | None]] = []

    @property
    def value(self) -> tuple[Any, list[Problem]]:
        """The JSON value, or `UNSET`, and what is wrong with it."""
        return value_of(self.field, self.draft)

    def lines(self) -> list[Line]:
        """The lines of the form as things stand."""
        return list(lines_of(self.field, self.draft, self.folds))

    def line_at(self, path: Path) -> Line | None:
        """The line of one place; `None` where there is none now."""
        return next((line for line in self.lines() if line.path == path), None)

    def first_empty(self) -> Path | None:
        """Where typing begins: the first empty field, a required one before others; else the first."""
        lines = self.lines()
        fields = [line for line in lines if not line.folds]
        empty = [line for line in fields if line.draft is UNSET]
        best = [line for line in empty if line.field.required] or empty or fields or lines
        return best[0].path if best else None

    def put(self, path: Path, draft: Draft) -> None:
        """What the user entered at one place."""
        self.draft = put(self.field, self.draft, path, draft)
        self._settle()

    def edited(self, done: edit.Edit) -> Path:
        """Let an edit of the structure be so; returns where the cursor belongs then."""
        self.draft, path = done
        self._settle()
        inside = [line for line in self.lines() if line.path[: len(path)] == path and not line.folds]
        return inside[0].path if inside else path

    def set_value(self, value: Any, instead: Pasted | None = None) -> None:
        """Another value as a whole; `UNSET` begins anew. The one before can be had back.

        Args:
            value: The value.
            instead: A paste that this was made of, to go into its field when this is taken back.
        """
        self._before = [*self._before[1 - _MOST_BACK :], (self.draft, instead)]
        self.draft = self._settled = begin(self.field) if value is UNSET else draft_of(self.field, value)
        self._told = ()

    def paste(self, text: str, place: Path | None) -> int | None:
        """Fill the form from a paste; returns how many members that has, `None` if it is an ordinary one.

        Args:
            text: What was pasted.
            place: The field for text that has the cursor; `None` if it is of another kind.
        """
        value = pasted(self.field, text, into_text=place is not None)
        if value is UNSET:
            return None
        self.set_value(value, (place, text) if place is not None else None)
        return len(value)

    def back(self) -> bool:
        """The draft before the latest whole value; False where there is none."""
        if not self._before:
            return False
        self.draft, instead = self._before.pop()
        self._settled, self._told = self.draft, ()
        if instead is not None and (line := self.line_at(instead[0])) is not None:
            self.put(line.path, Typed(shown(line.field, line.draft) + instead[1]))
        return True

    def part(self, path: Path) -> Part | None:
        """One place as text, to be edited elsewhere; `None` where something is chosen instead."""
        line = self.line_at(path)
        if line is None or line.adds or line.field.kind in ("boolean", "enum", "null"):
            return None
        if isinstance(line.draft, Typed) or line.field.kind not in edit.CONTAINERS:
            return Part(line.path, shown(line.field, line.draft), line.field.kind != "string")
        value = value_of(line.field, line.draft)[0]
        return Part(line.path, "" if value is UNSET else json_text.write(value, indent=2), True)

    def put_part(self, path: Path, text: str) -> None:
        """Let `text` stand at a place: as fields where it is JSON that they can show."""
        line = self.line_at(path)
        if line is not None:
            typed = Typed(text) if text or line.field.kind == "string" else UNSET
            self.put(path, edit.as_json(line.field, typed))

    def tell(self, problems: Sequence[Problem]) -> None:
        """What a check of the whole value has found; it counts until the next change."""
        self._told = tuple(problems)

    def problems(self) -> dict[tuple[Key, ...], Problem]:
        """The first problem of each line; what is missing counts once the user wanted to go on.

        What is wrong where no line is stands at the line around it, and at `()` where there is none.
        """
        lines = [line for line in self.lines() if not line.adds]
        places = {in_value(line.path) for line in lines}
        found: dict[tuple[Key, ...], Problem] = {}
        for problem in (*self.value[1], *self._told):
            if self.submitted or not problem.missing:
                problem = _placed(problem, places)
                found.setdefault(problem.path, problem)
        for line in lines:
            if line.idle:
                path = in_value(line.path)
                found.setdefault(path, Problem(path, IDLE))
        return found

    def _settle(self) -> None:
        self.draft = self._settled = settled(self.field, self._settled, self.draft)
        self._told = ()


def _placed(problem: Problem, places: set[tuple[Key, ...]]) -> Problem:
    """`problem` at the nearest of `places` that it is at or in; its words say the rest of the way."""
    path = problem.path
    while path and path not in places:
        path = path[:-1]
    if path == problem.path:
        return problem
    rest = ".".join(map(str, problem.path[len(path) :]))
    return replace(problem, path=path, says=f"{rest} {problem.says}")
