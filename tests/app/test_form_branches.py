"""Members that a form asks for on conditions: shown while they count, and nothing entered is lost."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.app.widgets.form_entry import IDLE, Entry
from inspector.forms.check import Problem, check
from inspector.forms.plan import plan
from inspector.forms.unset import UNSET
from tests.app.test_form import about, focused, form_of, names, press, rows

HOW = {"how": {"enum": ["post", "shop"]}, "note": {"type": "string"}}
BRANCHES: dict[str, Any] = {
    "if": {"properties": {"how": {"const": "post"}}, "required": ["how"]},
    "then": {
        "properties": {"street": {"type": "string"}, "speed": {"enum": ["slow", "fast"], "default": "slow"}},
        "required": ["street"],
    },
    "else": {"properties": {"branch": {"type": "integer"}}},
}


async def test_members_come_and_go_with_their_condition() -> None:
    async with form_of(HOW, ["how"], **BRANCHES) as (app, pilot):
        assert names(app) == ["how", "note", "branch"]
        await press(pilot, "p")
        assert names(app) == ["how", "note", "street", "speed"]
        assert app.form.value[0] == {"how": "post", "speed": "slow"}
        street = rows(app)[2]
        assert "street *" in str(street.label.render())
        await press(pilot, "s")
        assert names(app) == ["how", "note", "branch"]
        assert app.form.value[0] == {"how": "shop"}


async def test_what_was_entered_stays_on_the_screen_and_says_so() -> None:
    async with form_of(HOW, ["how"], **BRANCHES) as (app, pilot):
        await press(pilot, "p", "down", "down", "M", "up", "up", "s")
        assert names(app) == ["how", "note", "branch", "street"] or names(app) == [
            "how", "note", "street", "branch",
        ]  # fmt: skip
        assert app.form.value[0] == {"how": "shop", "street": "M"}
        row = next(row for row in rows(app) if row.line.name == "street")
        assert str(row.label.render()).startswith("!")
        row.editor.focus()
        await press(pilot)
        assert "not asked for" in about(app)
        await press(pilot, "ctrl+n")
        assert app.form.value[0] == {"how": "shop"}
        assert names(app) == ["how", "note", "branch"]


async def test_the_cursor_stays_where_it_is_while_members_come_and_go() -> None:
    async with form_of(HOW, ["how"], **BRANCHES) as (app, pilot):
        for key in ("p", "s", "p"):
            await press(pilot, key)
            assert focused(app) == "how"


def test_a_whole_value_is_left_as_it_is_and_can_be_taken_back() -> None:
    entry = Entry(plan({"type": "object", "properties": HOW, **BRANCHES}), UNSET)
    entry.set_value({"how": "post", "branch": 5})
    assert entry.value[0] == {"how": "post", "branch": 5}
    assert entry.problems()[("branch",)].says == IDLE
    assert [line.name for line in entry.lines()] == ["how", "note", "street", "speed", "branch"]
    assert entry.back()
    assert entry.value[0] == {}
    assert not entry.back()


def test_an_empty_form_asks_for_what_counts() -> None:
    entry = Entry(plan({"type": "object", "properties": HOW, **BRANCHES}), UNSET)
    assert [line.name for line in entry.lines()] == ["how", "note", "branch"]
    assert entry.line_at(("street",)) is None


CARD = {"type": "object", "properties": {"code": {"type": "string", "pattern": "^[0-9]+$"}}}
IBAN = {"type": "object", "properties": {"iban": {"minLength": 5, "type": "string"}}, "required": ["iban"]}
CONSTRUCTS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "minLength": 2},
        "address": CARD,
        "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "parts": {"type": "array", "items": {"properties": {"n": {"maximum": 5, "type": "integer"}}}},
        "days": {"type": "array", "items": {"enum": ["mo", "tu"]}, "minItems": 2},
        "pair": {"prefixItems": [{"type": "number", "minimum": 0}, {}], "items": False},
        "pay": {"oneOf": [{**CARD, "required": ["code"]}, IBAN]},
        "more": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
        "free": {"items": {"type": "integer"}},
        "ref": {"$ref": "#/$defs/card"},
        "both": {"allOf": [{"type": "integer", "minimum": 2}, {"maximum": 3}]},
        "maybe": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
    },
    "if": {"required": ["text"]},
    "then": {"properties": {"then": {"type": "integer", "maximum": 1}}},
    "dependentRequired": {"text": ["both"]},
    "maxProperties": 3,
    "$defs": {"card": CARD},
}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "path", "says"),
    [
        ({"text": "a"}, ("text",), "at least 2"),
        ({"address": {"code": "x"}}, ("address", "code"), "pattern"),
        ({"tags": ["a", "a"]}, ("tags", 1), "there twice"),
        ({"parts": [{"n": 1}, {"n": 9}]}, ("parts", 1, "n"), "at most 5"),
        ({"days": ["mo"]}, ("days",), "at least 2 items"),
        ({"days": ["mo", "we"]}, ("days", 1), "one of"),
        ({"pair": [-1, 2]}, ("pair", 0), "at least 0"),
        ({"pair": [1, 2, 3]}, ("pair",), ""),
        ({"pay": {"iban": "x"}}, ("pay", "iban"), "at least 5"),
        ({"more": {"a": -1}}, ("more", "a"), "at least 0"),
        ({"free": [1, "x"]}, ("free", 1), "must be"),
        ({"ref": {"code": "x"}}, ("ref", "code"), "pattern"),
        ({"both": 4}, ("both",), "at most 3"),
        ({"maybe": "soon"}, ("maybe",), "must be a date"),
        ({"text": "ab"}, ("both",), "required beside"),
        ({"text": "ab", "both": 2, "then": 5}, ("then",), "at most 1"),
        ({"both": 2, "free": [], "tags": [], "ref": {}}, (), "at most 3 members"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(value: Any, path: Any, says: str) -> None:
    entry = Entry(plan(CONSTRUCTS), value)
    entry.tell(check(CONSTRUCTS, value))
    problems = entry.problems()
    assert path in problems, problems
    assert says in problems[path].says


def test_what_is_wrong_where_no_line_is_stands_at_the_one_around_it() -> None:
    entry = Entry(plan(CONSTRUCTS), {"address": {"code": "x"}, "days": ["mo", "mo"]})
    entry.folds[("address",)] = False
    entry.tell(check(CONSTRUCTS, entry.value[0]))
    assert entry.problems()[("address",)].says.startswith("code must match")


async def test_what_is_wrong_with_the_whole_is_told_at_any_field() -> None:
    async with form_of({"a": {"type": "string"}}, additionalProperties=False) as (app, pilot):
        app.form.fill({"b": 1})
        await press(pilot)
        app.form.tell([Problem((), "has members that the schema does not know")])
        assert "members that the schema does not know" in about(app)
