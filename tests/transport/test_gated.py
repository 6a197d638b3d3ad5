"""What a link sends in the place of a message that a breakpoint took."""

from __future__ import annotations

import anyio

from inspector.gate.gate import Gate
from inspector.gate.rule import Rule
from inspector.journal.journal import Journal
from inspector.transport.gated import onward
from inspector.wire.event import Direction, Event, Kind

PING = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'


async def sent(*rules: str) -> tuple[list[bytes], list[Event]]:
    journal, delivered = Journal.create(), list[Event]()
    gate = Gate(journal, [Rule.parse(each) for each in rules])

    async def deliver(event: Event) -> None:
        delivered.append(event)

    taken = gate.take(journal.append(Kind.MESSAGE, Direction.C2S, PING))
    with anyio.fail_after(10):
        return await onward(taken, PING, deliver), delivered


async def test_what_nobody_took_is_sent():
    assert await sent() == ([PING], [])
    assert await sent("drop tool:x") == ([PING], [])


async def test_what_was_decided_is_sent_instead():
    assert (await sent("duplicate"))[0] == [PING, PING]
    assert (await sent("delay 1ms"))[0] == [PING]
    assert await sent("drop") == ([], [])


async def test_an_answer_goes_to_who_reads_the_link():
    bodies, delivered = await sent('error -1 "no"')
    assert bodies == []
    assert [(each.direction, each.by) for each in delivered] == [(Direction.S2C, "rule")]
