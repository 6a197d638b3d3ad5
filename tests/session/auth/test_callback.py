"""The loopback listener: one answer, the right one, and nothing of what came is repeated."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import anyio
import pytest

from inspector.errors import AuthNeeded, UsageError
from inspector.session.auth.callback import Callback, listening

STATE = "the-state"


@dataclass
class Waiting:
    """A callback that somebody waits for.

    Attributes:
        answers: What came, once it did.
        refused: The rules of what was refused, in order.
    """

    callback: Callback
    answers: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    came: anyio.Event = field(default_factory=anyio.Event)
    gives_up: bool = False

    async def wait(self, state: str) -> None:
        self.answers.append(await self.callback.answer(state, self.refuse))
        self.came.set()

    async def refuse(self, says: str, rule: str) -> None:
        assert says
        self.refused.append(rule)
        if self.gives_up:
            raise AuthNeeded("No more of this")


@asynccontextmanager
async def waiting(state: str = STATE, **where: object) -> AsyncIterator[Waiting]:
    async with listening(**where) as callback, anyio.create_task_group() as tasks:  # type: ignore[arg-type]
        here = Waiting(callback)
        tasks.start_soon(here.wait, state)
        await anyio.wait_all_tasks_blocked()
        yield here
        tasks.cancel_scope.cancel()


async def send(uri: str, raw: bytes) -> str:
    """Send bytes to where a URI leads; the whole response."""
    parts = urlsplit(uri)
    assert parts.hostname is not None
    assert parts.port is not None
    received = b""
    async with await anyio.connect_tcp(parts.hostname, parts.port) as stream:
        await stream.send(raw)
        async for chunk in stream:
            received += chunk
    return received.decode()


async def get(uri: str, query: str = f"code=c&state={STATE}", *, method: str = "GET", host: str = "") -> str:
    parts = urlsplit(uri)
    target = f"{parts.path}?{query}" if query else parts.path
    return await send(uri, f"{method} {target} HTTP/1.1\r\nHost: {host or parts.netloc}\r\n\r\n".encode())


async def test_the_answer() -> None:
    async with waiting() as here:
        uri = here.callback.redirect_uri
        assert urlsplit(uri).hostname == "127.0.0.1"
        assert urlsplit(uri).path == "/callback"
        page = await get(uri, f"code=%3Cscript%3E&state={STATE}&iss=https%3A%2F%2Fas.example")
        await here.came.wait()
    assert page.startswith("HTTP/1.1 200 OK\r\n")
    assert "You may close this window" in page
    assert "script" not in page
    assert "as.example" not in page
    assert {"Cache-Control: no-store", "Referrer-Policy: no-referrer"} <= set(page.split("\r\n"))
    assert here.answers == [f"{uri}?code=%3Cscript%3E&state={STATE}&iss=https%3A%2F%2Fas.example"]
    assert here.refused == []


async def test_an_error_is_an_answer() -> None:
    async with waiting() as here:
        page = await get(here.callback.redirect_uri, f"error=access_denied&state={STATE}")
        await here.came.wait()
    assert "200 OK" in page
    assert "access_denied" in here.answers[0]
    assert "access_denied" not in page


async def test_a_second_answer_is_refused() -> None:
    async with waiting() as here:
        await get(here.callback.redirect_uri)
        await here.came.wait()
        assert "410 Gone" in await get(here.callback.redirect_uri, f"code=other&state={STATE}")
    assert here.refused == ["second-callback"]
    assert len(here.answers) == 1
    assert "code=c&" in here.answers[0]


@pytest.mark.parametrize(
    "query",
    ["code=c", "code=c&state=other", "code=c&state=", f"state={STATE}&state=x", "&".join(["a=b"] * 500)],
)
async def test_another_state_is_refused_and_the_waiting_goes_on(query: str) -> None:
    async with waiting() as here:
        assert "400 Bad Request" in await get(here.callback.redirect_uri, query)
        assert here.refused == ["state-mismatch"]
        assert "200 OK" in await get(here.callback.redirect_uri)
        await here.came.wait()
    assert len(here.answers) == 1


async def test_whoever_is_told_may_give_up() -> None:
    async with listening() as callback:
        here = Waiting(callback, gives_up=True)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(get, callback.redirect_uri, "code=c&state=other")
            with pytest.raises(AuthNeeded, match="No more of this"):
                await here.wait(STATE)


async def test_without_a_state_to_compare_the_flow_judges() -> None:
    async with waiting("") as here:
        await get(here.callback.redirect_uri, "code=c&state=other")
        await here.came.wait()
    assert here.refused == []


async def test_nobody_waits_yet() -> None:
    async with listening() as callback:
        assert "409 Conflict" in await get(callback.redirect_uri)


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET /favicon.ico HTTP/1.1\r\nHost: {host}\r\n\r\n", "404 Not Found"),
        (b"GET /callback/ HTTP/1.1\r\nHost: {host}\r\n\r\n", "404 Not Found"),
        (b"POST /callback?state=the-state HTTP/1.1\r\nHost: {host}\r\n\r\n", "405 Method Not Allowed"),
        (b"GET /callback?state=the-state HTTP/1.1\r\nHost: evil.example\r\n\r\n", "400 Bad Request"),
        (b"GET /callback?state=the-state HTTP/1.1\r\n\r\n", "400 Bad Request"),
        (b"GET /callback HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n", "400 Bad Request"),
        (b"GET http://x/callback HTTP/1.1\r\nHost: {host}\r\n\r\n", "400 Bad Request"),
        (b"\x16\x03\x01\x02\x00\r\n\r\n", "400 Bad Request"),
        (b"GET /" + b"a" * 30_000, "431 Request Header Fields Too Large"),
    ],
)
async def test_what_is_no_answer(raw: bytes, status: str) -> None:
    async with waiting() as here:
        uri = here.callback.redirect_uri
        page = await send(uri, raw.replace(b"{host}", urlsplit(uri).netloc.encode()))
        assert page.startswith(f"HTTP/1.1 {status}\r\n")
        assert "200 OK" in await get(uri)
        await here.came.wait()


async def test_whoever_looks_before_takes_no_answer() -> None:
    async with waiting() as here:
        head = await get(here.callback.redirect_uri, method="HEAD")
        assert head.startswith("HTTP/1.1 200 OK")
        assert head.endswith("\r\n\r\n")
        assert "200 OK" in await get(here.callback.redirect_uri)
        await here.came.wait()


async def test_a_connection_that_says_nothing_is_in_nobodys_way() -> None:
    async with waiting() as here:
        parts = urlsplit(here.callback.redirect_uri)
        assert parts.hostname is not None
        assert parts.port is not None
        async with await anyio.connect_tcp(parts.hostname, parts.port) as stream:
            await stream.send(b"GET /call")
            assert "200 OK" in await get(here.callback.redirect_uri)
        await here.came.wait()


async def test_nothing_listens_afterwards() -> None:
    async with listening() as callback:
        uri = callback.redirect_uri
    with pytest.raises(OSError, match="All connection attempts failed"):
        await get(uri)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


async def test_a_chosen_port() -> None:
    port = free_port()
    async with waiting(port=port) as here:
        assert here.callback.redirect_uri == f"http://127.0.0.1:{port}/callback"
        assert "200 OK" in await get(here.callback.redirect_uri)


async def test_a_port_that_is_taken() -> None:
    async with listening() as callback:
        port = urlsplit(callback.redirect_uri).port
        assert port is not None
        with pytest.raises(UsageError, match=f"Cannot listen on port {port} for the callback") as failure:
            async with listening(port=port):
                pass
        assert "--callback-port" in failure.value.next


async def test_an_earlier_port_is_taken_again_if_it_is_free() -> None:
    port = free_port()
    async with listening(prefer=port) as callback:
        assert urlsplit(callback.redirect_uri).port == port
        async with listening(prefer=port) as another:
            assert urlsplit(another.redirect_uri).port not in (None, port)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_a_whole_redirect_uri(host: str) -> None:
    url = f"http://{host}:{free_port()}/o/cb"
    async with waiting(url=url, port=1) as here:
        assert here.callback.redirect_uri == url
        raw = f"GET /o/cb?code=c&state={STATE} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n\r\n"
        page = await send(url.replace("localhost", "127.0.0.1"), raw.encode())
        assert "200 OK" in page
        await here.came.wait()
    assert here.answers == [f"{url}?code=c&state=the-state"]


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
async def test_localhost_is_both_addresses() -> None:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("no IPv6 on loopback")
    async with waiting(url="http://localhost/cb") as here:
        uri = here.callback.redirect_uri
        assert urlsplit(uri).hostname == "localhost"
        port = urlsplit(uri).port
        raw = f"GET /cb?code=c&state={STATE} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode()
        assert "200 OK" in await send(f"http://[::1]:{port}/cb", raw)
        await here.came.wait()


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
async def test_a_port_of_localhost_that_another_holds_on_ipv6() -> None:
    """A browser may try `::1` first, and would hand the answer to whoever listens there."""
    with socket.socket(socket.AF_INET6) as other:
        try:
            other.bind(("::1", 0))
        except OSError:
            pytest.skip("no IPv6 on loopback")
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(UsageError, match=f"Cannot listen on port {port} for the callback"):
            async with listening(f"http://localhost:{port}/cb"):
                pass


async def test_a_flood_is_refused_and_told_to_its_limit() -> None:
    async with waiting() as here:
        for _ in range(25):
            assert "400 Bad Request" in await get(here.callback.redirect_uri, "code=c&state=other")
        assert here.refused == ["state-mismatch"] * 20 + ["callback-flood"]
        assert "200 OK" in await get(here.callback.redirect_uri)
        await here.came.wait()
    assert len(here.answers) == 1


async def test_a_redirect_uri_elsewhere_is_listened_for_by_nobody() -> None:
    async with listening("https://tunnel.example/cb") as callback:
        assert callback.redirect_uri == "https://tunnel.example/cb"
        assert not callback.listens


@pytest.mark.parametrize(
    "url", ["", "x", "javascript:1", "http://[", "http://127.0.0.1:99999/", "http://x/#y"]
)
async def test_no_redirect_uri(url: str) -> None:
    with pytest.raises(UsageError, match="is no redirect URI"):
        async with listening(url):
            pass


async def test_what_the_block_raises_comes_out_as_it_is() -> None:
    with pytest.raises(AuthNeeded, match="as it is"):
        async with listening():
            raise AuthNeeded("as it is")
