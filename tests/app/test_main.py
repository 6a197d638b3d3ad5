"""The main screen, driven by keys against the demo server in this process."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.command import CommandList
from textual.widgets import Input, Static

from inspector.app.actions import ACTIONS
from inspector.app.items import Item
from inspector.app.panes.message import SelectedMessage
from inspector.app.screens.ask import Question, SaveAs
from inspector.app.screens.help import HelpScreen
from inspector.app.screens.main import MainScreen
from inspector.app.widgets.capability_list import CapabilityList
from inspector.app.widgets.form import SchemaForm
from inspector.app.widgets.json_editor import JsonEditor
from inspector.app.widgets.log import MessageLog
from inspector.app.widgets.status_line import StatusLine
from inspector.app.widgets.text_view import TextView
from inspector.journal.journal import Journal
from tests.app.stage import Stage, StagedServer, staged

WIDE, NARROW = (120, 40), (80, 24)


def requests(stage: Stage, method: str) -> int:
    """How many requests of `method` the journal holds."""
    return len(stage.app.journal.rows_with_method(method))


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_tool_of_one_string_takes_two_keys_beside_the_text(size: tuple[int, int]) -> None:
    async with staged(size) as stage:
        await stage.connected()
        await stage.press("down", "down")
        line = stage.screen.query_one(CapabilityList).current
        assert line is not None
        assert line.item is not None
        assert line.item.label == "echo"
        await stage.press("enter")
        await stage.until(lambda: isinstance(stage.app.focused, Input) and stage.screen.workbench.item)
        await stage.type("hello there")
        await stage.press("enter")
        await stage.called()
        assert stage.screen.query_one("#result-text", TextView).text == "hello there"


async def test_escape_steps_back_and_never_quits() -> None:
    async with staged(WIDE) as stage:
        await stage.connected()
        await stage.open("echo")
        await stage.press("escape")
        assert stage.app.focused is stage.screen.query_one(CapabilityList)
        await stage.press("3", "enter")
        assert stage.screen.query_one(SelectedMessage) in stage.app.focused.ancestors  # type: ignore[union-attr]
        await stage.press("escape")
        assert stage.app.focused is stage.screen.query_one(MessageLog)
        await stage.press("escape", "escape", "escape", "escape")
        assert stage.app.is_running
        assert stage.app.keeper is not None
        assert stage.app.keeper.state == "connected"


async def test_form_and_raw_json_are_two_views_of_one_value() -> None:
    async with staged(WIDE) as stage:
        await stage.connected()
        await stage.open("weather")
        await stage.type("Oslo")
        await stage.press("ctrl+t")
        editor = stage.screen.query_one(JsonEditor)
        assert editor.value == ({"city": "Oslo", "units": "metric", "days": 2, "detailed": False}, "")
        editor.set_value({"city": "Bergen", "days": 3})
        await stage.press("ctrl+t")
        assert stage.screen.query_one(SchemaForm).value[0] == {"city": "Bergen", "days": 3}
        await stage.press("f5")
        await stage.called()
        assert "Bergen" in stage.screen.query_one("#result-text", TextView).text


async def test_broken_json_is_not_sent_and_says_where_it_breaks() -> None:
    async with staged(WIDE) as stage:
        await stage.connected()
        await stage.open("echo")
        await stage.press("ctrl+t")
        stage.screen.query_one(JsonEditor).text = '{"text": '
        await stage.press("f5")
        await stage.settled()
        assert requests(stage, "tools/call") == 0
        assert "Not sent" in str(stage.screen.query_one("#wb-status").render())


async def test_a_call_is_cancelled_by_key() -> None:
    async with staged(WIDE, StagedServer(ignores="tools/call")) as stage:
        await stage.connected()
        await stage.open("echo")
        await stage.type("x")
        await stage.press("enter")
        await stage.until(lambda: requests(stage, "tools/call"))
        await stage.press("ctrl+g")
        await stage.called()
        assert "cancelled" in str(stage.screen.query_one("#wb-status").render())
        assert requests(stage, "notifications/cancelled") == 1


async def test_the_log_survives_the_server_and_a_reconnect() -> None:
    async with staged(WIDE, StagedServer(dies_at="tools/call")) as stage:
        await stage.connected()
        await stage.open("echo")
        await stage.press("enter")
        keeper = stage.app.keeper
        assert keeper is not None
        await stage.until(lambda: keeper.state == "closed")
        await stage.settled()
        assert "server exited with code 3" in str(stage.screen.query_one(StatusLine).render())
        rows = len(stage.app.journal)
        await stage.press("ctrl+r")
        await stage.until(lambda: keeper.state == "connected")
        await stage.connected()
        assert len(stage.app.journal) > rows
        assert stage.app.journal.conn(len(stage.app.journal) - 1) == 2


async def test_leaving_a_live_connection_is_asked_about() -> None:
    async with staged(WIDE) as stage:
        await stage.connected()
        await stage.press("ctrl+r")
        assert isinstance(stage.app.screen, Question)
        await stage.press("n")
        assert stage.app.journal.conn(len(stage.app.journal) - 1) == 1
        await stage.press("q")
        assert isinstance(stage.app.screen, Question)
        await stage.press("escape")
        assert stage.app.is_running


async def test_a_resource_link_of_a_result_opens() -> None:
    async with staged(WIDE) as stage:
        await stage.connected()
        await stage.open("picture")
        await stage.press("enter")
        await stage.called()
        options = stage.screen.query_one("#result-parts")
        options.focus()
        await stage.press("down", "down", "down", "enter")
        await stage.until(lambda: requests(stage, "resources/read") == 1)
        item = stage.screen.workbench.item
        assert item is not None
        assert item.section == "resources"


async def test_a_part_is_saved_under_a_name_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with staged(WIDE) as stage:
        await stage.connected()
        await stage.open("picture")
        await stage.press("enter")
        await stage.called()
        stage.screen.query_one("#result-parts").focus()
        await stage.press("down", "ctrl+s")
        await stage.until(lambda: isinstance(stage.app.screen, SaveAs))
        await stage.press("enter")
        await stage.until(lambda: list(tmp_path.iterdir()))
        saved = next(tmp_path.iterdir())  # noqa: ASYNC240 - a local folder of the test
        assert saved.name == "picture.png"
        assert saved.read_bytes().startswith(b"\x89PNG")
        await stage.press("ctrl+s")
        await stage.until(lambda: isinstance(stage.app.screen, SaveAs))
        await stage.press("enter")
        assert isinstance(stage.app.screen, SaveAs), "an existing file is asked about"
        await stage.press("escape")


async def test_the_filter_narrows_the_log_and_escape_takes_it_off() -> None:
    async with staged(WIDE) as stage:
        await stage.connected()
        await stage.press("3", "slash")
        await stage.type("templates")
        await stage.settled()
        messages = stage.screen.query_one("#messages")
        assert " of " in str(messages.border_title)
        await stage.press("escape", "escape")  # the list of ways to go on, then the filter
        await stage.settled()
        assert " of " not in str(messages.border_title)


async def test_a_recording_is_looked_at_and_nothing_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "session.mcp.jsonl"
    server = StagedServer()
    made = Journal.create(path, target=server.describe())
    async with staged(WIDE, server, into=made) as stage:
        await stage.connected()
    made.close()
    opened = Journal.open(path)
    rows = len(opened)
    async with staged(WIDE, journal=opened) as stage:
        await stage.connected()
        await stage.open("echo")
        await stage.type("x")
        await stage.press("enter", "ctrl+r", "ctrl+l")
        await stage.settled()
        assert len(opened) == rows
        assert "■ recorded" in str(stage.screen.query_one(StatusLine).render())
    opened.close()


async def test_the_palette_opens_a_tool_by_name() -> None:
    async with staged(WIDE) as stage:
        await stage.connected()
        await stage.press("ctrl+p")
        await stage.type("tool weather")
        found = stage.app.screen.query_one(CommandList)
        await stage.until(lambda: [str(each.prompt) for each in found.options] == ["tool weather"])
        await stage.press("down", "enter")
        await stage.until(lambda: stage.screen.workbench.item is not None)
        item = stage.screen.workbench.item
        assert item is not None
        assert item.label == "weather"


async def test_help_lists_every_action() -> None:
    async with staged(WIDE) as stage:
        await stage.connected()
        await stage.press("f1")
        assert isinstance(stage.app.screen, HelpScreen)
        shown = "\n".join(str(widget.render()) for widget in stage.app.screen.query(".help-rows"))
        for action in ACTIONS:
            assert action.title in shown
        await stage.press("escape")
        assert stage.app.screen is stage.screen


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_has_a_method(action: object) -> None:
    name = getattr(action, "id", "").partition("(")[0]
    assert callable(getattr(MainScreen, f"action_{name}"))


def test_no_key_means_two_things() -> None:
    keys = [key for action in ACTIONS for key in action.keys.split(",")]
    assert len(keys) == len(set(keys))


async def test_resizing_keeps_the_pane_that_has_the_focus() -> None:
    async with staged(WIDE) as stage:
        await stage.connected()
        await stage.open("echo")
        for size in ((80, 24), (60, 15), (200, 60), (20, 6), (120, 40)):
            await stage.pilot.resize_terminal(*size)
            await stage.pilot.pause()
        assert stage.screen.workbench in stage.app.focused.ancestors  # type: ignore[union-attr]


async def test_a_call_that_ends_after_another_tool_was_opened_is_only_noted() -> None:
    async with staged(WIDE, StagedServer(ignores="tools/call")) as stage:
        await stage.connected()
        await stage.open("fail")
        await stage.press("f5")
        await stage.until(lambda: requests(stage, "tools/call") == 1)
        call = stage.screen.workbench.call
        assert call is not None
        await stage.press("escape")
        await stage.open("echo")
        assert not stage.screen.workbench.running
        call.cancel()
        await stage.until(lambda: call.done)
        await stage.settled()
        assert str(stage.screen.query_one("#wb-status").render()) == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [("echo", '{"text": 1e999}'), ("square", '{"number": "\\ud800"}')],
)
async def test_what_has_no_form_on_the_wire_is_refused_in_a_sentence(name: str, text: str) -> None:
    async with staged(WIDE) as stage:
        await stage.connected()
        await stage.open(name)
        await stage.press("ctrl+t")
        stage.screen.query_one(JsonEditor).text = text
        await stage.press("f5")
        await stage.settled()
        assert "Not sent" in str(stage.screen.query_one("#wb-status").render())
        assert requests(stage, "tools/call") == requests(stage, "resources/read") == 0


async def test_a_withheld_tool_says_why_and_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged(NARROW) as stage:
        await stage.connected()
        assert stage.app.keeper is not None
        reasons = ["x-mcp-header of 'text' is no token"]
        monkeypatch.setattr(
            stage.app.keeper.session, "withheld", lambda name: reasons if name == "echo" else []
        )
        await stage.open("echo")
        await stage.type("hi")
        await stage.press("enter")
        await stage.settled()
        assert requests(stage, "tools/call") == 0
        assert "Not sent: x-mcp-header" in str(stage.screen.query_one("#wb-status").render())
        await stage.press("escape")
        await stage.open("fail")
        await stage.press("f5")
        await stage.called()
        assert requests(stage, "tools/call") == 1


async def test_what_was_typed_survives_a_connection_that_fails() -> None:
    async with staged(WIDE) as stage:
        await stage.connected()
        await stage.open("echo")
        await stage.type("kept")
        stage.screen.workbench.tell("Not connected", "why", bad=True)
        await stage.press("escape")
        await stage.open("echo")
        assert stage.screen.query_one(SchemaForm).value[0] == {"text": "kept"}


async def test_no_word_of_the_server_reaches_a_dialog_or_the_status_unfiltered() -> None:
    hostile = "\x1b]52;c;AAAA\x07"
    async with staged(WIDE) as stage:
        await stage.connected()
        schema = {"type": "object", "properties": {hostile: {"type": "number"}}}
        await stage.screen.open_item(Item("tools", {"name": "x", "inputSchema": schema}))
        await stage.until(lambda: isinstance(stage.app.focused, Input))
        await stage.type("-")
        await stage.press("f5")
        await stage.settled()
        status = str(stage.screen.query_one("#wb-status").render())
        assert "Not sent" in status
        assert "\x1b" not in status
        await stage.app.push_screen(SaveAs("name.bin", hostile))
        assert "\x1b" not in str(stage.app.screen.query_one(Static).render())
        await stage.press("escape")


async def test_an_entry_nested_beyond_measure_is_shown_in_a_sentence() -> None:
    async with staged(WIDE) as stage:
        await stage.connected()
        deep: dict[str, object] = {"name": "deep"}
        for _ in range(5_000):
            deep = {"name": "deep", "inputSchema": deep}
        await stage.screen.open_item(Item("tools", deep))
        await stage.press("right_square_bracket")
        await stage.settled()
        assert stage.app.is_running
