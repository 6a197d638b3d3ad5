"""The reference server's simulated log messages and updates, in the app."""

from __future__ import annotations

import pytest

from inspector.app.keeper import ConnectionKeeper
from inspector.app.panes.logs import LogsPage
from inspector.app.panes.subscriptions import SubscriptionsPage
from inspector.journal.journal import Journal
from inspector.session.owner import Options
from inspector.transport.target import HttpTarget, StdioTarget
from inspector.wire.interest import Interest
from tests.app.stage import Stage, staged

pytestmark = pytest.mark.timeout(300)
URI = "demo://resource/static/document/features.md"


async def called(stage: Stage, tool: str) -> None:
    assert stage.app.keeper is not None
    assert stage.app.keeper.session is not None
    await stage.app.keeper.session.call("tools/call", {"name": tool, "arguments": {}})


async def test_log_messages_and_updates(target: StdioTarget | HttpTarget) -> None:
    journal = Journal.create(target=target.describe())
    keeper = ConnectionKeeper(target, journal, Options())
    async with staged((120, 40), keeper=keeper) as stage:
        await stage.connected()
        await stage.press("g")
        await stage.until(lambda: stage.screen.query(LogsPage))
        logs = stage.screen.query_one(LogsPage)
        await stage.press("right")
        await stage.until(lambda: logs.levels is not None and logs.levels.level == "debug")
        await called(stage, "toggle-simulated-logging")
        await stage.until(lambda: len(logs._logs) > 0)
        await stage.press("s")
        await stage.until(lambda: stage.screen.query(SubscriptionsPage))
        page = stage.screen.query_one(SubscriptionsPage)
        await stage.settled()
        page.list.go_to(f"uri:{URI}")
        await stage.press("space")
        await stage.until(
            lambda: (
                keeper.subscriptions is not None and keeper.subscriptions.honoured == Interest(uris=(URI,))
            )
        )
        await called(stage, "toggle-subscriber-updates")
        await stage.until(lambda: page._subscribed.told("uri", URI).fresh)
        await stage.press("r")
        await stage.called()
