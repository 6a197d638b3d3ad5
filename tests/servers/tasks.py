"""Tasks of 2025-11-25, after the flows of the specification; they go on by one step with each `tasks/get`.

    tasks.py [http]

Over HTTP (streamable, JSON bodies, no sessions) the tasks outlive a connection; the URL is stdout's first
line. Standard library only. Tools: `research` must be called as a task, `report` may be, `plain` must not;
`ask` (a task) asks two questions on the stream of `tasks/result`, `short` lives for 100 ms, `fail` fails,
`refuse` ends with an error of JSON-RPC, `mute` fails with a result that does not say so.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SUPPORT = {
    "research": "required",
    "report": "optional",
    "plain": None,
    "ask": "required",
    "short": "required",
    "fail": "required",
    "refuse": "required",
    "mute": "required",
}
STAGES = ("Gathering sources", "Analyzing content", "Generating report")
NAME = {"type": "object", "properties": {"name": {"type": "string", "title": "Name"}}, "required": ["name"]}
Send = Callable[[dict[str, Any]], None]


class Refused(Exception):
    """An error of JSON-RPC."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": words}], **more}


class Task:
    def __init__(self, number: int, tool: str, ttl: Any) -> None:
        self.tool = tool
        self.stage = 0
        self.status = "working"
        self.message = STAGES[0]
        self.ttl = 100 if tool == "short" else ttl
        self.id = f"task-{number}"
        self.answers: dict[str, Any] = {}
        self.waiting: Any = None  # the id of a `tasks/result` that is not answered yet

    def shown(self) -> dict[str, Any]:
        return {
            "taskId": self.id,
            "status": self.status,
            "statusMessage": self.message,
            "createdAt": "2025-11-25T10:30:00Z",
            "lastUpdatedAt": f"2025-11-25T10:30:0{min(self.stage, 9)}Z",
            "ttl": self.ttl,
            "pollInterval": 20,
        }

    @property
    def over(self) -> bool:
        return self.status in ("completed", "failed", "cancelled")

    def go_on(self) -> None:
        if self.over or self.status == "input_required" or self.tool == "short":
            return
        self.stage += 1
        if self.tool == "ask" and self.stage == 1 and not self.answers:
            self.status, self.message = "input_required", "Two questions"
        elif self.stage < len(STAGES):
            self.message = STAGES[self.stage]
        else:
            failed = self.tool in ("fail", "refuse", "mute")
            self.status, self.message = ("failed", "It failed") if failed else ("completed", "")

    def result(self) -> dict[str, Any]:
        if self.status == "cancelled":
            raise Refused(-32602, "The task was cancelled")
        if self.tool == "refuse":
            raise Refused(-32603, "The database is gone")
        if self.tool == "mute":  # as `mcp` 1.x does it
            return {"_meta": {"io.modelcontextprotocol/related-task": {"taskId": self.id}}}
        names = " and ".join(str(answer.get("content", {}).get("name")) for answer in self.answers.values())
        says = "It failed" if self.tool == "fail" else f"The {self.tool} of {names or 'nobody'} is ready."
        meta = {"io.modelcontextprotocol/related-task": {"taskId": self.id}}
        return text(says, isError=self.tool == "fail", _meta=meta)


class Server:
    """What is known beyond one connection."""

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}

    def take(self, message: dict[str, Any], send: Send) -> None:
        """Answer one message, now or later."""
        id, method = message.get("id"), message.get("method")
        if method is None:
            self._answered(message, send)
        elif id is not None:
            try:
                result = self._asked(id, method, message.get("params") or {}, send)
            except Refused as error:
                said = {"code": error.code, "message": str(error)}
                send({"jsonrpc": "2.0", "id": id, "error": said})
            else:
                if result is not None:
                    send({"jsonrpc": "2.0", "id": id, "result": result})

    def _asked(self, id: Any, method: str, params: dict[str, Any], send: Send) -> dict[str, Any] | None:
        match method:
            case "initialize":
                declared = {"list": {}, "cancel": {}, "requests": {"tools": {"call": {}}}}
                return {
                    "protocolVersion": "2025-11-25",
                    "capabilities": {"tools": {}, "tasks": declared},
                    "serverInfo": {"name": "tasks", "version": "1.0"},
                }
            case "ping":
                return {}
            case "tools/list":
                return {"tools": [self._tool(name) for name in SUPPORT]}
            case "tools/call":
                return self._call(params, send)
            case "tasks/list":
                shown = [task.shown() for task in self.tasks.values()]
                at = int(params.get("cursor", "0"))
                page: dict[str, Any] = {"tasks": shown[at : at + 2]}
                return page | ({"nextCursor": str(at + 2)} if at + 2 < len(shown) else {})
            case "tasks/get" | "tasks/result" | "tasks/cancel":
                return self._about(id, method, self._task(params), send)
        raise Refused(-32601, "Method not found")

    def _tool(self, name: str) -> dict[str, Any]:
        support = SUPPORT[name]
        tool = {"name": name, "description": f"The tool {name}", "inputSchema": {"type": "object"}}
        return tool | ({"execution": {"taskSupport": support}} if support else {})

    def _call(self, params: dict[str, Any], send: Send) -> dict[str, Any]:
        name, task = params.get("name"), params.get("task")
        if name not in SUPPORT:
            raise Refused(-32602, f"Unknown tool: {name}")
        support = SUPPORT[name]
        if (support == "required") != (task is not None) and support != "optional":
            wants = "requires" if support else "must not be called with"
            raise Refused(-32601, f"Tool {name} {wants} task augmentation (taskSupport: '{support}')")
        if task is None:
            return text(f"The {name} is ready.")
        made = Task(len(self.tasks) + 1, name, task.get("ttl", 60000))
        self.tasks[made.id] = made
        return {"task": made.shown()}

    def _task(self, params: dict[str, Any]) -> Task:
        task = self.tasks.get(str(params.get("taskId")))
        if task is None:
            raise Refused(-32602, "Failed to retrieve task: Task not found")
        return task

    def _about(self, id: Any, method: str, task: Task, send: Send) -> dict[str, Any] | None:
        if method == "tasks/cancel":
            if task.over:
                raise Refused(-32602, f"Cannot cancel task: already in terminal status '{task.status}'")
            task.status, task.message = "cancelled", "The task was cancelled by request."
            return task.shown()
        if method == "tasks/get":
            task.go_on()
            if task.over and task.waiting is not None:
                waiting, task.waiting = task.waiting, None
                send({"jsonrpc": "2.0", "id": waiting, "result": task.result()})
            return task.shown()
        if task.over:
            return task.result()
        task.waiting = id
        if task.status == "input_required":
            for key in ("first", "second"):
                meta = {"io.modelcontextprotocol/related-task": {"taskId": task.id}}
                asks = {"message": f"The {key} name?", "requestedSchema": NAME, "_meta": meta}
                send(
                    {
                        "jsonrpc": "2.0",
                        "id": f"{task.id}/{key}",
                        "method": "elicitation/create",
                        "params": asks,
                    }
                )
        return None

    def _answered(self, message: dict[str, Any], send: Send) -> None:
        """A question of a task was answered."""
        id, _, key = str(message.get("id")).partition("/")
        task = self.tasks[id]
        task.answers[key] = message.get("result", {})
        if len(task.answers) == 2:
            task.status, task.message = "working", "Going on"


def over_stdio(server: Server) -> None:
    def send(message: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()

    for line in sys.stdin:
        if line.strip():
            server.take(json.loads(line), send)


def over_http(server: Server) -> None:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            said: list[dict[str, Any]] = []
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.take(json.loads(body), said.append)
            data = json.dumps(said[0]).encode() if said else b""
            self.send_response(200 if said else 202)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:
            self.send_response(405)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_DELETE = do_GET

        def log_message(self, *_: object) -> None:
            return

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"http://127.0.0.1:{listening.server_port}/mcp\n")
    sys.stdout.flush()
    listening.serve_forever()


if __name__ == "__main__":
    (over_http if "http" in sys.argv[1:] else over_stdio)(Server())
