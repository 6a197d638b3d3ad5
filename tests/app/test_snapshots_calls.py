"""The stories of calls that go on for a while. `make snapshots` draws the pictures again."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from inspector.journal.journal import Journal
from inspector.session.answers import accepted
from inspector.session.calls import Call
from inspector.session.peer import Answer
from tests.app.going import GoingServer, attended
from tests.app.stage import Stage, staged, still
from tests.app.test_calling import SAID, answer, progress, run, status
from tests.app.test_snapshots import SIZES, held

__all__ = ["still"]

pytestmark = [pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}"),
              pytest.mark.usefixtures("still")]  # fmt: skip


@asynccontextmanager
async def going(size: tuple[int, int], tick: float = 0.1) -> AsyncIterator[tuple[Stage, GoingServer]]:
    server, ticks = GoingServer(), itertools.count()
    journal = Journal.create(target=server.describe(), clock=lambda: next(ticks) * tick)
    async with staged(size, keeper=attended(server, journal)) as stage:
        await stage.connected()
        yield stage, server


async def test_snapshot_legs(size: tuple[int, int]) -> None:
    """A call whose server asked back twice reads as one call: each leg, who answered, what it waited for."""
    async with going(size) as (stage, _):
        await run(stage, "trip")
        await answer(stage, "who", accepted({}, {"name": "Ada"}))
        await answer(stage, "where", SAID)
        await answer(stage, "again", Answer({"action": "decline"}))
        await stage.called()
        await stage.until(lambda: "3 legs" in status(stage))
        await stage.press("l")
        await stage.settled()
        await stage.press("2")
        await held(stage, "legs", "mcp-inspect: a call with three legs")


async def test_snapshot_progress(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that reports its progress: how far, how fast, how much longer, and when it would time out."""
    monkeypatch.setattr(Call, "left", 42.0)
    async with going(size, 0.5) as (stage, server):
        await run(stage, "work")
        await stage.until(lambda: server.at_work)
        monkeypatch.setattr("inspector.app.panes.workbench.monotonic", lambda: 1004.5)
        for at in range(10):
            await server.report(at * 2, 42, f"reading page {at + 1}")
        await stage.until(lambda: "42 %" in progress(stage))
        await stage.settled()
        await held(stage, "progress", "mcp-inspect: a call in progress")
