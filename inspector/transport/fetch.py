"""Single HTTP requests beside the MCP traffic, written down like it: metadata, registration, tokens, probes.

One request, one exchange, no redirect followed, no cookie kept, bodies kept to a limit. Where an address
must not be asked (see `inspector.transport.guard`), nothing is sent. It knows nothing of what is fetched.

What goes into the journal of a body has its secrets as fingerprints; the caller gets it as it came.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
import httpx

import inspector
from inspector.errors import ConnectionFailed
from inspector.journal.redact import redact_body
from inspector.transport.decode import decoded
from inspector.transport.exchange import Exchange
from inspector.transport.failure import explain
from inspector.transport.fields import Headers, pairs, raw
from inspector.transport.guard import Guard, Refused, check_url
from inspector.transport.hop import Hop
from inspector.transport.http_tap import TappedTransport
from inspector.transport.pool import Pool
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget

LIMIT = 1024 * 1024
"""Bytes of a response's body that are kept."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of a request.

    Attributes:
        exchange: Its number in the journal.
        status: `None` where no response came.
        headers: Of the response, in their order, unredacted.
        body: As received and decoded, cut at the limit.
        error: Why there is no response, or no whole one: a sentence without its full stop.
        stage: Where it failed: dns, connect, tls, send, wait, read.
        refused: Nothing was sent, because the address is one that must not be asked.
        location: Where a redirect points, absolute where it can be read; it is not followed.
        cause: A stable name of the failure (`inspector.transport.failure.Failure`).
        peer: What was connected to, `127.0.0.1:8000`, where no proxy was in between.
    """

    exchange: int
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    error: str = ""
    stage: str = ""
    refused: bool = False
    location: str = field(default="", repr=False)
    cause: str = ""
    peer: str = ""

    def header(self, name: str) -> str:
        """The first value under a name, in any case; empty if there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


class Fetcher:
    """Makes requests with the TLS settings and proxies of a target, and with nothing else of it.

    Its headers and credentials go nowhere; its client certificate and Unix socket to its own origin only.
    Each request has a connection of its own, so that every address is checked and every phase is seen.

    Raises:
        ConnectionFailed: The target's URL, a certificate's file or the proxy cannot be used.
    """

    def __init__(self, target: HttpTarget, tap: Tap) -> None:
        self._tap = tap
        self._pool = Pool(target, keep=False)
        self._transport = TappedTransport(self._pool, tap)

    async def fetch(
        self,
        method: str,
        url: str,
        *,
        headers: Headers = (),
        body: bytes = b"",
        purpose: str = "",
        timeout: float = 30.0,
        guard: Guard | None = None,
        limit: int = LIMIT,
        scrub: Callable[[str], str] | None = None,
    ) -> Fetched:
        """Make one request. Never raises for what a server does or says.

        Args:
            method: GET, POST, OPTIONS, …
            url: Absolute; anything that is no http or https URL is refused, guard or not.
            headers: Beside `accept`, `accept-encoding` and `user-agent`, which they may replace.
            body: Of the request.
            purpose: In words, for the network view.
            timeout: Seconds for all of it.
            guard: Which addresses may be dialled; any, where `None`.
            limit: Bytes of the response's body that are kept; the rest is not read.
            scrub: Takes secrets that the caller knows out of the body before it is written down: a server
                may repeat them where no name gives them away.
        """
        exchange = Exchange(self._tap.journal.new_exchange())
        hop = Hop(exchange.number, purpose=purpose, guard=guard)
        shown = _Shown(self._tap.keep_secrets, scrub)
        fetched = Fetched(exchange.number)
        try:
            request = self._request(method, url, headers, body, hop, timeout)
            if isinstance(request, Fetched):
                fetched = request
                exchange.ends("failed", fetched.error, fetched.stage, fetched.cause)
                return fetched
            fetched = await self._fetch(exchange, request, hop, timeout, limit, shown)
            return fetched
        finally:
            exchange.phases = hop.timings
            exchange.bytes = hop.bytes
            if fetched.status is None:
                exchange.reached(hop)
            self._tap.http("end", exchange.number, **exchange.facts())

    async def aclose(self) -> None:
        await self._transport.aclose()

    def _request(
        self,
        method: str,
        url: str,
        headers: Headers,
        body: bytes,
        hop: Hop,
        timeout: float,
    ) -> httpx.Request | Fetched:
        """The request, or why there can be none. What cannot be sent is written down as asked for."""
        own = {
            "accept": "application/json, */*",
            "accept-encoding": "identity",
            "user-agent": f"mcp-inspect/{inspector.__version__}",
        }
        given = [*headers]
        for name, _ in given:
            own.pop(name.lower(), None)
        content_type = next((value for name, value in given if name.lower() == "content-type"), "")
        hop.shown = _Shown(self._tap.keep_secrets)(content_type, body)
        try:
            check_url(url)
            return httpx.Request(
                method,
                httpx.URL(url),
                headers=[(raw(name), raw(value)) for name, value in (*own.items(), *given)],
                content=body or None,
                extensions={
                    "hop": hop,
                    "trace": hop.trace,
                    "timeout": httpx.Timeout(None, connect=timeout).as_dict(),
                },
            )
        except Refused as error:
            says, cause = str(error), "refused-address"
        except (httpx.InvalidURL, ValueError) as error:
            says, cause = f"this is not a URL that can be asked: {error}", "refused-address"
        purpose = {"purpose": hop.purpose} if hop.purpose else {}
        self._tap.http(
            "request",
            hop.exchange,
            method=method,
            url=url,
            unsent=True,
            **purpose,
            headers=[],
            size=len(body),
        )
        return Fetched(hop.exchange, error=says, cause=cause, refused=True)

    async def _fetch(
        self,
        exchange: Exchange,
        request: httpx.Request,
        hop: Hop,
        timeout: float,
        limit: int,
        shown: _Shown,
    ) -> Fetched:
        response: httpx.Response | None = None
        kept = bytearray()
        error = stage = cause = ""
        exchange.requests = 1
        try:
            with anyio.move_on_after(timeout) as patience:
                response = await self._transport.handle_async_request(request)
                response.request = request
                exchange.status = response.status_code
                await _read(response, kept, limit)
                exchange.ends("complete")
            if patience.cancelled_caught:
                stage, cause = hop.stage, "cut-short" if response is not None else "timeout"
                error = f"{request.url.host} did not answer within {timeout:g} s"
                if response is not None:
                    error = f"the body did not end within {timeout:g} s"
                exchange.ends("closed-early" if response is not None else "failed", error, stage, cause)
        except (httpx.HTTPError, OSError, Refused, ConnectionFailed, ValueError) as found:
            failure = explain(found, hop, request.url)
            stage, error, cause = failure.stage, failure.says, failure.cause
            exchange.ends("closed-early" if response is not None else "failed", error, stage, cause)
        finally:
            if response is not None:
                with anyio.CancelScope(shield=True):
                    await response.aclose()
                if kept:
                    self._write_body(exchange.number, response, bytes(kept), hop.bytes, shown)
        if response is None:
            refused = cause == "refused-address"
            return Fetched(exchange.number, error=error, stage=stage, refused=refused, cause=cause)
        location = _location(request, response)
        exchange.redirect = location
        return Fetched(
            exchange.number,
            response.status_code,
            pairs(response.headers.raw),
            bytes(kept),
            error,
            stage,
            location=location,
            cause=cause,
            peer="" if self._pool.proxy_for(request.url) else hop.peer,
        )

    def _write_body(
        self, exchange: int, response: httpx.Response, body: bytes, size: int, shown: _Shown
    ) -> None:
        cut = size > len(body) and "content-encoding" not in response.headers
        text = shown(response.headers.get("content-type", ""), body)
        self._tap.http_body(exchange, text, size=size if cut else None)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A body as it may be written down."""

    keep_secrets: bool
    scrub: Callable[[str], str] | None = None

    def __call__(self, content_type: str, body: bytes) -> bytes:
        if self.keep_secrets:
            return body
        body = redact_body(content_type, body)
        if self.scrub is None:
            return body
        return self.scrub(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


@asynccontextmanager
async def fetching(target: HttpTarget, tap: Tap) -> AsyncIterator[Fetcher]:
    """A fetcher that is closed on leaving; see there."""
    fetcher = Fetcher(target, tap)
    try:
        yield fetcher
    finally:
        with anyio.CancelScope(shield=True):
            await fetcher.aclose()


async def _read(response: httpx.Response, kept: bytearray, limit: int) -> None:
    async for chunk in decoded(response):
        kept += chunk[: limit - len(kept)]
        if len(kept) >= limit:
            return


def _location(request: httpx.Request, response: httpx.Response) -> str:
    if not response.has_redirect_location:
        return ""
    said = str(response.headers["location"])
    try:
        return str(request.url.join(said))
    except (httpx.InvalidURL, ValueError):
        return said
