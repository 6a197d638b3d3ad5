"""Several connections at once: a tab each, one log of all."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from textual.widgets import Input

from inspector.app.connections import Connection
from inspector.app.keeper import ConnectionKeeper
from inspector.app.screens.merged import MergedScreen
from inspector.app.widgets.connection_tabs import ConnectionTabs
from inspector.app.widgets.log import MessageLog
from inspector.app.widgets.merged_log import MergedLog
from inspector.journal.journal import Journal
from inspector.session.owner import Options
from inspector.wire.event import Kind
from tests.app.stage import StagedServer, staged


def connect(target: Any) -> Connection:
    journal = Journal.create(target=target.describe())
    return Connection(journal, ConnectionKeeper(target, journal, Options(probe_timeout=60)))


def shown(stage: Any) -> tuple[str, ...]:
    return tuple(stage.app.screen.query_one(ConnectionTabs).choices)


async def test_a_tab_each_and_one_log() -> None:
    async with staged((120, 40), opens=connect) as stage:
        await stage.connected()
        first = stage.screen
        assert not first.query(ConnectionTabs)
        await stage.press("X", "M", "ctrl+pagedown")
        assert stage.app.screen is first, "with one there is nothing to switch to"
        await stage.open("echo")
        await stage.press("escape", "escape")

        assert await stage.app.open_target(StagedServer())  # type: ignore[arg-type]
        second = stage.screen
        assert second is not first
        journals = [each.journal for each in stage.app.connections.all]
        await stage.until(lambda: all(journals[1].catalogue.complete.values()))
        await stage.until(lambda: shown(stage) == ("1 ● Demo server 1.0.0", "2 ● Demo server 1.0.0"))
        assert second.query_one(ConnectionTabs).display
        second.action_pane(1)
        await stage.open("add")
        assert first.workbench.item is not None
        assert first.workbench.item.label == "echo"

        await stage.press("ctrl+pageup")
        assert stage.app.screen is first
        await stage.until(lambda: first.query_one(ConnectionTabs).active.startswith("1"))
        await stage.pilot.click(ConnectionTabs, offset=(30, 0))
        await stage.until(lambda: stage.app.screen is second)

        await stage.press("escape", "escape", "1", "M")
        merged: Any = stage.app.screen
        assert isinstance(merged, MergedScreen)
        rows = merged.query_one(MergedLog)
        whole = sum(map(len, journals))
        await stage.until(lambda: rows.virtual_size.height >= whole)
        assert shown(stage)[-1] == "merged log"
        assert "*" not in text_of(rows)
        journals[1].append(Kind.NOTE, data={"what": "mark", "row": len(journals[1]) - 1})
        await stage.until(lambda: " 2* " in text_of(rows))

        await stage.press("slash")
        merged.query_one(Input).value = "tools/list"
        await stage.until(lambda: len(merged._merged) == 4)
        assert {merged._merged[row][0] for row in range(4)} == {0, 1}
        await stage.press("enter", "home", "down", "down", "down", "enter")
        await stage.until(lambda: stage.app.screen is second)
        log = second.query_one(MessageLog)
        await stage.until(lambda: log.cursor == merged._merged[3][1])
        assert log.has_focus

        await stage.press("X", "y")
        await stage.until(lambda: stage.app.screen is first)
        assert journals[1].kind(len(journals[1]) - 1).word in ("process", "client")
        assert len(stage.app.connections.all) == 1
        await stage.until(lambda: not first.query_one(ConnectionTabs).display)


def text_of(rows: MergedLog) -> str:
    return "\n".join(rows.render_line(y).text for y in range(rows.size.height))


async def test_a_recording_alone_opens_nothing() -> None:
    async with staged((80, 24), journal=Journal.create()) as stage:
        assert not await stage.app.open_target(StagedServer())  # type: ignore[arg-type]
        assert len(stage.app.connections.all) == 1


async def test_a_tab_that_is_gone_back_to_while_its_server_takes_long_to_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with staged((120, 40), opens=connect) as stage:
        await stage.connected()
        assert await stage.app.open_target(StagedServer())  # type: ignore[arg-type]
        connections = stage.app.connections
        first, second = connections.all
        ends, stop = anyio.Event(), connections._stop

        async def late(connection: Connection) -> None:
            await ends.wait()
            await stop(connection)

        monkeypatch.setattr(connections, "_stop", late)
        closing = stage.app.run_worker(connections.close(second))
        await stage.until(lambda: connections.front is first)
        assert not await connections.close(second), "it is being closed"
        connections.show(1)
        await stage.until(lambda: connections.front is second)
        ends.set()
        assert await closing.wait()
        assert connections.all == [first]
        assert connections.front is first
