"""A server that asks back, with `fastmcp`: `greet` in the legacy eras, `guard` in the modern one; stdio."""

from __future__ import annotations

from typing import Any

from fastmcp import Context, FastMCP
from mcp_types import ElicitRequest, ElicitRequestFormParams, InputRequiredResult

server: FastMCP = FastMCP("asks-back-fastmcp")
SCHEMA: dict[str, Any] = {"type": "object", "properties": {"value": {"type": "string"}}}


@server.tool
async def greet(ctx: Context) -> str:
    """Ask for a name by a request."""
    result = await ctx.elicit("Who are you?", str)
    return f"{result.action} {getattr(result, 'data', '')}"


@server.tool
async def guard(ctx: Context) -> Any:
    """Ask for a name by the result, with a state."""
    answers = ctx.input_responses
    if answers is None:
        wanted = ElicitRequest(params=ElicitRequestFormParams(message="Who?", requested_schema=SCHEMA))
        return InputRequiredResult(input_requests={"who": wanted}, request_state='sealed \u00e6\u2028 "x"')
    return f"{answers['who'].action} {answers['who'].content['value']} {ctx.request_state}"


if __name__ == "__main__":
    server.run(show_banner=False)
