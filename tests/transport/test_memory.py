"""The in-memory transport: a scripted server, journaled like a real one."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator

import anyio
import pytest

from inspector.journal.journal import Journal
from inspector.transport.base import LinkClosed, Outgoing
from inspector.transport.memory import Died, MemoryTransport
from inspector.transport.tap import Tap
from inspector.wire.event import Direction, Kind


@pytest.fixture
def journal() -> Iterator[Journal]:
    made = Journal.create()
    yield made
    made.close()


async def parrot(messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    async for message in messages:
        yield b"{}"
        yield message


async def test_what_is_said_arrives_and_stands_in_the_journal(journal: Journal) -> None:
    async with MemoryTransport(parrot).open(Tap(journal)) as link:
        sent = await link.send(Outgoing(b'{"id":1}'))
        heard = [await link.inbound.receive() for _ in range(2)]
    assert (sent.direction, sent.body) == (Direction.C2S, b'{"id":1}')
    assert [event.body for event in heard] == [b"{}", b'{"id":1}']
    assert [journal.event(seq).seq for seq in range(len(journal))] == [0, 1, 2]


async def test_a_server_that_hangs_up(journal: Journal) -> None:
    async def brief(messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        yield b'{"jsonrpc":"2.0","method":"bye"}'

    async with MemoryTransport(brief).open(Tap(journal)) as link:
        assert [event.body async for event in link.inbound] == [b'{"jsonrpc":"2.0","method":"bye"}']
        with pytest.raises(LinkClosed):
            await link.send(Outgoing(b"{}"))
    assert journal.event(1).body == b"{}"


async def test_a_server_that_dies(journal: Journal) -> None:
    async def mortal(messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        async for _ in messages:
            raise Died(code=3)
        yield b""

    async with MemoryTransport(mortal).open(Tap(journal)) as link:
        await link.send(Outgoing(b"{}"))
        [event] = [event async for event in link.inbound]
    assert event.kind is Kind.PROCESS
    assert dict(event.data) == {"what": "exited", "code": 3, "signal": None, "rung": "none"}


async def test_leaving_ends_a_server_that_waits(journal: Journal) -> None:
    ended = anyio.Event()

    async def waiting(messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        try:
            await anyio.sleep_forever()
            yield b""
        finally:
            ended.set()

    async with MemoryTransport(waiting).open(Tap(journal)) as link:
        await link.send(Outgoing(b"{}"))
        await anyio.wait_all_tasks_blocked()
    assert ended.is_set()


async def test_a_client_that_listens_no_more(journal: Journal) -> None:
    async with MemoryTransport(parrot).open(Tap(journal)) as link:
        link.inbound.close()
        await link.send(Outgoing(b"{}"))
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(LinkClosed):
            await link.send(Outgoing(b"{}"))


async def test_an_error_in_the_body_comes_out_as_it_is(journal: Journal) -> None:
    with pytest.raises(ZeroDivisionError):
        async with MemoryTransport(parrot).open(Tap(journal)):
            raise ZeroDivisionError


async def test_a_faulty_script_is_not_hidden(journal: Journal) -> None:
    async def faulty(messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        yield b"{}"
        raise KeyError("script")

    with pytest.raises(ExceptionGroup) as caught:
        async with MemoryTransport(faulty).open(Tap(journal)):
            await anyio.sleep_forever()
    assert caught.group_contains(KeyError)
