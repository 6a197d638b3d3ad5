"""A client that says exactly these bytes, for the tests of the server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
import anyio.abc

from inspector.httpd import Server


@dataclass(slots=True)
class Raw:
    """One connection to the server under test."""

    socket: anyio.abc.SocketStream
    came: bytearray = field(default_factory=bytearray)

    async def say(self, *parts: bytes) -> None:
        for part in parts:
            await self.socket.send(part)

    async def until(self, mark: bytes) -> bytes:
        """What comes up to `mark`, which is taken."""
        while mark not in self.came:
            self.came += await self.socket.receive()
        at = self.came.index(mark) + len(mark)
        found = bytes(self.came[:at])
        del self.came[:at]
        return found

    async def rest(self) -> bytes:
        """What comes until the server closes."""
        try:
            while True:
                self.came += await self.socket.receive()
        except (anyio.EndOfStream, anyio.BrokenResourceError):
            return bytes(self.came)


@asynccontextmanager
async def connected(server: Server) -> AsyncIterator[Raw]:
    async with await anyio.connect_tcp("127.0.0.1", server.port) as socket:
        yield Raw(socket)


def get(path: bytes = b"/", *headers: bytes, method: bytes = b"GET", version: bytes = b"1.1") -> bytes:
    lines = [b"%b %b HTTP/%b" % (method, path, version), b"Host: localhost", *headers]
    return b"\r\n".join([*lines, b"", b""])


def post(body: bytes, *headers: bytes) -> bytes:
    return get(b"/", b"Content-Length: %d" % len(body), *headers, method=b"POST") + body
