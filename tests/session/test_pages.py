"""Pages on demand, listening to what a server says by itself, and a time-out that progress begins anew."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import anyio
import pytest

from inspector.journal.journal import Journal
from inspector.journal.progress import Progresses
from inspector.session.outcome import Replied, TimedOut
from inspector.session.owner import Options, open_session
from inspector.transport.memory import MemoryTransport
from inspector.transport.target import StdioTarget
from inspector.wire.versions import V4
from tests.conftest import SERVERS
from tests.session.conftest import ordinary, result, scripted, steps

LEGACY = Options(protocol=V4)


def paged(message: dict[str, Any]) -> list[Any]:
    at = int(message.get("params", {}).get("cursor", "0"))
    page: dict[str, Any] = {"tools": [{"name": f"t{at}"}]}
    return [result(message, page | ({"nextCursor": str(at + 1)} if at < 2 else {}))]


async def test_a_page_is_asked_for_when_it_is_wanted(journal: Journal) -> None:
    async with open_session(scripted(tools_list=paged), journal, LEGACY) as session:
        pages = session.pages("tools")
        first = await anext(pages)
        assert (first.number, first.cursor, first.next) == (1, None, "1")
        assert first.entries == [{"name": "t0"}]
        assert json.loads(first.raw_entries[0]) == {"name": "t0"}
        assert steps(journal).count("→ tools/list") == 1
        rest = [page async for page in pages]
        assert [(page.number, page.cursor, page.next) for page in rest] == [(2, "1", "2"), (3, "2", None)]
    assert steps(journal).count("→ tools/list") == 3


async def test_a_page_that_is_refused_or_leads_in_a_circle_ends_the_pages(journal: Journal) -> None:
    def circle(message: dict[str, Any]) -> list[Any]:
        return [result(message, {"tools": [], "nextCursor": "same"})]

    async with open_session(scripted(tools_list=circle), journal, LEGACY) as session:
        pages = [page async for page in session.pages("tools")]
        assert [page.next for page in pages] == ["same", None]
        assert "same nextCursor" in pages[-1].warning
        refused = [page async for page in session.pages("templates")]
        assert len(refused) == 1
        assert isinstance(refused[0].outcome, Replied)
        assert not refused[0].outcome.ok
    assert steps(journal).count("warning") == 1


def note(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, "params": params}


async def test_hearing_what_the_server_says_by_itself(journal: Journal) -> None:
    def ping(message: dict[str, Any]) -> list[Any]:
        one, two = note("notifications/one"), note("notifications/two")
        return [one, [one, two] if message["id"] > 2 else two, result(message, {})]

    heard: list[str | None] = []
    async with open_session(scripted(ping=ping), journal, LEGACY) as session:
        forget = session.hear(lambda noticed: heard.append(noticed.frame.method))
        await session.call("ping")
        assert heard == ["notifications/one", "notifications/two"]
        await session.call("ping")
        assert heard[2:] == ["notifications/one", "notifications/one", "notifications/two"]
        forget()
        await session.call("ping")
        assert len(heard) == 5


def stepping(steps: int | None, pause: float) -> MemoryTransport:
    """A server whose tool makes progress every `pause` seconds, `steps` times or for ever."""

    async def serve(messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        async for body in messages:
            message = json.loads(body)
            said = ordinary(message)
            if message.get("method") == "tools/call":
                token, at = message["params"]["_meta"]["progressToken"], 0
                while steps is None or at < steps:
                    await anyio.sleep(pause)
                    at += 1
                    yield json.dumps(
                        note("notifications/progress", progressToken=token, progress=at)
                    ).encode()
                said = [result(message, {"content": []})]
            for each in said:
                yield json.dumps(each).encode()

    return MemoryTransport(serve)


async def test_progress_begins_the_time_anew_where_that_is_wanted(journal: Journal) -> None:
    async with open_session(stepping(12, 0.1), journal, LEGACY) as session:
        outcome = await session.call("tools/call", {"name": "x"}, timeout=1, reset_on_progress=True)
        assert isinstance(outcome, Replied)
        assert await session.call("tools/call", {"name": "x"}, timeout=0.4) == TimedOut(0.4)


async def test_a_call_knows_how_long_it_is_waited_for(journal: Journal) -> None:
    heard = anyio.Event()
    async with open_session(stepping(None, 0.02), journal, LEGACY) as session:
        call = session.start(
            "tools/call", {"name": "x"}, timeout=60, on_progress=lambda _: heard.set(), reset_on_progress=True
        )
        await heard.wait()
        assert 40 < call.left <= 60
        call.held.grant(100)
        assert 140 < call.left <= 160
        call.cancel()
        assert session.start("ping", timeout=math.inf).left == math.inf


@pytest.mark.parametrize("longest", [0.3, 0.0])
async def test_progress_without_end_does_not_hold_a_call_for_ever(journal: Journal, longest: float) -> None:
    options = Options(protocol=V4, longest=longest)
    async with open_session(stepping(None, 0.02), journal, options) as session:
        outcome = await session.call("tools/call", {"name": "x"}, timeout=0.1, reset_on_progress=True)
        assert outcome == TimedOut(0.1)
    assert "→ notifications/cancelled" in steps(journal)


@pytest.mark.parametrize("protocol", ["auto", V4])
@pytest.mark.parametrize("script", ["mcp2_server.py", "fastmcp_server.py"])
async def test_progress_is_folded_from_what_real_servers_say(
    script: str, protocol: str, journal: Journal
) -> None:
    target = StdioTarget((sys.executable, str(SERVERS / script), "stdio"))
    async with open_session(target, journal, Options(protocol=protocol)) as session:
        slow = {"name": "slow", "arguments": {"n": 3, "wait": 0.01}}
        outcome = await session.call("tools/call", slow)
        assert isinstance(outcome, Replied)
    folded = Progresses(journal)
    folded.advance(5.0)
    seen = folded.of(outcome.request.seq)
    assert seen is not None
    assert (seen.value, seen.total, seen.share, seen.message) == (3, 3, 1.0, "step 3")
    assert (seen.notices, seen.ended) == (3, outcome.event.t)
    assert seen.rate is not None


def endless(message: dict[str, Any]) -> list[Any]:
    at = int(message.get("params", {}).get("cursor", "0"))
    return [result(message, {"tools": [{"name": f"t{at}"}], "nextCursor": str(at + 1)})]


async def test_lists_are_left_and_gone_on_with_and_two_of_one_do_not_mix(journal: Journal) -> None:
    async with open_session(scripted(tools_list=endless), journal, LEGACY) as session:
        session.most_pages = 3
        async with anyio.create_task_group() as both:
            both.start_soon(session.list, "tools")
            both.start_soon(session.list, "tools")
            await anyio.lowlevel.checkpoint()
            assert session.is_listing("tools")
        assert [tool["name"] for tool in session.catalogue.tools] == ["t0", "t1", "t2"]
        await session.list("tools", most=2, more=True)
        assert [tool["name"] for tool in session.catalogue.tools] == ["t0", "t1", "t2", "t3", "t4"]
        assert not session.is_listing("tools")
        assert session.catalogue.goes_on("tools")
