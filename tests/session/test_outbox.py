"""Bytes on their way: in order, noted when they are written down, and nobody waits for ever."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anyio
from anyio.lowlevel import checkpoint

from inspector.journal.journal import Journal
from inspector.session.outbox import Job, Outbox
from inspector.transport.base import LinkClosed, Outgoing
from inspector.transport.tap import Tap
from inspector.wire.event import Event


class SlowLink:
    """Writes down at once, and takes as long as it is told to."""

    def __init__(self, journal: Journal) -> None:
        self.tap = Tap(journal)
        self.may_go = anyio.Event()
        self.down = False

    @property
    def inbound(self) -> Any:
        raise AssertionError("the outbox does not read")

    async def send(self, outgoing: Outgoing) -> Event:
        event = self.tap.sent(outgoing.body)
        if self.down:
            raise LinkClosed
        await self.may_go.wait()
        return event

    def abort(self, exchange: int) -> None: ...

    def listen(self, headers: Mapping[str, str]) -> None: ...


async def test_a_job_is_sent_as_soon_as_it_is_written_down(journal: Journal) -> None:
    link, sent = SlowLink(journal), []
    outbox = Outbox(link, sent.append, lambda job: None)
    journal.add_listener(outbox.watch)
    jobs = [Job(b"1", {}, True), Job(b"2", {}, True)]
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(outbox.run)
        for job in jobs:
            outbox.put(job)
        while not sent:
            await checkpoint()
        assert sent == jobs[:1]  # though the link has not returned
        assert jobs[0].event is not None
        assert not jobs[0].done.is_set()
        link.may_go.set()
        await jobs[1].done.wait()
        assert [job.taken for job in jobs] == [True, True]
        assert sent == jobs
        tasks.cancel_scope.cancel()


async def test_a_link_that_is_down_is_told(journal: Journal) -> None:
    link, unsent = SlowLink(journal), []
    link.down = True
    outbox = Outbox(link, lambda job: None, unsent.append)
    job = Job(b"1", {}, True)
    outbox.put(job)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(outbox.run)
        await job.done.wait()
        tasks.cancel_scope.cancel()
    assert unsent == [job]
    assert not job.taken


async def test_leaving_releases_whoever_waits(journal: Journal) -> None:
    outbox = Outbox(SlowLink(journal), lambda job: None, lambda job: None)
    jobs = [Job(b"1", {}, True), Job(b"2", {}, True)]
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(outbox.run)
        for job in jobs:
            outbox.put(job)
        await checkpoint()
        tasks.cancel_scope.cancel()
    assert all(job.done.is_set() and not job.taken for job in jobs)
