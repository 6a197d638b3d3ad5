"""Broken set-ups in HTTP: redirects, who may ask, path and method, statuses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from inspector.doctor.http_rules import Rule
from inspector.transport.target import HttpTarget
from tests.doctor.http_setup import Bench, Setup, raw
from tests.servers import http_broken as broken
from tests.servers.authority import authority, server_context
from tests.servers.http_broken import JSON, fixed
from tests.servers.http_raw import Behaviour, Conn, Request

HTML = "text/html; charset=utf-8"
SITE = "<!doctype html><title>Welcome to nginx!</title><p>It works"


def _moved(status: str, location: str) -> Behaviour:
    return fixed(status, "text/html", "", f"Location: {location}")


@asynccontextmanager
async def _tls_proxy(bench: Bench) -> AsyncIterator[HttpTarget]:
    """TLS is spoken by a proxy; the application behind it redirects to http, as under uvicorn by default."""
    made = authority(bench.folder)
    context = server_context(made.write(bench.folder / "server.pem"))

    async def slash(conn: Conn, request: Request) -> None:
        host = request.headers["host"]
        await conn.respond("307 Temporary Redirect", None, b"", f"Location: http://{host}{request.path}/")

    async with broken.everywhere(slash) as server, broken.relay(server.url("mcp"), context) as port:
        yield HttpTarget(f"https://127.0.0.1:{port}/mcp", cacert=str(made.path))


def _web_site(**mcp: Behaviour) -> Any:
    """A site whose root is a page, and where MCP is at other paths."""

    @asynccontextmanager
    async def build(bench: Bench) -> AsyncIterator[HttpTarget]:
        async with broken.everywhere(fixed("404 Not Found", HTML, SITE), **mcp) as server:
            yield HttpTarget(server.url("assistant"))

    return build


async def _accept(conn: Conn, request: Request) -> None:
    """Wants more of Accept than the user leaves of it."""
    if "text/event-stream" not in request.headers.get("accept", ""):
        says = "Not Acceptable: Client must accept both application/json and text/event-stream"
        await conn.respond("406 Not Acceptable", JSON, broken.error(None, -32000, says))
        return
    await broken.Legacy()(conn, request)


ANSWER_SETUPS = (
    # redirects
    Setup(
        "redirect-in-a-circle",
        Rule.REDIRECT_LOOP,
        raw(_moved("307 Temporary Redirect", "{path}")),
        "circle",
        "/mcp",
    ),
    Setup(
        "redirect-to-login",
        Rule.REDIRECT_TO_LOGIN,
        raw(_moved("302 Found", "/login?next=/mcp")),
        "/login",
        "--header",
    ),
    Setup(
        "redirect-to-https",
        Rule.REDIRECT_TO_HTTPS,
        raw(_moved("301 Moved Permanently", "https://127.0.0.1/mcp")),
        "redirects http to https",
        "mcp-inspect https://127.0.0.1/mcp",
    ),
    Setup(
        "slash-redirect-behind-tls-proxy",
        Rule.REDIRECT_TO_HTTP,
        _tls_proxy,
        "to plain http",
        "--forwarded-allow-ips",
    ),
    Setup(
        "redirect-to-another-origin",
        Rule.REDIRECT_OTHER_ORIGIN,
        raw(_moved("301 Moved Permanently", "http://localhost:9/mcp")),
        "another origin",
        "mcp-inspect http://localhost:9/mcp",
    ),
    Setup(
        "redirect-that-makes-a-get",
        Rule.REDIRECT_METHOD,
        raw(_moved("302 Found", "/v2/mcp")),
        "into a GET",
        "/v2/mcp",
    ),
    Setup(
        "redirect-nowhere",
        Rule.REDIRECT_NOWHERE,
        raw(fixed("302 Found", "text/html", "moved")),
        "without a Location",
        "Correct",
    ),
    # access
    Setup(
        "host-refused-by-framework",
        Rule.HOST_REFUSED,
        raw(fixed("400 Bad Request", "text/plain", "Invalid host header")),
        "does not serve the host 127.0.0.1",
        "localhost",
    ),
    Setup(
        "misdirected",
        Rule.MISDIRECTED,
        raw(fixed("421 Misdirected Request", "text/plain", "Invalid Host header")),
        "421",
        "allowed hosts",
    ),
    Setup(
        "firewall",
        Rule.FIREWALL,
        raw(
            fixed(
                "403 Forbidden",
                HTML,
                "<title>Attention Required! | Cloudflare</title>",
                "CF-Mitigated: challenge",
            )
        ),
        "firewall",
        "/mcp",
    ),
    Setup(
        "forbidden",
        Rule.FORBIDDEN,
        raw(fixed("403 Forbidden", JSON, '{"message":"Missing API key"}')),
        "Missing API key",
        "--header 'Authorization: Bearer TOKEN'",
        authorization=True,
    ),
    # path and method
    Setup(
        "web-site-404",
        Rule.PATH_NOT_FOUND,
        raw(fixed("404 Not Found", HTML, SITE)),
        "404 with an HTML page",
        "doctor --paths",
    ),
    Setup(
        "json-404",
        Rule.PATH_NOT_FOUND,
        raw(fixed("404 Not Found", JSON, '{"detail":"Not Found"}')),
        "Not Found",
        "doctor --paths",
    ),
    Setup(
        "wrong-path-found",
        Rule.PATH_NOT_FOUND,
        _web_site(mcp=broken.Legacy()),
        "/mcp at the same origin speaks MCP",
        "/mcp",
        active=True,
        paths=True,
    ),
    Setup(
        "post-on-a-page",
        Rule.POST_NOT_ALLOWED,
        raw(fixed("405 Method Not Allowed", HTML, SITE, "Allow: GET, HEAD")),
        "allows GET, HEAD",
        "doctor --paths",
    ),
    Setup(
        "sse-url-as-http",
        Rule.POST_NOT_ALLOWED,
        raw(broken.endpoint_stream, "sse", transport="http"),
        "HTTP+SSE",
        "--transport sse",
    ),
    Setup(
        "sse-url-as-http-asked",
        Rule.SSE_URL,
        raw(broken.endpoint_stream, "sse", transport="http"),
        "HTTP+SSE",
        "--transport sse",
        active=True,
    ),
    Setup(
        "http-url-as-sse",
        Rule.NOT_AN_SSE_URL,
        raw(broken.Legacy(), transport="sse"),
        "no URL of the HTTP+SSE transport",
        "mcp-inspect http://127.0.0.1",
    ),
    # status
    Setup(
        "accept-refused",
        Rule.ACCEPT_REFUSED,
        raw(_accept, headers=(("Accept", "application/json"),)),
        "406",
        "--header Accept",
    ),
    Setup(
        "content-type-refused",
        Rule.CONTENT_TYPE_REFUSED,
        raw(fixed("415 Unsupported Media Type", "text/plain", "no JSON here")),
        "application/json",
        "take application/json",
    ),
    Setup(
        "body-too-large",
        Rule.BODY_TOO_LARGE,
        raw(fixed("413 Content Too Large", HTML, SITE)),
        "413",
        "client_max_body_size",
    ),
    Setup(
        "rate-limited",
        Rule.RATE_LIMITED,
        raw(fixed("429 Too Many Requests", "text/plain", "", "Retry-After: 30")),
        "try again after 30",
        "sleep 30",
    ),
    Setup(
        "gateway-502",
        Rule.GATEWAY,
        raw(fixed("502 Bad Gateway", HTML, "<title>502 Bad Gateway</title>", "Server: nginx")),
        "behind it is not",
        "upstream",
    ),
    Setup(
        "gateway-503",
        Rule.GATEWAY,
        raw(fixed("503 Service Unavailable", HTML, SITE, "Retry-After: 5")),
        "try again after 5",
        "upstream",
    ),
    Setup("gateway-504", Rule.GATEWAY, raw(fixed("504 Gateway Timeout", HTML, SITE)), "504", "upstream"),
    Setup(
        "server-error",
        Rule.SERVER_ERROR,
        raw(fixed("500 Internal Server Error", "text/plain", "Internal Server Error")),
        "500: Internal Server Error",
        "log",
    ),
    Setup(
        "bad-request",
        Rule.BAD_REQUEST,
        raw(fixed("400 Bad Request", "text/plain", "tenant is missing")),
        "tenant is missing",
        "log",
    ),
    Setup(
        "teapot",
        Rule.REFUSED_STATUS,
        raw(fixed("418 I'm a teapot", "text/plain", "short and stout")),
        "418",
        "log",
    ),
)
