"""The in-memory transport: a server that is a function in this very process.

It is for tests and scripted servers, and what it carries is journaled like any other connection. A server
is an async generator: it iterates over the bytes that the client sends and yields the bytes of messages.

    async def server(messages):
        async for message in messages:
            yield response(...)
"""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeAlias

import anyio

from inspector.transport.base import LinkClosed, Outgoing
from inspector.transport.gated import onward

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anyio.abc import TaskGroup
    from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

    from inspector.gate.gate import Taken
    from inspector.transport.base import Link
    from inspector.transport.tap import Tap
    from inspector.wire.event import Event

Server: TypeAlias = Callable[[AsyncIterator[bytes]], AsyncGenerator[bytes, None]]


class Died(Exception):
    """Raised by a server to end as a process would: `exited` goes into the journal."""

    def __init__(self, code: int | None = None, signal: str | None = None) -> None:
        super().__init__(code, signal)
        self.facts: dict[str, Any] = {"code": code, "signal": signal, "rung": "none"}


class MemoryTransport:
    """Speaks to `server`, a fresh run of it for each connection.

    When the generator ends, the link is closed without a further event, as when a stream is hung up;
    `Died` ends it like a process. Leaving the connection cancels the generator. Any other exception of
    the server is a fault of the script, and comes out of `open`.
    """

    def __init__(self, server: Server) -> None:
        self._server = server

    @asynccontextmanager
    async def open(self, tap: Tap) -> AsyncIterator[Link]:
        """Run the server for as long as the body runs."""
        to_server, messages = anyio.create_memory_object_stream[bytes](math.inf)
        to_client, inbound = anyio.create_memory_object_stream["Event"](256)
        failure: BaseException | None = None
        with to_server, messages, to_client, inbound:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._run, tap, messages, to_client)
                try:
                    yield MemoryLink(tap, to_server, inbound, to_client, tasks)
                except (anyio.get_cancelled_exc_class(), GeneratorExit):
                    raise
                except BaseException as error:  # kept out of the task group, which would wrap it in a group
                    failure = error
                finally:
                    tasks.cancel_scope.cancel()
        if failure is not None:
            try:
                raise failure
            finally:
                del failure

    async def _run(
        self,
        tap: Tap,
        messages: MemoryObjectReceiveStream[bytes],
        to_client: MemoryObjectSendStream[Event],
    ) -> None:
        with messages, to_client:
            try:
                async with aclosing(self._server(messages)) as said:
                    async for body in said:
                        await to_client.send(tap.received(body))
            except Died as death:
                await to_client.send(tap.process("exited", **death.facts))
            except anyio.BrokenResourceError:  # the client listens no more
                return


class MemoryLink:
    """An open connection to a server in this process."""

    def __init__(
        self,
        tap: Tap,
        to_server: MemoryObjectSendStream[bytes],
        inbound: MemoryObjectReceiveStream[Event],
        to_client: MemoryObjectSendStream[Event],
        tasks: TaskGroup,
    ) -> None:
        self._tap = tap
        self._to_client = to_client
        self._tasks = tasks
        self._to_server = to_server
        self._inbound = inbound

    @property
    def inbound(self) -> MemoryObjectReceiveStream[Event]:
        """Messages, and `exited` where the server died."""
        return self._inbound

    async def send(self, outgoing: Outgoing) -> Event:
        """Write the message down and hand it to the server."""
        event = outgoing.event or self._tap.sent(outgoing.body)
        taken = self._tap.take(event)
        if taken is None:
            self._write(outgoing.body)
        else:
            self._tasks.start_soon(self._go_on, taken, outgoing.body)
        return event

    def _write(self, body: bytes) -> None:
        try:
            self._to_server.send_nowait(body)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            raise LinkClosed from None

    async def _go_on(self, taken: Taken, body: bytes) -> None:
        with suppress(LinkClosed, anyio.BrokenResourceError, anyio.ClosedResourceError):
            for each in await onward(taken, body, self._to_client.send):
                self._write(each)

    def abort(self, exchange: int) -> None:
        """Nothing: there are no exchanges."""

    def listen(self, headers: Mapping[str, str]) -> None:
        """Nothing: there is one stream, and it is open."""
