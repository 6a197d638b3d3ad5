"""The stories of tasks that the pictures under snapshots/ tell. `make snapshots` draws them again."""

from __future__ import annotations

import anyio
import pytest

from inspector.session.following import Following
from tests.app.stage import staged, still
from tests.app.tasked import TaskServer
from tests.app.test_snapshots import SIZES, held
from tests.app.test_tasks import begun, page, rows, tasks_of

__all__ = ["still"]

pytestmark = [pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}"),
              pytest.mark.usefixtures("still")]  # fmt: skip


async def test_snapshot_task(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """A task in progress, polled at the server's interval; one that is done, and one that waits for input."""
    monkeypatch.setattr("inspector.app.panes.tasks.monotonic", lambda: 1000.0)
    # However long it takes to draw this: it is not time yet to ask again.
    monkeypatch.setattr(Following, "_pause", lambda following: anyio.sleep_forever())
    async with staged(size, TaskServer(interval=5000)) as stage:
        shown = await page(stage)
        tasks = tasks_of(stage)
        done = await begun(stage, "report")
        for _ in range(3):
            await tasks.get(done.id)
        await tasks.result(done.id)
        asking = await begun(stage, "ask")
        await tasks.get(asking.id)
        working = await begun(stage, "research")
        await tasks.get(working.id)
        tasks.begin(working).kept = True
        await stage.until(lambda: "polled every" in rows(shown)[0])
        shown.listed.go_to(f"task-{working.id}")
        await stage.settled()
        await held(stage, "task", "mcp-inspect: tasks")
