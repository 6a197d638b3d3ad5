"""Results of the reference server in the app: its picture drawn, its structure checked, two compared."""

from __future__ import annotations

import pytest

from inspector.app.panes.result import Result
from inspector.app.screens.compare import CompareScreen
from inspector.app.widgets.picture import HalfCells
from inspector.transport.target import HttpTarget, StdioTarget
from tests.interop.test_app_everything import app_on, run

pytestmark = pytest.mark.timeout(300)


async def test_its_picture_is_drawn(target: StdioTarget | HttpTarget) -> None:
    async with app_on(target) as stage:
        await run(stage, "get-tiny-image", {})
        stage.screen.query_one("#result-parts").focus()
        await stage.press("down")
        await stage.until(lambda: "▀" in stage.screen.query_one(HalfCells).render_line(0).text)


async def test_its_structured_content_holds_to_the_schema_and_two_are_compared(
    target: StdioTarget | HttpTarget,
) -> None:
    async with app_on(target) as stage:
        for city in ("New York", "Chicago"):
            await run(stage, "get-structured-content", {"location": city})
            await stage.until(lambda: stage.screen.query_one(Result).mismatches == [])
            await stage.press("escape", "escape")
        await stage.press("2", "escape", "v")
        screen = stage.app.screen
        assert isinstance(screen, CompareScreen)
        await stage.until(lambda: screen.compared)
        assert screen.diff.count == 2
        assert screen.diff.path.startswith("content.0.text.")
