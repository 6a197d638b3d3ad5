"""Pictures of the views of time: the timeline, and the table of latencies."""

from __future__ import annotations

import pytest

from tests.app.stage import staged, still
from tests.app.test_snapshots import SIZES, held
from tests.app.timed import shop

__all__ = ["still"]

pytestmark = [pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}"),
              pytest.mark.usefixtures("still")]  # fmt: skip


async def test_snapshot_timeline(size: tuple[int, int]) -> None:
    """Calls that overlap, one that failed, one that nobody answered, and the death of the server."""
    async with staged(size, journal=shop()) as stage:
        await stage.settled()
        await stage.press("T", "home", "down", "right", "right", "right")
        await stage.settled()
        await held(stage, "timeline", "mcp-inspect replay: the timeline of a session")


async def test_snapshot_latencies(size: tuple[int, int]) -> None:
    """Latencies by method and tool, the slowest call of the row in full beside them."""
    async with staged(size, journal=shop()) as stage:
        await stage.settled()
        await stage.press("L", "right", "right", "right")
        await stage.settled()
        await held(stage, "latencies", "mcp-inspect replay: latencies by method and tool")
