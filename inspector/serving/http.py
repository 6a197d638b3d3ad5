"""Serves a recording over streamable HTTP: a request is a POST, its answers are its response.

In the legacy eras each `initialize` begins a session of its own, which begins the recording anew, and has a
GET stream for what nobody asked for; in the modern era there is one for all. How HTTP is spoken stands in
`inspector.httpd`; no credentials are asked for, whatever the recorded server wanted.
"""

from __future__ import annotations

import math
import secrets
import time
from collections import deque
from collections.abc import Callable
from typing import Final

import anyio
import anyio.abc

from inspector.httpd.request import BadBody, ClientGone, Request, TooLarge
from inspector.serving.eras import Spoken, version_of
from inspector.serving.matching import Requests
from inspector.serving.said import Heard, Said, Ways, refusal
from inspector.serving.script import Script
from inspector.serving.serving import Serving
from inspector.wire.event import Shape
from inspector.wire.fault import Fault
from inspector.wire.jsonrpc import Frame, classify
from inspector.wire.versions import (
    ALL,
    HEADER_MISMATCH,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    UNSUPPORTED_VERSION,
)

PATH: Final = "/mcp"
LARGEST: Final = 64 << 20
_MOST_HELD: Final = 4 * LARGEST
_SESSION: Final = "Mcp-Session-Id"
_VERSION: Final = "MCP-Protocol-Version"
_MOST_SESSIONS: Final = 1_000
_BACKLOG: Final = 1_000
_PATIENCE: Final = 1.0
"""Seconds that a response waits for its first message before it begins as a stream."""
_STREAM: Final = (("Content-Type", "text/event-stream"), ("Cache-Control", "no-cache"))
_JSON: Final = ("Content-Type", "application/json")


class Outlet:
    """What waits to be said on one stream of the client's."""

    def __init__(self) -> None:
        self._waiting: deque[Said] = deque()
        self._more = anyio.Event()

    def put(self, said: Said) -> None:
        """Say this next."""
        self._waiting.append(said)
        self._more.set()

    async def next(self, request: Request) -> Said:
        """What comes next.

        Raises:
            ClientGone: The client of this request hung up first.
        """
        while not self._waiting:
            self._more = anyio.Event()
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_until, request.gone, tasks.cancel_scope)
                await _until(self._more, tasks.cancel_scope)
            if request.gone.is_set() and not self._waiting:
                raise ClientGone
        return self._waiting.popleft()


async def _until(event: anyio.Event, scope: anyio.CancelScope) -> None:
    """Wait for an event, and for nothing else of the scope after it."""
    await event.wait()
    scope.cancel()


class Front:
    """What answers HTTP requests from a recording.

    Args:
        script: The recording.
        spoken: What it speaks.
        ways: How it is served.
        heard: Where misses and notes go.
        tasks: Where sessions run.
    """

    def __init__(
        self, script: Script, spoken: Spoken, ways: Ways, heard: Heard, tasks: anyio.abc.TaskGroup
    ) -> None:
        requests = Requests(script, ways.match)
        self._begin: Callable[[], Serving] = lambda: Serving(script, spoken, ways, heard, requests)
        self._heard = heard
        self._tasks = tasks
        self._sessions: dict[str, _Session] = {}
        self._versions = frozenset({*ALL, spoken.version})
        self._held = 0  # bytes of bodies that are being read
        self._stateless = _without_sessions(script)
        self._script = script
        self._common = self._new()

    def _new(self) -> _Session:
        session = _Session(self._begin(), self._heard)
        self._tasks.start_soon(session.run)
        return session

    async def handle(self, request: Request) -> None:
        """Answer one request."""
        id = request.header(_SESSION)
        session = self._found(id) if id else None
        if request.method == "POST":
            await self._posted(request, id, session)
        elif id and session is None:
            await _refuse(request, 404, "There is no such session.")
        elif request.method == "GET" and session is not None:
            await self._listened(request, session)
        elif request.method == "DELETE" and id and session is not None:
            del self._sessions[id]
            session.end()
            await request.respond(200)
        else:
            await request.respond(405, [("Allow", "POST")])

    def _found(self, id: str) -> _Session | None:
        """A session; it is there no more where its recorded server died."""
        session = self._sessions.get(id)
        if session is not None and session.ended:
            del self._sessions[id]
            return None
        return session

    async def _posted(self, request: Request, id: str | None, session: _Session | None) -> None:
        body = await self._body(request)
        frame = classify(body)
        if refusal := self._wrong(request, frame):
            return await request.respond(400, [_JSON], refusal)
        headers = [_JSON]
        if session is None or frame.method == "initialize":
            if self._stateless or version_of(frame.params) is not None:
                session = self._shared()
            elif frame.method == "initialize":
                session, id = self._new(), secrets.token_hex(16)
                self._keep(id, session)
                headers.append((_SESSION, id))
            elif id:
                return await _refuse(request, 404, "There is no such session.")
            else:
                return await _refuse(request, 400, "The session's id is missing.")
        via, outlet = session.opened()
        if not session.feed(body, via):
            session.closed(via)
            return await request.respond(202)
        try:
            await self._answer(request, outlet, headers, _modern(frame))
        except ClientGone:
            if _modern(frame):  # the stream's end is the cancel (2026-07-28, basic/patterns/cancellation)
                session.hung_up(via)
        finally:
            session.closed(via)
        return None

    async def _body(self, request: Request) -> bytes:
        """The body of a request, while those of all together are not too much."""
        found, most = bytearray(), LARGEST
        try:
            async for chunk in request.stream():
                found += chunk
                self._held += len(chunk)
                if len(found) > most:
                    raise TooLarge(most, b"")
                if self._held > _MOST_HELD:
                    raise BadBody("There are too many long requests at a time.", 503)
            return bytes(found)
        finally:
            self._held -= len(found)

    def _wrong(self, request: Request, frame: Frame) -> bytes | None:
        """What is answered with 400 to what is no message, and to headers that do not fit."""
        if frame.shape is Shape.INVALID:
            code = PARSE_ERROR if Fault.NOT_JSON in frame.faults else INVALID_REQUEST
            return refusal("null", code, "This is no JSON-RPC message")
        version, said = version_of(frame.params), request.header(_VERSION)
        if said is None or said == version:
            return None
        if version is not None:
            return refusal(frame.id or "null", HEADER_MISMATCH, f"The header {_VERSION} and the body differ")
        if said not in self._versions:
            return refusal(frame.id or "null", INVALID_REQUEST, f"The header {_VERSION} names no version")
        return None

    def _keep(self, id: str, session: _Session) -> None:
        self._sessions[id] = session
        while len(self._sessions) > _MOST_SESSIONS:
            self._sessions.pop(next(iter(self._sessions))).end()

    def _shared(self) -> _Session:
        """The session of all that need none; another one where its recorded server died."""
        if self._common.ended:
            self._common = self._new()
        return self._common

    async def _answer(
        self,
        request: Request,
        outlet: Outlet,
        headers: list[tuple[str, str]],
        modern: bool,
    ) -> None:
        first: Said | None = None
        with anyio.move_on_after(_PATIENCE):
            first = await outlet.next(request)
        if first is not None and first.sort == "broken":
            return await _broken(request, first)
        if first is not None and first.last:
            return await request.respond(self._status(first, modern), headers, first.body)
        stream = await request.start(200, [*_STREAM, *headers[1:]])
        while True:
            each = first or await outlet.next(request)
            first = None
            if each.sort != "message":
                return await stream.abort()
            await stream.send(event(each.body))
            if each.last:
                return await stream.close()

    async def _listened(self, request: Request, session: _Session) -> None:
        if session.listener is not None:
            return await _refuse(request, 409, "There is such a stream already.")
        outlet = session.listen()
        try:
            stream = await request.start(200, _STREAM)
            while True:
                each = await outlet.next(request)
                if each.sort != "message":
                    return await stream.close()
                await stream.send(event(each.body))
        except ClientGone:
            return None
        finally:
            session.listener = None

    def _status(self, said: Said, modern: bool) -> int:
        """As recorded, where that was over HTTP; else what the specification wants for an error."""
        status = self._script.response_of(said.row).get("status") if said.row >= 0 else None
        if isinstance(status, int) and not isinstance(status, bool) and 200 <= status < 600:
            return status if status not in (204, 304) else 200
        code = classify(said.body).error.get("code") if modern else None
        if code == METHOD_NOT_FOUND:
            return 404
        return 400 if isinstance(code, int) and UNSUPPORTED_VERSION <= code <= HEADER_MISMATCH else 200


class _Session:
    """A session: its recorded server, and where what that says goes.

    Attributes:
        ended: Whether it is over: by a DELETE, or because the recorded server died.
        listener: Its GET stream, if there is one.
    """

    def __init__(self, serving: Serving, heard: Heard) -> None:
        self._serving = serving
        self._heard = heard
        self._streams: dict[int, Outlet] = {}
        self._count = 0
        self._backlog: deque[Said] = deque(maxlen=_BACKLOG)
        self._wake = anyio.Event()
        self.ended = False
        self.listener: Outlet | None = None

    async def run(self) -> None:
        """Say what is due, in its time, until the session ends."""
        while not self.ended:
            self._wake = anyio.Event()
            self._say()
            next_at = self._serving.next_at
            wait = math.inf if next_at is None else max(0.0, next_at - time.monotonic())
            with anyio.move_on_after(wait):
                await self._wake.wait()

    def opened(self) -> tuple[int, Outlet]:
        """A stream of the client's, and what goes there."""
        self._count += 1
        outlet = self._streams[self._count] = Outlet()
        return self._count, outlet

    def closed(self, via: int) -> None:
        """Nothing goes there any more."""
        self._streams.pop(via, None)

    def feed(self, body: bytes, via: int) -> int:
        """A message of the client; returns how many requests it holds."""
        asks = self._serving.feed(body, time.monotonic(), via)
        self._say()
        self._wake.set()
        return asks

    def hung_up(self, via: int) -> None:
        """The client closed a stream before its end."""
        self._serving.hung_up(via, time.monotonic())
        self._wake.set()

    def listen(self) -> Outlet:
        """The stream of what nobody asked for, with what came before there was one."""
        self.listener = outlet = Outlet()
        while self._backlog:
            outlet.put(self._backlog.popleft())
        return outlet

    def end(self) -> None:
        """Every stream breaks off."""
        self.ended = True
        self._wake.set()
        for outlet in (*self._streams.values(), self.listener):
            if outlet is not None:
                outlet.put(Said("exit"))

    def _say(self) -> None:
        for said in self._serving.due(time.monotonic()):
            if said.sort == "exit":
                return self.end()
            if said.sort == "text":
                self._heard.note(f"row {said.row}: what is no message cannot be said over HTTP")
            elif said.sort in ("message", "broken"):
                self._give(said)
        return None

    def _give(self, said: Said) -> None:
        outlet = self._streams.get(said.via) if said.via else self.listener
        if outlet is not None:
            outlet.put(said)
        elif not said.via:
            if len(self._backlog) == _BACKLOG:
                self._heard.note("what nobody had asked for waited for a GET stream: the oldest was dropped")
            self._backlog.append(said)


def event(body: bytes) -> bytes:
    """A message as an event of a stream; one that has several lines stays the same text."""
    lines = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return b"event: message\r\n" + b"".join(b"data: " + line + b"\r\n" for line in lines) + b"\r\n"


async def _refuse(request: Request, status: int, says: str) -> None:
    await request.respond(status, [("Content-Type", "text/plain; charset=utf-8")], says.encode())


async def _broken(request: Request, said: Said) -> None:
    """The recorded exchange brought no answer: its status again, or the end of the connection."""
    status, body = said.facts.get("status"), said.facts.get("body", b"")
    if isinstance(status, int) and not isinstance(status, bool) and 400 <= status < 600:
        return await request.respond(status, [("Content-Type", "text/plain")], bytes(body))
    stream = await request.start(200, _STREAM)
    return await stream.abort()


def _modern(frame: Frame) -> bool:
    return version_of(frame.params) is not None


def _without_sessions(script: Script) -> bool:
    """Whether the recorded server spoke HTTP and gave its sessions no ids."""
    journal = script.journal
    for row in journal.rows_with_method("initialize"):
        number = journal.exchange(row)
        if journal.shape(row) is not Shape.REQUEST or number is None:
            continue
        responses = [journal.data(each) for each in journal.rows_of_exchange(number)]
        names = [
            str(pair[0]).lower()
            for data in responses
            if data.get("what") == "response" and isinstance(data.get("headers"), list)
            for pair in data["headers"]
            if isinstance(pair, list) and pair
        ]
        return bool(names) and _SESSION.lower() not in names
    return False
