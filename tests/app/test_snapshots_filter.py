"""The stories of the filter that the pictures under snapshots/ tell. `make snapshots` draws them again."""

from __future__ import annotations

import pytest

from tests.app.stage import staged, still
from tests.app.test_messages import recorded, typed
from tests.app.test_snapshots import SIZES, held

__all__ = ["still"]

pytestmark = [pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}"),
              pytest.mark.usefixtures("still")]  # fmt: skip


async def test_snapshot_filter(size: tuple[int, int]) -> None:
    """A filter that is completed with fields and values, one that is wrong, and the rest dimmed."""
    async with staged(size, journal=recorded()) as stage:
        await typed(stage, "kind:request t")
        await stage.press("down", "down")
        await held(stage, "filter-completed", "mcp-inspect: a filter, completed")
        await typed(stage, "")
        await typed(stage, "tool:get-sum status:pending")
        await stage.press("end")
        await stage.type(" lat:>500")
        await held(stage, "filter-wrong", "mcp-inspect: what is wrong with a filter")
        await typed(stage, "tool:get-sum status:pending")
        await stage.press("enter", "h", "home", "full_stop")
        await stage.settled()
        await held(stage, "filter-dimmed", "mcp-inspect: a filter that dims the rest")
