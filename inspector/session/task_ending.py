"""What a task came to, as the outcome that the call would have had without it.

In the core of 2025-11-25 `tasks/result` answers just that. In the extension (SEP-2663) it stands inside the
answer to `tasks/get`, as `result` or `error`: here it is taken out, with its exact bytes. Pure.
"""

from __future__ import annotations

from dataclasses import replace

from inspector.session.outcome import Cancelled, Outcome, Replied
from inspector.wire.event import Shape
from inspector.wire.jsonrpc import Frame
from inspector.wire.task import read_task


def unwrapped(outcome: Outcome) -> Outcome:
    """The outcome of the call that a task stands for.

    Args:
        outcome: Of `inspector.session.tasks.Tasks.follow`, or of any `tasks/get` or `tasks/result`.

    Returns:
        The result or error of the call. `Cancelled` where the task was. As it is where it is neither: an
        error about the task, a task that is not over, whatever came in place of an answer.
    """
    asked = outcome.request.frame if isinstance(outcome, Replied) else None
    if not isinstance(outcome, Replied) or asked is None or asked.method != "tasks/get":
        return outcome
    task = read_task(outcome.result)
    if task is None:
        return outcome
    if task.status == "cancelled":
        return Cancelled(f"the task was cancelled{f' ({task.message})' if task.message else ''}")
    inner = {"completed": "result", "failed": "error"}.get(task.status, "")
    if inner not in task.body:
        return outcome
    shape = Shape.RESPONSE if inner == "result" else Shape.ERROR
    value = {"jsonrpc": "2.0", inner: task.body[inner]}
    return replace(outcome, frame=Frame(shape, value, id=outcome.frame.id), member=inner)
