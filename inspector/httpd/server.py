"""Listens, takes connections and lets go of them: the server around `connection`.

    async with serve(handler, port=0) as server:
        print(server.url)       # http://127.0.0.1:43611
        await anyio.sleep_forever()

Leaving the block stops listening, cancels what is under way and closes every connection.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
import anyio.abc

from inspector.errors import UsageError
from inspector.httpd.connection import Connection, Handler
from inspector.httpd.limits import Limits
from inspector.httpd.names import Names

_PAUSE = 0.1  # seconds before accepting again where the system has no more files to give
_REFUSED_AT_ONCE = 64  # connections too many that are told so; the others are closed without a word


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens.

    Attributes:
        host: The address.
        port: The port that it got.
    """

    host: str
    port: int

    @property
    def url(self) -> str:
        """Its origin, without a slash at its end. Of every address that it listens on, it names loopback."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


@asynccontextmanager
async def serve(
    handler: Handler,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    hosts: Collection[str] | None = None,
    limits: Limits | None = None,
    failed: Callable[[Exception], None] | None = None,
) -> AsyncIterator[Server]:
    """Answer requests until the block is left.

    Args:
        handler: Answers each request, several at a time. It may let `BadBody` and `ClientGone` through.
        host: The address to listen on, or a name.
        port: 0 for one that is free.
        hosts: Names that Host and Origin may say beside loopback's; `*` for any. Others get 403.
        limits: How much and how long.
        failed: Told what else the handler raised; where `None`, that ends the server.

    Raises:
        UsageError: It cannot listen there.
    """
    try:
        listener = await anyio.create_tcp_listener(local_host=host, local_port=port)
    except (OSError, UnicodeError, OverflowError) as error:
        because = getattr(error, "strerror", None) or error
        raise UsageError(
            f"Cannot listen on {host}:{port}: {because}",
            next="Choose an address of this machine and a port; port 0 takes a free one",
        ) from error
    front = _Front(handler, Names(host, hosts), limits or Limits(), failed)
    async with listener:
        at = listener.listeners[0].extra(anyio.abc.SocketAttribute.local_port)
        failure: Exception | None = None
        async with anyio.create_task_group() as tasks:
            for each in listener.listeners:
                tasks.start_soon(front.accept, each, tasks)
            try:
                yield Server(host, at)
            except Exception as error:  # of the block; raised again below, out of the group's wrapping
                failure = error
            tasks.cancel_scope.cancel()
        if failure is not None:
            raise failure


class _Front:
    """Takes connections."""

    def __init__(
        self, handler: Handler, names: Names, limits: Limits, failed: Callable[[Exception], None] | None
    ) -> None:
        self._handler = handler
        self._names = names
        self._limits = limits
        self._failed = failed
        self._open = 0

    async def accept(
        self, listener: anyio.abc.Listener[anyio.abc.SocketStream], tasks: anyio.abc.TaskGroup
    ) -> None:
        assert isinstance(listener, anyio.abc.SocketListener)
        while True:
            try:
                socket = await listener.accept()
            except OSError:  # a client that left again; or there are no more files
                await anyio.sleep(_PAUSE)
                continue
            tasks.start_soon(self._serve, socket)

    async def _serve(self, socket: anyio.abc.SocketStream) -> None:
        connection = Connection(socket, self._handler, self._names, self._limits)
        self._open += 1
        try:
            async with socket:
                if self._open <= self._limits.connections:
                    await connection.serve()
                elif self._open <= self._limits.connections + _REFUSED_AT_ONCE:
                    await connection.refuse(503, "There are too many connections.")
        except Exception as error:  # of the handler, which may do anything; one request is no reason to stop
            if self._failed is None:
                raise
            self._failed(error)
        finally:
            self._open -= 1
