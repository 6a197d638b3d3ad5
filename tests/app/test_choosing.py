"""The app that only chooses looks as the app does, and ends with the choice."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.app.choosing import ChoosingApp
from inspector.app.screens.connect import ConnectScreen
from inspector.app.themes import THEMES
from tests.hosts.surrounded import furnished


@pytest.mark.parametrize("plain", [False, True])
async def test_it_is_dressed_and_leaves(plain: bool, tmp_path: Path) -> None:
    around = furnished(tmp_path)
    theme = [*THEMES][-1]
    app = ChoosingApp(around, theme=theme, plain=plain)
    async with app.run_test(size=(40, 12)) as pilot:
        assert isinstance(app.screen, ConnectScreen)
        assert app.theme == theme
        await pilot.press("escape")
    assert app.return_value is None
