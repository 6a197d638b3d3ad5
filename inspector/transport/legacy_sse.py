"""HTTP+SSE, the transport of 2024-11-05: one GET stream brings everything, and says where to POST.

The connection lives and dies with that stream: the server's session hangs on it, so that there is nothing
to go on with where it breaks. A POST is only taken note of (202); its answer comes on the stream, which
the `end` of its exchange says by `answers_on`. Servers that answer in the POST's body are understood too.
How one request is made and read is the business of `requests`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import anyio
import anyio.lowlevel
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectReceiveStream

from inspector.errors import ConnectionFailed
from inspector.journal.redact import redact_url
from inspector.transport.base import Authorizer, LinkClosed, Outgoing
from inspector.transport.exchange import Exchange
from inspector.transport.gated import onward
from inspector.transport.head import Head
from inspector.transport.opening import Opening
from inspector.transport.pool import checked_url, origin_of
from inspector.transport.requests import Requests
from inspector.transport.sse import DEFAULT_LIMIT, ServerEvent
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget
from inspector.transport.unheard import Before, Unheard
from inspector.wire.event import Event
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.gate.gate import Taken

_WIDTH = 200


class LegacySseTransport:
    """Reaches a server of 2024-11-05 at the URL of its stream. Its arguments are those of `HttpTransport`."""

    def __init__(
        self,
        target: HttpTarget,
        authorizer: Authorizer | None = None,
        *,
        connect_timeout: float = 10.0,
        body_limit: int = DEFAULT_LIMIT,
    ) -> None:
        self._target = target
        self._authorizer = authorizer
        self._connect_timeout = connect_timeout
        self._body_limit = body_limit

    @asynccontextmanager
    async def open(self, tap: Tap) -> AsyncIterator[LegacySseLink]:
        """A link whose stream is being opened; `LegacySseLink.opened` tells when messages can be sent.

        Raises:
            ConnectionFailed: The URL, the certificate file or the proxy's URL cannot be used.
        """
        link = LegacySseLink(
            self._target,
            tap,
            self._authorizer,
            connect_timeout=self._connect_timeout,
            body_limit=self._body_limit,
        )
        failure: Exception | None = None
        try:
            async with anyio.create_task_group() as tasks:
                link.begin(tasks)
                try:
                    yield link
                except Exception as error:  # raised again below, out of the group's wrapping
                    failure = error
                finally:
                    link.close()
                    tasks.cancel_scope.cancel()
        finally:
            with anyio.CancelScope(shield=True):
                await link.leave()
        if failure is not None:
            raise failure


class LegacySseLink:
    """An open connection; see `inspector.transport.base.Link` and `inspector.transport.opening`.

    Attributes:
        opening: How far it has come. While the server is waited for, `says` tells what has not come yet.
        over: Why the stream is over; empty while it is not.
    """

    def __init__(
        self,
        target: HttpTarget,
        tap: Tap,
        authorizer: Authorizer | None,
        *,
        connect_timeout: float,
        body_limit: int,
    ) -> None:
        self._url = target.url
        self._tap = tap
        self._traffic = Requests(
            target,
            tap,
            authorizer,
            connect_timeout=connect_timeout,
            body_limit=body_limit,
            noted=self._noted,
        )
        self._stream = self._traffic.start()
        self._decided = anyio.Event()
        self._others = 0
        self._content_type = ""
        self._unheard = Unheard()
        self._closed = False
        self.over = ""
        self.opening = Opening(self._stream.number, says="GET got no response")

    @property
    def inbound(self) -> MemoryObjectReceiveStream[Event]:
        return self._traffic.inbound

    def begin(self, tasks: TaskGroup) -> None:
        """Ask for the stream; `tasks` is where requests run."""
        self._tasks = tasks
        tasks.start_soon(self._receive)

    async def opened(self) -> Opening:
        """Wait until the server says where to send messages, or until it is certain that it does not."""
        await self._decided.wait()
        return self.opening

    async def send(self, outgoing: Outgoing) -> Event:
        await anyio.lowlevel.checkpoint()
        if self._closed or self.over or not self.opening.endpoint:
            self._tap.sent(outgoing.body)
            raise LinkClosed("The stream is over, or has named no endpoint.")
        exchange = self._traffic.start()
        event = outgoing.event or self._tap.sent(outgoing.body, exchange=exchange.number)
        taken = self._tap.take(event)
        before = self._unheard.now
        if not outgoing.answered and taken is None:  # one that waits holds up no other
            self._unheard.add(exchange)
        self._tasks.start_soon(self._post, exchange, outgoing, before, taken)
        return event

    def abort(self, exchange: int) -> None:
        if exchange != self._stream.number:
            self._traffic.abort(exchange)

    def listen(self, headers: Mapping[str, str]) -> None:
        """Nothing more: the one stream there is has been open from the start."""

    def close(self) -> None:
        """Take no more messages; the stream is being closed, which is how one disconnects."""
        self._closed = True
        self._traffic.close()

    async def leave(self) -> None:
        """Let go of every connection. The server learns of it by the end of its stream."""
        await self._traffic.aclose()

    async def _receive(self) -> None:
        """The stream, from its request to its end."""
        stream = self._stream
        try:
            with stream.scope:
                reading = await self._traffic.ask(stream, "GET", self._url, named=self._named)
                is_stream = reading is not None and reading.is_stream
                self._decide(says=self._refusal(stream, is_stream=is_stream))
                lost = f"the stream that answers come on ended{_because(stream)}"
                self.over = lost if self.opening.endpoint else self.opening.says
        finally:
            end = self._traffic.end(stream)
        await self._traffic.deliver(end)
        self._traffic.close()

    async def _post(
        self, exchange: Exchange, outgoing: Outgoing, before: Before, taken: Taken | None
    ) -> None:
        """One message: its POST, whose answer comes on the stream, or in the body all the same."""
        asked = taken is None
        try:
            with exchange.scope:
                await anyio.lowlevel.checkpoint()  # aborted already: no request is to be written down
                bodies = await onward(taken, outgoing.body, self._traffic.deliver)
                await self._unheard.wait(before)
                headers, url = [*outgoing.headers.items()], self.opening.endpoint
                for body in bodies:
                    asked = True
                    reading = await self._traffic.ask(exchange, "POST", url, headers, body, tolerant=True)
                    noted = exchange.status is not None and 200 <= exchange.status < 300
                    if noted and outgoing.answered and reading is not None and not reading.replied:
                        exchange.answers_on = self._stream.number
        finally:
            self._unheard.over(exchange)
            if asked:
                end = self._traffic.end(exchange)
            else:
                self._traffic.forget(exchange)
        if asked:
            await self._traffic.deliver(end)

    def _noted(self, exchange: Exchange, head: Head) -> None:
        if exchange is self._stream:
            self._content_type = head.headers.get("content-type", "")
            says = f"GET was answered with {head.status}, and no endpoint event came"
            self.opening = Opening(exchange.number, status=head.status, says=says)

    def _named(self, event: ServerEvent) -> bool:
        """Take an event that is no message. The first `endpoint` counts."""
        if event.type != "endpoint":
            self._others += 1
            return False
        if self._decided.is_set():
            again = self._resolved(event)[0]
            if again != self.opening.endpoint:
                says = "The server named another endpoint later on; messages go on to the first one."
                self._tap.client("warning", says=says, exchange=self._stream.number)
            return True
        if self._others:
            says = "The first event of the stream is to be `endpoint`, and another one came before it."
            self._tap.client("warning", says=says, exchange=self._stream.number)
        endpoint, wrong = self._resolved(event)
        self._decide(endpoint, wrong)
        return True

    def _resolved(self, event: ServerEvent) -> tuple[str, str]:
        return endpoint_of(event.data or b"", self._stream.url or self._url)

    def _decide(self, endpoint: str = "", says: str = "") -> None:
        if not self._decided.is_set():
            self.opening = Opening(self._stream.number, endpoint, self._stream.status, says)
            self._decided.set()

    def _refusal(self, stream: Exchange, *, is_stream: bool) -> str:
        """Why there is no endpoint, now that the stream is over."""
        if stream.status is None:
            return _safe(stream.error) or "GET got no response"
        if not 200 <= stream.status < 300:
            onward = f", which points to {_safe(redact_url(stream.redirect))}" if stream.redirect else ""
            return f"GET got {stream.status}{onward}{_because(stream) if onward else ''}"
        if not is_stream:
            kind = clip(visible(self._content_type), 60) or "no content type"
            return f"GET got {stream.status} with {kind}, which is no event stream"
        other = ", though other events came" if self._others else ""
        return f"the stream that GET got ended before its endpoint event{other}"


def endpoint_of(said: bytes, url: str) -> tuple[str, str]:
    """Where messages go.

    2024-11-05, basic/transports, "HTTP with SSE": a URI, which the specification of 2025-03-26 and all SDKs
    resolve against the stream's own URL. Another origin is refused, because messages, and credentials with
    them, would go wherever a server likes.

    Args:
        said: The data of the `endpoint` event.
        url: Of the stream, after redirects.

    Returns:
        The absolute URL, and an empty text; or an empty URL, and why there is none, safe for a terminal.
    """
    shown = _safe(redact_url(said.decode("utf-8", "replace")))
    try:
        text = said.decode("utf-8").strip()
        if any(ord(character) <= 0x20 or ord(character) == 0x7F for character in text):
            return "", f"the endpoint event names {shown!r}, which is no URL"
        joined = urlsplit(urljoin(url, text))
        origin, home = (origin_of(checked_url(each)) for each in (joined.geturl(), url))
    except (UnicodeDecodeError, ValueError, ConnectionFailed):
        return "", f"the endpoint event names {shown!r}, which is no URL that messages can go to"
    if origin != home:
        theirs, ours = (f"{scheme}://{_host(host)}:{port}" for scheme, host, port in (origin, home))
        return "", (
            f"the endpoint event names another origin, {_safe(theirs)}, than that of the "
            f"stream, {visible(ours)}: no message is sent there"
        )
    # The user's own spelling of the origin, so that his credentials in it go on, and no others.
    return joined._replace(netloc=urlsplit(url).netloc, fragment="").geturl(), ""


def _host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _because(exchange: Exchange) -> str:
    return f": {_safe(exchange.error)}" if exchange.error else ""


def _safe(text: str) -> str:
    return clip(visible(text), _WIDTH)
