"""Requests of a connection over HTTP: credentials, redirects and challenges around them, and their answers.

What `HttpLink` (streamable HTTP) and the link of HTTP+SSE have in common. A link decides what to ask; how
one thing is asked and read, in as many requests as it takes, is decided here:

    traffic = Requests(target, tap, authorizer)     # may raise ConnectionFailed
    exchange = traffic.start()                       # a number in the journal, and a scope to abort it
    with exchange.scope:
        reading = await traffic.ask(exchange, "POST", url, headers, body, answered=True)
    await traffic.deliver(traffic.end(exchange))     # the `end` event, and to `traffic.inbound`

Messages go to `traffic.inbound` as they are read; an SSE event of another type
goes to `ask(named=…)`, as `endpoint` of HTTP+SSE does. How it ended stands in `exchange`
(`outcome`, `error`, `status`, `url`, `redirect`). No timeout ends a response here: how long to
wait is the session's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

import anyio
import httpx
from anyio.streams.memory import MemoryObjectReceiveStream

import inspector
from inspector.errors import ConnectionFailed, InspectError
from inspector.transport.base import Authorizer, Challenge
from inspector.transport.decode import decoded
from inspector.transport.dial import peer_of
from inspector.transport.exchange import Exchange, Reading
from inspector.transport.failure import explain
from inspector.transport.fields import Headers, exact, merged, pairs, private
from inspector.transport.guard import Guard, Refused
from inspector.transport.head import Head
from inspector.transport.hop import Hop
from inspector.transport.http_tap import tapped_client
from inspector.transport.pace import Pace, warning
from inspector.transport.pool import origin_of
from inspector.transport.redirect import onward
from inspector.transport.sse import DEFAULT_LIMIT, DEFAULT_RETRY, ServerEvent
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget
from inspector.wire.event import Event
from inspector.wire.fault import Fault

_INBOUND = 256
_CHALLENGES = 4
_CHALLENGE_WITHIN = 5.0
_ACCEPT = {"GET": "text/event-stream"}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked, whatever it takes."""

    method: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    answered: bool
    since: tuple[str, float]
    tolerant: bool
    named: Callable[[ServerEvent], bool] | None


@dataclass(slots=True)
class _Way:
    """How far it has come."""

    visited: list[httpx.URL]
    why: str
    challenges: int = 0
    sent: frozenset[str] = frozenset()
    """Names of what a request must not carry to another origin, of the request before."""
    challenge: Challenge | None = None
    afresh: bool = False

    @property
    def url(self) -> httpx.URL:
        return self.visited[-1]


class Requests:
    """Asks one server, and hands on what it says.

    Args:
        target: Where, with which headers, TLS settings and socket.
        tap: Where all of it is written down.
        authorizer: Where credentials come from. It is not asked where the target has an `Authorization`
            header of the user's, or its URL a password.
        connect_timeout: Seconds for resolving, for connecting and for the TLS handshake, each.
        body_limit: Bytes of a response body, or of one event's data, that are kept.
        around: Headers of the link's own for a method, e.g. the session's.
        noted: Told of every response's head, before its body is read.

    Raises:
        ConnectionFailed: The URL, a certificate's file, the proxy or the socket cannot be used.
    """

    def __init__(
        self,
        target: HttpTarget,
        tap: Tap,
        authorizer: Authorizer | None = None,
        *,
        connect_timeout: float = 10.0,
        body_limit: int = DEFAULT_LIMIT,
        around: Callable[[str], Headers] = lambda method: (),
        noted: Callable[[Exchange, Head], None] = lambda exchange, head: None,
    ) -> None:
        self._client = tapped_client(target, tap, connect_timeout)
        self._target = target
        self._origin = origin_of(httpx.URL(target.url))
        self._tap = tap
        # A user's name and password in the URL become such a header, too.
        own = any(name.lower() == "authorization" for name, _ in target.headers)
        own = own or bool(httpx.URL(target.url).userinfo)
        self._authorizer = None if own else authorizer
        self._body_limit = body_limit
        self._around = around
        self._noted = noted
        self._outbound, self._inbound = anyio.create_memory_object_stream[Event](_INBOUND)
        self._running: dict[int, Exchange] = {}
        self._peer = ""
        self._closed = False

    @property
    def inbound(self) -> MemoryObjectReceiveStream[Event]:
        """What `deliver` was given."""
        return self._inbound

    def start(self) -> Exchange:
        """A new exchange, which must be ended."""
        number = self._tap.journal.new_exchange()
        exchange = self._running[number] = Exchange(number)
        return exchange

    def end(self, exchange: Exchange) -> Event:
        """Write down how an exchange ended."""
        del self._running[exchange.number]
        exchange.heard.set()
        return self._tap.http("end", exchange.number, **exchange.facts())

    def forget(self, exchange: Exchange) -> None:
        """Of an exchange in which nothing was asked nothing is to be written down."""
        del self._running[exchange.number]
        exchange.heard.set()

    def abort(self, number: int) -> None:
        """Close the response stream of an exchange that is under way; without effect on any other."""
        if number in self._running:
            self._running[number].scope.cancel()

    async def deliver(self, event: Event) -> None:
        """Hand on an event that is written down already; without effect once nobody takes it."""
        if self._closed:
            return
        try:
            await self._outbound.send(event)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            # The session stopped reading: the journal has it all, and the link is about to be closed.
            return

    def close(self) -> None:
        """Deliver nothing any more: `inbound` ends."""
        self._closed = True
        self._outbound.close()

    async def aclose(self) -> None:
        """Let go of every connection."""
        self._inbound.close()
        await self._client.aclose()

    async def ask(
        self,
        exchange: Exchange,
        method: str,
        url: str,
        headers: Headers = (),
        body: bytes = b"",
        *,
        answered: bool = False,
        since: tuple[str, float] = ("", DEFAULT_RETRY),
        why: str = "",
        tolerant: bool = False,
        named: Callable[[ServerEvent], bool] | None = None,
    ) -> Reading | None:
        """Ask for something, and read the answer to its end; follow redirects and meet challenges.

        Args:
            exchange: What it is a part of. How it ended stands there afterwards.
            method: POST, GET or DELETE. A challenge of DELETE is not met: we are leaving.
            url: Absolute. The target's headers and the client's certificate go to the target's origin only.
            headers: Beside the transport's own, which they may replace.
            body: Of a POST.
            answered: An answer is owed; a body is then no surprise. A GET is read up to the answer only.
            since: Last event id and retry to start from, of a stream that this one resumes.
            why: `resume`, where it is not the first request of its exchange.
            tolerant: Nothing has to stand in the body, and anything may: the answer comes elsewhere.
            named: Takes each SSE event of another type than `message`; returns whether it was expected.

        Returns:
            What was read, `None` where no response came.
        """
        asked = _Asked(method, tuple(headers), body, answered, since, tolerant, named)
        way = _Way([httpx.URL(url)], why)
        while True:
            try:
                reading = await self._hop(exchange, asked, way)
                again = await self._met(exchange, way) or self._goes_on(exchange, asked, way)
            except InspectError as error:  # of the authorizer, whose person gave up, say
                exchange.ends("failed", error.message.rstrip("."), "send", "authorization")
                return None
            if not again:
                return reading

    async def _met(self, exchange: Exchange, way: _Way) -> bool:
        """Whether the authorizer did something about a challenge, so that asking again is worth it."""
        challenge, way.challenge = way.challenge, None
        if challenge is None or self._authorizer is None:
            return False
        outcome = (exchange.outcome, exchange.error, exchange.stage, exchange.cause)
        exchange.ends("aborted")  # should that come now
        way.challenges += 1
        again = await self._authorizer.challenged(challenge)
        exchange.ends(*outcome)
        way.why = "authorized"
        return again

    def _goes_on(self, exchange: Exchange, asked: _Asked, way: _Way) -> bool:
        """Whether a redirect is followed."""
        if not exchange.redirect or exchange.outcome != "complete" or exchange.status is None:
            return False
        step = onward(asked.method, exchange.status, way.visited, exchange.redirect, afresh=way.afresh)
        if step.url is None:
            exchange.ends("complete", step.says, "", step.cause)
            return False
        way.visited.append(step.url)
        way.why = "redirect"
        return True

    async def _hop(self, exchange: Exchange, asked: _Asked, way: _Way) -> Reading | None:
        exchange.ends("aborted")
        granted = list(await self._authorizer.headers(str(way.url))) if self._authorizer else []
        request, hop = self._request(exchange, asked, way, granted)
        exchange.requests += 1
        exchange.redirect, exchange.url = "", str(way.url)
        reading: Reading | None = None
        try:
            response = await self._send(request)
            way.challenge = self._challenge(exchange, asked, way, response, used=bool(granted))
            self._note(exchange, asked, way, response)
            reading = self._reading(exchange, asked, response, challenge=way.challenge is not None)
            await self._read(exchange, asked, response, reading, hop)
            exchange.ends("complete")
        except (httpx.HTTPError, OSError, Refused, ConnectionFailed) as error:
            failure = explain(error, hop, request.url)
            if failure.cause == "bad-encoding":
                faults = [Fault.CONTENT_ENCODING]
                self._tap.http_body(exchange.number, bytes(hop.encoded), faults, size=hop.bytes)
            outcome = "closed-early" if failure.cause == "cut-short" else "failed"
            exchange.ends(outcome, failure.says, failure.stage, failure.cause)
            if reading is None:
                exchange.reached(hop)
        finally:
            exchange.phases = hop.timings
            exchange.bytes += hop.bytes
        if reading is not None:
            for event in reading.close():
                await self.deliver(event)
            unanswered = asked.answered and reading.is_stream and not reading.replied
            if exchange.outcome == "complete" and unanswered:
                exchange.ends("closed-early", "the stream ended before the answer", "read", "no-answer")
        return reading

    def _request(
        self, exchange: Exchange, asked: _Asked, way: _Way, granted: Headers
    ) -> tuple[httpx.Request, Hop]:
        """The next request, and its hop, which knows what a redirect made it drop."""
        at_home = origin_of(way.url) == self._origin
        own = [
            ("accept", _ACCEPT.get(asked.method, "application/json, text/event-stream")),
            # A compressed body is decoded, but the journal is to show the bytes that the server wrote.
            ("accept-encoding", "identity"),
            ("user-agent", f"mcp-inspect/{inspector.__version__}"),
        ]
        if asked.method == "POST":
            own.insert(0, ("content-type", "application/json"))
        given = [*granted]
        if at_home:
            own += self._around(asked.method)
            given += self._target.headers
        request = self._client.build_request(
            asked.method,
            way.url,
            headers=merged(own, asked.headers, granted, self._target.headers if at_home else ()),
            content=asked.body if asked.method == "POST" else None,
        )
        if not at_home:
            # Cookies know no ports; and what is in the jar, the target's own server gave.
            request.headers.pop("cookie", None)
        before, way.sent = way.sent, private(given, request.headers)
        dropped = tuple(sorted(before - way.sent)) if way.why == "redirect" else ()
        # Where the user pointed, no guard asks; wherever else, only a server can have pointed.
        guard = None if at_home else Guard.beside(self._target.url, self._peer)
        hop = Hop(exchange.number, way.why, dropped=dropped, guard=guard)
        request.extensions |= {"hop": hop, "trace": hop.trace}
        return request, hop

    async def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._client.send(request, stream=True)
        except (httpx.InvalidURL, ValueError) as error:  # of a `Location` that httpx did not expect
            says = f"Invalid URL in location header: {error}"
            raise httpx.RemoteProtocolError(says, request=request) from error

    def _challenge(
        self, exchange: Exchange, asked: _Asked, way: _Way, response: httpx.Response, *, used: bool
    ) -> Challenge | None:
        """What the authorizer is to be told. A 403 is a challenge only where it says so."""
        status = response.status_code
        if self._authorizer is None or asked.method == "DELETE" or way.challenges >= _CHALLENGES:
            return None
        if status != 401 and not (status == 403 and "www-authenticate" in response.headers):
            return None
        url, headers, peer = str(way.url), pairs(response.headers.raw), _peer(response)
        return Challenge(exchange.number, way.challenges, url, status, headers, used, peer)

    def _note(self, exchange: Exchange, asked: _Asked, way: _Way, response: httpx.Response) -> None:
        """Take from a response's head what outlives it."""
        exchange.status = response.status_code
        exchange.heard.set()
        if origin_of(way.url) == self._origin:
            self._peer = _peer(response) or self._peer
        if response.next_request is not None:
            exchange.redirect = str(response.next_request.url)
            way.afresh = "set-cookie" in response.headers
        came, went = exact(response.headers.raw), exact(response.request.headers.raw)
        self._noted(exchange, Head(asked.method, response.status_code, came, went))

    def _reading(
        self, exchange: Exchange, asked: _Asked, response: httpx.Response, *, challenge: bool
    ) -> Reading:
        return Reading(
            self._tap,
            exchange.number,
            status=response.status_code,
            content_type=response.headers.get("content-type", ""),
            answered=asked.answered,
            limit=self._body_limit,
            since=asked.since,
            challenge=challenge,
            tolerant=asked.tolerant,
            named=asked.named,
        )

    async def _read(
        self, exchange: Exchange, asked: _Asked, response: httpx.Response, reading: Reading, hop: Hop
    ) -> None:
        """Read a body as far as it goes, and close the response in any case.

        A resumed stream is a GET stream, which servers leave open (mcp 2.3.0 does): it is read no further
        than the chunk with the answer. The body of a challenge is not waited for.
        """
        to_answer = asked.method == "GET" and asked.answered
        events: Iterator[Event] = iter(())
        pace = Pace(hop.sent_at)
        patience = _CHALLENGE_WITHIN if reading.challenge else None
        try:
            with anyio.move_on_after(patience):
                async for chunk in decoded(response):
                    pace.came()
                    events = reading.feed(chunk)
                    for event in events:
                        await self.deliver(event)
                    if to_answer and reading.replied:
                        return
        except anyio.get_cancelled_exc_class():
            for _ in chain(events, reading.close()):  # written down; nobody waits for it any more
                pass
            raise
        finally:
            with anyio.CancelScope(shield=True):
                await response.aclose()
        if asked.method == "POST" and reading.replied and (held := pace.held(reading.before)):
            exchange.held = held
            says = warning(held, response.headers)
            self._tap.client("warning", says=says, exchange=exchange.number)


def _peer(response: httpx.Response) -> str:
    """What a response came from; empty behind a proxy, whose address says nothing about the server."""
    stream = response.extensions.get("network_stream")
    if stream is None or response.request.extensions["hop"].proxied:
        return ""
    return peer_of(stream)
