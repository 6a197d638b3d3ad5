"""What a server asked back, and what became of it: a fold, for recordings and connections that are over.

Requests of the server, parts of results that want input first (2026-07-28), of tasks, and of errors that name
URLs to visit first (2025-11-25, -32042). A few words are kept of each question; what it says in full is read
when somebody looks. Who answers is decided elsewhere; here it is only read.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inspector.journal import wanted
from inspector.journal.journal import Journal
from inspector.journal.question import Origin, Question, id_text, identity, question_of, state_of
from inspector.journal.scan import Scan
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.jsonrpc import Frame, cut, id_key
from inspector.wire.task import created, read_task

MOST = 2_000
"""Questions that are known at a time; the oldest are forgotten first."""
MAY_ASK = frozenset({"tools/call", "prompts/get", "resources/read", "completion/complete", "tasks/result"})
"""What a server may ask back for. A list is none of it: what comes beside one has another cause."""
MAY_BE_TASKS = frozenset({"sampling/createMessage", "elicitation/create"})
TASK_REQUESTS = frozenset({"tasks/get", "tasks/result", "tasks/list", "tasks/cancel"})
"""What a server asks about such a task (2025-11-25, basic/utilities/tasks): polls, and no questions."""
NEW_SESSION = "a new session"

_WANTING = frozenset({"tools/call", "prompts/get", "resources/read", "tasks/get"})
_ASKS = b'"inputRequests"'


@dataclass(slots=True)
class _Connection:
    """What is open on one connection.

    Attributes:
        requests: The client's requests without an answer, by row, with the number of their leg.
        legs: Ids of the requests to come that are another leg: the row of the one before, and the number.
    """

    requests: OrderedDict[int, int] = field(default_factory=OrderedDict)
    legs: dict[str, tuple[int, int]] = field(default_factory=dict)


class Asked:
    """The questions of a journal, oldest first; `rows` are those of `Scan`.

    Attributes:
        revision: Goes up with every change.
        forgotten: How many are known no more.
    """

    def __init__(self, journal: Journal, rows: Sequence[int] | None = None) -> None:
        self.revision = 0
        self.forgotten = 0
        self._journal = journal
        self._scan = Scan(journal, rows)
        self._questions: OrderedDict[tuple[int, str, bool], Question] = OrderedDict()
        self._open: dict[tuple[int, str, bool], Question] = {}
        self._tasks: dict[tuple[str, str], Question] = {}
        self._made: dict[str, Question] = {}
        self._now = _Connection()

    @property
    def questions(self) -> tuple[Question, ...]:
        """All that are known."""
        return tuple(self._questions.values())

    def advance(self, budget: float) -> bool:
        """Fold more rows for about `budget` seconds; returns whether there is more to fold."""
        return self._scan.advance(budget, self._take)

    def params(self, question: Question) -> Mapping[str, Any]:
        """What is asked in full; empty where that is no object."""
        frame = self._frame(question)
        params = frame.params if frame is not None else {}
        return params if isinstance(params, Mapping) else {}

    def answer(self, question: Question) -> bytes:
        """The answer as JSON text: the bare result, or the error object; empty where none is known."""
        if question.answer < 0:
            return b""
        body = self._journal.body(question.answer)
        if question.key is not None:
            return cut(body, "params", "inputResponses", question.key) or b""
        return cut(body, "result") or cut(body, "error") or b""

    def _frame(self, question: Question) -> Frame | None:
        frame = self._journal.event(question.seq).frame
        if frame is None:
            return None
        if question.origin == "request":
            return next((item for item in frame.items if item.id == question.id), None)
        named = wanted.requests(frame) if question.origin == "leg" else dict(wanted.of_refusal(frame))
        return named.get(question.key or "")

    # Row by row

    def _take(self, seq: int) -> None:
        journal = self._journal
        kind = journal.kind(seq)
        if kind is Kind.CLIENT:
            self._decided(seq)
        elif kind is Kind.MESSAGE:
            ours = journal.direction(seq) is Direction.C2S
            (self._sent if ours else self._came)(seq, journal.shape(seq))

    def _decided(self, seq: int) -> None:
        data = self._journal.data(seq)
        what = str(data.get("what"))  # a recording may hold anything
        if what in ("connecting", "closed"):
            for question in tuple(self._open.values()):
                self._end(question, "expired", "", seq)
            self._now = _Connection()
            self._made.clear()
        elif what == "negotiated" and data.get("reason") == NEW_SESSION:
            # What the session before had asked is answered in no other; an error asked nothing of a session.
            for question in [each for each in self._open.values() if each.origin == "request"]:
                self._end(question, "expired", "", seq)
        elif what == "leg" and isinstance(data.get("request"), int):
            number = data.get("number")
            leg = (data["request"], number if isinstance(number, int) else 2)
            self._now.legs[id_text(data.get("id"))] = leg
        elif what == "answered":
            for question in self._found(data):
                self._end(question, str(data.get("state")), str(data.get("by")), seq)
        elif what in ("cancelled", "timed-out"):
            self._call_ended(data.get("request"), seq, legs=True)

    def _sent(self, seq: int, shape: Shape) -> None:
        journal = self._journal
        if journal.aside(seq):
            return
        if shape is Shape.REQUEST:
            before, leg = -1, 1
            method = journal.method(seq)
            if self._now.legs and method in _WANTING:
                frame = journal.event(seq).frame
                before, leg = self._now.legs.pop(frame.id if frame and frame.id else "", (-1, 1))
            self._now.requests[seq] = leg
            if len(self._now.requests) > MOST:
                self._now.requests.popitem(last=False)
            if before >= 0:
                self._answered_by(seq, lambda each: each.origin == "leg" and each.cause == before)
            elif method == "tasks/update":
                frame = journal.event(seq).frame
                task = frame.params.get("taskId") if frame else None
                self._answered_by(seq, lambda each: bool(each.task) and each.task == task)
        elif shape in (Shape.RESPONSE, Shape.ERROR) and journal.peer(seq) >= 0:
            asked = journal.peer(seq)
            frame = journal.event(seq).frame
            question = self._questions.get(identity(asked, None, frame.id if frame else None))
            question = question or next((each for each in self._open.values() if each.seq == asked), None)
            task = created(frame.result) if frame is not None else None
            if journal.method(asked) in TASK_REQUESTS:
                self._ours(seq, asked, shape, frame)
            elif question is not None and task is not None and question.method in MAY_BE_TASKS:
                self._made[task.id] = question
                question.deferred = True
                if len(self._made) > MOST:
                    del self._made[next(iter(self._made))]
            elif question is not None:
                question.answer = seq
                self._end(question, state_of(question, shape, frame), "", seq)

    def _ours(self, seq: int, asked: int, shape: Shape, frame: Frame | None) -> None:
        """We answer about a task that was made of a question (2025-11-25): its result, or that it is over."""
        request = self._journal.event(asked).frame
        id = request.params.get("taskId") if request is not None else None
        question = self._made.get(id) if isinstance(id, str) else None
        if question is None or frame is None:
            return
        if self._journal.method(asked) == "tasks/result":
            question.answer = seq
            self._end(question, state_of(question, shape, frame), "", seq)
        elif (task := read_task(frame.result)) is not None and task.status == "cancelled":
            self._end(question, "cancelled", "server", seq)

    def _answered_by(self, seq: int, suits: Callable[[Question], bool]) -> None:
        """A request that brings answers by their keys."""
        frame = self._journal.event(seq).frame
        given = frame.params.get("inputResponses") if frame is not None else None
        if not isinstance(given, Mapping):
            return
        for question in reversed(self._questions.values()):
            if question.answer < 0 and suits(question) and question.key in given:
                question.answer = seq
                self._end(question, "answered", "", seq)

    def _came(self, seq: int, shape: Shape) -> None:
        journal = self._journal
        if journal.aside(seq):
            return
        if shape in (Shape.REQUEST, Shape.BATCH):
            self._requested(seq)
        elif shape is Shape.NOTIFICATION:
            self._noticed(seq)
        elif shape in (Shape.RESPONSE, Shape.ERROR) and (request := journal.peer(seq)) >= 0:
            leg = self._now.requests.pop(request, 1)
            if shape is Shape.ERROR:
                if str(wanted.URL_REQUIRED).encode() in journal.body(seq):
                    frame = journal.event(seq).frame
                    self._named(seq, request, leg, "refusal", dict(wanted.of_refusal(frame)) if frame else {})
            elif journal.method(request) in _WANTING and _ASKS in journal.body(seq):
                frame = journal.event(seq).frame
                self._named(seq, request, leg, "leg", wanted.requests(frame) if frame else {}, _task(frame))
            self._call_ended(request, seq, legs=False)

    def _requested(self, seq: int) -> None:
        frame = self._journal.event(seq).frame
        for item in frame.items if frame is not None else ():
            if item.shape is Shape.REQUEST and item.method != "ping" and item.method not in TASK_REQUESTS:
                self._add(question_of(seq, None, item, "request", self._cause(seq)))

    def _named(
        self,
        seq: int,
        request: int,
        leg: int,
        origin: Origin,
        named: Mapping[str, Frame],
        task: str = "",
    ) -> None:
        for key, item in named.items():
            if task and (task, key) in self._tasks:
                continue  # it stands in every answer until it is answered
            question = question_of(seq, key, item, origin, request)
            question.leg, question.task = leg, task
            if task:
                self._tasks[task, key] = question
            self._add(question)

    def _noticed(self, seq: int) -> None:
        method = self._journal.method(seq)
        if method not in ("notifications/cancelled", "notifications/elicitation/complete"):
            return
        frame = self._journal.event(seq).frame
        params = frame.params if frame is not None else {}
        if method == "notifications/cancelled":
            about = id_key(id_text(params.get("requestId")))
            for question in [each for each in self._open.values() if about and each.match == about]:
                if not question.deferred:  # its request has its answer already
                    self._end(question, "cancelled", "server", seq)
            return
        about = id_text(params.get("elicitationId"))
        for question in [each for each in self._questions.values() if about and each.elicitation == about]:
            question.completed = True
            self.revision += 1
            if question.origin == "refusal":
                self._end(question, "answered", "server", seq)

    # Questions

    def _add(self, question: Question) -> None:
        self._questions[question.ident] = self._open[question.ident] = question
        self.revision += 1
        if len(self._questions) > MOST:
            ident, gone = self._questions.popitem(last=False)
            self._open.pop(ident, None)
            self._tasks.pop((gone.task, gone.key or ""), None)
            self.forgotten += 1

    def _end(self, question: Question, state: str, by: str, seq: int) -> None:
        """The first word counts; the answer itself comes after whoever decided on it."""
        if self._open.pop(question.ident, None) is not None:
            question.state, question.by, question.over = state, by, self._journal.time(seq)
        self.revision += 1

    def _found(self, data: Mapping[str, Any]) -> Iterator[Question]:
        seq, key = data.get("request"), data.get("key")
        if isinstance(key, str):
            question = self._open.get((seq, key, False)) if isinstance(seq, int) else None
        else:
            question = next((each for each in self._open.values() if each.seq == seq), None)
        if question is not None:
            yield question

    def _cause(self, seq: int) -> int:
        """The request that a request of the server belongs to: over HTTP the stream tells; on one pipe
        nothing does, unless there is only one."""
        exchange = self._journal.exchange(seq)
        open = self._now.requests
        if exchange is not None:
            return next((row for row in open if self._journal.exchange(row) == exchange), -1)
        could = [row for row in open if self._journal.method(row) in MAY_ASK]
        return could[0] if len(could) == 1 else -1

    def _call_ended(self, request: Any, seq: int, *, legs: bool) -> None:
        """Nobody waits any more for what a call was about."""
        if isinstance(request, int):
            self._now.requests.pop(request, None)
        for question in tuple(self._open.values()):
            if question.deferred:
                continue  # it is waited for whatever becomes of the call
            if question.cause == request and (question.origin == "request" or legs):
                self._end(question, "expired", "", seq)


def _task(frame: Frame | None) -> str:
    result = frame.result if frame is not None else None
    task = result.get("taskId") if isinstance(result, Mapping) else None
    return task if isinstance(task, str) and isinstance(result, Mapping) and "status" in result else ""
