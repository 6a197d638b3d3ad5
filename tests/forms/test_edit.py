from __future__ import annotations

from typing import Any

from inspector.forms import edit
from inspector.forms.draft import (
    Chosen,
    Draft,
    Exact,
    Items,
    Path,
    Step,
    Typed,
    at,
    chosen,
    draft_of,
    put,
)
from inspector.forms.plan import plan
from inspector.forms.unset import UNSET
from inspector.forms.value import value_of

FIELD = plan(
    {
        "type": "object",
        "properties": {
            "tags": {"type": "array", "items": {"type": "string"}},
            "pair": {"prefixItems": [{"type": "string"}, {"type": "number"}], "items": False},
            "days": {"type": "array", "items": {"enum": ["mo", "tu", 1, True]}},
            "shape": {
                "oneOf": [
                    {
                        "title": "Circle",
                        "type": "object",
                        "properties": {
                            "k": {"const": "c"},
                            "id": {"type": "string"},
                            "r": {"type": "number"},
                        },
                        "required": ["k"],
                    },
                    {
                        "title": "Path",
                        "type": "object",
                        "properties": {
                            "k": {"const": "p"},
                            "id": {"type": "string"},
                            "points": {"type": "array", "items": {"type": "number"}},
                        },
                        "required": ["k"],
                    },
                ]
            },
        },
        "additionalProperties": {"type": "array", "items": {"type": "integer"}},
    }
)


def draft(value: Any) -> Draft:
    return draft_of(FIELD, value)


def value(of: Draft | edit.Edit | None) -> Any:
    assert of is not None
    return value_of(FIELD, of[0] if isinstance(of, tuple) else of)[0]


def field(path: Path, of: Draft = UNSET) -> Any:
    return edit.field_at(FIELD, of, path)


def test_items_come_move_and_go() -> None:
    one = draft({"tags": ["a", "b"]})
    added = edit.insert(FIELD, one, ("tags",), field(("tags",)), 1)
    assert value(added) == {"tags": ["a", "", "b"]}
    assert added is not None
    assert added[1] == ("tags", 1)
    assert value(edit.insert(FIELD, UNSET, ("tags",), field(("tags",)))) == {"tags": [""]}
    moved = edit.shift(FIELD, one, ("tags", 1), -1)
    assert (value(moved), moved and moved[1]) == ({"tags": ["b", "a"]}, ("tags", 0))
    assert edit.shift(FIELD, one, ("tags", 1), 1) is None
    gone = edit.remove(FIELD, one, ("tags", 1))
    assert (value(gone), gone and gone[1]) == ({"tags": ["a"]}, ("tags", 0))
    assert edit.remove(FIELD, one, ("tags",)) is None


def test_a_tuple_ends() -> None:
    begun = edit.insert(FIELD, UNSET, ("pair",), field(("pair",)))
    assert value(begun) == {"pair": [""]}
    assert edit.insert(FIELD, draft({"pair": ["a", 1]}), ("pair",), field(("pair",))) is None


def test_members_are_added_and_removed() -> None:
    added = edit.add_member(FIELD, draft({"tags": ["a"]}), (), FIELD, "more")
    assert value(added) == {"tags": ["a"], "more": []}
    counts = plan({"type": "object", "additionalProperties": {"type": "integer"}})
    empty, _ = edit.add_member(counts, UNSET, (), counts, "n")
    told = value_of(counts, empty)
    assert (told[0], [(one.path, one.missing) for one in told[1]]) == ({}, [(("n",), True)])
    assert value_of(counts, put(counts, empty, ("n",), Typed("5"))) == ({"n": 5}, [])
    filled = put(FIELD, added[0], ("more",), Items((Exact(1), Exact(2))))
    assert value(filled) == {"tags": ["a"], "more": [1, 2]}
    assert value(edit.remove(FIELD, filled, ("more", 0))) == {"tags": ["a"], "more": [2]}
    gone = edit.remove(FIELD, filled, ("more",))
    assert (value(gone), gone and gone[1]) == ({"tags": ["a"]}, (Step.ADD,))
    for name in ("tags", "more"):
        assert edit.add_member(FIELD, filled, (), FIELD, name) == (filled, (name,))


def test_a_name_that_is_already_in_use_is_kept() -> None:
    one = draft({"x": "no list"})
    assert edit.add_member(FIELD, one, (), FIELD, "x")[0] == one


def test_choosing_another_form_keeps_what_both_have() -> None:
    one = draft({"shape": {"k": "c", "id": "7", "r": 1}})
    other = chosen(field(("shape",)), 1, at(one, ("shape",)))
    assert value(put(FIELD, one, ("shape",), other)) == {"shape": {"k": "p", "id": "7"}}
    begun = put(FIELD, UNSET, ("shape",), chosen(field(("shape",)), 0, UNSET))
    inside = put(FIELD, begun, ("shape", Step.INTO, "r"), Typed("5"))
    assert value(inside) == {"shape": {"k": "c", "r": 5}}
    assert field(("shape", Step.INTO, "r"), inside).kind == "number"
    assert at(inside, ("shape", Step.INTO, "r")) == Typed("5")


def test_items_inside_a_chosen_form() -> None:
    one = draft({"shape": {"k": "p", "points": [1, 2]}})
    path: Path = ("shape", Step.INTO, "points", 0)
    assert value(edit.remove(FIELD, one, path)) == {"shape": {"k": "p", "points": [2]}}
    assert value(edit.shift(FIELD, one, path, 1)) == {"shape": {"k": "p", "points": [2, 1]}}


def test_any_part_can_be_json_and_back() -> None:
    shape = field(("shape",))
    one = draft_of(shape, {"k": "c", "r": 1})
    text = edit.as_json(shape, one)
    assert text == Typed('{\n  "k": "c",\n  "r": 1\n}')
    assert edit.as_json(shape, text) == one
    assert edit.as_json(shape, Typed("{")) == Typed("{")
    assert edit.as_json(shape, Typed(" ")) is UNSET
    assert edit.as_json(shape, UNSET) == Typed("")
    assert edit.as_json(shape, Exact(5)) == Typed("5")
    assert edit.as_json(plan({"type": "string"}), Typed("x")) == Typed("x")


def test_several_values_are_chosen() -> None:
    days = field(("days",))
    now: Draft = UNSET
    for number in (2, 0, 3, 2):
        now = edit.toggled(days, now, number)
    assert repr(value_of(days, now)[0]) == "['mo', True]"
    assert edit.picked(days, now) == [0, 3]
    assert edit.picked(days, UNSET) == []
    assert edit.picked(days, draft_of(days, ["mo", "mo"])) is None
    assert edit.picked(days, draft_of(days, ["we"])) is None
    assert edit.picked(days, Exact("mo")) is None
    assert edit.picked(field(("tags",)), Items()) is None
    many = plan({"type": "array", "items": {"enum": list(range(50_000))}})
    assert edit.picked(many, draft_of(many, list(range(50_000)))) is None
    assert value_of(many, draft_of(many, list(range(50_000))))[1] == []


def test_places_that_are_not_there() -> None:
    assert edit.field_at(FIELD, UNSET, ("shape", Step.INTO, "r")) is None
    assert edit.field_at(FIELD, UNSET, ("pair", 5, "x")) is None
    assert isinstance(at(draft({"shape": {"k": "c"}}), ("shape",)), Chosen)
    assert edit.item_around(("a", 1, Step.INTO, "b")) == (("a",), 1)
    assert edit.item_around(("a",)) is None
