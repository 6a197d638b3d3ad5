"""An open connection as the rest of the program uses it: calls, lists, notifications, raw bytes.

Callers put work into a queue and wait for an event, from any task; the owner's tasks (`read`, `write`)
do it. What a reply means is the peer's business, and bytes are the transport's. How a session is opened
and left stands in `inspector.session.owner`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import anyio

from inspector.errors import ConnectionFailed, UsageError
from inspector.session import endings
from inspector.session.calls import Call, OnProgress
from inspector.session.carrier import Carrier
from inspector.session.dialect import Dialect, Modern
from inspector.session.ears import Ears
from inspector.session.inbox import Inbox
from inspector.session.listing import PAGE_CAP, Listing, Page, pages, walk
from inspector.session.options import Options
from inspector.session.outbox import Job, Outbox
from inspector.session.outcome import Closed, Outcome, Replied
from inspector.session.passage import Passage
from inspector.session.peer import Noticed, ignore
from inspector.session.receiver import Receiver
from inspector.session.relisting import Relisting
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
        ending: How the connection ended; `None` while it has not.
        inbox: What the server asks back.
        receiver: The tasks that it makes of that.
        most_pages: Pages that `list` asks for where nobody says how many.
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
        self.ending: Closed | None = None
        self.most_pages = PAGE_CAP
        self._listing: dict[Section, anyio.Lock] = {}
        self.agreed = False
        self.renewal = Renewal()
        self._ears = Ears()
        if options.relist:
            Relisting(self)
        self.inbox = Inbox(
            tap, options.policies, lambda: options.declared(self.version), lambda: self._carrier.calls
        )
        self.receiver = Receiver(self.inbox, lambda: options.declared(self.version))
        self._carrier = Carrier(self, tasks)
        self._passage = Passage(self, tasks, self._carrier) if tap.gate is not None else None
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
        reset_on_progress: bool | None = None,
    ) -> Outcome:
        """Make a request and wait for its outcome. Being cancelled while waiting cancels the call too.

        Where a modern server wants input first, it goes on in further legs as long as the inbox has answers
        to give; where it has none, the outcome is that result (see `inspector.session.mrtr`).

        A tool call that is refused for its headers (-32020) is made once more if the list of tools, asked
        for again, wants other ones (2026-07-28, basic/transports/streamable-http, "Client Behavior").

        Args:
            method: Any method; it is sent also if it does not exist.
            params: Usually an object. Metadata of the dialect is added to it, under what it says itself.
            timeout: Seconds; the option's where `None`.
            on_progress: Called with the parameters of each progress notification.
            reset_on_progress: Let each begin the time anew, up to `longest`; the option's where `None`.

        Raises:
            UsageError: `params` cannot be written as JSON, or the tool is withheld.
        """
        await self._carrier.mirror.schema(
            method, params
        )  # now, so that a tool that is withheld is refused at once
        call = self.start(
            method, params, timeout=timeout, on_progress=on_progress, reset_on_progress=reset_on_progress
        )
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
        reset_on_progress: bool | None = None,
    ) -> Call:
        """Make a request and return at once. Arguments and errors are those of `call`.

        Where the list of tools is yet to be asked for, a tool that turns out to be withheld is `Cancelled`.
        """
        self._carrier.mirror.refuse(method, params)
        return self.start_in(
            self.dialect,
            method,
            params,
            timeout=timeout,
            on_progress=on_progress,
            reset_on_progress=reset_on_progress,
        )

    def start_in(
        self,
        dialect: Dialect,
        method: str,
        params: Any = None,
        *,
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
        reset_on_progress: bool | None = None,
    ) -> Call:
        """`start` in another dialect than the one that was agreed upon."""
        limit = self.options.timeout if timeout is None else timeout
        resets = self.options.reset_on_progress if reset_on_progress is None else reset_on_progress
        return self._carrier.start(dialect, method, params, limit, on_progress, resets)

    def withheld(self, tool: str) -> list[str]:
        """Why a tool is not to be called: over HTTP, for a wrong `x-mcp-header` in its `inputSchema`.

        2026-07-28, basic/transports/streamable-http, "Schema Extension": a conforming client hides it. The
        list shows it all the same, and `send_bytes` calls it.

        Returns:
            A sentence for each thing that is wrong, safe for a terminal; nothing where it may be called,
            over stdio, in the legacy eras, and while the tools are not listed.
        """
        return self._carrier.mirror.withheld(tool)

    async def list(self, section: Section, *, most: int | None = None, more: bool = False) -> Listing:
        """List a section to its last page, also if it is not declared; two listings of one never mix.

        A repeated cursor, or more than 1000 pages, stop the listing with a `warning` event.

        Args:
            section: What to list.
            most: Pages to leave it at; `most_pages` where `None`.
            more: Go on where the listing that the catalogue holds was left.
        """
        async with self._listing.setdefault(section, anyio.Lock()):
            cursors = tuple(self.catalogue.cursors[section]) if more else ()
            pages = self.most_pages if most is None else most
            listing = await walk(LISTS[section], self._page, self._warn, most=pages, after=cursors)
        if section == "tools":
            self._carrier.mirror.warn()
        return listing

    def is_listing(self, section: Section) -> bool:
        """Whether a section is being listed by `list` just now."""
        lock = self._listing.get(section)
        return lock is not None and lock.locked()

    def pages(self, section: Section) -> AsyncIterator[Page]:
        """The pages of a section, each asked for when it is wanted; the stops are those of `list`."""
        return pages(LISTS[section], self._page, self._warn)

    async def _page(self, method: str, params: dict[str, Any]) -> Outcome:
        return await self.call(method, params or None)

    def _warn(self, says: str, reply: Replied) -> None:
        self.tap.client("warning", says=says, request=reply.request.seq)

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

    @property
    def next_id(self) -> int:
        """An id that no request of this connection has; taken once a message with it is sent."""
        return self._carrier.peer.next_id

    async def send_bytes(
        self, raw: bytes, *, headers: Mapping[str, str] | None = None, ended: bool = True
    ) -> Event:
        """Send exactly these bytes, whatever they are. An answer stands in the journal and settles no call.

        Args:
            raw: The bytes; over stdio the LF that ends a line is added where they are `ended`.
            headers: HTTP only: these instead of the ones that fit the bytes.

        Raises:
            ConnectionFailed: The connection is over.
        """
        frame = jsonrpc.classify(raw)
        self._carrier.peer.reserve(frame)
        if headers is None:
            schema = await self._carrier.mirror.schema(frame.method, frame.params)
            headers = self.dialect.headers(frame.method, frame.params, schema)
        answered = any(item.shape is Shape.REQUEST for item in frame.items)
        return await self._put_through(Job(raw, headers, answered, ended=ended))

    def hear(self, heard: Callable[[Noticed], None]) -> Callable[[], None]:
        """Call `heard` with each notification of the server, in order; it must be quick and raise nothing.

        Returns:
            What takes it off again.
        """
        return self._ears.add(heard)

    def spawn(self, task: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        """Run something beside the calls until the connection is left; it must raise nothing of its own."""
        if self.ending is None:
            self._tasks.start_soon(task, name=name)

    def close(self) -> None:
        """End the connection for all calls, so that whoever waits for `closed` leaves `open_session`."""
        self._end("the connection was closed by mcp-inspect", event=False)

    # What the owner's tasks do.

    async def read(self) -> None:
        """Feed the peer with what comes in, until nothing can come any more."""
        inbound, come = self.link.inbound, self.take if self._passage is None else self._passage.came
        async for first in inbound:
            come(first)
            # A turn of the event loop for each event would cost a burst more than all that is done with it.
            with suppress(anyio.WouldBlock, anyio.EndOfStream):
                for _ in range(_AT_ONCE):
                    come(inbound.receive_nowait())
        over = self.link.over if isinstance(self.link, SaysWhy) else ""
        self._end(endings.exit_says(self.exit) if self.exit is not None else over or "the connection ended")

    def agree(self, dialect: Dialect, reply: Replied | None) -> None:
        """Speak `dialect` from now on."""
        self.dialect = replace(dialect, capabilities=self.options.declared(dialect.version))
        self.reply = reply
        self.agreed = True
        if dialect.era == "modern":
            self._carrier.peer.policy = ignore

    def _sent(self, job: Job) -> None:
        assert job.event is not None
        self.http = self.http or job.event.exchange is not None
        if job.call is not None:
            self._carrier.peer.sent(job.call.pending, job.event)

    def take(self, event: Event) -> None:
        """Take in one event that came, or that goes on in the place of one."""
        if event.kind is Kind.PROCESS:
            self._process(event)
        else:
            effects = self._carrier.feed(event)
            self._ears.tell(effects)
            if self.renewal.saw(event, effects) and self.agreed and self.ending is None:
                self.renewal.hold()
                self._tasks.start_soon(self._renew, name="renew")

    async def _renew(self) -> None:
        says = await self.renewal.run(self)
        if says:
            self._end(says)

    def _process(self, event: Event) -> None:
        if event.what == "exited":
            self.exit = {key: value for key, value in event.data.items() if key != "what"}
        elif event.what == "stdout-closed":
            self._end("the server closed its stdout, though it lives on")

    def _end(self, says: str, *, event: bool = True) -> None:
        """Settle all calls and take no more."""
        if self.ending is not None:
            return
        self.ending = Closed(self.exit, endings.with_last_words(says, self.journal) if event else says)
        if event:
            self.tap.client("closed", reason=self.ending.says)
        if self._passage is not None:
            self._passage.close()
        self.inbox.close()
        self._carrier.close(self.ending)
        self.closed.set()

    @property
    def ended(self) -> bool:
        """Whether the connection is over already."""
        return self.ending is not None

    async def _unsent(self, job: Job) -> None:
        """A job met a broken pipe. Usually an exit follows, which says more than the pipe."""
        with anyio.move_on_after(_EXIT_PATIENCE):
            await self.closed.wait()
        if job.call is not None:
            gone = self.ending or Closed(self.exit, "the server closed its stdin, though it lives on")
            self._carrier.give_up(job.call, gone)

    async def _put_through(self, job: Job) -> Event:
        with anyio.move_on_after(self.options.timeout) as waiting:
            if self.ending is None:
                self.outbox.put(job)
                await job.done.wait()
        if job.event is None or not job.taken:
            says = f"the server has read nothing for {self.options.timeout:g} s"
            if not waiting.cancelled_caught:
                says = self.ending.says if self.ending is not None else "the server closed its stdin"
            raise ConnectionFailed(f"Nothing can be sent: {says}", next="Connect again")
        return job.event
