"""A recording of what clients ask of a served recording, and of what they are told: by the tap, as ever.

It stands at the edge, where the bytes are: lines over stdio, exchanges over HTTP. It changes nothing of them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, Any

from inspector.httpd.request import Request, Stream
from inspector.transport.tap import Tap
from inspector.wire.event import Direction, Shape
from inspector.wire.fault import Fault
from inspector.wire.jsonrpc import classify

if TYPE_CHECKING:
    from inspector.transport.exchange import Reading

_HEAD = 64 * 1024


class WrittenRequest(Request):
    """A request whose body and response are written down on their way.

    Args:
        request: The request itself.
        tap: Where they go.
    """

    def __init__(self, request: Request, tap: Tap) -> None:
        super().__init__(request.wire, request.method, request.target, request.headers, request.version)
        self._request = request
        self._tap = tap
        self._number = tap.journal.new_exchange()
        self._answered = False
        self._outcome = "aborted"
        self._reading: Reading | None = None
        self._status = self._size = 0
        host = self.header("host") or ""
        url = self.target if "://" in self.target else f"http://{host}{self.target}"
        tap.http(
            "request",
            self._number,
            method=self.method,
            url=url,
            headers=[list(pair) for pair in self.headers],
            size=int(length) if (length := self.header("content-length") or "0").isdecimal() else 0,
        )

    async def stream(self) -> AsyncIterator[bytes]:
        """See `Request`: what was read when it stops, at the end or before, is written down."""
        found = bytearray()
        whole = False
        try:
            async for chunk in self._request.stream():
                found += chunk
                yield chunk
            whole = True
        finally:
            self._sent(bytes(found), whole=whole)

    def _sent(self, body: bytes, *, whole: bool) -> None:
        if whole and body:
            frame = classify(body)
            self._answered = any(part.shape is Shape.REQUEST for part in frame.items)
            self._tap.sent(body, exchange=self._number)
        elif body:
            self._tap.http_body(
                self._number, body[:_HEAD], [Fault.TOO_LONG], size=len(body), direction=Direction.C2S
            )

    async def start(
        self, status: int, headers: Iterable[tuple[str, str]] = (), *, reason: str = ""
    ) -> Stream:
        """See `Request`."""
        from inspector.transport.exchange import Reading

        pairs = list(headers)
        self._status = status
        self._tap.http(
            "response", self._number, status=status, reason=reason, headers=[list(pair) for pair in pairs]
        )
        types = (value for name, value in pairs if name.lower() == "content-type")
        self._reading = Reading(
            self._tap, self._number, status=status, content_type=next(types, ""), answered=self._answered
        )
        self.started = True
        return _Written(self, await self._request.start(status, pairs, reason=reason))

    def wrote(self, chunk: bytes) -> None:
        """A piece of the response is on its way."""
        self._size += len(chunk)
        if self._reading is not None:
            for _ in self._reading.feed(chunk):
                pass

    def closes(self, outcome: str) -> None:
        """The response is over."""
        self._outcome = outcome
        if self._reading is not None and outcome == "complete":
            for _ in self._reading.close():
                pass
        self._reading = None

    def ended(self) -> None:
        """Nothing more comes of it."""
        facts: dict[str, Any] = {"outcome": self._outcome}
        if self._status:
            facts["status"] = self._status
        self._tap.http("end", self._number, **facts, bytes=self._size)


class _Written(Stream):
    """A response that is written down on its way."""

    def __init__(self, request: WrittenRequest, stream: Stream) -> None:
        super().__init__(request.wire)
        self._request = request
        self._stream = stream

    async def send(self, chunk: bytes) -> None:
        self._request.wrote(chunk)
        await self._stream.send(chunk)

    async def close(self) -> None:
        self._request.closes("complete")
        await self._stream.close()

    async def abort(self) -> None:
        self._request.closes("failed")
        await self._stream.abort()
