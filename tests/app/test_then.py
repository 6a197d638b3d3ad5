"""Time travel: the page goes with the log's cursor, and nobody takes it for now."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from inspector.app.panes.then import ThenPage
from inspector.app.widgets.log import MessageLog
from tests.app.stage import Stage, staged, still
from tests.app.test_snapshots import SIZES, held
from tests.app.travelled import journey

__all__ = ["still"]


def head(stage: Stage) -> str:
    return str(stage.screen.query_one("#then-head", Static).render())


def lines(stage: Stage) -> str:
    return "\n".join(entry.whole for entry in stage.screen.query_one(ThenPage).sheet.entries)


async def test_the_page_goes_with_the_cursor() -> None:
    async with staged((120, 40)) as stage:
        await stage.connected()
        await stage.press("3", "home")
        log = stage.screen.query_one(MessageLog)
        await stage.press("down", "H")
        page = stage.screen.query_one(ThenPage)
        await stage.until(lambda: "connecting" in lines(stage))
        assert head(stage).startswith(f"As of row {log.cursor}")
        assert page.border_title == f"Then · as of row {log.cursor}"
        assert page.sheet.has_focus
        await stage.press("right")
        assert log.cursor == 2
        await stage.press("3", "end")
        await stage.until(lambda: "Tools" in lines(stage) and "connected" in lines(stage))
        assert "this is now" in head(stage)
        await stage.press("home")
        await stage.until(lambda: "before now" in head(stage) and "Tools" not in lines(stage))

        session = stage.app.keeper and stage.app.keeper.session
        assert session
        await session.call("tools/call", {"name": "add", "arguments": {"a": 1, "b": 2}})
        await stage.settled()
        assert log.cursor == 0  # what goes on behind moves nothing
        assert head(stage).startswith("As of row 0 ")

        await stage.press("2", "enter")
        assert stage.screen.focused is log  # the line leads to its row
        await stage.press("2", "escape")
        assert stage.screen.desk.page == ""


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_snapshot_then(size: tuple[int, int]) -> None:
    """As it was at a row: a call and a question open, a task under way; what changed since."""
    journal, row = journey()
    async with staged(size, journal=journal) as stage:
        stage.screen.traffic.show_row(row)
        await stage.press("H")
        page = stage.screen.query_one(ThenPage)
        await stage.until(lambda: "Springfield" not in lines(stage) and "12 of 30" in lines(stage))
        page.sheet.go_to("tools")
        await stage.press("space")
        await stage.settled()
        await held(stage, "then", "mcp-inspect: as it was then")
