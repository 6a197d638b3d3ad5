"""Both pages with servers that are written with `mcp` 2.x and `fastmcp`, in both eras."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from inspector.app.keeper import ConnectionKeeper
from inspector.app.panes.logs import LogsPage
from inspector.app.panes.subscriptions import SubscriptionsPage
from inspector.journal.journal import Journal
from inspector.session.outcome import Replied
from inspector.session.owner import Options
from inspector.transport.target import StdioTarget
from inspector.wire.interest import Interest
from inspector.wire.versions import V4
from tests.app.stage import Stage, staged
from tests.conftest import SERVERS

TEXT = "test://text"


def kept(server: str, protocol: str) -> ConnectionKeeper:
    target = StdioTarget((sys.executable, str(SERVERS / server), "stdio"))
    options = Options(protocol=protocol, probe_timeout=60)  # however slowly it starts, it is a modern one
    return ConnectionKeeper(target, Journal.create(target=target.describe()), options)


async def page(stage: Stage, key: str, kind: type[Any]) -> Any:
    await stage.until(lambda: stage.app.journal.catalogue.complete["tools"])
    await stage.press(key)
    await stage.until(lambda: stage.screen.query(kind))
    await stage.settled()
    return stage.screen.query_one(kind)


async def call(stage: Stage, tool: str, **arguments: Any) -> None:
    assert stage.app.keeper is not None
    assert stage.app.keeper.session is not None
    outcome = await stage.app.keeper.session.call("tools/call", {"name": tool, "arguments": arguments})
    assert isinstance(outcome, Replied), outcome
    assert not outcome.tool_failed, outcome.result
    await stage.settled()


def logged(shown: LogsPage) -> list[tuple[str, str]]:
    logs = shown._logs
    return [(logs.read(seq).level, logs.read(seq).text) for seq in logs.rows()]


@pytest.mark.parametrize("protocol", ["auto", V4])
async def test_a_server_of_the_mcp_package(protocol: str) -> None:
    keeper = kept("changing.py", protocol)
    async with staged((120, 40), keeper=keeper) as stage:
        logs = await page(stage, "g", LogsPage)
        await stage.press(*["right"] * 4)
        await stage.until(lambda: logs.levels.level == "warning" if protocol == "auto" else logs.levels.level)
        await call(stage, "say", level="debug", text="too low")
        await call(stage, "say", level="critical", text="heard")
        assert logged(logs)[-1] == ("critical", "heard")
        assert not [row for row in logs._logs.rows() if logs._logged.origin(row).rule]
        shown = await page(stage, "s", SubscriptionsPage)
        shown.list.go_to(f"uri:{TEXT}")
        await stage.press("space")
        subscriptions = keeper.subscriptions
        assert subscriptions is not None
        await stage.until(lambda: subscriptions.honoured == Interest(uris=(TEXT,)))
        await call(stage, "touch", uri=TEXT)
        await stage.until(lambda: shown._subscribed.told("uri", TEXT).fresh)
        await stage.press("r")
        await stage.called()
        await stage.press("s")
        await stage.settled()
        assert not shown._subscribed.told("uri", TEXT).fresh


async def test_a_server_of_fastmcp() -> None:
    async with staged((120, 40), keeper=kept("logs_fastmcp.py", V4)) as stage:
        logs = await page(stage, "g", LogsPage)
        await call(stage, "note")
        await stage.until(lambda: len(logged(logs)) == 4)
        assert [level for level, _ in logged(logs)] == ["debug", "info", "warning", "error"]
        assert logged(logs)[-1][1] == '{"msg": "a failure", "extra": {"code": 7}}'
        assert not [row for row in logs._logs.rows() if logs._logged.origin(row).rule]
        await stage.press("space")
        await stage.settled()
        assert "tools/call" in stage.app.export_screenshot()
