"""The pools below httpx: proxies from the environment, Unix sockets, and what belongs to one origin only."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from inspector.errors import ConnectionFailed
from inspector.journal.journal import Journal
from inspector.journal.redact import fingerprint
from inspector.transport.fetch import fetching
from inspector.transport.guard import Guard
from inspector.transport.http import HttpTransport
from inspector.transport.pool import origin_of
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget
from tests.servers.authority import authority, server_context
from tests.servers.http_hostile import Hostile, hostile
from tests.servers.http_raw import Conn, serving
from tests.transport.http_talk import talking


@pytest.fixture
async def server() -> AsyncIterator[Hostile]:
    async with hostile() as running:
        yield running


@dataclass
class Proxy:
    """A proxy that tunnels each CONNECT to one server, or refuses it."""

    port: int = 0
    status: str = "200 OK"
    heads: list[str] = field(default_factory=list)


@asynccontextmanager
async def tunnelling(to: int) -> AsyncIterator[Proxy]:
    proxy = Proxy()
    busy: set[asyncio.Task[None]] = set()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        busy.add(task)
        head = await reader.readuntil(b"\r\n\r\n")
        proxy.heads.append(head.decode("latin-1"))
        writer.write(f"HTTP/1.1 {proxy.status}\r\n\r\n".encode())
        if proxy.status.startswith("200"):
            onward_reader, onward_writer = await asyncio.open_connection("127.0.0.1", to)
            await asyncio.gather(pump(reader, onward_writer), pump(onward_reader, writer))
        else:
            writer.close()
        busy.discard(task)

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    proxy.port = listener.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        listener.close()
        for task in busy:
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)
        await listener.wait_closed()


async def opened(target: HttpTarget) -> None:
    journal = Journal.create()
    try:
        async with HttpTransport(target).open(Tap(journal)):
            pass
    finally:
        journal.close()


async def test_a_plain_proxy_is_named_without_its_password(
    server: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://me:s3cret@127.0.0.1:{server.port}")
    async with talking("http://far.invalid/json") as talk:
        *_, end = await talk.asked()
        assert end.data["status"] == 200
        asked = talk.http("request")[0]
        assert asked["proxy"] == f"http://me:{fingerprint('s3cret')}@127.0.0.1:{server.port}"
        assert asked["url"] == "http://far.invalid/json"
        assert server.requests[0].headers["proxy-authorization"].startswith("Basic ")
        assert "s3cret" not in str([event.data for event in talk.events()])


async def test_no_proxy_is_heeded(server: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    async with talking(server.url("json")) as talk:
        *_, end = await talk.asked()
        assert end.data["status"] == 200
        assert "proxy" not in talk.http("request")[0]


async def test_https_through_connect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ca = authority(tmp_path)
    certificate = ca.write(tmp_path / "server.pem", host="far.invalid")
    async with hostile(server_context(certificate)) as server, tunnelling(server.port) as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        async with talking("https://far.invalid/json", cacert=str(ca.path)) as talk:
            *_, end = await talk.asked()
            assert end.data["status"] == 200
            assert proxy.heads[0].startswith("CONNECT far.invalid:443 HTTP/1.1\r\n")
            answered = talk.http("response")[0]
            assert answered["tls"]["subject"] == "commonName=far.invalid"
            assert answered["peer"] == f"127.0.0.1:{proxy.port}"


async def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    async with tunnelling(1) as proxy:
        proxy.status = "407 Proxy Authentication Required"
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        async with talking("https://far.invalid/json") as talk:
            (end,) = await talk.asked()
            assert end.data["cause"] == "proxy-refused"
            assert end.data["error"].startswith("the proxy refuses to connect to far.invalid:443: 407")


async def test_a_proxy_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    async with tunnelling(1) as proxy:
        port = proxy.port
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
    async with talking("http://far.invalid/json") as talk:
        (end,) = await talk.asked()
        assert (end.data["stage"], end.data["cause"]) == ("connect", "proxy")
        assert end.data["error"] == f"the proxy 127.0.0.1:{port} refused the connection"


async def test_what_cannot_be_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:1080")
    with pytest.raises(ConnectionFailed, match="SOCKS needs the package socksio"):
        await opened(HttpTarget("http://far.invalid/mcp"))
    monkeypatch.setenv("http_proxy", "http://[::1")
    with pytest.raises(ConnectionFailed, match="proxy"):
        await opened(HttpTarget("http://far.invalid/mcp"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "169.254.169.254", "2130706433"])
async def test_a_guard_holds_behind_a_proxy(
    server: Hostile, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.port}")
    journal = Journal.create()
    async with fetching(HttpTarget("http://far.invalid/mcp"), Tap(journal)) as fetcher:
        got = await fetcher.fetch("GET", f"http://{host}/json", guard=Guard())
        assert got.refused
        assert server.requests == []
        through = await fetcher.fetch("GET", "http://far.invalid/json", guard=Guard())
        assert (through.status, through.peer) == (200, "")
    journal.close()


async def test_https_beside_a_server_of_plain_http(server: Hostile, tmp_path: Path) -> None:
    """An authorization server has TLS where the MCP server has none; its chain is verified all the same."""
    ca = authority(tmp_path)
    journal = Journal.create()
    async with hostile(server_context(ca.write(tmp_path / "server.pem"))) as secure:
        for cacert, expected in ((str(ca.path), (404, "")), (None, (None, "tls-unknown-issuer"))):
            async with fetching(HttpTarget(server.url("json"), cacert=cacert), Tap(journal)) as fetcher:
                got = await fetcher.fetch("GET", secure.url("not-found"))
                assert (got.status, got.cause) == expected
    journal.close()


# Unix sockets


@pytest.fixture
async def socket_path(tmp_path: Path) -> AsyncIterator[str]:
    """A server of one answer on a Unix socket."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    path = str(tmp_path / "s")
    listener = await asyncio.start_unix_server(serve, path)
    yield path
    listener.close()
    await listener.wait_closed()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no Unix sockets")
async def test_a_unix_socket(socket_path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")  # which a socket needs not
    async with talking("http://any.test/mcp", unix_socket=socket_path) as talk:
        (end,) = await talk.told()
        assert end.data["status"] == 202
        assert talk.http("response")[0]["peer"] == f"unix:{socket_path}"
        assert "proxy" not in talk.http("request")[0]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no Unix sockets")
async def test_a_unix_socket_is_for_its_own_origin_only(server: Hostile, socket_path: str) -> None:
    journal = Journal.create()
    target = HttpTarget("http://any.test/mcp", unix_socket=socket_path)
    async with fetching(target, Tap(journal)) as fetcher:
        own = await fetcher.fetch("GET", "http://any.test/other")
        assert (own.status, own.peer) == (202, f"unix:{socket_path}")
        other = await fetcher.fetch("GET", server.url("not-found"))
        assert (other.status, other.peer) == (404, f"127.0.0.1:{server.port}")
    journal.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no Unix sockets")
async def test_a_unix_socket_that_is_not_there(tmp_path: Path) -> None:
    path = str(tmp_path / "none")
    async with talking("http://any.test/mcp", unix_socket=path) as talk:
        (end,) = await talk.asked()
        assert (end.data["stage"], end.data["cause"]) == ("connect", "no-socket")
        assert path in end.data["error"]


# IPv6 and origins


async def test_ipv6_literals() -> None:
    async def answer(conn: Conn, request: object) -> None:
        await conn.respond("202 Accepted", None)

    at = "[::ffff:127.0.0.1]"
    async with (
        serving({"mcp": answer}) as server,
        talking(f"http://{at}:{server.port}/mcp") as talk,
    ):
        (end,) = await talk.told()
        assert end.data["status"] == 202
        assert server.requests[0].headers["host"] == f"{at}:{server.port}"


def test_an_origin_is_scheme_host_and_port() -> None:
    assert origin_of(httpx.URL("https://a.test/x")) == origin_of(httpx.URL("HTTPS://A.test:443/y"))
    assert origin_of(httpx.URL("http://a.test/")) != origin_of(httpx.URL("https://a.test/"))
    assert origin_of(httpx.URL("http://a.test:8000/")) != origin_of(httpx.URL("http://a.test:8001/"))


async def test_a_name_with_one_address_nearby_is_asked_for_at_no_proxy(
    server: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which one it takes is the proxy's choice."""

    async def getaddrinfo(host: str, port: int, **more: object) -> list[object]:
        addresses = ("93.184.216.34", "10.0.0.1")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.port}")
    monkeypatch.setattr("anyio.getaddrinfo", getaddrinfo)
    journal = Journal.create()
    async with fetching(HttpTarget("http://far.invalid/mcp"), Tap(journal)) as fetcher:
        got = await fetcher.fetch("GET", "http://both.example/json", guard=Guard())
    journal.close()
    assert got.refused
    assert server.requests == []
