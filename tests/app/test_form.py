from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from inspector.app.widgets.form import SchemaForm
from inspector.app.widgets.form_about import FormAbout
from inspector.app.widgets.form_choice import Picker
from inspector.app.widgets.form_row import FormRow, RowButtons, RowLabel
from inspector.forms.check import Problem
from inspector.forms.plan import plan
from inspector.forms.unset import UNSET

NASTY = "\x1b]52;c;aGk=\x07[/]\u202e[red]\ud800"


class Host(App[None]):
    CSS = "#pane { height: 1fr; }"

    def __init__(self, schema: Any, value: Any = UNSET) -> None:
        super().__init__()
        self.form = SchemaForm(plan(schema), value)
        self.changes: list[tuple[Any, list[Problem]]] = []
        self.submitted: list[Any] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="pane"):
            yield self.form

    def on_schema_form_changed(self, event: SchemaForm.Changed) -> None:
        assert event.control is self.form
        self.changes.append((event.value, event.problems))

    def on_schema_form_submitted(self, event: SchemaForm.Submitted) -> None:
        assert event.control is self.form
        self.submitted.append(self.form.value[0])


@asynccontextmanager
async def form_of(
    properties: dict[str, Any],
    required: list[str] | None = None,
    value: Any = UNSET,
    size: tuple[int, int] = (80, 24),
    **root: Any,
) -> AsyncIterator[tuple[Host, Pilot[None]]]:
    app = Host({"type": "object", "properties": properties, "required": required or [], **root}, value)
    async with app.run_test(size=size) as pilot:
        app.form.focus_first()
        await pilot.pause()
        yield app, pilot


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()
    await pilot.pause()


def rows(app: Host) -> list[FormRow]:
    return list(app.query(FormRow))


def names(app: Host) -> list[str]:
    return [row.line.name for row in rows(app)]


def about(app: Host) -> str:
    return str(app.query_one(FormAbout).render())


def focused(app: Host) -> str:
    return next(row.line.name for row in rows(app) if row.editor is app.focused)


def text(app: Host) -> str:
    """What stands on the screen."""
    width, height = app.size
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip)[:width] for strip in lines[:height])


async def test_one_string_costs_two_keys_besides_the_text() -> None:
    async with form_of({"message": {"type": "string"}}, ["message"]) as (app, pilot):
        await press(pilot, "h", "i", "enter")
        assert app.submitted == [{"message": "hi"}]
        assert app.changes == [({"message": "h"}, []), ({"message": "hi"}, [])]


async def test_what_is_typed_right_before_enter_is_not_lost() -> None:
    async with form_of({"message": {"type": "string"}}) as (app, pilot):
        field = app.query_one(Input)
        field.insert_text_at_cursor("late")
        field.post_message(Input.Submitted(field, "late"))
        assert app.form.value == ({"message": "late"}, [])
        await pilot.pause()
        assert app.submitted == [{"message": "late"}]


async def test_the_cursor_begins_in_the_first_empty_required_field() -> None:
    async with form_of(
        {"a": {"type": "string"}, "b": {"type": "string", "default": "x"}, "c": {}}, ["b", "c"]
    ) as (app, _):
        assert focused(app) == "c"


async def test_fields_are_walked_by_arrows_and_tab() -> None:
    fields = {"a": {"type": "string"}, "b": {"type": "boolean"}, "c": {}, "d": {"type": "string"}}
    async with form_of(fields) as (app, pilot):
        seen = [focused(app)]
        for key in ("down", "down", "down", "down", "up", "shift+tab", "tab", "up", "up"):
            await press(pilot, key)
            seen.append(focused(app))
        assert "".join(seen) == "abcddcbcba"


async def test_numbers_are_judged_while_typing() -> None:
    async with form_of({"n": {"type": "integer", "minimum": 1, "description": "How many"}}) as (app, pilot):
        assert "How many" in about(app)
        assert "≥ 1" in about(app)
        await press(pilot, "1", "x")
        assert app.form.value[0] == {"n": "1x"}
        assert "must be a whole number" in about(app)
        assert app.query_one(RowLabel).wrong
        await press(pilot, "backspace", "2")
        assert app.form.value == ({"n": 12}, [])
        assert not app.query_one(RowLabel).wrong


async def test_unset_empty_and_null_are_three_things() -> None:
    async with form_of({"s": {"type": ["string", "null"]}}) as (app, pilot):
        assert "ctrl+n unset/empty/null" in about(app)
        values = [app.form.value[0]]
        for _ in range(3):
            await press(pilot, "ctrl+n")
            values.append(app.form.value[0])
            if len(values) == 2:
                assert "empty string" in text(app)
        assert values == [{}, {"s": ""}, {"s": None}, {}]
        await press(pilot, "ctrl+n", "a", "backspace")
        assert app.form.value[0] == {}


async def test_booleans_have_three_states_and_required_ones_two() -> None:
    async with form_of({"a": {"type": "boolean"}, "b": {"type": "boolean"}}, ["b"]) as (app, pilot):
        assert focused(app) == "b"
        assert "○ true  ○ false" in text(app)
        await press(pilot, "space")
        assert app.form.value == ({"b": True}, [])
        await press(pilot, "right", "right")
        assert app.form.value[0] == {"b": False}
        await press(pilot, "t", "up")
        for key, value in (("f", False), ("left", True), ("u", None), ("space", True), ("delete", None)):
            await press(pilot, key)
            assert app.form.value[0].get("a") is value
        assert "● unset" in text(app)


async def test_choices_by_letters_and_mouse() -> None:
    async with form_of({"u": {"enum": ["metric", "imperial", 1, True]}}) as (app, pilot):
        await press(pilot, "i")
        assert app.form.value[0] == {"u": "imperial"}
        await press(pilot, "right")
        assert repr(app.form.value[0]) == "{'u': 1}"
        await press(pilot, "right")
        assert app.form.value[0]["u"] is True
        editor = rows(app)[0].editor
        await pilot.click(editor, offset=(4, 0))
        await pilot.pause()
        assert app.form.value[0] == {"u": "metric"}


async def test_many_choices_are_picked_from_a_list() -> None:
    towns = [f"town {n}" for n in range(5000)] + [NASTY]
    async with form_of({"t": {"enum": towns}}, ["t"]) as (app, pilot):
        await press(pilot, "4", "9", "9", "9")
        assert isinstance(app.screen, Picker)
        assert app.screen.query_one(OptionList).option_count == 1
        await press(pilot, "enter")
        assert app.form.value == ({"t": "town 4999"}, [])
        await press(pilot, "space", "escape")
        assert app.form.value[0] == {"t": "town 4999"}
        await press(pilot, "space", "down", "pagedown", "up", "q", "enter")
        assert app.form.value[0] == {"t": "town 4999"}  # nothing has a q
        await press(pilot, "space", "[", "slash", "enter")
        assert app.form.value[0] == {"t": NASTY}
        assert app.submitted == []


async def test_an_optional_object_is_unset_until_touched() -> None:
    address = {
        "type": "object",
        "properties": {"street": {"type": "string"}, "country": {"type": "string", "default": "NL"}},
        "required": ["street"],
    }
    async with form_of({"to": address}) as (app, pilot):
        assert names(app) == ["to"]
        assert app.form.value == ({}, [])
        await press(pilot, "right")
        assert names(app) == ["to", "street", "country"]
        assert app.form.value == ({}, [])
        await press(pilot, "down", "x")
        assert app.form.value == ({"to": {"street": "x", "country": "NL"}}, [])
        await press(pilot, "up", "ctrl+n")
        assert app.form.value == ({}, [])
        await press(pilot, "ctrl+n")
        assert app.form.value[0] == {"to": {}}
        await press(pilot, "left")
        assert names(app) == ["to"]


async def test_unfolded_members_get_room_for_their_names() -> None:
    inside = {"type": "object", "properties": {"a_longer_name": {"type": "number"}}}
    async with form_of({"at": inside, "n": {"type": "integer"}}) as (app, pilot):
        folded = rows(app)[-1].label.size.width
        app.form.focus_first()
        await press(pilot, "home", "up", "up", "space")
        said = [row.label.render().plain for row in rows(app)]
        assert any("a_longer_name" in label for label in said)
        assert rows(app)[-1].label.size.width > folded
        assert len({row.label.size.width for row in rows(app)}) == 1


async def test_items_are_added_moved_and_removed_by_keys() -> None:
    async with form_of({"tags": {"type": "array", "items": {"type": "string"}}}) as (app, pilot):
        await press(pilot, "plus", "a", "ctrl+o", "b", "ctrl+o", "c")
        assert app.form.value == ({"tags": ["a", "b", "c"]}, [])
        await press(pilot, "shift+up", "shift+up", "shift+up")
        assert app.form.value[0] == {"tags": ["c", "a", "b"]}
        assert focused(app) == "[0]"
        await press(pilot, "shift+down", "f8")
        assert app.form.value[0] == {"tags": ["a", "b"]}
        await press(pilot, "ctrl+u", "backspace", "f8")
        assert app.form.value[0] == {"tags": []}
        assert focused(app) == "tags"
        await press(pilot, "ctrl+o")
        assert app.form.value[0] == {"tags": [""]}


async def test_items_by_mouse() -> None:
    async with form_of(
        {"tags": {"type": "array", "items": {"type": "string"}}}, value={"tags": ["a", "b"]}
    ) as (app, pilot):
        await pilot.click(app.query(RowButtons).last(), offset=(1, 0))
        await press(pilot)
        assert app.form.value[0] == {"tags": ["b", "a"]}
        await pilot.click(app.query(RowButtons).first(), offset=(7, 0))
        await press(pilot)
        assert app.form.value[0] == {"tags": ["a"]}
        await pilot.click(rows(app)[0].editor, offset=(10, 0))
        await press(pilot)
        assert app.form.value[0] == {"tags": ["a", ""]}
        await pilot.click(rows(app)[0].label)
        await press(pilot)
        assert names(app) == ["tags"]


async def test_a_list_of_objects_puts_the_cursor_into_its_first_field() -> None:
    point = {"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]}
    async with form_of({"path": {"type": "array", "items": point}}) as (app, pilot):
        await press(pilot, "plus", "5", "ctrl+o", "6")
        assert app.form.value == ({"path": [{"x": 5}, {"x": 6}]}, [])
        await press(pilot, "f8")
        assert app.form.value == ({"path": [{"x": 5}]}, [])


async def test_json_in_place() -> None:
    async with form_of({"any": {}, "next": {"type": "string"}}) as (app, pilot):
        await press(pilot, "[", "1")
        assert app.form.value[1][0].blocks
        await press(pilot, "comma", "enter", "2", "]")
        assert app.form.value == ({"any": [1, 2]}, [])
        assert rows(app)[0].size.height == 2
        await press(pilot, "up", "down", "down")
        assert focused(app) == "next"


async def test_strings_of_many_lines() -> None:
    async with form_of({"s": {"type": "string"}, "n": {"type": "number"}}) as (app, pilot):
        assert app.focused is not None
        app.focused.post_message(Paste("one\r\ntwo"))
        await press(pilot, "ctrl+j", "x")
        assert app.form.value == ({"s": "one\ntwo\nx"}, [])
        assert "one⏎two⏎x" in text(app)
        await press(pilot, "down")
        app.focused.post_message(Paste(" 42\n"))
        await press(pilot)
        assert app.form.value[0]["n"] == 42


async def test_both_ways_with_json() -> None:
    fields = {
        "a": {"type": "number"},
        "b": {"type": "array", "items": {"type": "boolean"}},
        "c": {"type": "object", "properties": {"d": {}}},
    }
    async with form_of(fields) as (app, pilot):
        await press(pilot, "1")
        value = {"a": "12", "b": [True, 1, None], "c": {"d": 1.0, "e": 5}, "f": [1]}
        app.form.set_value(value)
        assert app.form.value[0] == value
        await press(pilot)
        assert names(app) == ["a", "b", "[0]", "[1]", "[2]", "c", "d"]
        assert '"12"' in text(app)
        assert repr(app.form.value[0]) == repr(value)
        assert [problem.path for problem in app.form.value[1]] == [("a",), ("b", 1), ("b", 2)]
        app.form.set_value(UNSET)
        await press(pilot)
        assert app.form.value == ({}, [])
        assert len(app.changes) == 1


async def test_missing_fields_are_marked_once_the_user_wants_to_go_on() -> None:
    async with form_of({"a": {"type": "string"}, "b": {"type": "string"}}, ["a", "b"]) as (app, pilot):
        await press(pilot, "x")
        assert not any(row.label.wrong for row in rows(app))
        await press(pilot, "enter")
        assert [row.label.wrong for row in rows(app)] == [False, True]


async def test_the_host_tells_what_a_check_found() -> None:
    async with form_of({"a": {"type": "number"}}) as (app, pilot):
        await press(pilot, "9")
        app.form.tell([Problem(("a",), "must be at most 5")])
        assert "! must be at most 5" in about(app)
        await press(pilot, "backspace", "4")
        assert "must be" not in about(app)


async def test_hostile_texts_are_shown_not_obeyed() -> None:
    nasty = {
        NASTY: {
            "type": "string",
            "title": NASTY,
            "description": NASTY,
            "default": NASTY,
            "examples": [NASTY],
        },
        "e": {"enum": [NASTY, NASTY + "2"], "default": NASTY},
        "j": {"default": {NASTY: NASTY}, "description": NASTY * 1000},
        "l": {"type": "array", "items": {"type": "string", "description": NASTY}, "default": [NASTY]},
        "o": {
            "type": "object",
            "properties": {NASTY: {"type": "number", "default": NASTY}},
            "default": {NASTY * 2: 1},
        },
        "$id #.x": {"type": "boolean", "title": "[/]", "description": "[/]"},
        "x" * 100_000: {"type": "string"},
    }
    async with form_of(nasty, size=(120, 40)) as (app, pilot):
        for _ in range(12):
            shown = text(app)
            for character in "\x1b\x07\u202e\ud800":
                assert character not in shown
            assert "␛]52;c;aGk=␇" in shown
            assert "[red]" in shown
            app.export_screenshot()
            await press(pilot, "down")
        value, _ = app.form.value
        assert value[NASTY] == NASTY
        assert value["j"] == {NASTY: NASTY}


@pytest.mark.parametrize("size", [(80, 12), (80, 24), (120, 40)])
async def test_twenty_fields_are_usable(size: tuple[int, int]) -> None:
    fields = {f"field_{n}": {"type": "string", "description": f"About {n}"} for n in range(20)}
    async with form_of(fields, size=size) as (app, pilot):
        foot = app.query_one(FormAbout)
        for n in range(20):
            assert focused(app) == f"field_{n}"
            assert app.focused is not None
            region = app.focused.region
            assert region.height == 1
            assert 0 <= region.y < foot.region.y
            assert f"About {n}" in about(app)
            await press(pilot, "x", "tab" if n % 2 else "down")
        assert app.form.value[0] == dict.fromkeys(fields, "x")


async def test_thousands_of_fields_are_mounted_as_they_are_reached() -> None:
    fields = {f"f{n}": {"type": "string", "default": "d"} for n in range(5000)}
    async with form_of(fields) as (app, pilot):
        assert len(rows(app)) <= 40
        assert len(app.form.value[0]) == 5000
        for wanted in (80, 200):
            while len(rows(app)) < wanted:
                app.form.scroll_end(animate=False)
                await press(pilot)
            assert len(rows(app)) == wanted
        app.form.scroll_end(animate=False)
        await press(pilot)
        assert "4,800 more fields: edit them as JSON" in text(app)


async def test_a_required_field_far_below_is_reached() -> None:
    fields = {f"f{n}": {"type": "string"} for n in range(150)}
    async with form_of(fields, ["f140"]) as (app, pilot):
        while not any(row.line.name == "f140" and row.editor is app.focused for row in rows(app)):
            await press(pilot)
        await press(pilot, "x")
        assert app.form.value == ({"f140": "x"}, [])


async def test_no_arguments() -> None:
    async with form_of({}) as (app, _):
        assert "No arguments." in text(app)
        assert app.form.value == ({}, [])


@pytest.mark.parametrize(
    "schema", [True, None, [], {"type": "string"}, {"type": "array", "items": {}}, {"$ref": "#"}]
)
async def test_any_schema_makes_a_form(schema: Any) -> None:
    app = Host(schema)
    async with app.run_test() as pilot:
        app.form.focus_first()
        await press(pilot, "5", "down", "ctrl+n", "ctrl+o", "f8", "enter")
        app.export_screenshot()
