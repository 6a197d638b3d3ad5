from __future__ import annotations

from typing import Any

from textual.app import App, ComposeResult

from inspector.app.widgets.json_editor import JsonEditor
from inspector.forms.unset import UNSET


class Host(App[None]):
    def __init__(self, value: Any = UNSET) -> None:
        super().__init__()
        self.value = value
        self.edits: list[tuple[Any, str]] = []

    def compose(self) -> ComposeResult:
        yield JsonEditor(self.value)

    def on_json_editor_edited(self, event: JsonEditor.Edited) -> None:
        assert event.control is self.query_one(JsonEditor)
        self.edits.append((event.value, event.problem))


async def test_a_value_is_shown_and_given_back() -> None:
    value = {"a": 1.0, "big": 10**30, "e": "\x1b\u202e\ud800", "[/]": None}
    async with Host(value).run_test() as pilot:
        editor = pilot.app.query_one(JsonEditor)
        assert editor.value == (value, "")
        assert "\x1b" not in editor.text
        editor.set_value(UNSET)
        assert editor.value == (UNSET, "")


async def test_the_place_of_an_error_is_told_while_typing() -> None:
    app = Host()
    async with app.run_test() as pilot:
        editor = app.query_one(JsonEditor)
        editor.focus()
        await pilot.press("[", "1", ",")
        await pilot.pause()
        assert editor.problem == "column 4: a value is missing"
        assert editor.has_class("-problem")
        assert "column 4" in str(editor.border_subtitle)
        await pilot.press("2", "]")
        await pilot.pause()
        assert editor.problem == ""
        assert app.edits[-1] == ([1, 2], "")
        assert app.edits[2] == ("[1,", "column 4: a value is missing")


async def test_words_of_the_error_are_no_markup() -> None:
    async with Host().run_test() as pilot:
        editor = pilot.app.query_one(JsonEditor)
        editor.problem = "[/] [bold]"
        await pilot.pause()
        pilot.app.export_screenshot()
