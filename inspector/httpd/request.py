"""One request as a handler sees it, and the response that it gives.

How the bytes are read and written is the business of `connection`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Protocol

import anyio


class ClientGone(Exception):
    """The client hung up, or took nothing for too long. Nobody waits for the response any more."""


class BadBody(Exception):
    """The request's body is no HTTP, or stopped coming. Not caught, it is answered 400 or 408."""

    def __init__(self, says: str, status: int = 400) -> None:
        super().__init__(says)
        self.status = status


class TooLarge(BadBody):
    """The body is longer than what was asked for. Not caught, it is answered 413.

    Attributes:
        head: What was read of it; `Request.stream` goes on behind it.
    """

    def __init__(self, limit: int, head: bytes) -> None:
        super().__init__(f"The body is longer than {limit} bytes.", 413)
        self.head = head


class Wire(Protocol):
    """What a request needs of its connection."""

    gone: anyio.Event
    body_limit: int

    async def read_body(self) -> bytes:
        """More of the body; empty at its end."""
        ...

    async def begin(self, status: int, headers: Iterable[tuple[str, str]], reason: str) -> None: ...

    async def write(self, chunk: bytes) -> None: ...

    async def finish(self) -> None: ...

    async def abort(self) -> None: ...


class Request:
    """A request. Exactly one of `respond` and `start` is to be called, once.

    Attributes:
        method: As it was spelt.
        target: The request target, a path and perhaps a query, percent-encoded as it came.
        path: The target up to its query, percent-encoded.
        query: Without its question mark.
        headers: In their order and spelling, one character a byte (latin-1).
        version: `1.1` or `1.0`.
        started: Whether a response has begun.
        wire: Its connection.
        gone: Set when the client hung up. While the body has not been read to its end, that is noticed by
            reading it.
    """

    def __init__(
        self, wire: Wire, method: str, target: str, headers: tuple[tuple[str, str], ...], version: str
    ) -> None:
        self.method = method
        self.target = target
        self.path, _, self.query = target.partition("?")
        self.headers = headers
        self.version = version
        self.started = False
        self.gone = wire.gone
        self.wire = wire

    def header(self, name: str) -> str | None:
        """The header's value, of several joined with commas; `None` where there is none."""
        lower = name.lower()
        found = [value for each, value in self.headers if each.lower() == lower]
        return ", ".join(found) if found else None

    async def stream(self) -> AsyncIterator[bytes]:
        """The body as it comes. Whoever waits for `100 Continue` is told to go on.

        Raises:
            BadBody: It is no HTTP, or the next piece did not come in time.
            ClientGone: The client hung up in the middle.
        """
        while chunk := await self.wire.read_body():
            yield chunk

    async def body(self, limit: int | None = None) -> bytes:
        """The whole body.

        Args:
            limit: Bytes that it may have; the server's own limit where `None`.

        Raises:
            TooLarge: It has more.
            BadBody: It is no HTTP, or the next piece did not come in time.
            ClientGone: The client hung up in the middle.
        """
        most = self.wire.body_limit if limit is None else limit
        found = bytearray()
        async for chunk in self.stream():
            found += chunk
            if len(found) > most:
                raise TooLarge(most, bytes(found))
        return bytes(found)

    async def respond(
        self, status: int, headers: Iterable[tuple[str, str]] = (), body: bytes = b"", *, reason: str = ""
    ) -> None:
        """The whole response. A `Content-Length` is added where there is neither one nor chunks.

        Raises:
            ClientGone: The client hung up.
            ValueError: A header or the status cannot stand in HTTP.
        """
        given = list(headers)
        framed = any(name.lower() in ("content-length", "transfer-encoding") for name, _ in given)
        if not framed and status not in (204, 304):
            given.append(("Content-Length", str(len(body))))
        stream = await self.start(status, given, reason=reason)
        if body:
            await stream.send(body)
        await stream.close()

    async def start(
        self, status: int, headers: Iterable[tuple[str, str]] = (), *, reason: str = ""
    ) -> Stream:
        """Begin a response whose body is sent piece by piece: in chunks, unless the headers say its length.

        Raises:
            ClientGone: The client hung up.
            ValueError: A header or the status cannot stand in HTTP.
        """
        self.started = True
        await self.wire.begin(status, headers, reason)
        return Stream(self.wire)


class Stream:
    """A response's body on its way. To HEAD, and under 204 and 304, nothing of it is sent."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def send(self, chunk: bytes) -> None:
        """Send a piece at once; returns when the system has taken it.

        Raises:
            ClientGone: The client hung up, or took nothing for too long.
        """
        await self._wire.write(chunk)

    async def close(self) -> None:
        """The body is complete.

        Raises:
            ClientGone: The client hung up.
        """
        await self._wire.finish()

    async def abort(self) -> None:
        """The body is not complete, and the client is to see that: the connection is closed."""
        await self._wire.abort()
