"""A real nginx in front of real servers: what it does to a connection, and what the journal then says.

It buffers, rewrites paths, redirects, cuts off and times out, as proxies in the field do by accident.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import pytest

from inspector.journal.journal import Journal
from inspector.session.outcome import Replied
from inspector.session.owner import Options, Session, open_session
from inspector.transport.target import HttpTarget
from inspector.wire.event import Event, Kind
from tests.servers.authority import authority
from tests.transport.http_talk import Talk, served, talking

pytestmark = pytest.mark.timeout(300)

# To a server it speaks HTTP/1.0 as it comes, without chunks, and that is where buffering holds a stream back.
_CONFIG = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        listen 127.0.0.1:{tls_port} ssl;
        ssl_certificate {folder}/server.pem;
        ssl_certificate_key {folder}/server.pem;

        location /good/ {{ proxy_pass {mcp}/; proxy_buffering off; }}
        location /fast/ {{ proxy_pass {fast}/; proxy_buffering off; }}
        location /buffered/ {{ proxy_pass {mcp}/; proxy_ignore_headers X-Accel-Buffering; }}
        location /fast-buffered/ {{ proxy_pass {fast}/; proxy_ignore_headers X-Accel-Buffering; }}
        location /default/ {{ proxy_pass {mcp}/; }}
        location /impatient/ {{ proxy_pass {mcp}/; proxy_buffering off; proxy_read_timeout 1s; }}
        location /narrow/ {{ proxy_pass {mcp}/; client_max_body_size 16; }}
        location /dead/ {{ proxy_pass http://127.0.0.1:{dead_port}/; }}
        location /stuck/ {{ proxy_pass http://127.0.0.1:{stuck_port}/; proxy_read_timeout 1s; }}
        location /slash/ {{ proxy_pass {mcp}/mcp; }}

        location = /301 {{ return 301 /good/mcp; }}
        location = /302 {{ return 302 /good/mcp; }}
        location = /307 {{ return 307 /good/mcp; }}
        location = /308 {{ return 308 /good/mcp; }}
        location = /to-https {{ return 308 https://127.0.0.1:{tls_port}/good/mcp; }}
        location = /away {{ return 307 http://localhost:{port}/good/mcp; }}
    }}
}}
"""


@dataclass(frozen=True)
class Front:
    """nginx in front of two servers.

    Attributes:
        url: Its origin.
        secure: The same over TLS.
        cacert: The authority that signed its certificate.
    """

    url: str
    secure: str
    cacert: Path


@pytest.fixture(scope="module")
def front(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    if not request.config.getoption("--run-interop"):
        pytest.skip("needs nginx: run with --run-interop, or `make interop`")
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")
    if program is None:
        pytest.skip("nginx is not on PATH: install it, e.g. `apt-get install nginx-light`")
    folder = tmp_path_factory.mktemp("nginx")
    ca = authority(folder)
    ca.write(folder / "server.pem")
    with (
        served("mcp2_server.py") as mcp,
        served("fastmcp_server.py") as fast,
        socket.create_server(("127.0.0.1", 0)) as stuck,
    ):
        port, tls_port, dead_port = _free_ports(3)
        config = folder / "nginx.conf"
        config.write_text(
            _CONFIG.format(
                folder=folder,
                port=port,
                tls_port=tls_port,
                dead_port=dead_port,
                stuck_port=stuck.getsockname()[1],
                mcp=mcp.removesuffix("/mcp"),
                fast=fast.removesuffix("/mcp").removesuffix("/mcp/"),
            )
        )
        with _running([program, "-e", "stderr", "-p", str(folder), "-c", str(config)], port):
            yield Front(f"http://127.0.0.1:{port}", f"https://127.0.0.1:{tls_port}", ca.path)


@pytest.fixture
def path(front: Front) -> Any:
    """The URL of a path."""
    return lambda path: f"{front.url}{path}"


def _free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


class _running:
    """nginx, until the block ends."""

    def __init__(self, argv: list[str], port: int) -> None:
        self._port = port
        self._process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )

    def __enter__(self) -> None:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
                return
            except OSError:
                if self._process.poll() is not None:
                    _, said = self._process.communicate()
                    pytest.fail(f"nginx ended at its start: {said.decode()}")
        pytest.fail("nginx does not listen")

    def __exit__(self, *exc: object) -> None:
        self._process.terminate()
        self._process.communicate(timeout=20)


@asynccontextmanager
async def session_at(url: str, **target: Any) -> AsyncIterator[Session]:
    journal = Journal.create(None)
    try:
        async with open_session(HttpTarget(url, **target), journal, Options(timeout=30)) as session:
            yield session
    finally:
        journal.close()


def events(session: Session, kind: Kind, what: str) -> list[Event]:
    journal = session.journal
    found = [journal.event(seq) for seq in range(len(journal)) if journal.kind(seq) is kind]
    return [event for event in found if event.what == what]


async def slowly(session: Session, *, n: int = 4, wait: float = 0.5) -> tuple[Any, Event]:
    """Call the slow tool; returns its outcome and the end of its exchange."""
    seen: list[Any] = []
    params = {"name": "slow", "arguments": {"n": n, "wait": wait}}
    outcome = await session.call("tools/call", params, on_progress=seen.append)
    if isinstance(outcome, Replied):
        assert len(seen) == n
        exchange = outcome.event.exchange
    else:
        exchange = outcome.exchange  # type: ignore[union-attr]
    with anyio.fail_after(10):
        while not (ends := [end for end in events(session, Kind.HTTP, "end") if end.exchange == exchange]):
            await anyio.lowlevel.checkpoint()
    return outcome, ends[0]


# Buffering


@pytest.mark.parametrize("at", ["/buffered/mcp", "/fast-buffered/mcp"])
async def test_a_stream_that_nginx_buffers_is_found(path: Any, at: str) -> None:
    async with session_at(path(at)) as session:
        outcome, end = await slowly(session)
        assert isinstance(outcome, Replied)
        assert end.data["buffered"] is True
        assert 1.5 < end.data["held"] < 20
        (warning,) = [
            event for event in events(session, Kind.CLIENT, "warning") if "buffered" in event.data["says"]
        ]
        assert "server: nginx/" in warning.data["says"]
        assert warning.data["exchange"] == end.exchange


@pytest.mark.parametrize("at", ["/good/mcp", "/fast/mcp"])
async def test_a_stream_that_flows_is_not_accused(path: Any, at: str) -> None:
    async with session_at(path(at)) as session:
        _, end = await slowly(session)
        assert "buffered" not in end.data
        _, quick = await slowly(session, n=5, wait=0)
        assert "buffered" not in quick.data
        assert not any("buffered" in event.data["says"] for event in events(session, Kind.CLIENT, "warning"))


async def test_a_quick_call_through_a_buffer_is_not_accused(path: Any) -> None:
    async with session_at(path("/buffered/mcp")) as session:
        _, end = await slowly(session, n=5, wait=0)
        assert "buffered" not in end.data


async def test_what_the_server_says_of_buffering_is_heeded_by_nginx(path: Any) -> None:
    """With nginx as it comes, it is the header of the server that decides; either way we agree with it."""
    async with session_at(path("/default/mcp")) as session:
        _, end = await slowly(session)
        headers = [
            {name.lower(): value for name, value in response.data["headers"]}
            for response in events(session, Kind.HTTP, "response")
            if response.exchange == end.exchange
        ]
        # nginx keeps X-Accel-Buffering for itself: what came tells nothing about what the server sent.
        assert "x-accel-buffering" not in headers[-1]
        assert end.data["status"] == 200


# Redirects


@pytest.mark.parametrize("status", [307, 308])
async def test_a_redirect_is_followed_and_every_hop_shown(path: Any, status: int) -> None:
    async with session_at(path(f"/{status}")) as session:
        assert isinstance(await session.call("tools/list"), Replied)
        requests = events(session, Kind.HTTP, "request")
        last = [event for event in requests if event.exchange == requests[-1].exchange]
        assert [event.data["url"] for event in last] == [path(f"/{status}"), path("/good/mcp")]
        assert [event.data.get("why") for event in last] == [None, "redirect"]


async def ended(talk: Talk) -> Event:
    return (await talk.asked())[-1]


@pytest.mark.parametrize("status", [301, 302])
async def test_a_redirect_that_would_change_the_method(path: Any, status: int) -> None:
    async with talking(path(f"/{status}")) as talk:
        end = await ended(talk)
        assert (end.data["status"], end.data["cause"]) == (status, "redirect-method")
        assert end.data["redirect"] == path("/good/mcp")


async def test_the_slash_that_nginx_adds(path: Any) -> None:
    async with talking(path("/slash")) as talk:
        end = await ended(talk)
        assert (end.data["status"], end.data["redirect"]) == (301, path("/slash/"))
        assert "only the slash at the end is missing" in end.data["error"]


async def test_http_to_https(front: Front, path: Any) -> None:
    async with talking(path("/to-https"), headers=(("X-Api-Key", "k"),)) as talk:
        end = await ended(talk)
        assert (end.data["status"], end.data["cause"]) == (308, "redirect-https")
        assert end.data["redirect"] == f"{front.secure}/good/mcp"
        assert "wants https" in end.data["error"]
    async with session_at(f"{front.secure}/good/mcp", cacert=str(front.cacert)) as session:
        responses = events(session, Kind.HTTP, "response")
        assert responses[0].data["tls"]["version"].startswith("TLSv1.")
        assert {"connect", "tls"} <= responses[0].data["phases"].keys()


async def test_another_origin(front: Front, path: Any) -> None:
    async with talking(path("/away")) as talk:
        end = await ended(talk)
        assert (end.data["status"], end.data["cause"]) == (307, "redirect-origin")


async def test_plain_http_to_the_tls_port(front: Front) -> None:
    async with talking(front.secure.replace("https:", "http:") + "/good/mcp") as talk:
        assert (await ended(talk)).data["status"] == 400
        assert b"plain HTTP request was sent to HTTPS port" in talk.told_by(Kind.HTTP, "body")[0].body


# What it answers by itself


@pytest.mark.parametrize(("at", "status"), [("/dead/mcp", 502), ("/narrow/mcp", 413), ("/stuck/mcp", 504)])
async def test_nginx_answers_itself(path: Any, at: str, status: int) -> None:
    async with talking(path(at)) as talk:
        end = await ended(talk)
        assert (end.data["status"], end.data["outcome"]) == (status, "complete")
        (page,) = talk.told_by(Kind.HTTP, "body")
        assert b"nginx" in page.body
        headers = {name.lower(): value for name, value in talk.http("response")[0]["headers"]}
        assert headers["server"].startswith("nginx/")


async def test_a_stream_that_nginx_gives_up(path: Any) -> None:
    async with session_at(path("/impatient/mcp")) as session:
        _, end = await slowly(session, n=1, wait=5)
        assert (end.data["outcome"], end.data["stage"], end.data["status"]) == ("closed-early", "read", 200)


async def test_a_path_that_is_not_rewritten_rightly(path: Any) -> None:
    async with talking(path("/good/nothing")) as talk:
        assert (await ended(talk)).data["status"] == 404
