"""What a server asks back, in one place: each question with its policy, its state and its answer.

A question may be a request of its own (the legacy eras) or a part of a result that wants input first
(2026-07-28); here they are alike. How an answer travels is the business of whoever puts the question in.
Nothing is sent or drawn here, and what a server asks for never raises.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import anyio

from inspector.errors import UsageError
from inspector.journal.asked import MAY_ASK
from inspector.journal.wanted import required
from inspector.session.answers import Policies, Raw, Reply, Script, Word, declined, text_of
from inspector.session.peer import Answer
from inspector.session.serving import AskedKind, kind_of
from inspector.wire.event import Shape
from inspector.wire.jsonrpc import Frame, id_key
from inspector.wire.task import META_RELATED_TASK, related

if TYPE_CHECKING:
    from inspector.session.calls import Call
    from inspector.session.outcome import Replied
    from inspector.session.patience import Held
    from inspector.transport.tap import Tap
    from inspector.wire.event import Event

State: TypeAlias = Literal["waiting", "answered", "declined", "cancelled", "ignored", "expired"]
By: TypeAlias = Literal["", "user", "policy", "script", "server"]

MOST_WAITING = 1000
"""Questions at a time; a server that asks more is declined."""
MOST_KEPT = 1000
"""Questions that are over; the oldest are forgotten first. All of them stand in the journal."""


@dataclass(eq=False, slots=True)
class Entry:
    """One question.

    Attributes:
        number: From 1, in the order in which they came.
        kind: What is asked for.
        frame: The request; a part of a result is put as the request that it stands for.
        event: The journal's event that asks: the request, the reply that wants input first, or the error
            that says where somebody has to go before the call is made again.
        call: The call that caused it; `None` where nothing tells which it was.
        cause: The journal's row of the request that caused it, of the leg where the call has several.
        key: Its name among those of one result or error; `None` for a request of its own.
        task: The id of the task that it is asked for; empty where it is asked for none.
        refusal: It stands in an error (-32042): nothing is sent as an answer.
        since: When it came, by `monotonic()`.
        state: `waiting`; then how it ended. `cancelled`: by an answer that says so, or by the server.
            `expired`: the call or the connection ended first.
        by: Who ended it; empty while it waits, and where it expired.
        reply: The answer, if one was given.
        text: The answer as JSON text: the bare result, or the error object.
        completed: The server said that what was to be done at the URL is done (2025-11-25).
        deferred: Its request is answered already, by a task that the server polls.
        done: Set when it no longer waits.
        match: The id of a request of its own, as ids are compared; empty for a part of a result.
    """

    number: int
    kind: AskedKind
    frame: Frame
    event: Event
    call: Call | None = None
    cause: int | None = None
    key: str | None = None
    task: str = ""
    refusal: bool = False
    since: float = 0.0
    state: State = "waiting"
    by: By = ""
    reply: Reply | None = None
    text: bytes = b""
    completed: bool = False
    deferred: bool = False
    done: anyio.Event = field(default_factory=anyio.Event)
    match: str = ""
    held: tuple[Held, ...] = ()
    on_end: Callable[[Entry], None] | None = None

    @property
    def method(self) -> str:
        return self.frame.method or ""

    @property
    def params(self) -> Mapping[str, Any]:
        return self.frame.params

    @property
    def origin(self) -> Literal["request", "leg", "refusal"]:
        """Whether it is a request of its own, or a part of a result or of an error."""
        return "refusal" if self.refusal else "request" if self.key is None else "leg"

    @property
    def waiting(self) -> bool:
        return self.state == "waiting"

    @property
    def has_result(self) -> bool:
        """Whether it was answered by a result, however odd, and not by an error or not at all."""
        return isinstance(self.reply, Raw) or (isinstance(self.reply, Answer) and self.reply.error is None)


class Inbox:
    """The questions of one session.

    Args:
        tap: Where it is written down who answered.
        policies: What becomes of a question, by its kind.
        declared: What we declare to serve at the moment.
        calls: The calls that are not done yet.

    Attributes:
        policies: May be changed at any time; it decides about what comes from then on.
        revision: Goes up with every change.
    """

    def __init__(
        self,
        tap: Tap,
        policies: Policies,
        declared: Callable[[], Mapping[str, Any]],
        calls: Callable[[], Iterable[Call]],
    ) -> None:
        self.policies = policies
        self.revision = 0
        self._tap = tap
        self._declared = declared
        self._calls = calls
        self._last = 0
        self._waiting: dict[int, Entry] = {}
        self._over: dict[int, Entry] = {}
        self._listeners: dict[int, Callable[[Entry], None]] = {}
        self._last_listener = 0
        self._of_task: OrderedDict[str, Call] = OrderedDict()

    @property
    def waiting(self) -> tuple[Entry, ...]:
        """What waits for an answer, oldest first."""
        return tuple(self._waiting.values())

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All that is known, oldest first."""
        return tuple(sorted((*self._over.values(), *self._waiting.values()), key=lambda entry: entry.number))

    def of(self, call: Call) -> tuple[Entry, ...]:
        """What waits for an answer before a call can go on, oldest first."""
        return tuple(entry for entry in self._waiting.values() if entry.call is call and not entry.refusal)

    def add_listener(self, callback: Callable[[Entry], None]) -> Callable[[], None]:
        """Call `callback` with each question as it comes and when it is over; it must be quick.

        Returns:
            What takes it off again.
        """
        number = self._last_listener = self._last_listener + 1
        self._listeners[number] = callback
        return lambda: self._listeners.pop(number, None) and None

    def ask(
        self,
        frame: Frame,
        event: Event,
        *,
        call: Call | None = None,
        key: str | None = None,
        task: str = "",
        on_end: Callable[[Entry], None] | None = None,
    ) -> Entry:
        """Take in a question. It is over at once where its policy says so.

        Args:
            frame: The request.
            event: The journal's event that asks.
            call: The call that caused it; found out here where it can be.
            key: Its name among those of one result.
            task: The id of the task that it is asked for; found out here where the request says it.
            on_end: Called once, when it no longer waits.
        """
        task = task or related(frame.params)
        call = call or self._of_task.get(task) or (self._cause(event) if key is None else None)
        entry = self._entry(frame, event, call, key)
        entry.task, entry.on_end = task, on_end
        return self._take(entry)

    def refused(self, call: Call, reply: Replied) -> None:
        """A call ended with an error that names URLs to visit before it is made again.

        2025-11-25, client/elicitation, "URL Elicitation Required Error". They are put like other questions,
        and wait until somebody says that it is done, or the server does. Any other error asks nothing.
        """
        for key, params in required(reply.frame):
            asked = {"method": "elicitation/create", "params": params}
            frame = Frame(Shape.REQUEST, asked, "elicitation/create")
            entry = self._entry(frame, reply.event, call, key)
            entry.refusal = True
            self._take(entry)

    def _entry(self, frame: Frame, event: Event, call: Call | None, key: str | None) -> Entry:
        self._last += 1
        kind = kind_of(frame.method or "", frame.params)
        cause = call.request.seq if call is not None and call.request is not None else None
        match = id_key(frame.id) if key is None and frame.id is not None else ""
        return Entry(self._last, kind, frame, event, call, cause, key, since=monotonic(), match=match)

    def _take(self, entry: Entry) -> Entry:
        self._waiting[entry.number] = entry
        self._changed(entry)
        self._by_rule(entry)
        return entry

    def answer(self, entry: Entry, reply: Reply, *, by: By = "user") -> bool:
        """Answer a question.

        Args:
            entry: Which one.
            reply: A result, an error, or a result as raw text. In a leg there is no place for an error:
                that leaves the call as it is, with the result that wants input.
            by: Who answers.

        Returns:
            Whether it still waited.

        Raises:
            UsageError: The answer cannot be written as JSON.
        """
        reply = _for_task(entry, reply)
        try:
            text = text_of(reply)
        except (TypeError, ValueError, RecursionError) as error:
            raise UsageError(
                f"The answer cannot be written as JSON: {error}", next="Raw text can hold what JSON cannot"
            ) from error
        if not entry.waiting:
            return False
        entry.reply, entry.text = reply, text
        self._end(entry, _state(entry, reply), by)
        return True

    def decline(self, entry: Entry, *, by: By = "user") -> bool:
        """Decline in the way that fits what is asked; see `answer`."""
        return self.answer(entry, declined(entry.kind, entry.frame, self._declared()), by=by)

    def ignore(self, entry: Entry, *, by: By = "user") -> bool:
        """Leave a question without an answer for good; returns whether it still waited."""
        if entry.waiting:
            self._end(entry, "ignored", by)
            return True
        return False

    def withdraw(self, request_id: Any) -> None:
        """The server cancelled a request of its own (basic/utilities/cancellation); a task is no request."""
        key = _key(request_id)
        for entry in [each for each in self.waiting if not each.deferred]:
            if key and entry.key is None and entry.frame.id is not None and id_key(entry.frame.id) == key:
                self.take_back(entry)

    def take_back(self, entry: Entry) -> None:
        """The server does not want an answer any more."""
        if entry.waiting:
            self._end(entry, "cancelled", "server")

    def complete(self, elicitation_id: Any) -> None:
        """The server said that what was to be done at a URL is done.

        That answers no request by itself; what stands in an error is over with it.
        """
        for entry in self.entries if isinstance(elicitation_id, str) else ():
            if entry.kind == "elicitation-url" and entry.params.get("elicitationId") == elicitation_id:
                entry.completed = True
                if entry.refusal and entry.waiting:
                    self._end(entry, "answered", "server")
                else:
                    self._changed(entry)

    def ended(self, call: Call) -> None:
        """A call is over: nobody waits for what it was about."""
        for entry in [each for each in self.of(call) if not each.deferred]:
            self._end(entry, "expired", "")

    def relate(self, task: str, call: Call) -> None:
        """Remember which call a task came of: what is asked for the task is asked because of that call."""
        self._of_task[task] = call
        if len(self._of_task) > MOST_KEPT:
            self._of_task.popitem(last=False)

    def ended_task(self, task: str) -> None:
        """A task is over: nobody waits for what it asked."""
        for entry in self.waiting:
            if entry.task == task:
                self._end(entry, "expired", "")

    def close(self, *, session: bool = False) -> None:
        """The connection is over; or the `session` alone, and with it what the server requested in it."""
        for entry in self.waiting:
            if not session or entry.origin == "request":
                self._end(entry, "expired", "")

    def _cause(self, event: Event) -> Call | None:
        """The call that a request of the server belongs to.

        Over HTTP the stream tells. On one pipe nothing does, unless there is only one call that it can be.
        """
        sent = [(call, call.request) for call in self._calls() if call.request is not None]
        if event.exchange is not None:
            return next((call for call, request in sent if request.exchange == event.exchange), None)
        could = [call for call, _ in sent if call.method in MAY_ASK]
        return could[0] if len(could) == 1 else None

    def _by_rule(self, entry: Entry) -> None:
        rule = self.policies.of(entry.kind)
        word: Word = rule.otherwise if isinstance(rule, Script) else rule
        if isinstance(rule, Script) and (answer := rule.answer(entry.frame, self._declared())) is not None:
            try:
                self.answer(entry, answer, by="script")
            except UsageError as error:
                self._tap.client("warning", says=error.message, request=entry.event.seq)
                word = "decline"
            else:
                return
        if word == "ignore":
            self.ignore(entry, by="policy")
        elif word == "decline" or len(self._waiting) > MOST_WAITING:
            self.decline(entry, by="policy")
        else:
            # Nobody's time runs while a person thinks; where it is not known whose it would be, no one's.
            calls = [entry.call] if entry.call is not None else list(self._calls())
            entry.held = tuple(call.held for call in calls)
            for held in entry.held:
                held.hold()

    def _end(self, entry: Entry, state: State, by: By) -> None:
        entry.state, entry.by = state, by
        self._waiting.pop(entry.number, None)
        self._over[entry.number] = entry
        if len(self._over) > MOST_KEPT:
            del self._over[next(iter(self._over))]
        for held in entry.held:
            held.release()
        if by not in ("", "server"):
            about = {"asked": entry.kind, "number": entry.number, "request": entry.event.seq}
            key = {} if entry.key is None else {"key": entry.key}
            self._tap.client("answered", by=by, state=state, **about, **key)
        if entry.on_end is not None:
            entry.on_end(entry)
        entry.done.set()
        self._changed(entry)

    def _changed(self, entry: Entry) -> None:
        self.revision += 1
        for callback in tuple(self._listeners.values()):
            callback(entry)


def _for_task(entry: Entry, reply: Reply) -> Reply:
    """The answer with the task's id in it, where a request of its own is asked for a task.

    2025-11-25, basic/utilities/tasks, "Associating Task-Related Messages": responses carry it too.
    """
    if entry.key is not None or not entry.task or isinstance(reply, Raw) or reply.error is not None:
        return reply
    given = reply.result.get("_meta", {}) if isinstance(reply.result, Mapping) else None
    if not isinstance(given, Mapping) or META_RELATED_TASK in given:
        return reply
    meta = {**given, META_RELATED_TASK: {"taskId": entry.task}}
    return replace(reply, result={**reply.result, "_meta": meta})


def _state(entry: Entry, reply: Reply) -> State:
    if isinstance(reply, Raw):
        return "answered"
    if reply.error is not None:
        return "declined"
    action = reply.result.get("action") if isinstance(reply.result, Mapping) else None
    if entry.kind in ("elicitation-form", "elicitation-url"):
        return "declined" if action == "decline" else "cancelled" if action == "cancel" else "answered"
    return "answered"


def _key(request_id: Any) -> str:
    try:
        return id_key(json.dumps(request_id, ensure_ascii=False))
    except (TypeError, ValueError, RecursionError):  # not an id that anybody sent
        return ""
