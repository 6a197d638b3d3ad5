"""The stories of lists: what changed of them, what completion offers. `make snapshots` draws them again."""

from __future__ import annotations

import pytest

from inspector.app.widgets.suggestions import Suggestions
from inspector.app.widgets.tab_line import TabLine
from tests.app.lists_server import ListsServer
from tests.app.stage import staged, still
from tests.app.test_snapshots import SIZES, held

__all__ = ["still"]

pytestmark = [pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}"),
              pytest.mark.usefixtures("still")]  # fmt: skip


async def test_snapshot_changed(size: tuple[int, int]) -> None:
    """Tools that are new, changed and gone are marked; what changed of one stands in a tab of its own."""
    async with staged(size, ListsServer()) as stage:
        await stage.connected()
        await stage.open("lookup")
        session = stage.app.keeper.session if stage.app.keeper is not None else None
        assert session is not None
        await session.call("tools/call", {"name": "change"})
        bench = stage.screen.workbench
        await stage.until(lambda: bench.item is not None and bench.item.mark == "changed")
        await stage.settled()
        if size[0] == 80:
            await stage.press("escape")
            await stage.settled()
            await held(stage, "changed", "mcp-inspect: lists that changed")
            return
        tabs = bench.query_one("#wb-tabs", TabLine)
        tabs.focus()
        await stage.press("left")
        await stage.settled()
        await held(stage, "changed", "mcp-inspect: lists that changed")


async def test_snapshot_completion(size: tuple[int, int]) -> None:
    """What an argument may be completed to, in a list under it while one types."""
    async with staged(size, ListsServer()) as stage:
        await stage.connected()
        await stage.open("review")
        await stage.type("p")
        await stage.until(lambda: stage.screen.query_one(Suggestions).is_open)
        await stage.press("down", "down")
        await stage.settled()
        await held(stage, "completion", "mcp-inspect: completion")
