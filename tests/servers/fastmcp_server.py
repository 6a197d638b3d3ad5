"""A well-behaved server written with `fastmcp`; the same tools as `mcp2_server.py`.

fastmcp_server.py stdio
fastmcp_server.py http [PORT] [json]       PORT 0 (the default) picks one; the URL is stdout's first line
"""

from __future__ import annotations

import sys

import anyio
from fastmcp import Context, FastMCP
from fastmcp.utilities.types import Image
from pydantic import BaseModel

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c63f8cfc0f01f00050001ffa7c7b2a60000000049454e44ae426082"
)

server = FastMCP("fastmcp-test", version="4.1.2", instructions="Call echo first.")


class Weather(BaseModel):
    """What the `weather` tool answers."""

    city: str
    celsius: float
    sunny: bool = True


@server.tool
def echo(text: str) -> str:
    """Say the text again."""
    return text


@server.tool
def add(a: int, b: int) -> int:
    """Add two whole numbers."""
    return a + b


@server.tool
def fail() -> str:
    """Always raise."""
    raise ValueError("this tool always fails")


@server.tool
async def slow(n: int, ctx: Context, wait: float = 0.05) -> str:
    """Take n steps of `wait` seconds and report progress on each."""
    for step in range(n):
        await ctx.report_progress(step + 1, n, f"step {step + 1}")
        await anyio.sleep(wait)
    return f"took {n} steps"


@server.tool
def image() -> Image:
    """A picture of one pixel."""
    return Image(data=PIXEL, format="png")


@server.tool
def weather(city: str) -> Weather:
    """Structured output."""
    return Weather(city=city, celsius=21.5)


@server.resource("test://text", mime_type="text/plain")
def text() -> str:
    """A few words."""
    return "some text\n"


@server.resource("test://blob", mime_type="image/png")
def blob() -> bytes:
    """A few bytes."""
    return PIXEL


@server.resource("test://greeting/{name}", mime_type="text/plain")
def greeting(name: str) -> str:
    """A greeting for someone."""
    return f"Hello, {name}!"


@server.prompt
def hello() -> str:
    """Without arguments."""
    return "Say hello."


@server.prompt
def review(code: str, language: str = "python") -> str:
    """With arguments, one of them required."""
    return f"Review this {language}:\n{code}"


def main(arguments: list[str]) -> None:
    if arguments[:1] != ["http"]:
        server.run("stdio", show_banner=False)
        return
    from serve_app import serve

    port = int(arguments[1]) if len(arguments) > 1 else 0
    if "sse" in arguments:
        serve(server.http_app(path="/sse", transport="sse"), port, "/sse")
        return
    serve(server.http_app(path="/mcp", json_response="json" in arguments), port)


if __name__ == "__main__":
    main(sys.argv[1:])
