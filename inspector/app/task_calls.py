"""Calls of the workbench that become tasks: which do, what the run line says of one, how one is over.

The call itself is made by `inspector.app.calling`; polling and questions are the business of the session's
tasks. A task that is followed here is seen on the tasks page as well, which folds it from the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from inspector.app.ending import Ending
from inspector.session.outcome import Cancelled, Outcome, Replied
from inspector.session.task_ending import unwrapped
from inspector.wire.visible import clip, seconds, visible

if TYPE_CHECKING:
    from inspector.app.items import Item
    from inspector.app.keeper import ConnectionKeeper
    from inspector.session.calls import Call
    from inspector.session.peer import Noticed
    from inspector.session.session import Session
    from inspector.session.tasks import Tasks
    from inspector.wire.task import Support, Task

_SHORT, _WIDEST = 12, 60


class TaskRun:
    """The task that a call was answered with.

    Args:
        session: The session of the call.
        tasks: Its tasks.
        call: The call.
        task: How the task stood when it was created.
        heard: Takes the parameters of its progress: the token lives on with the task.

    Attributes:
        ending: How it ended, where an outcome has no words for that; `None` where it has.
    """

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        call: Call,
        task: Task,
        heard: Callable[[Mapping[str, Any]], None],
    ) -> None:
        self.ending: Ending | None = None
        self._session = session
        self._tasks = tasks
        self._token = call.pending.id
        self._heard = heard
        self._following = tasks.begin(task)

    @property
    def says(self) -> str:
        """How it stands: `task 7f3… working · Gathering sources · polled every 2.00 s`."""
        task, following = self._following.task, self._following
        status = visible(task.status[:30]).replace("_", " ") or "without a status"
        said = [f"task {clip(visible(task.id), _SHORT)} {status}"]
        if task.status == "input_required":
            return said[0]  # what it waits for is said beside it
        if task.message:
            said.append(clip(visible(task.message), _WIDEST))
        return " · ".join([*said, f"polled every {seconds(following.interval)}"])

    async def follow(self) -> Outcome:
        """Wait for what it comes to: the outcome that the call would have had without it."""
        forget = self._session.hear(self._noticed)
        try:
            outcome = unwrapped(await self._tasks.follow(self._following.task))
        finally:
            forget()
        self.ending = self._ending(outcome)
        return outcome

    def cancel(self) -> None:
        """Ask the server to cancel it. The next poll tells whether it did."""

        async def cancel() -> None:
            await self._tasks.cancel(self._following.task.id)

        self._session.spawn(cancel, "cancel task")

    def _noticed(self, noticed: Noticed) -> None:
        frame = noticed.frame
        if frame.method == "notifications/progress" and frame.params.get("progressToken") == self._token:
            self._heard(frame.params)

    def _ending(self, outcome: Outcome) -> Ending | None:
        task = self._following.task
        if self._following.expired:
            lived = seconds(task.ttl or 0.0)
            return Ending(
                "expired", False, f"The task outlived the {lived} for which it is kept. t shows all of it."
            )
        if isinstance(outcome, Cancelled) and task.status == "cancelled":
            return Ending("cancelled", False, f"{_capital(visible(outcome.reason))}.")
        if isinstance(outcome, Cancelled):
            says = f"{_capital(visible(outcome.reason))}. t shows it, p polls it again."
            return Ending("not followed", False, says)
        if isinstance(outcome, Replied) and outcome.ok and not task.over:
            return Ending("waits for input", False, raw=outcome.raw_result)
        if (
            isinstance(outcome, Replied)
            and outcome.ok
            and task.status == "failed"
            and not outcome.tool_failed
        ):
            # Its state says so, and what is handed out as its result does not.
            why = f": {clip(visible(task.message), _WIDEST)}" if task.message else ""
            return Ending(f"task failed{why}", False, raw=outcome.raw_result)
        return None


class TaskCalls:
    """Which calls of one workbench are made as tasks.

    Args:
        keeper: The connection; `None` in a recording.
    """

    def __init__(self, keeper: ConnectionKeeper | None) -> None:
        self._keeper = keeper
        self._wanted: dict[Item, bool] = {}

    @property
    def _tasks(self) -> Tasks | None:
        return self._keeper.tasks if self._keeper is not None else None

    def _support(self, item: Item | None) -> Support:
        tasks = self._tasks
        if tasks is None or item is None or item.section != "tools":
            return "forbidden"
        return tasks.support(item.entry)

    def words(self, item: Item | None) -> str:
        """What the run line says of how `item` will be called; empty where there is nothing to say."""
        support = self._support(item)
        tasks = self._tasks
        if item is None or tasks is None or support != "optional":
            return ""
        return "as a task (f4: plainly)" if self._wanted.get(item) else "plainly (f4: as a task)"

    def switch(self, item: Item | None) -> bool:
        """Call `item` as a task from now on, or no more; returns whether it leaves that open."""
        if item is None or not self.open_to(item):
            return False
        self._wanted[item] = not self._wanted.get(item, False)
        return True

    def open_to(self, item: Item | None) -> bool:
        """Whether it is open how `item` is called (2025-11-25, `taskSupport: "optional"`)."""
        return self._support(item) == "optional"

    def params(self, item: Item, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """The parameters of a call, for a task where it is to be one, or may become one."""
        tasks, support = self._tasks, self._support(item)
        if tasks is None or method != "tools/call" or support == "forbidden":
            return params
        as_task = support == "required" or self._wanted.get(item, False)
        return tasks.augmented(params) if as_task else params

    def begun(
        self, session: Session, call: Call, heard: Callable[[Mapping[str, Any]], None]
    ) -> TaskRun | None:
        """The task that a call was answered with; `None` where it was answered with anything else."""
        tasks = self._tasks
        if tasks is None or self._keeper is None or self._keeper.session is not session:
            return None
        # In the legacy era only what was asked to become one is one: a plain result may have any members.
        asked = tasks.modern or (isinstance(call.params, Mapping) and "task" in call.params)
        task = tasks.task_of(call) if call.method == "tools/call" and asked else None
        return TaskRun(session, tasks, call, task, heard) if task is not None else None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
