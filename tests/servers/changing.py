"""A server written with the `mcp` SDK 2.x that changes while one talks to it, and says so in both eras.

    changing.py stdio
    changing.py http [PORT]

`grow` adds a tool, `touch` says that a resource was updated, `say` logs, `hang_up` ends every
subscription in good order. Legacy clients subscribe by `resources/subscribe`, and set a level that is heeded.
"""

from __future__ import annotations

import functools
import sys
from typing import Any

from mcp.server.lowlevel import NotificationOptions
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler
from mcp_types import (
    EmptyResult,
    LoggingLevel,
    SetLevelRequestParams,
    SubscribeRequestParams,
    SubscriptionsListenRequestParams,
    UnsubscribeRequestParams,
)

bus = InMemorySubscriptionBus()
listening = ListenHandler(bus)
server = MCPServer("changing", version="1", log_level="CRITICAL", subscriptions=bus)
below = server._lowlevel_server
below.add_request_handler("subscriptions/listen", SubscriptionsListenRequestParams, listening)
subscribed: set[str] = set()
LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")
least = ["debug"]


@server.tool()
async def grow(name: str, ctx: Context, text: str = "Added later.") -> str:
    """Add a tool, or give one another description."""

    def added() -> str:
        return name

    if name in {tool.name for tool in await server.list_tools()}:
        server.remove_tool(name)
    server.add_tool(added, name=name, description=text)
    await ctx.notify_tools_changed()
    await ctx.session.send_tool_list_changed()
    return "grown"


@server.tool()
async def touch(uri: str, ctx: Context) -> str:
    """Tell that a resource was updated."""
    await ctx.notify_resource_updated(uri)
    if uri in subscribed:
        await ctx.session.send_resource_updated(uri)
    return "touched"


@server.tool()
async def say(level: LoggingLevel, text: str, ctx: Context) -> str:
    """Log a text."""
    if LEVELS.index(level) >= LEVELS.index(least[0]):
        await ctx.session.send_log_message(
            level=level, data=text, logger="changing", related_request_id=ctx.request_id
        )
    return "said"


@server.tool()
async def hang_up() -> str:
    """End every subscription in good order."""
    listening.close()
    return "hung up"


@server.resource("test://text", name="text", mime_type="text/plain")
def text() -> str:
    """A few words."""
    return "some text\n"


async def subscribe(ctx: Any, params: SubscribeRequestParams) -> EmptyResult:
    """Take the URI up, unless it is a forbidden one."""
    if "forbidden" in str(params.uri):
        raise ValueError("no such resource")
    subscribed.add(str(params.uri))
    return EmptyResult()


async def unsubscribe(ctx: Any, params: UnsubscribeRequestParams) -> EmptyResult:
    """Forget the URI."""
    subscribed.discard(str(params.uri))
    return EmptyResult()


async def set_level(ctx: Any, params: SetLevelRequestParams) -> EmptyResult:
    """Say nothing below the level from now on."""
    least[0] = params.level
    return EmptyResult()


below.add_request_handler("resources/subscribe", SubscribeRequestParams, subscribe)
below.add_request_handler("resources/unsubscribe", UnsubscribeRequestParams, unsubscribe)
below.add_request_handler("logging/setLevel", SetLevelRequestParams, set_level)
# Which lists may change is told to `create_initialization_options`, which the package calls without it.
below.create_initialization_options = functools.partial(  # type: ignore[method-assign]
    below.create_initialization_options, NotificationOptions(tools_changed=True)
)


def main(arguments: list[str]) -> None:
    if arguments[:1] != ["http"]:
        server.run("stdio")
        return
    from serve_app import serve

    serve(server.streamable_http_app(), int(arguments[1]) if len(arguments) > 1 else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
