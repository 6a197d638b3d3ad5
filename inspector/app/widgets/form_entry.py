"""What a form holds, without a widget: the draft, what is folded, what is wrong, and the way back.

The form around it shows the lines and says what the user does. Every change by the user settles the
conditions (`inspector.forms.standing`); a value that is put there as a whole is left exactly as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inspector.app.widgets.form_lines import Line, lines_of
from inspector.forms import edit
from inspector.forms.check import Problem
from inspector.forms.draft import Draft, Key, Path, draft_of, in_value, put
from inspector.forms.plan import Field
from inspector.forms.standing import begin, settled
from inspector.forms.unset import UNSET
from inspector.forms.value import value_of

_MOST_BACK = 20
IDLE = "is not asked for as things stand, and goes along all the same: ctrl+n leaves it out"


class Entry:
    """The state of one form.

    Args:
        field: What is asked for.
        value: A JSON value to begin with; `UNSET` for a fresh form.

    Attributes:
        draft: What is entered.
        folds: What the user opened (True) or closed (False).
        submitted: The user wanted to go on: what is missing counts from now on.
    """

    def __init__(self, field: Field, value: Any) -> None:
        self.field = field
        self.folds: dict[Path, bool] = {}
        self.submitted = False
        self.draft: Draft = begin(field) if value is UNSET else draft_of(field, value)
        self._settled = self.draft
        self._told: tuple[Problem, ...] = ()
        self._before: list[Draft] = []

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

    def set_value(self, value: Any) -> None:
        """Another value as a whole; `UNSET` begins anew. The one before can be had back."""
        self._before = [*self._before[1 - _MOST_BACK :], self.draft]
        self.draft = self._settled = begin(self.field) if value is UNSET else draft_of(self.field, value)
        self._told = ()

    def back(self) -> bool:
        """The draft before the latest whole value; False where there is none."""
        if self._before:
            self.draft = self._settled = self._before.pop()
            self._told = ()
            return True
        return False

    def tell(self, problems: Sequence[Problem]) -> None:
        """What a check of the whole value has found; it counts until the next change."""
        self._told = tuple(problems)

    def problems(self) -> dict[tuple[Key, ...], Problem]:
        """The first problem of each place; what is missing counts once the user wanted to go on."""
        found: dict[tuple[Key, ...], Problem] = {}
        for problem in (*self.value[1], *self._told):
            if self.submitted or not problem.missing:
                found.setdefault(problem.path, problem)
        for line in self.lines():
            if line.idle:
                path = in_value(line.path)
                found.setdefault(path, Problem(path, IDLE))
        return found

    def _settle(self) -> None:
        self.draft = self._settled = settled(self.field, self._settled, self.draft)
        self._told = ()
