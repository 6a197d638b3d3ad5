"""httpx's transport over httpcore's connection pools, with connections of our own making.

httpx's own transport takes no network backend. What it does beside choosing a pool is little, and done
here over what httpcore documents, so that nothing depends on a private attribute of either.

There is a pool for each combination of scheme, proxy, and of being the target's own origin: only that one
sees the client's certificate and the Unix socket.
"""

from __future__ import annotations

import importlib.util
import socket
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import contextmanager
from typing import TypeAlias

import httpcore
import httpx

from inspector.errors import ConnectionFailed
from inspector.journal.redact import redact_url
from inspector.transport.dial import Dialler, resolve
from inspector.transport.guard import is_localhost, reach_of
from inspector.transport.hop import CURRENT, Hop
from inspector.transport.proxies import proxy_of
from inspector.transport.target import HttpTarget
from inspector.transport.trust import check_files, trust

# Servers close idle connections after 5 s as a rule (uvicorn, Node). To reuse one at that very moment
# loses the request, and a POST must not be repeated blindly: we let go first.
_IDLE = 4.0
_KEPT = 20

_Origin: TypeAlias = tuple[str, str, int]
_Key: TypeAlias = tuple[str, str | None, bool]


class Pool(httpx.AsyncBaseTransport):
    """Carries requests, each of which bears its `Hop` as the extension `hop`.

    Args:
        target: Its TLS settings and Unix socket.
        keep: Keep connections for the next request.

    Raises:
        ConnectionFailed: The URL, a certificate's file, the proxy or the socket cannot be used.
    """

    def __init__(self, target: HttpTarget, *, keep: bool = True) -> None:
        self._target = target
        self._own = origin_of(checked_url(target.url))
        self._keep = _KEPT if keep else 0
        self._proxies: dict[_Origin, str | None] = {}
        self._pools: dict[_Key, httpcore.AsyncConnectionPool] = {}
        check_files(target)
        if target.unix_socket is not None and not hasattr(socket, "AF_UNIX"):
            raise ConnectionFailed("There are no Unix sockets on this system")
        self._pool(httpx.URL(target.url))

    def proxy_for(self, url: httpx.URL) -> str | None:
        """The proxy that the environment names for `url`."""
        if self._target.unix_socket is not None and origin_of(url) == self._own:
            return None
        asked = origin_of(url)
        if asked not in self._proxies:  # looking through the whole environment is not for every request
            self._proxies[asked] = proxy_of(*asked)
        return self._proxies[asked]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        hop: Hop = request.extensions["hop"]
        if hop.guard is not None and self.proxy_for(request.url):
            await _guard_beyond_proxy(hop, request.url.host)
        stream = request.stream
        assert isinstance(stream, httpx.AsyncByteStream)
        url = request.url
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=stream,
            extensions=request.extensions,
        )
        before = CURRENT.set(hop)
        try:
            with _as_httpx():
                answered = await self._pool(url).handle_async_request(asked)
        finally:
            CURRENT.reset(before)
        assert isinstance(answered.stream, AsyncIterable)
        return httpx.Response(
            answered.status,
            headers=answered.headers,
            stream=_Body(answered.stream),
            extensions=answered.extensions,
        )

    async def aclose(self) -> None:
        for pool in self._pools.values():
            await pool.aclose()

    def _pool(self, url: httpx.URL) -> httpcore.AsyncConnectionPool:
        key = (url.scheme, self.proxy_for(url), origin_of(url) == self._own)
        if key not in self._pools:
            self._pools[key] = self._open(*key)
        return self._pools[key]

    def _open(self, scheme: str, proxy: str | None, own: bool) -> httpcore.AsyncConnectionPool:
        context = trust(self._target, own=own) if scheme == "https" else None
        if proxy is None:
            return httpcore.AsyncConnectionPool(
                ssl_context=context,
                # A stream holds its connection for as long as it likes, and must not keep others waiting.
                max_connections=None,
                max_keepalive_connections=self._keep,
                keepalive_expiry=_IDLE,
                uds=self._target.unix_socket if own else None,
                network_backend=Dialler(),
            )
        try:
            through = httpx.Proxy(proxy)
        except (ValueError, httpx.InvalidURL) as error:
            raise ConnectionFailed(f"The proxy {redact_url(proxy)} cannot be used: {error}") from error
        at = httpcore.URL(
            scheme=through.url.raw_scheme, host=through.url.raw_host, port=through.url.port, target=b"/"
        )
        if through.url.scheme.startswith("socks"):
            if importlib.util.find_spec("socksio") is None:
                raise ConnectionFailed(
                    f"The proxy {redact_url(proxy)} cannot be used: SOCKS needs the package socksio",
                    next="pip install socksio",
                )
            return httpcore.AsyncSOCKSProxy(
                proxy_url=at,
                proxy_auth=through.raw_auth,
                ssl_context=context,
                max_connections=None,
                max_keepalive_connections=self._keep,
                keepalive_expiry=_IDLE,
                network_backend=Dialler(guarded=False),
            )
        return httpcore.AsyncHTTPProxy(
            proxy_url=at,
            proxy_auth=through.raw_auth,
            proxy_headers=through.headers.raw,
            ssl_context=context,
            proxy_ssl_context=trust(self._target, own=False) if through.url.scheme == "https" else None,
            max_connections=None,
            max_keepalive_connections=self._keep,
            keepalive_expiry=_IDLE,
            network_backend=Dialler(guarded=False),
        )


class _Body(httpx.AsyncByteStream):
    """A response's body, with httpcore's errors as httpx's."""

    def __init__(self, inner: AsyncIterable[bytes]) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx():
            async for part in self._inner:
                yield part

    async def aclose(self) -> None:
        close = getattr(self._inner, "aclose", None)
        if close is not None:
            with _as_httpx():
                await close()


_ERRORS = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, httpcore.ProxyError)


@contextmanager
def _as_httpx() -> Iterator[None]:
    try:
        yield
    except (*_ERRORS, httpcore.UnsupportedProtocol) as error:
        # Both trees have the same names.
        raise getattr(httpx, type(error).__name__, httpx.TransportError)(str(error)) from error


async def _guard_beyond_proxy(hop: Hop, host: str) -> None:
    """Hold a guard against what the proxy would be asked for.

    The proxy resolves the name, perhaps otherwise than we do, and perhaps only it can; what we know of an
    address that must not be asked, it is not asked to ask.
    """
    assert hop.guard is not None
    if reach_of(host) is None and not is_localhost(host):
        try:
            found = await resolve(host)
        except (OSError, UnicodeError):
            return
    else:
        found = await resolve(host)
    for address in found:  # which of them the proxy takes is its own choice
        hop.guard.check(address, host)


def origin_of(url: httpx.URL) -> _Origin:
    """Scheme, host and port, the scheme's own port made plain."""
    return url.scheme, url.host.rstrip("."), url.port or {"https": 443}.get(url.scheme, 80)


def checked_url(text: str) -> httpx.URL:
    """An http or https URL of a target.

    Raises:
        ConnectionFailed: It is none.
    """
    shown = redact_url(text)
    try:
        url = httpx.URL(text)
        url.host  # noqa: B018 (decoded only now, and `xn--` raises)
    except (httpx.InvalidURL, UnicodeError) as error:
        # What is wrong may be a part of the password, where it stands in the place of the port.
        because = f": {error}" if shown == text else ""
        raise ConnectionFailed(f"{shown} is not a URL{because}") from error
    if url.scheme not in ("http", "https") or not url.host or not 0 < (url.port or 80) < 65536:
        raise ConnectionFailed(
            f"{shown} is not an http or https URL", next="Give one like http://localhost:8000/mcp"
        )
    return url
