"""Real sessions, served to real clients: everything is answered as it was recorded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import mcp_types as types
import pytest
from fastmcp import Client as FastClient
from mcp import Client, MCPError

from inspector.httpd.request import Request
from inspector.httpd.server import serve
from inspector.journal.journal import Journal
from inspector.serving.eras import Spoken
from inspector.serving.http import PATH, Front
from inspector.serving.said import Heard, Ways
from inspector.serving.script import Script
from inspector.transport.target import HttpTarget
from inspector.wire.versions import V4, V5
from tests.serving.conftest import Asked, recorded, serving, talk, tool
from tests.serving.within import within
from tests.transport.http_talk import served

MANY = (
    tool("echo", text="hé"),
    tool("add", a=1, b=2),
    tool("add", a=1, b=3),
    tool("fail"),
    tool("image"),
    tool("slow", n=3, wait=0),
    tool("weather", city="Oslo"),
    ("resources/read", {"uri": "test://text"}),
    ("resources/read", {"uri": "test://greeting/Æsa"}),
    ("prompts/get", {"name": "review", "arguments": {"code": "1"}}),
    ("no/such", {}),
)
BACK = tuple(map(tool, ("greet", "twice", "think", "where", "both")))
URLS = (tool("visit"), tool("consent"))
"""What asks by URL: the first in the legacy eras, the other in the modern one."""


def completion(value: str, name: str = "country", **context: Any) -> Asked:
    """A completion for the prompt `visit`."""
    params = {"ref": {"type": "ref/prompt", "name": "visit"}, "argument": {"name": name, "value": value}}
    return "completion/complete", {**params, **({"context": {"arguments": context}} if context else {})}


COMPLETIONS = (
    completion("", "continent"),
    completion("N"),
    completion("N", continent="Oceania"),
    completion("Ne", continent="Europe"),
    ("prompts/get", {"name": "visit", "arguments": {"continent": "Oceania", "country": "Niue"}}),
    ("resources/read", {"uri": "test://country/Niue"}),
)
SESSIONS = [
    (script, asked, version)
    for script, asked, versions in (
        ("mcp2_server.py", MANY, (V5, V4)),
        ("fastmcp_server.py", MANY, (V5, V4)),
        ("asks_back.py", BACK + URLS, (V5, V4)),
        ("completes.py", COMPLETIONS, (V5,)),
    )
    for version in versions
]


@asynccontextmanager
async def hosted(file: Path, ways: Ways | None = None) -> AsyncIterator[tuple[str, Heard]]:
    """The recording as a server over HTTP in this process: its URL, and what it heard."""
    journal, heard = Journal.open(file), Heard()
    fronts: list[Front] = []

    async def handle(request: Request) -> None:
        await fronts[0].handle(request)

    async with serve(handle) as server, anyio.create_task_group() as tasks:
        fronts.append(Front(Script(journal), Spoken(journal), ways or Ways(), heard, tasks))
        yield server.url + PATH, heard
        tasks.cancel_scope.cancel()
    journal.close()


async def elicited(context: Any, params: Any) -> types.ElicitResult:
    return types.ElicitResult(action="accept", content={"name": "Ada", "word": "so"})


async def sampled(context: Any, params: Any) -> types.CreateMessageResult:
    text = types.TextContent(type="text", text="Yes.")
    return types.CreateMessageResult(role="assistant", content=text, model="m")


async def roots(context: Any) -> types.ListRootsResult:
    return types.ListRootsResult(roots=[types.Root(uri="file:///a")])


async def by_mcp(url: str, mode: str, asked: tuple[Asked, ...]) -> list[Any]:
    """The same through the client of the `mcp` SDK."""
    progress: list[Any] = []

    async def told(done: float, total: float | None, message: str | None) -> None:
        progress.append(done)

    found: list[Any] = []
    client = Client(
        url, mode=mode, elicitation_callback=elicited, sampling_callback=sampled, list_roots_callback=roots
    )
    async with client:
        found.append([each.name for each in (await client.list_tools()).tools])
        for method, params in asked:
            if method == "tools/call":
                name, arguments = params["name"], params["arguments"]
                try:
                    result = await client.call_tool(name, arguments, progress_callback=told)
                    found.append(result.model_dump(by_alias=True, exclude_none=True)["content"])
                except MCPError as error:
                    found.append((error.code, error.message))
            elif method == "resources/read":
                found.append((await client.read_resource(params["uri"])).contents[0].model_dump()["text"])
            elif method == "prompts/get":
                prompt = await client.get_prompt(params["name"], params["arguments"])
                found.append(prompt.model_dump(by_alias=True, exclude_none=True)["messages"])
        found.append(progress)
    return found


async def by_fastmcp(url: str, asked: tuple[Asked, ...]) -> list[Any]:
    """The same through the client of `fastmcp`."""
    found: list[Any] = []
    async with FastClient(url) as client:
        found.append([each.name for each in await client.list_tools()])
        for method, params in asked:
            if method == "tools/call":
                result = await client.call_tool_mcp(params["name"], params["arguments"])
                found.append(result.model_dump(by_alias=True, exclude_none=True)["content"])
            elif method == "resources/read":
                found.append((await client.read_resource(params["uri"]))[0].model_dump()["text"])
    return found


def same(ours: list[Any]) -> list[Any]:
    """What `by_mcp` finds, out of what our session found."""
    found: list[Any] = [[each["name"] for each in ours[0]["tools"]]]
    for method, result, _ in ours[1:]:
        if "code" in result:
            found += [(result["code"], result["message"])] * (method == "tools/call")
        elif method == "tools/call":
            found.append(result["content"])
        elif method == "resources/read":
            found.append(result["contents"][0]["text"])
        elif method == "prompts/get":
            found.append(result["messages"])
    return [*found, [float(each + 1) for _, _, count in ours[1:] for each in range(count)]]


@pytest.mark.parametrize(("script", "asked", "protocol"), SESSIONS)
async def test_every_request_is_answered_as_recorded(
    script: str, asked: tuple[Asked, ...], protocol: str, tmp_path: Path
) -> None:
    file = tmp_path / "session.jsonl"
    async with within(script) as target:
        ours = await recorded(file, target, asked, protocol)
    assert len(ours) == len(asked) + 1
    assert await talk(serving(file), Journal.create(), asked) == ours
    async with hosted(file) as (url, heard):
        assert await talk(HttpTarget(url), Journal.create(), asked, "auto") == ours
        modes = ["auto", "legacy", V5]
        for mode in modes[: 1 if script.startswith("fastmcp") else None]:  # the front is the same for both
            assert await by_mcp(url, mode, asked) == same(ours), mode
        if asked is MANY:
            assert await by_fastmcp(url, asked) == [
                each
                for each in same(ours)[:-1]
                if not (isinstance(each, list) and each and "role" in each[0])
            ]
    assert not heard.misses


async def test_a_client_of_the_other_era(tmp_path: Path) -> None:
    file = tmp_path / "modern.jsonl"
    async with within("asks_back.py") as target:
        ours = await recorded(file, target, BACK, V5)
    assert await talk(serving(file), Journal.create(), BACK, V4) == ours
    file = tmp_path / "legacy.jsonl"
    async with within("asks_back.py") as target:
        ours = await recorded(file, target, BACK, V4)
    async with hosted(file, Ways(speak=V5)) as (url, heard):
        found = await talk(HttpTarget(url), Journal.create(), BACK, V5)
    assert found[0] == ours[0]
    for (_, result, _), (_, other, _) in zip(found[1:], ours[1:], strict=True):
        assert result == {"resultType": "complete", **other}
    assert not heard.misses


async def test_a_session_over_http_is_served_on_stdio_and_over_http(tmp_path: Path) -> None:
    with served("mcp2_server.py", "json") as url:
        for protocol in (V4, V5):
            file = tmp_path / f"{protocol}.jsonl"
            ours = await recorded(file, HttpTarget(url), MANY, protocol)
            assert await talk(serving(file), Journal.create(), MANY) == ours
            async with hosted(file) as (here, heard):
                assert await talk(HttpTarget(here), Journal.create(), MANY) == ours
            assert not heard.misses
