"""One connection at a time, whatever happens to it."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from inspector.app.keeper import ConnectionKeeper
from inspector.journal.journal import Journal
from inspector.session.owner import Options
from inspector.transport.target import StdioTarget
from tests.app.stage import StagedServer


async def reached(keeper: ConnectionKeeper, state: str) -> None:
    with anyio.fail_after(20):
        while keeper.state != state:
            await anyio.lowlevel.checkpoint()


def kept(server: Any) -> ConnectionKeeper:
    return ConnectionKeeper(server, Journal.create(), Options())


async def test_it_connects_lists_and_stops() -> None:
    keeper = kept(StagedServer())
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(keeper.run)
        await reached(keeper, "connected")
        assert keeper.session is not None
        with anyio.fail_after(20):
            while not all(keeper.journal.catalogue.complete.values()):
                await anyio.lowlevel.checkpoint()
        keeper.stop()
    assert keeper.session is None


async def test_a_server_that_dies_is_connected_to_again_when_asked() -> None:
    keeper = kept(StagedServer(dies_at="prompts/list"))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(keeper.run)
        await reached(keeper, "closed")
        keeper.reconnect()
        await reached(keeper, "connecting")
        await reached(keeper, "closed")
        keeper.stop()
    assert keeper.journal.conn(len(keeper.journal) - 1) == 2


async def test_what_cannot_be_started_is_told_and_may_be_tried_again() -> None:
    keeper = kept(StdioTarget(("no-such-command-anywhere",), {}, None))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(keeper.run)
        await reached(keeper, "failed")
        assert keeper.failure is not None
        assert "no-such-command-anywhere" in keeper.failure.message
        keeper.stop()


async def test_a_fault_of_ours_leaves_the_log() -> None:
    class Broken(StagedServer):
        def describe(self) -> dict[str, Any]:
            raise ZeroDivisionError("a bug")

    keeper = kept(Broken())
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(keeper.run)
        await reached(keeper, "failed")
        assert keeper.failure is not None
        assert "ZeroDivisionError: a bug" in keeper.failure.message
        keeper.stop()


@pytest.mark.parametrize("state", ["idle", "connecting"])
async def test_it_stops_in_any_state(state: str) -> None:
    keeper = kept(StagedServer(silent=True))
    async with anyio.create_task_group() as tasks:
        if state == "idle":
            keeper.stop()
        tasks.start_soon(keeper.run)
        if state == "connecting":
            await reached(keeper, "connecting")
            keeper.stop()
