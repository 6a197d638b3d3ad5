"""The tasks of a journal, of both eras: what was created, how each stands and stood, where its result is.

A fold over the answers that name a task and over the notifications about one. It polls nobody.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from inspector.journal.journal import Journal
from inspector.journal.scan import Scan, answered, told
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.task import Task, created, read_task, related
from inspector.wire.versions import INVALID_PARAMS

MOST_TASKS = 1000
"""Tasks that are remembered: those heard of latest."""
MOST_SAID = 8
"""Keys of questions that a step names."""
MOST_STEPS = 100
"""Changes of one task's state that are remembered: the first, and the latest."""
_LONGEST = 2000  # characters of a text that a step keeps
_STATES = frozenset({"tasks/get", "tasks/cancel"})
_NOTICES = frozenset({"notifications/tasks", "notifications/tasks/status"})
_CREATE = frozenset({"tools/call", "prompts/get", "resources/read"})


@dataclass(frozen=True, slots=True)
class Step:
    """Something happened to a task.

    Attributes:
        time: When, in seconds since the journal's start.
        status: The state that it came into, or was in.
        seq: The row that says so.
        kind: It came into a state, or says something else about it; it asked; it was answered; we found that
            it had outlived its time.
        says: What the server says about the state; the methods, or the keys, of what was asked or answered.
    """

    time: float
    status: str
    seq: int
    kind: Literal["state", "asked", "answered", "expired"] = "state"
    says: str = ""


@dataclass(slots=True)
class Standing:
    """How a task stands.

    Attributes:
        task: What was said of it last.
        request: Row of the request that it came of; -1 where that is not known.
        began: When it was first heard of, in seconds since the journal's start.
        seq: Row that spoke of it last; `time` is when.
        steps: What happened to it, oldest first.
        result: Row that holds its result or its error; -1 while there is none.
        revived: Whether it ever left a state that it may not leave.
        gone: Whether the server no longer knows it.
        born: When it was created, at the latest, by the journal's clock: see `Task.age`.
        asked: Keys of the extension's questions that were heard of.
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
    born: float = math.inf
    asked: set[str] = field(default_factory=set)

    @property
    def expires(self) -> float | None:
        """When it may be gone, by the journal's clock; `None` for never."""
        return None if self.task.ttl is None else min(self.began, self.born) + self.task.ttl

    def add(self, step: Step) -> None:
        """Take in what happened to it."""
        self.steps.append(step)
        if len(self.steps) > MOST_STEPS:
            del self.steps[1]


class TaskStates:
    """The tasks of one journal, by id; ids outlive connections. `rows` are those of `Scan`.

    Attributes:
        revision: Goes up with every change.
    """

    def __init__(self, journal: Journal, rows: Sequence[int] | None = None) -> None:
        self._journal = journal
        self._scan = Scan(journal, rows)
        self._tasks: OrderedDict[str, Standing] = OrderedDict()
        self._asking: OrderedDict[int, str] = OrderedDict()
        self.revision = 0

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
        if journal.kind(seq) is Kind.CLIENT:
            self._did(seq)
        if journal.kind(seq) is not Kind.MESSAGE or journal.aside(seq):
            return
        shape = journal.shape(seq)
        if shape is Shape.REQUEST or journal.direction(seq) is Direction.C2S:
            self._talked(seq)
        elif told(journal, seq) in _NOTICES:
            frame = journal.event(seq).frame
            self._saw(read_task(frame.params) if frame is not None else None, seq)
        elif shape is Shape.ERROR:
            self._failed(seq)
        else:
            self._answered(answered(journal, seq), seq)

    def _did(self, seq: int) -> None:
        event = self._journal.event(seq)
        id = event.data.get("task") if event.what == "task-expired" else None
        known = self._tasks.get(id) if isinstance(id, str) else None
        if known is not None:
            known.add(Step(event.t, known.task.status, seq, "expired"))
            self.revision += 1

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
            for entry in listed[-MOST_TASKS:] if isinstance(listed, list) else ():
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

    def _talked(self, seq: int) -> None:
        """A question that is asked for a task, or an answer to one."""
        journal = self._journal
        if journal.direction(seq) is Direction.S2C:
            if b"related-task" in journal.body(seq):
                self._asks(seq)
        elif journal.method(seq) == "tasks/update":
            frame = journal.event(seq).frame
            params: Mapping[str, Any] = frame.params if frame is not None else {}
            id, responses = params.get("taskId"), params.get("inputResponses")
            keys = [key[:_LONGEST] for key in responses][:MOST_SAID] if isinstance(responses, Mapping) else []
            self._answers(id if isinstance(id, str) else "", seq, ", ".join(keys))
        elif journal.peer(seq) in self._asking and journal.shape(seq) in (Shape.RESPONSE, Shape.ERROR):
            asking = journal.peer(seq)
            self._answers(self._asking.pop(asking), seq, journal.method(asking) or "")

    def _asks(self, seq: int) -> None:
        frame = self._journal.event(seq).frame
        id = related(frame.params) if frame is not None else ""
        known = self._tasks.get(id)
        if known is not None:
            known.add(
                Step(
                    self._journal.time(seq), known.task.status, seq, "asked", self._journal.method(seq) or ""
                )
            )
            self.revision += 1
            self._asking[seq] = id
            if len(self._asking) > MOST_TASKS:
                self._asking.popitem(last=False)

    def _answers(self, id: str, seq: int, says: str) -> None:
        known = self._tasks.get(id)
        if known is not None:
            known.add(Step(self._journal.time(seq), known.task.status, seq, "answered", says))
            self.revision += 1

    def _settled(self, seq: int) -> None:
        known = self._asked_for(seq)
        if known is not None and known.result < 0:
            known.result = seq
            self.revision += 1

    def _failed(self, seq: int) -> None:
        """An error that answers a question about a task: its result, or that it is gone."""
        journal = self._journal
        peer = journal.peer(seq)
        method = journal.method(peer) if peer >= 0 else None
        if method == "tasks/result":
            self._settled(seq)
        elif method == "tasks/get":
            frame, known = journal.event(seq).frame, self._asked_for(seq)
            unknown = frame is not None and frame.error.get("code") == INVALID_PARAMS
            if unknown and known is not None and not known.gone:
                known.gone = True
                self.revision += 1

    def _saw(self, task: Task | None, seq: int, request: int = -1) -> None:
        if task is None:
            return
        self.revision += 1
        time = self._journal.time(seq)
        known = self._tasks.get(task.id)
        if known is None:
            known = self._tasks[task.id] = Standing(task, request, time, seq, time)
            if len(self._tasks) > MOST_TASKS:
                self._tasks.popitem(last=False)
        elif task.status != known.task.status:
            known.revived = known.revived or known.task.over
        if known.request < 0:  # some servers tell of a task before they answer the call that it came of
            known.request = request
        if not known.steps or (known.task.status, known.task.message) != (task.status, task.message):
            known.add(Step(time, task.status[:_LONGEST], seq, says=task.message[:_LONGEST]))
        known.task, known.seq, known.time, known.gone = task, seq, time, False
        known.born = min(known.born, time - task.age)
        self._heard_questions(known, seq)
        if known.result < 0 and task.over and ("result" in task.body or "error" in task.body):
            known.result = seq

    def _heard_questions(self, known: Standing, seq: int) -> None:
        fresh = [key for key in known.task.inputs if key not in known.asked][: MOST_STEPS - len(known.asked)]
        if fresh:
            known.asked.update(fresh)
            says = ", ".join(key[:_LONGEST] for key in fresh[:MOST_SAID])
            known.add(Step(self._journal.time(seq), known.task.status, seq, "asked", says))
