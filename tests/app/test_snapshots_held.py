"""Breakpoints in pictures under snapshots/. `make snapshots` draws them again."""

from __future__ import annotations

import pytest
from textual.widgets import Input, TextArea

from inspector.app.panes.held import HeldPage
from inspector.gate.rule import Rule, Verdict
from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind
from inspector.wire.jsonrpc import encode
from tests.app.holder import Holder
from tests.app.snapshot import hold
from tests.app.stage import Stage, staged, still

__all__ = ["still"]

SIZES = [(80, 24), (120, 40)]
C2S, S2C = Direction.C2S, Direction.S2C

pytestmark = [pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}"),
              pytest.mark.usefixtures("still", "motionless")]  # fmt: skip


@pytest.fixture
def motionless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time stands still for what is held as well."""
    monkeypatch.setattr("inspector.app.breaking.monotonic", lambda: 1000.0)


class Clock:
    """Seconds, as the test says."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def between(clock: Clock) -> tuple[Journal, Holder]:
    """A host and its server, with breakpoints between them, of which two hold something."""
    journal = Journal.create(target={"argv": ["weather-server"]}, mode="proxy", clock=clock)
    holder = Holder(journal)
    info = {"name": "claude-ai", "version": "0.1.0"}
    began = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": info}
    said(journal, C2S, id=0, method="initialize", params=began)
    offers = {
        "protocolVersion": "2025-06-18",
        "capabilities": {"tools": {}},
        "serverInfo": {"name": "weather"},
    }
    said(journal, S2C, id=0, result=offers)
    rules = ["hold dir:c2s method:tools/call tool:forecast", "hold dir:s2c method:tools/call"]
    parsed = [Rule.parse(text) for text in rules]
    await holder.set_rules([*parsed, Rule.parse("delay 2s every 3 method:resources/*", on=False)])
    clock.now = 4.0
    first = holder.hold(C2S, id=1, method="tools/call", params=call("forecast", city="Bergen", days=1))
    clock.now = 9.5
    body = journal.body(first).replace(b"Bergen", b"Oslo")
    await holder.release(first, Verdict("changed", body))
    clock.now = 10.0
    said(journal, C2S, id=2, method="tools/call", params=call("alerts", region="west"))
    clock.now = 31.0
    holder.hold(S2C, 1, id=2, result={"content": [{"type": "text", "text": "No alerts"}], "isError": False})
    clock.now = 42.0
    holder.hold(C2S, id=3, method="tools/call", params=call("forecast", city="Tromsø", days=3))
    clock.now = 47.0
    journal.append(Kind.STDERR, body=b"still waiting for a request")
    return journal, holder


def call(tool: str, **arguments: object) -> dict[str, object]:
    return {"name": tool, "arguments": arguments}


def said(journal: Journal, way: Direction, **members: object) -> None:
    journal.append(Kind.MESSAGE, way, encode({"jsonrpc": "2.0", **members}))


async def held(stage: Stage, story: str, title: str) -> None:
    width, height = stage.app.size
    stage.app.clear_notifications()
    await stage.pilot.pause()  # as in the others: no cursor is about to blink
    for field in [*stage.app.screen.query(Input), *stage.app.screen.query(TextArea)]:
        field.cursor_blink = False
    await stage.settled()
    hold(stage.app, f"{story}-{width}x{height}", title)


async def test_a_held_message_is_edited(size: tuple[int, int]) -> None:
    """A call of Claude Desktop's is held for five seconds, and one of its arguments is being changed."""
    journal, holder = await between(Clock())
    async with staged(size, journal=journal) as stage:
        stage.app.connections.all[0].controls = holder
        await stage.settled()
        await stage.press("B")
        page = stage.screen.query_one(HeldPage)
        await stage.until(lambda: page.editor.row >= 0)
        await stage.press("down", "e")
        area = page.editor.area
        await stage.until(lambda: area.has_focus)
        area.load_text(area.text.replace('"days": 3', '"days": 30'))
        area.move_cursor((8, 16))
        await held(stage, "held", "A held message is edited")


async def test_rules_are_typed(size: tuple[int, int]) -> None:
    """The rules in force with what they took, and another one is being typed."""
    journal, holder = await between(Clock())
    async with staged(size, journal=journal) as stage:
        stage.app.connections.all[0].controls = holder
        await stage.settled()
        await stage.press("B", "alt+u")
        page = stage.screen.query_one(HeldPage)
        await stage.until(lambda: not page.breaking.held)
        await stage.press("n")
        await stage.until(lambda: page.rules.field.has_focus)
        page.rules.field.value = "delay 500ms me"
        page.rules.field.cursor_position = len(page.rules.field.value)
        await stage.until(lambda: page.rules.field.choices.is_open)
        await held(stage, "held-rules", "Rules of breakpoints and faults")
