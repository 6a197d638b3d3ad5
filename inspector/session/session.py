"""An open connection as the rest of the program uses it: calls, lists, notifications, raw bytes.

Callers put work into a queue and wait for an event, from any task; the owner's tasks (`read`, `write`)
do it. What a reply means is the peer's business, and bytes are the transport's. How a session is opened
and left stands in `inspector.session.owner`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import anyio

from inspector.errors import ConnectionFailed, UsageError
from inspector.session import endings
from inspector.session.calls import Call, OnProgress
from inspector.session.dialect import Dialect, Modern
from inspector.session.listing import Listing, walk
from inspector.session.mirror import Mirror
from inspector.session.options import Options
from inspector.session.outbox import Job, Outbox
from inspector.session.outcome import Cancelled, Closed, HttpFailed, Outcome, Replied, TimedOut
from inspector.session.patience import within
from inspector.session.peer import (
    Effect,
    Peer,
    Pending,
    Progress,
    Send,
    Settled,
    Stray,
    ignore,
)
from inspector.session.renewal import Renewal
from inspector.transport.base import Authorizer, Link
from inspector.transport.opening import SaysWhy
from inspector.wire import jsonrpc
from inspector.wire.event import Event, Kind, Shape
from inspector.wire.methods import LISTS
from inspector.wire.versions import LATEST_MODERN, Era

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

    from inspector.journal.catalogue import Catalogue
    from inspector.journal.journal import Journal
    from inspector.transport.tap import Tap

Section = Literal["tools", "resources", "templates", "prompts"]

_WITH_PROGRESS = frozenset({"tools/call", "prompts/get", "resources/read"})
_EXIT_PATIENCE = 2.0
"""Seconds that a broken pipe waits for the exit which explains it."""
_AT_ONCE = 32
"""Events that are taken in before the event loop has other turns: half a millisecond of work."""


class Session:
    """A connection that is open and agreed upon. Made by `open_session`.

    Attributes:
        journal: Where everything that happens is written.
        closed: Set when no call can be answered any more.
        exit: How the server's process ended; `None` while it lives, and over HTTP.
        reply: What the server said about itself: the answer to initialize or server/discover.
        agreed: Whether a version was agreed upon.
    """

    def __init__(
        self,
        journal: Journal,
        tap: Tap,
        link: Link,
        tasks: TaskGroup,
        options: Options,
        authorizer: Authorizer | None = None,
    ) -> None:
        self.journal = journal
        self.closed = anyio.Event()
        self.exit: Mapping[str, Any] | None = None
        self.reply: Replied | None = None
        self.dialect: Dialect = Modern(LATEST_MODERN)
        self.options = options
        self.tap = tap
        self.link = link
        self.http = False
        self._tasks = tasks
        self.authorizer = authorizer
        self._peer = Peer(options.policy)
        self._calls: dict[Pending, Call] = {}
        self._ending: Closed | None = None
        self.agreed = False
        self._renewal = Renewal()
        self._mirror = Mirror(self)
        self.outbox = Outbox(link, self._sent, lambda job: tasks.start_soon(self._unsent, job))

    @property
    def version(self) -> str:
        """The protocol version that is spoken."""
        return self.dialect.version

    @property
    def era(self) -> Era:
        """`legacy` or `modern`."""
        return self.dialect.era

    @property
    def catalogue(self) -> Catalogue:
        """What the server has shown so far, as the journal folds it."""
        return self.journal.catalogue

    @property
    def capabilities(self) -> Mapping[str, Any]:
        """What the server declared; empty if it declared nothing that can be read."""
        result = self.reply.result if self.reply is not None else None
        declared = result.get("capabilities") if isinstance(result, Mapping) else None
        return declared if isinstance(declared, Mapping) else {}

    def declares(self, section: str) -> bool:
        """Whether the server declared the capability of a section of `LISTS`."""
        return self.capabilities.get(LISTS[section].capability) not in (None, False)

    async def call(
        self,
        method: str,
        params: Any = None,
        *,
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Outcome:
        """Make a request and wait for its outcome. Being cancelled while waiting cancels the call too.

        A tool call that is refused for its headers (-32020) is made once more if the list of tools, asked
        for again, wants other ones (2026-07-28, basic/transports/streamable-http, "Client Behavior").

        Args:
            method: Any method; it is sent also if it does not exist.
            params: Usually an object. Metadata of the dialect is added to it, under what it says itself.
            timeout: Seconds; the option's where `None`.
            on_progress: Called with the parameters of each progress notification.

        Raises:
            UsageError: `params` cannot be written as JSON, or the tool is withheld.
        """
        await self._mirror.schema(method, params)  # now, so that a tool that is withheld is refused at once
        call = self.start(method, params, timeout=timeout, on_progress=on_progress)
        try:
            return await call.wait()
        except anyio.get_cancelled_exc_class():
            call.cancel("the caller went away")
            raise

    def start(
        self,
        method: str,
        params: Any = None,
        *,
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Call:
        """Make a request and return at once. Arguments and errors are those of `call`.

        Where the list of tools is yet to be asked for, a tool that turns out to be withheld is `Cancelled`.
        """
        self._mirror.refuse(method, params)
        return self.start_in(self.dialect, method, params, timeout=timeout, on_progress=on_progress)

    def start_in(
        self,
        dialect: Dialect,
        method: str,
        params: Any = None,
        *,
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Call:
        """`start` in another dialect than the one that was agreed upon."""
        try:
            body, pending = self._build(dialect, method, params, on_progress)
        except (TypeError, ValueError, RecursionError) as error:
            raise UsageError(
                f"The parameters of {method} cannot be written as JSON: {error}",
                next="Raw bytes can hold what JSON cannot",
            ) from error
        limit = self.options.timeout if timeout is None else timeout
        call = Call(pending, body, params, limit, on_progress, self._cancel)
        self._calls[pending] = call
        if self._ending is not None:
            self._apply(self._peer.give_up(pending, self._ending))
        else:
            self._tasks.start_soon(self._carry, call, dialect, name=f"call {method}")
        return call

    def withheld(self, tool: str) -> list[str]:
        """Why a tool is not to be called: over HTTP, for a wrong `x-mcp-header` in its `inputSchema`.

        2026-07-28, basic/transports/streamable-http, "Schema Extension": a conforming client hides it. The
        list shows it all the same, and `send_bytes` calls it.

        Returns:
            A sentence for each thing that is wrong, safe for a terminal; nothing where it may be called,
            over stdio, in the legacy eras, and while the tools are not listed.
        """
        return self._mirror.withheld(tool)

    async def list(self, section: Section) -> Listing:
        """List a section to its last page, also if it is not declared.

        A repeated cursor, or more than 1000 pages, stop the listing with a `warning` event.
        """

        async def call(method: str, params: dict[str, Any]) -> Outcome:
            return await self.call(method, params or None)

        def warn(says: str, reply: Replied) -> None:
            self.tap.client("warning", says=says, request=reply.request.seq)

        listing = await walk(LISTS[section], call, warn)
        if section == "tools":
            self._mirror.warn()
        return listing

    async def list_all(self) -> dict[Section, Listing]:
        """List every section that the server declares, and no other, one after the other."""
        sections: tuple[Section, ...] = ("tools", "resources", "templates", "prompts")
        return {section: await self.list(section) for section in sections if self.declares(section)}

    async def notify(self, method: str, params: Any = None) -> Event:
        """Send a notification.

        Raises:
            ConnectionFailed: The connection is over.
            UsageError: `params` cannot be written as JSON.
        """
        try:
            body = jsonrpc.notification(method, params)
        except (TypeError, ValueError, RecursionError) as error:
            raise UsageError(f"The parameters of {method} cannot be written as JSON: {error}") from error
        return await self._put_through(Job(body, self.dialect.headers(method, params), answered=False))

    async def send_bytes(self, raw: bytes, *, headers: Mapping[str, str] | None = None) -> Event:
        """Send exactly these bytes, whatever they are. An answer stands in the journal and settles no call.

        Args:
            raw: The bytes; over stdio the LF that ends a line is added.
            headers: HTTP only: these instead of the ones that fit the bytes.

        Raises:
            ConnectionFailed: The connection is over.
        """
        frame = jsonrpc.classify(raw)
        self._peer.reserve(frame)
        if headers is None:
            schema = await self._mirror.schema(frame.method, frame.params)
            headers = self.dialect.headers(frame.method, frame.params, schema)
        answered = any(item.shape is Shape.REQUEST for item in frame.items)
        return await self._put_through(Job(raw, headers, answered))

    def close(self) -> None:
        """End the connection for all calls, so that whoever waits for `closed` leaves `open_session`."""
        self._end("the connection was closed by mcp-inspect", event=False)

    # What the owner's tasks do.

    async def read(self) -> None:
        """Feed the peer with what comes in, until nothing can come any more."""
        inbound = self.link.inbound
        async for first in inbound:
            self._take(first)
            # A turn of the event loop for each event would cost a burst more than all that is done with it.
            with suppress(anyio.WouldBlock, anyio.EndOfStream):
                for _ in range(_AT_ONCE):
                    self._take(inbound.receive_nowait())
        over = self.link.over if isinstance(self.link, SaysWhy) else ""
        self._end(endings.exit_says(self.exit) if self.exit is not None else over or "the connection ended")

    def agree(self, dialect: Dialect, reply: Replied | None) -> None:
        """Speak `dialect` from now on."""
        self.dialect = replace(dialect, capabilities=self.options.capabilities)
        self.reply = reply
        self.agreed = True
        if dialect.era == "modern":
            self._peer.policy = ignore

    def _sent(self, job: Job) -> None:
        assert job.event is not None
        self.http = self.http or job.event.exchange is not None
        if job.call is not None:
            self._peer.sent(job.call.pending, job.event)

    async def _carry(self, call: Call, dialect: Dialect) -> None:
        """Send one call, and wait for its outcome as long as it may take."""

        async def sent() -> bool:
            if call.method != "initialize":
                await self._renewal.wait()
            call.schema = await self._mirror.schema(call.method, call.params)
            wrong = self._mirror.withheld(call.params["name"]) if call.schema is not None else []
            if wrong:
                self._give_up(call, Cancelled(f"a conforming client does not call this tool: {wrong[0]}"))
            else:
                self._send(call, dialect)
            return True

        deadline = anyio.current_time() + call.timeout
        if await within(deadline, sent, self.authorizer) is not None:
            await within(deadline, call.settled.wait, self.authorizer)
        if not call.done:
            self.tap.client("timed-out", **_about(call), after=call.timeout)
            self._tell_cancelled(call, f"timed out after {call.timeout:g} s")
            self._give_up(call, TimedOut(call.timeout))

    def _build(
        self, dialect: Dialect, method: str, params: Any, on_progress: OnProgress | None
    ) -> tuple[bytes, Pending]:
        progress = on_progress is not None or method in _WITH_PROGRESS
        return self._peer.call(dialect, method, params, progress=progress)

    def _send(self, call: Call, dialect: Dialect) -> None:
        made = dialect.headers(call.method, call.params, call.schema)
        self.outbox.put(Job(call.body, made, answered=True, call=call))

    async def _call_again(self, call: Call, refused: Replied) -> None:
        """The server refused the headers of a call: make it again if the list of tools has changed."""
        schema = await self._mirror.other_schema(call)
        if schema is None or call.done or self._ending is not None:
            call.settle(refused)
            return
        says = "The headers of this call were refused, and the tool has changed: the call is made once more."
        self.tap.client("warning", says=says, **_about(call))
        body, pending = self._build(self.dialect, call.method, call.params, call.on_progress)
        call.renew(pending, body, schema)
        self._calls[pending] = call
        self._send(call, self.dialect)

    def _cancel(self, call: Call, reason: str) -> None:
        if call.done:
            return
        self.tap.client("cancelled", **_about(call), reason=reason)
        self._tell_cancelled(call, reason)
        self._give_up(call, Cancelled(reason))

    def _give_up(self, call: Call, outcome: Outcome) -> None:
        self._apply(self._peer.give_up(call.pending, outcome))
        call.settle(outcome)  # also between two requests, when nothing of it is pending

    def _tell_cancelled(self, call: Call, reason: str) -> None:
        request = call.request
        if request is None or self._ending is not None or call.pending.outcome is not None:
            return  # the server has not heard of it, hears nothing any more, or has answered
        http = request.exchange is not None
        body = self.dialect.cancel(call.pending.id, call.method, reason, http=http)
        if body is not None:
            self._post("notifications/cancelled", body)
        elif request.exchange is not None and self.era == "modern":
            self.link.abort(request.exchange)

    def _apply(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case Settled(pending, outcome):
                    call = self._calls.pop(pending, None)
                    if call is not None:
                        self._settle(call, outcome)
                case Progress(pending, params):
                    self._progressed(pending, params)
                case Send(body):
                    self._post(None, body)
                case Stray(event, frame):
                    self._stray(event, frame)

    def _settle(self, call: Call, outcome: Outcome) -> None:
        if isinstance(outcome, Replied) and not call.done and self._mirror.outdated(call, outcome):
            self._tasks.start_soon(self._call_again, call, outcome, name="call again")
            return
        failure = getattr(self.authorizer, "failure", None)
        if isinstance(outcome, HttpFailed) and outcome.status in (401, 403) and failure is not None:
            outcome = replace(outcome, cause=failure)
        call.settle(outcome)

    def _post(self, method: str | None, body: bytes) -> None:
        self.outbox.put(Job(body, self.dialect.headers(method), answered=False))

    def _progressed(self, pending: Pending, params: Mapping[str, Any]) -> None:
        call = self._calls.get(pending)
        if call is None or call.on_progress is None:
            return
        try:
            call.on_progress(params)
        except Exception as error:  # a caller's fault: the connection is not its victim
            call.on_progress = None
            self.tap.client("warning", says=f"A progress callback failed: {error!r}", **_about(call))

    def _stray(self, event: Event, frame: jsonrpc.Frame) -> None:
        """Before anything is agreed, an error without an id can only be about the one thing that we asked."""
        if self.agreed or frame.shape is not Shape.ERROR or frame.id not in (None, "null"):
            return
        for pending in self._peer.open:
            if pending.request is not None:
                self._apply(self._peer.give_up(pending, Replied(event, frame, pending.request)))
                return

    def _take(self, event: Event) -> None:
        if event.kind is Kind.PROCESS:
            self._process(event)
        else:
            effects = self._peer.feed(event)
            self._apply(effects)
            if self._renewal.saw(event, effects) and self.agreed and self._ending is None:
                self._renewal.hold()
                self._tasks.start_soon(self._renew, name="renew")

    async def _renew(self) -> None:
        says = await self._renewal.run(self)
        if says:
            self._end(says)

    def _process(self, event: Event) -> None:
        if event.what == "exited":
            self.exit = {key: value for key, value in event.data.items() if key != "what"}
        elif event.what == "stdout-closed":
            self._end("the server closed its stdout, though it lives on")

    def _end(self, says: str, *, event: bool = True) -> None:
        """Settle all calls and take no more."""
        if self._ending is not None:
            return
        self._ending = Closed(self.exit, endings.with_last_words(says, self.journal) if event else says)
        if event:
            self.tap.client("closed", reason=self._ending.says)
        self._apply(self._peer.close(self._ending))
        self.closed.set()

    @property
    def ended(self) -> bool:
        """Whether the connection is over already."""
        return self._ending is not None

    async def _unsent(self, job: Job) -> None:
        """A job met a broken pipe. Usually an exit follows, which says more than the pipe."""
        with anyio.move_on_after(_EXIT_PATIENCE):
            await self.closed.wait()
        if job.call is not None:
            gone = self._ending or Closed(self.exit, "the server closed its stdin, though it lives on")
            self._apply(self._peer.give_up(job.call.pending, gone))

    async def _put_through(self, job: Job) -> Event:
        with anyio.move_on_after(self.options.timeout) as waiting:
            if self._ending is None:
                self.outbox.put(job)
                await job.done.wait()
        if job.event is None or not job.taken:
            says = f"the server has read nothing for {self.options.timeout:g} s"
            if not waiting.cancelled_caught:
                says = self._ending.says if self._ending is not None else "the server closed its stdin"
            raise ConnectionFailed(f"Nothing can be sent: {says}", next="Connect again")
        return job.event


def _about(call: Call) -> dict[str, int]:
    """Which request a client event is about; nothing where none was sent."""
    return {} if call.request is None else {"request": call.request.seq}
