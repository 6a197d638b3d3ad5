from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.forms.check import check
from inspector.forms.draft import Draft, Exact, Items, Members, Typed, draft_of, put
from inspector.forms.plan import Field, plan
from inspector.forms.standing import begin, settled, standing
from inspector.forms.unset import UNSET
from inspector.forms.value import value_of
from tests.forms.schemas import Pair, branching, pairs

DELIVERY = {
    "type": "object",
    "properties": {"how": {"enum": ["post", "pickup"]}, "note": {"type": "string"}},
    "required": ["how"],
    "if": {"properties": {"how": {"const": "post"}}, "required": ["how"]},
    "then": {
        "properties": {"street": {"type": "string"}, "speed": {"enum": ["slow", "fast"], "default": "slow"}},
        "required": ["street"],
    },
    "else": {"properties": {"shop": {"type": "string"}}},
}
FIELD = plan(DELIVERY)


def hidden(value: Any, field: Field = FIELD) -> set[str]:
    return set(standing(field, draft_of(field, value)).hidden)


def chosen(draft: Draft, how: str) -> Draft:
    return settled(FIELD, draft, put(FIELD, draft, ("how",), Exact(how)))


def test_then_and_else_are_asked_for_while_they_count() -> None:
    assert [child.key for child in FIELD.children] == ["how", "note", "street", "speed", "shop"]
    assert hidden({"how": "post"}) == {"shop"}
    assert hidden({"how": "pickup"}) == {"street", "speed"}
    assert hidden({}) == {"street", "speed"}
    assert standing(FIELD, draft_of(FIELD, {"how": "post"})).needed == {"street"}
    assert standing(FIELD, UNSET).hidden == {"street", "speed"}


def test_where_a_condition_cannot_be_told_both_are_asked_for() -> None:
    field = plan({**DELIVERY, "if": {"unevaluatedProperties": False}})
    assert hidden({"how": "post"}, field) == set()
    assert value_of(field, begin(field))[0] == {}


def test_a_default_comes_and_goes_with_its_branch() -> None:
    now = chosen(begin(FIELD), "post")
    assert value_of(FIELD, now)[0] == {"how": "post", "speed": "slow"}
    assert value_of(FIELD, chosen(now, "pickup"))[0] == {"how": "pickup"}


def test_what_was_entered_stays_when_its_branch_goes() -> None:
    now = put(FIELD, chosen(begin(FIELD), "post"), ("street",), Typed("Main"))
    now = put(FIELD, now, ("speed",), Exact("fast"))
    assert value_of(FIELD, chosen(now, "pickup"))[0] == {"how": "pickup", "street": "Main", "speed": "fast"}


def test_what_the_user_took_out_stays_out() -> None:
    now = put(FIELD, chosen(begin(FIELD), "post"), ("speed",), UNSET)
    assert settled(FIELD, chosen(begin(FIELD), "post"), now) == now


def test_json_that_becomes_fields_stays_what_it_says() -> None:
    assert settled(FIELD, Typed('{"how":"post"}'), draft_of(FIELD, {"how": "post"})) == draft_of(
        FIELD, {"how": "post"}
    )


def test_conditions_inside_of_lists_and_choices() -> None:
    items = plan({"type": "array", "items": DELIVERY})
    before = draft_of(items, [{"how": "pickup"}, {"how": "pickup"}])
    now = settled(items, before, put(items, before, (1, "how"), Exact("post")))
    assert value_of(items, now)[0] == [{"how": "pickup"}, {"how": "post", "speed": "slow"}]
    assert isinstance(now, Items)
    again = settled(items, now, Items((*now.drafts, draft_of(FIELD, {"how": "post"}))))
    assert value_of(items, again)[0][2] == {"how": "post", "speed": "slow"}
    assert value_of(items, settled(items, now, Items(now.drafts[1:])))[0] == [value_of(items, now)[0][1]]


def test_depending_members_in_every_spelling() -> None:
    then = {"properties": {"b": {"type": "string"}}, "required": ["b"]}
    for more in (
        {"dependentSchemas": {"a": then}},
        {"dependencies": {"a": then}},
        {"if": {"required": ["a"]}, "then": then},
        {"allOf": [{"if": {"required": ["a"]}, "then": {"$ref": "#/$defs/then"}}], "$defs": {"then": then}},
    ):
        field = plan({"type": "object", "properties": {"a": {}}, **more})
        assert hidden({}, field) == {"b"}
        assert hidden({"a": 1}, field) == set()
        assert standing(field, draft_of(field, {"a": 1})).needed == {"b"}
    for word in ("dependentRequired", "dependencies"):
        field = plan({"type": "object", "properties": {"a": {}, "b": {}}, word: {"a": ["b"]}})
        assert standing(field, draft_of(field, {"a": 1})).needed == {"b"}
        assert standing(field, draft_of(field, {})).needed == set()


def test_a_chain_of_else_if() -> None:
    kinds: dict[str, Any] = {}
    for name in ("c", "b", "a"):
        branch = {
            "if": {"properties": {"k": {"const": name}}},
            "then": {"properties": {f"of_{name}": {"type": "integer", "default": 1}}},
        }
        kinds = {**branch, "else": kinds} if kinds else branch
    field = plan({"type": "object", "properties": {"k": {"type": "string"}}, "required": ["k"], **kinds})
    now = begin(field)
    for name in ("c", "a", "b", "x"):
        now = settled(field, now, put(field, now, ("k",), Typed(name)))
        assert value_of(field, now)[0] == {"k": name} | ({f"of_{name}": 1} if name != "x" else {})


def entered(field: Field, value: dict[str, Any]) -> Draft:
    """`value` as a person enters it: member by member, only where the form asks for it."""
    draft = begin(field)
    left = dict(value)
    while left:
        there = standing(field, draft).hidden
        key = next((key for key in left if key not in there and field.member(key) is not None), None)
        if key is None:
            break
        below = field.member(key) or Field()
        after = put(field, draft, (key,), draft_of(below, left.pop(key)))
        draft = settled(field, draft, after)
    return draft


@given(branching(pairs()))
@settings(deadline=None, max_examples=200)
def test_every_valid_value_can_be_entered_member_by_member(pair: Pair) -> None:
    schema, value = pair
    field = plan(schema)
    draft = entered(field, value)
    assert isinstance(draft, Members)
    got, problems = value_of(field, draft)
    assert {key: got.get(key) for key in value} == value
    assert problems == []
    assert check(schema, {key: got[key] for key in value}) == []


@given(pairs(), st.data())
@settings(deadline=None, max_examples=150)
def test_settling_ends_and_takes_nothing_away(pair: Pair, data: st.DataObject) -> None:
    schema, value = pair
    field = plan(schema)
    for before in (UNSET, begin(field), draft_of(field, data.draw(pairs())[1])):
        after = draft_of(field, value)
        got = value_of(field, settled(field, before, after))[0]
        assert not isinstance(value, dict) or value.items() <= got.items() or value == got
