"""Servers with tasks in this very process, for the app on its stage: of the core, and of the extension."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from inspector.transport.memory import MemoryTransport
from inspector.wire.jsonrpc import encode
from inspector.wire.methods import TASKS_EXTENSION
from inspector.wire.versions import V5
from tests.servers.tasks import Server, Task

ARGV = ["python", "research_server.py"]


class TaskServer(MemoryTransport):
    """`tests/servers/tasks.py`.

    Attributes:
        server: What it knows; a test may change its tasks.
        interval: Milliseconds between polls that it wishes, where not its own.
    """

    title = " ".join(ARGV)

    def __init__(self, *, interval: int | None = None) -> None:
        super().__init__(self._serve)
        self.server = Server()
        self.interval = interval

    def describe(self) -> dict[str, Any]:
        return {"transport": "stdio", "argv": ARGV}

    @property
    def tasks(self) -> list[Task]:
        """Its tasks, oldest first."""
        return list(self.server.tasks.values())

    async def _serve(self, messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        out: list[dict[str, Any]] = []
        async for body in messages:
            self.take(json.loads(body), out)
            while out:
                yield encode(self._wishing(out.pop(0)))

    def take(self, message: dict[str, Any], out: list[dict[str, Any]]) -> None:
        """Answer one message."""
        self.server.take(message, out.append)

    def _wishing(self, message: dict[str, Any]) -> dict[str, Any]:
        result = message.get("result")
        if self.interval is not None and isinstance(result, dict):
            for task in (result, result.get("task", {}), *result.get("tasks", [])):
                if "pollInterval" in task:
                    task["pollInterval"] = self.interval
        return message


class ModernTaskServer(MemoryTransport):
    """The extension's flow: one tool, whose calls are tasks that ask for two names and are then complete."""

    title = " ".join(ARGV)

    def __init__(self) -> None:
        super().__init__(self._serve)
        self.status = "working"
        self.answers: dict[str, Any] = {}
        self.asks = True

    def describe(self) -> dict[str, Any]:
        return {"transport": "stdio", "argv": ARGV}

    def _task(self) -> dict[str, Any]:
        task = {"taskId": "7f3a-1", "status": self.status, "ttlMs": 60000, "pollIntervalMs": 1}
        if self.status == "input_required":
            asked = {
                "mode": "form",
                "requestedSchema": {"type": "object", "properties": {"n": {"type": "string"}}},
            }
            wanted = {"method": "elicitation/create", "params": {"message": "Which?", **asked}}
            task["inputRequests"] = {key: wanted for key in ("a", "b") if key not in self.answers}
        if self.status == "completed":
            task["result"] = {"content": [{"type": "text", "text": "All is ready."}], "isError": False}
        return task

    async def _serve(self, messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        async for body in messages:
            message = json.loads(body)
            if "id" in message and "method" in message:
                made = self._answer(message["method"], message.get("params") or {})
                yield encode({"jsonrpc": "2.0", "id": message["id"], **made})

    def _answer(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        match method:
            case "server/discover":
                capabilities = {"tools": {}, "extensions": {TASKS_EXTENSION: {}}}
                result: dict[str, Any] = {"supportedVersions": [V5], "capabilities": capabilities}
            case "tools/list":
                result = {"tools": [{"name": "slow", "inputSchema": {"type": "object"}}]}
            case "tools/call":
                result = {"resultType": "task", **self._task()}
            case "tasks/get":
                if self.asks and len(self.answers) < 2:
                    self.status = "input_required"
                elif self.status in ("working", "input_required"):
                    self.status = "completed"
                result = self._task()
            case "tasks/update":
                self.answers.update(params["inputResponses"])
                result = {}
            case "tasks/cancel":
                self.status = "cancelled"
                result = {}
            case _:
                return {"error": {"code": -32601, "message": "no"}}
        return {"result": {"resultType": "complete", **result}}
