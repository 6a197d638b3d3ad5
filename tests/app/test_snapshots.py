"""The stories that the pictures under snapshots/ tell. `make snapshots` draws them again."""

from __future__ import annotations

import anyio
import pytest
from textual.widgets import Input, TextArea

from inspector.app.keeper import ConnectionKeeper
from inspector.errors import ConnectionFailed
from inspector.journal.journal import Journal
from inspector.transport.target import HttpTarget
from tests.app.recorded import MIXED_UP, REPORTS, URL, VISIT, authorization, session
from tests.app.snapshot import hold
from tests.app.stage import ScriptedKeeper, Stage, StagedServer, staged, still

__all__ = ["still"]

SIZES = [(80, 24), (120, 40)]

pytestmark = [pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}"),
              pytest.mark.usefixtures("still")]  # fmt: skip


async def held(stage: Stage, story: str, title: str) -> None:
    width, height = stage.app.size
    await stage.pilot.pause()  # a cursor that is told to blink just now does so before it rests
    for field in [*stage.app.screen.query(Input), *stage.app.screen.query(TextArea)]:
        field.cursor_blink = False
    await stage.pilot.pause()
    hold(stage.app, f"{story}-{width}x{height}", title)


async def test_snapshot_connecting(size: tuple[int, int]) -> None:
    """A server that has not answered yet: what we wait for stands in the log."""
    async with staged(size, StagedServer(silent=True)) as stage:
        await stage.until(lambda: len(stage.app.journal) >= 4)
        await stage.settled()
        await held(stage, "connecting", "mcp-inspect: connecting")


async def test_snapshot_connected(size: tuple[int, int]) -> None:
    """What the server offers, and what it says of itself."""
    async with staged(size) as stage:
        await stage.connected()
        await held(stage, "connected", "mcp-inspect: connected")


async def test_snapshot_called(size: tuple[int, int]) -> None:
    """A tool called by keyboard: form, result, and the request in the log."""
    async with staged(size) as stage:
        await stage.connected()
        await stage.open("weather")
        await stage.type("Oslo")
        await stage.press("enter")
        await stage.called()
        await held(stage, "called", "mcp-inspect -- python -m inspector.demo")


async def test_snapshot_error(size: tuple[int, int]) -> None:
    """A tool that failed says so in words, in its status and in the log."""
    async with staged(size) as stage:
        await stage.connected()
        await stage.open("fail")
        await stage.press("enter")
        await stage.called()
        await held(stage, "error", "mcp-inspect: an error result")


async def test_snapshot_resource(size: tuple[int, int]) -> None:
    """A resource read."""
    async with staged(size) as stage:
        await stage.connected()
        await stage.open("page")
        await stage.press("enter")
        await stage.called()
        await held(stage, "resource", "mcp-inspect: a resource read")


async def test_snapshot_filtered(size: tuple[int, int]) -> None:
    """The log filtered by a word."""
    async with staged(size) as stage:
        await stage.connected()
        await stage.press("3", "slash")
        await stage.type("resources")
        await stage.settled()
        await held(stage, "filtered", "mcp-inspect: the log filtered")


async def test_snapshot_message(size: tuple[int, int]) -> None:
    """A message opened: foldable JSON beside the log."""
    async with staged(size) as stage:
        await stage.connected()
        await stage.press("3", "up", "up", "up", "enter")
        await stage.settled()
        await held(stage, "message", "mcp-inspect: a message opened")


async def test_snapshot_dead(size: tuple[int, int]) -> None:
    """A server that died in mid-call: exit code and last words."""
    async with staged(size, StagedServer(dies_at="tools/call")) as stage:
        await stage.connected()
        await stage.open("echo")
        await stage.type("hello")
        await stage.press("enter")
        await stage.called()
        await stage.until(lambda: stage.app.keeper is not None and stage.app.keeper.state == "closed")
        await stage.settled()
        await held(stage, "dead", "mcp-inspect: a dead server")


async def test_snapshot_help(size: tuple[int, int]) -> None:
    """Every key on one page."""
    async with staged(size) as stage:
        await stage.connected()
        await stage.press("question_mark")
        await stage.pilot.pause()
        await held(stage, "help", "mcp-inspect: help")


async def test_snapshot_network(size: tuple[int, int]) -> None:
    """Every HTTP exchange, authorization's included."""
    async with staged(size, journal=session().journal) as stage:
        await stage.settled()
        await stage.press("n")
        await stage.settled()
        await held(stage, "network", "mcp-inspect https://mcp.example.com/mcp")


async def test_snapshot_exchange(size: tuple[int, int]) -> None:
    """One exchange: hops, what was dropped, phases, TLS, and the messages in it."""
    async with staged(size, journal=session().journal) as stage:
        await stage.settled()
        await stage.press("n", "enter", *(["z"] if size[0] > 100 else []))
        await stage.settled()
        await held(stage, "exchange", "mcp-inspect: an HTTP exchange")


async def test_snapshot_authorization(size: tuple[int, int]) -> None:
    """An authorization that waits for the browser: the host, the scope, and every step before."""

    async def script(keeper: ConnectionKeeper) -> None:
        assert keeper.guide is not None
        await keeper.guide.visit(VISIT)

    keeper = ScriptedKeeper(HttpTarget(URL), authorization().journal, script)
    async with staged(size, keeper=keeper) as stage:
        await stage.asked()
        await held(stage, "authorization", "mcp-inspect: an authorization waits for the browser")


async def test_snapshot_violation(size: tuple[int, int]) -> None:
    """An authorization that met a violation: what the specification says, and three ways on."""

    async def script(keeper: ConnectionKeeper) -> None:
        assert keeper.guide is not None
        await keeper.guide.judged(MIXED_UP)

    keeper = ScriptedKeeper(HttpTarget(URL), authorization(violation=True).journal, script)
    async with staged(size, keeper=keeper) as stage:
        await stage.asked()
        await held(stage, "violation", "mcp-inspect: an authorization met a violation")


@pytest.mark.parametrize("name", ["stdio", "http"])
async def test_snapshot_doctor(size: tuple[int, int], name: str) -> None:
    """A connection that failed: the cause, the next step, and every check."""
    target, report = REPORTS[name]

    async def script(keeper: ConnectionKeeper) -> None:
        keeper.report = report
        assert report.cause is not None
        keeper._become("failed", ConnectionFailed(report.cause.says, next=report.cause.next))
        await anyio.sleep_forever()

    journal = Journal.create(target=target.describe(), clock=lambda: 0.0)
    async with staged(size, keeper=ScriptedKeeper(target, journal, script)) as stage:
        await stage.until(lambda: stage.screen.desk.diagnosis)
        await stage.settled()
        await held(stage, f"doctor-{name}", "mcp-inspect: why there is no connection")
