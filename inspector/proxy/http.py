"""Stands between real hosts and a server over HTTP: requests go on, every byte of an answer comes back.

    tap = EnduringTap(journal, notice)
    async with proxying(target, tap, listen=("127.0.0.1", 0)) as proxy:
        print(proxy.url)                # what the host is to be given
        await anyio.sleep_forever()

Answers are streamed as they come. What is changed on the way, and why, stands in `http_rewrite`; what is
written down, in `http_copy`. Several hosts may talk through one proxy at once; all of it is one recording.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import anyio

from inspector.httpd import ClientGone, Limits, Request, Server, Stream, TooLarge, serve
from inspector.proxy.http_copy import Paths, RequestCopy, ResponseCopy
from inspector.proxy.http_rewrite import EndpointRewriter, Rewriting
from inspector.proxy.http_tap import EnduringTap
from inspector.transport.decode import BadEncoding, Decoder, encodings
from inspector.transport.exchange import Exchange
from inspector.transport.forward import Answer, Forwarder, Unanswered, given
from inspector.transport.hop import Hop
from inspector.transport.target import HttpTarget
from inspector.wire.event import Event, Kind

_WHOLE = 64 * 1024 * 1024  # bytes of a request's body that are kept until they are written down
_METADATA = 4 * 1024 * 1024  # bytes of metadata that are rewritten
# A host may hold a stream open for as long as it likes, and read it when it likes: so could it of the server.
_LIMITS = Limits(write_within=None)


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
    failed: Callable[[Exception], None] | None = None,
) -> AsyncIterator[Proxy]:
    """Carry requests until the block is left.

    Args:
        target: The server; its headers are added to every request.
        tap: Where all of it is written down.
        listen: Address and port.
        failed: Told of a failure of this program's own, which ends one request.

    Raises:
        ConnectionFailed: The URL, a certificate's file, the proxy or the socket cannot be used.
        UsageError: It cannot listen there.
    """
    forwarder = Forwarder(target, tap)
    carrier = Carrier(target, tap, forwarder)
    try:
        async with serve(carrier.carry, *listen, limits=_LIMITS, failed=failed) as server:
            carrier.rewriting = Rewriting(forwarder.origin, server.url)
            tap.client("connecting", target=target.title, protocol="proxy")
            parts = urlsplit(target.url)
            query = f"?{parts.query}" if parts.query else ""
            yield Proxy(server, f"{server.url}{parts.path or '/'}{query}", carrier.counts)
    finally:
        tap.client("closed", reason="the proxy was stopped")
        with anyio.CancelScope(shield=True):
            await forwarder.aclose()


class Carrier:
    """Carries one request after the other, and several at once.

    Attributes:
        rewriting: Set before the first request comes.
        counts: What passed.
    """

    rewriting: Rewriting

    def __init__(self, target: HttpTarget, tap: EnduringTap, forwarder: Forwarder) -> None:
        self.counts = Counts()
        tap.journal.add_listener(self.counts.saw)
        self._tap = tap
        self._forwarder = forwarder
        self._added = _added(target)
        self._paths = Paths(target.url)
        self._told: set[str] = set()

    async def carry(self, request: Request) -> None:
        """One request and its response. A host that hangs up ends both."""
        self.counts.requests += 1
        exchange = Exchange(self._tap.journal.new_exchange())
        hop = Hop(exchange.number)
        ended = False

        def end() -> None:
            nonlocal ended
            if not ended:
                ended = True
                exchange.phases, exchange.bytes = hop.timings, hop.bytes
                # A host that hangs up ends a stream as it pleases.
                self.counts.failed += exchange.outcome in ("failed", "closed-early")
                self._tap.http("end", exchange.number, **exchange.facts())

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

    async def _carried(self, request: Request, exchange: Exchange, hop: Hop, end: Callable[[], None]) -> None:
        asked = RequestCopy(self._tap, exchange.number, self._paths)
        body = await self._body(request, asked, hop)
        headers = self.rewriting.to_server(request.headers, self._forwarder.host)
        target = self.rewriting.target_to_server(request.target)
        if isinstance(body, bytes) and _is_form(request):
            body, headers = self._form(body, headers)
        exchange.requests = 1
        try:
            answer = await self._forwarder.send(
                hop, request.method, target, given(headers, self._added), body
            )
        except Unanswered as error:
            await self._failed(request, exchange, hop, error, end)
            return
        try:
            await self._answer(request, exchange, answer, asked, end)
        finally:
            await answer.aclose()

    async def _body(self, request: Request, asked: RequestCopy, hop: Hop) -> bytes | AsyncIterator[bytes]:
        """The request's body, written down: whole, or piece by piece where it is longer than any message."""
        encoded = request.header("content-encoding") is not None
        try:
            body = await request.body(_WHOLE)
        except TooLarge as error:
            head = error.head
            length = request.header("content-length") or ""
            hop.size = int(length) if length.isdigit() else len(head)
            asked.write(request.method, request.path, encoded, head, max(hop.size, len(head) + 1))
            return _joined(head, request.stream())
        asked.write(request.method, request.path, encoded, body, len(body))
        return body

    def _form(self, body: bytes, headers: list[tuple[str, str]]) -> tuple[bytes, list[tuple[str, str]]]:
        """A form of authorization, whose `resource` names the server."""
        form = self.rewriting.form_to_server(body.decode("latin-1")).encode("latin-1")
        if form == body:
            return body, headers
        return form, _with_length(headers, len(form))

    async def _failed(
        self, request: Request, exchange: Exchange, hop: Hop, error: Unanswered, end: Callable[[], None]
    ) -> None:
        """There is no answer of the server's: the host gets one of ours, and the journal says so."""
        failure = error.failure
        exchange.ends("failed", failure.says, failure.stage, failure.cause)
        exchange.reached(hop)
        status = 504 if error.timed_out else 502
        says = f"The server did not answer: {failure.says}."
        self._tap.client("warning", says=f"{says} The host was told {status}.", exchange=exchange.number)
        end()
        await request.respond(
            status, [("Content-Type", "text/plain; charset=utf-8")], f"{says}\n".encode("utf-8", "replace")
        )

    async def _answer(
        self,
        request: Request,
        exchange: Exchange,
        answer: Answer,
        asked: RequestCopy,
        end: Callable[[], None],
    ) -> None:
        exchange.status = answer.status
        self.counts.sessions += _gives_session(request, answer)
        copy = ResponseCopy(self._tap, exchange.number, asked, answer.status, answer.headers, self._paths.add)
        headers = self.rewriting.to_host(answer.headers)
        if not asked.mcp and _is_metadata(request, answer):
            await self._metadata(request, exchange, answer, copy, headers, end)
            return
        stream = await request.start(answer.status, headers, reason=answer.reason)
        rewriter = EndpointRewriter(self.rewriting) if _is_get_stream(request, answer) else None
        try:
            async for chunk in answer.raw():
                copy.feed(chunk)
                await stream.send(rewriter.feed(chunk) if rewriter else chunk)
            exchange.ends("complete")
        except Unanswered as error:
            exchange.ends("closed-early", error.failure.says, error.failure.stage, error.failure.cause)
        finally:
            copy.close()
        if rewriter and (rest := rewriter.close()):
            await stream.send(rest)
        end()
        await _over(stream, exchange)

    async def _metadata(
        self,
        request: Request,
        exchange: Exchange,
        answer: Answer,
        copy: ResponseCopy,
        headers: list[tuple[str, str]],
        end: Callable[[], None],
    ) -> None:
        """What tells where to go is read whole, so that it can name us."""
        body = bytearray()
        chunks = answer.raw()
        try:
            async for chunk in chunks:
                copy.feed(chunk)
                body += chunk
                if len(body) > _METADATA:
                    break
            exchange.ends("complete")
        except Unanswered as error:
            exchange.ends("closed-early", error.failure.says, error.failure.stage, error.failure.cause)
        finally:
            copy.close()
        whole = exchange.outcome == "complete" and len(body) <= _METADATA
        plain = _plain(bytes(body), answer) if whole else None
        if plain is not None:
            self._elsewhere(plain, exchange.number)
            rewritten = self.rewriting.metadata_to_host(plain)
            if rewritten != bytes(body):
                body[:] = rewritten
                headers = [(name, value) for name, value in headers if name.lower() not in _OF_THE_BYTES]
                headers = _with_length(headers, len(body))
        stream = await request.start(answer.status, headers, reason=answer.reason)
        await stream.send(bytes(body))
        if len(body) > _METADATA:
            async for chunk in chunks:
                await stream.send(chunk)
        end()
        await _over(stream, exchange)

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


_OF_THE_BYTES = frozenset(
    {"content-encoding", "etag", "content-md5", "digest", "content-digest", "repr-digest"}
)


async def _until_gone(request: Request, scope: anyio.CancelScope) -> None:
    await request.gone.wait()
    scope.cancel()


async def _joined(head: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for chunk in rest:
        yield chunk


async def _over(stream: Stream, exchange: Exchange) -> None:
    """End a response as the server ended it."""
    if exchange.outcome == "complete":
        await stream.close()
    else:
        await stream.abort()


def _added(target: HttpTarget) -> list[tuple[str, str]]:
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


def _is_metadata(request: Request, answer: Answer) -> bool:
    if request.method != "GET" or "/.well-known/" not in request.path:
        return False
    return answer.status == 200 and "json" in _header(answer, "content-type").lower()


def _is_get_stream(request: Request, answer: Answer) -> bool:
    kind = _header(answer, "content-type").partition(";")[0].strip().lower()
    exact = any(_header(answer, name) for name in ("content-encoding", "content-length"))
    return request.method == "GET" and kind == "text/event-stream" and not exact


def _gives_session(request: Request, answer: Answer) -> bool:
    session = _header(answer, "mcp-session-id")
    return session != "" and session != request.header("mcp-session-id")


def _header(answer: Answer, name: str) -> str:
    return next((value for each, value in answer.headers if each.lower() == name), "")


def _with_length(headers: list[tuple[str, str]], length: int) -> list[tuple[str, str]]:
    others = [(name, value) for name, value in headers if name.lower() != "content-length"]
    return [*others, ("Content-Length", str(length))]


def _plain(body: bytes, answer: Answer) -> bytes | None:
    """A body without its content encoding; `None` where that cannot be undone."""
    try:
        decoder = Decoder(encodings(_header(answer, "content-encoding")))
        plain = b"".join(decoder.feed(body))
        decoder.close()
    except BadEncoding:
        return None
    return plain
