"""A server written with `fastmcp` that logs: its tool `note` says one thing at each of four levels.

logs_fastmcp.py stdio
"""

from __future__ import annotations

from fastmcp import Context, FastMCP

server: FastMCP = FastMCP("logs", version="1")


@server.tool
async def note(ctx: Context) -> str:
    """Log at four levels."""
    await ctx.debug("a detail")
    await ctx.info("a step", logger_name="steps")
    await ctx.warning("an oddity")
    await ctx.error("a failure", extra={"code": 7})
    return "noted"


if __name__ == "__main__":
    server.run(transport="stdio", show_banner=False)
