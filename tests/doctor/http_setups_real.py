"""Broken set-ups of real servers, `mcp` and `fastmcp`, and of servers that go away."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastmcp import FastMCP
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings

from inspector.doctor import http
from inspector.doctor.http_rules import Rule
from inspector.doctor.report import Report
from inspector.errors import ConnectionFailed
from inspector.journal.journal import Journal
from inspector.session.owner import Options, open_session
from inspector.transport.target import HttpTarget
from tests.doctor.http_setup import Bench, Build, Setup, raw
from tests.servers import http_broken as broken
from tests.servers.hosting import App, hosting
from tests.servers.http_broken import fixed
from tests.servers.http_raw import Conn, Request


def mcp_app(**settings: Any) -> App:
    """A server of the `mcp` SDK with one tool."""
    server = MCPServer("mcp-test", log_level="CRITICAL")

    @server.tool()
    def echo(text: str) -> str:
        """Say the text again."""
        return text

    return server.streamable_http_app(**settings)


def mcp_sse_app() -> App:
    return MCPServer("mcp-test", log_level="CRITICAL").sse_app()


def fastmcp_app(**settings: Any) -> App:
    server: FastMCP[Any] = FastMCP("fastmcp-test")
    return server.http_app(path="/mcp", **settings)


def _app(make: Callable[[], App], path: str = "/mcp", host: str = "127.0.0.1", **target: Any) -> Build:
    @asynccontextmanager
    async def build(bench: Bench) -> AsyncIterator[HttpTarget]:
        with hosting(make()) as where:
            yield HttpTarget(f"{where.url.replace('127.0.0.1', host)}{path}", **target)

    return build


def _for_host(*hosts: str) -> TransportSecuritySettings:
    return TransportSecuritySettings(allowed_hosts=[*hosts], allowed_origins=[])


@asynccontextmanager
async def _own_server(bench: Bench) -> AsyncIterator[HttpTarget]:
    yield HttpTarget("http://localhost/mcp")  # not used: `then` starts a server and stops it


async def _restarted(bench: Bench, target: HttpTarget, journal: Journal, options: Options) -> Report:
    """Connect, let the server be replaced by one that knows nothing, and call."""
    sessions = iter(["s-1", "s-2"])
    alive = {"id": next(sessions)}

    async def serve(conn: Conn, request: Request) -> None:
        await broken.Legacy(session=alive["id"])(conn, request)

    async with broken.everywhere(serve) as server:
        target = HttpTarget(server.url("mcp"))
        async with open_session(target, journal, options) as session:
            await session.call("ping")
            alive["id"] = next(sessions)
            await session.call("ping")
            return http.examine(journal, target, ConnectionFailed("the call got 404"))


async def _died(bench: Bench, target: HttpTarget, journal: Journal, options: Options) -> Report:
    """Connect, stop the server, and call."""
    async with broken.everywhere(broken.Legacy()) as server:
        target = HttpTarget(server.url("mcp"))
        session_over = open_session(target, journal, options)
        session = await session_over.__aenter__()
        await session.call("ping")
    await session.call("ping")
    await session_over.__aexit__(None, None, None)
    return http.examine(journal, target, ConnectionFailed("the connection was lost"))


@asynccontextmanager
async def _redirect_with_token(bench: Bench) -> AsyncIterator[HttpTarget]:
    """A stream that is elsewhere, where a token is wanted, and no token may follow."""
    async with broken.everywhere(fixed("401 Unauthorized", None, "", "WWW-Authenticate: Bearer")) as behind:
        onward = behind.url("sse").replace("127.0.0.1", "localhost")
        async with broken.everywhere(
            fixed("307 Temporary Redirect", None, "", f"Location: {onward}")
        ) as server:
            headers = (("Authorization", "Bearer nonsense"),)
            yield HttpTarget(server.url("sse"), headers=headers, transport="sse")


REAL_SETUPS: Sequence[Setup] = (
    Setup(
        "mcp-at-another-path",
        Rule.PATH_NOT_FOUND,
        _app(mcp_app, "/assistant"),
        "/mcp at the same origin",
        "/mcp",
        active=True,
        paths=True,
    ),
    Setup("mcp-at-another-path-not-asked", Rule.PATH_NOT_FOUND, _app(mcp_app, "/"), "404", "doctor --paths"),
    Setup(
        "fastmcp-at-another-path",
        Rule.PATH_NOT_FOUND,
        _app(fastmcp_app, "/sse"),
        "/mcp at the same origin",
        "/mcp",
        active=True,
        paths=True,
    ),
    Setup(
        "mcp-for-another-host",
        Rule.MISDIRECTED,
        _app(lambda: mcp_app(transport_security=_for_host("mcp.example.test"))),
        "does not serve the host 127.0.0.1",
        "allowed hosts",
    ),
    Setup(
        "mcp-with-foreign-origin",
        Rule.ORIGIN_REFUSED,
        _app(mcp_app, headers=(("Origin", "https://evil.example.test"),)),
        "https://evil.example.test",
        "--header Origin",
    ),
    Setup(
        "fastmcp-for-another-host",
        Rule.MISDIRECTED,
        _app(lambda: fastmcp_app(host_origin_protection=True), host="mcp.localhost"),
        "mcp.localhost",
        "allowed hosts",
    ),
    Setup(
        "mcp-with-half-an-accept",
        Rule.ACCEPT_REFUSED,
        _app(mcp_app, headers=(("Accept", "text/html"),)),
        "text/html",
        "--header Accept",
        Options(protocol="2025-11-25", timeout=5),
    ),
    Setup(
        "mcp-with-another-content-type",
        Rule.CONTENT_TYPE_REFUSED,
        _app(mcp_app, headers=(("Content-Type", "text/plain"),)),
        "text/plain",
        "--header Content-Type",
    ),
    Setup(
        "mcp-sse-as-http",
        Rule.SSE_URL,
        _app(mcp_sse_app, "/sse", transport="http"),
        "HTTP+SSE",
        "--transport sse",
        active=True,
    ),
    Setup(
        "mcp-http-as-sse",
        Rule.NOT_AN_SSE_URL,
        _app(mcp_app, transport="sse"),
        "no URL of the HTTP+SSE",
        "mcp-inspect http",
    ),
    Setup(
        "server-restarted",
        Rule.SESSION_ENDED,
        _own_server,
        "restarted",
        "mcp-inspect http",
        Options(protocol="2025-11-25", timeout=5),
        then=_restarted,
    ),
    Setup(
        "server-died",
        Rule.CONNECTION_LOST,
        _own_server,
        "worked, and was lost",
        "",
        Options(protocol="2025-11-25", timeout=5),
        then=_died,
    ),
    Setup(
        "redirect-to-the-cloud",
        Rule.REDIRECT_ADDRESS_REFUSED,
        raw(
            fixed("307 Temporary Redirect", None, "", "Location: http://169.254.169.254/latest/"),
            "sse",
            transport="sse",
        ),
        "must not send us to",
        "Location",
    ),
    Setup(
        "redirect-without-the-token",
        Rule.REDIRECT_DROPPED_CREDENTIALS,
        _redirect_with_token,
        "left out the credentials",
        "mcp-inspect http://localhost",
        authorization=True,
    ),
)
