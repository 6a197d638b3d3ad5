from __future__ import annotations

from typing import Any

from inspector.app.widgets.form_lines import lines_of, next_state
from inspector.forms.draft import Exact, Members, Typed, draft_of, initial
from inspector.forms.plan import plan
from inspector.forms.unset import UNSET

POINT: dict[str, Any] = {"type": "object", "properties": {"x": {"type": "number"}, "y": {"type": "number"}}}
FIELD = plan(
    {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "at": POINT,
            "here": POINT,
            "path": {"type": "array", "items": POINT},
        },
        "required": ["at"],
    }
)


def outline(value: Any = UNSET, folds: dict[Any, bool] | None = None) -> list[str]:
    draft = initial(FIELD) if value is UNSET else draft_of(FIELD, value)
    marks = {True: "▾ ", False: "▸ "}
    return [
        "  " * line.depth + (marks[line.open] if line.folds else "") + line.name
        for line in lines_of(FIELD, draft, folds or {})
    ]


def test_what_is_there_is_open_what_is_unset_is_closed() -> None:
    assert outline() == ["name", "▾ at", "  x", "  y", "▸ here", "▸ path"]


def test_the_user_decides() -> None:
    assert outline(folds={("at",): False, ("here",): True}) == [
        "name",
        "▸ at",
        "▾ here",
        "  x",
        "  y",
        "▸ path",
    ]


def test_items_have_their_number() -> None:
    assert outline({"path": [{}, 7]}, {("path", 0): False})[-3:] == ["▾ path", "  ▸ [0]", "  [1]"]


def test_a_value_of_another_kind_is_one_line() -> None:
    assert outline({"at": "elsewhere"})[:2] == ["name", "at"]
    assert outline("nothing of the kind") == [""]
    line = next(iter(lines_of(plan({"type": "string"}), Typed("x"), {})))
    assert (line.path, line.draft) == ((), Typed("x"))


def test_states_go_round() -> None:
    field = plan({"type": ["string", "null"]})
    draft: Any = Typed("some text")
    seen = []
    for _ in range(4):
        word, draft = next_state(field, draft)
        seen.append(word)
    assert seen == ["unset", "empty", "null", "unset"]
    assert next_state(plan({"type": "number"}), Exact(4)) == ("unset", UNSET)
    assert next_state(plan(POINT), UNSET) == ("empty", Members())
