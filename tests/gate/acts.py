"""What the tests of breakpoints have in common: a journal, messages, and who waits for them."""

from __future__ import annotations

import json
from typing import Any

import anyio

from inspector.gate.gate import Gate, Sent
from inspector.gate.rule import Rule
from inspector.journal.holding import Holding
from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Event, Kind

C2S, S2C = Direction.C2S, Direction.S2C


def call(id: int, tool: str = "add", **arguments: Any) -> bytes:
    params = {"name": tool, "arguments": arguments}
    return json.dumps({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}).encode()


def reply(id: int, **result: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": id, "result": result}).encode()


class Scene:
    """A gate between two sides; `out` is what went on, in the order in which it did."""

    def __init__(self, *rules: str) -> None:
        self.journal = Journal.create()
        self.gate = Gate(self.journal, [Rule.parse(each) for each in rules])
        self.out: list[Sent] = []
        self.holding = Holding(self.journal)

    async def message(self, direction: Direction, body: bytes, tasks: Any = None) -> Event:
        """A message comes; with `tasks` it is waited for beside everything else, as transports do."""
        event = self.journal.append(Kind.MESSAGE, direction, body)
        taken = self.gate.take(event)
        if taken is None:
            self.out.append(Sent(event, event.body))
        elif tasks is None:
            self.out.extend(await taken.wait())
        else:

            async def later() -> None:
                self.out.extend(await taken.wait())

            tasks.start_soon(later)
        return event

    @property
    def bodies(self) -> list[bytes]:
        return [each.body for each in self.out]

    def fold(self) -> Holding:
        while self.holding.advance(1):
            pass
        return self.holding

    def steps(self, what: str) -> list[dict[str, Any]]:
        found = (self.journal.event(row) for row in range(len(self.journal)))
        return [dict(each.data) for each in found if each.kind is Kind.CLIENT and each.what == what]


async def settled() -> None:
    """Let every task run that can."""
    for _ in range(5):
        await anyio.lowlevel.checkpoint()
