"""A real server that is killed and started again on the same port, in the middle of a connection."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import pytest

from inspector.journal.journal import Journal
from inspector.session.outcome import HttpFailed, Replied
from inspector.session.owner import Options, open_session
from inspector.transport.target import HttpTarget
from inspector.wire.event import Event, Kind
from inspector.wire.versions import LATEST_MODERN, V4
from tests.session.conftest import step, steps

SCRIPTS = ("mcp2_server.py", "fastmcp_server.py")


class Uvicorn:
    """One of the SDKs' servers, in a process of its own."""

    def __init__(self, script: str) -> None:
        self._script = Path(__file__).parents[1] / "servers" / script
        self._port = "0"
        self.start()

    def start(self) -> None:
        """Start it; the second time on the port of the first."""
        self._process = subprocess.Popen(
            [sys.executable, str(self._script), "http", self._port],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        self._port = str(urlsplit(self.url).port)

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate(timeout=20)


@pytest.fixture(params=SCRIPTS)
def uvicorn(request: pytest.FixtureRequest) -> Iterator[Uvicorn]:
    server = Uvicorn(request.param)
    try:
        yield server
    finally:
        server.kill()


def asked(journal: Journal, method: str) -> list[int]:
    """The HTTP requests with a method, as sequence numbers."""
    events = (journal.event(seq) for seq in range(len(journal)))
    return [event.seq for event in events if event.what == "request" and event.data.get("method") == method]


async def until(journal: Journal, true: Any) -> None:
    """Wait until `true()`, looked at whenever something is written down."""
    now = anyio.Event()

    def look(event: Event | None = None) -> None:
        if true():
            now.set()

    remove = journal.add_listener(look)
    look()
    with anyio.fail_after(30):
        await now.wait()
    remove()


def streams_open(journal: Journal) -> int:
    """The GET streams that were answered with 200."""
    events = [journal.event(seq) for seq in range(len(journal))]
    gets = {event.exchange for event in events if event.data.get("method") == "GET"}
    return sum(
        event.kind is Kind.HTTP and event.exchange in gets and event.data.get("status") == 200
        for event in events
        if event.what == "response"
    )


async def test_a_legacy_session_is_begun_anew(uvicorn: Uvicorn, journal: Journal) -> None:
    async with open_session(HttpTarget(uvicorn.url), journal, Options(protocol=V4)) as session:
        await until(journal, lambda: streams_open(journal) == 1)
        assert isinstance(await session.call("tools/list"), Replied)

        uvicorn.kill()
        outcome = await session.call("tools/list")
        assert isinstance(outcome, HttpFailed)
        assert outcome.status is None
        assert "refused the connection" in outcome.says or "closed the connection" in outcome.says

        uvicorn.start()
        outcome = await session.call("tools/list")
        assert isinstance(outcome, Replied)
        assert outcome.error["message"] == "Session not found"  # the body of a 404
        outcome = await session.call("tools/list")
        assert isinstance(outcome, Replied)
        assert outcome.ok
        await until(journal, lambda: streams_open(journal) == 2)
    assert "has ended the session" in step(journal, "warning")["says"]
    assert step(journal, "negotiated")["reason"] == "a new session"
    assert len(asked(journal, "DELETE")) == 1


async def test_the_modern_era_just_goes_on(uvicorn: Uvicorn, journal: Journal) -> None:
    async with open_session(HttpTarget(uvicorn.url), journal, Options(protocol=LATEST_MODERN)) as session:
        assert isinstance(await session.call("tools/list"), Replied)
        uvicorn.kill()
        assert isinstance(await session.call("tools/list"), HttpFailed)
        uvicorn.start()
        outcome = await session.call("tools/list")
        assert isinstance(outcome, Replied)
        assert outcome.ok
    assert steps(journal).count("negotiated") == 1
    assert asked(journal, "DELETE") == []
