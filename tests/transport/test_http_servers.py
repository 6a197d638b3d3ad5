"""The HTTP transport against servers as people write them, in both eras."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from inspector.transport.base import Outgoing
from inspector.wire.event import Event, Kind, Shape
from inspector.wire.jsonrpc import notification, request
from tests.transport.http_talk import Talk, served, talking

LEGACY, MODERN = "2025-11-25", "2026-07-28"
CLIENT = {"name": "tests", "version": "1"}
META = "io.modelcontextprotocol"
SCRIPTS = ("mcp2_server.py", "fastmcp_server.py")


@pytest.fixture(scope="module", params=SCRIPTS)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    with served(request.param) as found:
        yield found


class Caller:
    """Just enough of a session to drive the transport."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.notes: list[Event] = []
        self._id = 0

    async def call(self, method: str, params: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
        self._id += 1
        sent = await self.talk.link.send(Outgoing(request(self._id, method, params), headers))
        result: dict[str, Any] = {}
        while True:
            event = await self.talk.hear()
            if event.what == "end" and event.exchange == sent.exchange:
                return result
            if event.frame is None:
                continue
            if event.frame.shape is Shape.NOTIFICATION:
                self.notes.append(event)
            elif event.frame.id == str(self._id):
                assert event.frame.shape is Shape.RESPONSE, event.body
                result = event.frame.result


class Legacy(Caller):
    headers = {"mcp-protocol-version": LEGACY}

    async def shake_hands(self) -> None:
        self.talk.link.legacy = True
        params = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": CLIENT}
        assert (await self.call("initialize", params, {}))["protocolVersion"] == LEGACY
        body = notification("notifications/initialized")
        await self.talk.link.send(Outgoing(body, self.headers, answered=False))
        self.talk.link.listen(self.headers)

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        return await self.call(method, params, self.headers)


class Modern(Caller):
    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        meta = {
            f"{META}/protocolVersion": MODERN,
            f"{META}/clientCapabilities": {},
            **params.pop("_meta", {}),
        }
        headers = {"mcp-protocol-version": MODERN, "mcp-method": method}
        if "name" in params:
            headers["mcp-name"] = params["name"]
        return await self.call(method, {**params, "_meta": meta}, headers)


def names(result: dict[str, Any]) -> set[str]:
    return {tool["name"] for tool in result["tools"]}


async def test_a_legacy_session(url: str) -> None:
    async with talking(url) as talk:
        server = Legacy(talk)
        await server.shake_hands()
        assert talk.link.session_id
        assert names(await server.ask("tools/list")) >= {"echo", "add", "slow"}
        slow = {"name": "slow", "arguments": {"n": 3, "wait": 0}, "_meta": {"progressToken": "p"}}
        assert (await server.ask("tools/call", **slow))["content"][0]["text"] == "took 3 steps"
        assert len(server.notes) == 3
        ends: list[Any] = []
        talk.journal.add_listener(lambda event: ends.append(event.data) if event.what == "end" else None)
    assert [end["status"] for end in ends] == [200, 200]  # the GET stream that was open, and DELETE
    assert [end["outcome"] for end in ends] == ["aborted", "complete"]


async def test_modern_requests(url: str) -> None:
    async with talking(url) as talk:
        server = Modern(talk)
        assert MODERN in (await server.ask("server/discover"))["supportedVersions"]
        assert names(await server.ask("tools/list")) >= {"echo", "add", "slow"}
        slow = {"name": "slow", "arguments": {"n": 3, "wait": 0}, "_meta": {"progressToken": "p"}}
        assert (await server.ask("tools/call", **slow))["content"][0]["text"] == "took 3 steps"
        assert len(server.notes) == 3
        assert {asked["method"] for asked in talk.http("request")} == {"POST"}
        assert not any("mcp-session-id" in str(asked["headers"]).lower() for asked in talk.http("request"))
        assert {end["outcome"] for end in talk.http("end")} == {"complete"}


async def test_a_server_that_answers_in_plain_json() -> None:
    with served("mcp2_server.py", "json") as url:
        async with talking(url) as talk:
            server = Legacy(talk)
            await server.shake_hands()
            assert names(await server.ask("tools/list")) >= {"echo"}
            types = [dict(told["headers"]).get("content-type") for told in talk.http("response")]
            assert types.count("application/json") >= 2


async def test_a_stream_that_the_server_closes_is_resumed() -> None:
    with served("mcp2_server.py", "events") as url:
        async with talking(url) as talk:
            server = Legacy(talk)
            await server.shake_hands()
            result = await server.ask("tools/call", name="hangup", arguments={})
            assert result["content"][0]["text"] == "answered after the hang-up"
            assert "resume" in [asked.get("why") for asked in talk.http("request")]
            assert any(event.data.get("retry") == 10 for event in talk.told_by(Kind.SSE, "event"))
