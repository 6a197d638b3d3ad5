"""Servers of `tests/servers` in the process of the test: what is recorded is the same, and quicker had.

Real processes are recorded by `test_stdio.py`, and over HTTP by `test_clients.py`.
"""

from __future__ import annotations

import importlib.util
import math
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from types import ModuleType

import anyio
from fastmcp import FastMCP
from mcp.server.stdio import stdio_server

from inspector.transport.memory import MemoryTransport
from tests.conftest import SERVERS


class _Out:
    """What the SDK takes for its standard output: a line goes on as the bytes of a message."""

    def __init__(self) -> None:
        self._send, self.lines = anyio.create_memory_object_stream[bytes](math.inf)

    async def write(self, text: str) -> None:
        await self._send.send(text.removesuffix("\n").encode())

    async def flush(self) -> None:
        await anyio.lowlevel.checkpoint()

    def close(self) -> None:
        self._send.close()


@asynccontextmanager
async def within(script: str) -> AsyncIterator[MemoryTransport]:
    """A server of `mcp` or of `fastmcp` as a transport for one connection, with a state of its own."""
    server = _fresh(script).server
    by_fastmcp = isinstance(server, FastMCP)
    below = server._mcp_server if by_fastmcp else server._lowlevel_server
    async with anyio.create_task_group() as tasks:

        async def run(messages: AsyncIterator[bytes], out: _Out) -> None:
            try:
                lines = (message.decode() async for message in messages)
                async with (
                    server._lifespan_manager() if by_fastmcp else nullcontext(),
                    stdio_server(lines, out) as streams,  # type: ignore[arg-type]
                ):
                    await below.run(*streams, below.create_initialization_options())
            finally:
                out.close()

        async def serve(messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
            out = _Out()
            tasks.start_soon(run, messages, out)
            with out.lines:
                async for line in out.lines:
                    yield line

        yield MemoryTransport(serve)
        tasks.cancel_scope.cancel()


def _fresh(script: str) -> ModuleType:
    """The module, run anew: what a server of another test was told is not known to it."""
    name = f"tests.serving.within.{script.removesuffix('.py')}"
    spec = importlib.util.spec_from_file_location(name, SERVERS / script)
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
