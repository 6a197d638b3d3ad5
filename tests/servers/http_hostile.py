"""Behaviours of HTTP servers, good and hostile: each path is one.

`Hostile.requests` is what came in, in order.
"""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from tests.servers.http_raw import Behaviour, Conn, Hostile, Request, serving

__all__ = ["HTML", "JSON", "NOTE", "Conn", "Hostile", "Request", "hostile"]

_BEHAVIOURS: dict[str, Behaviour] = {}


def _at(path: str) -> Callable[[Behaviour], Behaviour]:
    def register(behaviour: Behaviour) -> Behaviour:
        _BEHAVIOURS[path] = behaviour
        return behaviour

    return register


def _event(data: bytes, *fields: bytes) -> bytes:
    return b"".join(line + b"\n" for line in (*fields, b"data: " + data)) + b"\n"


NOTE = b'{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"x"}}'
HTML = b"<!doctype html><title>Oops</title>"
JSON = "application/json"


def _fixed(path: str, status: str, content_type: str | None, body: bytes = b"", *more: str) -> None:
    """A path that always gives the same answer."""

    @_at(path)
    async def behaviour(conn: Conn, request: Request) -> None:
        await conn.respond(status, content_type, body, *more)


def _answering(path: str, status: str, content_type: str | None, *more: str) -> None:
    """A path that answers the request rightly, in an odd envelope."""

    @_at(path)
    async def behaviour(conn: Conn, request: Request) -> None:
        await conn.respond(status, content_type, request.answer(ok=True), *more)


_answering("json", "200 OK", JSON)
_answering("html-label", "200 OK", "text/html; charset=utf-8")
_answering("no-label", "200 OK", None)
_answering("sse-label", "200 OK", "text/event-stream")
_answering("accepted-with-answer", "202 Accepted", JSON)
_answering("result-at-400", "400 Bad Request", JSON)
_answering("session", "200 OK", JSON, "Mcp-Session-Id: s-1", "Set-Cookie: sticky=node-7; Path=/")
_answering("odd-cookie", "200 OK", JSON, "Set-Cookie: odd=caf\u00e9; Path=/", "Set-Cookie: plain=1; Path=/")
_answering("odd-headers", "200 OK", JSON, "X-Twice: 1", "x-TWICE: 2", "X-Raw: caf\u00e9")
_fixed("accepted", "202 Accepted", None)
_fixed("accepted-with-text", "202 Accepted", "text/plain", b"queued")
_fixed("no-content", "204 No Content", None)
_fixed("empty", "200 OK", JSON)
_fixed("found", "302 Found", "text/html", HTML, "Location: /json")
_fixed("moved-here", "307 Temporary Redirect", None, b"", "Location: /json")
_fixed("moved-round", "307 Temporary Redirect", None, b"", "Location: /moved-round")
_fixed("moved-away", "308 Permanent Redirect", None, b"", "Location: http://localhost:1/mcp")
_fixed("moved-to-no-name", "307 Temporary Redirect", None, b"", "Location: http://xn--/")
_fixed("moved-to-no-ip", "307 Temporary Redirect", None, b"", "Location: :http://https:.%zz[")
_fixed("moved-nowhere", "307 Temporary Redirect", None, b"", "Location: http://[::1/")
_fixed(
    "unauthorized",
    "401 Unauthorized",
    JSON,
    b'{"error":"invalid_token","error_description":"expired"}',
    'WWW-Authenticate: Bearer resource_metadata="http://127.0.0.1/.well-known/oauth-protected-resource"',
)
_fixed("forbidden", "403 Forbidden", "text/plain", b"no")
_fixed("not-found", "404 Not Found", "text/plain", b"nothing here", "Mcp-Session-Id: s-0")
_fixed("unknown-method", "404 Not Found", JSON, b'{"jsonrpc":"2.0","error":{"code":-32601,"message":"no"}}')
_fixed("html-500", "500 Internal Server Error", "text/html", HTML)
_fixed("not-json", "200 OK", JSON, b'{"jsonrpc":"2.0","id":')
_fixed("html-200", "200 OK", "text/html", HTML)
_fixed("wrong-id", "200 OK", JSON, b'{"jsonrpc":"2.0","id":"nobody","result":{}}')


@_at("sse")
async def _sse(conn: Conn, request: Request) -> None:
    await conn.stream()
    await conn.chunk(_event(NOTE, b"event: message"))
    await conn.chunk(_event(request.answer(ok=True), b"event: message"))
    await conn.end()


@_at("sse-mislabelled")
async def _sse_mislabelled(conn: Conn, request: Request) -> None:
    await conn.stream(content_type="text/html")
    await conn.chunk(b"da")
    await conn.chunk(b"ta: " + request.answer(ok=True) + b"\n\n")
    await conn.end()


@_at("bad-event")
async def _bad_event(conn: Conn, request: Request) -> None:
    await conn.stream()
    await conn.chunk(_event(NOTE) + _event(b"{not json") + _event(b"42") + _event(request.answer(ok=True)))
    await conn.end()


@_at("odd-fields")
async def _odd_fields(conn: Conn, request: Request) -> None:
    await conn.stream()
    await conn.chunk(b": ping\n\ncolour: red\nretry: soon\nid: 7\nretry: 20\nevent: message\n")
    await conn.chunk(b"data: " + request.answer(ok=True) + b"\n\nid: 8\ndata:\n\nevent: ping\ndata: {}\n\n")
    await conn.end()


@_at("no-blank-line")
async def _no_blank_line(conn: Conn, request: Request) -> None:
    await conn.stream()
    await conn.chunk(b"id: 3\ndata: " + request.answer(ok=True) + b"\n")
    await conn.end()


@_at("ends-early")
async def _ends_early(conn: Conn, request: Request) -> None:
    await conn.stream()
    await conn.chunk(_event(NOTE))
    await conn.end()


@_at("breaks-off")
async def _breaks_off(conn: Conn, request: Request) -> None:
    await conn.stream()
    await conn.chunk(_event(NOTE) + b"data: {")
    conn.hang_up()


@_at("short-body")
async def _short_body(conn: Conn, request: Request) -> None:
    await conn.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n")
    await conn.write(request.answer(ok=True))
    conn.hang_up()


@_at("reset-in-body")
async def _reset_in_body(conn: Conn, request: Request) -> None:
    await conn.stream()
    await conn.chunk(_event(NOTE))
    await asyncio.wait_for(conn.server.gone.wait(), 10)  # the test says when it has seen the event
    conn.reset()


@_at("reset")
async def _reset(conn: Conn, request: Request) -> None:
    conn.reset()


@_at("hang-up")
async def _hang_up(conn: Conn, request: Request) -> None:
    conn.hang_up()


@_at("bad-request")
async def _bad_request(conn: Conn, request: Request) -> None:
    await conn.respond("400 Bad Request", None)
    conn.hang_up()


@_at("not-http")
async def _not_http(conn: Conn, request: Request) -> None:
    await conn.write(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")
    conn.hang_up()


@_at("crumbs")
async def _crumbs(conn: Conn, request: Request) -> None:
    """An event stream, one byte a chunk."""
    await conn.stream()
    for byte in _event(NOTE, b"id: 1") + b": \xc3\xa9\r\n" + _event(request.answer(text="\u00e9")):
        await conn.chunk(bytes([byte]))
    await conn.end()


@_at("gzip")
async def _gzip(conn: Conn, request: Request) -> None:
    await conn.respond("200 OK", JSON, gzip.compress(request.answer(ok=True)), "Content-Encoding: gzip")


@_at("bad-gzip")
async def _bad_gzip(conn: Conn, request: Request) -> None:
    await conn.respond("200 OK", JSON, b"not compressed at all", "Content-Encoding: gzip")


@_at("large")
async def _large(conn: Conn, request: Request) -> None:
    await conn.respond("200 OK", JSON, request.answer(text="x" * 20_000_000))


@_at("large-event")
async def _large_event(conn: Conn, request: Request) -> None:
    await conn.stream()
    await conn.chunk(_event(request.answer(text="x" * 20_000_000)))
    await conn.end()


@_at("burst")
async def _burst(conn: Conn, request: Request) -> None:
    await conn.stream()
    for _ in range(100):
        await conn.chunk(_event(NOTE) * 20)
    await conn.chunk(_event(request.answer(ok=True)))
    await conn.end()


@_at("open")
async def _open(conn: Conn, request: Request) -> None:
    """A stream that says one thing and stays open; a notification is accepted, and so is DELETE."""
    if request.method == "DELETE" or (request.body and request.id is None):
        await conn.respond("202 Accepted", None)
        return
    await conn.stream("Mcp-Session-Id: s-2")
    await conn.chunk(_event(NOTE))
    await conn.until_gone()


@_at("silent")
async def _silent(conn: Conn, request: Request) -> None:
    await conn.until_gone()


@_at("resumes")
async def _resumes(conn: Conn, request: Request) -> None:
    """Primes, hangs up, and answers on the second GET."""
    last = request.headers.get("last-event-id")
    if request.method == "POST":
        await conn.stream()
        await conn.chunk(b"id: a-1\nretry: 1\ndata:\n\n")
        await conn.end()
    elif last == "a-1":
        await conn.stream()
        await conn.chunk(_event(NOTE, b"id: a-2"))
        conn.hang_up()
    else:
        assert last == "a-2"
        asked = next(found for found in conn.server.requests if found.method == "POST")
        await conn.stream()
        await conn.chunk(_event(asked.answer(ok=True), b"id: a-3"))
        await conn.until_gone()  # as mcp 2.3.0 does


@_at("resumes-not")
async def _resumes_not(conn: Conn, request: Request) -> None:
    if request.method == "POST":
        await _resumes(conn, request)
    else:
        await conn.respond("405 Method Not Allowed", None)


@_at("resumes-nothing")
async def _resumes_nothing(conn: Conn, request: Request) -> None:
    if request.method == "POST":
        await _resumes(conn, request)
    else:
        await conn.stream()
        await conn.end()


@_at("resumes-slowly")
async def _resumes_slowly(conn: Conn, request: Request) -> None:
    await conn.stream()
    await conn.chunk(b"id: a-1\nretry: 60000\ndata:\n\n")
    await conn.end()


@_at("no-stream")
async def _no_stream(conn: Conn, request: Request) -> None:
    if request.method == "POST":
        await conn.respond("200 OK", JSON, request.answer(ok=True))
    else:
        await conn.respond("405 Method Not Allowed", None, b"", "Allow: POST")


@_at("listens-in-vain")
async def _listens_in_vain(conn: Conn, request: Request) -> None:
    """A GET stream that always ends at once, having said once how soon to come back."""
    first = len(conn.server.requests) == 1
    await conn.stream()
    await conn.chunk(b"retry: 1\n\n" if first else b"\n")
    await conn.end()


@_at("listens")
async def _listens(conn: Conn, request: Request) -> None:
    """A GET stream that ends after each message; POST and DELETE as they should be."""
    if request.method == "POST":
        await conn.respond("200 OK", JSON, request.answer(ok=True), "Mcp-Session-Id: s-3")
    elif request.method == "DELETE":
        await conn.respond("204 No Content", None)
    else:
        gets = sum(found.method == "GET" for found in conn.server.requests)
        await conn.stream()
        if gets <= 3:
            await conn.chunk(_event(NOTE, b"id: g-%d" % gets, b"retry: 1"))
            await conn.end()
        else:
            await conn.until_gone()


@_at("ends-session")
async def _ends_session(conn: Conn, request: Request) -> None:
    if "mcp-session-id" in request.headers:
        await conn.respond(
            "404 Not Found", JSON, b'{"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"gone"}}'
        )
    else:
        await conn.respond("200 OK", JSON, request.answer(ok=True), "Mcp-Session-Id: s-4")


@_at("deaf")
async def _deaf(conn: Conn, request: Request) -> None:
    """Never says that it took a notification."""
    if request.id is None:
        await conn.until_gone()
    else:
        await conn.respond("200 OK", JSON, request.answer(ok=True))


@_at("late-to-hear")
async def _late_to_hear(conn: Conn, request: Request) -> None:
    """Takes its time over a notification, so that a hasty client's next request would come first."""
    if request.id is None:
        await asyncio.sleep(0.05)
        conn.server.requests.append(Request("HEARD", request.path, {}, b""))
        await conn.respond("202 Accepted", None)
    else:
        await conn.respond("200 OK", JSON, request.answer(ok=True))


def hostile(tls: ssl.SSLContext | None = None) -> AbstractAsyncContextManager[Hostile]:
    """The server with all these paths, on a port of its own, until the block ends."""
    return serving(_BEHAVIOURS, tls)
