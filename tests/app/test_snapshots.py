"""The stories that the pictures under snapshots/ tell. `make snapshots` draws them again."""

from __future__ import annotations

import pytest
from textual.widgets import Input, TextArea

from tests.app.recorded import session
from tests.app.snapshot import hold
from tests.app.stage import Stage, StagedServer, staged, still

__all__ = ["still"]

SIZES = [(80, 24), (120, 40)]

pytestmark = [pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}"),
              pytest.mark.usefixtures("still")]  # fmt: skip


async def held(stage: Stage, story: str, title: str) -> None:
    width, height = stage.app.size
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
