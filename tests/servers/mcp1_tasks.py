"""Tasks of 2025-11-25 as the `mcp` SDK 1.x serves them, over stdio. Run by the interpreter of `mcp1_venv`.

The tool `job` must be called as a task. It tells of two stages, asks for a name, lets a model say a word,
and is done; with `fails` it raises after the first stage.
"""

from __future__ import annotations

from typing import Any

import anyio
from mcp import types
from mcp.server import Server
from mcp.server.experimental.task_context import ServerTaskContext
from mcp.server.stdio import stdio_server

server: Server = Server("mcp1-tasks")
server.experimental.enable_tasks()

NAME = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}


@server.list_tools()
async def tools() -> list[types.Tool]:
    return [
        types.Tool(
            name="job",
            description="Takes its time",
            inputSchema={"type": "object", "properties": {"fails": {"type": "boolean"}}},
            execution=types.ToolExecution(taskSupport=types.TASK_REQUIRED),
        )
    ]


@server.call_tool()
async def call(name: str, arguments: dict[str, Any]) -> types.CreateTaskResult:
    ctx = server.request_context
    ctx.experimental.validate_task_mode(types.TASK_REQUIRED)

    async def work(task: ServerTaskContext) -> types.CallToolResult:
        await task.update_status("Looking around")
        if arguments.get("fails"):
            raise ValueError("there is nothing to see")
        asked = await task.elicit("Who are you?", NAME)
        said = await task.create_message(
            [types.SamplingMessage(role="user", content=types.TextContent(type="text", text="One word?"))],
            max_tokens=10,
        )
        word = said.content.text if isinstance(said.content, types.TextContent) else "?"
        name = (asked.content or {}).get("name")
        text = types.TextContent(type="text", text=f"{asked.action} {name}: {word}")
        return types.CallToolResult(content=[text])

    return await ctx.experimental.run_task(work)


async def main() -> None:
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


if __name__ == "__main__":
    anyio.run(main)
