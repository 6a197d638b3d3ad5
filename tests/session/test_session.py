"""Calls, lists, notifications and raw bytes, over a server in this process."""

from __future__ import annotations

import json
import math
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from typing import Any

import anyio
import pytest
from anyio.lowlevel import checkpoint

from inspector.errors import ConnectionFailed, UsageError
from inspector.journal.journal import Journal
from inspector.session.outcome import Cancelled, Closed, Replied, TimedOut
from inspector.session.owner import open_session
from inspector.transport.memory import Died, MemoryTransport
from inspector.wire.event import Direction, Kind
from tests.session.conftest import ordinary, refusal, result, rows, scripted, step, steps


def silent(message: dict[str, Any]) -> Iterable[Any]:
    return ()


async def test_a_reply_brings_the_exact_bytes_and_both_events(journal: Journal) -> None:
    def odd(message: dict[str, Any]) -> Iterable[Any]:
        yield b'{"jsonrpc":"2.0","id":%d,"result":{"b": 1.0, "a":[]}}' % message["id"]

    async with open_session(scripted(tools_call=odd), journal) as session:
        outcome = await session.call("tools/call", {"name": "x"})
    assert isinstance(outcome, Replied)
    assert outcome.raw_result == b'{"b": 1.0, "a":[]}'
    assert journal.peer(outcome.request.seq) == outcome.event.seq
    assert outcome.request.frame is not None
    assert outcome.request.frame.method == "tools/call"


async def test_a_timeout_is_an_outcome_that_is_written_down_and_told(journal: Journal) -> None:
    async with open_session(scripted(tools_call=silent), journal) as session:
        call = session.start("tools/call", {"name": "x"}, timeout=0.3)
        assert await call.wait() == TimedOut(0.3)
        assert call.request is not None
        await session.call("ping")  # the connection survives
    assert step(journal, "timed-out") == {"what": "timed-out", "request": call.request.seq, "after": 0.3}
    told = steps(journal)
    assert told.index("timed-out") + 1 == told.index("→ notifications/cancelled")


async def test_cancelling_is_an_outcome_that_is_written_down_and_told(journal: Journal) -> None:
    async with open_session(scripted(tools_call=silent), journal) as session:
        call = session.start("tools/call", {"name": "x"}, timeout=math.inf)
        while call.request is None:
            await checkpoint()
        call.cancel("bored")
        call.cancel("again")
        assert call.done
        assert await call.wait() == Cancelled("bored")
        await session.call("ping")
    assert step(journal, "cancelled") == {"what": "cancelled", "request": call.request.seq, "reason": "bored"}
    told = [e.frame.params for e in rows(journal) if e.frame and e.frame.method == "notifications/cancelled"]
    assert told == [{"requestId": call.pending.id, "reason": "bored"}]


async def test_a_call_that_was_not_sent_yet_is_cancelled_in_silence(journal: Journal) -> None:
    async with open_session(scripted(), journal) as session:
        call = session.start("tools/call", {"name": "x"})
        call.cancel("at once")
        await session.call("ping")
    assert "→ tools/call" not in steps(journal)
    assert "→ notifications/cancelled" not in steps(journal)


async def test_a_caller_who_goes_away_cancels_its_call(journal: Journal) -> None:
    async with open_session(scripted(tools_call=silent), journal) as session:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(session.call, "tools/call", {"name": "x"})
            while "→ tools/call" not in steps(journal):
                await checkpoint()
            tasks.cancel_scope.cancel()
        await session.call("ping")
    assert "→ notifications/cancelled" in steps(journal)


async def test_a_late_reply_stays_a_fact(journal: Journal) -> None:
    def late(message: dict[str, Any]) -> Iterable[Any]:
        yield result({"id": message["params"]["requestId"]}, {"late": True})

    async with open_session(scripted(tools_call=silent, notifications_cancelled=late), journal) as session:
        assert isinstance(await session.call("tools/call", {}, timeout=0.3), TimedOut)
        assert isinstance(await session.call("ping"), Replied)
    assert any(b'"late"' in event.body for event in rows(journal) if event.kind is Kind.MESSAGE)


def progressing(message: dict[str, Any]) -> Iterable[Any]:
    token = message["params"]["_meta"]["progressToken"]
    for done in (1, 2):
        params = {"progressToken": token, "progress": done, "total": 2}
        yield {"jsonrpc": "2.0", "method": "notifications/progress", "params": params}
    yield result(message, {})


async def test_progress_reaches_the_caller(journal: Journal) -> None:
    seen: list[Any] = []
    async with open_session(scripted(tools_call=progressing), journal) as session:
        call = session.start(
            "tools/call", {"name": "x"}, on_progress=lambda params: seen.append(params["progress"])
        )
        await call.wait()
    assert seen == [1, 2]
    assert call.progress is not None
    assert call.progress["progress"] == 2


async def test_a_callback_that_fails_is_a_warning_and_no_more(journal: Journal) -> None:
    def broken(params: Any) -> None:
        raise ZeroDivisionError("mine")

    async with open_session(scripted(tools_call=progressing), journal) as session:
        assert isinstance(await session.call("tools/call", {}, on_progress=broken), Replied)
        assert isinstance(await session.call("ping"), Replied)
    assert "ZeroDivisionError" in step(journal, "warning")["says"]


async def test_death_in_mid_call_closes_all_of_them_with_the_exit(journal: Journal) -> None:
    async def mortal(messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        async for body in messages:
            message = json.loads(body)
            if message.get("method") == "tools/call":
                raise Died(signal="SIGKILL")
            for said in ordinary(message):
                yield json.dumps(said).encode()

    async with open_session(MemoryTransport(mortal), journal) as session:
        calls = [session.start("tools/call", {"name": str(number)}) for number in range(3)]
        for call in calls:
            outcome = await call.wait()
            assert isinstance(outcome, Closed)
            assert "SIGKILL" in outcome.says
            assert outcome.exit is not None
            assert outcome.exit["signal"] == "SIGKILL"
        await session.closed.wait()
        assert session.exit is not None
    assert "disconnecting" not in steps(journal)


async def test_what_the_server_asks_is_answered_at_once(journal: Journal) -> None:
    answers: list[Any] = []

    def asking(message: dict[str, Any]) -> Iterable[Any]:
        yield {"jsonrpc": "2.0", "id": "a", "method": "ping"}
        yield {"jsonrpc": "2.0", "id": "b", "method": "roots/list"}
        yield result(message, {})

    def listening(message: dict[str, Any]) -> Iterable[Any]:
        answers.append(message)
        return ()

    async with open_session(scripted(tools_call=asking, response=listening), journal) as session:
        await session.call("tools/call", {"name": "x"})
        await session.call("ping")
    assert [answer["id"] for answer in answers] == ["a", "b"]
    assert answers[0]["result"] == {}
    assert answers[1]["error"]["code"] == -32601


async def test_raw_bytes_go_out_as_they_are_and_settle_nothing(journal: Journal) -> None:
    async with open_session(scripted(), journal) as session:
        raw = b'{ "id":77,"method":"ping" ,"jsonrpc":"2.0"} '
        event = await session.send_bytes(raw)
        assert event.body == raw
        assert event.direction is Direction.C2S
        assert isinstance(await session.call("ping"), Replied)
        assert journal.peer(event.seq) > event.seq


async def test_nothing_can_be_sent_to_a_server_that_is_gone(journal: Journal) -> None:
    async def brief(messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        async for body in messages:
            message = json.loads(body)
            for said in ordinary(message):
                yield json.dumps(said).encode()
            if message.get("method") == "ping":
                return

    async with open_session(MemoryTransport(brief), journal) as session:
        await session.call("ping")
        await session.closed.wait()
        with pytest.raises(ConnectionFailed, match="the connection ended"):
            await session.send_bytes(b"{}")
        with pytest.raises(ConnectionFailed):
            await session.notify("notifications/x")


async def test_params_that_are_no_json_are_a_usage_error(journal: Journal) -> None:
    async with open_session(scripted(), journal) as session:
        for bad in ({"x": math.nan}, {"x": {1, 2}}):
            with pytest.raises(UsageError, match="tools/call"):
                session.start("tools/call", bad)
        with pytest.raises(UsageError):
            await session.notify("x", {"x": math.nan})


async def test_lists_hold_all_pages_and_only_declared_sections_are_asked_for(journal: Journal) -> None:
    def only_tools(message: dict[str, Any]) -> Iterable[Any]:
        yield result(
            message, {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}, "prompts": None}}
        )

    def paged(message: dict[str, Any]) -> Iterable[Any]:
        cursor = (message.get("params") or {}).get("cursor")
        page = {None: ([{"name": "a"}], ""), "": ([{"name": "b"}, {"name": "c"}], None)}[cursor]
        yield result(message, {"tools": page[0], "nextCursor": page[1]})

    async with open_session(scripted(initialize=only_tools, tools_list=paged), journal) as session:
        listings = await session.list_all()
    assert list(listings) == ["tools"]
    listing = listings["tools"]
    assert listing.ok
    assert [entry["name"] for entry in listing.entries] == ["a", "b", "c"]
    assert listing.raw_entries[1] == b'{"name": "b"}'
    assert len(listing.pages) == 2
    assert "→ prompts/list" not in steps(journal)
    assert [tool["name"] for tool in session.catalogue.tools] == ["a", "b", "c"]


async def test_templates_hang_on_resources_and_may_be_refused(journal: Journal) -> None:
    def no(message: dict[str, Any]) -> Iterable[Any]:
        yield refusal(message)

    async with open_session(scripted(resources_templates_list=no), journal) as session:
        listings = await session.list_all()
    assert not listings["templates"].ok
    assert listings["templates"].entries == []
    assert listings["resources"].ok


async def test_a_cursor_that_repeats_is_a_warning(journal: Journal) -> None:
    def endless(message: dict[str, Any]) -> Iterable[Any]:
        yield result(message, {"tools": [{"name": "a"}], "nextCursor": "again"})

    async with open_session(scripted(tools_list=endless), journal) as session:
        listing = await session.list("tools")
    assert len(listing.entries) == 2
    assert "nextCursor" in step(journal, "warning")["says"]
    assert step(journal, "warning")["request"] == listing.pages[-1].request.seq
