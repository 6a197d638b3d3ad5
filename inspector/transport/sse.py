"""Server-sent events out of bytes, by the rules of the HTML standard (section 9.2.6), sans I/O.

A browser's parser hands on finished events and forgets the rest. This one also yields what a browser
drops (comments, unknown fields, malformed `retry`, an event that the stream's end cut short), because a
debugging client must show it. It does not know what the data means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

DEFAULT_LIMIT = 64 * 1024 * 1024
"""Bytes of one line, and of one event's data, that are kept."""

DEFAULT_RETRY = 1.0
"""Seconds to wait before reconnecting where the stream has not said; the standard says "a few"."""

_BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """A block of fields that ended with a blank line.

    Attributes:
        data: The `data` lines joined with LF, as exact bytes; `None` where there was no such line, so
            that a browser would dispatch nothing (the id counts all the same).
        type: Value of `event`, `None` where absent; a browser then says `message`.
        id: Value of `id` in this very block; the empty string resets the last event id.
        retry: Milliseconds.
        size: Bytes of the data; more than `len(data)` where the limit cut it.
        complete: False where the stream ended before the blank line: a browser drops the event.
    """

    data: bytes | None
    type: str | None = None
    id: str | None = None
    retry: int | None = None
    size: int = 0
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Comment:
    """A line that starts with a colon, without it. Servers keep connections alive with these.

    Attributes:
        text: What stands there.
        raw: The bytes, where they are no UTF-8 and `text` cannot say them.
        size: Bytes of the line where the limit cut it, else 0.
    """

    text: str
    raw: bytes = b""
    size: int = 0


@dataclass(frozen=True, slots=True)
class OddField:
    """A field that a browser ignores or changes.

    That is an unknown name, an `id` with a NUL, a `retry` that is no number, one that a later line of the
    same event replaces, and one whose bytes are no UTF-8 or too many.

    Attributes:
        name: Before the colon.
        value: Behind it.
        raw: The bytes of the line, where they are no UTF-8.
        size: Bytes of the line where the limit cut it, else 0.
    """

    name: str
    value: str
    raw: bytes = b""
    size: int = 0


Item: TypeAlias = ServerEvent | Comment | OddField


class SseParser:
    """Turns chunks into items; how the bytes are cut into chunks makes no difference.

    Args:
        limit: Bytes of a line and of one event's data that are kept; the rest is counted.
        last_id: Where a resumed stream goes on from.
        retry: What the stream said before.

    Attributes:
        last_id: The id to send as `Last-Event-ID` when resuming; empty where there is none.
        retry: Seconds to wait before that.
    """

    def __init__(self, limit: int = DEFAULT_LIMIT, last_id: str = "", retry: float = DEFAULT_RETRY) -> None:
        self.last_id = last_id
        self.retry = retry
        self._limit = limit
        self._at_start = True
        self._after_cr = False
        self._line = bytearray()
        self._line_size = 0
        self._next_id = last_id
        self._open = False
        self._type: str | None = None
        self._id: str | None = None
        self._retry: int | None = None
        self._data: bytearray | None = None
        self._data_size = 0

    def feed(self, chunk: bytes) -> Iterator[Item]:
        """The items that `chunk` completes. Exhaust the iterator before the next call.

        Linear: each byte is searched once and copied a fixed number of times, however long the line.
        """
        at = 0
        if self._after_cr and chunk:
            self._after_cr = False
            at = 1 if chunk[0] == 0x0A else 0
        for end in _LINE_END.finditer(chunk, at):
            self._extend(chunk, at, end.start())
            at = end.end()
            yield from self._end_line()
        # A CR ends its line at once; should the next chunk start with LF, that belongs to it.
        self._after_cr = chunk.endswith(b"\r")
        self._extend(chunk, at, len(chunk))

    def close(self) -> Iterator[Item]:
        """The items that the end of the stream leaves: at most one event, which is not complete."""
        if self._line:
            yield from self._end_line()
        if self._open:
            yield self._event(complete=False)
            self._clear()

    def _extend(self, chunk: bytes, start: int, end: int) -> None:
        room = self._limit - len(self._line)
        self._line += memoryview(chunk)[start : min(end, start + room)]
        self._line_size += end - start

    def _end_line(self) -> Iterator[Item]:
        line, size = bytes(self._line), self._line_size
        self._line.clear()
        self._line_size = 0
        if self._at_start:
            self._at_start = False
            if line.startswith(_BOM):
                line, size = line[len(_BOM) :], size - len(_BOM)
        if not line:
            self.last_id = self._next_id
            if self._open:
                yield self._event(complete=True)
                self._clear()
        elif line.startswith(b":"):
            yield Comment(_text(line[1:]), *_beyond_text(line, size))
        else:
            yield from self._field(line, size)

    def _field(self, line: bytes, size: int) -> Iterator[OddField]:
        colon = line.find(b":")
        name = line if colon < 0 else line[:colon]
        start = len(line) if colon < 0 else colon + (2 if line[colon + 1 : colon + 2] == b" " else 1)
        if name == b"data":
            self._open = True
            self._add_data(line[start:], size - start)
            return
        value = _text(line[start:])
        odd = OddField(_text(name), value, *_beyond_text(line, size))
        before: str | int | None = None
        match name:
            case b"event":
                before, self._type = self._type, value
            case b"id" if "\0" not in value:
                before, self._id = self._id, value
                self._next_id = value
            case b"retry" if value.isascii() and value.isdigit() and len(value) < _RETRY_DIGITS:
                before, self._retry = self._retry, int(value)
                self.retry = self._retry / 1000
            case _:
                yield odd
                return
        self._open = True
        if before is not None:
            yield OddField(odd.name, str(before))
        if odd.raw or odd.size:
            yield odd

    def _add_data(self, value: bytes, size: int) -> None:
        if self._data is None:
            self._data = bytearray()
        else:
            self._data += b"\n"[: self._limit - len(self._data)]
            self._data_size += 1
        self._data += value[: self._limit - len(self._data)]
        self._data_size += size

    def _event(self, *, complete: bool) -> ServerEvent:
        data = bytes(self._data) if self._data is not None else None
        return ServerEvent(data, self._type, self._id, self._retry, self._data_size, complete)

    def _clear(self) -> None:
        self._open = False
        self._type = self._id = self._retry = None
        self._data = None
        self._data_size = 0


_RETRY_DIGITS = 10
"""A longer `retry` would mean months, and is shown as the odd field it is."""


def _beyond_text(line: bytes, size: int) -> tuple[bytes, int]:
    """What the text of a line cannot say: its bytes where they are no UTF-8, its size where it was cut."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return line, size if size > len(line) else 0
    return b"", size if size > len(line) else 0


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
