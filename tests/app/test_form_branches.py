"""Members that a form asks for on conditions: shown while they count, and nothing entered is lost."""

from __future__ import annotations

from typing import Any

from inspector.app.widgets.form_entry import IDLE, Entry
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
