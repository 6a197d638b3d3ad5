"""The list of sessions: searched, looked at, renamed, removed; and what is chosen opens beside the rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.app import App
from textual.widgets import Input

from inspector.app.choosing import ChoosingApp
from inspector.app.screens.ask import AskLine, Question
from inspector.app.screens.main import MainScreen
from inspector.app.screens.sessions import SessionsScreen
from inspector.app.widgets.sheet import Sheet
from inspector.app.widgets.status_line import StatusLine
from inspector.journal.recording import recordings_directory
from tests.app.recordings import home
from tests.app.stage import staged


async def until(pilot: Any, happened: Callable[[], object]) -> None:
    for _ in range(2000):
        if happened():
            return
        await pilot.pause(0.01)
    raise AssertionError("it never happened")


def shown(app: App[Any], of: str) -> str:
    sheet = app.screen.query_one_optional(f"#sessions-{of}", Sheet)
    return "\n".join(each.plain for each in sheet.entries) if sheet is not None else ""


async def test_from_search_to_a_recording(tmp_path: Path) -> None:
    sessions, writer = home(tmp_path / "recordings")
    app = ChoosingApp(screen=SessionsScreen(sessions))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "● being recorded" in shown(app, "detail"))
        assert [line.split()[0] for line in shown(app, "list").splitlines()] == [
            "Being",
            "●",
            "Before",
            "weather",
            "before",
        ]
        writer.call()
        await until(pilot, lambda: "16 messages" in shown(app, "detail"))  # it looks again
        writer.close()
        await until(pilot, lambda: "Being" not in shown(app, "list"))
        await pilot.press(*"upgrade")
        await until(pilot, lambda: "2025-12-01" in shown(app, "detail"))
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(app.screen, AskLine))
        app.screen.query_one(Input).value = "upgraded"
        await pilot.press("enter")
        await until(pilot, lambda: "upgraded" in shown(app, "list"))
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("y")
        await until(pilot, lambda: "No recording" in shown(app, "list"))
        await pilot.press("enter", "escape")
        await until(pilot, lambda: "weather" in shown(app, "list"))
        await pilot.press("down", "enter")
        await pilot.pause()
    assert app.return_value == tmp_path / "recordings/2025-12-01T08-00-00-weather.py.mcp.jsonl"


async def test_a_session_opens_beside_the_connection_and_is_followed() -> None:
    _, writer = home(recordings_directory())
    async with staged((120, 40)) as stage:
        await stage.connected()
        await stage.press("S")
        await stage.until(lambda: isinstance(stage.app.screen, SessionsScreen))
        await until(stage.pilot, lambda: "● being recorded" in shown(stage.app, "detail"))
        await stage.press("enter")
        await stage.until(lambda: len(stage.app.connections.all) == 2)
        await stage.until(lambda: isinstance(stage.app.screen, MainScreen))
        screen = stage.app.screen
        assert isinstance(screen, MainScreen)
        await stage.until(lambda: len(screen.journal) == 15)
        writer.call()
        await stage.until(lambda: len(screen.journal) == 17)
        await stage.until(lambda: "live" in screen.query_one(StatusLine).standing.state)
        assert screen.keeper is None
        writer.close()
        await stage.until(lambda: screen.query_one(StatusLine).standing.state == "recorded, ended")
