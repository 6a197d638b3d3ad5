"""Roots that are given beforehand, asked for by real servers of both eras."""

from __future__ import annotations

import sys

import pytest

from inspector.journal.journal import Journal
from inspector.session import roots
from inspector.session.answers import Policies
from inspector.session.outcome import Replied
from inspector.session.owner import Options, open_session
from inspector.transport.target import StdioTarget
from inspector.wire.versions import V4
from tests.conftest import SERVERS

TARGET = StdioTarget((sys.executable, str(SERVERS / "asks_back.py"), "stdio"))


def options(protocol: str, *given: str) -> Options:
    policies = roots.giving(Policies(), given)
    return Options(protocol=protocol, serves=frozenset({"roots", "roots.listChanged"}), policies=policies)


@pytest.mark.parametrize("protocol", ["auto", V4])
async def test_a_server_is_told_the_roots_without_a_question(protocol: str, journal: Journal) -> None:
    made = options(protocol, "file:///srv/data")
    async with open_session(TARGET, journal, made) as session:
        outcome = await session.call("tools/call", {"name": "where", "arguments": {}})
        assert isinstance(outcome, Replied)
        assert "file:///srv/data" in str(outcome.result)
        assert await roots.tell(session) is (protocol == V4)
    assert len(journal.rows_with_method(roots.CHANGED)) == (protocol == V4)


def test_giving_and_taking_away() -> None:
    some = roots.giving(Policies(), ["/srv", "file:///x"])
    assert roots.given(some) == ("/srv", "file:///x")
    none = roots.giving(some, [])
    assert none.roots == "ask"
    assert roots.given(none) == ()
    assert roots.given(Policies()) == ()
