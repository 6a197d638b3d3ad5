"""The level switch, in both eras."""

from __future__ import annotations

import sys

import pytest

from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.journal.logs import Logs
from inspector.session.levels import Levels
from inspector.session.outcome import Replied
from inspector.session.owner import Options, Session, open_session
from inspector.session.subscriptions import Subscriptions
from inspector.transport.target import StdioTarget
from inspector.wire.interest import Interest
from inspector.wire.versions import META_LOG_LEVEL, V4
from tests.conftest import SERVERS
from tests.session.conftest import rows, scripted

TARGET = StdioTarget((sys.executable, str(SERVERS / "changing.py"), "stdio"))


async def say(session: Session, level: str) -> None:
    outcome = await session.call("tools/call", {"name": "say", "arguments": {"level": level, "text": level}})
    assert isinstance(outcome, Replied)
    assert not outcome.tool_failed, outcome.result


def said(journal: Journal) -> list[str]:
    logs = Logs(journal)
    logs.advance(5.0)
    return [logs.read(seq).text for seq in logs.rows()]


@pytest.mark.parametrize("protocol", ["auto", V4])
async def test_only_what_is_grave_enough_is_said(protocol: str, journal: Journal) -> None:
    async with open_session(TARGET, journal, Options(protocol=protocol)) as session:
        levels = Levels(session)
        outcome = await levels.set("warning")
        assert (outcome is None) is (protocol == "auto")
        assert levels.level == "warning"
        await say(session, "info")
        await say(session, "error")
        assert said(journal) == ["error"]
        await levels.set("debug")
        await say(session, "info")
        assert said(journal) == ["error", "info"]


async def test_no_messages_where_none_are_wanted(journal: Journal) -> None:
    async with open_session(TARGET, journal) as session:
        levels = Levels(session)
        await say(session, "error")
        await levels.set("debug")
        await Subscriptions(session).want(Interest(tools=True))
        await levels.set(None)
        await say(session, "error")
    assert said(journal) == []
    asked = [event.frame for event in rows(journal) if event.frame is not None and event.frame.method]
    assert not any(META_LOG_LEVEL in str(frame.params) for frame in asked)


async def test_a_legacy_server_that_refuses(journal: Journal) -> None:
    async with open_session(scripted(), journal, Options(protocol=V4)) as session:
        levels = Levels(session)
        outcome = await levels.set("info")
        assert isinstance(outcome, Replied)
        assert not outcome.ok
        assert levels.level is None
        with pytest.raises(UsageError, match="no way to switch logging off"):
            await levels.set(None)
