"""A server written with `mcp` 1.x, over stdio or HTTP+SSE; it knows the legacy eras only."""

import sys
from pathlib import Path

from mcp.server.fastmcp import Context, FastMCP

server = FastMCP("mcp1-test", instructions="Call echo first.", log_level="CRITICAL")


@server.tool()
def echo(text: str) -> str:
    """Say the text again."""
    return text


@server.tool()
async def slow(n: int, ctx: Context) -> str:
    """Report progress n times."""
    for step in range(n):
        await ctx.report_progress(step + 1, n)
    return f"took {n} steps"


@server.tool()
def fail() -> str:
    """Always raise."""
    raise ValueError("this tool always fails")


@server.resource("test://text")
def text() -> str:
    """A few words."""
    return "some text"


@server.resource("test://greeting/{name}")
def greeting(name: str) -> str:
    """A greeting for someone."""
    return f"Hello, {name}!"


@server.prompt()
def review(code: str) -> str:
    """With an argument."""
    return f"Review this:\n{code}"


if __name__ == "__main__":
    if "sse" in sys.argv:
        sys.path.insert(0, str(Path(__file__).parents[1] / "servers"))
        from serve_app import serve

        serve(server.sse_app(), 0, "/sse")
    else:
        server.run("stdio")
