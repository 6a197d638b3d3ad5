"""The seam between bytes and meaning: what every transport is.

A transport moves bytes, writes each down through its tap before anyone parses it, and hands the very
same journal events on. It knows no MCP method.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from inspector.wire.event import Event

if TYPE_CHECKING:
    from anyio.streams.memory import MemoryObjectReceiveStream

    from inspector.transport.tap import Tap


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Bytes to send.

    Attributes:
        body: Exactly these bytes (stdio adds the LF that ends a line; nothing else is added).
        headers: HTTP only: headers beside the transport's own, in the dialect's spelling.
        answered: HTTP only: an answer is owed, so the exchange is expected to carry one.
    """

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    answered: bool = True


class LinkClosed(Exception):
    """The link is down: nothing can be sent. Why it is down stands in the journal."""


class Link(Protocol):
    """An open connection.

    `inbound` yields, in the order of the journal, every event that the peer must know: messages from
    the server, `http` ends, and the process's exit. It is bounded, so that a slow reader slows the
    server. It ends when nothing can come any more.
    """

    @property
    def inbound(self) -> MemoryObjectReceiveStream[Event]: ...

    async def send(self, outgoing: Outgoing) -> Event:
        """Write `outgoing` down, then send it.

        Returns:
            The journal's event of the message as sent; over HTTP its `exchange` is set, and the
            answer arrives on `inbound` later.

        Raises:
            LinkClosed: The other side is gone. The event of the attempt is in the journal all the same.
        """
        ...

    def abort(self, exchange: int) -> None:
        """HTTP only: close the response stream of `exchange`. Elsewhere does nothing."""
        ...

    def listen(self, headers: Mapping[str, str]) -> None:
        """HTTP of the legacy eras only: open the GET stream in the background. Elsewhere does nothing."""
        ...


class Transport(Protocol):
    """A way to reach a server. `open` may raise `inspector.errors.ConnectionFailed`, nothing later does."""

    def open(self, tap: Tap) -> AbstractAsyncContextManager[Link]: ...
