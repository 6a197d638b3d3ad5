"""Streamable HTTP, both eras: a POST for each message, the GET stream and DELETE of the legacy ones.

What to ask, and when; how one thing is asked is the business of `requests`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectReceiveStream

from inspector.transport.base import Authorizer, LinkClosed, Outgoing
from inspector.transport.exchange import Exchange, Reading
from inspector.transport.fields import Headers
from inspector.transport.gated import headers_for, onward
from inspector.transport.head import Head
from inspector.transport.requests import Requests
from inspector.transport.sse import DEFAULT_LIMIT, DEFAULT_RETRY
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget
from inspector.transport.unheard import Before, Unheard
from inspector.wire.event import Event

if TYPE_CHECKING:
    from inspector.gate.gate import Taken

_LEAVE_WITHIN = 2.0
_FRUITLESS = 5
_SHORTEST_PAUSE = 0.01
_LONGEST_PAUSE = 1.0
"""Where a server asks for no pause, and its streams bring no message, again and again."""


@dataclass(eq=False, slots=True)
class _Listening:
    """A GET stream that is kept open for a session."""

    session: str | None
    scope: anyio.CancelScope


class HttpTransport:
    """Reaches a server at a URL.

    Args:
        target: Where, and with which headers.
        authorizer: Where credentials come from, if from anywhere but the target's headers.
        connect_timeout: Seconds for the connection and for the TLS handshake, each.
        body_limit: Bytes of a response body, or of one event's data, that are kept.
    """

    def __init__(
        self,
        target: HttpTarget,
        authorizer: Authorizer | None = None,
        *,
        connect_timeout: float = 10.0,
        body_limit: int = DEFAULT_LIMIT,
    ) -> None:
        self._target = target
        self._authorizer = authorizer
        self._connect_timeout = connect_timeout
        self._body_limit = body_limit

    @asynccontextmanager
    async def open(self, tap: Tap) -> AsyncIterator[HttpLink]:
        """A link that is ready to send. Nothing is sent yet.

        Raises:
            ConnectionFailed: The URL, the certificate file or the proxy's URL cannot be used.
        """
        link = HttpLink(
            self._target,
            tap,
            self._authorizer,
            connect_timeout=self._connect_timeout,
            body_limit=self._body_limit,
        )
        failure: Exception | None = None
        try:
            async with anyio.create_task_group() as tasks:
                link.tasks = tasks
                try:
                    yield link
                except Exception as error:  # raised again below, out of the group's wrapping
                    failure = error
                finally:
                    link.close()
                    tasks.cancel_scope.cancel()
        finally:
            with anyio.CancelScope(shield=True):
                await link.leave()
        if failure is not None:
            raise failure


class HttpLink:
    """An open connection; see `inspector.transport.base.Link`.

    Attributes:
        legacy: The era that the session has settled on, or is about to try: sessions, the GET stream,
            resumption and DELETE exist in the legacy ones only. Set it before the handshake is sent.
        tasks: Where requests run; set before anything is sent.
        session_id: `Mcp-Session-Id` as the server gave it. It is sent where `legacy` is set, and forgotten
            when a POST that carried it gets 404; a new handshake then starts without one. Bytes that are no
            UTF-8 are surrogates in it, and themselves again when it is sent.
    """

    tasks: TaskGroup

    def __init__(
        self,
        target: HttpTarget,
        tap: Tap,
        authorizer: Authorizer | None,
        *,
        connect_timeout: float,
        body_limit: int,
    ) -> None:
        self.legacy = False
        self.session_id: str | None = None
        self._target = target
        self._tap = tap
        self._traffic = Requests(
            target,
            tap,
            authorizer,
            connect_timeout=connect_timeout,
            body_limit=body_limit,
            around=self._around,
            noted=self._noted,
        )
        self._last_headers: Mapping[str, str] = {}
        self._unheard = Unheard()
        self._listening: _Listening | None = None
        self._closed = False

    @property
    def inbound(self) -> MemoryObjectReceiveStream[Event]:
        return self._traffic.inbound

    async def send(self, outgoing: Outgoing) -> Event:
        await anyio.lowlevel.checkpoint()
        if self._closed:
            self._tap.sent(outgoing.body)
            raise LinkClosed("The link is closed.")
        exchange = self._traffic.start()
        event = outgoing.event or self._tap.sent(outgoing.body, exchange=exchange.number)
        taken = self._tap.take(event)
        self._last_headers = outgoing.headers
        before = self._unheard.now
        if not outgoing.answered and taken is None:  # one that waits holds up no other
            self._unheard.add(exchange)
        self.tasks.start_soon(self._post, exchange, outgoing, before, taken)
        return event

    def abort(self, exchange: int) -> None:
        self._traffic.abort(exchange)

    def listen(self, headers: Mapping[str, str]) -> None:
        before = self._listening
        if self._closed or not self.legacy or (before is not None and before.session == self.session_id):
            return
        if before is not None:  # of a session that is over: nothing comes on it, and nothing can be resumed
            before.scope.cancel()
        self._listening = _Listening(self.session_id, anyio.CancelScope())
        self.tasks.start_soon(self._listen, self._listening, dict(headers), self._unheard.now)

    def close(self) -> None:
        """Take no more messages; what is under way is being cancelled."""
        self._closed = True
        self._traffic.close()

    async def leave(self) -> None:
        """End the session that the server keeps for us, if there is one. Any answer will do."""
        try:
            if self.session_id is not None:
                # An answer of the modern era may have come late, when a legacy session had begun already.
                self.legacy = True
                exchange = self._traffic.start()
                exchange.scope = anyio.CancelScope(deadline=anyio.current_time() + _LEAVE_WITHIN)
                with exchange.scope:
                    await self._ask(exchange, "DELETE", self._last_headers.items())
                if exchange.scope.cancelled_caught:
                    exchange.ends("aborted", f"no answer within {_LEAVE_WITHIN:g} s")
                self._traffic.end(exchange)
        finally:
            await self._traffic.aclose()

    async def _post(
        self, exchange: Exchange, outgoing: Outgoing, before: Before, taken: Taken | None
    ) -> None:
        """One message: its POST, and what it takes to get the answer."""
        asked = taken is None
        try:
            with exchange.scope:
                await anyio.lowlevel.checkpoint()  # aborted already: no request is to be written down
                bodies = await onward(taken, outgoing.body, self._traffic.deliver)
                await self._unheard.wait(before)
                for body in bodies:
                    given = [*outgoing.headers.items()]
                    asked, headers = True, headers_for(self._tap, given, outgoing.body, body)
                    reading = await self._ask(exchange, "POST", headers, body, answered=outgoing.answered)
                    if reading is not None and outgoing.answered and self.legacy:
                        await self._resume(exchange, headers, reading)
        finally:
            self._unheard.over(exchange)
            if asked:
                end = self._traffic.end(exchange)
            else:
                self._traffic.forget(exchange)
        if asked:
            await self._traffic.deliver(end)

    async def _resume(self, exchange: Exchange, headers: Headers, reading: Reading) -> None:
        """Go on with a stream that ended before its answer.

        Specification 2025-11-25, basic/transports, "Resumability and Redelivery": always by GET, however
        the stream began, and after the time that the server asked for.
        """
        last_id, retry = reading.cursor
        fruitless = idle = 0
        while reading.is_stream and not reading.replied and last_id and fruitless < _FRUITLESS:
            ended = (exchange.outcome, exchange.error, exchange.stage)
            status = exchange.status
            exchange.ends("aborted")  # should that come now
            await anyio.sleep(_pause(retry, idle))
            resuming = [*headers, ("last-event-id", last_id.strip(" \t"))]
            idle += 1
            resumed = await self._ask(
                exchange, "GET", resuming, answered=True, since=(last_id, retry), why="resume"
            )
            if resumed is not None and not resumed.is_stream and not resumed.replied:
                refused, exchange.status = exchange.status, status
                exchange.ends(ended[0], f"{ended[1]}; it was not resumed: HTTP {refused}", ended[2])
                return
            fruitless = 0 if resumed is not None and resumed.fruitful else fruitless + 1
            if resumed is not None:
                reading = resumed
                last_id, retry = reading.cursor
                idle = 0 if reading.before else idle

    async def _listen(self, listening: _Listening, headers: Mapping[str, str], before: Before) -> None:
        """Keep the GET stream of a session open, on which the server sends what answers nothing."""
        with listening.scope:
            await self._unheard.wait(before)
            await self._keep_open(headers)
        if self._listening is listening:
            self._listening = None

    async def _keep_open(self, headers: Mapping[str, str]) -> None:
        since = ("", DEFAULT_RETRY)
        fruitless = idle = 0
        while fruitless < _FRUITLESS:
            exchange = self._traffic.start()
            resuming = [("last-event-id", since[0].strip(" \t"))] if since[0] else []
            reading = None
            try:
                with exchange.scope:
                    reading = await self._ask(exchange, "GET", [*headers.items(), *resuming], since=since)
            finally:
                end = self._traffic.end(exchange)
            await self._traffic.deliver(end)
            if exchange.outcome == "aborted" or (reading is not None and not reading.is_stream):
                break  # 405 is how a server says that it offers no such stream
            if reading is not None:
                since = reading.cursor
            fruitless = 0 if reading is not None and reading.fruitful else fruitless + 1
            idle = 0 if reading is not None and (reading.before or reading.replied) else idle + 1
            await anyio.sleep(_pause(since[1], idle))
        else:
            says = f"The GET stream brought nothing {_FRUITLESS} times in a row, and is not opened again."
            self._tap.client("warning", says=says)

    async def _ask(
        self,
        exchange: Exchange,
        method: str,
        headers: Headers,
        body: bytes = b"",
        *,
        answered: bool = False,
        since: tuple[str, float] = ("", DEFAULT_RETRY),
        why: str = "",
    ) -> Reading | None:
        url = self._target.url
        return await self._traffic.ask(
            exchange, method, url, headers, body, answered=answered, since=since, why=why
        )

    def _around(self, method: str) -> Headers:
        """The session's header, where there is a session."""
        return [("mcp-session-id", self.session_id)] if self.legacy and self.session_id is not None else []

    def _noted(self, exchange: Exchange, head: Head) -> None:
        """Take the session's id from a response, or learn that the session has ended."""
        if head.method != "POST" or head.sent.get("mcp-session-id") != self.session_id:
            # A GET that gets 404 is how a server without GET streams answers that knows no better. And what
            # belongs to a session that is over already, says nothing about the one that came after it.
            return
        given = head.headers.get("mcp-session-id")
        if given and self.legacy and 200 <= head.status < 300 and given != self.session_id:
            if self.session_id is not None:
                says = (
                    "The server gave another session id in the middle of a session; it is used from now on."
                )
                self._tap.client("warning", says=says, exchange=exchange.number)
            self.session_id = given
        elif head.status == 404 and self.session_id is not None:
            self.session_id = None
            exchange.session = "ended"


def _pause(retry: float, idle: int) -> float:
    """Seconds to wait before a stream is asked for again.

    Args:
        retry: What the server asked for.
        idle: How often in a row the stream brought no message.
    """
    return max(retry, min(_LONGEST_PAUSE, _SHORTEST_PAUSE * (1 << min(idle, 10))))
