"""A raw-socket HTTP server for tests: requests in, and every byte of the answers under control.

It runs in the test's own event loop. What it answers is up to the behaviours, see `http_hostile`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    query: str = ""

    @property
    def id(self) -> Any:
        return json.loads(self.body).get("id") if self.body else None

    def answer(self, **result: Any) -> bytes:
        return json.dumps({"jsonrpc": "2.0", "id": self.id, "result": result}).encode()


@dataclass(slots=True)
class Hostile:
    port: int = 0
    scheme: str = "http"
    requests: list[Request] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client closed a stream that was left open for it."""

    def url(self, path: str) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/{path}"


class Conn:
    """One connection, from the server's side."""

    def __init__(self, server: Hostile, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server = server
        self.reader = reader
        self.writer = writer

    async def write(self, *parts: bytes) -> None:
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()

    async def respond(self, status: str, content_type: str | None, body: bytes = b"", *more: str) -> None:
        head = [f"HTTP/1.1 {status}", *more]
        if content_type is not None:
            head.append(f"Content-Type: {content_type}")
        if not status.startswith("204"):
            head.append(f"Content-Length: {len(body)}")
        await self.write("\r\n".join([*head, "", ""]).encode() + body)

    async def stream(self, *more: str, content_type: str = "text/event-stream") -> None:
        head = ["HTTP/1.1 200 OK", f"Content-Type: {content_type}", "Transfer-Encoding: chunked", *more]
        await self.write("\r\n".join([*head, "", ""]).encode())

    async def chunk(self, data: bytes) -> None:
        await self.write(b"%x\r\n%b\r\n" % (len(data), data))

    async def end(self) -> None:
        await self.write(b"0\r\n\r\n")

    async def until_gone(self) -> None:
        await self.reader.read()
        self.server.gone.set()

    def hang_up(self) -> None:
        self.writer.close()

    def reset(self) -> None:
        """Close with RST, as a crashed server's kernel does."""
        self.writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        self.writer.transport.abort()


Behaviour = Callable[[Conn, Request], Awaitable[None]]


async def _nothing(conn: Conn, request: Request) -> None:
    """What is at any other path."""
    await conn.respond("404 Not Found", "text/plain", b"nothing at this path")


async def _read(reader: asyncio.StreamReader) -> Request | None:
    try:
        start = await reader.readexactly(1)
        if start == b"\x16":  # a TLS handshake, and this is no TLS
            return Request("TLS", "/bad-request", {}, b"")
        head = start + await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ")
    url = urlsplit(path)  # a proxy is asked for whole ones
    pairs = (line.split(":", 1) for line in lines if line)
    headers = {name.lower(): value.strip() for name, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, url.path, headers, body, url.query)


@contextlib.asynccontextmanager
async def serving(
    behaviours: Mapping[str, Behaviour], tls: ssl.SSLContext | None = None
) -> AsyncIterator[Hostile]:
    """A server with these behaviours by path, on a port of its own, until the block ends."""
    server = Hostile(scheme="https" if tls else "http")
    busy: set[asyncio.Task[Any]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        busy.add(task)
        conn = Conn(server, reader, writer)
        try:
            while not writer.is_closing() and (request := await _read(reader)) is not None:
                server.requests.append(request)
                await behaviours.get(request.path.strip("/"), _nothing)(conn, request)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            busy.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls, limit=1 << 20)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for task in busy:
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)
        await listener.wait_closed()
