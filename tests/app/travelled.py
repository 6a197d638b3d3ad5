"""A session with a past, written down by hand: no process, no clock, no chance."""

from __future__ import annotations

import itertools
from typing import Any

from inspector.journal.journal import Journal
from inspector.wire import jsonrpc
from inspector.wire.event import Direction, Kind

ASKS = "Which city do you mean?"


def tool(name: str, says: str = "", **more: Any) -> dict[str, Any]:
    return {"name": name, "description": says, "inputSchema": {"type": "object", **more}}


class Written:
    """A journal that grows by messages, 40 ms each."""

    def __init__(self) -> None:
        ticks = itertools.count()
        target = {"transport": "stdio", "argv": ["python", "weather.py"]}
        self.journal = Journal.create(target=target, clock=lambda: next(ticks) / 25)
        self._id = 0

    def client(self, what: str, **data: Any) -> int:
        return self.journal.append(Kind.CLIENT, data={"what": what, **data}).seq

    def asks(self, method: str, **params: Any) -> int:
        self._id += 1
        raw = jsonrpc.request(self._id, method, params)
        return self.journal.append(Kind.MESSAGE, Direction.C2S, raw).seq

    def replies(self, id: int = 0, **result: Any) -> int:
        raw = jsonrpc.response(id or self._id, result)
        return self.journal.append(Kind.MESSAGE, Direction.S2C, raw).seq

    def call(self, method: str, result: dict[str, Any], **params: Any) -> int:
        row = self.asks(method, **params)
        self.replies(**result)
        return row

    def begin(self, capabilities: dict[str, Any], version: str) -> None:
        """A connection up to its negotiation."""
        self._id = 0
        self.client("connecting")
        hello = {"protocolVersion": "2025-11-25", "capabilities": capabilities}
        declared = {"roots": {}, "elicitation": {}}
        self.call(
            "initialize",
            {**hello, "serverInfo": {"name": "weather", "version": version}},
            **hello | {"capabilities": declared},
        )
        self.client("negotiated", version="2025-11-25", era="legacy")


def journey() -> tuple[Journal, int]:
    """The journal, and the row at which much was open."""
    w = Written()
    w.begin({"tools": {}, "resources": {"subscribe": True}, "logging": {}}, "1.0")
    w.call("tools/list", {"tools": [tool("forecast", "Days ahead."), tool("alerts"), tool("report")]})
    w.call("resources/list", {"resources": [{"uri": "weather://oslo", "name": "oslo"}]})
    w.call("logging/setLevel", {}, level="info")
    w.call("resources/subscribe", {}, uri="weather://oslo")
    w.call("tools/call", {"task": {"taskId": "b7f1", "status": "working"}}, name="report", task={})
    w.asks("tools/call", name="forecast", arguments={"city": "Springfield"})
    form = {"message": ASKS, "requestedSchema": {"type": "object", "properties": {}}}
    w.journal.append(Kind.MESSAGE, Direction.S2C, jsonrpc.request("e1", "elicitation/create", form))
    w.call("tasks/get", {"taskId": "b7f1", "status": "working", "statusMessage": "12 of 30 stations"},
           taskId="b7f1")  # fmt: skip
    row = len(w.journal) - 1
    answer = {"action": "accept", "content": {}}
    w.journal.append(Kind.MESSAGE, Direction.C2S, jsonrpc.response("e1", answer))
    w.replies(7, content=[{"type": "text", "text": "Rain."}])
    w.client("closed", reason="disconnected")
    w.begin({"tools": {}, "resources": {"subscribe": True}}, "1.1")
    days = {"days": {"type": "integer"}}
    w.call("tools/list", {"tools": [tool("forecast", "Days ahead.", properties=days), tool("alerts"),
                                    tool("radar")]})  # fmt: skip
    w.call("resources/list", {"resources": [{"uri": "weather://oslo", "name": "oslo"}]})
    return w.journal, row
