"""The loopback listener that a browser is sent back to (RFC 8252 section 7.3).

It takes exactly one answer: a GET of the right path, addressed to the right host, with the state that was
sent out. Everything else is refused and told to whoever waits, and the page that the browser gets repeats
nothing of what came. What the answer means is the flow's business.
"""

from __future__ import annotations

import errno
import hmac
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias
from urllib.parse import parse_qs, urlsplit

import anyio
from anyio.abc import ByteStream, Listener, SocketAttribute, SocketStream

from inspector.errors import InspectError, UsageError

Refuse: TypeAlias = Callable[[str, str], Awaitable[None]]
"""Is told of each request that was refused as an answer: one sentence, and the rule's name."""

DEFAULT_PATH = "/callback"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_HEAD_LIMIT = 16 * 1024  # bytes of a request's head; a code is a few kB at the very most
_HEAD_WITHIN = 10.0  # seconds
_TOLD = 20  # refusals that whoever waits is told of
_AT_ONCE = 16  # connections; a browser opens up to six

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>mcp-inspect</title>
<style>body{{font:1.1rem system-ui,sans-serif;margin:4rem auto;max-width:36rem}}</style>
<h1>{title}</h1><p>{text}</p></html>
"""


@dataclass(frozen=True, slots=True)
class _Reply:
    status: HTTPStatus
    title: str
    text: str


_TAKEN = _Reply(
    HTTPStatus.OK, "The answer has arrived", "You may close this window and go back to mcp-inspect."
)
_SECOND = _Reply(HTTPStatus.GONE, "Too late", "An answer has arrived before this one, and only one is taken.")
_EARLY = _Reply(HTTPStatus.CONFLICT, "Too early", "mcp-inspect is not waiting for an answer.")
_STATE = _Reply(
    HTTPStatus.BAD_REQUEST,
    "Refused",
    "This answer does not belong to the authorization that mcp-inspect began: its state is another one.",
)
_HOST = _Reply(HTTPStatus.BAD_REQUEST, "Refused", "This request was meant for another host.")
_PATH = _Reply(HTTPStatus.NOT_FOUND, "Nothing here", "mcp-inspect waits for an answer at another path.")
_METHOD = _Reply(HTTPStatus.METHOD_NOT_ALLOWED, "Refused", "An answer comes by GET.")
_BAD = _Reply(HTTPStatus.BAD_REQUEST, "Refused", "This is no request that mcp-inspect understands.")
_LARGE = _Reply(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "Refused", "This request is too large.")


class Callback:
    """A listener on loopback; use `listening` to make one.

    Attributes:
        redirect_uri: What the authorization server sends the browser to.
        listens: Whether an answer can come here at all; else it must be pasted.
    """

    def __init__(self, redirect_uri: str, *, listens: bool = True) -> None:
        self.redirect_uri = redirect_uri
        self.listens = listens
        parts = urlsplit(redirect_uri)
        self._path = parts.path or "/"
        host = parts.netloc.lower()
        self._hosts = (host, host.removesuffix(":80"))
        self._state: str | None = None  # what is waited for; empty takes any
        self._refuse: Refuse | None = None
        self._answer = ""
        self._answered = anyio.Event()
        self._failure: InspectError | None = None
        self._limit = anyio.Semaphore(_AT_ONCE)
        self._told = 0

    async def answer(self, state: str, refuse: Refuse) -> str:
        """Wait for the browser.

        Args:
            state: What the answer must carry; empty takes any, so that the flow may judge it.
            refuse: Is told of what is refused while the listener stands, also after the answer.

        Returns:
            The whole URL that the browser was sent to.

        Raises:
            InspectError: `refuse` did, which ends the waiting.
        """
        self._state, self._refuse = state, refuse
        self._answer, self._answered = "", anyio.Event()
        await self._answered.wait()
        if self._failure is not None:
            raise self._failure
        return self._answer

    async def serve(self, stream: ByteStream) -> None:
        """One connection: one request, one reply."""
        async with self._limit:
            # A browser that goes away, or another program that talks nonsense, is no business of ours.
            with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
                async with stream:
                    with anyio.move_on_after(_HEAD_WITHIN):
                        head = await _read_head(stream)
                        method, reply = await self._reply(head)
                        with anyio.move_on_after(_HEAD_WITHIN, shield=True):  # the flow may end right now
                            await stream.send(_response(reply, with_body=method != "HEAD"))
                            await stream.send_eof()
                        await _drain(stream)

    async def _reply(self, head: bytes | None) -> tuple[str, _Reply]:
        if head is None:
            return "", _LARGE
        request, *fields = head.decode("latin-1").split("\r\n")
        words = request.split(" ")
        if len(words) != 3 or not words[1].startswith("/") or not words[2].startswith("HTTP/1."):
            return "", _BAD
        method, target = words[0], words[1]
        hosts = [
            line.partition(":")[2].strip().lower() for line in fields if line.lower().startswith("host:")
        ]
        if (
            len(hosts) != 1 or hosts[0] not in self._hosts
        ):  # a name of somebody else's that resolves to loopback (DNS rebinding)
            return method, _HOST
        if target.partition("?")[0] != self._path:
            return method, _PATH
        if method == "HEAD":  # some scanners of links look before the browser goes
            return method, _Reply(HTTPStatus.OK, "", "")
        if method != "GET":
            return method, _METHOD
        return method, await self._take(target)

    async def _take(self, target: str) -> _Reply:
        if self._state is None:
            return _EARLY
        if self._answered.is_set():
            await self._tell("A second answer came to the callback and was refused", "second-callback")
            return _SECOND
        if self._state and not _carries(target, self._state):
            await self._tell(
                "An answer with another state came to the callback and was refused", "state-mismatch"
            )
            return _STATE
        parts = urlsplit(self.redirect_uri)
        self._answer = f"{parts.scheme}://{parts.netloc}{target}"
        self._answered.set()
        return _TAKEN

    async def _tell(self, says: str, rule: str) -> None:
        if self._refuse is None or self._told > _TOLD:
            return
        self._told += 1
        if self._told > _TOLD:  # any page in the browser can go on with this for as long as it is open
            says, rule = (
                "Many answers were refused at the callback; further ones are not told",
                "callback-flood",
            )
        try:
            await self._refuse(says, rule)
        except InspectError as error:
            self._failure = error
            self._answered.set()


def _carries(target: str, state: str) -> bool:
    try:
        given = parse_qs(target.partition("?")[2], keep_blank_values=True, max_num_fields=100)
    except ValueError:  # more fields than any answer has
        return False
    states = given.get("state", [])
    return len(states) == 1 and hmac.compare_digest(states[0].encode("utf-8", "replace"), state.encode())


async def _read_head(stream: ByteStream) -> bytes | None:
    """A request up to its blank line; `None` where it is too large."""
    head = bytearray()
    while b"\r\n\r\n" not in head:
        if len(head) > _HEAD_LIMIT:
            return None
        try:
            head += await stream.receive(4096)
        except anyio.EndOfStream:
            break
    return bytes(head[:_HEAD_LIMIT]).partition(b"\r\n\r\n")[0]


async def _drain(stream: ByteStream) -> None:
    """Read what is left, so that closing does not reset the connection under the reply; at most 1 MB."""
    left = 1 << 20
    with suppress(anyio.EndOfStream):
        while left > 0:
            left -= len(await stream.receive())


def _response(reply: _Reply, *, with_body: bool) -> bytes:
    body = _PAGE.format(title=reply.title, text=reply.text).encode()
    fields = [
        f"HTTP/1.1 {reply.status.value} {reply.status.phrase}",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        # The URL of this page carries the code: nobody else is to learn it.
        "Referrer-Policy: no-referrer",
        "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
    ]
    if reply.status is HTTPStatus.METHOD_NOT_ALLOWED:
        fields.append("Allow: GET, HEAD")
    return "\r\n".join([*fields, "", ""]).encode() + (body if with_body else b"")


@asynccontextmanager
async def listening(url: str | None = None, *, port: int = 0, prefer: int = 0) -> AsyncIterator[Callback]:
    """A callback that listens until the block is left.

    Args:
        url: The whole redirect URI, where a registration insists on one. Nothing listens where its host is
            not loopback: the answer can only be pasted then.
        port: Instead of any free one; ignored where `url` names one.
        prefer: Where `port` is 0: the port of an earlier registration, taken if it is free.

    Raises:
        UsageError: The URL is none, or the port is taken.
    """
    place = _place(url, port)
    if place is None:
        assert url is not None
        yield Callback(url, listens=False)
        return
    host, wanted, path = place
    try:
        listeners = await _listeners(host, wanted)
    except OSError as error:
        raise _cannot(wanted, error) from None
    if not wanted and prefer:
        listeners = await _preferred(host, prefer, listeners)
    number = listeners[0].extra(SocketAttribute.local_port)
    shown = f"[{host}]" if ":" in host else host
    callback = Callback(f"http://{shown}:{number}{path}")
    failure: Exception | None = None
    try:
        async with anyio.create_task_group() as tasks:
            for listener in listeners:
                tasks.start_soon(listener.serve, callback.serve)
            try:
                yield callback
            except Exception as error:  # raised below, bare: the task group would wrap it
                failure = error
            finally:
                tasks.cancel_scope.cancel()
    finally:  # after its task has ended: a listener that is closed under it fails
        with anyio.CancelScope(shield=True):
            for listener in listeners:
                await listener.aclose()
    if failure is not None:
        raise failure


def _place(url: str | None, port: int) -> tuple[str, int, str] | None:
    """Host, port and path to listen at; `None` where the URL is elsewhere."""
    if url is None:
        return "127.0.0.1", port, DEFAULT_PATH
    try:
        parts = urlsplit(url)
        host, own = parts.hostname, parts.port
    except ValueError:
        host, own = None, None
    if not host or parts.scheme not in ("http", "https") or "#" in url:
        raise UsageError(
            f"{url} is no redirect URI", next="Give one like --callback-url http://127.0.0.1:8123/callback"
        )
    if host not in _LOOPBACK or parts.scheme != "http":
        return None
    return host, port if own is None else own, parts.path + (f"?{parts.query}" if parts.query else "")


async def _listeners(host: str, port: int, tries: int = 5) -> list[Listener[SocketStream]]:
    """Listening sockets: for `localhost` on both loopback addresses, because browsers try either."""
    first = "127.0.0.1" if host == "localhost" else host
    listeners = list((await anyio.create_tcp_listener(local_host=first, local_port=port)).listeners)
    if host == "localhost" and socket.has_ipv6:
        number = listeners[0].extra(SocketAttribute.local_port)
        try:
            listeners += (await anyio.create_tcp_listener(local_host="::1", local_port=number)).listeners
        except OSError as error:
            # Without IPv6 no browser tries it. But where another program listens there, it would be that one
            # that a browser hands the answer to.
            if error.errno == errno.EADDRINUSE:
                await listeners[0].aclose()
                if port or not tries:
                    raise
                return await _listeners(host, port, tries - 1)
    return listeners


async def _preferred(
    host: str, port: int, listeners: list[Listener[SocketStream]]
) -> list[Listener[SocketStream]]:
    """The same on `port`, if that is free."""
    try:
        preferred = await _listeners(host, port)
    except OSError:  # taken: any other does, at the price of one more registration
        return listeners
    for listener in listeners:
        await listener.aclose()
    return preferred


def _cannot(port: int, error: OSError) -> UsageError:
    if port:
        return UsageError(
            f"Cannot listen on port {port} for the callback: {error.strerror or error}",
            next="Choose another one with --callback-port, or leave it out for any free one",
        )
    return UsageError(f"Cannot listen for the callback: {error.strerror or error}")
