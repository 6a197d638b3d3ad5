"""The owner of a connection: opens it, agrees on a version, and leaves it again.

One task group, entered and left by whoever enters `open_session`, holds every task and every cancel
scope of a session. Which step follows which is decided by `inspector.session.negotiate`; here the steps
are taken, and each is written down with its reason.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

import anyio

from inspector.errors import AuthNeeded, InspectError, UsageError
from inspector.gate.gate import Gate
from inspector.journal.redact import redact_url
from inspector.session.calls import Call
from inspector.session.dialect import Dialect, Handshake, Modern
from inspector.session.moves import Agreed, Ask, Initialize, Listen, Probe, Refused, Reopen, Restart
from inspector.session.negotiate import Negotiation
from inspector.session.options import Options
from inspector.session.outcome import HttpFailed, Outcome, Replied
from inspector.session.patience import within
from inspector.session.session import Session
from inspector.session.statuses import Response
from inspector.transport.opening import Opening, Opens
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget, StdioTarget, transport_for
from inspector.wire.event import Event, Kind

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

    from inspector.journal.journal import Journal
    from inspector.transport.base import Authorizer, Link, Transport

__all__ = ["Options", "Session", "open_session"]

Again: TypeAlias = Restart | Reopen


@asynccontextmanager
async def open_session(
    target: StdioTarget | HttpTarget | Transport,
    journal: Journal,
    options: Options | None = None,
    *,
    authorizer: Authorizer | None = None,
    gate: Gate | None = None,
) -> AsyncIterator[Session]:
    """Connect to a server, and disconnect on leaving.

    Args:
        target: What to connect to, or a transport of its own.
        journal: Takes every event of the connection.
        options: How to connect.
        authorizer: Where credentials for a URL come from. Time that it takes is nobody's time-out.
        gate: The breakpoints of `journal`, which outlive the connection; those of `options` where `None`.

    Raises:
        ConnectionFailed: It cannot be reached, or no version can be agreed upon.
        AuthNeeded: It wants authorization.
        UsageError: `options.protocol` is no version, or a rule of `options.faults` needs a person.
    """
    options = options or Options()
    if isinstance(target, HttpTarget):
        negotiation = Negotiation(options.protocol, target.transport, redact_url(target.url))
    else:
        negotiation = Negotiation(options.protocol)
    described, transport = _reached(target, authorizer)
    tap = Tap(journal, gate=gate or _faulty(journal, options))
    again: Again | None = Restart("")
    while again is not None:  # twice at most
        if isinstance(again, Reopen) and isinstance(target, HttpTarget):
            _, transport = _reached(replace(target, transport="sse"), authorizer)
            described = {**described, "via": "sse"}
        again = None
        failure: Exception | None = None
        connected = by_us = False
        tap.client("connecting", target=described, protocol=options.protocol)
        try:
            async with transport.open(tap) as link, anyio.create_task_group() as tasks:
                session = Session(journal, tap, link, tasks, options, authorizer)
                forget = journal.add_listener(session.outbox.watch)
                tasks.start_soon(session.read, name="read")
                tasks.start_soon(session.outbox.run, name="write")
                try:
                    again = await _connect(session, negotiation, tasks)
                    if again is None:
                        connected = True
                        yield session
                except Exception as error:  # raised below, bare: the task groups would wrap it
                    failure = error
                finally:
                    by_us = not session.ended
                    if by_us:
                        tap.client("disconnecting", reason="done" if connected else "not connected")
                    session.close()
                    forget()
                    tasks.cancel_scope.cancel()
        except InspectError as error:
            failure = error
        finally:
            _left(tap, by_us)
        if failure is not None:
            if isinstance(failure, InspectError) and not connected:
                tap.client("failed", says=failure.message)
            raise failure


def _faulty(journal: Journal, options: Options) -> Gate | None:
    """The breakpoints that the options ask for.

    Raises:
        UsageError: One of them holds messages, and nobody is there to decide about them.
    """
    for rule in options.faults:
        if rule.on and rule.action.name == "hold":
            raise UsageError(f"Nobody is there to decide what {rule.text!r} holds", next="Use it in the app")
    return Gate(journal, options.faults) if options.faults else None


def _left(tap: Tap, by_us: bool) -> None:
    """Write down what the end of a connection means."""
    if tap.gate is not None:
        tap.gate.over()
    if by_us:
        tap.client("closed", reason="disconnected")


def _reached(
    target: StdioTarget | HttpTarget | Transport, authorizer: Authorizer | None
) -> tuple[Mapping[str, Any], Transport]:
    """What is connected to, as the journal shows it, and by what."""
    if isinstance(target, StdioTarget | HttpTarget):
        return target.describe(), transport_for(target, authorizer)
    describe: Callable[[], Mapping[str, Any]] | None = getattr(target, "describe", None)
    return describe() if describe is not None else {"transport": type(target).__name__}, target


async def _connect(session: Session, negotiation: Negotiation, tasks: TaskGroup) -> Again | None:
    """Take the steps of a negotiation until there is a version to speak.

    Returns:
        The step that begins another connection, where this one does not do.

    Raises:
        ConnectionFailed: There is no connection to be had.
        AuthNeeded: It wants authorization.
    """
    responses = _Responses()
    forget = session.journal.add_listener(responses.watch)
    put, get = anyio.create_memory_object_stream[tuple[Ask, Outcome]](math.inf)

    async def bring(ask: Ask, call: Call) -> None:
        outcome = await call.wait()
        with suppress(anyio.ClosedResourceError):  # what comes after the decision stands in the journal
            put.send_nowait((ask, outcome))

    step = negotiation.begin()
    asked: Ask | None = None
    call: Call | None = None
    patience = deadline = math.inf
    try:
        while True:
            match step:
                case Probe() | Initialize():
                    patience = _announce(session, step, first=asked is None)
                    deadline = anyio.current_time() + patience
                    asked = step
                    call = _ask(session, step)
                    tasks.start_soon(bring, step, call)
                case Listen():
                    opening = await _listen(session, step, first=negotiation.is_first)
                    step = negotiation.listened(opening, responses.of(opening.exchange))
                    continue
                case Restart(reason) | Reopen(reason):
                    session.tap.client("falling-back", reason=reason)
                    return step
                case Agreed():
                    await _agree(session, step)
                    return None
                case Refused(error):
                    raise _reason(error, session.authorizer)
            assert asked is not None
            assert call is not None
            answered = await within(deadline, get.receive, session.authorizer, session.tap.gate)
            if answered is not None:
                ask, outcome = answered
                step = negotiation.answered(ask, outcome, responses.around(outcome))
            else:
                if isinstance(asked, Probe):
                    session.tap.client("probe-silent", after=patience)
                elif call.request is not None:
                    session.tap.client("timed-out", request=call.request.seq, after=patience)
                step = negotiation.silent(asked, patience)
    finally:
        forget()
        put.close()
        get.close()


def _reason(error: InspectError, authorizer: Authorizer | None) -> InspectError:
    """Why there is no connection: how authorizing failed says more than that it was wanted."""
    failure = getattr(authorizer, "failure", None)
    if not isinstance(error, AuthNeeded) or not isinstance(failure, InspectError):
        return error
    failure.facts = {**error.facts, **failure.facts}
    return failure


async def _listen(session: Session, step: Listen, *, first: bool) -> Opening:
    """Wait for what the stream of an HTTP+SSE connection says first."""
    link, options = session.link, session.options
    assert isinstance(link, Opens)
    session.tap.client("listening", reason=step.reason)
    patience = options.timeout if first else min(options.probe_timeout, options.timeout)
    opening = await within(anyio.current_time() + patience, link.opened, session.authorizer)
    if opening is None:
        session.tap.client("timed-out", after=patience)
        opening = replace(link.opening, says=f"{link.opening.says} within {patience:g} s", silent=True)
    return opening


def _announce(session: Session, step: Ask, *, first: bool) -> float:
    """Write a step down; returns the seconds that it is given."""
    if isinstance(step, Probe):
        session.tap.client("probing", version=step.version, reason=step.reason)
        return min(session.options.probe_timeout, session.options.timeout)
    if not first:
        session.tap.client("falling-back", reason=step.reason)
    return session.options.timeout


def _ask(session: Session, step: Ask) -> Call:
    declared = session.options.declared(step.version)
    dialect = Modern(step.version, declared) if isinstance(step, Probe) else Handshake(step.version, declared)
    _tell_era(session.link, dialect)
    # How long to wait is the negotiation's business; an answer counts whenever it comes.
    if isinstance(dialect, Modern):
        return session.start_in(dialect, "server/discover", timeout=math.inf)
    return session.start_in(dialect, "initialize", dialect.initialize(), timeout=math.inf)


async def _agree(session: Session, step: Agreed) -> None:
    dialect = step.dialect
    _tell_era(session.link, dialect)
    session.agree(dialect, step.reply)
    session.tap.client("negotiated", version=dialect.version, era=dialect.era, reason=step.reason)
    if isinstance(dialect, Handshake):
        await session.notify("notifications/initialized")
        session.link.listen(dialect.headers(None))


@runtime_checkable
class _HasEras(Protocol):
    """A link that keeps sessions and streams in the legacy eras only: the one over HTTP."""

    legacy: bool


def _tell_era(link: Link, dialect: Dialect) -> None:
    if isinstance(link, _HasEras):
        link.legacy = dialect.era == "legacy"


class _Responses:
    """What HTTP said around the answers, by exchange, while a version is being agreed upon."""

    def __init__(self) -> None:
        self._by_exchange: dict[int, Response] = {}
        self._authorized: dict[int, bool] = {}

    def watch(self, event: Event) -> None:
        if event.kind is not Kind.HTTP or event.exchange is None:
            return
        pairs = event.data.get("headers")
        named = [(str(pair[0]).lower(), str(pair[1])) for pair in pairs or () if len(pair) == 2]
        if event.what == "request":
            self._authorized[event.exchange] = any(name == "authorization" for name, _ in named)
        elif event.what == "response" and isinstance(event.data.get("status"), int):
            first = dict(reversed(named))
            self._by_exchange[event.exchange] = Response(
                event.data["status"],
                tuple(value for name, value in named if name == "www-authenticate"),
                first.get("retry-after", ""),
                first.get("allow", ""),
                self._authorized.get(event.exchange, False),
            )

    def of(self, exchange: int) -> Response | None:
        """The last response of an exchange."""
        return self._by_exchange.get(exchange)

    def around(self, outcome: Outcome) -> Response | None:
        """The response that carried `outcome`, over HTTP."""
        match outcome:
            case Replied(event=event) if event.exchange is not None:
                return self.of(event.exchange)
            case HttpFailed(exchange=exchange):
                return self.of(exchange)
        return None
