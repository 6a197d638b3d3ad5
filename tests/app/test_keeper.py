"""One connection at a time, whatever happens to it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import anyio
import pytest

from inspector.app.keeper import ConnectionKeeper
from inspector.journal.journal import Journal
from inspector.session.auth.model import AuthOptions
from inspector.session.auth.store import FileStore
from inspector.session.owner import Options
from inspector.transport.target import HttpTarget, StdioTarget
from inspector.wire.interest import Interest
from inspector.wire.versions import V4
from tests.app.stage import StagedServer

SERVERS = Path(__file__).parents[1] / "servers"


async def reached(keeper: ConnectionKeeper, state: str) -> None:
    with anyio.fail_after(60):
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
        with anyio.fail_after(60):
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


async def test_a_failure_is_examined_and_a_fault_of_the_doctor_hides_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from inspector.doctor import diagnose

    def stumbles(*_: Any) -> Any:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(diagnose, "examine", stumbles)
    keeper = kept(StdioTarget(("no-such-command-anywhere",)))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(keeper.run)
        await reached(keeper, "failed")
        assert keeper.report is None
        assert keeper.failure is not None
        assert "no-such-command-anywhere" in keeper.failure.message
        assert "a bug" in str(keeper.journal.data(len(keeper.journal) - 1))
        monkeypatch.undo()
        keeper.reconnect()
        with anyio.fail_after(60):
            while keeper.report is None:
                await anyio.lowlevel.checkpoint()
        keeper.stop()


async def test_leaving_ends_a_diagnosis_too() -> None:
    server = StdioTarget((sys.executable, str(SERVERS / "silent.py")))
    keeper = kept(server)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(keeper.run)
        await reached(keeper, "connecting")
        assert keeper.diagnose()
        assert not keeper.diagnose(), "one at a time"
        keeper.stop()
    assert not keeper.diagnosing


async def test_only_a_server_over_http_has_somebody_to_ask(tmp_path: Path) -> None:
    assert kept(StdioTarget(("x",))).guide is None
    assert not kept(StdioTarget(("x",))).authorize()
    target = HttpTarget("http://127.0.0.1:9/mcp")
    store = FileStore(tmp_path / "credentials.json")
    options = AuthOptions(browser=False)
    keeper = ConnectionKeeper(target, Journal.create(), Options(), authorization=options, store=store)
    assert keeper.guide is not None
    assert not keeper.may_browse
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(keeper.run)
        await reached(keeper, "failed")
        assert keeper.oauth is not None
        assert keeper.report is not None
        keeper.stop()
    assert not (tmp_path / "credentials.json").exists()


async def test_level_and_subscriptions_survive_a_reconnect() -> None:
    changing = StdioTarget((sys.executable, str(SERVERS / "changing.py"), "stdio"), {}, None)
    keeper = ConnectionKeeper(changing, Journal.create(), Options(protocol=V4))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(keeper.run)
        await reached(keeper, "connected")
        assert keeper.levels is not None
        assert keeper.subscriptions is not None
        await keeper.levels.set("error")
        await keeper.subscriptions.want(Interest(tools=True))
        keeper.reconnect()
        await reached(keeper, "connecting")
        await reached(keeper, "connected")
        with anyio.fail_after(60):
            while keeper.subscriptions is None or keeper.subscriptions.honoured is None:
                await anyio.lowlevel.checkpoint()
        levels = keeper.levels
        assert levels.level == "error"
        keeper.stop()
