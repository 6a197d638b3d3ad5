"""Tasks, and subscriptions with what they tell: recorded with servers of the SDK, and served again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import pytest

from inspector.journal.journal import Journal
from inspector.session.answers import Answers, Policies, Script
from inspector.session.outcome import Replied
from inspector.session.owner import Options, Session, open_session
from inspector.session.subscriptions import Subscriptions
from inspector.session.task_ending import unwrapped
from inspector.session.tasks import Tasks
from inspector.transport.base import Transport
from inspector.transport.target import HttpTarget, Target
from inspector.wire.interest import Interest
from inspector.wire.methods import TASKS_EXTENSION
from inspector.wire.versions import V4, V5
from tests.serving.conftest import serving
from tests.serving.test_clients import hosted
from tests.serving.within import within
from tests.session.test_subscriptions import CHANGED, TEXT, UPDATED, Ears, tool

TOLD = {"elicitation": {"name": "Ada"}, "sampling": "Yes"}


async def to_their_ends(target: Target | Transport, journal: Journal) -> list[Any]:
    """Tasks that are done, ask, fail, are refused and are cancelled; how each of them ended."""
    answers = Answers(TOLD)
    options = Options(
        serves=answers.serves | {TASKS_EXTENSION},
        policies=Policies.every(Script(answers)),
    )
    found: list[Any] = []
    async with open_session(target, journal, options) as session:
        tasks = Tasks(session)
        await session.list("tools")  # over HTTP it is asked for to know the headers of calls
        for name in ("slow", "slow", "ask", "fail", "refuse", "only"):
            outcome, task = await tasks.start({"name": name, "arguments": {}})
            assert isinstance(outcome, Replied)
            assert task is not None, outcome
            if name == "only":
                await tasks.cancel(task.id)
            with anyio.fail_after(20):
                ended = unwrapped(await tasks.follow(task))
            found.append((name, ended.result if isinstance(ended, Replied) and ended.ok else type(ended)))
    return found


async def test_each_task_ends_as_it_did(tmp_path: Path) -> None:
    file = tmp_path / "session.jsonl"
    journal = Journal.create(file)
    async with within("mcp2_tasks.py") as target:
        ours = await to_their_ends(target, journal)
    journal.close()
    assert len({str(each) for each in ours}) > 3
    assert await to_their_ends(serving(file), Journal.create()) == ours
    async with hosted(file) as (url, heard):
        assert await to_their_ends(HttpTarget(url), Journal.create()) == ours
    assert not heard.misses


async def told(target: Target | Transport, protocol: str, journal: Journal) -> list[str]:
    """What is heard of a server that changes."""
    async with open_session(target, journal, Options(protocol=protocol)) as session:
        ears, subscriptions = Ears(session), Subscriptions(session)
        await subscriptions.want(Interest(tools=True, uris=(TEXT,)))
        assert subscriptions.honoured == Interest(tools=True, uris=(TEXT,))
        await _changed(session, ears)
        await subscriptions.close()
        return ears.heard


async def _changed(session: Session, ears: Ears) -> None:
    await tool(session, "touch", uri=TEXT)
    await ears.until(UPDATED)
    await tool(session, "grow", name="later")
    await ears.until(CHANGED)
    names = [each["name"] for each in (await session.list("tools")).entries]
    assert "later" in names


@pytest.mark.parametrize("protocol", [V4, V5])
async def test_subscriptions_are_told_of_the_same(tmp_path: Path, protocol: str) -> None:
    file = tmp_path / "session.jsonl"
    journal = Journal.create(file)
    async with within("changing.py") as target:
        ours = await told(target, protocol, journal)
    journal.close()
    assert await told(serving(file), protocol, Journal.create()) == ours
    async with hosted(file) as (url, heard):
        assert sorted(await told(HttpTarget(url), protocol, Journal.create())) == sorted(ours)
    assert not heard.misses
