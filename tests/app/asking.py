"""A server in this very process that asks back what a test tells it to, and keeps the answers."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from inspector.app.keeper import ConnectionKeeper
from inspector.journal.journal import Journal
from inspector.session.owner import Options
from inspector.transport.memory import MemoryTransport
from inspector.wire import jsonrpc
from inspector.wire.versions import V4
from tests.app.stage import Stage, staged

FORM = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "description": "Where the parcel goes", "minLength": 2},
        "parcels": {"type": "integer", "minimum": 1, "default": 1},
        "express": {"type": "boolean", "default": False},
        "notify": {
            "type": "string",
            "oneOf": [{"const": "mail", "title": "by mail"}, {"const": "none", "title": "not at all"}],
            "default": "mail",
        },
    },
    "required": ["city"],
}
URL = "https://xn--pypal-4ve.example:8443/connect/consent?client=mcp&state=" + "0123456789abcdef" * 6


def elicit(
    id: Any = "e1", message: str = "Where should the parcel go?", schema: Any = None
) -> dict[str, Any]:
    params = {"mode": "form", "message": message, "requestedSchema": FORM if schema is None else schema}
    return {"jsonrpc": "2.0", "id": id, "method": "elicitation/create", "params": params}


def visit(id: Any = "u1", url: Any = URL, **more: Any) -> dict[str, Any]:
    params = {"mode": "url", "message": "Log in to the carrier", "url": url, "elicitationId": "login", **more}
    return {"jsonrpc": "2.0", "id": id, "method": "elicitation/create", "params": params}


def sample(id: Any = "s1", **more: Any) -> dict[str, Any]:
    said = [{"role": "user", "content": {"type": "text", "text": "Which carrier is best?"}}]
    params = {"messages": said, "maxTokens": 100, **more}
    return {"jsonrpc": "2.0", "id": id, "method": "sampling/createMessage", "params": params}


def roots(id: Any = "r1") -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "method": "roots/list"}


class AskingServer(MemoryTransport):
    """Speaks 2025-11-25 and has one tool, `ship`, whose call ends when all that it asks is answered.

    Attributes:
        asked: What it asks when the tool is called: messages, and functions of the call's id that make one.
        answers: The messages that answered, as text.
    """

    title = "carrier"

    def __init__(self, *asked: Any) -> None:
        super().__init__(self._serve)
        self.asked = asked
        self.answers: list[str] = []
        self._calls: list[Any] = []

    def describe(self) -> dict[str, Any]:
        return {"transport": "stdio", "argv": ["carrier"]}

    async def _serve(self, messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        async for raw in messages:
            for reply in self._replies(raw):
                yield reply if isinstance(reply, bytes) else jsonrpc.encode(reply)

    def _replies(self, raw: bytes) -> Iterator[Any]:
        try:
            message = json.loads(raw)
        except ValueError:
            self.answers.append(raw.decode())
            return
        id, method = message.get("id"), message.get("method")
        match method:
            case "initialize":
                info = {"name": "carrier", "version": "1.0"}
                found = {"protocolVersion": V4, "capabilities": {"tools": {}}, "serverInfo": info}
                yield {"jsonrpc": "2.0", "id": id, "result": found}
            case "tools/list":
                tool = {"name": "ship", "inputSchema": {"type": "object"}, "description": "Send a parcel."}
                yield {"jsonrpc": "2.0", "id": id, "result": {"tools": [tool]}}
            case "tools/call":
                self._calls.append(id)
                for each in self.asked:
                    yield each(id) if callable(each) else each
            case None:
                self.answers.append(raw.decode())
                if len(self.answers) >= len(self.asked):
                    yield from self.ended()
            case "test/say":
                yield message["params"]
            case _ if id is not None:
                yield jsonrpc.error_response(id, -32601, "no")

    def ended(self) -> Iterator[Any]:
        """The results of all calls that wait."""
        for id in self._calls:
            content = [{"type": "text", "text": "Shipped."}]
            yield {"jsonrpc": "2.0", "id": id, "result": {"content": content}}
        self._calls.clear()


async def listed(stage: Stage) -> None:
    """Wait until the tool is there to be opened."""
    await stage.until(lambda: stage.app.journal.catalogue.complete["tools"])
    await stage.settled()


@asynccontextmanager
async def asked(
    size: tuple[int, int], server: AskingServer, *, journal: Journal | None = None
) -> AsyncIterator[Stage]:
    """The app with its tool called, once something that the server asks has come."""
    if journal is None:
        journal = Journal.create(target=server.describe())
    keeper = ConnectionKeeper(server, journal, Options(protocol=V4).attended())
    async with staged(size, keeper=keeper) as stage:
        await listed(stage)
        await stage.open("ship")
        await stage.press("f5")
        wanted = min(len(server.asked), 20)
        await stage.until(lambda: keeper.session is not None and len(keeper.session.inbox.entries) >= wanted)
        await stage.settled()
        yield stage
