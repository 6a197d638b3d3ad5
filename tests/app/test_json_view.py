"""The JSON viewer, used as a person would."""

from __future__ import annotations

import json

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from inspector.app.widgets.json_view import JsonView

DOC = b'{"method": "tools/call", "params": {"name": "get-sum", "arguments": {"a": 2, "b": 40.0}}, "id": 9}'


class Viewer(App[None]):
    def __init__(self, body: bytes | str) -> None:
        super().__init__()
        self.body = body
        self.paths: list[str] = []

    def compose(self) -> ComposeResult:
        yield JsonView(self.body)

    def on_mount(self) -> None:
        self.view.focus()

    def on_json_view_selected(self, event: JsonView.Selected) -> None:
        self.paths.append(event.path)

    @property
    def view(self) -> JsonView:
        return self.query_one(JsonView)


def screen(view: JsonView) -> list[str]:
    """What the view paints, without blank lines."""
    rows = [view.render_line(y).text.rstrip() for y in range(view.size.height)]
    return [row for row in rows if row]


async def settled(pilot: Pilot[None]) -> None:
    await pilot.pause()
    while pilot.app.query_one(JsonView).busy:
        await pilot.pause()


@pytest.mark.parametrize("moves_on", [False, True])
async def test_the_last_line_is_that_of_the_whole_document(
    monkeypatch: pytest.MonkeyPatch, moves_on: bool
) -> None:
    """A slow machine: the document is still being read when the key is pressed."""
    for name, seconds in (("FIRST_SLICE", 0.0), ("SLICE", 0.0), ("PAUSE", 0.1)):
        monkeypatch.setattr(f"inspector.app.widgets.json_view.{name}", seconds)
    app = Viewer(json.dumps(list(range(10_000))))
    async with app.run_test(size=(20, 6)) as pilot:
        await pilot.press("end")
        if moves_on:
            await pilot.press("home")
        await settled(pilot)
        assert app.view.selected_path() == ("$[0]" if moves_on else "$[9999]")


async def test_members_are_lines_and_containers_fold() -> None:
    app = Viewer(DOC)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert screen(app.view) == [
            '  method  "tools/call"',
            "▾ params",
            '    name  "get-sum"',
            "  ▾ arguments",
            "      a  2",
            "      b  40.0",
            "  id  9",
        ]
        await pilot.press("down", "enter")
        assert screen(app.view) == ['  method  "tools/call"', "▸ params  {…} 2 members", "  id  9"]
        await pilot.press("space")
        assert len(screen(app.view)) == 7


async def test_left_and_right_fold_and_walk_the_tree() -> None:
    app = Viewer(DOC)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("end", "up")
        assert app.view.selected_path() == "$.params.arguments.b"
        assert app.view.selected_text() == "40.0"
        await pilot.press("left")
        assert app.view.selected_path() == "$.params.arguments"
        assert app.view.selected_text() == '{"a": 2, "b": 40.0}'
        await pilot.press("left")
        assert "  ▸ arguments  {…} 2 members" in screen(app.view)
        await pilot.press("right", "right")
        assert app.view.selected_path() == "$.params.arguments.a"
        assert app.paths[-1] == "$.params.arguments.a"


async def test_fold_all_one_level_more_and_unfold_all() -> None:
    app = Viewer(DOC)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("end", "up", "minus")
        assert len(screen(app.view)) == 3
        assert app.view.selected_path() == "$.params"
        await pilot.press("plus")
        assert len(screen(app.view)) == 5
        await pilot.press("asterisk")
        assert len(screen(app.view)) == 7


async def test_find_goes_round_and_into_folds() -> None:
    app = Viewer(DOC)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("minus")
        assert app.view.find("GET-SUM")
        assert app.view.selected_path() == "$.params.name"
        assert app.view.selected_string() == "get-sum"
        assert app.view.find("call")
        assert app.view.selected_path() == "$.method"
        assert app.view.find("get-sum", backwards=True)
        assert app.view.selected_path() == "$.params.name"
        assert not app.view.find("nowhere")


async def test_a_click_on_the_mark_folds_and_one_beside_it_selects() -> None:
    app = Viewer(DOC)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.click(JsonView, offset=(0, 1))
        assert len(screen(app.view)) == 3
        await pilot.click(JsonView, offset=(6, 2))
        assert app.view.selected_path() == "$.id"


@pytest.mark.parametrize("where", ["key", "value"])
async def test_hostile_text_never_reaches_the_strips(where: str) -> None:
    hostile = "\x1b]52;c;eA==\x07 [/]x \u202etxt\u200b\x9b31m\n"
    body = {hostile: 1} if where == "key" else {"key": hostile}
    for text in (json.dumps(body), json.dumps(body, ensure_ascii=False), "no json " + hostile):
        app = Viewer(text)
        async with app.run_test() as pilot:
            await settled(pilot)
            shown = "".join(screen(app.view))
            assert "[/]x" in shown
            assert "␛]52;c;" in shown
            assert not set(shown) & set("\x1b\x07\u202e\u200b\x9b\n")


async def test_what_is_no_json_is_shown_as_text_with_a_note() -> None:
    app = Viewer(b"listening on port 3000\nready \xff")
    async with app.run_test() as pilot:
        await settled(pilot)
        assert screen(app.view)[0] == "Not JSON: it makes no sense from byte 0 on."
        assert screen(app.view)[1] == "listening on port 3000"
        assert app.view.selected_path() == ""
        await pilot.press("down", "enter", "left", "right", "minus", "asterisk", "end")


async def test_nothing_is_shown_as_nothing() -> None:
    app = Viewer("")
    async with app.run_test() as pilot:
        await settled(pilot)
        assert screen(app.view) == ["Empty"]
        await pilot.press("down", "enter", "left", "minus")


async def test_a_long_string_is_clipped_and_scrolls_sideways() -> None:
    app = Viewer(json.dumps({"blob": "x" * 300 + "END", "big": "é" * 5_000_000}, ensure_ascii=False))
    async with app.run_test() as pilot:
        await settled(pilot)
        first, second = screen(app.view)
        assert first.endswith("x…")
        assert second.endswith("é…")
        app.view.scroll_to(x=240, animate=False)
        assert 'END"' in screen(app.view)[0]


async def test_a_hundred_thousand_levels_stay_on_the_screen() -> None:
    app = Viewer(b"[" * 100_000 + b"1" + b"]" * 100_000)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("end")
        assert screen(app.view)[-1].endswith("⋯99999   0  1")
        await pilot.press("left", "left", "minus", "plus", "asterisk", "home")
        assert screen(app.view)[0].startswith("▾ 0")


async def test_a_large_document_is_read_in_slices_to_its_end() -> None:
    app = Viewer(json.dumps([{"n": n} for n in range(100_000)]))
    async with app.run_test() as pilot:
        await pilot.pause()
        assert screen(app.view)[0] == "▾ 0"
        await settled(pilot)
        await pilot.press("end")
        assert app.view.selected_path() == "$[99999].n"


async def test_another_document_begins_at_its_top() -> None:
    app = Viewer(DOC)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("end")
        app.view.load('["fresh"]')
        await settled(pilot)
        assert screen(app.view) == ['  0  "fresh"']
        assert app.view.selected_path() == "$[0]"
