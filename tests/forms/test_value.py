from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from inspector.forms.check import check
from inspector.forms.draft import Chosen, Draft, Exact, Items, Members, Typed
from inspector.forms.plan import Field, plan
from inspector.forms.value import IN_PLACE, UNSET, coerce, draft_of, shown, value_of
from tests.forms.schemas import ANY_JSON, Pair, pairs


def exactly(one: Any, other: Any) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def retyped(field: Field, draft: Draft) -> Draft:
    """As if the user typed again what the inputs of numbers, strings and JSON show."""
    if isinstance(draft, Members):
        drafts = {key: retyped(field.member(key) or Field(), one) for key, one in draft.drafts.items()}
        return Members(drafts, draft.extra)
    if isinstance(draft, Items):
        fields = [field.element(index) or Field() for index in range(len(draft.drafts))]
        return Items(tuple(map(retyped, fields, draft.drafts)))
    if isinstance(draft, Chosen):
        return Chosen(draft.index, retyped(field.variants[draft.index], draft.draft))
    if isinstance(draft, Exact) and draft.value is None and field.nullable:
        return draft
    return Typed(shown(field, draft)) if field.kind in ("string", "number", "integer", *IN_PLACE) else draft


@given(pairs())
@settings(deadline=None, max_examples=200)
def test_a_valid_value_makes_the_round_trip(pair: Pair) -> None:
    schema, value = pair
    field = plan(schema)
    assert check(schema, value) == []
    for draft in (draft_of(field, value), retyped(field, draft_of(field, value))):
        back, problems = value_of(field, draft)
        assert problems == []
        assert exactly(back, value)


@given(pairs(), ANY_JSON)
@settings(deadline=None, max_examples=200)
def test_any_value_makes_the_round_trip_and_what_does_not_fit_is_told(pair: Pair, value: Any) -> None:
    schema, _ = pair
    field = plan(schema)
    back, problems = value_of(field, draft_of(field, value))
    assert exactly(back, value)
    if check(schema, value) == []:
        assert problems == []


@given(pairs(), pairs())
@settings(deadline=None, max_examples=150)
def test_what_the_form_yields_is_valid_or_warned_of_with_its_path(pair: Pair, other: Pair) -> None:
    """Whatever stands in the form: a value of another schema's makes the worst of drafts."""
    schema, _ = pair
    field = plan(schema)
    got, problems = value_of(field, draft_of(field, other[1]))
    told = [*problems, *check(schema, got)]
    assert Draft202012Validator(schema).is_valid(got) or told
    for problem in told:
        here = got
        for key in problem.path if not problem.missing else problem.path[:-1]:
            here = here[key]


def field_of(schema: dict[str, Any], required: bool = True) -> Field:
    names = ["x"] if required else []
    return plan({"type": "object", "properties": {"x": schema}, "required": names}).children[0]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("integer", "1", 1),
        ("number", "1", 1),
        ("number", "1.0", 1.0),
        ("integer", "2.0", 2.0),
        ("number", " -1.5e3 ", -1500.0),
        ("integer", "123456789012345678901234567890", 123456789012345678901234567890),
        ("string", "", ""),
        ("string", "null", "null"),
        ("string", '""', '""'),
    ],
)
def test_typed_text_becomes_the_declared_type(kind: str, text: str, value: Any) -> None:
    got, problems = value_of(field_of({"type": kind}), Typed(text))
    assert exactly(got, value)
    assert problems == []


@pytest.mark.parametrize("text", ["abc", "1,5", "0x10", "1_000", "+1", "NaN", "1e999", "٣", "01", "9" * 5000])
def test_text_that_is_no_number_is_kept_and_reported(text: str) -> None:
    got, problems = value_of(field_of({"type": "number"}), Typed(text))
    assert got == text
    assert [(one.says, one.blocks) for one in problems] == [("must be a number", True)]


def test_a_fraction_for_an_integer_is_reported() -> None:
    got, (problem,) = value_of(field_of({"type": "integer"}), Typed("1.5"))
    assert got == 1.5
    assert problem.says == "must be a whole number, is number"


def test_unset_is_not_null_is_not_empty() -> None:
    field = plan({"type": "object", "properties": {"x": {"type": ["string", "null"]}}})
    assert value_of(field, Members()) == ({}, [])
    assert value_of(field, Members({"x": Exact(None)})) == ({"x": None}, [])
    assert value_of(field, Members({"x": Typed("")})) == ({"x": ""}, [])


def test_problems_name_their_place() -> None:
    field = plan(
        {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "points": {
                    "type": "array",
                    "items": {"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]},
                },
                "more": {},
            },
            "required": ["name"],
        }
    )
    draft = Members(
        {
            "points": Items((Members({"x": Typed("1")}), Members({"x": Typed("q")}), Members(), UNSET)),
            "more": Typed('{"a":'),
        }
    )
    value, problems = value_of(field, draft)
    assert value == {"points": [{"x": 1}, {"x": "q"}, {}], "more": '{"a":'}
    assert [one.sentence for one in problems] == [
        "name is required",
        "points.1.x must be a number",
        "points.2.x is required",
        "points.3 is required",
        "more is not JSON: column 6: a value is missing",
    ]
    assert [one.missing for one in problems] == [True, False, True, True, False]


def test_what_is_no_json_number_is_reported() -> None:
    _, (problem,) = value_of(field_of({"type": "number"}), Exact(float("nan")))
    assert problem.says == "is not a JSON number"


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"type": "string"}, "5", "5"),
        ({"type": "string"}, "null", "null"),
        ({"type": ["string", "null"]}, "null", "null"),
        ({"type": "number"}, "5", 5),
        ({"type": "number"}, "5.0", 5.0),
        ({"type": "integer"}, "5.5", "5.5"),
        ({"type": "integer"}, "five", "five"),
        ({"type": ["integer", "null"]}, "null", None),
        ({"type": "boolean"}, "true", True),
        ({"type": "boolean"}, "yes", "yes"),
        ({"type": "null"}, "null", None),
        ({"type": "array", "items": {"type": "string"}}, '["a"]', ["a"]),
        ({"type": "array", "items": {"type": "string"}}, "a,b", "a,b"),
        ({"type": "object"}, '{"a":1}', {"a": 1}),
        ({"type": "object", "additionalProperties": True}, '{"a":1}', {"a": 1}),
        ({"enum": ["1", 2]}, "1", "1"),
        ({"enum": ["1", 2]}, "2", 2),
        ({"enum": ["1", 2]}, "3", "3"),
        ({"type": ["string", "integer"]}, "5", 5),
        ({"type": ["string", "integer"]}, "x", "x"),
        ({}, "5", "5"),
        ({}, "[5]", [5]),
        (True, "5", "5"),
        (None, "x", "x"),
    ],
)
def test_text_of_a_command_line(schema: Any, text: str, value: Any) -> None:
    assert exactly(coerce(schema, text), value)
    assert exactly(coerce(plan(schema), text), value)


@given(st.text(max_size=20), pairs())
def test_coerce_never_raises(text: str, pair: Pair) -> None:
    coerce(pair[0], text)
