"""What the tests of the stdio transport share: one connection, and whether a process is alive."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
from anyio.lowlevel import checkpoint

from inspector.journal.journal import Journal
from inspector.transport.base import Link, Outgoing
from inspector.transport.stdio import StdioTransport
from inspector.transport.tap import Tap
from inspector.transport.target import StdioTarget
from inspector.wire.event import Direction, Event, Kind
from inspector.wire.jsonrpc import request

SERVERS = Path(__file__).parents[1] / "servers"
GO = request(2, "tools/call", {"name": "go", "arguments": {}})
ECHO = request(3, "tools/call", {"name": "echo", "arguments": {"text": "still here"}})


class Talk:
    """One connection, as a test sees it."""

    def __init__(self, link: Link, journal: Journal) -> None:
        self.link = link
        self.journal = journal

    async def say(self, body: bytes) -> Event:
        return await self.link.send(Outgoing(body))

    async def hear(self) -> Event:
        return await self.link.inbound.receive()

    async def hear_reply(self, id: str) -> Event:
        while True:
            event = await self.hear()
            if event.frame is not None and event.frame.id == id:
                return event

    async def echo(self) -> None:
        """The connection is alive."""
        await self.say(ECHO)
        assert b"still here" in (await self.hear_reply("3")).body

    async def until(self, kind: Kind, **data: Any) -> Event:
        """Wait for an event of the journal, past or to come."""
        arrived = anyio.Event()
        remove = self.journal.add_listener(lambda event: arrived.set())
        try:
            while True:
                for event in self.rows(kind):
                    if all(event.data.get(name) == value for name, value in data.items()):
                        return event
                await arrived.wait()
                arrived = anyio.Event()
        finally:
            remove()

    def rows(self, *kinds: Kind, direction: Direction | None = None) -> list[Event]:
        events = (self.journal.event(seq) for seq in range(len(self.journal)))
        return [event for event in events if event.kind in kinds and direction in (None, event.direction)]

    def bodies(self, *kinds: Kind) -> list[bytes]:
        return [event.body for event in self.rows(*kinds, direction=Direction.S2C)]

    def steps(self) -> list[str]:
        return [event.what for event in self.rows(Kind.PROCESS)]

    @property
    def exit(self) -> dict[str, Any]:
        [event] = [event for event in self.rows(Kind.PROCESS) if event.what == "exited"]
        return {name: event.data[name] for name in ("code", "signal", "rung")}


@asynccontextmanager
async def talk(journal: Journal, name: str, *args: str, **options: Any) -> AsyncIterator[Talk]:
    target = StdioTarget((sys.executable, str(SERVERS / f"{name}.py"), *args))
    options.setdefault("grace", 30)  # on a busy machine also a willing server takes its time
    async with StdioTransport(target, **options).open(Tap(journal)) as link:
        yield Talk(link, journal)


def alive(pid: int) -> bool:
    """A zombie that its parent has not waited for counts as dead."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


async def dead(pid: int) -> None:
    with anyio.fail_after(20):
        while alive(pid):
            await checkpoint()
