"""A recording read as a script: which answer belongs to which request, and what else comes when.

Each message of the server is a step. A step belongs to a call where its token, its exchange, its subscription
or the time tells so; every other stands in `unasked`, in the order of the recording. Nothing is
rewritten here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, TypeAlias

from inspector.journal.columns import ASIDE
from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.journal.related import Related
from inspector.serving.steps import Act, Call, Step
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.jsonrpc import Frame, elements, id_key
from inspector.wire.versions import META_SUBSCRIPTION_ID

LISTEN = "subscriptions/listen"
_KIND = 15  # of the flags of a row
_LOOK_BACK = 50_000
_CHANGES = ("/list_changed", "/updated")
_ACKNOWLEDGED = "notifications/subscriptions/acknowledged"
_REPLIES = (Shape.RESPONSE, Shape.ERROR)
_NO_BARRIER = frozenset({"ping", "notifications/progress", "notifications/cancelled"})
_LATEST = 50
_OPENED = 4  # the requests of one batch are answered by another
_TAKEN_OUT = frozenset({"dropped", "answered"})
_CHANGED = frozenset({"changed", "truncated"})  # which may also have come to the same bytes
_ENDS = frozenset({Act.ANSWER, Act.BREAK, Act.CANCEL, Act.CLOSE, Act.EXIT})


Opened: TypeAlias = tuple[Sequence[Frame], bytes, list[tuple[int, int]]]
"""A batch: its messages, its bytes, and where in those each of them stands."""


class Script:
    """The script of a journal, which is only read.

    Attributes:
        journal: The recording.
        calls: The requests and notifications of the client, in order.
        unasked: Steps that belong to no call, in order.
        unanswered: Requests whose answer is missing: the recording is damaged, or ends before.
        strayed: How many answers are left out because what they answer cannot be read.
    """

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.calls: list[Call] = []
        self.unasked: list[Step] = []
        self.unanswered: list[Call] = []
        self.strayed = 0
        self._barriers: list[int] = []
        self._related = Related(journal)
        self._by_row: dict[int, Call] = {}
        self._batched: dict[str, Call] = {}
        self._under: dict[int, Call] = {}  # requests that no answer has come to
        self._by_exchange: dict[int, Call] = {}
        self._home: dict[int, Call | None] = {}  # of each question of the server, the call that it belongs to
        self._verdicts: dict[int, str] = {}
        self._replaced: set[int] = set()  # rows that others stand beside or in the place of
        self._acknowledged: set[int] = set()
        self._listens: list[tuple[str, Call]] = []
        self._leaving = self._closed = False
        self._opened: dict[int, Opened] = {}
        self._damage = [each.offset for each in journal.skipped]
        self._read()
        self._miss()

    def horizon(self, row: int) -> int:
        """The row of what the client sent next: what stands before it comes with what it sent at `row`."""
        at = bisect_right(self._barriers, row)
        return self._barriers[at] if at < len(self._barriers) else len(self.journal)

    def frame(self, row: int, item: int = -1) -> Frame | None:
        """The message of a row, or one of its batch."""
        if item < 0:
            return self.journal.event(row).frame
        return self._batch_of(row)[0][item]

    def body(self, step: Step) -> bytes:
        """The bytes of a step's message."""
        if step.item < 0:
            return self.journal.body(step.row)
        _, body, spans = self._batch_of(step.row)
        return body[slice(*spans[step.item])] if step.item < len(spans) else body

    def _batch_of(self, row: int) -> Opened:
        """A batch taken apart; its messages are asked for one after the other, and may be very many."""
        opened = self._opened.get(row)
        if opened is None:
            event = self.journal.event(row)
            items = event.frame.items if event.frame is not None else ()
            opened = self._opened[row] = items, event.body, elements(event.body) or []
            if len(self._opened) > _OPENED:
                del self._opened[next(iter(self._opened))]
        return opened

    def listens(self, row: int) -> bool:
        """Whether a row asks for a subscription of the modern era."""
        call = self._by_row.get(row)
        return call is not None and call.method == LISTEN

    def changes(self, step: Step) -> bool:
        """Whether it says that something changed: who lists anew for that would hear it again, for ever."""
        method = self.journal.method(step.row) if step.act is Act.SAY else None
        return method is not None and method.endswith(_CHANGES)

    def response_of(self, row: int) -> dict[str, Any]:
        """What the exchange of a row had brought over HTTP by then: `status` and `body`, as far as it had."""
        journal, number = self.journal, self.journal.exchange(row)
        found = dict[str, Any]()
        if number is None:
            return found
        for each in range(row, max(-1, row - _LOOK_BACK), -1):  # a long recording has many, so no list of all
            if journal.exchange(each) != number or journal.kind(each) is not Kind.HTTP:
                continue
            if journal.direction(each) is Direction.C2S:
                break
            data = journal.data(each)
            if data.get("what") == "body":
                found.setdefault("body", journal.body(each))
            elif data.get("what") == "response":
                found["status"] = data.get("status")
                break
        return found

    # Reading

    def _read(self) -> None:
        journal = self.journal
        flags = journal.columns.flags  # most rows need no more than a look at theirs
        for row, word in enumerate(flags):
            if word & ASIDE:
                self._replaced.add(journal.of(row))
            elif word & _KIND == Kind.CLIENT:
                self._note_verdict(journal.data(row))
        for row, word in enumerate(flags):
            match word & _KIND:
                case Kind.MESSAGE:
                    way = journal.direction(row)
                    if way is Direction.C2S:
                        self._sent(row)
                    elif way is Direction.S2C:  # a recording may say neither
                        self._received(row)
                case Kind.STDOUT:
                    self._loose(Step(Act.PRINT, row))
                case Kind.PROCESS:
                    self._process(row, journal.data(row))
                case Kind.CLIENT:
                    self._client(row, journal.data(row))
                case Kind.HTTP:
                    self._http(row)
        self._under.clear()

    def _miss(self) -> None:
        """Find the requests whose answers are missing."""
        journal = self.journal
        for call in self.calls:
            if not call.asks or call.method == LISTEN or any(step.act in _ENDS for step in call.steps):
                continue
            status = journal.status(call.row)
            if status is Status.PENDING or (status is Status.LOST and self._damaged(call.row, after=True)):
                row = call.steps[-1].row if call.steps else call.row
                call.steps.append(Step(Act.MISSING, row, call.row))
                self.unanswered.append(call)

    def _damaged(self, row: int, *, after: bool) -> bool:
        """Whether something after a row, or before it, cannot be read."""
        at = self.journal.offsets[row]
        return bool(self._damage) and (self._damage[-1] > at if after else self._damage[0] < at)

    def _note_verdict(self, data: Mapping[str, Any]) -> None:
        row, verdict = data.get("row"), data.get("verdict")
        if data.get("what") == "released" and isinstance(row, int) and isinstance(verdict, str):
            self._verdicts[row] = verdict

    def _withheld(self, row: int) -> bool:
        """Whether a message of the server never came to the client as it was."""
        verdict = self._verdicts.get(row)
        return verdict in _TAKEN_OUT or (verdict in _CHANGED and row in self._replaced)

    def _sent(self, row: int) -> None:
        journal, shape = self.journal, self.journal.shape(row)
        if journal.aside(row):  # what went on in its place: the client sent the other one
            return
        method = journal.method(row) or ""
        if shape in (Shape.REQUEST, Shape.NOTIFICATION, Shape.BATCH) and method not in _NO_BARRIER:
            self._barriers.append(row)
        if shape is Shape.REQUEST:
            self._begin(Call(row, -1, method, asks=True))
        elif shape is Shape.NOTIFICATION and method == "notifications/cancelled":
            self._cancelled(row, self._related.request_of(row))
        elif shape is Shape.NOTIFICATION:
            self.calls.append(Call(row, -1, method, asks=False))
        elif shape in _REPLIES:
            self._replied(row, journal.peer(row))
        elif shape is Shape.BATCH:
            self._batch(row)

    def _begin(self, call: Call) -> None:
        self.calls.append(call)
        if call.item < 0:
            self._by_row[call.row] = call
        if call.method != LISTEN:
            self._under[call.row] = call
        elif (frame := self.frame(call.row, call.item)) is not None and frame.id is not None:
            self._listens.append((id_key(frame.id), call))
        exchange = self.journal.exchange(call.row)
        if exchange is not None:
            self._by_exchange.setdefault(exchange, call)

    def _batch(self, row: int) -> None:
        frame = self.journal.event(row).frame
        for item, each in enumerate(frame.items if frame else ()):
            if each.shape is Shape.REQUEST and each.method is not None:
                call = Call(row, item, each.method, asks=True)
                self._begin(call)
                self._batched[id_key(each.id or "")] = call
            elif each.shape is Shape.NOTIFICATION and each.method is not None:
                self.calls.append(Call(row, item, each.method, asks=False))
            elif each.shape in _REPLIES:
                self._replied(row, self.journal.peer(row))

    def _cancelled(self, row: int, about: int) -> None:
        call = self._by_row.get(about)
        if call is not None and call.method != LISTEN:
            call.steps.append(Step(Act.CANCEL, row, about))

    def _replied(self, row: int, question: int) -> None:
        call = self._home.get(question)
        if call is not None:
            call.steps.append(Step(Act.REPLY, row, question))

    def _received(self, row: int) -> None:
        journal, shape = self.journal, self.journal.shape(row)
        if journal.aside(row):
            of = journal.of(row)
            call = self._by_row.get(journal.peer(of)) if of >= 0 else None
            if call is not None and shape in _REPLIES:
                call.steps.append(Step(Act.ANSWER, row, call.row))
                return
        elif self._withheld(row):
            self._under.pop(journal.peer(row), None)
            return
        if shape in _REPLIES:
            self._answer(row, -1, journal.peer(row))
        elif shape is Shape.BATCH:
            self._answers(row)
        elif shape is Shape.REQUEST:
            call = self._asker(row)
            self._home[row] = call
            self._put(call, Step(Act.SAY, row))
        elif shape is Shape.NOTIFICATION:
            self._notice(row)
        else:
            self._loose(Step(Act.SAY, row))

    def _answer(self, row: int, item: int, request: int, call: Call | None = None) -> None:
        call = call or self._by_row.get(request)
        unknown = item < 0 and self.journal.status(row) is Status.UNKNOWN  # a batch has one for all
        if unknown and self._damaged(row, after=False):
            self.strayed += 1  # by its id it could pass for an answer to something else
            return
        if call is None or unknown:
            self._loose(Step(Act.SAY, row, -1, item))
            return
        step = Step(Act.ANSWER, row, call.row, item)
        if call.method == LISTEN:
            self.unasked.append(step)  # it ends when it ended, not when all else is quiet
        else:
            call.steps.append(step)
        self._under.pop(call.row, None)

    def _answers(self, row: int) -> None:
        frame = self.journal.event(row).frame
        under = self._by_id()
        for item, each in enumerate(frame.items if frame else ()):
            if each.shape in _REPLIES:
                key = id_key(each.id or "")
                call = self._batched.get(key) or under.get(key)
                self._answer(row, item, -1, call)
            else:
                self._loose(Step(Act.SAY, row, -1, item))

    def _latest(self) -> list[Call]:
        """The latest of the requests that no answer has come to, in order; they may be very many."""
        return list(islice(reversed(self._under.values()), _LATEST))[::-1]

    def _by_id(self) -> dict[str, Call]:
        """The latest requests under way, by their ids; of those with the same the first."""
        found: dict[str, Call] = {}
        for call in self._latest():
            frame = self.frame(call.row, call.item)
            if frame is not None and frame.id is not None:
                found.setdefault(id_key(frame.id), call)
        return found

    def _notice(self, row: int) -> None:
        journal = self.journal
        method = journal.method(row)
        about = self._related.request_of(row) if method == "notifications/progress" else -1
        call = self._by_row.get(about) or self._of_exchange(row)
        if call is None:
            call = self._subscription(row) or self._sole()
        if call is not None and call.method == LISTEN:
            if method == _ACKNOWLEDGED and call.row not in self._acknowledged:
                self._acknowledged.add(call.row)
                call.steps.append(Step(Act.SAY, row, call.row))
            else:
                self.unasked.append(Step(Act.SAY, row, call.row))
            return
        self._put(call, Step(Act.SAY, row, call.row if call else -1))

    def _subscription(self, row: int) -> Call | None:
        """The subscription that a notification names."""
        if not self._listens:
            return None
        frame = self.frame(row)
        meta = frame.params.get("_meta") if frame is not None else None
        id = meta.get(META_SUBSCRIPTION_ID) if isinstance(meta, Mapping) else None
        if isinstance(id, bool) or not isinstance(id, int | str):
            return None
        return next((call for key, call in self._listens[-_LATEST:][::-1] if key == id_key(str(id))), None)

    def _asker(self, row: int) -> Call | None:
        """The call that the server asks back for: of several, the one that ended first after the answer."""
        call = self._of_exchange(row)
        if call is not None:
            return call
        reply = self.journal.peer(row)
        under = [each for each in self._latest() if each.method != "ping"]
        if reply < 0:
            return under[-1] if under else None
        ends = [(end, each) for each in under if (end := self.journal.peer(each.row)) > reply]
        return min(ends, key=lambda each: each[0])[1] if ends else (under[-1] if under else None)

    def _of_exchange(self, row: int) -> Call | None:
        exchange = self.journal.exchange(row)
        return None if exchange is None else self._by_exchange.get(exchange)

    def _sole(self) -> Call | None:
        """The one call that was under way."""
        return next(iter(self._under.values())) if len(self._under) == 1 else None

    def _loose(self, step: Step) -> None:
        call = self._of_exchange(step.row) or self._sole()
        self._put(call if call is None or call.method != LISTEN else None, step)

    def _put(self, call: Call | None, step: Step) -> None:
        (self.unasked if call is None else call.steps).append(step)

    def _http(self, row: int) -> None:
        """An exchange that ended and brought its request no answer."""
        exchange = self.journal.exchange(row)
        call = None if exchange is None else self._by_exchange.get(exchange)
        if call is None or call.row not in self._under or self.journal.direction(row) is not Direction.NONE:
            return
        data = self.journal.data(row)
        if data.get("what") == "end" and self.journal.status(call.row) is Status.LOST:
            call.steps.append(Step(Act.BREAK, row, call.row))
            self._under.pop(call.row, None)

    def _client(self, row: int, data: Mapping[str, Any]) -> None:
        what, about = data.get("what"), data.get("request")
        if what == "connecting":
            self._under.clear()
            self._batched.clear()
            self._leaving = self._closed = False
        elif what == "disconnecting":
            self._leaving = True
        elif what == "timed-out" and isinstance(about, int):
            self._under.pop(about, None)
        elif what == "cancelled" and isinstance(about, int):
            call = self._under.get(about)
            if call is not None:
                call.steps.append(Step(Act.CANCEL, row, about))

    def _process(self, row: int, data: Mapping[str, Any]) -> None:
        """The server left by itself; where it was asked to, that is no part of the play."""
        what = data.get("what")
        act = {"exited": Act.EXIT, "stdout-closed": Act.CLOSE}.get(what if isinstance(what, str) else "")
        if act is Act.CLOSE and self._closed:
            return
        self._closed |= act is Act.CLOSE
        if act is None or self._leaving or data.get("rung", "none") != "none":
            return
        if not self._under:
            self.unasked.append(Step(act, row))
        for call in self._under.values():
            call.steps.append(Step(act, row))
        if act is Act.EXIT:
            self._under.clear()
