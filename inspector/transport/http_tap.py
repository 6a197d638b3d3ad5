"""The tap on HTTP: writes down every request as it goes out and every response as it comes in.

It stands between httpx's client and httpx's connection pool, so that it sees what is really sent, with
the headers, cookies and credentials that the client adds, and what really came. It also says what a
failure was, in one sentence. It decides nothing about the protocol.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from time import perf_counter
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpx

from inspector.errors import ConnectionFailed
from inspector.journal.redact import redact_url
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget

# Servers close idle connections after 5 s as a rule (uvicorn, Node). To reuse one at that very moment
# loses the request, and a POST must not be repeated blindly: we let go first.
_IDLE = 4.0
_HEAD = 64 * 1024

# The steps that httpcore traces, by the phase that they are part of. Resolving the name is inside
# `connect`, where httpcore leaves it. Through a proxy, its CONNECT counts under `send` and `wait` too.
_PHASES: Mapping[str, str] = {
    "connect_tcp": "connect",
    "setup_socks5_connection": "connect",
    "start_tls": "tls",
    "send_request_headers": "send",
    "send_request_body": "send",
    "receive_response_headers": "wait",
    "receive_response_body": "body",
}


class Hop:
    """One request and its response.

    Args:
        exchange: The exchange that it serves.
        why: `redirect` or `resume` where it is not the first of its exchange.

    Attributes:
        phases: Seconds spent in each phase so far: connect, tls, send, wait (for the first byte), body.
        bytes: Of the response's body as they crossed the wire: compressed, without chunk framing.
        encoded: The first of these bytes, where the response says that they are compressed.
    """

    def __init__(self, exchange: int, why: str = "") -> None:
        self.exchange = exchange
        self.why = why
        self.phases: dict[str, float] = {}
        self.bytes = 0
        self.encoded = bytearray()
        self._phase = "connect"
        self._since = 0.0

    @property
    def stage(self) -> str:
        """The phase it is in, by the name that an `end` event uses."""
        return "read" if self._phase == "body" else self._phase

    @property
    def timings(self) -> dict[str, float]:
        """The phases, in microseconds' precision."""
        return {name: round(taken, 6) for name, taken in self.phases.items()}

    async def trace(self, name: str, info: Mapping[str, Any]) -> None:
        """What httpcore calls around each step, e.g. with `http11.send_request_body.started`."""
        step, _, state = name.rpartition(".")
        phase = _PHASES.get(step.rpartition(".")[2])
        if phase is None:
            return
        now = perf_counter()
        if state == "started":
            self._phase, self._since = phase, now
        else:
            self.phases[phase] = self.phases.get(phase, 0.0) + now - self._since


class TappedTransport(httpx.AsyncBaseTransport):
    """Writes down what `inner` carries. Each request bears its `Hop` as the extension `hop`."""

    def __init__(self, inner: httpx.AsyncBaseTransport, tap: Tap) -> None:
        self._inner = inner
        self._tap = tap

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        hop: Hop = request.extensions["hop"]
        facts: dict[str, Any] = {"method": request.method, "url": str(request.url)}
        if hop.why:
            facts["why"] = hop.why
        self._tap.http(
            "request", hop.exchange, **facts, headers=_readable(request.headers), size=len(request.content)
        )
        response = await self._inner.handle_async_request(request)
        self._tap.http(
            "response",
            hop.exchange,
            status=response.status_code,
            reason=response.reason_phrase,
            version=response.http_version,
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
    return [[_text(name), _text(value)] for name, value in headers.raw]


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def tapped_client(target: HttpTarget, tap: Tap, connect_timeout: float) -> httpx.AsyncClient:
    """A client for `target` whose traffic is written down.

    Raises:
        ConnectionFailed: The URL, the certificate file or the proxy's URL cannot be used.
    """
    shown = redact_url(target.url)
    try:
        url = httpx.URL(target.url)
        url.host  # noqa: B018 (decoded only now, and `xn--` raises)
    except (httpx.InvalidURL, UnicodeError) as error:
        # What is wrong may be a part of the password, where it stands in the place of the port.
        because = f": {error}" if shown == target.url else ""
        raise ConnectionFailed(f"{shown} is not a URL{because}") from error
    if url.scheme not in ("http", "https") or not url.host or not 0 < (url.port or 80) < 65536:
        raise ConnectionFailed(
            f"{shown} is not an http or https URL", next="Give one like http://localhost:8000/mcp"
        )
    proxy = _proxy(url)
    try:
        pool = httpx.AsyncHTTPTransport(
            verify=_trust(target, url),
            trust_env=False,
            proxy=proxy,
            # A stream holds its connection for as long as it likes, and must not keep others waiting.
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=20, keepalive_expiry=_IDLE),
        )
    except (ValueError, ImportError) as error:
        raise ConnectionFailed(f"The proxy {redact_url(proxy or '')} cannot be used: {error}") from error
    client = httpx.AsyncClient(
        transport=TappedTransport(pool, tap),
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


def _proxy(url: httpx.URL) -> str | None:
    """The proxy that the environment names. httpx looks for one only where it makes the transport."""
    if proxy_bypass(url.host):
        return None
    proxies = getproxies()
    found = proxies.get(url.scheme) or proxies.get("all")
    return found if not found or "://" in found else f"http://{found}"


def _trust(target: HttpTarget, url: httpx.URL) -> ssl.SSLContext:
    if url.scheme == "http":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # never used, and cheap: it loads no certificates
    if target.insecure:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    if target.cacert is not None:
        try:
            return ssl.create_default_context(cafile=target.cacert)
        except OSError as error:  # ssl.SSLError is one
            raise ConnectionFailed(
                f"No certificates could be read from {target.cacert}: {error.strerror}"
            ) from error
    import truststore  # here, because plain HTTP must not pay for it

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def explain(error: Exception, hop: Hop, url: httpx.URL) -> tuple[str, str]:
    """The stage at which a request failed, and one sentence, without its full stop, that says how.

    Args:
        error: What httpx raised, or an `OSError` from below it.
        hop: How far the request came.
        url: Where it was sent.
    """
    host, stage = url.host, hop.stage
    at = f"{host}:{url.port or {'https': 443}.get(url.scheme, 80)}"
    for cause in _causes(error):
        match cause:
            case socket.gaierror():
                return "dns", f"the name {host} does not resolve: {cause.strerror}"
            case ssl.SSLCertVerificationError():
                return "tls", f"the certificate of {at} is not trusted: {cause.verify_message}"
            case ssl.SSLWantReadError():
                continue  # how a handshake waits, no failure
            case ssl.SSLError(reason="WRONG_VERSION_NUMBER"):
                return "tls", f"{at} does not speak TLS"
            case ssl.SSLError():
                return "tls", f"TLS with {at} failed: {cause.reason or cause}"
            case ConnectionRefusedError():
                return stage, f"{at} refused the connection"
            case ConnectionResetError() | BrokenPipeError():
                return stage, f"{at} reset the connection"
    return stage, _by_kind(error, stage, at)


_BYTES = re.compile(r"bytearray\(b['\"](.*)['\"]\)")  # how h11 quotes what it could not read


def _by_kind(error: Exception, stage: str, at: str) -> str:
    says = str(error).rstrip(".") or type(error).__name__
    quoted = _BYTES.search(says)
    match error:
        case httpx.ConnectTimeout():
            return f"{at} did not answer the {'TLS handshake' if stage == 'tls' else 'connection'} in time"
        case httpx.ProxyError():
            return f"the proxy refuses to connect to {at}: {says}"
        case httpx.ConnectError():
            reasons = [
                cause.strerror for cause in _causes(error) if isinstance(cause, OSError) and cause.strerror
            ]
            return f"no connection to {at}: {reasons[-1] if reasons else says}"
        case httpx.DecodingError():
            return f"the body does not decode as its content-encoding: {says}"
        case httpx.LocalProtocolError() if "header value" in says:
            # Which one is not said, because h11 quotes its value, and that may be a token.
            return (
                "the request cannot be sent as HTTP: a header's value holds a character that is not allowed"
            )
        case httpx.LocalProtocolError():
            return f"the request cannot be sent as HTTP: {says}"
        case httpx.RemoteProtocolError() if stage == "read":
            return f"{at} closed the connection before the end of the body"
        case httpx.RemoteProtocolError() if "disconnected" in says:
            return f"{at} closed the connection without a response"
        case httpx.RemoteProtocolError() if "location header" in says:
            return f"{at} points to something that is no URL: {says.partition(': ')[2] or says}"
        case httpx.RemoteProtocolError():
            return f"the reply of {at} is not HTTP: {quoted[1] if quoted else says}"
        case httpx.ReadError() | httpx.WriteError():
            return f"{at} broke the connection"
    return f"{type(error).__name__}: {says}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """`error` and all that led to it, nearest first."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        found = waiting.pop(0)
        if found is None or id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        waiting += [found.__cause__, found.__context__]
        if isinstance(found, BaseExceptionGroup):
            waiting += found.exceptions
