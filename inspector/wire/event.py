"""One entry of the journal: something that happened at the edge of the connection.

An event is a fact with a time. Bytes that crossed are kept exactly; what this program did by itself
(decided, timed out, cancelled) is an event of its own kind and never dressed up as a message.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inspector.wire.jsonrpc import Frame


class Kind(enum.IntEnum):
    """What sort of thing happened. The number is the column's value, the word stands in recordings."""

    MESSAGE = 0
    """A JSON-RPC message, either way."""
    STDERR = 1
    """One line of the server's standard error."""
    STDOUT = 2
    """One line of the server's standard output that is no message."""
    HTTP = 3
    """A step of an HTTP exchange: request, response, end."""
    SSE = 4
    """One event, comment or field of a server-sent event stream."""
    PROCESS = 5
    """The server's process started, ended, or closed a pipe."""
    CLIENT = 6
    """What this program decided: connecting, negotiated, timed out, cancelled, warning."""
    AUTH = 7
    """A step of authorization."""
    NOTE = 8
    """Something the user wrote."""
    OTHER = 9
    """A kind from a newer version of this program, kept as it was."""

    @property
    def word(self) -> str:
        """The word that stands for this kind in recordings and filters."""
        return _KIND_WORDS[self]


_KIND_WORDS = tuple(kind.name.lower() for kind in Kind)
KINDS_BY_WORD: Mapping[str, Kind] = {word: Kind(number) for number, word in enumerate(_KIND_WORDS)}


class Direction(enum.IntEnum):
    """Which way something went."""

    NONE = 0
    C2S = 1
    S2C = 2

    @property
    def word(self) -> str:
        """`c2s`, `s2c`, or the empty string."""
        return ("", "c2s", "s2c")[self]


class Shape(enum.IntEnum):
    """What a message is in JSON-RPC 2.0 terms."""

    NONE = 0
    """Not a message at all."""
    REQUEST = 1
    RESPONSE = 2
    """A response with a result."""
    ERROR = 3
    """A response with an error."""
    NOTIFICATION = 4
    BATCH = 5
    INVALID = 6
    """JSON, or nearly, but none of the above."""

    @property
    def word(self) -> str:
        """The word that stands for this shape in recordings and on screen."""
        return _SHAPE_WORDS[self]


_SHAPE_WORDS = tuple("" if shape is Shape.NONE else shape.name.lower() for shape in Shape)
SHAPES_BY_WORD: Mapping[str, Shape] = {word: Shape(number) for number, word in enumerate(_SHAPE_WORDS)}

_NO_DATA: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the journal.

    Attributes:
        seq: Row number in the journal, from 0 without gaps.
        t: Seconds since the journal's start, monotonic.
        kind: What sort of thing happened.
        direction: Which way it went; `NONE` for what did not cross the wire.
        conn: Number of the connection it belongs to, from 1; 0 before the first. A reconnect in
            place raises it.
        body: The exact bytes (message, stderr, stdout), without the line's final LF. For an
            over-long line this is only the head; `size` tells the whole.
        data: The facts of the other kinds, JSON-like. `data["what"]` names the step.
        frame: The classified message; `None` for the other kinds.
        exchange: Number of the HTTP exchange it belongs to, from 1; `None` on other transports.
        faults: Words of what is wrong with it, see `inspector.wire.fault`.
        size: Bytes on the wire; may exceed `len(body)`.
        by: `hand` or `rule` where a breakpoint put this on the wire and its sender did not; else empty.
        of: The row that it went on in the place of, or beside; `None` where it was made up altogether.
    """

    seq: int
    t: float
    kind: Kind
    direction: Direction = Direction.NONE
    conn: int = 0
    body: bytes = b""
    data: Mapping[str, Any] = field(default_factory=lambda: _NO_DATA)
    frame: Frame | None = None
    exchange: int | None = None
    faults: tuple[str, ...] = ()
    size: int = 0
    by: str = ""
    of: int | None = None

    @property
    def what(self) -> str:
        """The step that a process, http, sse, client or auth event names; empty for the rest."""
        value = self.data.get("what", "")
        return value if isinstance(value, str) else ""
