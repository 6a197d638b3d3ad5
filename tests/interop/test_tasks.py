"""Tasks of published servers, to their results: by the session, by one line of shell, and through the app."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anyio
import pytest

from inspector.app.panes.inbox import Inbox
from inspector.app.panes.tasks import Tasks as TasksPage
from inspector.app.widgets.text_view import TextView
from inspector.journal.journal import Journal
from inspector.journal.tasks import TaskStates
from inspector.session.answers import Answers, Policies, Script
from inspector.session.options import Options
from inspector.session.outcome import Cancelled, Replied
from inspector.session.owner import open_session
from inspector.session.task_ending import unwrapped
from inspector.session.tasks import Tasks
from inspector.transport.target import HttpTarget, StdioTarget
from tests.conftest import SERVERS
from tests.interop.talk import said, talking
from tests.interop.test_app_everything import app_on, fill
from tests.interop.test_command import Command, command  # noqa: F401 - a fixture
from tests.interop.test_mcp1 import python  # noqa: F401 - a fixture

pytestmark = pytest.mark.timeout(300)

Target = StdioTarget | HttpTarget
TOOL = "simulate-research-query"
PARAMS: dict[str, Any] = {"name": TOOL, "arguments": {"topic": "python", "ambiguous": True}}
ANSWERS = {"elicitation": {"interpretation": "snake", "name": "Ada"}, "sampling": "Yes"}


def answering() -> dict[str, Any]:
    """Options of a client that answers by itself."""
    answers = Answers(ANSWERS)
    return {"serves": answers.serves, "policies": Policies.every(Script(answers))}


async def test_a_task_of_the_reference_server_asks_and_is_done(target: Target) -> None:
    async with talking(target, **answering()) as session:
        tasks = Tasks(session)
        tools = {tool["name"]: tool for tool in (await session.list("tools")).entries}
        assert tasks.supported
        assert tasks.support(tools[TOOL]) == "required"
        outcome, task = await tasks.start(PARAMS, ttl=120)
        assert isinstance(outcome, Replied)
        assert task is not None, outcome.error
        assert task.interval == 1.0
        with anyio.fail_after(60):
            ended = unwrapped(await tasks.follow(task))
        assert isinstance(ended, Replied)
        assert "python (snake)" in said(ended.result)
        [entry] = session.inbox.entries
        assert entry.task == task.id
        assert entry.call is not None
        assert entry.call.method == "tools/call"
        states = TaskStates(session.journal)
        states.advance(5.0)
        seen = states.of(task.id)
        assert seen is not None
        kinds = [(step.kind, step.status) for step in seen.steps]
        assert ("asked", "input_required") in kinds
        assert ("answered", "input_required") in kinds
        assert kinds[-1] == ("state", "completed")
        assert not seen.revived
        assert task.id in {each["taskId"] for each in (await tasks.list()).entries}


async def test_a_task_of_the_reference_server_is_cancelled(target: Target) -> None:
    async with talking(target) as session:
        tasks = Tasks(session)
        _, task = await tasks.start(PARAMS)
        assert task is not None
        assert isinstance(await tasks.cancel(task.id), Replied)
        assert isinstance(unwrapped(await tasks.follow(task)), Cancelled)
        again = await tasks.cancel(task.id)
        assert isinstance(again, Replied)
        assert again.error["code"] == -32602
        gone = await tasks.get("nowhere")
        assert isinstance(gone, Replied)
        assert not gone.ok


def test_by_one_line(command: Command, tmp_path: Path) -> None:  # noqa: F811 - the fixture
    file = tmp_path / "answers.json"
    file.write_text(json.dumps(ANSWERS), "utf-8")
    words = ["topic=python", "ambiguous:=true", "--answers", str(file)]
    assert "# Research Report: python (snake)" in command("call", TOOL, *words)


async def test_through_the_app(target: Target) -> None:
    """A person calls it, is asked, answers in the inbox, and reads the report where the call was made."""
    options = Options(serves=frozenset({"elicitation.form"}), policies=Policies.every("ask"))
    async with app_on(target, options) as stage:
        bench = stage.screen.workbench
        await stage.open(TOOL)
        await fill(stage, PARAMS["arguments"])
        await stage.press("f5")
        session = stage.app.keeper.session if stage.app.keeper is not None else None
        assert session is not None
        await stage.until(lambda: session.inbox.waiting)
        await stage.press("escape", "escape", "i")
        inbox = stage.screen.query_one(Inbox)
        await stage.until(lambda: inbox.questions.current is not None)
        assert inbox.questions.current is not None
        assert inbox.questions.current.cause == f"task of tools/call {TOOL}"
        await stage.until(lambda: inbox.pane.asking is not None)
        await stage.press("f2")
        await stage.until(lambda: not session.inbox.waiting)
        await stage.press("t")
        shown = stage.screen.query_one(TasksPage)
        await stage.until(lambda: "completed" in shown.listed.entries[0].plain)
        await stage.until(lambda: bench.run is not None and bench.run.outcome is not None)
        text = bench.result.query_one("#result-text", TextView).text
        assert "User declined - using default interpretation" in text


async def test_tasks_of_mcp_1(python: str) -> None:  # noqa: F811 - the fixture
    target = StdioTarget((python, "-W", "ignore", str(SERVERS / "mcp1_tasks.py")))
    journal = Journal.create(None, target=target.describe())
    async with open_session(target, journal, Options(protocol="2025-11-25", **answering())) as session:
        tasks = Tasks(session)
        came: list[Replied] = []
        for arguments in ({}, {"fails": True}):
            _, task = await tasks.start({"name": "job", "arguments": arguments})
            assert task is not None
            following = tasks.begin(task)
            with anyio.fail_after(60):
                outcome = unwrapped(await tasks.follow(task))
            assert isinstance(outcome, Replied)
            came.append(outcome)
        assert said(came[0].result) == "accept Ada: Yes"
        # It hands out an empty result for a task that failed: its state alone says so.
        assert following.task.status == "failed"
        assert "content" not in came[1].result
        assert [entry.kind for entry in session.inbox.entries] == ["elicitation-form", "sampling"]
        assert len((await tasks.list()).entries) == 2
    journal.close()
