"""What a link sends in the place of a message that a breakpoint took."""

from __future__ import annotations

import anyio

from inspector.gate.gate import Gate
from inspector.gate.rule import Rule
from inspector.journal.journal import Journal
from inspector.transport.gated import headers_for, onward
from inspector.transport.tap import Tap
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


def test_headers_follow_the_tools_that_were_listed() -> None:
    journal = Journal.create()
    call = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"a":%d}}}'
    headers = [("Mcp-Method", "tools/call"), ("Mcp-Name", "t"), ("Mcp-Param-A", "1")]
    tap = Tap(journal)
    assert headers_for(tap, headers, call % 1, call % 1) == headers
    assert len(journal) == 0
    assert headers_for(tap, headers, call % 1, call % 2) == headers
    assert [journal.event(row).data["what"] for row in range(len(journal))] == ["warning"]
    journal.append(Kind.MESSAGE, Direction.C2S, b'{"jsonrpc":"2.0","id":2,"method":"tools/list"}')
    tools = b'[{"name":"t","inputSchema":{"properties":{"a":{"type":"integer","x-mcp-header":"A"}}}}]'
    journal.append(Kind.MESSAGE, Direction.S2C, b'{"jsonrpc":"2.0","id":2,"result":{"tools":%b}}' % tools)
    assert headers_for(tap, headers, call % 1, call % 2) == [*headers[:2], ("Mcp-Param-A", "2")]
    assert len(journal) == 3
