"""A recorded server answers once more."""

from __future__ import annotations

from collections.abc import Iterator

import anyio
import pytest

from inspector.journal.journal import Journal
from inspector.transport.base import Outgoing
from inspector.transport.replay import ReplayTransport, with_id
from inspector.transport.tap import Tap
from inspector.wire.jsonrpc import notification, request


@pytest.fixture
def journals() -> Iterator[tuple[Tap, Tap]]:
    """One that was recorded, one for the replay."""
    recorded, live = Journal.create(), Journal.create()
    yield Tap(recorded), Tap(live)
    recorded.close()
    live.close()


async def replies(recorded: Tap, live: Tap, *requests: bytes) -> list[bytes]:
    async with ReplayTransport(recorded.journal).open(live) as link:
        for body in requests:
            await link.send(Outgoing(body))
        await anyio.wait_all_tasks_blocked()
        waiting = link.inbound.statistics().current_buffer_used
        return [link.inbound.receive_nowait().body for _ in range(waiting)]


async def test_requests_are_answered_by_method_in_their_order(journals: tuple[Tap, Tap]) -> None:
    recorded, live = journals
    recorded.sent(request(1, "initialize"))
    recorded.received(b'{"jsonrpc":"2.0", "id":1, "result":{"x":1.50}}')
    recorded.sent(request(2, "tools/call"))
    recorded.sent(request(3, "tools/call"))
    recorded.received(b'{"id":3,"result":"second"}')
    recorded.received(b'{"id":2,"error":{"code":1,"message":"first"}}')
    said = await replies(
        recorded, live, request("a", "initialize"), request(7, "tools/call"), request(8, "tools/call")
    )
    assert said == [
        b'{"jsonrpc":"2.0", "id":"a", "result":{"x":1.50}}',
        b'{"id":7,"error":{"code":1,"message":"first"}}',
        b'{"id":8,"result":"second"}',
    ]


async def test_what_the_server_said_before_its_answer_comes_before_it(journals: tuple[Tap, Tap]) -> None:
    recorded, live = journals
    recorded.received(notification("hello"))
    recorded.sent(request(1, "ping"))
    recorded.received(notification("working"))
    recorded.received(b'{"jsonrpc":"2.0","id":1,"result":{}}')
    recorded.received(b'{"jsonrpc":"2.0","id":1,"result":{"again":true}}')
    recorded.received(notification("goodbye"))
    assert await replies(recorded, live, request(1, "ping")) == [
        notification("hello"),
        notification("working"),
        b'{"jsonrpc":"2.0","id":1,"result":{}}',
        b'{"jsonrpc":"2.0","id":1,"result":{"again":true}}',
        notification("goodbye"),
    ]


async def test_what_was_not_recorded_is_not_answered(journals: tuple[Tap, Tap]) -> None:
    recorded, live = journals
    recorded.sent(request(1, "ping"))
    recorded.received(b'{"jsonrpc":"2.0","id":1,"result":{}}')
    recorded.sent(request(2, "lost"))
    said = await replies(recorded, live, request(1, "other"), request(2, "lost"), b"not json")
    assert said == []
    assert len(live.journal) == 3


async def test_a_recording_of_notifications_plays_by_itself(journals: tuple[Tap, Tap]) -> None:
    recorded, live = journals
    recorded.received(notification("hello"))
    assert await replies(recorded, live) == [notification("hello")]


def test_only_the_id_is_replaced() -> None:
    assert with_id(b'{"id" : 12 ,"a":{"id":1}}', '"x"') == b'{"id" : "x" ,"a":{"id":1}}'
    assert with_id(b"[]", "1") == b"[]"
