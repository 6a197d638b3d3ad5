"""Streamable HTTP, both eras: a POST for each message, the GET stream and DELETE of the legacy ones.

Only this module and `http_tap` know the HTTP library. What a response carries is read in `exchange`,
without I/O. No timeout ends a response here: how long to wait is the session's business.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from itertools import chain

import anyio
import anyio.lowlevel
import httpx
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectReceiveStream

import inspector
from inspector.transport.base import Authorizer, LinkClosed, Outgoing
from inspector.transport.exchange import Exchange, Reading
from inspector.transport.failure import explain
from inspector.transport.hop import Hop
from inspector.transport.http_tap import tapped_client
from inspector.transport.sse import DEFAULT_LIMIT, DEFAULT_RETRY
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget
from inspector.wire.event import Event
from inspector.wire.fault import Fault

_INBOUND = 256
_LEAVE_WITHIN = 2.0
_HEARD_WITHIN = 5.0
_REDIRECTS = 5
_FRUITLESS = 5
_SHORTEST_RETRY = 0.01

Headers = Iterable[tuple[str, str]]


class HttpTransport:
    """Reaches a server at a URL.

    Args:
        target: Where, and with which headers.
        authorizer: Where credentials come from, if from anywhere but the target's headers.
        connect_timeout: Seconds for the connection and for the TLS handshake, each.
        body_limit: Bytes of a response body, or of one event's data, that are kept.
    """

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
    async def open(self, tap: Tap) -> AsyncIterator[HttpLink]:
        """A link that is ready to send. Nothing is sent yet.

        Raises:
            ConnectionFailed: The URL, the certificate file or the proxy's URL cannot be used.
        """
        client = tapped_client(self._target, tap, self._connect_timeout)
        failure: Exception | None = None
        try:
            async with anyio.create_task_group() as tasks:
                link = HttpLink(client, self._target, tap, tasks, self._body_limit)
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
                await client.aclose()
        if failure is not None:
            raise failure


class HttpLink:
    """An open connection; see `inspector.transport.base.Link`.

    Attributes:
        legacy: The era that the session has settled on, or is about to try: sessions, the GET stream,
            resumption and DELETE exist in the legacy ones only. Set it before the handshake is sent.
        session_id: `Mcp-Session-Id` as the server gave it. It is sent where `legacy` is set, and forgotten
            when a POST that carried it gets 404; a new handshake then starts without one.
    """

    def __init__(
        self, client: httpx.AsyncClient, target: HttpTarget, tap: Tap, tasks: TaskGroup, body_limit: int
    ) -> None:
        self.legacy = False
        self.session_id: str | None = None
        self._client = client
        self._target = target
        self._url = httpx.URL(target.url)
        self._tap = tap
        self._tasks = tasks
        self._body_limit = body_limit
        self._outbound, self._inbound = anyio.create_memory_object_stream[Event](_INBOUND)
        self._running: dict[int, Exchange] = {}
        self._last_headers: Mapping[str, str] = {}
        self._unheard: list[anyio.Event] = []
        self._listening = False
        self._closed = False

    @property
    def inbound(self) -> MemoryObjectReceiveStream[Event]:
        return self._inbound

    async def send(self, outgoing: Outgoing) -> Event:
        await anyio.lowlevel.checkpoint()
        if self._closed:
            self._tap.sent(outgoing.body)
            raise LinkClosed("The link is closed.")
        exchange = self._start()
        event = self._tap.sent(outgoing.body, exchange=exchange.number)
        self._last_headers = outgoing.headers
        before = tuple(self._unheard)
        if not outgoing.answered:
            self._unheard.append(exchange.heard)
        self._tasks.start_soon(self._post, exchange, outgoing, before)
        return event

    def abort(self, exchange: int) -> None:
        if exchange in self._running:
            self._running[exchange].scope.cancel()

    def listen(self, headers: Mapping[str, str]) -> None:
        if self.legacy and not self._listening and not self._closed:
            self._listening = True
            self._tasks.start_soon(self._listen, dict(headers), tuple(self._unheard))

    def close(self) -> None:
        """Take no more messages; what is under way is being cancelled."""
        self._closed = True
        self._outbound.close()

    async def leave(self) -> None:
        """End the session that the server keeps for us, if there is one. Any answer will do."""
        try:
            if self.legacy and self.session_id is not None:
                exchange = self._start()
                exchange.scope = anyio.CancelScope(deadline=anyio.current_time() + _LEAVE_WITHIN)
                with exchange.scope:
                    await self._ask(exchange, "DELETE", self._last_headers.items())
                if exchange.scope.cancelled_caught:
                    exchange.ends("aborted", f"no answer within {_LEAVE_WITHIN:g} s")
                self._end(exchange)
        finally:
            self._inbound.close()

    async def _post(self, exchange: Exchange, outgoing: Outgoing, before: tuple[anyio.Event, ...]) -> None:
        """One message: its POST, and what it takes to get the answer."""
        try:
            with exchange.scope:
                await anyio.lowlevel.checkpoint()  # aborted already: no request is to be written down
                await self._after(before)
                headers = [*outgoing.headers.items()]
                reading = await self._ask(
                    exchange, "POST", headers, outgoing.body, answered=outgoing.answered
                )
                if reading is not None and outgoing.answered and self.legacy:
                    await self._resume(exchange, headers, reading)
        finally:
            if exchange.heard in self._unheard:
                self._unheard.remove(exchange.heard)
            end = self._end(exchange)
        await self._deliver(end)

    async def _after(self, before: tuple[anyio.Event, ...]) -> None:
        """Wait until the server has heard the notifications that were sent before.

        Each POST may take a connection of its own, and `initialized` would be overtaken. A server that
        does not take a notification is waited for once.
        """
        with anyio.move_on_after(_HEARD_WITHIN) as patience:
            for heard in before:
                await heard.wait()
        if patience.cancelled_caught:
            self._unheard = [heard for heard in self._unheard if heard not in before]

    async def _resume(self, exchange: Exchange, headers: Headers, reading: Reading) -> None:
        """Go on with a stream that ended before its answer.

        Specification 2025-11-25, basic/transports, "Resumability and Redelivery": always by GET, however
        the stream began, and after the time that the server asked for.
        """
        last_id, retry = reading.cursor
        fruitless = 0
        while reading.is_stream and not reading.replied and last_id and fruitless < _FRUITLESS:
            ended = (exchange.outcome, exchange.error, exchange.stage)
            status = exchange.status
            exchange.ends("aborted")  # should that come now
            await anyio.sleep(max(retry, _SHORTEST_RETRY))
            resuming = [*headers, ("last-event-id", last_id)]
            resumed = await self._ask(
                exchange, "GET", resuming, answered=True, since=(last_id, retry), why="resume"
            )
            if resumed is not None and not resumed.is_stream and not resumed.replied:
                refused, exchange.status = exchange.status, status
                exchange.ends(ended[0], f"{ended[1]}; it was not resumed: HTTP {refused}", ended[2])
                return
            fruitless = 0 if resumed is not None and resumed.fruitful else fruitless + 1
            if resumed is not None:
                reading = resumed
                last_id, retry = reading.cursor

    async def _listen(self, headers: Mapping[str, str], before: tuple[anyio.Event, ...]) -> None:
        """Keep the GET stream open, on which the server sends what answers nothing."""
        await self._after(before)
        since, fruitless = ("", DEFAULT_RETRY), 0
        while fruitless < _FRUITLESS:
            exchange = self._start()
            resuming = [("last-event-id", since[0])] if since[0] else []
            reading = None
            try:
                with exchange.scope:
                    reading = await self._ask(exchange, "GET", [*headers.items(), *resuming], since=since)
            finally:
                end = self._end(exchange)
            await self._deliver(end)
            if exchange.outcome == "aborted" or (reading is not None and not reading.is_stream):
                break  # 405 is how a server says that it offers no such stream
            if reading is not None:
                since = reading.cursor
            fruitless = 0 if reading is not None and reading.fruitful else fruitless + 1
            await anyio.sleep(max(since[1], _SHORTEST_RETRY))
        else:
            says = f"The GET stream brought nothing {_FRUITLESS} times in a row, and is not opened again."
            self._tap.client("warning", says=says)
        self._listening = False

    async def _ask(
        self,
        exchange: Exchange,
        method: str,
        headers: Headers,
        body: bytes = b"",
        *,
        answered: bool = False,
        since: tuple[str, float] = ("", DEFAULT_RETRY),
        why: str = "",
    ) -> Reading | None:
        """Make a request and read its response to the end, following redirects that keep the method.

        Returns:
            What was read, `None` where no response came. How it ended stands in `exchange`.
        """
        url = self._url
        left = _REDIRECTS
        while True:
            hop = Hop(exchange.number, why)
            reading = await self._hop(
                exchange, hop, self._request(method, url, headers, body, hop), answered, since
            )
            onward = _url(exchange.redirect)
            if onward is None or not left or not _followed(exchange.status, url, onward):
                return reading
            url, why, left = onward, "redirect", left - 1

    async def _hop(
        self,
        exchange: Exchange,
        hop: Hop,
        request: httpx.Request,
        answered: bool,
        since: tuple[str, float],
    ) -> Reading | None:
        exchange.ends("aborted")
        exchange.requests += 1
        exchange.redirect = ""
        reading: Reading | None = None
        try:
            response = await self._send(request)
            reading = self._reading(exchange, response, answered, since)
            self._note(exchange, request, response)
            await self._read(response, reading, to_answer=request.method == "GET" and answered)
            exchange.ends("complete")
        except (httpx.HTTPError, OSError) as error:
            failure = explain(error, hop, request.url)
            stage, says = failure.stage, failure.says
            if isinstance(error, httpx.DecodingError):
                faults = [Fault.CONTENT_ENCODING]
                self._tap.http_body(exchange.number, bytes(hop.encoded), faults, size=hop.bytes)
            broke_off = stage == "read" and isinstance(error, httpx.RemoteProtocolError)
            exchange.ends("closed-early" if broke_off else "failed", says, stage)
        finally:
            exchange.phases = hop.timings
            exchange.bytes += hop.bytes
        if reading is not None:
            for event in reading.close():
                await self._deliver(event)
            if exchange.outcome == "complete" and answered and reading.is_stream and not reading.replied:
                exchange.ends("closed-early", "the stream ended before the answer", "read")
        return reading

    async def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._client.send(request, stream=True)
        except (httpx.InvalidURL, ValueError) as error:  # of a `Location` that httpx did not expect
            says = f"Invalid URL in location header: {error}"
            raise httpx.RemoteProtocolError(says, request=request) from error

    def _reading(
        self, exchange: Exchange, response: httpx.Response, answered: bool, since: tuple[str, float]
    ) -> Reading:
        return Reading(
            self._tap,
            exchange.number,
            status=response.status_code,
            content_type=response.headers.get("content-type", ""),
            answered=answered,
            limit=self._body_limit,
            since=since,
        )

    async def _read(self, response: httpx.Response, reading: Reading, *, to_answer: bool) -> None:
        """Read a body as far as it goes, and close the response in any case.

        Args:
            response: Whose head has been read.
            reading: What takes the bytes.
            to_answer: Go no further than the chunk with the answer. A resumed stream is a GET stream, which
                servers leave open: mcp 2.3.0 does.
        """
        events: Iterator[Event] = iter(())
        try:
            async for chunk in response.aiter_bytes():
                events = reading.feed(chunk)
                for event in events:
                    await self._deliver(event)
                if to_answer and reading.replied:
                    return
        except anyio.get_cancelled_exc_class():
            for _ in chain(events, reading.close()):  # written down; nobody waits for it any more
                pass
            raise
        finally:
            with anyio.CancelScope(shield=True):
                await response.aclose()

    def _note(self, exchange: Exchange, request: httpx.Request, response: httpx.Response) -> None:
        """Take from a response's head what outlives it."""
        exchange.status = response.status_code
        exchange.heard.set()
        if response.next_request is not None:
            exchange.redirect = str(response.next_request.url)
        given = response.headers.get("mcp-session-id")
        if given is not None and self.legacy and request.method == "POST" and response.is_success:
            self.session_id = given
        # A GET that gets 404 is how a server without GET streams answers that knows no better.
        used = self.session_id is not None and request.headers.get("mcp-session-id") == self.session_id
        if response.status_code == 404 and used and request.method == "POST":
            self.session_id = None
            exchange.session = "ended"

    def _request(self, method: str, url: httpx.URL, headers: Headers, body: bytes, hop: Hop) -> httpx.Request:
        own = [
            ("accept", "text/event-stream" if method == "GET" else "application/json, text/event-stream"),
            # A compressed body is decoded, but the journal is to show the bytes that the server wrote.
            ("accept-encoding", "identity"),
            ("user-agent", f"mcp-inspect/{inspector.__version__}"),
        ]
        if method == "POST":
            own.insert(0, ("content-type", "application/json"))
        if self.legacy and self.session_id is not None:
            own.append(("mcp-session-id", self.session_id))
        return self._client.build_request(
            method,
            url,
            headers=_merged(own, headers, self._target.headers),
            content=body if method == "POST" else None,
            extensions={"hop": hop, "trace": hop.trace},
        )

    def _start(self) -> Exchange:
        number = self._tap.journal.new_exchange()
        exchange = self._running[number] = Exchange(number)
        return exchange

    def _end(self, exchange: Exchange) -> Event:
        del self._running[exchange.number]
        exchange.heard.set()
        return self._tap.http("end", exchange.number, **exchange.facts())

    async def _deliver(self, event: Event) -> None:
        """Hand on an event that is written down already; without effect once nobody takes it."""
        if self._closed:
            return
        try:
            await self._outbound.send(event)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            # The session stopped reading: the journal has it all, and the link is about to be closed.
            return


def _merged(*layers: Headers) -> list[tuple[bytes, bytes]]:
    """The headers of all layers; a later layer replaces what an earlier one says under the same name."""
    merged: list[tuple[str, str]] = []
    for layer in layers:
        added = list(layer)
        names = {name.lower() for name, _ in added}
        merged = [(name, value) for name, value in merged if name.lower() not in names] + added
    return [(_raw(name), _raw(value)) for name, value in merged]


def _raw(text: str) -> bytes:
    """A header's bytes. A command line's bytes that were no UTF-8 are these bytes again."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a surrogate pair, out of JSON
        return text.encode("utf-8", "replace")


def _url(text: str) -> httpx.URL | None:
    """What httpx makes of it; it cannot read every URL that it writes."""
    try:
        url = httpx.URL(text)
        return url if url.host else None
    except (httpx.InvalidURL, ValueError):
        return None


def _followed(status: int | None, url: httpx.URL, onward: httpx.URL) -> bool:
    """Whether a redirect keeps the method and stays at the origin, so that credentials go nowhere else."""
    origin, target = ((part.scheme, part.host, part.port) for part in (url, onward))
    return status in (307, 308) and origin == target
