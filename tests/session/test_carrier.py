"""Calls at the edges of a connection's life: before it, after it, and with what JSON cannot say."""

from __future__ import annotations

import math
from typing import Any

import anyio
import pytest

from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.session.outcome import Cancelled, Closed, Replied
from inspector.session.owner import open_session
from inspector.transport.memory import MemoryTransport
from tests.session.conftest import scripted, steps


async def test_a_call_after_the_end_is_closed_at_once(journal: Journal) -> None:
    async with open_session(scripted(), journal) as session:
        session.close()
        call = session.start("ping")
        assert call.done
        assert isinstance(call.outcome, Closed)
        call.cancel("too late")
        assert isinstance(call.outcome, Closed)
    assert "→ ping" not in steps(journal)


@pytest.mark.parametrize("params", [{"a": math.nan}, {"a": object()}, {"a": {1, 2}}])
async def test_what_json_cannot_say_is_refused_and_the_connection_goes_on(
    params: Any, journal: Journal
) -> None:
    async with open_session(scripted(), journal) as session:
        with pytest.raises(UsageError, match="cannot be written as JSON"):
            session.start("ping", params)
        assert isinstance(await session.call("ping"), Replied)


async def test_the_end_settles_every_call(journal: Journal) -> None:
    def silent(message: dict[str, Any]) -> Any:
        return ()

    transport: MemoryTransport = scripted(tools_call=silent)
    async with open_session(transport, journal) as session:
        calls = [session.start("tools/call", {"name": "x"}, timeout=math.inf) for _ in range(3)]
        calls[0].cancel("enough")
        assert isinstance(await session.call("ping"), Replied)
        session.close()
        with anyio.fail_after(30):
            outcomes = [await call.wait() for call in calls]
    assert [type(outcome) for outcome in outcomes] == [Cancelled, Closed, Closed]
