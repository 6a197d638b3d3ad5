"""Servers and things in between that break a connection in one way each, for the tests of the doctor.

Raw ones answer every path alike. What a good server would say is in `Legacy`, so that a fault can be put
into an otherwise healthy conversation.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.servers.http_raw import Behaviour, Conn, Hostile, Request, serving

JSON = "application/json"


class _Everywhere(dict[str, Behaviour]):
    """One behaviour at every path that has none of its own."""

    def __init__(self, behaviour: Behaviour, paths: dict[str, Behaviour]) -> None:
        super().__init__(paths)
        self._behaviour = behaviour

    def __missing__(self, path: str) -> Behaviour:
        return self._behaviour

    def get(self, path: str, default: Any = None) -> Behaviour:
        return self[path]


def everywhere(
    behaviour: Behaviour, tls: ssl.SSLContext | None = None, **paths: Behaviour
) -> AbstractAsyncContextManager[Hostile]:
    """A server that behaves so at every path, and otherwise at the paths that are named."""
    return serving(_Everywhere(behaviour, paths), tls)


def fixed(status: str, content_type: str | None = None, body: bytes | str = b"", *more: str) -> Behaviour:
    """Always the same answer. `{origin}` and `{path}` in headers are the server's and the request's."""

    async def behave(conn: Conn, request: Request) -> None:
        origin = conn.server.url("").rstrip("/")
        headers = [line.replace("{origin}", origin).replace("{path}", request.path) for line in more]
        encoded = body.encode() if isinstance(body, str) else body
        await conn.respond(status, content_type, encoded, *headers)

    return behave


class Legacy:
    """A server of 2025-11-25 over streamable HTTP that does nothing wrong by itself.

    Args:
        session: Keep one, under this id.
        knows: Whether a request with this session id is let in; asked once for each.
        then: What it does about a request after the handshake instead of answering it.
    """

    def __init__(
        self, session: str = "", knows: Callable[[str], bool] | None = None, then: Behaviour | None = None
    ) -> None:
        self._session = session
        self._knows = knows or (lambda given: given == session)
        self._then = then

    async def __call__(self, conn: Conn, request: Request) -> None:
        message = json.loads(request.body) if request.body else {}
        given = request.headers.get("mcp-session-id", "")
        if request.method != "POST":
            await conn.respond("405 Method Not Allowed", None, b"", "Allow: POST")
        elif message.get("method") == "initialize":
            more = [f"Mcp-Session-Id: {self._session}"] if self._session else []
            await conn.respond("200 OK", JSON, met(request), *more)
        elif message.get("method") == "server/discover" or (self._session and not given):
            await conn.respond(
                "400 Bad Request", JSON, error(message.get("id"), -32600, "Missing session ID")
            )
        elif self._session and not self._knows(given):
            await conn.respond("404 Not Found", JSON, error(message.get("id"), -32600, "Session not found"))
        elif "id" not in message:
            await conn.respond("202 Accepted", None)
        elif self._then is not None:
            await self._then(conn, request)
        else:
            await conn.respond("200 OK", JSON, request.answer())


def met(request: Request, version: str = "2025-11-25") -> bytes:
    """The answer to `initialize`."""
    info = {"name": "broken", "version": "1"}
    return request.answer(protocolVersion=version, capabilities={"tools": {}}, serverInfo=info)


def error(id: Any, code: int, message: str, **data: Any) -> bytes:
    """A JSON-RPC error."""
    said = {"code": code, "message": message, **({"data": data} if data else {})}
    return json.dumps({"jsonrpc": "2.0", "id": id, "error": said}).encode()


def refusing(status: str, code: int, message: str, **data: Any) -> Behaviour:
    """The same JSON-RPC error to every request."""

    async def behave(conn: Conn, request: Request) -> None:
        await conn.respond(status, JSON, error(request.id, code, message, **data))

    return behave


async def never(conn: Conn, request: Request) -> None:
    """Take the request and say nothing."""
    await conn.until_gone()


async def silent_stream(conn: Conn, request: Request) -> None:
    """Open an event stream and send nothing in it."""
    await conn.stream("Via: 1.1 buffering-proxy")
    await conn.until_gone()


class Burst:
    """Answers to `tools/list` with an event stream that comes in one burst, as through a proxy that buffers.

    Args:
        held: Seconds that it is held back for.
    """

    def __init__(self, held: float) -> None:
        self._held = held

    async def __call__(self, conn: Conn, request: Request) -> None:
        said = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "x"}}
        note = b"data: " + json.dumps(said).encode() + b"\n\n"
        await asyncio.sleep(self._held)
        await conn.stream("Server: nginx")
        await conn.chunk(note * 3 + b"data: " + request.answer(tools=[]) + b"\n\n")
        await conn.end()


async def hang_up(conn: Conn, request: Request) -> None:
    conn.hang_up()


async def reset(conn: Conn, request: Request) -> None:
    conn.reset()


async def endpoint_stream(conn: Conn, request: Request) -> None:
    """What an HTTP+SSE server begins with, to GET only."""
    if request.method != "GET":
        await conn.respond("405 Method Not Allowed", "text/plain", b"Method Not Allowed", "Allow: GET")
        return
    await conn.stream()
    await conn.chunk(b"event: endpoint\ndata: /messages?session_id=0123456789abcdef\n\n")
    await conn.until_gone()


@asynccontextmanager
async def bytes_only(greeting: bytes) -> AsyncIterator[int]:
    """A port where something else than HTTP answers, with these bytes, and closes; with none, it waits."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await reader.read(1)
        if not greeting:
            await reader.read()

    async with listening(serve) as port:
        yield port


@asynccontextmanager
async def listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any], tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """A TCP server on a free port of 127.0.0.1, whose connections end with the block."""
    busy: set[asyncio.Task[Any]] = set()

    async def run(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        busy.add(task)
        try:
            await serve(reader, writer)
        except (ConnectionError, asyncio.CancelledError, asyncio.IncompleteReadError):
            pass
        finally:
            busy.discard(task)
            writer.close()

    server = await asyncio.start_server(run, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in busy:
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)
        await server.wait_closed()


@contextmanager
def wanting_certificates(certificate: Path, authority: Path) -> Iterator[int]:
    """A TLS port that lets in only clients with a certificate of `authority`.

    In a thread with blocking sockets, because asyncio drops the alert that says so.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.load_verify_locations(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                raw, _ = listener.accept()
            except OSError:  # shut down below
                return
            with raw.dup() as spare:
                spare.settimeout(5)
                with contextlib.suppress(OSError):  # ssl.SSLError is one
                    context.wrap_socket(raw, server_side=True).close()
                with contextlib.suppress(OSError):  # unread bytes would turn a close into a reset
                    spare.shutdown(socket.SHUT_WR)
                    while spare.recv(4096):
                        pass
            raw.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@contextmanager
def deaf_port() -> Iterator[int]:
    """A port whose backlog is full, so that no connection comes about, and none is refused."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    waiting = []
    try:
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
            waiting.append(client)
        yield listener.getsockname()[1]
    finally:
        for client in waiting:
            client.close()
        listener.close()


@contextmanager
def closed_port() -> Iterator[int]:
    """A port that nobody listens on."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


async def refusing_proxy(conn: Conn, request: Request) -> None:
    """Answers every request, CONNECT or not, as a proxy that forbids the host."""
    await conn.respond("403 Forbidden", "text/html", b"<title>Blocked</title>", "Via: 1.1 office-proxy")
    conn.hang_up()


async def proxy_wanting_password(conn: Conn, request: Request) -> None:
    await conn.respond(
        "407 Proxy Authentication Required", "text/html", b"", 'Proxy-Authenticate: Basic realm="office"'
    )
    conn.hang_up()


@asynccontextmanager
async def relay(
    upstream: str, tls: ssl.SSLContext | None = None, *, hold: bool = False
) -> AsyncIterator[int]:
    """A reverse proxy that speaks TLS in front of a plain server.

    Args:
        upstream: URL of the server behind it.
        tls: How it is spoken to.
    """
    split = urlsplit(upstream)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind_reader, behind_writer = await asyncio.open_connection(split.hostname, split.port)

        async def up() -> None:
            while data := await reader.read(65536):
                behind_writer.write(data)
                await behind_writer.drain()

        task = asyncio.ensure_future(up())
        try:
            while data := await behind_reader.read(65536):
                writer.write(data)
                await writer.drain()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            behind_writer.close()

    async with listening(serve, tls) as port:
        yield port
