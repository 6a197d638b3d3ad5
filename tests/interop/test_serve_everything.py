"""The reference server, recorded, and served to the clients that there are: all as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import pytest

from inspector.journal.journal import Journal
from inspector.serving.said import Ways
from inspector.session.options import Options
from inspector.session.outcome import Replied
from inspector.session.owner import open_session
from inspector.session.task_ending import unwrapped
from inspector.session.tasks import Tasks
from inspector.transport.target import HttpTarget, StdioTarget
from inspector.wire.versions import V4, V5
from tests.interop.talk import arguments
from tests.interop.test_everything import BY_HAND, PROMPT_ARGUMENTS
from tests.interop.test_tasks import PARAMS, answering
from tests.serving.conftest import Asked, recorded, serving, talk
from tests.serving.test_clients import by_fastmcp, by_mcp, hosted, same

pytestmark = pytest.mark.timeout(300)
REFUSED = ("trigger-url-elicitation", {"url": "https://example.com/", "errorPath": True})
"""Before it is called, a page is to be visited: the error -32042 says which."""


async def everything_of(target: StdioTarget | HttpTarget) -> list[Asked]:
    """A request for each thing that the server lists."""
    (listed,) = await talk(target, Journal.create(), ())
    asked: list[Asked] = [("completion/complete", _completion()), ("logging/setLevel", {"level": "debug"})]
    for tool in listed["tools"]:
        filled = arguments(tool["inputSchema"], BY_HAND.get(tool["name"], {}))
        asked.append(("tools/call", {"name": tool["name"], "arguments": filled}))
    assert {"simulate-research-query", REFUSED[0]} <= {tool["name"] for tool in listed["tools"]}
    asked.append(("tools/call", {"name": REFUSED[0], "arguments": REFUSED[1]}))
    for resource in listed["resources"]:
        asked.append(("resources/read", {"uri": resource["uri"]}))
        asked.append(("resources/subscribe", {"uri": resource["uri"]}))
    for prompt in listed["prompts"]:
        wanted = {each["name"]: PROMPT_ARGUMENTS[each["name"]] for each in prompt.get("arguments", ())
                  if each["name"] in PROMPT_ARGUMENTS}  # fmt: skip
        asked.append(("prompts/get", {"name": prompt["name"], "arguments": wanted}))
    return asked


def _completion() -> dict[str, Any]:
    ref = {"type": "ref/prompt", "name": "completable-prompt"}
    return {"ref": ref, "argument": {"name": "department", "value": "S"}}


async def test_every_request_is_answered_as_recorded(
    target: StdioTarget | HttpTarget, tmp_path: Path
) -> None:
    file = tmp_path / "session.jsonl"
    asked = await everything_of(target)
    assert len(asked) > 30
    ours = await recorded(file, target, asked)
    assert len(ours) == len(asked) + 1
    assert await talk(serving(file), Journal.create(), asked) == ours
    async with hosted(file) as (url, heard):
        for protocol in ("auto", V4):
            assert await talk(HttpTarget(url), Journal.create(), asked, protocol) == ours
        again = tuple(
            each for each, (_, result, _) in zip(asked, ours[1:], strict=True) if _plain(each, result)
        )
        kept = [ours[0], *(each for each, one in zip(ours[1:], asked, strict=True) if one in again)]
        assert await by_mcp(url, "legacy", again) == same(kept)
        assert await by_mcp(url, V5, again) == same(kept)
        fewer = [kept[0], *(each for each in kept[1:] if each[0] != "prompts/get")]
        assert await by_fastmcp(url, again) == same(fewer)[:-1]
    assert not heard.misses
    async with hosted(file, Ways(speak=V5)) as (url, heard):
        found = await talk(HttpTarget(url), Journal.create(), asked, V5)
        assert [each[0] for each in found[1:]] == [each[0] for each in ours[1:]]


def _plain(asked: Asked, result: Any) -> bool:
    """What the SDK's client hands on as it is: no errors, and text of resources."""
    if asked[0] == "resources/read":
        return "text" in result["contents"][0]
    return asked[0] in ("tools/call", "prompts/get") and "code" not in result


async def researched(target: StdioTarget | HttpTarget, journal: Journal) -> list[Any]:
    """A task that asks back in the middle, and one that is cancelled: their states, answers and ends."""
    found: list[Any] = []
    async with open_session(target, journal, Options(timeout=30, **answering())) as session:
        tasks = Tasks(session)
        for cancels in (False, True):
            outcome, task = await tasks.start(PARAMS, ttl=120)
            assert isinstance(outcome, Replied)
            assert task is not None, outcome
            if cancels:
                cancelled = await tasks.cancel(task.id)
                found.append(isinstance(cancelled, Replied) and cancelled.result["status"])
            with anyio.fail_after(60):
                ended = unwrapped(await tasks.follow(task))
            found.append(ended.result if isinstance(ended, Replied) else type(ended).__name__)
        nowhere = await tasks.get("nowhere")
        found.append(isinstance(nowhere, Replied) and nowhere.error)
        found += [entry.frame.params["message"] for entry in session.inbox.entries]
    return found


async def test_a_task_is_done_as_it_was(target: StdioTarget | HttpTarget, tmp_path: Path) -> None:
    """It asks in the middle, and is told of by `tasks/get` again and again: all of that in its order."""
    file = tmp_path / "session.jsonl"
    journal = Journal.create(file)
    ours = await researched(target, journal)
    journal.close()
    assert "python (snake)" in ours[0]["content"][0]["text"]
    assert ours[1:3] == ["cancelled", "Cancelled"]
    assert await researched(serving(file), Journal.create()) == ours
    async with hosted(file) as (url, heard):
        assert await researched(HttpTarget(url), Journal.create()) == ours
    assert not heard.misses
    assert not heard.notes
