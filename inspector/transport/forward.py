"""Requests that another program made, carried on as they are: what the HTTP proxy sends with.

Nothing is added to a request and nothing taken from a response: no cookies, no redirects, no decoding. The
request, the response and how far it came are written down as those of our own are.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Final

import anyio
import httpx

from inspector.errors import ConnectionFailed
from inspector.transport.failure import Failure, explain
from inspector.transport.fields import raw
from inspector.transport.guard import Refused
from inspector.transport.hop import Hop
from inspector.transport.http_tap import TappedTransport
from inspector.transport.pool import Pool, checked_url
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget

_TIMEOUTS: Final = ("connect-timeout", "dns-timeout", "tls-timeout")


class Unanswered(Exception):
    """There is no response, or no whole one.

    Attributes:
        failure: Why.
        timed_out: It is because something took too long.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.says)
        self.failure = failure
        self.timed_out = failure.cause in _TIMEOUTS


class Answer:
    """A response whose head has come.

    Attributes:
        status: HTTP status.
        reason: Its phrase.
        headers: In their order and spelling, one character a byte (latin-1).
    """

    def __init__(self, response: httpx.Response, hop: Hop, url: httpx.URL) -> None:
        self.status = response.status_code
        self.reason = response.extensions.get("reason_phrase", b"").decode("latin-1")
        self.headers = [
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw
        ]
        self._response = response
        self._hop = hop
        self._url = url

    def header(self, name: str) -> str:
        """The first value under a name in lower case; empty where there is none."""
        return next((value for each, value in self.headers if each.lower() == name), "")

    async def raw(self) -> AsyncIterator[bytes]:
        """The body as it comes, not decoded.

        Raises:
            Unanswered: It was cut short.
        """
        stream = self._response.stream
        assert isinstance(stream, httpx.AsyncByteStream)
        try:
            async for chunk in stream:
                yield chunk
        except (httpx.HTTPError, OSError) as error:
            raise Unanswered(explain(error, self._hop, self._url)) from error

    async def aclose(self) -> None:
        with anyio.CancelScope(shield=True):
            await self._response.aclose()


class Forwarder:
    """Sends requests to the origin of a target.

    Args:
        target: Its URL says the origin; its TLS settings and its socket count, its headers do not.
        tap: Where requests and responses are written down.
        connect_timeout: Seconds for resolving, for connecting and for the TLS handshake, each.

    Attributes:
        origin: As a URL without a path, `https://example.com`.
        host: What its Host header says.

    Raises:
        ConnectionFailed: The URL, a certificate's file, the proxy or the socket cannot be used.
    """

    def __init__(self, target: HttpTarget, tap: Tap, *, connect_timeout: float = 10.0) -> None:
        url = checked_url(target.url)
        self._origin = url.copy_with(raw_path=b"/", username=None, password=None, fragment=None)
        self.host = url.netloc.decode("ascii")
        self.origin = f"{url.scheme}://{self.host}"
        self._transport = TappedTransport(Pool(target), tap)
        self._timeout = {"connect": connect_timeout}

    async def send(
        self,
        hop: Hop,
        method: str,
        target: str,
        headers: Sequence[tuple[str, str]],
        body: bytes | AsyncIterator[bytes],
    ) -> Answer:
        """Send a request, and return when the head of its response has come.

        Args:
            hop: Says its exchange, and is told how far it comes.
            method: As the other program spelt it.
            target: The request target as it is to stand in the request.
            headers: All of them, `Host` as well, one character a byte.
            body: The whole, or piece by piece; the headers say how long it is, or else it goes in chunks.

        Raises:
            Unanswered: No response came.
        """
        try:
            url = self._origin.copy_with(raw_path=target.encode("latin-1") if target[:1] == "/" else b"/")
            request = httpx.Request(
                method,
                url,
                headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
                content=body or None,
                extensions={
                    "hop": hop,
                    "trace": hop.trace,
                    "timeout": self._timeout,
                    "target": target.encode("latin-1"),  # what httpx would spell otherwise
                },
            )
            request.method = method  # which httpx would spell in capitals
            response = await self._transport.handle_async_request(request)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, Refused, ConnectionFailed) as error:
            if isinstance(error, httpx.InvalidURL):
                error = httpx.LocalProtocolError(str(error))
            raise Unanswered(explain(error, hop, self._origin)) from error
        return Answer(response, hop, self._origin)

    async def aclose(self) -> None:
        """Let go of every connection."""
        await self._transport.aclose()


def given(headers: Sequence[tuple[str, str]], added: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Headers with those that the user adds, which replace what is there under their names."""
    names = {name.lower() for name, _ in added}
    spelt = [(name, raw(value).decode("latin-1")) for name, value in added]
    return [(name, value) for name, value in headers if name.lower() not in names] + spelt
