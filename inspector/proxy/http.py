"""Stands between real hosts and a server over HTTP: requests go on, every byte of an answer comes back.

    tap = EnduringTap(journal, notice)
    async with proxying(target, tap, listen=("127.0.0.1", 0)) as proxy:
        print(proxy.url)                # what the host is to be given
        await anyio.sleep_forever()

Here is the way of a request; that of its answer is in `http_answer`. What is changed, and why, stands in
`http_rewrite`; what is written down, in `http_copy`. Several hosts may talk through one proxy at once; all
of it is one recording.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from urllib.parse import unquote, urlsplit

import anyio
import anyio.abc

from inspector.gate.gate import Gate, Sent
from inspector.httpd import ClientGone, Limits, Request, Server, TooLarge, serve
from inspector.proxy.http_answer import Carrying, hand_on, with_length
from inspector.proxy.http_copy import Paths, RequestCopy, ResponseCopy
from inspector.proxy.http_gate import GatedStream
from inspector.proxy.http_rewrite import Pairs, Rewriting
from inspector.proxy.http_tap import NOTHING, EnduringTap
from inspector.transport.exchange import Exchange
from inspector.transport.forward import Answer, Forwarder, Unanswered, given
from inspector.transport.gated import headers_for
from inspector.transport.hop import Hop
from inspector.transport.target import HttpTarget
from inspector.wire.event import Direction, Event, Kind

_WHOLE = 64 * 1024 * 1024  # bytes of a request's body that are kept until they are written down
_TEXT = ("Content-Type", "text/plain; charset=utf-8")
_JSON = ("Content-Type", "application/json")
# A host may hold a stream open for as long as it likes, and read it when it likes: so could it of the server.
_LIMITS = Limits(write_within=None)
_DROPPED = "it was dropped at a breakpoint and not sent"
_ANSWERED = "it was answered at a breakpoint and not sent"


@dataclass(slots=True)
class Counts:
    """What passed.

    Attributes:
        requests: HTTP requests that were carried.
        failed: Of these, those without a whole answer of the server's.
        sessions: `Mcp-Session-Id`s that the server gave.
        messages: Rows of the recording that are messages.
    """

    requests: int = 0
    failed: int = 0
    sessions: int = 0
    messages: int = 0

    def saw(self, event: Event) -> None:
        """An event was written down."""
        self.messages += event.kind is Kind.MESSAGE


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that listens.

    Attributes:
        server: Where.
        url: What to give to the host in the place of the server's URL.
        counts: What passed so far.
    """

    server: Server
    url: str
    counts: Counts


@asynccontextmanager
async def proxying(
    target: HttpTarget,
    tap: EnduringTap,
    listen: tuple[str, int] = ("127.0.0.1", 0),
    *,
    gate: Gate | None = None,
    failed: Callable[[Exception], None] | None = None,
) -> AsyncIterator[Proxy]:
    """Carry requests until the block is left.

    Args:
        target: The server; its headers are added to every request.
        tap: Where all of it is written down.
        listen: Address and port.
        gate: Breakpoints of the tap's journal.
        failed: Told of a failure of this program's own, which ends one request.

    Raises:
        ConnectionFailed: The URL, a certificate's file, the proxy or the socket cannot be used.
        UsageError: It cannot listen there.
    """
    forwarder = Forwarder(target, tap)
    carrier = Carrier(target, tap, forwarder, gate)
    listened = False
    try:
        async with serve(carrier.carry, *listen, limits=_LIMITS, failed=failed) as server:
            listened = True
            carrier.rewriting = Rewriting(forwarder.origin, server.url)
            tap.client("connecting", target=target.title, protocol="proxy")
            failure: Exception | None = None
            async with anyio.create_task_group() as tasks:
                carrier.lend(tasks)
                try:
                    yield Proxy(server, f"{server.url}{carrier.path}", carrier.counts)
                except Exception as error:  # of the block; raised again below, out of the group's wrapping
                    failure = error
                tasks.cancel_scope.cancel()
            if failure is not None:
                raise failure
    finally:
        if listened:
            tap.client("closed", reason="the proxy was stopped")
        with anyio.CancelScope(shield=True):
            await forwarder.aclose()


class Carrier:
    """Carries one request after the other, and several at once.

    Attributes:
        rewriting: Set before the first request comes.
        counts: What passed.
        path: Of the server's URL. Its query is added here, as the user's headers are: it may be a key.
    """

    rewriting: Rewriting

    def __init__(
        self, target: HttpTarget, tap: EnduringTap, forwarder: Forwarder, gate: Gate | None = None
    ) -> None:
        self.counts = Counts()
        tap.journal.add_listener(self.counts.saw)
        self._tap = tap
        self._forwarder = forwarder
        self._gate = gate
        self._added = _added(target)
        parts = urlsplit(target.url)
        self.path, self._query = parts.path or "/", parts.query
        self._paths = Paths(target.url)
        self._told: set[str] = set()
        self._streams: dict[int, GatedStream] = {}
        self._latest: tuple[str, Pairs, bytes] | None = None  # target, headers and body of the latest message

    def lend(self, tasks: anyio.abc.TaskGroup) -> None:
        """Where messages that nobody sent are sent from."""
        if self._gate is not None:
            self._gate.outlets[Direction.C2S] = partial(self._inject_to_server, tasks)
            self._gate.outlets[Direction.S2C] = partial(self._inject_to_host, tasks)

    async def carry(self, request: Request) -> None:
        """One request and its response. A host that hangs up ends both."""
        self.counts.requests += 1
        exchange = Exchange(self._tap.journal.new_exchange())
        hop = Hop(exchange.number)
        end = partial(self._end, exchange, hop)
        failure: Exception | None = None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_until_gone, request, tasks.cancel_scope)
            try:
                await self._carried(request, exchange, hop, end)
            except Exception as error:  # raised again below, out of the group's wrapping
                failure = error
            finally:
                end()
            tasks.cancel_scope.cancel()
        if failure is not None:
            raise failure
        if request.gone.is_set():
            raise ClientGone

    def _end(self, exchange: Exchange, hop: Hop) -> None:
        """Write the end of an exchange down, once."""
        if exchange.heard.is_set():
            return
        exchange.heard.set()
        exchange.phases, exchange.bytes = hop.timings, hop.bytes
        # A host that hangs up ends a stream as it pleases.
        self.counts.failed += exchange.outcome in ("failed", "closed-early")
        self._tap.http("end", exchange.number, **exchange.facts())

    async def _carried(self, request: Request, exchange: Exchange, hop: Hop, end: Callable[[], None]) -> None:
        asked = RequestCopy(self._tap, exchange.number, self._paths)
        body, event = await self._body(request, asked, hop)
        headers = self.rewriting.to_server(request.headers, self._forwarder.host)
        target = self.rewriting.target_to_server(request.target)
        if target == self.path and self._query:
            target = f"{target}?{self._query}"
        if isinstance(body, bytes) and _is_form(request):
            form = self.rewriting.form_to_server(body.decode("latin-1")).encode("latin-1")
            headers = with_length(headers, len(form)) if form != body else headers
            body = form
        again: list[Sent] = []
        if event is not None and self._gate is not None:
            self._latest = (target, headers, event.body)
            going = [sent for sent in await self._gate.outgoing(event) if not await _answers(request, sent)]
            if not going:
                await _goes_nowhere(request, exchange, answered=asked.answered)
                return
            if going[0].body != event.body:
                body = going[0].body
                headers = with_length(headers_for(self._tap, headers, event.body, body), len(body))
            again = going[1:]
        answer = await self._sent(request, exchange, hop, target, headers, body, end)
        if answer is None:
            return
        try:
            self.counts.sessions += _gives_session(request, answer)
            copy = ResponseCopy(
                self._tap, exchange.number, asked, answer.status, answer.headers, self._paths.add
            )
            way = Carrying(
                request, exchange, asked.mcp, end, self.rewriting, self._gate, self._reply, self._streams,
                self._elsewhere,
            )  # fmt: skip
            await hand_on(answer, copy, way)
        finally:
            await answer.aclose()
        for sent in again:
            await self._beside(sent.body, target, headers)

    async def _sent(
        self,
        request: Request,
        exchange: Exchange,
        hop: Hop,
        target: str,
        headers: Pairs,
        body: bytes | AsyncIterator[bytes],
        end: Callable[[], None],
    ) -> Answer | None:
        """Send a request on; where there is no answer of the server's, the host gets one of ours."""
        exchange.requests = 1
        try:
            answer = await self._forwarder.send(
                hop, request.method, target, given(headers, self._added), body
            )
        except Unanswered as error:
            failure = error.failure
            exchange.ends("failed", failure.says, failure.stage, failure.cause)
            exchange.reached(hop)
            status = 504 if error.timed_out else 502
            says = f"The server did not answer: {failure.says}."
            self._tap.client("warning", says=f"{says} The host was told {status}.", exchange=exchange.number)
            end()
            await request.respond(status, [_TEXT], f"{says}\n".encode("utf-8", "replace"))
            return None
        exchange.status = answer.status
        return answer

    async def _body(
        self, request: Request, asked: RequestCopy, hop: Hop
    ) -> tuple[bytes | AsyncIterator[bytes], Event | None]:
        """The request's body, written down: whole, or piece by piece where it is longer than any message."""
        encoded = request.header("content-encoding") is not None
        try:
            body = await request.body(_WHOLE)
        except TooLarge as error:
            head = error.head
            length = request.header("content-length") or ""
            hop.size = int(length) if length.isdigit() else len(head)
            asked.write(request.method, request.path, encoded, head, max(hop.size, len(head) + 1))
            return _joined(head, request.stream()), None
        event = asked.write(request.method, request.path, encoded, body, len(body))
        return body, None if event is NOTHING else event

    def _elsewhere(self, metadata: bytes, exchange: int) -> None:
        """Say once that tokens will be asked for in the proxy's name."""
        url = self.rewriting.elsewhere(metadata)
        if url and url not in self._told:
            self._told.add(url)
            says = (
                f"The authorization server {url} is asked past this proxy, for a token for"
                f" {self.rewriting.proxy}: one that heeds the resource grants none that the server takes."
            )
            self._tap.client("warning", says=says, exchange=exchange)

    # What no host sent.

    async def _reply(self, body: bytes) -> None:
        """Send the server a message in the host's place; it stands in the recording already."""
        if self._latest is not None:
            target, headers, before = self._latest
            await self._beside(body, target, headers_for(self._tap, headers, before, body))

    async def _beside(self, body: bytes, target: str, headers: Pairs) -> None:
        """A message to the server that is in the recording already; no host gets what it answers."""
        exchange = Exchange(self._tap.journal.new_exchange())
        hop = Hop(exchange.number)
        asked = RequestCopy(self._tap, exchange.number, self._paths)
        asked.mcp = True
        try:
            answer = await self._forwarder.send(
                hop, "POST", target, given(with_length(headers, len(body)), self._added), body
            )
            try:
                copy = ResponseCopy(
                    self._tap, exchange.number, asked, answer.status, answer.headers, self._paths.add
                )
                exchange.status = answer.status
                async for chunk in answer.raw():
                    copy.feed(chunk)
                copy.close()
            finally:
                await answer.aclose()
            exchange.ends("complete")
        except Unanswered as error:
            exchange.ends("failed", error.failure.says, error.failure.stage, error.failure.cause)
        finally:
            self._end(exchange, hop)

    def _inject_to_server(self, tasks: anyio.abc.TaskGroup, event: Event) -> None:
        if self._latest is not None:
            tasks.start_soon(self._reply, event.body)

    def _inject_to_host(self, tasks: anyio.abc.TaskGroup, event: Event) -> None:
        """On the event stream that was opened last; where there is none, it goes nowhere."""
        if self._streams:
            tasks.start_soon(self._streams[max(self._streams)].inject, event.body)


async def _answers(request: Request, sent: Sent) -> bool:
    """Give the host an answer that was made in the server's place."""
    if sent.back:
        await request.respond(200, [_JSON], sent.body)
    return sent.back


async def _goes_nowhere(request: Request, exchange: Exchange, *, answered: bool) -> None:
    """A message that was dropped, or answered here: of what is dropped the host learns nothing."""
    exchange.ends("aborted", _ANSWERED if request.started else _DROPPED)
    if request.started:
        return
    if answered:
        await request.gone.wait()
    await request.respond(202)


async def _until_gone(request: Request, scope: anyio.CancelScope) -> None:
    await request.gone.wait()
    scope.cancel()


async def _joined(head: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for chunk in rest:
        yield chunk


def _added(target: HttpTarget) -> Pairs:
    """The user's headers, and what stands in the URL before the host, as every client of it would send it."""
    added = [*target.headers]
    parts = urlsplit(target.url)
    if parts.username is not None and not any(name.lower() == "authorization" for name, _ in added):
        user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        added.append(("Authorization", f"Basic {base64.b64encode(user.encode()).decode()}"))
    return added


def _is_form(request: Request) -> bool:
    kind = (request.header("content-type") or "").partition(";")[0].strip().lower()
    return kind == "application/x-www-form-urlencoded"


def _gives_session(request: Request, answer: Answer) -> bool:
    session = answer.header("mcp-session-id")
    return session != "" and session != request.header("mcp-session-id")
