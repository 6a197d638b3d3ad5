"""Makes connections: the name's addresses, which of them may be asked, and which answers first.

It stands under httpcore's connection pool, as its network backend, so that resolving the name is a phase
of its own and the guard sees the very address that is dialled. It knows no HTTP.

All addresses of a name are tried, IPv6 and IPv4 in turn, each a quarter of a second after the one before
or as soon as that has failed (RFC 8305).
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterable, Sequence
from typing import Any

import anyio
import httpcore

from inspector.transport.guard import Guard, Refused, is_localhost, reach_of
from inspector.transport.hop import CURRENT, Hop

_STAGGER = 0.25
_LOOPBACK = ("::1", "127.0.0.1")

_NO_WAY = (errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


class Dialler(httpcore.AsyncNetworkBackend):
    """A network backend for httpcore.

    Args:
        guarded: Heed the guard of the request that a connection is for. A proxy's address is not what the
            guard is about.
    """

    def __init__(self, *, guarded: bool = True) -> None:
        self._guarded = guarded
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve `host` and connect to it.

        Raises:
            Refused: None of its addresses may be asked.
            httpcore.ConnectError: With the `OSError` as its cause.
            httpcore.ConnectTimeout: Resolving, or connecting, took longer than `timeout` seconds.
        """
        hop = CURRENT.get() or Hop(0)
        addresses = await self._resolve(hop, host, port, timeout)
        hop.addresses = tuple(addresses)
        if self._guarded and hop.guard is not None:
            addresses = _allowed(hop.guard, host, addresses)
        options = list(socket_options or ())
        hop.begins("connect")
        try:
            stream = await self._race(addresses, port, timeout, local_address, options)
        finally:
            hop.ends()
        hop.peer = peer_of(stream)
        return _Connected(stream)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        hop = CURRENT.get() or Hop(0)
        hop.addresses = (f"unix:{path}",)
        hop.begins("connect")
        try:
            stream = await self._backend.connect_unix_socket(path, timeout, socket_options)
        finally:
            hop.ends()
        hop.peer = f"unix:{path}"
        return _Connected(stream)

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)

    async def _resolve(self, hop: Hop, host: str, port: int, timeout: float | None) -> Sequence[str]:
        known = _known(host)
        if known:
            return known
        hop.begins("dns")
        try:
            with anyio.fail_after(timeout):
                return await resolve(host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"{host} did not resolve in time") from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        finally:
            hop.ends()

    async def _race(
        self,
        addresses: Sequence[str],
        port: int,
        timeout: float | None,
        local_address: str | None,
        options: list[httpcore.SOCKET_OPTION],
    ) -> httpcore.AsyncNetworkStream:
        if len(addresses) == 1:
            return await self._backend.connect_tcp(addresses[0], port, timeout, local_address, options)
        connected: list[httpcore.AsyncNetworkStream] = []
        failures: list[Exception] = []

        async def attempt(address: str, over: anyio.Event) -> None:
            try:
                stream = await self._backend.connect_tcp(address, port, timeout, local_address, options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failures.append(error)
            else:
                connected.append(stream)
                tasks.cancel_scope.cancel()
            finally:
                over.set()

        try:
            async with anyio.create_task_group() as tasks:
                for address in addresses:
                    over = anyio.Event()
                    tasks.start_soon(attempt, address, over)
                    with anyio.move_on_after(_STAGGER):
                        await over.wait()
        finally:
            with anyio.CancelScope(shield=True):
                for late in connected[1:]:
                    await late.aclose()
        if connected:
            return connected[0]
        raise min(failures, key=_rank)


class _Connected(httpcore.AsyncNetworkStream):
    """A connection that lets the request that it serves see what comes, until there is a response.

    It is closed where its TLS handshake is given up, too; httpcore only closes a failed one.
    """

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner
        self.aclose = inner.aclose  # type: ignore[method-assign]
        self.get_extra_info = inner.get_extra_info  # type: ignore[method-assign]

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        octets = await self._inner.read(max_bytes, timeout)
        hop = CURRENT.get()
        if hop is not None:
            hop.hears(octets)
        return octets

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        hop = CURRENT.get()
        if hop is not None:
            hop.speaks()
        await self._inner.write(buffer, timeout)

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            return _Connected(await self._inner.start_tls(ssl_context, server_hostname, timeout))
        except anyio.get_cancelled_exc_class():
            with anyio.CancelScope(shield=True):
                await self._inner.aclose()
            raise


async def resolve(host: str, port: int = 0) -> Sequence[str]:
    """The addresses of a name, or of an address however it is spelled, in the order to try them.

    Names below `localhost` are this machine without asking anyone (RFC 6761 section 6.3).

    Raises:
        OSError: `socket.gaierror`: there are none.
        UnicodeError: It cannot be a name.
    """
    known = _known(host)
    if known:
        return known
    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    families: dict[int, list[str]] = {}
    for family, _, _, _, address in found:
        families.setdefault(family, []).append(str(address[0]))
    first, *others = [*families.values()] or [[]]
    turns: list[str] = []
    rest = [address for family in others for address in family]
    for at in range(max(len(first), len(rest))):
        turns += first[at : at + 1] + rest[at : at + 1]
    return list(dict.fromkeys(turns))


async def guard_for(url: str, unix_socket: str | None = None) -> Guard:
    """The guard for what the server at `url` says, where no connection has been made to it yet.

    Of several addresses the most public one counts, and a name that does not resolve is public. Where the
    server has answered, `Guard.beside(url, peer)` is better.
    """
    if unix_socket is not None:
        return Guard.beside(url, f"unix:{unix_socket}")
    host = httpcore.URL(url).host.decode("ascii").strip("[]")
    try:
        reaches = [reach_of(address) for address in await resolve(host)]
    except (OSError, UnicodeError):
        return Guard()
    return Guard(min((reach for reach in reaches if reach is not None), default=Guard().own))


def peer_of(stream: Any) -> str:
    """What a stream is connected to: `127.0.0.1:8000`, `[::1]:8000`; empty where that cannot be told."""
    address = stream.get_extra_info("server_addr")
    match address:
        case (str(host), int(port), *_):
            return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        case str():
            return f"unix:{address}"
    return ""


def _known(host: str) -> tuple[str, ...]:
    """The addresses of what needs no resolver; none of any other name."""
    if is_localhost(host):
        return _LOOPBACK
    return (host,) if reach_of(host) is not None else ()


def _allowed(guard: Guard, host: str, addresses: Sequence[str]) -> Sequence[str]:
    allowed = [address for address in addresses if guard.allows(address)]
    if not allowed:
        for address in addresses:
            guard.check(address, host)
        raise Refused(f"{host} has no address that may be asked")
    return allowed


def _rank(error: Exception) -> int:
    """Which failure to report where the addresses fail differently: what says most comes first.

    That there is no route for IPv6 says nothing about a server whose IPv4 address does not answer.
    """
    number = _errno_of(error)
    if number == errno.ECONNREFUSED:
        return 0
    if isinstance(error, httpcore.ConnectTimeout):
        return 1
    return 3 if number in _NO_WAY else 2


def _errno_of(error: BaseException) -> int | None:
    """Of the `OSError` that an httpcore error was made of."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, OSError) and found.errno is not None:
            return found.errno
        found = found.__cause__ or found.__context__
    return None
