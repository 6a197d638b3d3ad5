"""The connect screen: to search, to look, to agree, to give what is asked for; and to begin with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.widgets import Input

from inspector.app.choosing import ChoosingApp
from inspector.app.screens.agree import Agree, Values
from inspector.app.screens.ask import Question
from inspector.app.screens.connect import Chosen, ConnectScreen
from inspector.app.widgets.sheet import Sheet
from inspector.hosts.server import Surroundings
from inspector.kept.recent import Recents
from inspector.transport.target import HttpTarget, StdioTarget
from tests.app.stage import staged
from tests.hosts.surrounded import furnished


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    return furnished(tmp_path)


async def until(pilot: Any, happened: Callable[[], object]) -> None:
    for _ in range(2000):
        if happened():
            return
        await pilot.pause(0.01)
    raise AssertionError("it never happened")


def told(app: App[Any]) -> str:
    details = app.screen.query("#connect-detail").results(Sheet)  # none in a dialog
    return "\n".join(entry.plain for each in details for entry in each.entries)


async def test_from_search_to_target(around: Surroundings) -> None:
    app = ChoosingApp(around)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "claude-desktop/filesystem" in told(app))
        await pilot.press("down", "down")
        await until(pilot, lambda: "claude-code/issues" in told(app))
        await pilot.press(*"perplex")
        await until(pilot, lambda: "vscode/perplexity" in told(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Agree))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, ConnectScreen))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Agree))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, Values) and len(app.screen.query(Input)) == 3)
        key, team, zone = app.screen.query(Input)
        assert key.password
        assert team.value == "blue"
        key.value = "hunter2"
        key.focus()
        await pilot.press("enter", "enter")
        await until(pilot, lambda: zone.has_focus)
        zone.value = "mars"
        await pilot.press("enter")
        assert isinstance(app.screen, Values)
        zone.value = "eu"
        await pilot.press("enter")
        await until(pilot, lambda: app.return_value is not None)
    argv = ("npx", "-y", "server-perplexity-ask", "--team=blue", "--zone", "eu")
    project = str(around.home / "project")
    target = StdioTarget(argv, {"PERPLEXITY_API_KEY": "hunter2"}, project)
    assert app.return_value == Chosen(target, "vscode/perplexity", "vscode/perplexity")


async def to_docs(around: Surroundings, *, asks: bool) -> Chosen | None:
    app = ChoosingApp(around)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: told(app))
        await pilot.press(*"vscode/docs")
        await until(pilot, lambda: "vscode/docs" in told(app))
        await pilot.press("enter")
        if asks:
            await until(pilot, lambda: isinstance(app.screen, Agree))
            await pilot.click("#yes")
        await until(pilot, lambda: app.return_value is not None)
    return app.return_value


async def test_agreed_once_and_leaving(around: Surroundings) -> None:
    target = HttpTarget("https://docs.example/mcp", (("X", "//no comment"),))
    for asks in (True, False):
        assert await to_docs(around, asks=asks) == Chosen(target, "vscode/docs", "vscode/docs")
    app = ChoosingApp(around)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: told(app))
        await pilot.press(*"zzz")
        await until(pilot, lambda: told(app).startswith("zzz"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Question))  # it may have been a search
        await pilot.press("n", "escape")
        await until(pilot, lambda: "claude-desktop/filesystem" in told(app))
        await pilot.press("escape")
    assert app.return_value is None


async def test_nothing_there_and_what_cannot_be_meant(around: Surroundings, tmp_path: Path) -> None:
    app = ChoosingApp(around)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: told(app))
        await pilot.press(*"host-only")
        await until(pilot, lambda: "only its host can tell" in told(app))
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, ConnectScreen)
    (tmp_path / "none").mkdir()
    app = ChoosingApp(Surroundings(tmp_path / "none", tmp_path / "none", {}))
    async with app.run_test(size=(60, 20)) as pilot:
        listed = app.screen.query_one("#connect-list", Sheet)
        await until(pilot, lambda: listed.entries)
        assert listed.entries[0].plain.startswith("No configuration of a host names a server")
        await pilot.press("enter", "escape")
    assert app.return_value is None


async def test_another_connection_from_the_main_screen(
    around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Surroundings, "here", lambda: around)
    async with staged((100, 30)) as stage:
        await stage.connected()
        opened: list[object] = []

        async def open_target(target: object) -> bool:
            opened.append(target)
            return True

        monkeypatch.setattr(stage.app, "open_target", open_target)
        monkeypatch.setattr(stage.app, "history", object())
        await stage.press("O")
        await stage.until(lambda: isinstance(stage.app.screen, ConnectScreen) and told(stage.app))
        stage.app.screen.query_one("#connect-line", Input).value = "https://x.example/mcp"
        await stage.until(lambda: told(stage.app).startswith("https://x"))
        await stage.press("enter")
        await stage.until(lambda: opened)
        assert opened == [HttpTarget("https://x.example/mcp")]
        await stage.until(lambda: Recents().all())
        server = Recents().all()[0].server
        assert server is not None
        assert server.url == "https://x.example/mcp"
