"""Pictures of three themes; and every theme can be had at any time."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.app.themes import THEMES
from inspector.kept.look import Look
from tests.app.snapshot import hold
from tests.app.stage import staged, still

__all__ = ["still"]
pytestmark = pytest.mark.usefixtures("still")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_snapshot_themes(size: tuple[int, int], tmp_path: Path) -> None:
    """The same call in light, in high contrast, and for eyes that mix up red and green."""
    async with staged(size) as stage:
        await stage.connected()
        await stage.open("fail")
        await stage.press("f5")
        await stage.called()
        stage.screen.action_pane(3)  # no cursor of a field blinks there
        await stage.press("up")
        stage.app.look, stage.app.remembers_theme = Look(tmp_path / "look.json"), True
        names = list(THEMES) if size[0] == 120 else ["light", "high-contrast", "colour-blind"]
        for theme in names:
            stage.app.theme = theme
            await stage.settled()
            assert stage.app.native_ansi_color is THEMES[theme].ansi
            assert theme == names[0] == stage.app.theme or stage.app.look.get("theme") == theme
            if theme in ("light", "high-contrast", "colour-blind"):
                hold(stage.app, f"theme-{theme}-{size[0]}x{size[1]}", f"mcp-inspect · {theme}")
