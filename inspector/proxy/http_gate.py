"""Breakpoints on what the HTTP proxy carries: an event stream event by event, and a body as a whole.

What goes on in the place of a message, `inspector.gate` decides; what that is in bytes of HTTP is made
here. As long as there are no rules, bytes pass as they come.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress

import anyio
import anyio.abc

from inspector.gate.gate import Gate, Taken
from inspector.httpd import ClientGone, Stream
from inspector.proxy.http_copy import ResponseCopy
from inspector.wire.event import Event

_BLANK = re.compile(rb"(?:\r\n|\r(?!\n)|\n)(?:\r\n|\r|\n)")
_LINE = re.compile(rb"\r\n|\r|\n")
_TAIL = 4
_LONGEST = 64 * 1024 * 1024

Back = Callable[[bytes], Awaitable[None]]


def is_armed(gate: Gate | None) -> bool:
    """Whether a breakpoint may take a message now."""
    return gate is not None and bool(gate.rules or gate.held)


class GatedStream:
    """An event stream on its way to a host. A held event lets the others pass.

    Args:
        gate: What decides.
        stream: Where it goes.
        copy: Writes down what came from the server.
        rewrite: Changes the bytes that go on; see `EndpointRewriter`.
        back: Sends the server an answer that was given in the host's place.
        tasks: Where held events wait; whoever ends the stream waits for it first.
    """

    def __init__(
        self,
        gate: Gate,
        stream: Stream,
        copy: ResponseCopy,
        rewrite: Callable[[bytes], bytes],
        back: Back,
        tasks: anyio.abc.TaskGroup,
    ) -> None:
        self._gate = gate
        self._stream = stream
        self._copy = copy
        self._rewrite = rewrite
        self._back = back
        self._tasks = tasks
        self._buffer = bytearray()
        self._tail = b""  # of what went on; empty at the beginning
        self._lock = anyio.Lock()

    async def feed(self, chunk: bytes) -> None:
        """The next bytes of the server's."""
        if not self._buffer and not is_armed(self._gate):
            self._copy.feed(chunk)
            await self._write(chunk)
            return
        self._buffer += chunk
        await self._rest_of_event()
        while end := _BLANK.search(self._buffer):
            block = bytes(self._buffer[: end.end()])
            del self._buffer[: end.end()]
            await self._event(block)
        if len(self._buffer) > _LONGEST:
            await self.flush()

    async def flush(self) -> None:
        """What is no whole event goes on as it is."""
        rest = bytes(self._buffer)
        self._buffer.clear()
        self._copy.feed(rest)
        await self._write(rest)

    async def inject(self, body: bytes) -> None:
        """A message that the server did not send, as an event of its own."""
        with suppress(ClientGone):
            await self._write(framed(b"event: message\n\n", body))

    async def _rest_of_event(self) -> None:
        """Let an event go on whose first bytes did, before there was a rule."""
        if not self._tail or _ends_event(self._tail):
            return
        end = _BLANK.search(self._tail + self._buffer, max(0, len(self._tail) - 3))
        at = len(self._buffer) if end is None else end.end() - len(self._tail)
        part = bytes(self._buffer[:at])
        del self._buffer[:at]
        self._copy.feed(part)
        await self._write(part)

    async def _event(self, block: bytes) -> None:
        messages = self._copy.feed(block)
        taken = self._gate.take(messages[0]) if messages else None
        if taken is None:
            await self._write(block)
        elif taken.sent is not None:  # decided at once: it keeps its place
            await self._later(taken, block)
        else:
            self._tasks.start_soon(self._later, taken, block)

    async def _later(self, taken: Taken, block: bytes) -> None:
        with suppress(ClientGone):
            for sent in await taken.wait():
                if sent.back:
                    await self._back(sent.body)
                else:
                    same = sent.body == taken.event.body
                    await self._write(block if same else framed(block, sent.body))

    async def _write(self, part: bytes) -> None:
        async with self._lock:
            self._tail = (self._tail + part)[-_TAIL:]
            await self._stream.send(self._rewrite(part))


def framed(block: bytes, body: bytes) -> bytes:
    """An event with the fields of `block` and another message as its data."""
    kept = [line for line in _LINE.split(block) if line and not line.startswith((b"data:", b"data\n"))]
    lines = [*kept, *(b"data: " + part for part in _LINE.split(body))]
    return b"\n".join(lines) + b"\n\n"


async def in_place_of(gate: Gate, messages: list[Event], body: bytes, back: Back) -> bytes | None:
    """What a host gets in the place of a body that is a message; `None` where it gets nothing.

    A body is one message: of what is sent twice it is the first.
    """
    taken = gate.take(messages[0]) if messages else None
    if taken is None:
        return body
    going: list[bytes] = []
    for sent in await taken.wait():
        if sent.back:
            await back(sent.body)
        else:
            going.append(body if sent.body == taken.event.body else sent.body)
    return going[0] if going else None


def _ends_event(tail: bytes) -> bool:
    ends = [found.end() for found in _BLANK.finditer(tail)]
    return bool(ends) and ends[-1] == len(tail)
