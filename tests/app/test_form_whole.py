"""A form as a whole: a paste that fills it, taking that back, parts that are edited elsewhere."""

from __future__ import annotations

from textual.events import Paste

from inspector.app.widgets.form_entry import Part
from inspector.app.widgets.form_row import FormRow
from tests.app.test_form import Host, focused, form_of, names, press, rows

FIELDS = {
    "city": {"type": "string"},
    "n": {"type": "integer"},
    "on": {"type": "boolean"},
    "tags": {"type": "array", "items": {"type": "string"}},
    "free": {},
}


def told(app: Host) -> list[str]:
    return [str(each.message) for each in app._notifications]


def row(app: Host, name: str) -> FormRow:
    return next(row for row in rows(app) if row.line.name == name)


async def test_an_object_fills_the_form_and_can_be_taken_back() -> None:
    async with form_of(FIELDS) as (app, pilot):
        await press(pilot, "o", "l", "d", "down", "1")
        app.post_message(Paste('{"city": "Oslo", "tags": ["a"]}'))
        await press(pilot)
        await press(pilot)
        assert app.form.value == ({"city": "Oslo", "tags": ["a"]}, [])
        assert names(app) == ["city", "n", "on", "tags", "[0]", "free"]
        assert told(app) == ["The form is filled from what you pasted: 2 members. ctrl+z takes it back."]
        assert app.changes[-1][0] == {"city": "Oslo", "tags": ["a"]}
        assert focused(app) == "n"
        await press(pilot, "ctrl+z")
        assert app.form.value == ({"city": "old", "n": 1}, [])
        await press(pilot, "ctrl+z")
        assert app.form.value == ({"city": "old", "n": 1}, [])


async def test_in_a_field_for_text_taking_back_leaves_the_text() -> None:
    text = '{"city": "Oslo"}'
    async with form_of(FIELDS) as (app, pilot):
        await press(pilot, "x")
        app.post_message(Paste(text))
        await press(pilot)
        await press(pilot)
        assert app.form.value[0] == {"city": "Oslo"}
        assert "pastes it as text" in told(app)[0]
        await press(pilot, "ctrl+z")
        assert app.form.value[0] == {"city": f"x{text}"}


async def test_an_ordinary_paste_stays_one() -> None:
    async with form_of(FIELDS) as (app, pilot):
        for text in ("Oslo", '{"other": 1}', "{"):
            app.post_message(Paste(text))
            await press(pilot)
            await press(pilot)
        assert app.form.value[0] == {"city": 'Oslo{"other": 1}{'}
        assert told(app) == []


async def test_a_field_of_json_takes_it_itself() -> None:
    async with form_of(FIELDS) as (app, pilot):
        row(app, "free").editor.focus()
        await press(pilot)
        app.post_message(Paste('{"city": 1}'))
        await press(pilot)
        await press(pilot)
        assert app.form.value[0] == {"free": {"city": 1}}


async def test_any_line_takes_a_paste_for_the_form() -> None:
    async with form_of(FIELDS, additionalProperties={}) as (app, pilot):
        for number, name in enumerate(("on", "tags", "+")):
            row(app, name).editor.focus()
            await press(pilot)
            app.post_message(Paste(f'{{"n": {number}}}'))
            await press(pilot)
            await press(pilot)
            assert app.form.value[0] == {"n": number}
        app.post_message(Paste("name\nmore"))
        await press(pilot, "enter")
        assert app.form.value[1][0].path == ("name",)


async def test_a_part_is_given_as_text_and_taken_back() -> None:
    async with form_of(FIELDS, value={"city": "a\nb", "n": 5, "tags": ["x"]}) as (app, pilot):
        row(app, "city").editor.focus()
        await press(pilot)
        assert app.form.part == Part(("city",), "a\nb", is_json=False)
        app.form.put_part(("city",), "c\nd")
        await press(pilot)
        row(app, "n").editor.focus()
        await press(pilot)
        assert app.form.part == Part(("n",), "5", is_json=True)
        app.form.put_part(("n",), "6")
        await press(pilot)
        row(app, "tags").editor.focus()
        await press(pilot)
        assert app.form.part == Part(("tags",), '[\n  "x"\n]', is_json=True)
        app.form.put_part(("tags",), '["y", "z"]')
        await press(pilot)
        assert app.form.value == ({"city": "c\nd", "n": 6, "tags": ["y", "z"]}, [])
        assert names(app) == ["city", "n", "on", "tags", "[0]", "[1]", "free"]
        app.form.put_part(("tags",), '["y", ')
        app.form.put_part(("nowhere",), "1")
        await press(pilot)
        assert app.form.value[0]["tags"] == '["y", '
        assert app.form.value[1][0].blocks
        row(app, "on").editor.focus()
        await press(pilot)
        assert app.form.part is None
        row(app, "free").editor.focus()
        await press(pilot)
        assert app.form.part == Part(("free",), "", is_json=True)
        app.form.put_part(("free",), "")
        assert "free" not in app.form.value[0]


async def test_a_form_is_filled_as_if_entered() -> None:
    async with form_of(FIELDS) as (app, pilot):
        app.form.fill({"n": 1})
        await press(pilot)
        assert app.changes == [({"n": 1}, [])]
