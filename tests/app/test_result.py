"""The pane of a result: ways of reading, checks against the schema, saving; whatever the server sends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from inspector.app.ending import ending
from inspector.app.panes.result import Result
from inspector.app.widgets.json_view import JsonView
from inspector.app.widgets.markdown_view import MarkdownView
from inspector.app.widgets.picture import HalfCells
from inspector.app.widgets.tab_line import TabLine
from inspector.app.widgets.text_view import TextView
from inspector.demo.offer import DOT_PNG, SILENCE_WAV
from inspector.forms.unset import UNSET
from inspector.session.outcome import Closed, Replied
from inspector.wire.event import Direction, Event, Kind
from inspector.wire.jsonrpc import classify

HOSTILE = "\x1b]0;owned\x07 [red]x[/] [/]y \u202eback \x9b31m"


def replied(**members: Any) -> Replied:
    """A reply with this `result` or `error`."""
    raw = json.dumps({"jsonrpc": "2.0", "id": 1, **members}).encode()
    frame = classify(raw)
    event = Event(1, 0.0, Kind.MESSAGE, Direction.S2C, 1, raw, {}, frame, None, (), len(raw))
    return Replied(event, frame, event)


class Host(App[None]):
    def compose(self) -> ComposeResult:
        yield Result(id="result")

    @property
    def result(self) -> Result:
        return self.query_one(Result)

    @property
    def tabs(self) -> TabLine:
        return self.query_one("#result-tabs", TabLine)

    def show(self, schema: Any = UNSET, **members: Any) -> None:
        outcome = replied(**members)
        self.result.show(outcome, ending(outcome, "2026-07-28"), schema)

    def current(self) -> str | None:
        return self.query_one("#result-body").current  # type: ignore[attr-defined, no-any-return]

    def words(self, id: str) -> str:
        return str(self.query_one(id, Static).render())


def text(words: str) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": words}]}


async def until(pilot: Pilot[None], happened: Callable[[], object]) -> None:
    with anyio.fail_after(60):
        while not happened():
            await pilot.pause(0.01)


async def test_one_key_cycles_through_the_ways_of_reading_a_text() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.show(result=text('{"a": [1, 2]}'))
        assert app.tabs.choices == ("Text", "JSON", "Markdown", "Wire")
        assert app.query_one(TextView).text == '{"a": [1, 2]}'
        app.result.cycle()
        assert app.current() == "result-json"
        app.result.cycle()
        await until(pilot, lambda: app.current() == "result-markdown")
        app.result.cycle()
        assert (app.tabs.active, app.current()) == ("Text", "result-text")


async def test_a_way_that_was_chosen_stays_where_the_next_result_has_it() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.show(result=text("# one"))
        app.result.cycle()
        await until(pilot, lambda: [each.shown for each in app.query(MarkdownView)] == [["# one"]])
        app.show(result=text("x" * 200_000))
        assert app.tabs.choices == ("Text", "Wire")
        assert app.current() == "result-text"
        app.show(result=text("# two"))
        await until(pilot, lambda: app.query_one(MarkdownView).shown == ["# two"])


async def test_the_whole_result_is_one_of_the_tabs() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.show(result={**text("x"), "_meta": {"a": 1}})
        app.tabs.focus()
        await pilot.press("left")
        assert app.tabs.active == "Wire"
        app.query_one(JsonView).action_last()
        assert app.query_one(JsonView).selected_path() == "$._meta.a"


async def test_each_mismatch_stands_above_the_payload() -> None:
    schema = {"type": "object", "properties": {"sum": {"type": "number"}, "ok": {"type": "boolean"}}}
    app = Host()
    async with app.run_test(size=(100, 30)) as pilot:
        app.show(schema, result={"content": [], "structuredContent": {"sum": "3", "ok": 1}})
        await until(pilot, lambda: app.result.mismatches is not None)
        says = app.words("#result-checks")
        assert "! structuredContent.sum must be number, is string" in says
        assert "! structuredContent.ok must be boolean, is integer" in says
        assert "· structuredContent is in no text block" in says
        assert app.current() == "result-json", "the payload is shown all the same"
        assert app.tabs.choices == ("JSON", "Schema", "Wire")
        app.tabs.focus()
        await pilot.press("right")
        assert "server/tools, Output Schema" in app.query_one(TextView).text
        assert '"boolean"' in app.query_one(TextView).text


async def test_what_fits_its_schema_says_so_on_demand_alone() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.show({"type": "object"}, result={**text('{"a": 1}'), "structuredContent": {"a": 1}})
        await until(pilot, lambda: app.result.mismatches == [])
        assert not app.query_one("#result-checks").display
        app.tabs.focus()
        await pilot.press("left", "left")
        assert "is what the output schema allows" in app.query_one(TextView).text


async def test_missing_structured_content_is_told_and_an_error_is_exempt() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.show({"type": "object"}, result=text("x"))
        await until(pilot, lambda: app.result.mismatches)
        assert "structuredContent is missing" in app.words("#result-checks")
        app.show({"type": "object"}, result={**text("x"), "isError": True})
        await pilot.pause()
        assert app.result.mismatches is None
        assert "Schema" not in app.tabs.choices


async def test_an_error_and_no_answer_are_sentences_of_ours() -> None:
    app = Host()
    async with app.run_test():
        app.show(error={"code": -32602, "message": "no"})
        assert app.tabs.choices == ("Text", "Wire")
        outcome = Closed(None, "The server went away.")
        app.result.show(outcome, ending(outcome, "2026-07-28"))
        assert "went away" in app.words("#result-note")
        assert not app.query_one("#result-head").display


async def test_a_picture_is_drawn_and_a_broken_one_told() -> None:
    app = Host()
    async with app.run_test() as pilot:
        image = {"type": "image", "data": DOT_PNG, "mimeType": "image/png"}
        app.show(result={"content": [image, {**image, "data": DOT_PNG[:80]}, {**image, "data": "?!"}]})
        await until(pilot, lambda: bool(app.query(HalfCells)))
        cells = app.query_one(HalfCells)
        await until(pilot, lambda: "▀" in cells.render_line(0).text)
        assert "image/png, 112 B, 16 x 16 pixels" in app.words("#result-picture Static")
        assert app.words("#result-amount") == "3 images"
        app.query_one("#result-parts").focus()
        await pilot.press("down")
        await until(pilot, lambda: "its data is broken" in app.words("#result-picture Static"))
        assert not cells.render_line(0).text.strip()
        await pilot.press("down")
        await until(pilot, lambda: "not valid base64" in app.words("#result-picture Static"))


async def test_without_the_extra_a_picture_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inspector.app.reading.available", lambda: False)
    app = Host()
    async with app.run_test():
        image = {"type": "image", "data": DOT_PNG, "mimeType": "image/png"}
        app.show(result={"content": [image]})
        assert app.tabs.choices == ("About", "Wire")
        says = app.words("#result-note")
        assert "16 x 16 pixels" in says
        assert "mcp-inspect[images]" in says


async def test_annotations_are_told_of_a_part_that_is_alone() -> None:
    app = Host()
    async with app.run_test():
        block = {"type": "text", "text": "x", "annotations": {"audience": ["user"], "priority": 1}}
        app.show(result={"content": [block]})
        options = app.query_one("#result-parts", OptionList)
        assert "(for user, priority 1)" in str(options.get_option_at_index(0).prompt)


async def test_a_sound_is_type_size_and_seconds() -> None:
    app = Host()
    async with app.run_test():
        app.show(result={"content": [{"type": "audio", "data": SILENCE_WAV, "mimeType": "audio/wav"}]})
        assert "audio/wav, 52 B, 1 ms" in app.words("#result-note")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_nothing_hostile_reaches_the_screen(size: tuple[int, int]) -> None:
    uri = f"x:{HOSTILE}"
    result = {
        "content": [
            {"type": "text", "text": HOSTILE, "annotations": {"audience": [HOSTILE]}},
            {"type": "image", "data": "AAAA", "mimeType": HOSTILE},
            {"type": "resource_link", "uri": uri, "name": HOSTILE},
            {"type": "resource", "resource": {"uri": uri, "text": HOSTILE, "mimeType": HOSTILE}},
            {"type": HOSTILE},
            HOSTILE,
        ],
        "structuredContent": {HOSTILE: HOSTILE},
    }
    schema = {"properties": {HOSTILE: {"type": "number", "description": HOSTILE}}, "required": [HOSTILE * 2]}
    app = Host()
    async with app.run_test(size=size) as pilot:
        app.show(schema, result=result)
        await until(pilot, lambda: app.result.mismatches)
        options = app.query_one("#result-parts", OptionList)
        options.focus()
        for _ in range(options.option_count):
            for _ in app.tabs.choices:
                screen = app.export_screenshot()
                assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(screen)
                app.tabs.action_step(1)
                await pilot.pause()
            await pilot.press("down")


async def test_five_thousand_parts_are_listed_in_part() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.show(result={"content": [{"type": "text", "text": f"part {n}"} for n in range(5000)]})
        options = app.query_one("#result-parts", OptionList)
        assert options.option_count == 201
        options.focus()
        await pilot.press("end", "enter")
        assert app.result.selected is not None
        assert app.result.selected.text == "part 199"


async def test_ten_megabytes_and_great_depth_are_shown() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.show(result=text('{"a": "' + "x" * 10_000_000 + '"}'))
        assert app.tabs.choices == ("Text", "JSON", "Wire")
        assert app.words("#result-amount") == "≈ 2.5M tokens"
        app.result.cycle()
        await pilot.pause()
        app.show(result=text("[" * 90_000 + "]" * 90_000))
        app.show({}, result={"content": [], "structuredContent": json.loads("[" * 500 + "]" * 500)})
        await until(pilot, lambda: app.result.mismatches is not None)


async def test_what_is_saved_is_the_part_that_is_shown_or_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = Host()
    async with app.run_test() as pilot:
        app.show(
            result={
                "content": [*text("one")["content"], {"type": "image", "data": "AAEC", "mimeType": "a/b"}]
            }
        )
        app.result.save("../../evil")
        await pilot.pause()
        assert app.screen.query_one(Input).value == "evil.txt"
        await pilot.press("enter")
        assert (tmp_path / "evil.txt").read_bytes() == b"one"
        app.result.save("../../evil")
        await pilot.pause()
        await pilot.press("enter")
        assert app.screen.query(Input), "it exists: asked again"
        await pilot.press("escape")
        app.query_one("#result-parts").focus()
        await pilot.press("down")
        app.result.save("evil")
        await pilot.pause()
        await pilot.press("enter")
        assert (tmp_path / "evil.bin").read_bytes() == b"\x00\x01\x02"
        app.tabs.action_step(-1)
        app.result.save("evil")
        await pilot.pause()
        await pilot.press("enter")
        assert json.loads((tmp_path / "evil.json").read_bytes())["content"][0]["text"] == "one"


async def test_a_name_that_is_none_is_asked_again(tmp_path: Path) -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.show(result=text("one"))
        app.result.save("x")
        await pilot.pause()
        for name in ("~nobody-of-that-name/x", "", str(tmp_path)):
            app.screen.query_one(Input).value = name
            await pilot.press("enter")
            assert app.screen.query(Input), name


async def test_there_may_be_nothing_to_save() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.result.save("x")
        app.show(result={"content": [{"type": "image", "data": "?!"}]})
        app.result.save("x")
        app.show(error={"code": 1, "message": "no"})
        app.result.save("x")
        await pilot.pause()
        assert not app.screen.query(Input)
