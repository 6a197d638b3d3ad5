"""The queue of bytes on their way to the link, and the one task that sends them in order.

It notes the moment at which each became an event of the journal. What the bytes mean is not its business.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import anyio

from inspector.session.calls import Call
from inspector.transport.base import Link, LinkClosed, Outgoing
from inspector.wire.event import Direction, Event, Kind


@dataclass(slots=True, eq=False)
class Job:
    """Bytes to send.

    Attributes:
        body: Exactly these.
        headers: HTTP only, see `Outgoing`.
        answered: HTTP only, see `Outgoing`.
        ended: stdio only, see `Outgoing`.
        call: The call that they begin; it is not sent if it is settled by then.
        event: The journal's event, once they are written down; given where they are already.
        taken: The link took them.
        done: Set when it did, or never will.
    """

    body: bytes
    headers: Mapping[str, str]
    answered: bool
    call: Call | None = None
    event: Event | None = None
    taken: bool = False
    ended: bool = True
    done: anyio.Event = field(default_factory=anyio.Event)


class Outbox:
    """The queue of one connection.

    Args:
        link: Where everything goes.
        sent: Called with each job as soon as its event stands in the journal.
        unsent: Called with each job that met a link that is down.
    """

    def __init__(self, link: Link, sent: Callable[[Job], None], unsent: Callable[[Job], object]) -> None:
        self._link = link
        self._sent = sent
        self._unsent = unsent
        self._sending: Job | None = None
        # Without a bound, because nobody may block here: if the reader waited to answer a server that does
        # not read, it would not read either, and both sides would wait for ever.
        self._put, self._jobs = anyio.create_memory_object_stream[Job](math.inf)

    def put(self, job: Job) -> None:
        """Queue a job."""
        self._put.send_nowait(job)

    async def run(self) -> None:
        """Send what is queued, in order, until cancelled; then nobody waits for a job any more."""
        try:
            async for job in self._jobs:
                if job.call is None or not job.call.done:
                    await self._send(job)
        finally:
            self._put.close()
            with suppress(anyio.EndOfStream):
                while True:
                    self._jobs.receive_nowait().done.set()
            self._jobs.close()

    async def _send(self, job: Job) -> None:
        self._sending = job
        try:
            outgoing = Outgoing(job.body, job.headers, job.answered, job.ended, job.event)
            self._note(job, await self._link.send(outgoing))
            job.taken = True
        except LinkClosed:
            self._unsent(job)
        finally:
            self._sending = None
            job.done.set()

    def watch(self, event: Event) -> None:
        """Listen to the journal: bytes are sent from the moment at which they are written down.

        The link returns its event only after they went out, and an answer may be quicker.
        """
        job = self._sending
        if job is None or job.event is not None or event.direction is not Direction.C2S:
            return
        # What is left of a body, where something is not to be recorded, is no longer equal to it.
        if event.kind is Kind.MESSAGE and not event.by and event.size == len(job.body):
            self._note(job, event)

    def _note(self, job: Job, event: Event) -> None:
        if job.event is None:
            job.event = event
            self._sent(job)
