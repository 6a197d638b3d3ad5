"""Listing once more what changed."""

from __future__ import annotations

import sys
from typing import Any

import anyio
import pytest

from inspector.journal.changes import Changes, Relisted
from inspector.journal.journal import Journal
from inspector.session import relisting
from inspector.session.owner import Options, open_session
from inspector.session.subscriptions import Subscriptions
from inspector.transport.target import StdioTarget
from inspector.wire.interest import Interest
from inspector.wire.versions import V4
from tests.conftest import SERVERS
from tests.session.conftest import result, scripted, step, steps


async def until_listed(journal: Journal, times: int = 1) -> list[Relisted]:
    changes = Changes(journal)
    with anyio.fail_after(20):
        while len(changes.relisted) < times:
            changes.advance(1.0)
            await anyio.lowlevel.checkpoint()
    return list(changes.relisted)


@pytest.mark.parametrize("protocol", ["auto", V4])
async def test_a_changed_list_is_listed_again_and_the_difference_seen(
    protocol: str, journal: Journal
) -> None:
    target = StdioTarget((sys.executable, str(SERVERS / "changing.py"), "stdio"))
    async with open_session(target, journal, Options(protocol=protocol, relist=True)) as session:
        await Subscriptions(session).want(Interest(tools=True))
        await session.list_all()
        await session.call("tools/call", {"name": "grow", "arguments": {"name": "later"}})
        [first] = await until_listed(journal)
        assert first.difference.added == ("later",)
        again = {"name": "grow", "arguments": {"name": "later", "text": "Otherwise."}}
        await session.call("tools/call", again)
        changed = (await until_listed(journal, 2))[1].difference.changed
        assert [(each.name, each.members) for each in changed] == [("later", ("description",))]
    assert step(journal, "re-listing")["section"] == "tools"


def crying(message: dict[str, Any]) -> list[Any]:
    """A server that says with each list, many times, that it changed."""
    note = {"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}
    return [*[note] * 50, result(message, {"tools": []}), *[note] * 50]


async def test_a_server_that_cries_change_with_each_list(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relisting, "MOST", 3)
    monkeypatch.setattr(relisting, "PAUSE", 0.0)
    async with open_session(scripted(tools_list=crying), journal, Options(protocol=V4)) as session:
        relisting.Relisting(session, 0.0)
        await session.list("tools")
        await until_listed(journal, 3)
        await session.call("ping")
    assert steps(journal).count("→ tools/list") == 4
    assert steps(journal).count("re-listing") == 3
    assert "3 times" in step(journal, "warning")["says"]


async def test_without_the_option_nothing_is_listed(journal: Journal) -> None:
    async with open_session(scripted(tools_list=crying), journal, Options(protocol=V4)) as session:
        await session.list("tools")
        await session.call("ping")
    assert steps(journal).count("→ tools/list") == 1
