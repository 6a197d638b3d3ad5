"""Tasks that the server makes of what it asks back: this client as the receiver of them.

2025-11-25, basic/utilities/tasks: a sampling or an elicitation that carries `task` is answered at once by a
task, and the server polls it until a person, a script or a policy has decided. Who decides, and how, is the
business of the inbox; the tasks of the server itself are `inspector.session.tasks`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import anyio

from inspector.session.peer import Answer
from inspector.wire import jsonrpc
from inspector.wire.task import META_RELATED_TASK, TERMINAL
from inspector.wire.versions import INVALID_PARAMS, REFUSED

if TYPE_CHECKING:
    from inspector.session.inbox import Entry, Inbox
    from inspector.wire.event import Event
    from inspector.wire.jsonrpc import Frame

INTERVAL = 500
"""Milliseconds between polls that we ask for."""
LONGEST = 3_600_000
"""Milliseconds that a task is kept at most, also where more or no end was asked for."""
MOST = 1000
"""Tasks at a time; a server that asks for more is refused."""
_PAGE = 100

Told: TypeAlias = Callable[[bytes, bool], None]
"""Sends a response: the text of its result or error, and whether it is an error."""


@dataclass(eq=False, slots=True)
class _Received:
    """One task.

    Attributes:
        entry: The question in the inbox; `None` for the moment before it stands there.
        until: When it may be forgotten, on the clock of the event loop.
        told: Who waits for `tasks/result`.
    """

    id: str
    ttl: int
    until: float
    created: str
    updated: str
    status: str = "working"
    entry: Entry | None = None
    told: list[Told] = field(default_factory=list)

    def body(self) -> dict[str, Any]:
        """It as the wire has it."""
        says = {"statusMessage": "It waits for whoever answers."} if self.status == "working" else {}
        stamps = {"createdAt": self.created, "lastUpdatedAt": self.updated}
        return {
            "taskId": self.id,
            "status": self.status,
            **says,
            **stamps,
            "ttl": self.ttl,
            "pollInterval": INTERVAL,
        }


class Receiver:
    """The tasks of one session that the server polls.

    Args:
        inbox: Where the questions wait.
        declared: What we declare to serve at the moment.
    """

    def __init__(self, inbox: Inbox, declared: Callable[[], Mapping[str, Any]]) -> None:
        self._inbox = inbox
        self._declared = declared
        self._tasks: dict[str, _Received] = {}

    def take(self, frame: Frame, event: Event, told: Told) -> bool:
        """Take a request of the server, if it is about a task.

        Args:
            frame: The request.
            event: The journal's event of it.
            told: Sends the response to it, now or later.

        Returns:
            Whether it is; any other is answered in the usual way, without a task.
        """
        declared = self._declared().get("tasks")
        if not isinstance(declared, Mapping):
            return False
        if frame.method == "tasks/list" and "list" in declared:
            told(*_said(self._list(frame.params.get("cursor"))))
        elif frame.method in ("tasks/get", "tasks/result", "tasks/cancel"):
            self._about(frame, told)
        elif isinstance(frame.params.get("task"), Mapping) and _is_declared(declared, frame.method or ""):
            self._create(frame, event, told)
        else:
            return False
        return True

    def forget(self) -> None:
        """The session that they were of is over: nobody can ask about them any more."""
        self._tasks.clear()

    def _create(self, frame: Frame, event: Event, told: Told) -> None:
        import secrets  # here: it imports hashlib and random, and few servers ask as a task

        self._forget()
        if len(self._tasks) >= MOST:
            told(*_said(Answer(error=(REFUSED, f"There are {MOST} tasks already"))))
            return
        wished = frame.params["task"].get("ttl")
        usable = isinstance(wished, int | float) and not isinstance(wished, bool) and 0 <= wished < LONGEST
        ttl, now = int(wished) if usable else LONGEST, _now()
        until = anyio.current_time() + ttl / 1000
        task = _Received(secrets.token_urlsafe(12), ttl, until, now, now)
        self._tasks[task.id] = task
        told(*_said(Answer({"task": task.body()})))
        task.entry = self._inbox.ask(frame, event, on_end=lambda entry: self._ended(task, entry))
        task.entry.deferred = True

    def _about(self, frame: Frame, told: Told) -> None:
        self._forget()
        id = frame.params.get("taskId")
        task = self._tasks.get(id) if isinstance(id, str) else None
        if task is None:
            told(*_said(Answer(error=(INVALID_PARAMS, "There is no such task, or it has expired"))))
        elif frame.method == "tasks/get":
            told(*_said(Answer(task.body())))
        elif frame.method == "tasks/result":
            if task.status in TERMINAL:
                told(*_outcome(task))
            else:
                task.told.append(told)
        elif task.status in TERMINAL:
            says = f"The task is {task.status} already and cannot be cancelled"
            told(*_said(Answer(error=(INVALID_PARAMS, says))))
        else:
            self._become(task, "cancelled")
            told(*_said(Answer(task.body())))
            if task.entry is not None:
                self._inbox.take_back(task.entry)

    def _list(self, cursor: Any) -> Answer:
        self._forget()
        ids = list(self._tasks)
        if cursor is not None and (not isinstance(cursor, str) or cursor not in self._tasks):
            return Answer(error=(INVALID_PARAMS, "There is no such cursor, or it has expired"))
        # The last task of the page before: the place of each changes when others expire.
        start = 0 if cursor is None else ids.index(cursor) + 1
        page = [self._tasks[id].body() for id in ids[start : start + _PAGE]]
        more = {"nextCursor": ids[start + _PAGE - 1]} if len(ids) > start + _PAGE else {}
        return Answer({"tasks": page, **more})

    def _ended(self, task: _Received, entry: Entry) -> None:
        """The question is over. One that is left without an answer works on, as far as anybody knows."""
        if task.status in TERMINAL or entry.reply is None:
            return
        task.entry = entry
        self._become(task, "completed" if entry.has_result else "failed")

    def _become(self, task: _Received, status: str) -> None:
        task.status, task.updated = status, _now()
        waiting, task.told = task.told, []
        for told in waiting:
            told(*_outcome(task))

    def _forget(self) -> None:
        now = anyio.current_time()
        for id in [id for id, task in self._tasks.items() if task.until <= now]:
            del self._tasks[id]


def _outcome(task: _Received) -> tuple[bytes, bool]:
    """What the request would have been answered with, and which task it belongs to."""
    entry = task.entry
    if entry is None or entry.reply is None:
        return _said(Answer(error=(REFUSED, "The task was cancelled")))
    reply = entry.reply
    if isinstance(reply, Answer) and isinstance(reply.result, Mapping):
        given = reply.result.get("_meta")
        meta = {**(given if isinstance(given, Mapping) else {}), META_RELATED_TASK: {"taskId": task.id}}
        return _said(Answer({**reply.result, "_meta": meta}))
    return entry.text, not entry.has_result


def _said(answer: Answer) -> tuple[bytes, bool]:
    if answer.error is not None:
        return jsonrpc.encode({"code": answer.error[0], "message": answer.error[1]}), True
    return jsonrpc.encode(answer.result), False


def _is_declared(declared: Mapping[str, Any], method: str) -> bool:
    """Whether `method` may be asked as a task: `requests.sampling.createMessage` and the like."""
    found: Any = declared.get("requests")
    for name in method.split("/"):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found is not None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
