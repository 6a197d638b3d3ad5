"""Opening and leaving: what the journal says of it, over a server in this process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from typing import Any

import anyio
import pytest

from inspector.errors import ConnectionFailed, UsageError
from inspector.journal.journal import Journal
from inspector.session.answers import Policies, Script
from inspector.session.outcome import Closed, Replied
from inspector.session.owner import Options, open_session
from inspector.session.peer import Answer
from inspector.transport.memory import Died, MemoryTransport
from inspector.wire.event import Direction
from inspector.wire.versions import LATEST_LEGACY, V2, V4, V5
from tests.session.conftest import ordinary, refusal, result, rows, scripted, step, steps


async def test_a_legacy_server_costs_one_round_trip_more(journal: Journal) -> None:
    async with open_session(scripted(), journal) as session:
        assert (session.version, session.era) == (LATEST_LEGACY, "legacy")
        assert session.capabilities == {"tools": {}, "resources": {}, "prompts": {}}
        await session.call("ping")
    assert steps(journal) == [
        "connecting",
        "probing",
        "→ server/discover",
        "← error",
        "falling-back",
        "→ initialize",
        "← response",
        "negotiated",
        "→ notifications/initialized",
        "→ ping",
        "← response",
        "disconnecting",
        "closed",
    ]
    assert step(journal, "negotiated")["version"] == LATEST_LEGACY
    for what in ("probing", "falling-back", "negotiated"):
        assert step(journal, what)["reason"]


def modern(message: dict[str, Any]) -> Iterable[Any]:
    yield result(
        message, {"resultType": "complete", "supportedVersions": [V5], "capabilities": {"tools": {}}}
    )


async def test_a_modern_server(journal: Journal) -> None:
    async with open_session(scripted(server_discover=modern), journal) as session:
        assert (session.version, session.era) == (V5, "modern")
        assert session.declares("tools")
        assert not session.declares("prompts")
    assert steps(journal)[:5] == ["connecting", "probing", "→ server/discover", "← response", "negotiated"]


async def test_a_forced_version_is_not_probed(journal: Journal) -> None:
    async with open_session(scripted(), journal, Options(protocol=V2)) as session:
        assert session.version == V2
    assert steps(journal)[:5] == [
        "connecting",
        "→ initialize",
        "← response",
        "negotiated",
        "→ notifications/initialized",
    ]


async def test_a_late_answer_to_the_probe_is_honoured(journal: Journal) -> None:
    """A server that wakes up after the probe's time has passed, and is bound to the modern era by it."""

    async def sleeper(messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        first = await anext(messages)
        await anext(messages)  # initialize: the probe has been given up for silent
        yield b'{"jsonrpc":"2.0","id":1,"result":{"supportedVersions":["2026-07-28"],"capabilities":{}}}'
        assert b"server/discover" in first
        async for _ in messages:
            yield b'{"jsonrpc":"2.0","id":3,"result":{"ok":1}}'

    async with open_session(MemoryTransport(sleeper), journal, Options(probe_timeout=0.01)) as session:
        assert session.version == V5
        outcome = await session.call("tools/list")
        assert isinstance(outcome, Replied)
        assert outcome.ok
    told = steps(journal)
    assert told[:7] == [
        "connecting",
        "probing",
        "→ server/discover",
        "probe-silent",
        "falling-back",
        "→ initialize",
        "← response",
    ]
    assert "late" in step(journal, "negotiated")["reason"]


async def test_a_server_that_slept_through_the_probe_and_refuses_initialize_is_probed_again(
    journal: Journal,
) -> None:
    def refuse(message: dict[str, Any]) -> Iterable[Any]:
        yield refusal(message, -32022, data={"supported": [V5]})

    probes: list[int] = []

    def sleepy(message: dict[str, Any]) -> Iterable[Any]:
        probes.append(message["id"])
        return modern(message) if len(probes) > 1 else ()

    server = scripted(server_discover=sleepy, initialize=refuse)
    async with open_session(server, journal, Options(probe_timeout=0.5)) as session:
        assert session.version == V5
    assert len(probes) == 2


async def test_an_error_without_an_id_answers_the_probe(journal: Journal) -> None:
    def parse_error(message: dict[str, Any]) -> Iterable[Any]:
        yield {"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "Parse error"}}

    async with open_session(scripted(server_discover=parse_error), journal) as session:
        assert session.era == "legacy"
    assert "Parse error" in step(journal, "falling-back")["reason"]


async def test_no_common_version_is_one_sentence_with_both_lists(journal: Journal) -> None:
    def old(message: dict[str, Any]) -> Iterable[Any]:
        yield result(message, {"protocolVersion": "1900-01-01", "capabilities": {}})

    with pytest.raises(ConnectionFailed) as caught:
        async with open_session(scripted(initialize=old), journal):
            pytest.fail("there is no session")
    assert "1900-01-01" in caught.value.message
    assert V4 in caught.value.message
    assert step(journal, "failed")["says"] == caught.value.message


async def test_a_server_that_dies_at_once(journal: Journal) -> None:
    async def dying(messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        raise Died(3)
        yield b""

    with pytest.raises(ConnectionFailed, match="exited with code 3") as caught:
        async with open_session(MemoryTransport(dying), journal):
            pytest.fail("there is no session")
    assert caught.value.facts["exit"]["code"] == 3
    assert steps(journal).count("connecting") == 1


async def test_a_server_that_leaves_at_the_probe_is_started_again(journal: Journal) -> None:
    async def touchy(messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        async for body in messages:
            if b"server/discover" in body:
                raise Died(0)
            if b'"initialize"' in body:
                for said in ordinary({"id": 1, "method": "initialize", "params": {"protocolVersion": V4}}):
                    import json

                    yield json.dumps(said).encode()

    async with open_session(MemoryTransport(touchy), journal) as session:
        assert session.version == V4
        assert session.exit is None
    assert [event.conn for event in rows(journal) if event.what == "connecting"] == [1, 2]


async def test_what_the_body_raises_comes_out_as_it_is(journal: Journal) -> None:
    with pytest.raises(KeyError, match="mine"):
        async with open_session(scripted(), journal):
            raise KeyError("mine")
    assert steps(journal)[-2:] == ["disconnecting", "closed"]


async def test_being_cancelled_leaves_in_order(journal: Journal) -> None:
    with anyio.CancelScope() as scope:
        async with open_session(scripted(), journal):
            scope.cancel()
            await anyio.sleep_forever()
    assert scope.cancelled_caught
    assert steps(journal)[-2:] == ["disconnecting", "closed"]


async def test_close_wakes_whoever_waits_and_settles_what_is_open(journal: Journal) -> None:
    silent = scripted(tools_call=lambda message: ())
    async with open_session(silent, journal) as session:
        call = session.start("tools/call", {"name": "x"})
        session.close()
        await session.closed.wait()
        assert isinstance(await call.wait(), Closed)
        assert isinstance(await session.call("ping"), Closed)
        with pytest.raises(ConnectionFailed):
            await session.notify("notifications/x")


async def test_a_capability_that_is_declared_is_served_by_its_policy(journal: Journal) -> None:
    def asks_back(message: dict[str, Any]) -> Iterable[Any]:
        yield {"jsonrpc": "2.0", "id": "back", "method": "roots/list"}
        yield result(message, {})

    options = Options(
        serves=frozenset({"roots"}), policies=Policies(roots=Script(lambda frame: Answer({"roots": []})))
    )
    async with open_session(scripted(completion_complete=asks_back), journal, options) as session:
        await session.call("completion/complete")
    sent = [event.frame for event in rows(journal) if event.direction is Direction.C2S and event.frame]
    (initialize,) = [frame for frame in sent if frame.method == "initialize"]
    assert initialize.params["capabilities"] == {"roots": {}}
    assert [frame.result for frame in sent if frame.id == '"back"'] == [{"roots": []}]


async def test_the_journal_outlives_two_connections(journal: Journal) -> None:
    for _ in range(2):
        async with open_session(scripted(), journal) as session:
            await session.call("ping")
    assert {event.conn for event in rows(journal)} == {1, 2}


async def test_an_unknown_version_is_a_usage_error_before_anything_happens(journal: Journal) -> None:
    with pytest.raises(UsageError):
        async with open_session(scripted(), journal, Options(protocol="1.0")):
            pytest.fail("there is no session")
    assert len(journal) == 0


def test_importing_the_owner_is_cheap() -> None:
    code = (
        "import sys, inspector.session.owner; "
        "print([m for m in ('httpx', 'jsonschema', 'pydantic', 'textual', 'mcp') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
