"""A server written with `mcp` 1.x, in an environment of its own, which is made on demand."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inspector.journal.journal import Journal
from inspector.session.outcome import Replied
from inspector.session.owner import Options, open_session
from inspector.transport.target import HttpTarget, StdioTarget, Target
from inspector.wire.versions import LATEST_LEGACY, V1
from tests.servers.mcp1_venv import DEADLINE, interpreter
from tests.session.conftest import rows, step, steps

SERVER = Path(__file__).with_name("mcp1_server.py")

pytestmark = pytest.mark.timeout(DEADLINE * 2)


@pytest.fixture(scope="session")
def python() -> str:
    """The interpreter of an environment that holds `mcp` 1.x; skips where it cannot be made."""
    return interpreter()


@pytest.fixture
def target(python: str) -> StdioTarget:
    return StdioTarget((python, str(SERVER)))


@pytest.fixture
def url(python: str) -> Iterator[str]:
    process = subprocess.Popen(
        [python, str(SERVER), "sse"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate(timeout=20)


async def test_a_server_of_the_legacy_era_from_start_to_quit(target: StdioTarget, journal: Journal) -> None:
    await _work(target, journal)
    told = steps(journal)
    assert told.index("→ server/discover") < told.index("falling-back") < told.index("→ initialize")
    assert "probe-silent" not in told  # the probe costs one round trip, not a timeout


async def test_the_same_server_over_http_with_sse(url: str, journal: Journal) -> None:
    await _work(HttpTarget(url), journal)
    told = steps(journal)
    assert told.count("falling-back") == 2
    assert told.index("connecting", 1) < told.index("listening") < told.index("negotiated")


async def _work(target: Target, journal: Journal) -> None:
    seen: list[Any] = []
    async with open_session(target, journal) as session:
        assert session.version == LATEST_LEGACY
        listings = await session.list_all()
        assert {section: len(listing.entries) for section, listing in listings.items()} == {
            "tools": 3,
            "resources": 1,
            "templates": 1,
            "prompts": 1,
        }
        echo = await session.call("tools/call", {"name": "echo", "arguments": {"text": "hi"}})
        assert isinstance(echo, Replied)
        assert echo.result["content"][0]["text"] == "hi"
        fail = await session.call("tools/call", {"name": "fail", "arguments": {}})
        assert isinstance(fail, Replied)
        assert fail.result["isError"] is True
        slow = {"name": "slow", "arguments": {"n": 2}}
        await session.call("tools/call", slow, on_progress=lambda params: seen.append(params["progress"]))
        assert seen == [1, 2]
        read = await session.call("resources/read", {"uri": "test://greeting/you"})
        assert isinstance(read, Replied)
        assert read.ok
    assert step(journal, "negotiated")["version"] == LATEST_LEGACY
    assert [event for event in rows(journal) if event.faults] == []


async def test_the_oldest_version_can_be_forced(target: StdioTarget, journal: Journal) -> None:
    async with open_session(target, journal, Options(protocol=V1)) as session:
        assert session.version == V1
        assert (await session.list("tools")).ok
