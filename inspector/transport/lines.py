"""Cuts a stream of bytes into lines, in linear time and bounded memory.

It knows neither pipes nor JSON: chunks go in, lines come out, and every byte is in one of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from inspector.wire.fault import Fault

HEAD = 64 * 1024
"""Bytes that are kept of a line over the limit."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line, or what could be kept of one.

    Attributes:
        body: Its bytes without the final LF.
        size: Bytes of the whole line so far, without the final LF; exceeds `len(body)` where the rest
            was not kept.
        faults: `line-too-long`, `no-newline`.
    """

    body: bytes
    size: int
    faults: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Nothing of it is missing."""
        return Fault.TOO_LONG not in self.faults


class LineSplitter:
    """Lines of a stream whose lines have a sensible length.

    A line over `limit` is given twice: once, at the moment it passes the limit, with its first `HEAD`
    bytes and the size so far; once, when it ends, without bytes and with its total size.

    Args:
        limit: Bytes that a line may have.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self._over = False

    def feed(self, chunk: bytes) -> list[Line]:
        """The lines that end in `chunk`, and the head of one that grows too long in it."""
        found: list[Line] = []
        *ended, rest = chunk.split(b"\n")
        for piece in ended:
            self._take(piece, found)
            found.append(self._end())
        if rest:
            self._take(rest, found)
        return found

    @property
    def begun(self) -> bytes:
        """What stands after the last LF so far, of a line within the limit."""
        return b"".join(self._parts)

    def finish(self) -> list[Line]:
        """What stands after the last LF when the stream has ended: one line, or none."""
        return [self._end((Fault.NO_NEWLINE,))] if self._size else []

    def _take(self, piece: bytes, found: list[Line]) -> None:
        self._size += len(piece)
        if self._over:
            return
        self._parts.append(piece)
        if self._size > self._limit:
            found.append(Line(self._head(), self._size, (Fault.TOO_LONG,)))
            self._parts.clear()
            self._over = True

    def _head(self) -> bytes:
        """The first `HEAD` bytes, without putting the whole line together."""
        head = bytearray()
        for part in self._parts:
            head += part[: HEAD - len(head)]
            if len(head) >= HEAD:
                break
        return bytes(head)

    def _end(self, faults: tuple[str, ...] = ()) -> Line:
        body, size = b"".join(self._parts), self._size
        if self._over:
            faults = (Fault.TOO_LONG, *faults)
        self._parts.clear()
        self._size = 0
        self._over = False
        return Line(body, size, faults)


class PieceSplitter:
    """Lines of a stream that is shown as it comes: a long line is given in pieces, all of them kept.

    Args:
        piece: Bytes of a piece. Every piece of a line but its last carries `line-too-long`.
    """

    def __init__(self, piece: int = HEAD) -> None:
        self._piece = piece
        self._held = b""

    def feed(self, chunk: bytes) -> list[Line]:
        """The lines and full pieces that end in `chunk`."""
        found: list[Line] = []
        *ended, rest = chunk.split(b"\n")
        for part in ended:
            self._held = self._pieces(self._held + part, found)
            found.append(Line(self._held, len(self._held)))
            self._held = b""
        self._held = self._pieces(self._held + rest, found)
        return found

    def finish(self) -> list[Line]:
        """What stands after the last LF when the stream has ended: one line, or none."""
        held, self._held = self._held, b""
        return [Line(held, len(held), (Fault.NO_NEWLINE,))] if held else []

    def _pieces(self, text: bytes, found: list[Line]) -> bytes:
        at = 0
        while len(text) - at > self._piece:
            found.append(Line(text[at : at + self._piece], self._piece, (Fault.TOO_LONG,)))
            at += self._piece
        return text[at:] if at else text
