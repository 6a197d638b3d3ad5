"""Broken set-ups above HTTP: what an answer carries, era and version, session, streams."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from inspector.doctor.http_rules import Rule
from inspector.session.owner import Options
from inspector.transport.target import HttpKind, HttpTarget
from tests.doctor.http_setup import SHORT, Bench, Build, Setup, raw
from tests.doctor.http_setups_answer import HTML, SITE
from tests.servers import http_broken as broken
from tests.servers.http_broken import JSON, fixed
from tests.servers.http_raw import Conn, Request
from tests.servers.http_sse import SseServer, serving_sse

LOGIN = '<!doctype html><title>Sign in to Example</title><form><input name=p type="password"></form>'


def _sse(path: str = "sse", transport: HttpKind = "sse", **behaviour: Any) -> Build:
    """A server of the HTTP+SSE transport."""

    @asynccontextmanager
    async def build(bench: Bench) -> AsyncIterator[HttpTarget]:
        async with serving_sse(SseServer(**behaviour)) as server:
            yield HttpTarget(server.url(path), transport=transport)

    return build


async def _cut_json(conn: Conn, request: Request) -> None:
    body = broken.met(request)
    await conn.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    await conn.write(body[:40])
    conn.hang_up()


async def _stream_cut(conn: Conn, request: Request) -> None:
    await conn.stream()
    await conn.chunk(b": working on it\n\n")
    await conn.end()


async def _gzip_lie(conn: Conn, request: Request) -> None:
    await conn.respond("200 OK", JSON, broken.met(request), "Content-Encoding: gzip")


async def _old_version(conn: Conn, request: Request) -> None:
    """Answers the handshake with a version of its own."""
    await conn.respond("200 OK", JSON, broken.met(request, version="1999-12-31"))


async def _modern_only(conn: Conn, request: Request) -> None:
    if request.id is not None and json.loads(request.body)["method"] != "server/discover":
        says = broken.error(request.id, -32022, "Unsupported protocol version", supported=["2026-07-28"])
        await conn.respond("400 Bad Request", JSON, says)
        return
    await conn.respond("200 OK", JSON, request.answer(supportedVersions=["2026-07-28"], capabilities={}))


CONTENT_SETUPS = (
    # content
    Setup(
        "web-site", Rule.WEB_PAGE, raw(fixed("200 OK", HTML, SITE), ""), "Welcome to nginx!", "doctor --paths"
    ),
    Setup("login-page", Rule.LOGIN_PAGE, raw(fixed("200 OK", HTML, LOGIN)), "Sign in to Example", "Exempt"),
    Setup(
        "another-api",
        Rule.NOT_JSON_RPC,
        raw(fixed("200 OK", JSON, '{"status":"ok","uptime":3}')),
        "status, uptime",
        "doctor --paths",
    ),
    Setup(
        "plain-text",
        Rule.NOT_MCP_CONTENT,
        raw(fixed("200 OK", "text/plain", "hello")),
        "text/plain",
        "doctor --paths",
    ),
    Setup("empty-200", Rule.EMPTY_ANSWER, raw(fixed("200 OK", JSON)), "empty body", "doctor --paths"),
    Setup("accepted-for-a-request", Rule.EMPTY_ANSWER, raw(fixed("202 Accepted")), "202", "doctor --paths"),
    Setup("json-cut-off", Rule.BROKEN_BODY, raw(_cut_json), "breaks off", "log"),
    Setup("gzip-that-is-none", Rule.BROKEN_ENCODING, raw(_gzip_lie), "gzip", "identity"),
    # era
    Setup(
        "json-rpc-but-no-mcp",
        Rule.NOT_MCP,
        raw(broken.refusing("200 OK", -32601, "Method not found")),
        "not an MCP server",
        "--paths",
    ),
    Setup("version-of-another-age", Rule.NO_COMMON_VERSION, raw(_old_version), "1999-12-31", "mcp-inspect"),
    Setup(
        "initialize-refused",
        Rule.INITIALIZE_REFUSED,
        raw(broken.refusing("200 OK", -32603, "database is down")),
        "database is down",
        "--protocol",
    ),
    Setup(
        "modern-only-forced-to-legacy",
        Rule.VERSION_FORCED,
        raw(_modern_only),
        "speaks 2026-07-28",
        "mcp-inspect http",
        Options(protocol="2025-11-25", timeout=5),
    ),
    Setup(
        "legacy-only-forced-to-modern",
        Rule.VERSION_FORCED,
        raw(broken.Legacy(session="s-1")),
        "does not speak 2026-07-28",
        "mcp-inspect http",
        Options(protocol="2026-07-28", timeout=5),
    ),
    # session and stream
    Setup(
        "session-on-initialize",
        Rule.SESSION_REQUIRED,
        raw(broken.refusing("400 Bad Request", -32000, "Bad Request: No valid session ID provided")),
        "wants a session id",
        "proxy",
    ),
    Setup(
        "balancer-without-stickiness",
        Rule.SESSION_UNKNOWN,
        raw(broken.Legacy(session="s-1", knows=lambda given: False)),
        "several instances",
        "balancer",
    ),
    Setup(
        "stream-held-back",
        Rule.STREAM_SILENT,
        raw(broken.silent_stream),
        "nothing comes in it",
        "X-Accel-Buffering",
        SHORT,
    ),
    Setup("stream-without-answer", Rule.CONNECTION_LOST, raw(_stream_cut), "ends before the answer", "log"),
    Setup(
        "sse-endpoint-at-another-origin",
        Rule.SSE_ENDPOINT,
        _sse(endpoint=b"http://other.example.test/messages"),
        "names another origin",
        "Let the server name",
    ),
    Setup(
        "sse-endpoint-found-by-falling-back",
        Rule.SSE_ENDPOINT,
        _sse(transport="auto", endpoint=b"http://other.example.test/messages"),
        "names another origin",
        "Let the server name",
    ),
    Setup(
        "sse-endpoint-without-the-prefix",
        Rule.SSE_ENDPOINT,
        _sse(endpoint=b"/v1/messages?session_id=7"),
        "/v1/messages",
        "Let the server name",
    ),
    Setup(
        "sse-endpoint-never-named",
        Rule.STREAM_SILENT,
        _sse(endpoint=None),
        "nothing comes in it",
        "X-Accel-Buffering",
        SHORT,
    ),
    Setup(
        "sse-answers-never",
        Rule.STREAM_SILENT,
        _sse(silent_on="initialize"),
        "takes initialize",
        "X-Accel-Buffering",
        SHORT,
    ),
    Setup(
        "sse-stream-ends",
        Rule.CONNECTION_LOST,
        _sse(ends_on="initialize"),
        "ends before the answer",
        "log",
        SHORT,
    ),
    Setup(
        "version-of-the-future",
        Rule.NO_COMMON_VERSION,
        raw(
            broken.refusing(
                "400 Bad Request", -32022, "Unsupported protocol version", supported=["2031-01-01"]
            )
        ),
        "speaks 2031-01-01",
        "pip install -U mcp-inspect",
    ),
)
