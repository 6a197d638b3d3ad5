"""Tasks on the command line: begun by a call, followed with a line on stderr for each change, and their end.

For `mcp-inspect call` and `mcp-inspect tasks`; what crosses the wire is the business of the session's tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from inspector.cli.oneshot import answer
from inspector.cli.output import say
from inspector.cli.render import width
from inspector.cli.work import Result
from inspector.errors import InspectError, RequestFailed
from inspector.wire.visible import clip, seconds, visible

if TYPE_CHECKING:
    from inspector.session.outcome import Replied
    from inspector.session.session import Session
    from inspector.session.tasks import Tasks
    from inspector.wire.task import Task

_LONG = 300


def tasks_of(session: Session) -> Tasks:
    """The tasks of a session."""
    # Imported here: most verbs have nothing to do with tasks.
    from inspector.session.tasks import Tasks

    return Tasks(session)


def state_words(task: Task) -> str:
    """How a task stands: `working · Gathering sources`. Safe."""
    says = [task.status or "without a status", clip(task.message, _LONG)]
    return visible(" · ".join(filter(None, says)))


def terms_words(task: Task, interval: float) -> str:
    """`polled every 5.00 s, kept for 1:00`."""
    kept = "kept without limit" if task.ttl is None else f"kept for {seconds(task.ttl)}"
    return f"polled every {seconds(interval)}, {kept}"


def say_changes(task: Task, interval: float) -> Callable[[Task], None]:
    """Say how a task stands, now and each time that it changes."""
    name = clip(visible(task.id), 60)
    last = state_words(task)
    say(f"mcp-inspect: task {name}: {last} ({terms_words(task, interval)})")

    def tell(now: Task) -> None:
        nonlocal last
        words = state_words(now)
        if words != last:
            last = words
            say(f"mcp-inspect: task {name}: {words}")

    return tell


async def followed(tasks: Tasks, task: Task, asked: str) -> Replied:
    """Follow a task to its end.

    Args:
        tasks: Those of the session.
        task: How it stands.
        asked: What it came of, in words, for the error's sentence.

    Returns:
        The result that the call would have had without it.

    Raises:
        InspectError: It came to anything else.
    """
    following = tasks.begin(task)
    following.watchers.append(say_changes(task, following.interval))
    from inspector.session.task_ending import unwrapped

    outcome = unwrapped(await tasks.follow(task))
    if following.expired:
        lived = seconds(following.task.ttl or 0.0)
        raise RequestFailed(
            f"{asked} was not finished: its task outlived the {lived} for which it is kept",
            next="" if tasks.modern else "--ttl SECONDS asks for more",
            data=dict(following.task.body),
        )
    reply = came_to(outcome, asked)
    task = following.task
    if task.status == "failed" and not reply.tool_failed:  # what is handed out as its result does not say so
        why = f": {task.message}" if task.message else ""
        raise RequestFailed(f"The task of {asked} failed{why}", data=reply.result)
    return reply


def came_to(outcome: Any, asked: str) -> Replied:
    """The result of the call that a task stands for.

    Raises:
        InspectError: There is none, or it is an error.
    """
    from inspector.session.outcome import Cancelled, Replied
    from inspector.wire.task import read_task

    if isinstance(outcome, Cancelled):
        raise RequestFailed(f"{asked} has no result: {outcome.reason}")
    unfinished = isinstance(outcome, Replied) and not outcome.member and outcome.ok and _asks_how(outcome)
    task = read_task(outcome.result) if unfinished else None
    if task is not None and task.status == "input_required":
        raise RequestFailed(
            f"{asked} was not finished: its task wants input that it was not given",
            next="--answers FILE answers what it asks",
            data=dict(task.body),
        )
    if task is not None:
        raise RequestFailed(
            f"{asked} has no result: its task is {task.status or 'without a status'}", data=dict(task.body)
        )
    return answer(outcome, asked)


def _asks_how(reply: Replied) -> bool:
    return reply.request.frame is not None and reply.request.frame.method == "tasks/get"


def task_lines(task: Task) -> list[str]:
    """One task, a fact a line; safe."""
    from inspector.cli.output import table

    asks = [f"{key}: {_method(wanted)}" for key, wanted in list(task.inputs.items())[:20]]
    rows = [
        ("status", task.status),
        ("message", task.message),
        ("created", task.created),
        ("updated", task.updated),
        ("kept for", "no limit" if task.ttl is None else seconds(task.ttl)),
        ("poll every", "" if task.interval is None else seconds(task.interval)),
        ("asks", ", ".join(asks)),
    ]
    return [visible(task.id), *table([(name, says) for name, says in rows if says], width())]


def _method(wanted: Any) -> str:
    method = wanted.get("method") if isinstance(wanted, Mapping) else None
    return method if isinstance(method, str) else "?"


def created(session: Session, reply: Replied, task: Task) -> Result:
    """A task that nobody waits for here."""
    says = "" if session.http else "over stdio the task ends with the server's process, which is now."
    return Result(reply.raw_result, lambda: task_lines(task), says)


def lost(error: InspectError, session: Session) -> InspectError:
    """An error about a task, with what to know of tasks that are not there."""
    if error.facts.get("code") == -32602:
        error.next = (
            "A server may forget a task once its ttl is over; some keep it for the connection only"
            if session.http
            else "Over stdio a task ends with the server's process: `call --task` waits for it"
        )
    return error
