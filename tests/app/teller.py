"""A server in this process that logs, tells of changes, and honours some of what it is asked; in both eras.

Its tool `say` logs each of its `lines`, `touch` says that a resource was updated, `grow` that the tools
changed. It refuses every URI with `secret` in it, the level `debug`, and honours no list but the tools'.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import Any

from inspector.transport.memory import MemoryTransport
from inspector.wire.jsonrpc import encode
from inspector.wire.versions import META_SUBSCRIPTION_ID, V4, V5

ARGV = ["python", "server.py"]
TEXT, NOTES, SECRET = "demo://text", "demo://notes", "demo://secret/plan"
_CAPABILITIES = {"tools": {"listChanged": True}, "resources": {"subscribe": True}}
_TOOLS = [
    {"name": name, "inputSchema": {"type": "object", "properties": {}}} for name in ("say", "touch", "grow")
]


class TellingServer(MemoryTransport):
    """The server.

    Args:
        modern: It speaks 2026-07-28, else 2025-11-25.
        logs: It declares logging.
        lines: Parameters of each message that `say` logs.
    """

    title = " ".join(ARGV)

    def __init__(self, *, modern: bool = True, logs: bool = True, lines: tuple[Any, ...] = ()) -> None:
        super().__init__(self._serve)
        self.modern = modern
        self.lines = lines
        self.capabilities = _CAPABILITIES | ({"logging": {}} if logs else {})
        self.stream: Any = None

    def describe(self) -> dict[str, Any]:
        return {"transport": "stdio", "argv": ARGV}

    async def _serve(self, messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        async for body in messages:
            message = json.loads(body)
            if "id" in message:
                for said in self._answer(message["id"], message["method"], message.get("params") or {}):
                    yield encode(said)

    def _answer(self, id: Any, method: str, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if method == "tools/call":
            yield from self._call(params["name"])
            yield self._result(id, {"content": [{"type": "text", "text": "done"}]})
        elif method == "subscriptions/listen" and self.modern:
            self.stream = id
            asked = params["notifications"]
            uris = [uri for uri in asked.get("resourceSubscriptions", ()) if "secret" not in uri]
            honoured = {
                "toolsListChanged": asked.get("toolsListChanged", False),
                "resourceSubscriptions": uris,
            }
            yield self._told("subscriptions/acknowledged", notifications=honoured)
        elif "secret" in str(params.get("uri")) or params.get("level") == "debug":
            error = {"code": -32602, "message": "not for you"}
            yield {"jsonrpc": "2.0", "id": id, "error": error}
        elif (result := self._says(method, params)) is not None:
            yield self._result(id, result)
        else:
            yield {"jsonrpc": "2.0", "id": id, "error": {"code": -32601, "message": "Method not found"}}

    def _call(self, tool: str) -> Iterator[dict[str, Any]]:
        if tool == "say":
            for line in self.lines:
                yield {"jsonrpc": "2.0", "method": "notifications/message", "params": line}
        elif tool == "touch":
            yield self._told("resources/updated", uri=TEXT)
        else:
            yield self._told("tools/list_changed")

    def _says(self, method: str, params: dict[str, Any]) -> dict[str, Any] | None:
        info = {"name": "telling", "version": "1.0"}
        here = {"capabilities": self.capabilities, "serverInfo": info}
        resources = [{"name": uri.split("/")[-1], "uri": uri} for uri in (TEXT, NOTES, SECRET)]
        says: dict[str, Any] = {
            "tools/list": {"tools": _TOOLS},
            "resources/list": {"resources": resources},
            "resources/templates/list": {"resourceTemplates": []},
            "resources/read": {"contents": [{"uri": params.get("uri"), "text": "some text"}]},
        }
        if self.modern:
            says["server/discover"] = {"supportedVersions": [V5], **here}
        else:
            kept: tuple[str, ...] = ("logging/setLevel", "resources/subscribe", "resources/unsubscribe")
            says |= {"initialize": {"protocolVersion": V4, **here}} | {each: {} for each in kept}
        return says.get(method)

    def _told(self, method: str, **params: Any) -> dict[str, Any]:
        meta = {"_meta": {META_SUBSCRIPTION_ID: self.stream}} if self.modern else {}
        return {"jsonrpc": "2.0", "method": f"notifications/{method}", "params": {**meta, **params}}

    def _result(self, id: Any, result: dict[str, Any]) -> dict[str, Any]:
        whole = {"resultType": "complete", "ttlMs": 0, "cacheScope": "private"} if self.modern else {}
        return {"jsonrpc": "2.0", "id": id, "result": {**result, **whole}}
