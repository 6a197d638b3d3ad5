"""Sessions at home in pictures under snapshots/. `make snapshots` draws them again."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Input

from inspector.app.choosing import ChoosingApp
from inspector.app.screens.sessions import SessionsScreen
from inspector.journal.journal import Journal
from tests.app.recordings import home
from tests.app.snapshot import hold
from tests.app.stage import staged, still
from tests.app.test_sessions import shown, until

__all__ = ["still"]  # a fixture, which is found by its name
SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")


@pytest.fixture(autouse=True)
def _the_same_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "UTC")
    for module in ("sessions", "told"):
        monkeypatch.setattr(f"inspector.kept.{module}.holder", lambda path: 4242)
    if sys.platform != "win32":
        time.tzset()
    yield
    monkeypatch.undo()
    if sys.platform != "win32":
        time.tzset()


@SIZES
async def test_snapshot_sessions(size: tuple[int, int]) -> None:
    """What is recorded now, and before; one of them is looked at."""
    sessions, writer = home(Path("recordings"))
    app = ChoosingApp(screen=SessionsScreen(sessions))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "● being recorded" in shown(app, "detail"))
        await pilot.pause()  # no cursor is about to blink
        app.screen.query_one("#sessions-line", Input).cursor_blink = False
        await pilot.pause()
        hold(app, f"sessions-{size[0]}x{size[1]}", "mcp-inspect sessions")
        app.exit()
    writer.close()


@SIZES
@pytest.mark.usefixtures("still")
async def test_snapshot_attach(size: tuple[int, int]) -> None:
    """A session between a host and its server, looked at while it is recorded."""
    sessions, writer = home(Path("recordings"))
    journal = Journal.open(sessions.running()[0].file.path, whole=False)
    async with staged(size, journal=journal) as stage:
        await stage.until(lambda: len(journal) == 15)
        await stage.press("3", "end")
        writer.call()
        await stage.until(lambda: len(journal) == 17)
        await stage.settled()
        hold(stage.app, f"attach-{size[0]}x{size[1]}", "mcp-inspect attach")
    writer.close()
    journal.close()
