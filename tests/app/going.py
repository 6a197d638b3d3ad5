"""A server in this process whose calls go on as the test says: they ask back, report, come late."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TYPE_CHECKING, Any

from inspector.app.keeper import ConnectionKeeper
from inspector.journal.journal import Journal
from inspector.session.owner import Options
from inspector.wire.jsonrpc import encode
from tests.app.stage import StagedServer

if TYPE_CHECKING:
    from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

    from inspector.transport.tap import Tap
    from inspector.wire.event import Event

_STATE = "b3BhcXVlOiBub2JvZHkgYnV0IHRoZSBzZXJ2ZXIgcmVhZHMgdGhpcw=="
WHO = {
    "method": "elicitation/create",
    "params": {
        "mode": "form",
        "message": "Who travels?",
        "requestedSchema": {"type": "object", "properties": {"name": {"type": "string"}}},
    },
}
SAY = {
    "method": "sampling/createMessage",
    "params": {
        "messages": [{"role": "user", "content": {"type": "text", "text": "Where to?"}}],
        "maxTokens": 9,
    },
}
TOOLS: list[dict[str, Any]] = [
    {"name": "trip", "description": "Asks back, twice.", "inputSchema": {"type": "object"}},
    {"name": "work", "description": "Takes its time.", "inputSchema": {"type": "object"}},
]


class GoingServer(StagedServer):
    """The demo server with `trip`, which asks back twice, and `work`, which does what the test says.

    Attributes:
        at_work: Requests of `work` that are not answered, as parsed.
        cancelled: Ids that the client cancelled.
        endless: `trip` asks for ever.
    """

    def __init__(self, *, endless: bool = False) -> None:
        super().__init__()
        self.at_work: list[dict[str, Any]] = []
        self.cancelled: list[Any] = []
        self.endless = endless

    async def _run(
        self,
        tap: Tap,
        messages: MemoryObjectReceiveStream[bytes],
        to_client: MemoryObjectSendStream[Event],
    ) -> None:
        self._to, self._out = tap, to_client
        await super()._run(tap, messages, to_client)

    async def say(self, message: dict[str, Any]) -> None:
        """Send something out of turn."""
        await self._out.send(self._to.received(encode({"jsonrpc": "2.0", **message})))

    async def report(self, progress: object, total: object = None, message: str | None = None) -> None:
        """Report progress of the oldest `work`."""
        token = self.at_work[0]["params"]["_meta"]["progressToken"]
        told = {"progressToken": token, "progress": progress, "total": total, "message": message}
        params = {key: value for key, value in told.items() if value is not None}
        await self.say({"method": "notifications/progress", "params": params})

    async def finish(self, text: str = "done") -> None:
        """Answer the oldest `work`, also where it was cancelled."""
        request = self.at_work.pop(0)
        await self.say({"id": request["id"], "result": _complete(text)})

    async def _serve(self, messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        async for said in super()._serve(self._others(messages)):
            reply = json.loads(said)
            result = reply.get("result")
            if isinstance(result, dict) and "tools" in result:
                result["tools"] = [*TOOLS, *result["tools"]]
            yield encode(reply)

    async def _others(self, messages: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """What is for the demo server; the rest is dealt with here."""
        async for body in messages:
            message = json.loads(body)
            params = message.get("params") or {}
            if message.get("method") == "notifications/cancelled":
                self.cancelled.append(params.get("requestId"))
            elif message.get("method") == "tools/call" and params.get("name") == "work":
                self.at_work.append(message)
            elif message.get("method") == "tools/call" and params.get("name") == "trip":
                await self.say({"id": message["id"], "result": self._trip(params)})
            else:
                yield body

    def _trip(self, params: dict[str, Any]) -> dict[str, Any]:
        given = params.get("inputResponses") or {}
        if self.endless:
            return _wants({})
        if not given:
            return _wants({"who": WHO, "where": SAY})
        if "who" in given:
            return _wants({"again": WHO})
        return _complete("Have a good trip.")


def _wants(asked: dict[str, Any]) -> dict[str, Any]:
    more = {"inputRequests": asked} if asked else {}
    return {"resultType": "input_required", "requestState": _STATE, **more}


def _complete(text: str) -> dict[str, Any]:
    return {"resultType": "complete", "content": [{"type": "text", "text": text}]}


def attended(server: GoingServer, journal: Journal, **options: Any) -> ConnectionKeeper:
    """A connection to it whose questions a person answers."""
    return ConnectionKeeper(server, journal, Options(probe_timeout=60, **options).attended())
