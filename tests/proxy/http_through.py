"""A proxy in front of a server, as its tests see it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import anyio

from inspector.gate.gate import Gate
from inspector.gate.rule import Rule
from inspector.journal.journal import Journal
from inspector.proxy.http import Proxy, proxying
from inspector.proxy.http_tap import EnduringTap
from inspector.transport.target import HttpTarget
from inspector.wire.event import Direction, Event, Kind


class Through:
    """A proxy that runs, and what it wrote down."""

    def __init__(self, proxy: Proxy, tap: EnduringTap, notices: list[str], gate: Gate | None) -> None:
        self.proxy = proxy
        self._gate = gate
        self.journal = tap.journal
        self.tap = tap
        self.notices = notices

    @property
    def url(self) -> str:
        return self.proxy.url

    @property
    def origin(self) -> str:
        return self.proxy.server.url

    def events(self, kind: Kind | None = None, what: str = "") -> list[Event]:
        every = (self.journal.event(seq) for seq in range(len(self.journal)))
        return [event for event in every if kind in (None, event.kind) and what in ("", event.what)]

    def messages(self, direction: Direction | None = None) -> list[bytes]:
        found = self.events(Kind.MESSAGE)
        return [event.body for event in found if direction in (None, event.direction)]

    def http(self, what: str) -> list[dict[str, Any]]:
        return [dict(event.data) for event in self.events(Kind.HTTP, what)]

    def pairs(self) -> list[tuple[str, str]]:
        """Each request to the server, and how it fared."""
        rows = range(len(self.journal))
        return [
            (self.journal.method(seq) or "", self.journal.status(seq).word)
            for seq in rows
            if self.journal.direction(seq) is Direction.C2S and self.journal.shape(seq).word == "request"
        ]

    @property
    def gate(self) -> Gate:
        assert self._gate is not None
        return self._gate

    async def held(self) -> int:
        """The row of the oldest message that waits, once there is one."""
        await self._until(lambda: bool(self.gate.held))
        return self.gate.held[0]

    async def ended(self, number: int) -> None:
        """Wait until so many exchanges are over."""
        await self.told("end", number)

    async def told(self, what: str, number: int) -> None:
        """Wait until a step was written down so often."""
        await self._until(lambda: len(self.events(what=what)) >= number)

    async def _until(self, is_so: Callable[[], bool]) -> None:
        grown = anyio.Event()
        remove = self.journal.add_listener(lambda _: grown.set())
        try:
            with anyio.fail_after(30):
                while not is_so():
                    await grown.wait()
                    grown = anyio.Event()
        finally:
            remove()


@asynccontextmanager
async def through(
    url: str, journal: Journal | None = None, rules: Sequence[str] | None = None, **target: Any
) -> AsyncIterator[Through]:
    """A proxy for `url`; the journal can be read after the block, too."""
    kept = Journal.create(mode="proxy") if journal is None else journal
    notices: list[str] = []
    tap = EnduringTap(kept, notices.append)
    with anyio.fail_after(60):
        gate = None if rules is None else Gate(kept, [Rule.parse(text) for text in rules])
        async with proxying(HttpTarget(url, **target), tap, gate=gate) as proxy:
            yield Through(proxy, tap, notices, gate)
