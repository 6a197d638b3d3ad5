"""An ASGI application over streamable HTTP that says back what it is told, and keeps each request.

It wants `Authorization: Bearer s3cret` and, after `initialize`, its session's id.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

SECRET = "s3cret"
SESSION = "session-1"
SCHEMA = {"type": "object", "properties": {"text": {"type": "string"}}}


@dataclass(frozen=True, slots=True)
class Got:
    """A request.

    Attributes:
        headers: Names in lower case.
        body: Every byte.
    """

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class RepeatsHttp:
    """The application, and what it got."""

    got: list[Got] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        query = scope["query_string"].decode()
        request = Got(scope["method"], scope["path"] + (f"?{query}" if query else ""), headers, body)
        self.got.append(request)
        status, answer = _answer(request)
        head = [(b"content-type", b"application/json"), (b"mcp-session-id", SESSION.encode())]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": answer})

    def calls(self) -> list[Any]:
        """Parameters of the calls, without what clients write by themselves."""
        found = []
        for each in self.got:
            message = json.loads(each.body) if each.body.startswith(b"{") else {}
            if message.get("method") == "tools/call":
                message["params"].pop("_meta", None)
                found.append(message["params"])
        return found


def _answer(request: Got) -> tuple[int, bytes]:
    if request.headers.get("authorization") != f"Bearer {SECRET}":
        return 403, b"{}"
    if request.method != "POST":
        return (200, b"") if request.method == "DELETE" else (405, b"")
    try:
        message = json.loads(request.body)
    except ValueError:
        return 400, b'{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"No JSON"}}'
    id, method, params = message.get("id"), message.get("method"), message.get("params") or {}
    if id is None:
        return 202, b""
    if method == "initialize":
        result: Any = {
            "protocolVersion": "2025-11-25",
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "repeats", "version": "1.0"},
        }
    elif method == "tools/list":
        result = {"tools": [{"name": "say", "inputSchema": SCHEMA}]}
    elif method == "tools/call" and request.headers.get("mcp-session-id") == SESSION:
        said = {key: value for key, value in params.items() if key != "_meta"}
        result = {"content": [{"type": "text", "text": json.dumps(said, sort_keys=True)}], "isError": False}
    else:
        error = {"code": -32601, "message": "Method not found"}
        return 200, json.dumps({"jsonrpc": "2.0", "id": id, "error": error}).encode()
    return 200, json.dumps({"jsonrpc": "2.0", "id": id, "result": result}).encode()
