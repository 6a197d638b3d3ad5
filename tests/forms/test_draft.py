from __future__ import annotations

from typing import Any

from inspector.forms.draft import Exact, Items, Members, Typed, at, draft_of, fresh, initial, put
from inspector.forms.plan import plan
from inspector.forms.unset import UNSET
from inspector.forms.value import value_of

ADDRESS: dict[str, Any] = {
    "type": "object",
    "properties": {"street": {"type": "string"}, "country": {"type": "string", "default": "NL"}},
    "required": ["street"],
}


def test_a_fresh_form_holds_the_defaults() -> None:
    field = plan(
        {
            "type": "object",
            "properties": {
                "text": {"type": "string", "default": "hi"},
                "flag": {"type": "boolean"},
                "pick": {"enum": ["a", "b"]},
                "only": {"const": "v1"},
                "none": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
                "here": ADDRESS,
                "list": {"type": "array", "items": {"type": "string"}},
                "bad": {"type": "number", "default": "many"},
                "there": ADDRESS,
            },
            "required": ["flag", "pick", "only", "here", "list"],
        }
    )
    value, problems = value_of(field, initial(field))
    assert value == {"text": "hi", "only": "v1", "here": {"country": "NL"}, "list": [], "bad": "many"}
    assert {one.path for one in problems if one.missing} == {("flag",), ("pick",), ("here", "street")}
    assert [one.sentence for one in problems if not one.missing] == ["bad must be a number, is string"]


def test_an_optional_object_begins_and_ends_with_its_members() -> None:
    field = plan({"type": "object", "properties": {"to": ADDRESS}})
    start = initial(field)
    assert start == Members()
    begun = put(field, start, ("to", "street"), Typed("Damrak"))
    assert value_of(field, begun)[0] == {"to": {"street": "Damrak", "country": "NL"}}
    less = put(field, begun, ("to", "country"), UNSET)
    assert put(field, less, ("to", "street"), UNSET) == Members()


def test_an_empty_object_can_be_meant() -> None:
    field = plan({"type": "object", "properties": {"to": ADDRESS}})
    assert value_of(field, put(field, Members(), ("to",), Members()))[0] == {"to": {}}


def test_members_that_the_plan_does_not_know_stay() -> None:
    field = plan({"type": "object", "properties": {"to": ADDRESS}})
    draft = Members({"to": Members({"street": Exact("a")}, {"zip": 1})})
    cleared = put(field, draft, ("to", "street"), UNSET)
    assert value_of(field, cleared)[0] == {"to": {"zip": 1}}


def test_items() -> None:
    field = plan({"type": "object", "properties": {"tags": {"type": "array", "items": {"type": "string"}}}})
    draft = put(field, Members(), ("tags",), Items((fresh(plan({"type": "string"})), Typed("b"))))
    assert at(draft, ("tags", 0)) == Typed("")
    changed = put(field, draft, ("tags", 1), Typed("c"))
    assert value_of(field, changed)[0] == {"tags": ["", "c"]}


def test_paths_that_lead_nowhere_change_nothing() -> None:
    field = plan({"type": "object", "properties": {"a": {"type": "string"}, "l": {"items": {}}}})
    draft = Members({"a": Typed("x"), "l": Items(())})
    for path in (("b",), ("a", "b"), ("l", 0), ("l", -1), ("l", "x")):
        assert put(field, draft, path, Typed("!")) == draft
        assert at(draft, path) is UNSET
    assert put(field, Members({"l": Exact(5)}), ("l", 0), Typed("!")) == Members({"l": Exact(5)})


def test_a_list_without_end_is_not_taken_apart() -> None:
    field = plan({"type": "array", "items": {"type": ["string", "integer"]}})
    assert draft_of(field, [1] * 1001) == Exact([1] * 1001)
    assert isinstance(draft_of(field, [1] * 1000), Items)
