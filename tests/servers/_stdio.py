"""The core of the small stdio servers: a handshake, two tools, and a door for misbehaving.

A script over it defines what its tool `go` does and calls `serve(go)`. Standard library only.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

VERSIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")

GO = {"name": "go", "description": "Triggers it", "inputSchema": {"type": "object", "properties": {}}}
ECHO = {
    "name": "echo",
    "description": "Says it back",
    "inputSchema": {
        "type": "object",
        "properties": {"text": {"type": "string", "description": "What to say"}},
        "required": ["text"],
    },
}

Go = Callable[[Any], None]
"""What the tool `go` does, given the id of its call. It owes the reply as well."""


def raw(data: bytes) -> None:
    """Write exactly these bytes to stdout."""
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def send(message: Any) -> None:
    raw(json.dumps(message).encode() + b"\n")


def reply(id: Any, result: Any) -> None:
    send({"jsonrpc": "2.0", "id": id, "result": result})


def fail(id: Any, code: Any, message: str) -> None:
    send({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})


def text(words: str) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": words}]}


def notify(method: str, params: dict[str, Any] | None = None) -> None:
    send({"jsonrpc": "2.0", "method": method, **({} if params is None else {"params": params})})


def requests() -> Iterator[dict[str, Any]]:
    """What comes in, until stdin is closed."""
    for line in sys.stdin.buffer:
        if line.strip():
            yield json.loads(line)


def serve(
    go: Go,
    *,
    tools: list[dict[str, Any]] | None = None,
    name: str = "",
    instructions: str | None = None,
    more: Callable[[Any, str, dict[str, Any]], bool] | None = None,
    capabilities: dict[str, Any] | None = None,
) -> None:
    """Answer until stdin is closed.

    Args:
        go: The tool `go`.
        tools: Instead of `go` and `echo`.
        name: Of the server; by default that of the script.
        instructions: Of the server.
        more: Is asked first for each request, with id, method and params; true where it has answered.
        capabilities: Beside `tools`.
    """
    table = [GO, ECHO] if tools is None else tools
    known = sys.argv[0].replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".py")
    for message in requests():
        id, method, params = message.get("id"), message.get("method"), message.get("params") or {}
        if id is None or method is None:
            continue
        if more is not None and more(id, method, params):
            continue
        if method == "initialize":
            asked = params.get("protocolVersion")
            result: dict[str, Any] = {
                "protocolVersion": asked if asked in VERSIONS else VERSIONS[-1],
                "capabilities": {"tools": {}, **(capabilities or {})},
                "serverInfo": {"name": name or known, "version": "1.0"},
            }
            if instructions is not None:
                result["instructions"] = instructions
            reply(id, result)
        elif method == "ping":
            reply(id, {})
        elif method == "tools/list":
            reply(id, {"tools": table})
        elif method == "tools/call" and params.get("name") == "echo":
            reply(id, text(str((params.get("arguments") or {}).get("text"))))
        elif method == "tools/call" and params.get("name") in {tool["name"] for tool in table}:
            go(id)
        elif method == "tools/call":
            fail(id, -32602, f"Unknown tool: {params.get('name')}")
        else:
            fail(id, -32601, "Method not found")
