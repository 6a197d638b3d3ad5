"""Ways into what schemas combine: forms to choose from, several values, added members, tuples, JSON."""

from __future__ import annotations

from typing import Any

from textual.widgets import OptionList

from inspector.app.widgets.form_choice import Picker
from tests.app.test_form import NASTY, about, focused, form_of, names, press, rows, text

CIRCLE = {
    "title": "Circle",
    "description": "Round",
    "type": "object",
    "properties": {"kind": {"const": "circle"}, "r": {"type": "number"}},
    "required": ["kind", "r"],
}
BOX = {
    "title": "Box",
    "type": "object",
    "properties": {"kind": {"const": "box"}, "w": {"type": "integer"}, "h": {"type": "integer"}},
    "required": ["kind"],
}


async def test_a_form_is_chosen_and_filled_in() -> None:
    async with form_of({"shape": {"oneOf": [CIRCLE, BOX]}}) as (app, pilot):
        assert "○ Circle  ○ Box  ● unset" in text(app)
        assert app.form.value == ({}, [])
        await press(pilot, "c")
        assert names(app) == ["shape", "kind", "r"]
        assert "Round" in about(app)
        await press(pilot, "down", "down", "5")
        assert app.form.value == ({"shape": {"kind": "circle", "r": 5}}, [])
        await press(pilot, "up", "up", "b", "down", "down", "7")
        assert names(app) == ["shape", "kind", "w", "h"]
        assert app.form.value == ({"shape": {"kind": "box", "w": 7}}, [])
        await press(pilot, "up", "up", "u")
        assert app.form.value == ({}, [])


async def test_text_or_number() -> None:
    async with form_of({"id": {"type": ["string", "integer", "null"]}}) as (app, pilot):
        await press(pilot, "i", "down", "4", "2")
        assert names(app) == ["id", "↳"]
        assert app.form.value == ({"id": 42}, [])
        await press(pilot, "x")
        assert rows(app)[0].label.wrong
        await press(pilot, "up", "s", "down", "4", "2")
        assert app.form.value == ({"id": "42"}, [])
        await press(pilot, "up", "n")
        assert names(app) == ["id"]
        assert app.form.value == ({"id": None}, [])


async def test_several_values_on_one_line() -> None:
    async with form_of({"days": {"type": "array", "items": {"enum": ["mo", "tu", "we"]}}}) as (app, pilot):
        assert "□ mo  □ tu  □ we  unset" in text(app)
        await press(pilot, "w", "space", "left", "left", "space")
        assert app.form.value == ({"days": ["we", "mo"]}, [])
        assert "■ mo  □ tu  ■ we" in text(app)
        await press(pilot, "space", "right", "right", "space")
        assert app.form.value == ({"days": []}, [])
        await pilot.click(rows(app)[0].editor, offset=(8, 0))
        await press(pilot)
        assert app.form.value == ({"days": ["tu"]}, [])
        await press(pilot, "delete", "enter")
        assert app.submitted == [{}]


async def test_several_of_many_values() -> None:
    towns = [f"town {n}" for n in range(3000)] + [NASTY]
    async with form_of({"to": {"type": "array", "items": {"enum": towns}}}) as (app, pilot):
        await press(pilot, "2", "9", "9", "9")
        assert isinstance(app.screen, Picker)
        assert app.screen.query_one(OptionList).option_count == 1
        await press(pilot, "enter")
        await press(pilot, "space", "[", "slash", "enter")
        assert app.form.value == ({"to": ["town 2999", NASTY]}, [])
        assert "2 of 3001 chosen" in text(app)
        assert "\x1b" not in text(app)
        await press(pilot, "2", "9", "9", "9", "enter")
        assert app.form.value == ({"to": [NASTY]}, [])


async def test_values_that_boxes_cannot_show_are_a_list() -> None:
    days: dict[str, Any] = {"type": "array", "items": {"enum": ["mo", "tu"]}}
    async with form_of({"days": days}, value={"days": ["mo", "mo"]}) as (app, pilot):
        assert names(app) == ["days", "[0]", "[1]"]
        await press(pilot, "down", "t")
        assert app.form.value[0] == {"days": ["mo", "tu"]}


async def test_members_are_added_by_name_and_removed() -> None:
    more = {"additionalProperties": {"type": "integer"}}
    async with form_of({"a": {"type": "string"}}, **more) as (app, pilot):
        assert names(app) == ["a", "+"]
        await press(pilot, "down", "k", "e", "y")
        assert app.form.value == ({}, [])
        await press(pilot, "enter")
        assert app.submitted == []
        assert focused(app) == "key"
        await press(pilot, "5")
        assert app.form.value == ({"key": 5}, [])
        await press(pilot, "backspace")
        assert [problem.missing for problem in app.form.value[1]] == [True]
        assert names(app) == ["a", "key", "+"]
        await press(pilot, "6", "down", "a", "enter")
        assert focused(app) == "a"
        await press(pilot, "down", "f8")
        assert names(app) == ["a", "+"]
        assert focused(app) == "+"
        assert app.form.value == ({}, [])


async def test_an_added_member_goes_by_mouse() -> None:
    headers = {"type": "object", "additionalProperties": {"type": "string"}}
    async with form_of({"headers": headers}, value={"headers": {"X": "1", "Y": "2"}}) as (app, pilot):
        assert names(app) == ["headers", "X", "Y", "+"]
        await pilot.click(rows(app)[1].query("RowButtons").first(), offset=(1, 0))
        await press(pilot)
        assert app.form.value[0] == {"headers": {"X": "1", "Y": "2"}}
        await pilot.click(rows(app)[1].query("RowButtons").first(), offset=(7, 0))
        await press(pilot)
        assert app.form.value == ({"headers": {"Y": "2"}}, [])


async def test_a_tuple_has_its_places() -> None:
    pair = {"prefixItems": [{"type": "string", "title": "who"}, {"type": "number"}], "items": False}
    async with form_of({"pair": pair}, ["pair"]) as (app, pilot):
        assert names(app) == ["pair", "[0]", "[1]"]
        await press(pilot, "a", "down", "5")
        assert app.form.value[0] == {"pair": ["a", 5]} or focused(app) != "[1]"
        assert "+ add" not in text(app)


async def test_any_part_is_edited_as_json_in_place() -> None:
    async with form_of({"shape": {"oneOf": [CIRCLE, BOX]}, "n": {"type": "integer"}}) as (app, pilot):
        await press(pilot, "b", "f4")
        assert names(app) == ["shape", "n"]
        assert app.form.value == ({"shape": {"kind": "box"}}, [])
        await press(pilot, "down", "down", "end", "backspace", "comma")
        assert app.form.value[1][0].blocks
        await press(pilot, "f4")
        assert names(app) == ["shape", "n"]
        await press(pilot, *'"w":1}', "f4")
        assert app.form.value == ({"shape": {"kind": "box", "w": 1}}, [])
        assert names(app) == ["shape", "kind", "w", "h", "n"]


async def test_what_fits_no_form_stays_as_json() -> None:
    async with form_of({"shape": {"oneOf": [CIRCLE, BOX]}}, value={"shape": [1]}) as (app, _):
        assert app.form.value[0] == {"shape": [1]}
        assert names(app) == ["shape"]
        assert app.form.value[1][0].path == ("shape",)


async def test_examples_defaults_and_bounds_are_told() -> None:
    count = {
        "type": "integer",
        "minimum": 1,
        "maximum": 9,
        "default": 2,
        "examples": [3, 5],
        "description": "How",
    }
    async with form_of(
        {"n": count, "e": {"oneOf": [{"const": 1, "title": "One", "description": "uno"}]}}
    ) as (
        app,
        pilot,
    ):
        app.form.focus_first()
        await press(pilot, "up")
        assert "How" in about(app)
        assert "1 to 9 · default 2 · e.g. 3, 5" in about(app)
        await press(pilot, "down", "o")
        assert "uno" in about(app)


async def test_hostile_forms_to_choose_from() -> None:
    nasty = {
        "v": {"oneOf": [{"title": NASTY, "type": "object", "properties": {NASTY: {}}}, {"type": "string"}]},
        "m": {"type": "array", "items": {"enum": [NASTY, "b"]}, "default": [NASTY]},
        "p": {"type": "object", "patternProperties": {"^\x1b": {}}, "default": {NASTY: 1}},
    }
    async with form_of(nasty, size=(120, 40)) as (app, pilot):
        for key in ("space", "down", "down", "down", "space", "down", "down", "down"):
            await press(pilot, key)
            assert not {"\x1b", "\x07", "\u202e"} & set(text(app))
