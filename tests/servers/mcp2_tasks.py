"""The tasks extension (SEP-2663) on a server written with the `mcp` SDK 2.x, which brings none of its own.

    mcp2_tasks.py stdio
    mcp2_tasks.py http [PORT]

The URL is stdout's first line. A task goes on by one step with each `tasks/get`. Tools: `echo` answers at
once; `slow` is a task where the client declares the extension, and a plain call elsewhere; `only` cannot do
without; `ask` asks two questions; `refuse` ends with an error of JSON-RPC, `fail` with `isError`; `short`
lives for 100 ms.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.extension import Extension, MethodBinding
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.server import require_client_extension
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolRequestParams, RequestParams

TASKS = "io.modelcontextprotocol/tasks"
MODERN = frozenset({"2026-07-28"})
STAGES = ("Gathering sources", "Analyzing content", "Generating report")
NAME = {"type": "object", "properties": {"name": {"type": "string", "title": "Name"}}, "required": ["name"]}
Context = ServerRequestContext[Any, Any]


class TaskParams(RequestParams):
    """Names a task."""

    task_id: str


class UpdateParams(TaskParams):
    """Answers what it asked."""

    input_responses: dict[str, Any]


class Task:
    def __init__(self, number: int, tool: str) -> None:
        self.id = f"task-{number}"
        self.tool = tool
        self.stage = 0
        self.status = "working"
        self.message = STAGES[0]
        self.answers: dict[str, Any] = {}

    def shown(self) -> dict[str, Any]:
        return {
            "taskId": self.id,
            "status": self.status,
            "statusMessage": self.message,
            "createdAt": "2026-07-28T10:30:00Z",
            "lastUpdatedAt": f"2026-07-28T10:30:0{min(self.stage, 9)}Z",
            "ttlMs": 100 if self.tool == "short" else 60000,
            "pollIntervalMs": 20,
        }

    def detailed(self) -> dict[str, Any]:
        shown = self.shown()
        if self.status == "input_required":
            asked = {"mode": "form", "requestedSchema": NAME}
            shown["inputRequests"] = {
                key: {"method": "elicitation/create", "params": {"message": f"The {key} name?", **asked}}
                for key in ("first", "second")
                if key not in self.answers
            }
        elif self.status == "completed":
            names = " and ".join(str(each.get("content", {}).get("name")) for each in self.answers.values())
            says = "It failed" if self.tool == "fail" else f"The {self.tool} of {names or 'nobody'} is ready."
            shown["result"] = {"content": [{"type": "text", "text": says}], "isError": self.tool == "fail"}
        elif self.status == "failed":
            shown["error"] = {"code": -32603, "message": "The database is gone"}
        return shown

    def go_on(self) -> None:
        if self.status != "working" or self.tool == "short":
            return
        self.stage += 1
        if self.tool == "ask" and self.stage == 1:
            self.status, self.message = "input_required", "Two questions"
        elif self.stage < len(STAGES):
            self.message = STAGES[self.stage]
        else:
            self.status, self.message = ("failed" if self.tool == "refuse" else "completed"), ""


class Tasks(Extension):
    """The extension."""

    identifier = TASKS

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}

    def methods(self) -> Sequence[MethodBinding]:
        return (
            MethodBinding("tasks/get", TaskParams, self.get, MODERN),
            MethodBinding("tasks/update", UpdateParams, self.update, MODERN),
            MethodBinding("tasks/cancel", TaskParams, self.cancel, MODERN),
        )

    async def intercept_tool_call(
        self, params: CallToolRequestParams, ctx: Context, call_next: CallNext
    ) -> HandlerResult:
        if params.name == "echo":
            return await call_next(ctx)
        capabilities = ctx.session.client_capabilities
        declared = capabilities.extensions if capabilities is not None else None
        if not declared or TASKS not in declared:
            if params.name == "slow":
                return await call_next(ctx)
            require_client_extension(ctx, TASKS)
        task = Task(len(self.tasks) + 1, params.name)
        self.tasks[task.id] = task
        return {"resultType": "task", **task.shown()}

    def _task(self, ctx: Context, params: TaskParams) -> Task:
        require_client_extension(ctx, TASKS)
        task = self.tasks.get(params.task_id)
        if task is None:
            raise MCPError(code=-32602, message="Failed to retrieve task: Task not found")
        return task

    async def get(self, ctx: Context, params: TaskParams) -> HandlerResult:
        task = self._task(ctx, params)
        task.go_on()
        return task.detailed()

    async def update(self, ctx: Context, params: UpdateParams) -> HandlerResult:
        task = self._task(ctx, params)
        task.answers.update(params.input_responses)
        if {"first", "second"} <= task.answers.keys() and task.status == "input_required":
            task.status, task.message = "working", "Going on"
        return {}

    async def cancel(self, ctx: Context, params: TaskParams) -> HandlerResult:
        task = self._task(ctx, params)
        if task.status in ("working", "input_required"):
            task.status, task.message = "cancelled", "by request"
        return {}


server = MCPServer("mcp2-tasks", version="1.0", extensions=[Tasks()], log_level="CRITICAL")


@server.tool()
def echo(text: str) -> str:
    """Say the text again."""
    return text


def _tool(name: str) -> None:
    def plainly() -> str:
        return f"The {name} is ready."

    server.add_tool(plainly, name=name, description=f"The tool {name}")


for each in ("slow", "only", "ask", "refuse", "fail", "short"):
    _tool(each)


if __name__ == "__main__":
    if sys.argv[1:2] == ["http"]:
        from serve_app import serve

        serve(server.streamable_http_app(), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    else:
        server.run("stdio")
