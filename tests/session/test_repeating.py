"""The same call many times: what became of them, how many at once, and how it is stopped."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import anyio
import pytest

from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.session.outcome import Closed, HttpFailed
from inspector.session.owner import Options, open_session
from inspector.session.repeating import Plan, Repeating, Tally, normal_hash
from inspector.transport.memory import MemoryTransport
from inspector.transport.target import StdioTarget
from inspector.wire.versions import V4
from tests.conftest import SERVERS
from tests.session.conftest import ordinary, refusal, result, scripted

LEGACY = Options(protocol=V4)


async def test_outcomes_and_different_results_are_counted(journal: Journal) -> None:
    count = iter(range(100))

    def answers(message: dict[str, Any]) -> list[Any]:
        match next(count) % 5:
            case 0:
                return [result(message, {"content": [], "isError": True})]
            case 1:
                return [refusal(message, -32000)]
            case 2:
                return [result(message, {"a": 1, "b": 2, "_meta": {"at": next(count)}})]
        return [result(message, {"b": 2, "a": 1})]

    async with open_session(scripted(tools_call=answers), journal, LEGACY) as session:
        run = Repeating(session, "tools/call", {"name": "t"}, Plan(20, 4))
        await run.run()
    tally = run.tally
    assert tally.done == 20 == tally.answered
    assert not run.running
    assert run.under_way == 0
    assert {word: kind.count for word, kind in tally.kinds.items()}.keys() == {
        "ok",
        "tool error",
        "error -32000",
    }
    assert tally.kinds["error -32000"].says == "no"
    assert tally.failed == 20 - tally.kinds["ok"].count
    assert len(tally.results) == 2  # spelling and _meta make no difference, isError does
    assert tally.times.count == 20
    assert tally.bytes > 0
    first = tally.kinds["ok"].first
    assert journal.method(first) == "tools/call"
    ids = [journal.event(row).frame.id for row in journal.rows_with_method("tools/call")]  # type: ignore[union-attr]
    assert len(set(ids)) == 20


async def test_so_many_at_once_and_no_more(journal: Journal) -> None:
    waiting: list[dict[str, Any]] = []
    most = 0

    async def serve(messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        nonlocal most
        async for body in messages:
            message = json.loads(body)
            if message.get("method") != "slow":
                for said in ordinary(message):
                    yield json.dumps(said).encode()
                continue
            waiting.append(message)
            most = max(most, len(waiting))
            if len(waiting) == 3:
                for each in waiting:
                    yield json.dumps(result(each, {})).encode()
                waiting.clear()

    async with open_session(MemoryTransport(serve), journal, LEGACY) as session:
        run = Repeating(session, "slow", None, Plan(12, 3))
        with anyio.fail_after(20):
            await run.run()
        assert run.tally.done == 12
        assert most == 3


async def test_stopped_and_lost(journal: Journal) -> None:
    all_there, seen = anyio.Event(), iter(range(1, 6))

    def slow(message: dict[str, Any]) -> list[Any]:
        if next(seen) == 5:
            all_there.set()
        return []

    async with open_session(scripted(slow=slow), journal, LEGACY) as session:
        run = Repeating(session, "slow", None, Plan(100, 5))
        async with anyio.create_task_group() as group:
            group.start_soon(run.run)
            await all_there.wait()
            run.stop("cancelled by the user")
        await session.call("ping")  # behind what is on its way
        assert run.tally.kinds["cancelled"].count == 5
        assert run.stopped == "cancelled by the user"
        assert len(journal.rows_with_method("notifications/cancelled")) == 5


async def test_a_server_that_dies(journal: Journal) -> None:
    target = StdioTarget((sys.executable, str(SERVERS / "exit_mid_call.py")))
    async with open_session(target, journal, LEGACY) as session:
        run = Repeating(session, "tools/call", {"name": "go"}, Plan(10, 2))
        with anyio.fail_after(30):
            await run.run()
        assert run.tally.kinds.keys() == {"lost"}
        assert run.tally.kinds["lost"].count <= 2
        assert run.stopped == "the connection ended"


async def test_a_rate(journal: Journal) -> None:
    async with open_session(scripted(), journal, LEGACY) as session:
        run = Repeating(session, "ping", None, Plan(6, 6, rate=100))
        await run.run()
        assert run.seconds >= 0.05


async def test_what_cannot_be_said_is_told_once(journal: Journal) -> None:
    async with open_session(scripted(), journal, LEGACY) as session:
        with pytest.raises(UsageError, match="cannot be written as JSON"):
            await Repeating(session, "ping", {"a": math.nan}, Plan(6, 3)).run()


def test_bounds() -> None:
    for wrong in ((0, 1, 1.0), (100_001, 1, 1.0), (1, 0, 1.0), (1, 257, 1.0), (1, 1, 0.0), (1, 1, math.nan)):
        with pytest.raises(UsageError):
            Plan(*wrong)
    tally = Tally()
    for status in range(100):
        tally.add(HttpFailed(1, 400 + status, "no"))
    tally.add(Closed(None, "gone"))
    assert len(tally.kinds) == 41
    assert tally.kinds["other failures"].count == 61
    assert normal_hash(b'{"a": 1.0, "b": [1]}') == normal_hash(b'{"b":[ 1],"a":1.0}') != normal_hash(b"{}")
    assert normal_hash(b"[" * 100_000) != normal_hash(b"[")
