"""Calls of the workbench that become tasks: their result comes in place, like that of any other call."""

from __future__ import annotations

import sys
from typing import Any

from textual.widgets import Input, Static

from inspector.app.keeper import ConnectionKeeper
from inspector.app.panes.inbox import Inbox
from inspector.app.panes.tasks import Tasks
from inspector.app.panes.workbench import Workbench
from inspector.app.widgets.text_view import TextView
from inspector.journal.journal import Journal
from inspector.session.answers import Policies
from inspector.session.options import Options
from inspector.session.peer import Answer
from inspector.transport.target import StdioTarget
from inspector.wire.methods import TASKS_EXTENSION
from tests.app.stage import Stage, staged
from tests.app.tasked import ModernTaskServer, TaskServer
from tests.app.test_tasks import LONG, tasks_of
from tests.conftest import SERVERS

SIZE = (120, 40)


async def ready(stage: Stage, tool: str) -> Workbench:
    """The workbench with a tool of a server that has only tools."""
    await stage.until(lambda: stage.app.journal.catalogue.complete["tools"])
    await stage.settled()
    await stage.open(tool)
    return stage.screen.workbench


def line(bench: Workbench) -> str:
    return str(bench.query_one("#wb-status", Static).render())


def how(bench: Workbench) -> str:
    return str(bench.query_one("#wb-task", Static).render())


def shown(bench: Workbench) -> str:
    return bench.result.query_one("#result-text", TextView).text


def calls(stage: Stage) -> list[dict[str, Any]]:
    """The parameters of the tool calls that were made."""
    journal = stage.app.journal
    frames = [journal.event(n).frame for n in range(len(journal)) if journal.method(n) == "tools/call"]
    return [dict(frame.params) for frame in frames if frame is not None and frame.method]


async def test_what_must_be_a_task_is_one_and_ends_like_a_call() -> None:
    async with staged(SIZE, TaskServer()) as stage:
        bench = await ready(stage, "research")
        assert how(bench) == ""  # nothing is left open
        await stage.press("f5")
        await stage.until(lambda: line(bench).startswith("✓ ok"))
        await stage.until(lambda: "The research of nobody is ready." in shown(bench))
        [params] = calls(stage)
        assert params["task"] == {}


async def test_while_it_runs_the_line_says_how_it_stands() -> None:
    async with staged(SIZE, TaskServer(interval=LONG)) as stage:
        bench = await ready(stage, "research")
        await stage.press("f5")
        await stage.until(
            lambda: "task task-1 working · Gathering sources · polled every 1:00" in line(bench)
        )
        await stage.press("plus")  # a task has no time-out of ours to put off
        assert bench.running
        await stage.press("ctrl+g")
        await stage.until(lambda: line(bench).startswith("✗ cancelled"))


async def test_what_may_be_a_task_is_one_at_the_flick_of_a_switch() -> None:
    async with staged(SIZE, TaskServer()) as stage:
        bench = await ready(stage, "report")
        assert how(bench) == "plainly (f4: as a task)"
        await stage.press("f5")
        await stage.until(lambda: "The report is ready." in shown(bench))
        await stage.press("f4")
        await stage.until(lambda: how(bench) == "as a task (f4: plainly)")
        await stage.press("f5")
        await stage.until(lambda: "The report of nobody is ready." in shown(bench))
        assert ["task" in params for params in calls(stage)] == [False, True]
        await stage.open("plain")
        await stage.until(lambda: how(bench) == "")
        await stage.press("f4")
        assert how(bench) == ""


async def test_errors_and_expiry() -> None:
    async with staged(SIZE, TaskServer()) as stage:
        bench = await ready(stage, "refuse")
        await stage.press("f5")
        await stage.until(lambda: line(bench).startswith("✗ error -32603"))
        await stage.open("fail")
        await stage.press("f5")
        await stage.until(lambda: line(bench).startswith("✗ tool error"))
        await stage.open("mute")
        await stage.press("f5")
        await stage.until(lambda: line(bench).startswith("✗ task failed: It failed"))
        await stage.open("short")
        await stage.press("f5")
        await stage.until(lambda: line(bench).startswith("✗ expired"))


async def test_stopping_the_polling_tells_the_workbench() -> None:
    async with staged(SIZE, TaskServer(interval=LONG)) as stage:
        bench = await ready(stage, "research")
        await stage.press("f5")
        await stage.until(lambda: bench.run is not None and bench.run.task is not None)
        await stage.press("escape", "t")
        await stage.settled()
        assert stage.screen.query_one(Tasks).current is not None
        await stage.press("p")
        await stage.until(lambda: not bench.running)
        assert line(bench).startswith("✗ not followed")


async def test_a_task_of_the_extension_asks_and_is_done() -> None:
    server = ModernTaskServer()
    async with staged(SIZE, server) as stage:
        bench = await ready(stage, "slow")
        assert how(bench) == ""
        session = tasks_of(stage)._session
        session.inbox.policies = Policies.every("ask")
        await stage.press("f5")
        await stage.until(lambda: len(session.inbox.waiting) == 2)
        assert bench.call is not None
        assert {entry.call for entry in session.inbox.waiting} == {bench.call}
        await stage.until(lambda: "task 7f3a-1 input required · " in line(bench))
        assert "waits for your answer (i)" in line(bench)
        for entry in session.inbox.waiting:
            session.inbox.answer(entry, Answer({"action": "accept", "content": {"n": "x"}}))
        await stage.until(lambda: line(bench).startswith("✓ ok"))
        await stage.until(lambda: "All is ready." in shown(bench))
        [params] = calls(stage)
        declared = params["_meta"]["io.modelcontextprotocol/clientCapabilities"]
        assert TASKS_EXTENSION in declared["extensions"]


async def test_a_task_of_the_extension_that_nobody_answers() -> None:
    async with staged(SIZE, ModernTaskServer()) as stage:
        bench = await ready(stage, "slow")
        tasks_of(stage)._session.inbox.policies = Policies.every("ignore")
        await stage.press("f5")
        await stage.until(lambda: line(bench).startswith("✗ waits for input"))


async def test_a_server_of_the_sdk_end_to_end() -> None:
    """Each tool of a server with the extension, written with `mcp` 2.x: asked by form, answered, read."""
    target = StdioTarget((sys.executable, str(SERVERS / "mcp2_tasks.py"), "stdio"))
    serves = frozenset({"elicitation.form"})
    options = Options(probe_timeout=60, serves=serves, policies=Policies.every("ask"))
    keeper = ConnectionKeeper(target, Journal.create(target=target.describe()), options)
    async with staged(SIZE, keeper=keeper) as stage:
        bench = await ready(stage, "slow")
        ends = {
            "slow": "✓ ok",
            "only": "✓ ok",
            "refuse": "✗ error -32603",
            "fail": "✗ tool error",
            "short": "✗ expired",
        }
        for tool, says in ends.items():
            await stage.open(tool)
            await stage.press("f5")
            await stage.until(lambda: line(bench).startswith(says))  # noqa: B023 - asked in this turn
        await stage.open("ask")
        await stage.press("f5")
        session = keeper.session
        assert session is not None
        await stage.until(lambda: len(session.inbox.waiting) == 2)
        await stage.screen.action_page("inbox")
        pane = stage.screen.query_one(Inbox).pane
        for name in ("Ada", "Grace"):
            entry = session.inbox.waiting[0]
            await stage.until(lambda: pane.asking is not None and pane.asking.entry is entry)  # noqa: B023
            await stage.press("enter")
            await stage.until(lambda: isinstance(stage.app.focused, Input))
            await stage.type(name)
            await stage.press("f5")
            await stage.until(lambda: not entry.waiting)  # noqa: B023
        await stage.until(lambda: "The ask of Ada and Grace is ready." in shown(bench))
