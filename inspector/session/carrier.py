"""The calls of a connection: built, sent, timed, made once more where that helps, gone on with, and settled.

It knows which call a reply belongs to (by the peer) and how long each may take. Opening, agreeing and
ending are the business of the session, which it is a part of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import anyio

from inspector.errors import UsageError
from inspector.session import mrtr
from inspector.session.calls import Call, OnProgress
from inspector.session.dialect import Dialect
from inspector.session.mirror import Mirror
from inspector.session.outbox import Job
from inspector.session.outcome import Cancelled, Closed, HttpFailed, Outcome, Replied, TimedOut
from inspector.session.patience import within
from inspector.session.peer import (
    Asked,
    Effect,
    Noticed,
    Peer,
    Pending,
    Progress,
    Send,
    Settled,
    Stray,
    pong,
    spelt,
)
from inspector.wire import jsonrpc
from inspector.wire.event import Event, Shape

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

    from inspector.session.inbox import Entry
    from inspector.session.mrtr import Round
    from inspector.session.session import Session

_WITH_PROGRESS = frozenset({"tools/call", "prompts/get", "resources/read"})


class Carrier:
    """Carries the calls of one session.

    Args:
        session: What it is a part of.
        tasks: Where the calls run.

    Attributes:
        peer: Pairs replies with requests.
        mirror: What the list of tools decides about calls over HTTP.
    """

    def __init__(self, session: Session, tasks: TaskGroup) -> None:
        self.peer = Peer(pong)
        self.mirror = Mirror(session)
        self._session = session
        self._tasks = tasks
        self._calls: dict[Pending, Call] = {}
        self._between: dict[Call, None] = {}  # two requests: what they wait for is no answer of the server

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls that are not done."""
        return (*self._calls.values(), *self._between)

    def start(
        self,
        dialect: Dialect,
        method: str,
        params: Any,
        timeout: float,
        on_progress: OnProgress | None,
        reset_on_progress: bool = False,
    ) -> Call:
        """Make a call; see `Session.start_in`.

        Raises:
            UsageError: `params` cannot be written as JSON.
        """
        try:
            watched = on_progress is not None or reset_on_progress
            body, pending = self._build(dialect, method, params, watched)
        except (TypeError, ValueError, RecursionError) as error:
            raise UsageError(
                f"The parameters of {method} cannot be written as JSON: {error}",
                next="Raw bytes can hold what JSON cannot",
            ) from error
        call = Call(pending, body, params, timeout, on_progress, self._cancel)
        call.reset_on_progress = reset_on_progress
        self._calls[pending] = call
        if self._session.ending is not None:
            self.give_up(call, self._session.ending)
        else:
            self._tasks.start_soon(self._carry, call, dialect, name=f"call {method}")
        return call

    def feed(self, event: Event) -> list[Effect]:
        """Take in one event of the journal; returns what followed from it."""
        effects = self.peer.feed(event)
        self._apply(effects)
        return effects

    def close(self, ending: Closed) -> None:
        """Settle all calls: the connection ended."""
        self._apply(self.peer.close(ending))
        for call in tuple(self._between):
            self._end(call, ending)

    async def _carry(self, call: Call, dialect: Dialect) -> None:
        """Send one call, and wait for its outcome as long as it may take."""

        async def sent() -> bool:
            if call.method != "initialize":
                await self._session.renewal.wait()
            call.schema = await self.mirror.schema(call.method, call.params)
            wrong = self.mirror.withheld(call.params["name"]) if call.schema is not None else []
            if wrong:
                self.give_up(call, Cancelled(f"a conforming client does not call this tool: {wrong[0]}"))
            else:
                self._send(call, dialect)
            return True

        begun = anyio.current_time()
        call.last = begun + max(call.timeout, self._session.options.longest)
        due = call.until(begun + call.timeout)
        if await within(due, sent, self._session.authorizer) is not None:
            await within(call.until(due), call.settled.wait, self._session.authorizer, call.held)
            while call.reset_on_progress and not call.done and due < call.last:
                extended = min(call.progressed + call.timeout, call.last)
                if extended <= due:
                    break
                due = call.until(extended)
                await within(due, call.settled.wait, self._session.authorizer, call.held)
        if not call.done:
            self._session.tap.client("timed-out", **_about(call), after=call.timeout)
            self._tell_cancelled(call, f"timed out after {call.timeout:g} s")
            self.give_up(call, TimedOut(call.timeout))

    def _build(
        self, dialect: Dialect, method: str, params: Any, watched: bool, round: Round | None = None
    ) -> tuple[bytes, Pending]:
        progress = watched or method in _WITH_PROGRESS
        given = params if round is None else round.params(params)
        body, pending = self.peer.call(dialect, method, given, progress=progress)
        return body if round is None else round.into(body), pending

    def _send(self, call: Call, dialect: Dialect) -> None:
        made = dialect.headers(call.method, call.params, call.schema)
        self._session.outbox.put(Job(call.body, made, answered=True, call=call))

    async def _call_again(self, call: Call, refused: Replied) -> None:
        """The server refused the headers of a call: make it again if the list of tools has changed."""
        schema = await self.mirror.other_schema(call)
        self._between.pop(call, None)
        if schema is None or call.done or self._session.ended:
            self._end(call, refused)
            return
        says = "The headers of this call were refused, and the tool has changed: the call is made once more."
        self._session.tap.client("warning", says=says, **_about(call))
        watched = call.on_progress is not None or call.reset_on_progress
        body, pending = self._build(self._session.dialect, call.method, call.params, watched, call.round)
        call.renew(pending, body, schema)
        self._calls[pending] = call
        self._send(call, self._session.dialect)

    async def _go_on(self, call: Call, reply: Replied, wanted: Round) -> None:
        """Ask for what the server wants first, and make the next leg of the call; or end it with `reply`."""
        session = self._session
        answered = await mrtr.gather(session.inbox, call, reply, wanted)
        self._between.pop(call, None)
        if answered is None or call.done or session.ended:
            self._end(call, reply)
            return
        watched = call.on_progress is not None or call.reset_on_progress
        body, pending = self._build(session.dialect, call.method, call.params, watched, answered)
        first = call.legs[0].request
        assert first is not None
        session.tap.client("leg", **_about(call), first=first.seq, id=pending.id, number=len(call.legs) + 1)
        call.go_on(pending, body, answered)
        self._calls[pending] = call
        self._send(call, session.dialect)

    def _cancel(self, call: Call, reason: str, tell: bool) -> None:
        if call.done:
            return
        self._session.tap.client("cancelled", **_about(call), reason=reason)
        self._tell_cancelled(call, reason, tell)
        self.give_up(call, Cancelled(reason))

    def give_up(self, call: Call, outcome: Outcome) -> None:
        """Settle a call from this side; without effect on one that is settled."""
        self._apply(self.peer.give_up(call.pending, outcome))
        self._end(call, outcome)  # also between two requests, when nothing of it is pending

    def _end(self, call: Call, outcome: Outcome) -> None:
        """Every call ends here, once."""
        self._between.pop(call, None)
        call.settle(outcome)
        self._session.inbox.ended(call)

    def _tell_cancelled(self, call: Call, reason: str, tell: bool = True) -> None:
        request = call.request
        if request is None or self._session.ended or call.pending.outcome is not None:
            return  # the server has not heard of it, hears nothing any more, or has answered
        http = request.exchange is not None
        body = self._session.dialect.cancel(call.pending.id, call.method, reason, http=http)
        if body is not None:
            if tell:
                self._post("notifications/cancelled", body)
        elif request.exchange is not None and self._session.era == "modern":
            self._session.link.abort(request.exchange)

    def _apply(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case Settled(pending, outcome):
                    call = self._calls.pop(pending, None)
                    if call is not None:
                        self._settle(call, outcome)
                case Progress(pending, params):
                    self._progressed(pending, params)
                case Send(body):
                    self._post(None, body)
                case Asked():
                    self._asked(effect)
                case Noticed(_, frame):
                    self._noticed(frame)
                case Stray(event, frame):
                    self._stray(event, frame)

    def _settle(self, call: Call, outcome: Outcome) -> None:
        if isinstance(outcome, Replied) and not call.done and self.mirror.outdated(call, outcome):
            self._between[call] = None
            self._tasks.start_soon(self._call_again, call, outcome, name="call again")
            return
        if isinstance(outcome, Replied) and not call.done and self._session.era == "modern":
            wanted = mrtr.round_of(call.method, call.params, outcome)
            if wanted is not None and len(call.legs) <= mrtr.ROUNDS:
                self._between[call] = None
                self._tasks.start_soon(self._go_on, call, outcome, wanted, name="go on")
                return
            if wanted is not None:
                says = f"The server still wants input after {mrtr.ROUNDS} rounds; the call ends there."
                self._session.tap.client("warning", says=says, **_about(call))
        failure = getattr(self._session.authorizer, "failure", None)
        if isinstance(outcome, HttpFailed) and outcome.status in (401, 403) and failure is not None:
            outcome = replace(outcome, cause=failure)
        self._end(call, outcome)
        if isinstance(outcome, Replied) and self._session.era == "legacy" and not self._session.ended:
            self._session.inbox.refused(call, outcome)

    def _asked(self, asked: Asked) -> None:
        """A request of the server goes to the inbox; in the modern era there are none, and no responses."""
        modern = self._session.agreed and self._session.era == "modern"
        if asked.taken or not asked.id or modern:
            return

        def say(text: bytes, failed: bool) -> None:
            if not self._session.ended:
                self._post(None, spelt(asked.id, text, failed=failed))

        def tell(entry: Entry) -> None:
            if entry.reply is not None:
                say(entry.text, not entry.has_result)

        if not self._session.receiver.take(asked.frame, asked.event, say):
            self._session.inbox.ask(asked.frame, asked.event, on_end=tell)

    def _noticed(self, frame: jsonrpc.Frame) -> None:
        """What the server's notifications say about its questions."""
        if frame.method == "notifications/cancelled":
            self._session.inbox.withdraw(frame.params.get("requestId"))
        elif frame.method == "notifications/elicitation/complete":
            self._session.inbox.complete(frame.params.get("elicitationId"))

    def _post(self, method: str | None, body: bytes) -> None:
        self._session.outbox.put(Job(body, self._session.dialect.headers(method), answered=False))

    def _progressed(self, pending: Pending, params: Mapping[str, Any]) -> None:
        call = self._calls.get(pending)
        if call is None:
            return
        call.progressed = anyio.current_time()
        if call.on_progress is None:
            return
        try:
            call.on_progress(params)
        except Exception as error:  # a caller's fault: the connection is not its victim
            call.on_progress = None
            self._session.tap.client("warning", says=f"A progress callback failed: {error!r}", **_about(call))

    def _stray(self, event: Event, frame: jsonrpc.Frame) -> None:
        """Before anything is agreed, an error without an id can only be about the one thing that we asked."""
        if self._session.agreed or frame.shape is not Shape.ERROR or frame.id not in (None, "null"):
            return
        for pending in self.peer.open:
            if pending.request is not None:
                self._apply(self.peer.give_up(pending, Replied(event, frame, pending.request)))
                return


def _about(call: Call) -> dict[str, int]:
    """Which request a client event is about; nothing where none was sent."""
    requests = [leg.request.seq for leg in call.legs if leg.request is not None]
    return {"request": requests[-1]} if requests else {}
