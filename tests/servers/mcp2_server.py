"""A well-behaved server written with the `mcp` SDK 2.x; it serves both eras.

    mcp2_server.py stdio
    mcp2_server.py http [PORT] [json] [events]

PORT 0 (the default) picks one; the URL is stdout's first line. `json` answers with JSON bodies instead of
event streams. `events` keeps an event store, so that streams carry ids and can be resumed, and adds the
tool `hangup`, which closes its own stream before it answers.
"""

from __future__ import annotations

import sys

import anyio
from mcp.server.mcpserver import Context, Image, MCPServer
from mcp.server.streamable_http import EventCallback, EventId, EventMessage, EventStore, StreamId
from mcp_types import JSONRPCMessage
from pydantic import BaseModel

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c63f8cfc0f01f00050001ffa7c7b2a60000000049454e44ae426082"
)

server = MCPServer(
    "mcp2-test", title="A test server", version="2.3.0", instructions="Call echo first.", log_level="CRITICAL"
)


class Weather(BaseModel):
    """What the `weather` tool answers."""

    city: str
    celsius: float
    sunny: bool = True


@server.tool(title="Echo")
def echo(text: str) -> str:
    """Say the text again."""
    return text


@server.tool()
def add(a: int, b: int) -> int:
    """Add two whole numbers."""
    return a + b


@server.tool()
def fail() -> str:
    """Always raise."""
    raise ValueError("this tool always fails")


@server.tool()
async def slow(n: int, ctx: Context, wait: float = 0.05) -> str:
    """Take n steps of `wait` seconds and report progress on each."""
    for step in range(n):
        await ctx.report_progress(step + 1, n, f"step {step + 1}")
        await anyio.sleep(wait)
    return f"took {n} steps"


@server.tool()
def image() -> Image:
    """A picture of one pixel."""
    return Image(data=PIXEL, format="png")


@server.tool()
def weather(city: str) -> Weather:
    """Structured output."""
    return Weather(city=city, celsius=21.5)


@server.resource("test://text", name="text", mime_type="text/plain")
def text() -> str:
    """A few words."""
    return "some text\n"


@server.resource("test://blob", name="blob", mime_type="image/png")
def blob() -> bytes:
    """A few bytes."""
    return PIXEL


@server.resource("test://greeting/{name}", name="greeting", mime_type="text/plain")
def greeting(name: str) -> str:
    """A greeting for someone."""
    return f"Hello, {name}!"


@server.prompt()
def hello() -> str:
    """Without arguments."""
    return "Say hello."


@server.prompt(title="Review")
def review(code: str, language: str = "python") -> str:
    """With arguments, one of them required."""
    return f"Review this {language}:\n{code}"


async def hangup(ctx: Context) -> str:
    """Close the stream of this very call, then answer."""
    await ctx.close_sse_stream()
    return "answered after the hang-up"


class MemoryEvents(EventStore):
    """Keeps every event of every stream, so that a stream can be resumed."""

    def __init__(self) -> None:
        self._events: list[tuple[StreamId, JSONRPCMessage | None]] = []

    async def store_event(self, stream_id: StreamId, message: JSONRPCMessage | None) -> EventId:
        self._events.append((stream_id, message))
        return str(len(self._events))

    async def replay_events_after(
        self, last_event_id: EventId, send_callback: EventCallback
    ) -> StreamId | None:
        last = int(last_event_id)
        stream = self._events[last - 1][0]
        for number, (of, message) in enumerate(self._events[last:], last + 1):
            if of == stream and message is not None:
                await send_callback(EventMessage(message, str(number)))
        return stream


def main(arguments: list[str]) -> None:
    if arguments[:1] != ["http"]:
        server.run("stdio")
        return
    from serve_app import serve

    if "events" in arguments:
        server.add_tool(hangup)
    port = int(arguments[1]) if len(arguments) > 1 else 0
    if "sse" in arguments:
        serve(server.sse_app(), port, "/sse")
        return
    app = server.streamable_http_app(
        json_response="json" in arguments,
        event_store=MemoryEvents() if "events" in arguments else None,
        retry_interval=10 if "events" in arguments else None,
    )
    serve(app, port)


if __name__ == "__main__":
    main(sys.argv[1:])
