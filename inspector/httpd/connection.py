"""One connection: bytes of a socket to requests and back, by h11, one request after the other.

h11 decides what is HTTP and refuses what could be read in two ways (smuggling: two lengths, a length beside
chunks, spaces before colons, unknown transfer encodings). Whatever a client sends, nothing is raised here;
it is answered with a status and a sentence, and the connection is closed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from typing import TypeAlias

import anyio
import anyio.abc
import h11

from inspector.httpd.limits import Limits
from inspector.httpd.names import Names
from inspector.httpd.request import BadBody, ClientGone, Request

Handler: TypeAlias = Callable[[Request], Awaitable[None]]

_CHUNK = 64 * 1024
_LOST = (anyio.BrokenResourceError, anyio.ClosedResourceError)
_AHEAD = 256 * 1024  # bytes of requests to come that are taken while one is answered


class Connection:
    """Serves one client until it leaves, errs or is idle for too long.

    Args:
        socket: Which bytes; closed by whoever gave it.
        handler: Answers each request.
        names: Who may ask.
        limits: How much and how long.

    Attributes:
        gone: Of the request at hand; see `Request.gone`.
        body_limit: See `Limits.body`.
    """

    def __init__(
        self, socket: anyio.abc.SocketStream, handler: Handler, names: Names, limits: Limits
    ) -> None:
        self.gone = anyio.Event()
        self.body_limit = limits.body
        self._socket = socket
        self._handler = handler
        self._names = names
        self._limits = limits
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=limits.head)
        self._ended = False  # the client sends no more
        self._complete = True  # of the request's body
        self._bodiless = False  # no body may be sent
        self._watching = anyio.CancelScope()
        self._watched = anyio.Event()
        self._watched.set()
        self._tasks: anyio.abc.TaskGroup | None = None

    async def serve(self) -> None:
        """Answer requests until there are no more.

        Raises:
            Exception: What the handler raised beside `BadBody` and `ClientGone`. The client was told 500.
        """
        failure: Exception | None = None
        async with anyio.create_task_group() as self._tasks:
            try:
                while await self._next():
                    pass
            except Exception as error:  # the handler's own; raised again below, out of the group's wrapping
                failure = error
            self._tasks.cancel_scope.cancel()
        if failure is not None:
            raise failure

    async def refuse(self, status: int, says: str) -> None:
        """Answer whatever comes with a status and a sentence, and no more."""
        try:
            await self._head()
            await self._say(status, says)
        except (ClientGone, BadBody):
            return

    # Reading

    async def _next(self) -> bool:
        """One request and its response; whether another may follow."""
        try:
            head = await self._head()
        except BadBody as error:
            await self._say(error.status, str(error))
            return False
        except ClientGone:
            return False
        if head is None:
            return False
        request = self._request(head)
        refused = self._refused(request)
        try:
            self._peek(request)
            if refused is not None:
                await self._say(*refused)
            else:
                await self._handled(request)
        except BadBody as error:
            await self._say(error.status, str(error))
            return False
        except ClientGone:
            return False
        return await self._again()

    async def _head(self) -> h11.Request | None:
        """The next request's head; `None` where the client leaves, or is idle for too long."""
        begun = bool(self._http.trailing_data[0])
        limits = self._limits
        with anyio.move_on_after(limits.head_within if begun else limits.idle) as patience:
            while True:
                event = self._event()
                if isinstance(event, h11.Request):
                    return event
                if event is not h11.NEED_DATA:
                    return None
                await self._receive()
                if not begun:
                    begun, patience.deadline = True, anyio.current_time() + limits.head_within
        if begun:
            raise BadBody("The request did not come in time.", 408)
        return None

    def _event(self) -> object:
        try:
            return self._http.next_event()
        except h11.RemoteProtocolError as error:
            raise BadBody(f"This is no HTTP request: {error}.", error.error_status_hint) from error

    async def _receive(self) -> None:
        """Hand some bytes to h11, or the end."""
        if self._ended:
            return
        try:
            data = await self._socket.receive(_CHUNK)
        except anyio.EndOfStream:
            data = b""
        except (*_LOST, OSError):
            data = b""
            self.gone.set()
        self._ended = not data
        self._http.receive_data(data)

    def _request(self, head: h11.Request) -> Request:
        self.gone = anyio.Event()
        self._complete = False
        self._bodiless = head.method == b"HEAD"
        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers.raw_items()
        )
        method, target = head.method.decode("ascii"), head.target.decode("latin-1")
        return Request(self, method, target, headers, head.http_version.decode("ascii"))

    def _refused(self, request: Request) -> tuple[int, str] | None:
        """What is answered without asking the handler."""
        if request.method == "CONNECT" or not request.target.startswith(("/", "*")):
            return 400, "Ask for a path: this server is no forward proxy."
        if refusal := self._names.refusal(request.headers):
            return 403, refusal
        return None

    def _peek(self, request: Request) -> None:
        """Where there is no body, see at once to who hangs up."""
        length = request.header("content-length") or ""
        if not length.strip("0") and request.header("transfer-encoding") is None:
            self._event()  # the end of the message, which takes no bytes
            self._over()

    async def read_body(self) -> bytes:
        """More of the request's body; empty at its end."""
        if self._complete:
            return b""
        if self._http.they_are_waiting_for_100_continue:
            await self._send(h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue"))
        with anyio.move_on_after(self._limits.body_gap):
            while True:
                try:
                    event = self._event()
                except BadBody as error:
                    if self._ended:  # cut short
                        self.gone.set()
                        raise ClientGone from error
                    raise
                if isinstance(event, h11.Data):
                    return bytes(event.data)
                if isinstance(event, h11.EndOfMessage):
                    self._over()
                    return b""
                await self._receive()
        raise BadBody("The body did not come in time.", 408)

    def _over(self) -> None:
        """The request is complete: from now on, see to who hangs up."""
        self._complete = True
        assert self._tasks is not None
        self._watching, self._watched = anyio.CancelScope(), anyio.Event()
        self._tasks.start_soon(self._watch, self._watching, self._watched)

    async def _watch(self, scope: anyio.CancelScope, over: anyio.Event) -> None:
        ahead = len(self._http.trailing_data[0])
        try:
            with scope:
                while not self._ended and ahead < _AHEAD:
                    await self._receive()
                    ahead = len(self._http.trailing_data[0])
            if self._ended:
                self.gone.set()
        finally:
            over.set()

    async def _watch_no_more(self) -> None:
        """Only one may read."""
        self._watching.cancel()
        await self._watched.wait()

    # Answering

    async def _handled(self, request: Request) -> None:
        try:
            await self._handler(request)
        except (BadBody, ClientGone):
            raise
        except Exception:
            await self._say(500, "This request could not be answered: the server failed.")
            raise
        if not request.started:
            await self._say(500, "This request was not answered.")
        elif self._http.our_state is h11.SEND_BODY:
            await self.finish()

    async def begin(self, status: int, headers: Iterable[tuple[str, str]], reason: str) -> None:
        """Send the head of a response."""
        given = [(_octets(name), _octets(value)) for name, value in headers]
        if not self._complete:  # what is left of the body is not read
            given.append((b"Connection", b"close"))
        try:
            head = h11.Response(status_code=status, headers=given, reason=_octets(reason or _reason(status)))
        except h11.LocalProtocolError as error:
            raise ValueError(str(error)) from error
        self._bodiless = self._bodiless or status in (204, 304)
        await self._send(head)

    async def write(self, chunk: bytes) -> None:
        """Send a piece of the body."""
        if chunk and not self._bodiless:
            await self._send(h11.Data(data=chunk))

    async def finish(self) -> None:
        """Send the end of the body."""
        await self._send(h11.EndOfMessage())

    async def abort(self) -> None:
        """Close the connection, whatever is under way."""
        self._http.send_failed()
        await self._socket.aclose()

    async def _send(self, event: h11.Event) -> None:
        try:
            data = self._http.send(event)
        except h11.LocalProtocolError as error:
            await self.abort()
            raise ValueError(str(error)) from error
        if not data:
            return
        try:
            with anyio.fail_after(self._limits.write_within):
                await self._socket.send(data)
        except (*_LOST, OSError, TimeoutError) as error:
            self.gone.set()
            self._http.send_failed()
            raise ClientGone from error

    async def _say(self, status: int, says: str) -> None:
        """A response of this server's own; where another one has begun, that is cut short."""
        if self._http.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            await self.abort()
            return
        body = f"{says}\n".encode()
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
        ]
        try:
            await self.begin(status, headers, "")
            await self.write(body)
            await self.finish()
        except ClientGone:
            return
        await self._linger()

    async def _again(self) -> bool:
        """Whether another request may follow; makes ready for it."""
        await self._watch_no_more()
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
            return True
        if self._http.our_state in (h11.DONE, h11.MUST_CLOSE, h11.CLOSED):
            await self._linger()
        return False

    async def _linger(self) -> None:
        """Take what the client still sends, for a moment: else it could lose the answer to a reset."""
        await self._watch_no_more()
        seconds, most = self._limits.linger
        try:
            with anyio.move_on_after(seconds):
                await self._socket.send_eof()
                while most > 0 and not self._ended:
                    most -= len(await self._socket.receive(_CHUNK))
        except (anyio.EndOfStream, *_LOST, OSError):
            self._ended = True


def _octets(text: str) -> bytes:
    return text.encode("latin-1", "replace")


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
