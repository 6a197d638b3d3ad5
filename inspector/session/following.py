"""One task that is polled until it is over, at the interval that its server wishes.

What a task asks on the way, and what becomes of the answers, is the business of `inspector.session.tasks`,
which begins and stops this.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import anyio

from inspector.errors import InspectError
from inspector.session.outcome import Cancelled, Outcome, Replied, TimedOut
from inspector.wire.task import Task, read_task

if TYPE_CHECKING:
    from inspector.session.calls import Call
    from inspector.session.peer import Noticed
    from inspector.session.session import Session
    from inspector.session.tasks import Tasks

SHORTEST, LONGEST = 0.05, 3600.0
"""Seconds between polls, whatever the server wishes."""

_NOTICES = frozenset({"notifications/tasks", "notifications/tasks/status"})


class Following:
    """The polling of one task.

    Args:
        session: The session that knows the task.
        tasks: Asks how it stands.
        task: How it stood last.

    Attributes:
        task: How it stands.
        kept: Somebody wants it polled without waiting for what comes of it.
        waiting: How many wait for what comes of it.
        expired: It outlived its time, and the server did not say more about it.
        watchers: Are called with how it stands, each time that the server says it; they raise nothing.
        done: Set when it is polled no more.
    """

    def __init__(self, session: Session, tasks: Tasks, task: Task) -> None:
        self.task = task
        self.kept = False
        self.waiting = 0
        self.expired = False
        self.watchers: list[Callable[[Task], object]] = []
        self.done = anyio.Event()
        self._session = session
        self._tasks = tasks
        self._scope = anyio.CancelScope()
        self._why = "the connection is over"
        self._outcome: Outcome | None = None
        self._result: Call | None = None
        self._news = anyio.Event()
        self._began = anyio.current_time() - task.age

    @property
    def interval(self) -> float:
        """Seconds between two polls."""
        wished = self.task.interval if self.task.interval is not None else self._tasks.interval
        return min(LONGEST, max(SHORTEST, wished))

    @property
    def outcome(self) -> Outcome:
        """What came of it; see `Tasks.follow`."""
        return self._outcome or self._session.ending or Cancelled(self._why)

    def look(self) -> None:
        """Poll without waiting longer: something was done about it."""
        self._news.set()

    def stop(self, why: str) -> None:
        """Poll no more; the task is left as it is. Without effect where it is over."""
        if not self.done.is_set():
            self._why = why
            self._tasks.stopped(self)
            self._scope.cancel()

    async def run(self) -> None:
        """Poll until it is over or stopped."""
        forget = self._session.hear(self._heard)
        try:
            with self._scope:
                try:
                    self._outcome = await self._poll()
                except InspectError as error:  # what has no words on the wire cannot be asked for
                    self._outcome = Cancelled(error.message)
        finally:
            forget()
            if self._result is not None:
                self._result.cancel("no longer waited for")
            self._tasks.stopped(self)
            self.done.set()

    async def _poll(self) -> Outcome:
        outcome: Outcome | None = None
        while not self.task.over:
            if self.task.status == "input_required":
                if not self._tasks.modern:
                    self._listen()
                elif isinstance(outcome, Replied) and self._tasks.unanswered(self.task):
                    return outcome
            if self._left < 0:
                return await self._expire()
            await self._pause()
            if (answered := self._answered()) is not None:
                return answered
            outcome = await self._tasks.get(self.task.id)
            seen = read_task(outcome.result) if isinstance(outcome, Replied) else None
            if seen is None or seen.id != self.task.id:
                return outcome
            self._stands(seen)
        return await self._end(outcome)

    async def _end(self, outcome: Outcome | None) -> Outcome:
        """What the task came to, now that it is over."""
        if self._tasks.modern or self.task.status == "cancelled":  # there is no result to ask for
            return outcome if outcome is not None else await self._tasks.get(self.task.id)
        if self._result is not None:
            return await self._result.wait()
        return await self._tasks.result(self.task.id, timeout=self._session.options.timeout)

    def _listen(self) -> None:
        """Ask for the result: on this request's stream the server asks ("Input Required Status")."""
        if self._result is None:
            params = {"taskId": self.task.id}
            self._result = self._session.start("tasks/result", params, timeout=math.inf)

    def _answered(self) -> Outcome | None:
        """The answer to `tasks/result`, if there is one. Where it failed on the way the task goes on."""
        ended = self._result.outcome if self._result is not None else None
        if ended is not None and not isinstance(ended, Replied):
            self._result = None
            return None
        return ended

    @property
    def _left(self) -> float:
        """Seconds until it has outlived its time; below 0 once it has."""
        ttl = math.inf if self.task.ttl is None else self.task.ttl
        return self._began + ttl - anyio.current_time()

    async def _expire(self) -> Outcome:
        """Say so, and let the server say what it makes of it: it may have kept the task all the same."""
        self._session.tap.client("task-expired", task=self.task.id, after=self.task.ttl)
        outcome = await self._tasks.get(self.task.id)
        seen = read_task(outcome.result) if isinstance(outcome, Replied) else None
        if seen is None or seen.id != self.task.id:
            return outcome
        ttl = self.task.ttl
        self._stands(seen)
        self.expired = not seen.over
        return await self._end(outcome) if seen.over else TimedOut(ttl or 0.0)

    def _stands(self, task: Task) -> None:
        self.task = task
        for watch in self.watchers:
            watch(task)

    async def _pause(self) -> None:
        with anyio.move_on_after(min(self.interval, max(SHORTEST, self._left))):
            # However often the server speaks of it, it is not asked more often than so.
            await anyio.sleep(SHORTEST)
            await self._news.wait()
        self._news = anyio.Event()

    def _heard(self, noticed: Noticed) -> None:
        """Poll at once when the server says that the task stands differently."""
        if noticed.frame.method in _NOTICES:
            seen = read_task(noticed.frame.params)
            if seen is not None and seen.id == self.task.id and seen.status != self.task.status:
                self._news.set()
