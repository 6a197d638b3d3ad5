"""Pictures of a call that was repeated: its outcomes as a table, and what would go out."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from inspector.app.panes.again import AgainPage
from inspector.app.widgets.log import MessageLog
from inspector.session.outcome import Replied, TimedOut
from inspector.session.repeating import Plan, Repeating
from inspector.wire.jsonrpc import classify
from tests.app.stage import staged, still
from tests.app.test_snapshots import SIZES, held

__all__ = ["still"]


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_snapshot_repeated(size: tuple[int, int]) -> None:
    """A thousand calls, eight at once: a few were refused, two never answered."""
    async with staged(size) as stage:
        await stage.connected()
        session = stage.app.keeper and stage.app.keeper.session
        assert session
        given = {"name": "weather", "arguments": {"city": "Oslo"}}
        reply = await session.call("tools/call", given)
        assert isinstance(reply, Replied)
        await stage.settled()
        run = Repeating(session, "tools/call", given, Plan(1000, 8))
        spread = itertools.cycle([3, 4, 4, 4, 5, 5, 6, 9, 14, 31])
        error = b'{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"Too many requests"}}'
        refused = replace(reply, event=replace(reply.event, body=error), frame=classify(error))
        for number in range(998):
            one = refused if number % 40 == 7 else reply
            took = next(spread) / 1000 / (2 if one is refused else 1)
            event = replace(one.event, t=one.request.t + took)
            run.tally.add(replace(one, event=event), one.request.seq)
        for _ in range(2):
            run.tally.add(TimedOut(30), reply.request.seq)
        run.began, run.ended = 0.0, 31.25

        stage.screen.action_pane(3)
        stage.screen.query_one(MessageLog).go_to(reply.request.seq)
        await stage.press("R")
        page = stage.screen.query_one(AgainPage)
        page.repeating = run
        await stage.settled()
        page.sheet.go_to("outcome-error -32000")
        await stage.settled()
        await held(stage, "resend", "mcp-inspect: a call many times")
