"""Tasks: calls whose result comes later, in the way of the era.

2025-11-25, basic/utilities/tasks: the client asks for a task, polls `tasks/get`, and gets its result by
`tasks/result`, on whose stream the server also asks for input. The extension of 2026-07-28 (SEP-2663): the
server decides, each request declares that a task may come, `tasks/get` brings result and questions, and
`tasks/update` the answers. One task is polled by `inspector.session.following`; how tasks stand is folded
from the journal by `inspector.journal.tasks`.
"""

from __future__ import annotations

import json
import math
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio

from inspector.errors import ConnectionFailed
from inspector.session.following import Following
from inspector.session.listing import Listing, walk
from inspector.session.mrtr import frame_of
from inspector.session.outcome import Outcome, Replied
from inspector.session.serving import with_extension
from inspector.wire import jsonrpc
from inspector.wire.methods import TASKS_EXTENSION, ListOf
from inspector.wire.task import Support, Task, created, read_task, support_of
from inspector.wire.versions import META_CLIENT_CAPABILITIES

if TYPE_CHECKING:
    from inspector.session.calls import Call
    from inspector.session.inbox import Entry
    from inspector.session.session import Session

INTERVAL = 1.0
"""Seconds between polls where the server wishes nothing."""
MOST_QUESTIONS = 100
"""Questions of one task that are put to the user."""
MOST_TASKS = 1000
"""Tasks whose questions are remembered."""

_UNKNOWN = -32602
"""The error of a task that there is not ("Protocol Errors")."""
_LIST = ListOf("tasks/list", "tasks", "tasks", "Tasks")


class Tasks:
    """The tasks of one session.

    Args:
        session: A session that is agreed upon.
        interval: See `INTERVAL`.
    """

    def __init__(self, session: Session, *, interval: float = INTERVAL) -> None:
        self.interval = interval
        self._session = session
        self._asked: OrderedDict[str, dict[str, Entry]] = OrderedDict()
        self._following: dict[str, Following] = {}
        self._updates = 0

    @property
    def modern(self) -> bool:
        """Whether tasks are the extension's."""
        return self._session.era == "modern"

    @property
    def supported(self) -> bool:
        """Whether the server declares tasks for tool calls. Nothing here depends on it."""
        if self.modern:
            return self._declared("extensions", TASKS_EXTENSION)
        return self._declared("tasks", "requests", "tools", "call")

    @property
    def lists(self) -> bool:
        """Whether the server declares that it lists tasks. The extension has no list."""
        return not self.modern and self._declared("tasks", "list")

    @property
    def cancels(self) -> bool:
        """Whether the server declares that tasks can be cancelled; the extension always has it."""
        return self.modern or self._declared("tasks", "cancel")

    def support(self, tool: Any) -> Support:
        """Whether a tool may be called as a task.

        2025-11-25: as the tool says, where the server declares tasks at all. The extension: as the server
        decides, which must be ready for it; `forbidden` where it does not declare it, or we are not to.

        Args:
            tool: Its entry of `tools/list`.
        """
        if not self.supported:
            return "forbidden"
        if self.modern:
            return "forbidden" if TASKS_EXTENSION in self._session.options.undeclared else "required"
        return support_of(tool)

    def _declared(self, *path: str) -> bool:
        where: Any = self._session.capabilities
        for key in path:
            where = where.get(key) if isinstance(where, Mapping) else None
        return where not in (None, False)

    def augmented(self, params: Mapping[str, Any], *, ttl: float | None = None) -> dict[str, Any]:
        """The parameters of `tools/call` for a call that is to become, or may become, a task.

        Args:
            params: Without it.
            ttl: Seconds that the task should be kept; legacy only, where the server may do otherwise.
        """
        if self.modern:
            return self._declaring(params)
        return {**params, "task": {} if ttl is None else {"ttl": round(ttl * 1000)}}

    async def start(
        self, params: Mapping[str, Any], *, ttl: float | None = None, timeout: float | None = None
    ) -> tuple[Outcome, Task | None]:
        """Call a tool as a task.

        Args:
            params: Those of `tools/call`.
            ttl: As in `augmented`.
            timeout: Seconds until there is a task.

        Returns:
            What the server answered, and the task in it. There is none where the call is done already.
        """
        call = self._session.start("tools/call", self.augmented(params, ttl=ttl), timeout=timeout)
        try:
            outcome = await call.wait()
        except anyio.get_cancelled_exc_class():
            call.cancel("the caller went away")
            raise
        return outcome, self.task_of(call)

    def task_of(self, call: Call) -> Task | None:
        """The task that a call was answered with; `None` where it was not, or not yet.

        What is asked for the task is known from here on as asked because of that call.
        """
        outcome = call.outcome
        task = created(outcome.result) if isinstance(outcome, Replied) else None
        if task is not None:
            self._session.inbox.relate(task.id, call)
        return task

    async def get(self, id: str) -> Outcome:
        """Ask how a task stands. What it asks goes to the session's inbox, each question once."""
        outcome = await self._call("tasks/get", {"taskId": id})
        task = read_task(outcome.result) if isinstance(outcome, Replied) else None
        if isinstance(outcome, Replied) and task is not None and task.id == id and not task.over:
            if self.modern:
                self._put(task, outcome)
        elif isinstance(outcome, Replied) and (task is not None or outcome.error.get("code") == _UNKNOWN):
            self._over(id)
        return outcome

    async def result(self, id: str, *, timeout: float = math.inf) -> Outcome:
        """Wait for the result of a task; legacy only. The extension has it in `get`."""
        return await self._session.call("tasks/result", {"taskId": id}, timeout=timeout)

    async def cancel(self, id: str) -> Outcome:
        """Ask the server to cancel a task. It need not: `get` tells, and so does a poll, which comes now."""
        outcome = await self._call("tasks/cancel", {"taskId": id})
        if (following := self._following.get(id)) is not None:
            following.look()
        return outcome

    async def update(self, id: str, responses: Mapping[str, Any]) -> Outcome:
        """Answer questions of a task by their keys, with bare results; the extension only."""
        return await self._call("tasks/update", {"taskId": id, "inputResponses": dict(responses)})

    async def list(self) -> Listing:
        """List the tasks to the last page; legacy only."""

        def warn(says: str, reply: Replied) -> None:
            self._session.tap.client("warning", says=says, request=reply.request.seq)

        return await walk(_LIST, self._call, warn)

    # Polling.

    def following(self, id: str) -> Following | None:
        """The polling of a task; `None` where it is not polled."""
        return self._following.get(id)

    def begin(self, task: Task) -> Following:
        """Poll a task, in the session's time, until it is over or stopped; once, whoever wants it.

        The caller sets `Following.kept`, or waits by `follow`.
        """
        known = self._following.get(task.id)
        if known is not None:
            return known
        self._forget_unanswered(task.id)
        following = self._following[task.id] = Following(self._session, self, task)
        if self._session.ended:
            self.stopped(following)
            following.done.set()
        else:
            self._session.spawn(following.run, "follow task")
        return following

    async def follow(self, task: Task) -> Outcome:
        """Poll a task until it is over, at the interval that the server wishes, or when it says something.

        What the server asks on the way goes to the session's inbox, each question once. Being cancelled
        while waiting leaves the task as it is.

        Returns:
            Legacy: the outcome of `tasks/result`. Modern: of the last `tasks/get`, which holds the result;
            so it is in both where the task was cancelled, and where nobody gives the answers that the task
            waits for. Or the answer that is no task (one that is gone is an error), or what came instead of
            it; `TimedOut` where the task outlived its `ttl`, `Cancelled` where the polling was stopped.
        """
        following = self.begin(task)
        following.waiting += 1
        try:
            await following.done.wait()
        finally:
            following.waiting -= 1
            if not following.waiting and not following.kept:
                following.stop("no longer waited for")
        return following.outcome

    def stopped(self, following: Following) -> None:
        """A task is polled no more."""
        if self._following.get(following.task.id) is following:
            del self._following[following.task.id]
        if following.task.over:
            self._over(following.task.id)

    # What a task of the extension asks.

    def unanswered(self, task: Task) -> bool:
        """Whether each question that a task waits for was put, and nobody gave a result to any of them."""
        asked = self._asked.get(task.id, {})
        entries = [asked.get(key) for key in task.inputs]
        return bool(entries) and all(
            entry is not None and not entry.waiting and not entry.has_result for entry in entries
        )

    def _over(self, id: str) -> None:
        self._asked.pop(id, None)
        self._session.inbox.ended_task(id)

    def _forget_unanswered(self, id: str) -> None:
        """Whoever turned a question down may be asked again: the task still waits."""
        asked = self._asked.get(id, {})
        for key in [key for key, entry in asked.items() if not entry.waiting and not entry.has_result]:
            del asked[key]

    def _put(self, task: Task, reply: Replied) -> None:
        """Put the questions of a task into the inbox, each once: they stand in every answer until then."""
        asked = self._asked.setdefault(task.id, {})
        if len(self._asked) > MOST_TASKS:
            self._asked.popitem(last=False)
        for key, wanted in task.inputs.items():
            if key in asked or len(asked) >= MOST_QUESTIONS or not isinstance(wanted, Mapping):
                continue
            asked[key] = self._session.inbox.ask(
                frame_of(key, wanted),
                reply.event,
                key=key,
                task=task.id,
                on_end=partial(self._answered, task.id),
            )

    def _answered(self, id: str, entry: Entry) -> None:
        if not entry.has_result or entry.key is None:
            return  # whoever gives no result walks away: the task goes on waiting
        self._session.spawn(partial(self._send, id, entry.key, entry.text), "update task")

    async def _send(self, id: str, key: str, text: bytes) -> None:
        """Answer one question with the very text that was given, which may be no JSON."""
        with suppress(ValueError, RecursionError):
            if jsonrpc.encode(value := json.loads(text)) == text:
                await self.update(id, {key: value})
                return
        self._updates += 1
        params = self._declaring({"taskId": id})
        body = self._session.dialect.request(f"update-{self._updates}", "tasks/update", params)
        raw = body[:-2] + b',"inputResponses":{' + jsonrpc.encode(key) + b":" + text + b"}}}"
        headers = self._session.dialect.headers("tasks/update", params)
        try:
            await self._session.send_bytes(raw, headers=headers)
        except ConnectionFailed:
            return  # its end stands in the journal

    def _declaring(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters with what each request of the extension must declare."""
        if not self.modern:
            return dict(params)
        declared = self._session.options.declared(self._session.version)
        meta = {META_CLIENT_CAPABILITIES: with_extension(declared, TASKS_EXTENSION)}
        given = params.get("_meta")
        return {**params, "_meta": {**meta, **(given if isinstance(given, Mapping) else {})}}

    async def _call(self, method: str, params: Mapping[str, Any]) -> Outcome:
        return await self._session.call(method, self._declaring(params) or None)
