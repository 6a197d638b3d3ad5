"""Panes are resized by key and mouse, hidden and shown, and come back as they were left."""

from __future__ import annotations

from pathlib import Path

from textual.events import MouseDown, MouseMove, MouseUp

from inspector.app.panes.capabilities import Capabilities
from inspector.kept.look import Look
from tests.app.stage import Stage, staged


async def pull(stage: Stage, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Press the mouse at a place, move it, let go."""
    for kind, at in ((MouseDown, start), (MouseMove, end), (MouseUp, end)):
        event = kind(
            None, *at, 0, 0, button=1, shift=False, meta=False, ctrl=False, screen_x=at[0], screen_y=at[1]
        )
        stage.app.post_message(event)
        await stage.pilot.pause()


async def test_panes_are_resized_hidden_and_remembered(tmp_path: Path) -> None:
    file = tmp_path / "look.json"
    async with staged((120, 40)) as stage:
        stage.app.look = Look(file)
        await stage.connected()
        screen = stage.screen
        capabilities, desk, lower = screen.query_one(Capabilities), screen.desk, screen.traffic
        assert capabilities.region.width == 30
        await stage.press("ctrl+right", "ctrl+right")
        assert capabilities.region.width == 34
        before = lower.region.y
        await stage.press("ctrl+up")
        assert lower.region.y < before
        # With the mouse: each of the three borders.
        await pull(stage, (34, 5), (49, 5))
        assert capabilities.region.width == 50
        await pull(stage, (60, lower.region.y), (60, 9))
        assert lower.region.y == 10
        detail = screen.query_one("#message")
        await pull(stage, (detail.region.x, 30), (59, 30))
        assert abs(detail.region.x - 60) <= 1
        assert screen.selections == {}
        # Hidden, shown while one is there, and for good.
        await stage.press("3", "f8")
        assert not screen.query_one("#messages").display
        assert screen.pane == 4
        await stage.press("3")
        assert screen.query_one("#messages").display
        await stage.press("1")
        assert not screen.query_one("#messages").display
        await stage.press("3", "f8", "1")
        assert screen.query_one("#messages").display
        await stage.press("2", "f8")
        assert not desk.display
        shares = screen.shares
        # Too small for borders: nothing moves, nothing breaks.
        for size in ((40, 24), (20, 5), (10, 3), (120, 40)):
            await stage.pilot.resize_terminal(*size)
            await stage.pilot.pause()
            await stage.press(*(["ctrl+left"] if size[0] < 100 else []))
        assert screen.shares == shares
    async with staged((120, 40)) as stage:
        stage.app.look = Look(file)
        stage.screen._shares.clear()
        stage.screen._place()
        await stage.connected()
        assert stage.screen.shares == shares
        assert [pane.display for pane in (stage.screen.desk, stage.screen.traffic)] == [False, True]
        await stage.press("f9")
        assert stage.screen.desk.display
        assert Look(file).get("panes") == {"medium": {}}
