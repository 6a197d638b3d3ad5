"""Making connections: names and addresses, which is tried when, and what the guard sees."""

from __future__ import annotations

import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpcore
import pytest

from inspector.journal.journal import Journal
from inspector.transport import dial
from inspector.transport.dial import Dialler, guard_for, resolve
from inspector.transport.fetch import fetching
from inspector.transport.guard import Guard, Reach, Refused
from inspector.transport.hop import CURRENT, Hop
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget
from tests.servers.http_hostile import Hostile, hostile


@pytest.fixture
async def server() -> AsyncIterator[Hostile]:
    async with hostile() as running:
        yield running


@pytest.fixture
def dead_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def says(monkeypatch: pytest.MonkeyPatch, *answers: Sequence[str]) -> None:
    """Let the resolver give these answers, one a question; the last one for ever."""
    waiting = list(answers)

    async def resolver(host: str, port: int = 0) -> Sequence[str]:
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    monkeypatch.setattr(dial, "resolve", resolver)


@asynccontextmanager
async def dialled(
    host: str, port: int, *, guard: Guard | None = None, timeout: float = 5.0
) -> AsyncIterator[Hop]:
    """The hop for which a connection was made."""
    hop = Hop(1, guard=guard)
    before = CURRENT.set(hop)
    stream = None
    try:
        stream = await Dialler().connect_tcp(host, port, timeout)
        yield hop
    finally:
        CURRENT.reset(before)
        if stream is not None:
            await stream.aclose()


async def test_an_address_needs_no_resolver(server: Hostile) -> None:
    async with dialled("127.0.0.1", server.port) as hop:
        assert (hop.addresses, hop.peer) == (("127.0.0.1",), f"127.0.0.1:{server.port}")
        assert list(hop.phases) == ["connect"]


async def test_a_name_is_resolved_in_a_phase_of_its_own(
    server: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(monkeypatch, ["127.0.0.1"])
    async with dialled("server.test", server.port) as hop:
        assert list(hop.phases) == ["dns", "connect"]
        assert hop.peer == f"127.0.0.1:{server.port}"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "a.localhost", "a.b.localhost."])
async def test_localhost_is_this_machine_without_asking_anyone(server: Hostile, host: str) -> None:
    assert await resolve(host) == ("::1", "127.0.0.1")
    async with dialled(host, server.port) as hop:
        assert hop.peer == f"127.0.0.1:{server.port}"
        assert "dns" not in hop.phases


async def test_ipv6(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("there is no IPv6 here")
    with listener:
        port = listener.getsockname()[1]
        for host in ("::1", "localhost"):
            async with dialled(host, port) as hop:
                assert hop.peer == f"[::1]:{port}"


async def test_a_dead_address_gives_way_to_the_next(server: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, ["127.0.0.9", "::1", "127.0.0.1"])
    async with dialled("many.test", server.port) as hop:
        assert hop.addresses == ("127.0.0.9", "::1", "127.0.0.1")
        assert hop.peer == f"127.0.0.1:{server.port}"


async def test_an_address_that_hangs_does_not_hold_up_the_next(
    server: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A listener with a full backlog: the kernel lets further connections hang.
    with socket.socket() as listener:
        with suppress(OSError):
            listener.bind(("127.0.0.9", server.port))
        listener.listen(0)
        with socket.create_connection(listener.getsockname()):
            says(monkeypatch, ["127.0.0.9", "127.0.0.1"])
            async with dialled("many.test", server.port, timeout=30) as hop:
                assert hop.peer == f"127.0.0.1:{server.port}"


async def test_the_failure_that_says_most_is_told(dead_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, ["2001:db8::1", "127.0.0.1", "ff02::1"])
    with pytest.raises(httpcore.ConnectError) as caught:
        async with dialled("many.test", dead_port):
            pytest.fail("it is connected")
    found: BaseException | None = caught.value
    while found is not None and not isinstance(found, ConnectionRefusedError):
        found = found.__cause__ or found.__context__
    assert found is not None


async def test_ipv4_and_ipv6_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    async def getaddrinfo(host: str, port: int, **more: object) -> list[object]:
        six = [(socket.AF_INET6, 1, 6, "", (f"2001:db8::{at}", port, 0, 0)) for at in (1, 2, 3)]
        four = [(socket.AF_INET, 1, 6, "", ("192.0.2.1", port))]
        return [*six, *four]

    monkeypatch.setattr("anyio.getaddrinfo", getaddrinfo)
    assert await resolve("many.test") == ["2001:db8::1", "192.0.2.1", "2001:db8::2", "2001:db8::3"]


async def test_a_name_that_cannot_be_one() -> None:
    with pytest.raises(httpcore.ConnectError):
        async with dialled("a..b", 80):
            pytest.fail("it is connected")


async def test_the_guard_is_held_against_the_address(
    server: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(monkeypatch, ["127.0.0.1"])
    with pytest.raises(Refused, match=r"evil\.test \(127\.0\.0\.1\)"):
        async with dialled("evil.test", server.port, guard=Guard()):
            pytest.fail("it is connected")
    async with dialled("good.test", server.port, guard=Guard(Reach.LOOPBACK)) as hop:
        assert hop.peer


async def test_of_several_addresses_only_the_allowed_are_dialled(
    server: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(monkeypatch, ["10.255.255.1", "127.0.0.1"])
    async with dialled("mixed.test", server.port, guard=Guard(Reach.LOOPBACK)) as hop:
        assert hop.peer == f"127.0.0.1:{server.port}"


async def test_a_name_that_resolves_anew_to_somewhere_else(
    server: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    assert await guard_for("http://rebinds.test/mcp") == Guard(Reach.PUBLIC)
    journal = Journal.create()
    async with fetching(HttpTarget("http://rebinds.test/mcp"), Tap(journal)) as fetcher:
        got = await fetcher.fetch("GET", f"http://rebinds.test:{server.port}/json", guard=Guard())
    journal.close()
    assert got.refused
    assert server.requests == []


async def test_the_guard_of_a_server_that_was_not_asked_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await guard_for("http://127.0.0.1:8000/mcp") == Guard(Reach.LOOPBACK)
    assert await guard_for("http://[::1]:8000/mcp") == Guard(Reach.LOOPBACK)
    assert await guard_for("http://localhost/mcp") == Guard(Reach.LOOPBACK)
    assert await guard_for("http://nobody.invalid/mcp") == Guard(Reach.PUBLIC)
    assert await guard_for("http://any.test/mcp", "/run/mcp.sock") == Guard(Reach.LOOPBACK)
    says(monkeypatch, ["10.0.0.1", "93.184.216.34"])
    assert await guard_for("http://both.test/mcp") == Guard(Reach.PUBLIC)
    says(monkeypatch, ["10.0.0.1"])
    assert await guard_for("http://inside.test/mcp") == Guard(Reach.PRIVATE)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no Unix sockets")
async def test_a_unix_socket(tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        hop = Hop(1)
        before = CURRENT.set(hop)
        stream = await Dialler().connect_unix_socket(path, 5.0)
        CURRENT.reset(before)
        await stream.aclose()
    assert (hop.peer, list(hop.phases)) == (f"unix:{path}", ["connect"])
