"""All of the reference server through the app, by its keys: what a person can do, done and looked at."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.events import Paste

from inspector.app.keeper import ConnectionKeeper
from inspector.app.panes.result import Result
from inspector.app.widgets.json_editor import JsonEditor
from inspector.journal.journal import Journal
from inspector.session.options import Options
from inspector.session.outcome import Replied
from inspector.transport.target import HttpTarget, StdioTarget
from tests.app.stage import Stage, staged
from tests.interop.talk import arguments
from tests.interop.test_everything import BY_HAND, PROMPT_ARGUMENTS

pytestmark = pytest.mark.timeout(600)

Target = StdioTarget | HttpTarget


@asynccontextmanager
async def app_on(target: Target, options: Options | None = None) -> AsyncIterator[Stage]:
    made = options or Options(relist=True)
    keeper = ConnectionKeeper(target, Journal.create(target=target.describe()), made)
    async with staged((120, 40), keeper=keeper) as stage:
        await stage.until(lambda: keeper.state == "connected")
        await stage.connected()
        yield stage


async def fill(stage: Stage, value: Mapping[str, Any]) -> None:
    """Put `value` in as JSON, as somebody who pastes it."""
    await stage.press("ctrl+t")
    editor = stage.screen.query_one(JsonEditor)
    await stage.until(lambda: editor.has_focus)
    editor.select_all()
    stage.app.post_message(Paste(json.dumps(value)))
    await stage.until(lambda: editor.value[0] == value)


async def run(stage: Stage, name: str, value: Mapping[str, Any]) -> Replied:
    """Open a capability, run it, and wait for what it says."""
    before = stage.screen.workbench.call
    await stage.open(name)
    if value:
        await fill(stage, value)
    await stage.press("f5")
    bench = stage.screen.workbench
    await stage.until(lambda: bench.call is not before)
    await stage.called()
    assert bench.call is not None
    outcome = bench.call.outcome
    assert isinstance(outcome, Replied), (name, outcome)
    assert outcome.ok, (name, outcome.error)
    assert stage.screen.query_one(Result).selected is not None, name
    return outcome


async def test_every_tool(target: Target) -> None:
    async with app_on(target) as stage:
        for tool in stage.app.journal.catalogue.tools:
            if tool.get("execution", {}).get("taskSupport") == "required":
                continue
            name = tool["name"]
            made = arguments(tool["inputSchema"], BY_HAND.get(name, {}))
            outcome = await run(stage, name, made)
            assert not outcome.result.get("isError"), (name, outcome.result)
            await stage.press("escape", "escape")


async def test_every_prompt(target: Target) -> None:
    async with app_on(target) as stage:
        for prompt in stage.app.journal.catalogue.prompts:
            wanted = [one["name"] for one in prompt.get("arguments", []) if one.get("required")]
            made = {name: PROMPT_ARGUMENTS.get(name, "some text") for name in wanted}
            outcome = await run(stage, prompt["name"], made)
            assert outcome.result["messages"]
            await stage.press("escape", "escape")


async def test_every_resource_and_template(target: Target) -> None:
    async with app_on(target) as stage:
        catalogue = stage.app.journal.catalogue
        for entry in (*catalogue.resources, *catalogue.templates):
            made = {"resourceId": "1"} if "uriTemplate" in entry else {}
            outcome = await run(stage, entry["name"], made)
            (contents,) = outcome.result["contents"]
            assert contents.get("text") or contents.get("blob")
            await stage.press("escape", "escape")
