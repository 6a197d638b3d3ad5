"""The tasks page: what it shows of each task, and what its keys do."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Static

from inspector.app.panes.inbox import Inbox
from inspector.app.panes.tasks import Tasks
from inspector.app.screens.ask import Question
from inspector.journal.journal import Journal
from inspector.session.answers import Policies
from inspector.session.inbox import Entry
from inspector.session.peer import Answer
from inspector.session.tasks import Tasks as SessionTasks
from inspector.wire.task import Task
from tests.app.stage import Stage, staged
from tests.app.tasked import ModernTaskServer, TaskServer

SIZE = (120, 40)
LONG = 60000


async def page(stage: Stage) -> Tasks:
    """The page, in front."""
    await stage.until(lambda: stage.app.journal.catalogue.complete["tools"])
    await stage.settled()
    await stage.press("t")
    await stage.settled()
    return stage.screen.query_one(Tasks)


def tasks_of(stage: Stage) -> SessionTasks:
    keeper = stage.app.keeper
    assert keeper is not None
    assert keeper.tasks is not None
    return keeper.tasks


async def begun(stage: Stage, tool: str) -> Task:
    """A task of a tool."""
    _, task = await tasks_of(stage).start({"name": tool, "arguments": {}})
    assert task is not None
    await stage.settled()
    return task


def rows(shown: Tasks) -> list[str]:
    return [entry.plain for entry in shown.listed.entries]


def detail(shown: Tasks) -> str:
    return "\n".join(entry.whole for entry in shown.detail.entries)


def head(shown: Tasks) -> str:
    return str(shown.query_one("#tasks-head", Static).render())


async def test_nothing_yet() -> None:
    async with staged(SIZE, TaskServer()) as stage:
        shown = await page(stage)
        assert "No task so far." in head(shown)
        assert "takes calls as tasks, lists them and cancels them" in head(shown)
        await stage.press("u")
        await stage.press("t")
        assert stage.screen.desk.page == ""


async def test_a_task_asked_for_by_hand_until_it_is_over() -> None:
    async with staged(SIZE, TaskServer(interval=LONG)) as stage:
        shown = await page(stage)
        await begun(stage, "research")
        [row] = rows(shown)
        assert row.startswith("● research task-1  working  Gathering sources")
        assert "not polled" in row
        assert "expires in" in row
        for _ in range(3):
            await stage.press("u")
            await stage.settled()
        assert rows(shown)[0].startswith("✓ research task-1  completed")
        await stage.press("o")
        await stage.until(lambda: "The research of nobody is ready." in detail(shown))
        said = detail(shown)
        assert "→ called research" in said
        assert "● created, working · Gathering sources" in said
        assert "✓ completed" in said


async def test_a_result_is_read_once_however_often_the_task_is_told_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with staged(SIZE, TaskServer(interval=LONG)) as stage:
        shown = await page(stage)
        await begun(stage, "research")
        await stage.press("u", "u", "u", "o")
        await stage.until(lambda: "The research of nobody is ready." in detail(shown))
        await stage.settled()
        read, event = list[int](), stage.app.journal.event
        monkeypatch.setattr(stage.app.journal, "event", lambda seq: (read.append(seq), event(seq))[1])
        for _ in range(3):
            await stage.press("u")
            await stage.settled()
        current = shown.current
        assert current is not None
        assert current.result not in read
        assert "The research of nobody is ready." in detail(shown)


async def test_each_line_leads_to_its_row() -> None:
    async with staged(SIZE, TaskServer(interval=LONG)) as stage:
        shown = await page(stage)
        await begun(stage, "research")
        await stage.press("enter")
        assert shown.detail.has_focus
        shown.detail.go_to("request")
        await stage.press("enter")
        assert stage.screen.traffic.query_one("#messages").has_focus_within
        await stage.press("2", "l")
        await stage.settled()
        standing = shown.current
        assert standing is not None
        assert stage.app.journal.method(standing.request) == "tools/call"


async def test_polling_is_switched_on_and_off() -> None:
    async with staged(SIZE, TaskServer(interval=LONG)) as stage:
        shown = await page(stage)
        await begun(stage, "research")
        await stage.press("p")
        await stage.until(lambda: "polled every 1:00" in rows(shown)[0])
        await stage.press("p")
        await stage.until(lambda: "not polled" in rows(shown)[0])
    async with staged(SIZE, TaskServer()) as stage:
        shown = await page(stage)
        await begun(stage, "research")
        await stage.press("p")
        await stage.until(lambda: "completed" in rows(shown)[0])
        await stage.until(lambda: "The research of nobody is ready." in detail(shown))


async def test_cancelling_asks_first() -> None:
    async with staged(SIZE, TaskServer(interval=LONG)) as stage:
        shown = await page(stage)
        await begun(stage, "research")
        await stage.press("delete")
        assert isinstance(stage.app.screen, Question)
        await stage.press("y")
        await stage.until(lambda: rows(shown)[0].startswith("✗ research task-1  cancelled"))


async def test_the_list_of_the_server_and_a_task_it_has_forgotten() -> None:
    server = TaskServer(interval=LONG)
    async with staged(SIZE, server) as stage:
        shown = await page(stage)
        await begun(stage, "research")
        await begun(stage, "report")
        server.server.tasks.pop("task-1")
        await stage.press("f")
        await stage.settled()
        assert len(rows(shown)) == 2
        assert rows(shown)[0].startswith("● report task-2")  # the newest stands first
        shown.listed.go_to("task-task-1")
        await stage.press("u")
        await stage.until(lambda: "working, then forgotten" in rows(shown)[1])
        assert "1 open · 1 over" in head(shown)


async def test_a_task_that_expires_says_so() -> None:
    server = TaskServer()
    async with staged(SIZE, server) as stage:
        shown = await page(stage)
        await begun(stage, "short")
        await stage.press("p")
        await stage.until(lambda: "expired" in rows(shown)[0])
        await stage.until(lambda: "! outlived its time" in detail(shown))


async def test_what_a_hostile_server_says_is_inert() -> None:
    server = TaskServer(interval=LONG)
    async with staged((80, 24), server) as stage:
        shown = await page(stage)
        await begun(stage, "short")  # it stands as it stands
        [task] = server.tasks
        task.message = "\x1b]0;owned\x07[/]x\u202e" * 100
        await stage.press("u")
        await stage.until(lambda: "[/]x" in rows(shown)[0])
        assert "\x1b" not in rows(shown)[0] + detail(shown)
        assert "\u202e" not in rows(shown)[0] + detail(shown)


async def test_an_error_is_read() -> None:
    async with staged(SIZE, TaskServer()) as stage:
        shown = await page(stage)
        await begun(stage, "refuse")
        await stage.press("p")
        await stage.until(lambda: "error -32603: The database is gone" in detail(shown))


async def test_what_a_task_asks_leads_to_the_inbox() -> None:
    """Two questions at once, of a task of the extension: both wait in the inbox, which answers them."""
    server = ModernTaskServer()
    async with staged(SIZE, server) as stage:
        shown = await page(stage)
        session = tasks_of(stage)._session
        session.inbox.policies = Policies.every("ask")
        assert "the server decides which calls are tasks" in head(shown)
        await begun(stage, "slow")
        await stage.press("p")
        await stage.until(lambda: len(session.inbox.waiting) == 2)
        await stage.until(lambda: rows(shown)[0].startswith("! slow 7f3a-1  input required"))
        assert "It waits for your answer: i opens the inbox." in detail(shown)
        assert "← asked: a, b" in detail(shown)
        entries: list[Entry] = list(session.inbox.waiting)
        assert {entry.task for entry in entries} == {"7f3a-1"}
        await stage.press("i")
        inbox = stage.screen.query_one(Inbox)
        await stage.until(lambda: inbox.questions.current is not None)  # and not settled: it is polled
        assert inbox.questions.current is not None
        assert inbox.questions.current.cause == "task of tools/call slow"
        for entry in entries:
            session.inbox.answer(entry, Answer({"action": "accept", "content": {"n": "x"}}))
        await stage.screen.action_page("tasks")
        await stage.until(lambda: "All is ready." in detail(shown))
        assert "→ answered: a" in detail(shown)
        assert server.answers.keys() == {"a", "b"}
        await stage.press("f")  # there is no list in this version: that is said, and nothing is sent
        await stage.settled()
        assert "tasks/list" not in {stage.app.journal.method(n) for n in range(len(stage.app.journal))}


@pytest.mark.parametrize("key", ["u", "p", "o", "delete", "f"])
async def test_a_recording_is_read_and_asks_nothing(key: str, tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    server = TaskServer()
    into = Journal.create(path, target=server.describe())
    async with staged(SIZE, server, into=into) as stage:
        shown = await page(stage)
        await begun(stage, "research")
        await stage.press("p")
        await stage.until(lambda: "The research of nobody is ready." in detail(shown))
    journal = Journal.open(path)
    count = len(journal)
    async with staged((80, 24), journal=journal) as stage:
        await stage.press("t")
        await stage.settled()
        shown = stage.screen.query_one(Tasks)
        assert rows(shown)[0].startswith("✓ research task-1  completed")
        assert not shown.query_one("#tasks-buttons").display
        await stage.press(key)
        await stage.settled()
        assert len(journal) == count
    journal.close()
