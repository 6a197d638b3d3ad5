"""The tasks of a journal, of both eras: what was created, how each stands and stood, where its result is.

A fold over the answers that name a task and over the notifications about one. It polls nobody.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from inspector.journal.journal import Journal
from inspector.journal.scan import Scan, answered, told
from inspector.wire.event import Kind, Shape
from inspector.wire.task import Task, created, read_task

MOST_TASKS = 1000
"""Tasks that are remembered: those heard of latest."""
MOST_STEPS = 100
"""Changes of one task's state that are remembered: the first, and the latest."""

_STATES = frozenset({"tasks/get", "tasks/cancel"})
_NOTICES = frozenset({"notifications/tasks", "notifications/tasks/status"})
_CREATE = frozenset({"tools/call", "prompts/get", "resources/read"})


@dataclass(frozen=True, slots=True)
class Step:
    """A task came into a state: when, which, and the row that says so."""

    time: float
    status: str
    seq: int


@dataclass(slots=True)
class Standing:
    """How a task stands.

    Attributes:
        task: What was said of it last.
        request: Row of the request that it came of; -1 where that is not known.
        began: When it was first heard of, in seconds since the journal's start.
        seq: Row that spoke of it last; `time` is when.
        steps: The states that it came into, oldest first.
        result: Row that holds its result or its error; -1 while there is none.
        revived: Whether it ever left a state that it may not leave.
        gone: Whether the server no longer knows it.
    """

    task: Task
    request: int
    began: float
    seq: int
    time: float
    steps: list[Step] = field(default_factory=list)
    result: int = -1
    revived: bool = False
    gone: bool = False

    @property
    def expires(self) -> float | None:
        """When it may be gone, by the journal's clock; `None` for never."""
        return None if self.task.ttl is None else self.began + self.task.ttl


class TaskStates:
    """The tasks of one journal, by id; ids outlive connections."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._scan = Scan(journal)
        self._tasks: OrderedDict[str, Standing] = OrderedDict()

    def advance(self, budget: float) -> bool:
        """Fold more rows for about `budget` seconds; returns whether there is more to fold."""
        return self._scan.advance(budget, self._take)

    @property
    def tasks(self) -> tuple[Standing, ...]:
        """All that are remembered, in the order of their first mention."""
        return tuple(self._tasks.values())

    def of(self, id: str) -> Standing | None:
        """The task of an id."""
        return self._tasks.get(id)

    def _take(self, seq: int) -> None:
        journal = self._journal
        if journal.kind(seq) is not Kind.MESSAGE:
            return
        if told(journal, seq) in _NOTICES:
            frame = journal.event(seq).frame
            self._saw(read_task(frame.params) if frame is not None else None, seq)
        elif journal.shape(seq) is Shape.ERROR:
            self._failed(seq)
        else:
            self._answered(answered(journal, seq), seq)

    def _answered(self, method: str | None, seq: int) -> None:
        journal = self._journal
        if method in _CREATE:
            # Results are many and tasks are few: what does not hold the word is not parsed.
            if b'"taskId"' in journal.body(seq):
                self._saw(created(self._result(seq)), seq, journal.peer(seq))
        elif method in _STATES:
            self._saw(read_task(self._result(seq)), seq)
        elif method == "tasks/list":
            result = self._result(seq)
            listed = result.get("tasks") if isinstance(result, Mapping) else None
            for entry in listed if isinstance(listed, list) else ():
                self._saw(read_task(entry), seq)
        elif method == "tasks/result":
            self._settled(seq)

    def _result(self, seq: int) -> Any:
        frame = self._journal.event(seq).frame
        return frame.result if frame is not None else None

    def _asked_for(self, seq: int) -> Standing | None:
        """The task that the request of this answer names."""
        asked = self._journal.event(self._journal.peer(seq)).frame
        id = asked.params.get("taskId") if asked is not None else None
        return self._tasks.get(id) if isinstance(id, str) else None

    def _settled(self, seq: int) -> None:
        known = self._asked_for(seq)
        if known is not None and known.result < 0:
            known.result = seq

    def _failed(self, seq: int) -> None:
        """An error that answers a question about a task: its result, or that it is gone."""
        journal = self._journal
        peer = journal.peer(seq)
        method = journal.method(peer) if peer >= 0 else None
        if method == "tasks/result":
            self._settled(seq)
        elif method == "tasks/get":
            known = self._asked_for(seq)
            if known is not None:
                known.gone = True

    def _saw(self, task: Task | None, seq: int, request: int = -1) -> None:
        if task is None:
            return
        time = self._journal.time(seq)
        known = self._tasks.get(task.id)
        if known is None:
            known = self._tasks[task.id] = Standing(task, request, time, seq, time)
            if len(self._tasks) > MOST_TASKS:
                self._tasks.popitem(last=False)
        elif task.status != known.task.status:
            known.revived = known.revived or known.task.over
        if not known.steps or known.steps[-1].status != task.status:
            known.steps.append(Step(time, task.status, seq))
            if len(known.steps) > MOST_STEPS:
                del known.steps[1]
        known.task, known.seq, known.time, known.gone = task, seq, time, False
        if known.result < 0 and task.over and ("result" in task.body or "error" in task.body):
            known.result = seq
