"""`mcp-inspect tasks list|get|result|cancel|watch`: tasks that a server keeps beyond a connection."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.oneshot import answer
from inspector.cli.options import Wanted, examples
from inspector.cli.output import dump
from inspector.cli.work import Result, Work, replied
from inspector.errors import InspectError, RequestFailed, UsageError

if TYPE_CHECKING:
    from inspector.session.outcome import Replied
    from inspector.session.session import Session

ACTIONS = ("list", "get", "result", "cancel", "watch")
HELP_END = examples(
    "mcp-inspect tasks list https://example.com/mcp",
    "mcp-inspect tasks watch 786512e2-9e0d-44bd-8f29-789f320fe840 https://example.com/mcp",
)


def tasks(
    wanted: Wanted,
    action: Annotated[str, typer.Argument(metavar="ACTION", help="list, get, result, cancel or watch.")],
    id: Annotated[str | None, typer.Argument(metavar="ID", help="The task; of all but list.")] = None,
) -> Work:
    """List tasks, see how one stands, get its result, cancel it, or follow it to its end.

    Over HTTP many servers keep tasks beyond a connection; over stdio they end with the server's process.
    `result` waits for it where the version has a request that does (2025-11-25).
    """
    if action not in ACTIONS:
        raise UsageError(f"tasks has no {action!r}", next=f"Use one of {', '.join(ACTIONS)}")
    if (id is None) != (action == "list"):
        says = "tasks list takes no ID" if id is not None else f"tasks {action} needs the ID of a task"
        raise UsageError(says, next="mcp-inspect tasks --help")
    return _list if id is None else _about(action, id)


async def _list(session: Session) -> Result:
    from inspector.cli.tasks import tasks_of

    tasks = tasks_of(session)
    if tasks.modern:
        raise UsageError(f"{session.version} has no list of tasks", next="tasks get ID says how one stands")
    if not tasks.lists:
        raise RequestFailed(
            "The server does not declare that it lists tasks",
            next="`mcp-inspect request tasks/list` asks it all the same",
        )
    listing = await tasks.list()
    answer(listing.outcome, "tasks/list")

    def lines() -> list[str]:
        from inspector.cli.output import table
        from inspector.cli.render import width
        from inspector.cli.tasks import state_words
        from inspector.wire.task import read_task

        found = [read_task(entry) for entry in listing.entries]
        rows = [(each.id, state_words(each)) if each is not None else ("?", "no task") for each in found]
        return [f"Tasks {len(rows)}", *table(rows, width())]

    return Result(b'{"tasks":[' + b",".join(listing.raw_entries) + b"]}", lines)


def _about(action: str, id: str) -> Work:
    async def work(session: Session) -> Result:
        from inspector.cli.tasks import lost

        try:
            return await _DOING[action](session, id)
        except InspectError as error:
            raise lost(error, session) from None

    return work


async def _get(session: Session, id: str) -> Result:
    from inspector.cli.tasks import task_lines, tasks_of
    from inspector.wire.task import read_task

    reply = answer(await tasks_of(session).get(id), f"tasks/get {id}")
    task = read_task(reply.result)

    def lines() -> list[str]:
        return task_lines(task) if task is not None else ["What the server says is no task: --json shows it."]

    return Result(reply.raw_result or dump(reply.result), lines)


async def _result(session: Session, id: str) -> Result:
    from inspector.cli.tasks import came_to, tasks_of
    from inspector.session.task_ending import unwrapped

    tasks = tasks_of(session)
    asked = f"The task {id}"
    timeout = session.options.timeout
    outcome = await tasks.get(id) if tasks.modern else await tasks.result(id, timeout=timeout)
    return _came(came_to(unwrapped(outcome), asked), asked)


async def _watch(session: Session, id: str) -> Result:
    from inspector.cli.tasks import followed, tasks_of
    from inspector.wire.task import read_task

    tasks = tasks_of(session)
    asked = f"The task {id}"
    reply = answer(await tasks.get(id), f"tasks/get {id}")
    task = read_task(reply.result)
    if task is None or task.id != id:
        raise RequestFailed(f"{asked}: what the server says is not this task", data=reply.result)
    return _came(await followed(tasks, task, asked), asked)


async def _cancel(session: Session, id: str) -> Result:
    from inspector.cli.tasks import state_words, tasks_of
    from inspector.wire.task import read_task

    tasks = tasks_of(session)
    reply = answer(await tasks.cancel(id), f"tasks/cancel {id}")
    task = read_task(reply.result)
    says = state_words(task) if task is not None else "asked for; the server decides. tasks get ID tells"
    return Result(reply.raw_result or dump(reply.result), lambda: [says])


_DOING = {"get": _get, "result": _result, "watch": _watch, "cancel": _cancel}


def _came(reply: Replied, asked: str) -> Result:
    failure = partial(_failed, asked, reply) if reply.tool_failed else None
    return replace(replied(reply), failure=failure)


def _failed(asked: str, reply: Replied, as_json: bool) -> RequestFailed:
    return RequestFailed(f"{asked} came to an error", data=reply.result if as_json else None)
