"""Tasks: calls whose result comes later, in the way of the era.

2025-11-25, basic/utilities/tasks: the client asks for a task, polls `tasks/get`, and gets its result by
`tasks/result`, on whose stream the server also asks for input. The extension of 2026-07-28 (SEP-2663): the
server decides, each request declares that a task may come, `tasks/get` brings result and questions, and
`tasks/update` the answers. How tasks stand is folded from the journal by `inspector.journal.tasks`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import anyio

from inspector.session.calls import Call
from inspector.session.listing import Listing, walk
from inspector.session.outcome import Outcome, Replied, TimedOut
from inspector.session.peer import Answer
from inspector.wire import jsonrpc
from inspector.wire.methods import TASKS_EXTENSION, ListOf
from inspector.wire.task import Task, created, read_task
from inspector.wire.versions import META_CLIENT_CAPABILITIES

if TYPE_CHECKING:
    from inspector.session.inbox import Entry
    from inspector.session.peer import Noticed
    from inspector.session.session import Session

INTERVAL = 1.0
"""Seconds between polls where the server wishes nothing."""
SHORTEST, LONGEST = 0.05, 60.0
"""Seconds between polls, whatever the server wishes."""
MOST_QUESTIONS = 100
"""Questions of one task that are put to the user."""

_LIST = ListOf("tasks/list", "tasks", "tasks", "Tasks")


class Tasks:
    """The tasks of one session.

    Args:
        session: A session that is agreed upon.
        interval: See `INTERVAL`.
    """

    def __init__(self, session: Session, *, interval: float = INTERVAL) -> None:
        self._session = session
        self._interval = interval
        self._asked: dict[str, dict[str, Entry]] = {}

    @property
    def modern(self) -> bool:
        """Whether tasks are the extension's."""
        return self._session.era == "modern"

    @property
    def supported(self) -> bool:
        """Whether the server declares tasks for tool calls. Nothing here depends on it."""
        where: Any = self._session.capabilities
        path = ("extensions", TASKS_EXTENSION) if self.modern else ("tasks", "requests", "tools", "call")
        for key in path:
            where = where.get(key) if isinstance(where, Mapping) else None
        return where is not None

    async def start(
        self, params: Mapping[str, Any], *, ttl: float | None = None, timeout: float | None = None
    ) -> tuple[Outcome, Task | None]:
        """Call a tool as a task.

        Args:
            params: Those of `tools/call`.
            ttl: Seconds that the task should be kept; legacy only, where the server may do otherwise.
            timeout: Seconds until there is a task.

        Returns:
            What the server answered, and the task in it. There is none where the call is done already.
        """
        if not self.modern:
            task = {} if ttl is None else {"ttl": round(ttl * 1000)}
            params = {**params, "task": task}
        outcome = await self._session.call("tools/call", self._declaring(params), timeout=timeout)
        return outcome, created(outcome.result) if isinstance(outcome, Replied) else None

    async def get(self, id: str) -> Outcome:
        """Ask how a task stands."""
        return await self._call("tasks/get", {"taskId": id})

    async def result(self, id: str, *, timeout: float = math.inf) -> Outcome:
        """Wait for the result of a task; legacy only. The extension has it in `get`."""
        return await self._session.call("tasks/result", {"taskId": id}, timeout=timeout)

    async def cancel(self, id: str) -> Outcome:
        """Ask the server to cancel a task. It need not: `get` tells."""
        return await self._call("tasks/cancel", {"taskId": id})

    async def update(self, id: str, responses: Mapping[str, Any]) -> Outcome:
        """Answer questions of a task by their keys, with bare results; the extension only."""
        return await self._call("tasks/update", {"taskId": id, "inputResponses": dict(responses)})

    async def list(self) -> Listing:
        """List the tasks to the last page; legacy only."""

        def warn(says: str, reply: Replied) -> None:
            self._session.tap.client("warning", says=says, request=reply.request.seq)

        return await walk(_LIST, self._call, warn)

    async def follow(self, task: Task) -> Outcome:
        """Poll a task until it is over, at the interval that the server wishes, or when it says something.

        What the server asks on the way goes to the session's inbox, each question once. Being cancelled
        while waiting leaves the task as it is.

        Returns:
            Legacy: the outcome of `tasks/result`. Modern: of the last `tasks/get`, which holds the result.
            Or the answer that is no task (one that is gone is an error), or what came instead of it;
            `TimedOut` where the task outlived its `ttl`.
        """
        following = _Following(task)
        forget = self._session.hear(following.heard)
        try:
            return await self._poll(following)
        finally:
            forget()
            if following.result is not None:
                following.result.cancel("no longer waited for")
            for entry in self._asked.pop(task.id, {}).values():
                self._session.inbox.ignore(entry, by="")

    async def _poll(self, following: _Following) -> Outcome:
        outcome: Outcome | None = None
        while not following.task.over:
            task = following.task
            if task.status == "input_required" and not self.modern and following.result is None:
                # On this request's stream the server asks ("Input Required Status").
                following.result = self._session.start("tasks/result", {"taskId": task.id}, timeout=math.inf)
            elif task.status == "input_required" and isinstance(outcome, Replied):
                self._put(task, outcome)
            if following.expired(anyio.current_time()):
                self._session.tap.client("task-expired", task=task.id, after=task.ttl)
                return TimedOut(task.ttl or 0.0)
            await self._pause(following)
            if following.result is not None and following.result.outcome is not None:
                return following.result.outcome
            outcome = await self.get(task.id)
            seen = read_task(outcome.result) if isinstance(outcome, Replied) else None
            if seen is None or seen.id != task.id:
                return outcome
            following.task = seen
        if not self.modern:
            if following.result is not None:
                return await following.result.wait()
            return await self.result(following.task.id, timeout=self._session.options.timeout)
        return outcome if outcome is not None else await self.get(following.task.id)

    async def _pause(self, following: _Following) -> None:
        wished = following.task.interval if following.task.interval is not None else self._interval
        interval = min(LONGEST, max(SHORTEST, wished))
        with anyio.move_on_after(interval):
            # However often the server speaks of it, it is not asked more often than so.
            await anyio.sleep(SHORTEST)
            await following.news.wait()
        following.news = anyio.Event()

    def _declaring(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters with what each request of the extension must declare."""
        if not self.modern:
            return dict(params)
        declared = self._session.options.declared(self._session.version)
        extensions = declared.get("extensions")
        extensions = dict(extensions) if isinstance(extensions, Mapping) else {}
        extensions.setdefault(TASKS_EXTENSION, {})
        meta = {META_CLIENT_CAPABILITIES: {**declared, "extensions": extensions}}
        given = params.get("_meta")
        return {**params, "_meta": {**meta, **(given if isinstance(given, Mapping) else {})}}

    async def _call(self, method: str, params: Mapping[str, Any]) -> Outcome:
        return await self._session.call(method, self._declaring(params) or None)

    def _put(self, task: Task, reply: Replied) -> None:
        """Put the questions of a task into the inbox, each once: they stand in every answer until then."""
        asked = self._asked.setdefault(task.id, {})
        for key, wanted in task.inputs.items():
            if key in asked or len(asked) >= MOST_QUESTIONS or not isinstance(wanted, Mapping):
                continue
            frame = jsonrpc.classify(jsonrpc.encode({**wanted, "jsonrpc": "2.0", "id": key}))
            asked[key] = self._session.inbox.ask(
                frame, reply.event, key=key, on_end=lambda entry: self._answered(task.id, entry)
            )

    def _answered(self, id: str, entry: Entry) -> None:
        if not entry.has_result or entry.key is None:
            return  # whoever gives no result walks away: the task goes on waiting
        key, result = entry.key, entry.reply.result if isinstance(entry.reply, Answer) else None
        if not isinstance(entry.reply, Answer):
            try:
                result = json.loads(entry.text)
            except (ValueError, RecursionError):
                says = "What was typed is no JSON, and cannot be the answer to a task's question."
                self._session.tap.client("warning", says=says, request=entry.event.seq)
                return

        async def send() -> None:
            await self.update(id, {key: result})

        self._session.spawn(send, "update task")


class _Following:
    """What is known of a task while it is polled."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.result: Call | None = None
        self.news = anyio.Event()
        self._began = anyio.current_time()

    def expired(self, now: float) -> bool:
        """Whether it has outlived its time, counted from when it was first seen here."""
        return self.task.ttl is not None and now - self._began > self.task.ttl

    def heard(self, noticed: Noticed) -> None:
        """Poll at once when the server says that the task stands differently."""
        if noticed.frame.method in ("notifications/tasks", "notifications/tasks/status"):
            seen = read_task(noticed.frame.params)
            if seen is not None and seen.id == self.task.id and seen.status != self.task.status:
                self.news.set()
