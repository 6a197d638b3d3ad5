"""The tap on HTTP: writes down every request as it goes out and every response as it comes in.

It stands between httpx's client and the connection pool, so that it sees what is really sent, with the
headers, cookies and credentials that the client adds, and what really came. It decides nothing about the
protocol.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx

from inspector.journal.redact import redact_url
from inspector.transport.fields import pairs, without_secrets
from inspector.transport.hop import Hop
from inspector.transport.pool import Pool
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget
from inspector.wire.event import Direction
from inspector.wire.fault import Fault

_HEAD = 64 * 1024


class TappedTransport(httpx.AsyncBaseTransport):
    """Writes down what `inner` carries. Each request bears its `Hop` as the extension `hop`."""

    def __init__(self, inner: Pool, tap: Tap) -> None:
        self._inner = inner
        self._tap = tap

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        hop: Hop = request.extensions["hop"]
        self._tap.http(
            "request",
            hop.exchange,
            method=request.method,
            url=str(request.url),
            **self._around(hop, request.url),
            headers=_readable(request.headers),
            size=len(request.content) if hop.size is None else hop.size,
        )
        if hop.shown:
            self._tap.http_body(hop.exchange, hop.shown, direction=Direction.C2S)
        try:
            response = await self._inner.handle_async_request(request)
        except BaseException:  # also where it is given up
            self._came_to_nothing(hop)
            raise
        hop.reply.clear()
        made = {name: value for name, value in (("peer", hop.peer), ("tls", hop.tls)) if value}
        self._tap.http(
            "response",
            hop.exchange,
            status=response.status_code,
            reason=response.reason_phrase,
            version=response.http_version,
            **made,
            headers=_readable(response.headers),
            phases=hop.timings,
        )
        stream = response.stream
        assert isinstance(stream, httpx.AsyncByteStream)
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_Counted(stream, hop, encoded="content-encoding" in response.headers),
            extensions=response.extensions,
        )

    def _came_to_nothing(self, hop: Hop) -> None:
        """Write down what came instead of the head of a response."""
        if hop.reply:
            came = bytes(hop.reply)
            shown = came if self._tap.keep_secrets else without_secrets(came)
            size = hop.reply_size if hop.reply_size > len(hop.reply) else None
            self._tap.http_body(hop.exchange, shown, [Fault.NOT_HTTP], size=size)

    def _around(self, hop: Hop, url: httpx.URL) -> dict[str, Any]:
        """What a `request` event says beside the request itself."""
        facts: dict[str, Any] = {}
        if hop.why:
            facts["why"] = hop.why
        if hop.purpose:
            facts["purpose"] = hop.purpose
        if hop.dropped:
            facts["dropped"] = list(hop.dropped)
        if proxy := self._inner.proxy_for(url):
            hop.proxied = re.sub(r"^[^/]*//(?:[^/]*@)?|/.*$", "", proxy)
            facts["proxy"] = proxy if self._tap.keep_secrets else redact_url(proxy)
        return facts

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Counted(httpx.AsyncByteStream):
    """A response's body, counted as it comes."""

    def __init__(self, inner: httpx.AsyncByteStream, hop: Hop, *, encoded: bool) -> None:
        self._inner = inner
        self._hop = hop
        self._encoded = encoded

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            self._hop.bytes += len(chunk)
            if self._encoded:
                self._hop.encoded += chunk[: _HEAD - len(self._hop.encoded)]
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


def _readable(headers: httpx.Headers) -> list[list[str]]:
    return [list(pair) for pair in pairs(headers.raw)]


def tapped_client(
    target: HttpTarget, tap: Tap, connect_timeout: float, *, keep: bool = True
) -> httpx.AsyncClient:
    """A client for `target` whose traffic is written down.

    Args:
        target: Its TLS settings and Unix socket; not its headers.
        tap: Where it goes.
        connect_timeout: Seconds for resolving, for connecting and for the TLS handshake, each.
        keep: Keep connections for the next request.

    Raises:
        ConnectionFailed: The URL, a certificate's file or the proxy's URL cannot be used.
    """
    client = httpx.AsyncClient(
        transport=TappedTransport(Pool(target, keep=keep), tap),
        timeout=httpx.Timeout(None, connect=connect_timeout),
        follow_redirects=False,
    )

    async def forget_odd_cookies(response: httpx.Response) -> None:
        """Of cookies beyond ASCII, which httpx takes but cannot send: the next request would raise."""
        for cookie in tuple(client.cookies.jar):
            if not f"{cookie.name}{cookie.value}".isascii():
                client.cookies.delete(cookie.name, cookie.domain, cookie.path)

    client.event_hooks["response"].append(forget_odd_cookies)
    return client
