"""A conversation over HTTP, as the tests of the HTTP transport hold it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import anyio

from inspector.journal.journal import Journal
from inspector.transport.base import Authorizer, Outgoing
from inspector.transport.http import HttpLink, HttpTransport
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget
from inspector.wire.event import Direction, Event, Kind
from inspector.wire.jsonrpc import notification, request

SERVERS = Path(__file__).parents[1] / "servers"


class Talk:
    """One connection, as a test sees it."""

    def __init__(self, link: HttpLink, journal: Journal) -> None:
        self.link = link
        self.journal = journal

    async def ask(self, method: str = "tools/call", *, id: int | str = 1, **headers: str) -> Event:
        return await self.link.send(Outgoing(request(id, method), _spelled(headers)))

    async def tell(self, method: str = "notifications/initialized", **headers: str) -> Event:
        return await self.link.send(Outgoing(notification(method), _spelled(headers), answered=False))

    async def hear(self) -> Event:
        return await self.link.inbound.receive()

    async def hear_to_end(self, exchange: int) -> list[Event]:
        """What arrives, up to the end of `exchange`."""
        heard = [await self.hear()]
        while not (heard[-1].what == "end" and heard[-1].exchange == exchange):
            heard.append(await self.hear())
        return heard

    async def asked(self, **headers: str) -> list[Event]:
        """Ask, and return what arrives up to the end of that exchange."""
        sent = await self.ask(**headers)
        assert sent.exchange is not None
        return await self.hear_to_end(sent.exchange)

    async def told(self) -> list[Event]:
        sent = await self.tell()
        assert sent.exchange is not None
        return await self.hear_to_end(sent.exchange)

    def events(self) -> list[Event]:
        return [self.journal.event(seq) for seq in range(len(self.journal))]

    def told_by(self, kind: Kind, what: str = "") -> list[Event]:
        """The events of a kind, and of one step of it."""
        return [event for event in self.events() if event.kind is kind and what in ("", event.what)]

    def http(self, what: str) -> list[dict[str, Any]]:
        return [dict(event.data) for event in self.told_by(Kind.HTTP, what)]

    def end(self) -> dict[str, Any]:
        """The data of the newest `end`."""
        return self.http("end")[-1]

    def story(self) -> list[str]:
        """Every event in a word or two."""
        return [_in_short(event) for event in self.events()]

    async def until(self, kind: Kind, what: str) -> Event:
        """Wait for an event of the journal, past or to come."""
        seen = anyio.Event()
        remove = self.journal.add_listener(
            lambda event: seen.set() if (event.kind, event.what) == (kind, what) else None
        )
        try:
            if not self.told_by(kind, what):
                with anyio.fail_after(30):
                    await seen.wait()
        finally:
            remove()
        return self.told_by(kind, what)[-1]


def _spelled(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _in_short(event: Event) -> str:
    if event.kind is Kind.MESSAGE:
        return f"{'>' if event.direction is Direction.C2S else '<'} {event.frame and event.frame.shape.word}"
    more = {"response": "status", "request": "method", "end": "outcome"}.get(event.what, "")
    return f"{event.kind.word} {event.what} {event.data.get(more, '')}".rstrip()


@asynccontextmanager
async def talking(
    url: str, *, body_limit: int = 64 << 20, authorizer: Authorizer | None = None, **target: Any
) -> AsyncIterator[Talk]:
    """Connect to `url`; the journal can be read after the block, too."""
    journal = Journal.create()
    transport = HttpTransport(HttpTarget(url, **target), authorizer, body_limit=body_limit)
    try:
        with anyio.fail_after(60):
            async with transport.open(Tap(journal)) as link:
                yield Talk(link, journal)
    finally:
        journal.close()


@contextmanager
def served(script: str, *arguments: str) -> Iterator[str]:
    """The URL of one of `tests/servers`, running in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, str(SERVERS / script), "http", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate(timeout=20)
