"""The journal's copy of one exchange that the HTTP proxy carries: decoded, split into messages, written down.

It sees every byte that passes and changes none. Whatever goes wrong in it ends the copy, and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from inspector.proxy.http_tap import NOTHING, EnduringTap
from inspector.transport.decode import BadEncoding, Decoder, encodings
from inspector.transport.exchange import Reading, carries_message
from inspector.transport.sse import ServerEvent
from inspector.wire.event import Direction, Event, Shape
from inspector.wire.fault import Fault
from inspector.wire.jsonrpc import classify

_HEAD = 64 * 1024
_MOST_PATHS = 1000


class Paths:
    """Where messages are posted to: the target's path, and those that event streams named since.

    Args:
        url: The target's.
    """

    def __init__(self, url: str) -> None:
        self._paths = {urlsplit(url).path or "/": None}

    def __contains__(self, path: str) -> bool:
        return path in self._paths

    def add(self, endpoint: str) -> None:
        """One that an `endpoint` event names, absolute or not."""
        try:
            path = urlsplit(endpoint.strip()).path
        except ValueError:  # no URL; what is posted there, if anything, is told by its body
            return
        if path and len(self._paths) < _MOST_PATHS:
            self._paths[path] = None


class RequestCopy:
    """What a request carries, written down before it goes on.

    Args:
        tap: Where it goes.
        exchange: The number it goes under.
        paths: Where messages are posted to.

    Attributes:
        mcp: It is a part of MCP, and no metadata, registration or token.
        answered: A reply is owed: there is a request in it.
    """

    def __init__(self, tap: EnduringTap, exchange: int, paths: Paths) -> None:
        self._tap = tap
        self._exchange = exchange
        self._paths = paths
        self.mcp = False
        self.answered = False

    def write(self, method: str, path: str, encoded: bool, body: bytes, size: int) -> Event | None:
        """Write the body down; returns the message that it is.

        Args:
            method: Of the request.
            path: Asked for.
            encoded: It has a content encoding.
            body: As it came, or its head.
            size: How long it is; more than `len(body)` where that is only its head.
        """
        self.mcp = path in self._paths
        if not body:
            return None
        frame = classify(body)
        whole = size == len(body) and not encoded
        if whole and (carries_message(frame, strict=True) or (self.mcp and method == "POST")):
            self.mcp = True
            self.answered = any(part.shape is Shape.REQUEST for part in frame.items)
            return self._tap.sent(body, exchange=self._exchange)
        cut = size if size > len(body) else None
        faults = [Fault.TOO_LONG] if cut else []
        self._tap.http_body(self._exchange, body, faults, size=cut, direction=Direction.C2S)
        return None


class ResponseCopy:
    """What a response carries, written down as it comes.

    Args:
        tap: Where it goes.
        exchange: The number it goes under.
        asked: The request.
        status: Of the response.
        headers: Of the response.
        named: Told of the `endpoint` of HTTP+SSE.
    """

    def __init__(
        self,
        tap: EnduringTap,
        exchange: int,
        asked: RequestCopy,
        status: int,
        headers: Sequence[tuple[str, str]],
        named: Callable[[str], None],
    ) -> None:
        self._tap = tap
        self._exchange = exchange
        self._named = named
        self._head = bytearray()
        self._size = 0
        self._reading: Reading | None = Reading(
            tap,
            exchange,
            status=status,
            content_type=_value(headers, "content-type"),
            answered=asked.answered,
            tolerant=not asked.mcp,
            named=self._event,
        )
        self._decoder: Decoder | None = None
        try:
            if names := encodings(_value(headers, "content-encoding")):
                self._decoder = Decoder(names)
        except BadEncoding:
            self._unreadable()

    def feed(self, chunk: bytes) -> list[Event]:
        """The next bytes, as they crossed the wire; returns the messages that they complete."""
        found: list[Event] = []
        self._size += len(chunk)
        if self._decoder is not None or self._reading is None:
            self._head += chunk[: _HEAD - len(self._head)]
        if self._reading is None:
            return found
        try:
            for piece in self._decoder.feed(chunk) if self._decoder else (chunk,):
                self._read(self._reading, piece, found)
        except BadEncoding:
            self._unreadable()
        return found

    def close(self) -> list[Event]:
        """There is no more; returns the message that the body was, if it was one."""
        found: list[Event] = []
        if self._reading is None:
            if self._head:
                faults = [Fault.CONTENT_ENCODING]
                self._tap.http_body(self._exchange, bytes(self._head), faults, size=self._size)
            return found
        reading, self._reading = self._reading, None
        self._head.clear()
        self._read(reading, None, found)
        return found

    def _read(self, reading: Reading, piece: bytes | None, found: list[Event]) -> None:
        """Have a piece read, or the end; whatever is wrong with the reader is no matter of the traffic's."""

        def read() -> Event:
            for event in reading.close() if piece is None else reading.feed(piece):
                if event is not NOTHING:
                    found.append(event)
            return NOTHING

        self._tap.attempt(read)

    def _unreadable(self) -> None:
        self._reading = None

    def _event(self, event: ServerEvent) -> bool:
        if event.type == "endpoint" and event.data is not None:
            self._named(event.data.decode("utf-8", "replace"))
            return True
        return False


def _value(headers: Sequence[tuple[str, str]], name: str) -> str:
    return ", ".join(value for each, value in headers if each.lower() == name)
