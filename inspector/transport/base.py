"""The seam between bytes and meaning: what every transport is.

A transport moves bytes, writes each down through its tap before anyone parses it, and hands the very
same journal events on. It knows no MCP method.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
        ended: stdio only: whether that LF follows; without it the next message goes on in the same line.
        event: Where they stand in the journal already; `None` for what the link is to write down.
    """

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    answered: bool = True
    ended: bool = True
    event: Event | None = None


@dataclass(frozen=True, slots=True)
class Challenge:
    """An HTTP response that asks for authorization, or for more of it.

    Attributes:
        exchange: The exchange that met it; the journal holds what was asked in it.
        attempt: How often this exchange has been challenged before, from 0.
        url: What was asked, after redirects.
        status: 401 or 403.
        headers: Of the response, in their order, unredacted.
        used: Whether the request carried credentials of the authorizer.
        peer: What was connected to, `127.0.0.1:8000`, for `Guard.beside`; empty behind a proxy.
    """

    exchange: int
    attempt: int
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    used: bool
    peer: str = ""


class Authorizer(Protocol):
    """Where a transport over HTTP gets credentials from. It knows what they are; the transport does not."""

    @property
    def waited(self) -> float:
        """Seconds spent on authorizing so far, the present attempt included: no call's time."""
        ...

    async def headers(self, url: str) -> Sequence[tuple[str, str]]:
        """What to add to a request to `url`; nothing for an origin that the credentials are not for.

        Called before every request, GET and DELETE included. It may refresh what has expired.
        """
        ...

    async def challenged(self, challenge: Challenge) -> bool:
        """Do something about a challenge; `True` if the request is worth making once more."""
        ...


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
