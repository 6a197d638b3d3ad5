"""Servers written with `mcp` 1.x over HTTP+SSE and over streamable HTTP, open and protected."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from inspector.journal.findings import details
from inspector.journal.journal import Journal
from inspector.session.auth.model import AuthOptions
from inspector.session.outcome import Replied
from inspector.session.owner import Session
from inspector.transport.target import HttpKind, HttpTarget
from inspector.wire.versions import LATEST_LEGACY, LEGACY
from tests.conftest import SERVERS
from tests.servers.authorization_server import AuthorizationServer, authorization_server
from tests.servers.mcp1_venv import DEADLINE, interpreter
from tests.session.auth.connecting import Machine, echo

pytestmark = pytest.mark.timeout(DEADLINE * 2)


@pytest.fixture(scope="session")
def python(request: pytest.FixtureRequest) -> str:
    if not request.config.getoption("--run-interop"):
        pytest.skip("needs pip and a network: run with --run-interop, or `make interop`")
    return interpreter()


@contextmanager
def serving(python: str, *arguments: str) -> Iterator[str]:
    """The URL of a server that runs."""
    line = [python, str(SERVERS / "mcp1_http.py"), *arguments]
    server = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        url = server.stdout.readline().strip()
        assert url, "the server ended at its start"
        yield url
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()


@pytest.fixture(scope="module", params=["http", "sse"])
def url(request: pytest.FixtureRequest, python: str) -> Iterator[str]:
    with serving(python, request.param) as found:
        yield found


@pytest.mark.parametrize("protocol", ["auto", *LEGACY])
@pytest.mark.parametrize("transport", ["auto", "sse"])
async def test_an_open_server(url: str, protocol: str, transport: HttpKind, tmp_path: Path) -> None:
    if transport == "sse" and not url.endswith("/sse"):
        pytest.skip("it is not asked for the other transport")
    machine = Machine(tmp_path, [])
    async with machine.connected(HttpTarget(url, transport=transport), protocol=protocol) as session:
        assert session.version == (LATEST_LEGACY if protocol == "auto" else protocol)
        await use(session)
    assert machine.story() == []
    journal = Journal.open(machine.recordings[-1])
    found = {finding.rule for seq in range(len(journal)) for finding in details(journal, seq)}
    journal.close()
    # It refuses the probe in the name of a request that nobody made.
    assert found == ({"rpc-unknown-id"} if url.endswith("/mcp") and protocol == "auto" else set())


async def use(session: Session) -> None:
    seen: list[Any] = []
    assert {tool["name"] for tool in (await session.list("tools")).entries} == {"echo", "slow"}
    assert await echo(session, "æ") == "æ"
    slow = {"name": "slow", "arguments": {"n": 3}}
    outcome = await session.call(
        "tools/call", slow, on_progress=lambda params: seen.append(params["progress"])
    )
    assert isinstance(outcome, Replied)
    assert seen == [1, 2, 3]


@pytest.fixture
def issuer() -> Iterator[AuthorizationServer]:
    with authorization_server() as server:
        yield server


@pytest.mark.parametrize("kind", ["http", "sse"])
async def test_a_protected_server(
    python: str, issuer: AuthorizationServer, kind: str, tmp_path: Path
) -> None:
    machine = Machine(tmp_path, [issuer], AuthOptions())
    with serving(python, kind, issuer.issuer, f"{issuer.issuer}/introspect") as url:
        async with machine.connected(url) as session:
            assert await echo(session) == "hi"
            issuer.expire()
            if kind == "http":
                assert await echo(session) == "hi"
        issuer.expire()
        async with machine.connected(url) as session:
            await use(session)
    assert machine.visitor.violations == []
    assert len(machine.visitor.visits) == 1
    assert {form["resource"] for form in issuer.token_requests} == {url}


@pytest.mark.parametrize("kind", ["http", "sse"])
async def test_a_revoked_token(python: str, issuer: AuthorizationServer, kind: str, tmp_path: Path) -> None:
    machine = Machine(tmp_path, [issuer], AuthOptions())
    with serving(python, kind, issuer.issuer, f"{issuer.issuer}/introspect") as url:
        for number in range(2):
            async with machine.connected(url) as session:
                await use(session)
            assert len(machine.visitor.visits) == number + 1
            issuer.revoke()
