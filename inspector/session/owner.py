"""The owner of a connection: opens it, agrees on a version, and leaves it again.

One task group, entered and left by whoever enters `open_session`, holds every task and every cancel
scope of a session. Which step follows which is decided by `inspector.session.negotiate`; here the steps
are taken, and each is written down with its reason.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import anyio

from inspector.errors import InspectError
from inspector.session.calls import Call
from inspector.session.dialect import Dialect, Handshake, Modern
from inspector.session.negotiate import (
    Agreed,
    Ask,
    Initialize,
    Negotiation,
    Probe,
    Refused,
    Response,
    Restart,
)
from inspector.session.options import Options
from inspector.session.outcome import HttpFailed, Outcome, Replied
from inspector.session.patience import within
from inspector.session.session import Session
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget, StdioTarget, transport_for
from inspector.wire.event import Event, Kind

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

    from inspector.journal.journal import Journal
    from inspector.transport.base import Authorizer, Link, Transport

__all__ = ["Options", "Session", "open_session"]


@asynccontextmanager
async def open_session(
    target: StdioTarget | HttpTarget | Transport,
    journal: Journal,
    options: Options | None = None,
    *,
    authorizer: Authorizer | None = None,
) -> AsyncIterator[Session]:
    """Connect to a server, and disconnect on leaving.

    Args:
        target: What to connect to, or a transport of its own.
        journal: Takes every event of the connection.
        options: How to connect.
        authorizer: Where credentials for a URL come from. Time that it takes is nobody's time-out.

    Raises:
        ConnectionFailed: It cannot be reached, or no version can be agreed upon.
        AuthNeeded: It wants authorization.
        UsageError: `options.protocol` is no version.
    """
    options = options or Options()
    negotiation = Negotiation(options.protocol)
    if isinstance(target, StdioTarget | HttpTarget):
        described: Mapping[str, Any] = target.describe()
        transport = transport_for(target, authorizer)
    else:
        described, transport = _described(target), target
    tap = Tap(journal)
    again = True
    while again:  # twice at most: a server that does not bear a probe is started a second time
        again = False
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
                    if not again:
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
            if by_us:
                tap.client("closed", reason="disconnected")
        if failure is not None:
            if isinstance(failure, InspectError) and not connected:
                tap.client("failed", says=failure.message)
            raise failure


def _described(transport: Transport) -> Mapping[str, Any]:
    """What a transport says of itself, or at least its name."""
    describe: Callable[[], Mapping[str, Any]] | None = getattr(transport, "describe", None)
    return describe() if describe is not None else {"transport": type(transport).__name__}


async def _connect(session: Session, negotiation: Negotiation, tasks: TaskGroup) -> bool:
    """Take the steps of a negotiation until there is a version to speak.

    Returns:
        Whether the server must be started again to go on.

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
                case Restart(reason):
                    session.tap.client("falling-back", reason=reason)
                    return True
                case Agreed():
                    await _agree(session, step)
                    return False
                case Refused(error):
                    raise error
            assert asked is not None
            assert call is not None
            answered = await within(deadline, get.receive, session.authorizer)
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


def _announce(session: Session, step: Ask, *, first: bool) -> float:
    """Write a step down; returns the seconds that it is given."""
    if isinstance(step, Probe):
        session.tap.client("probing", version=step.version, reason=step.reason)
        return min(session.options.probe_timeout, session.options.timeout)
    if not first:
        session.tap.client("falling-back", reason=step.reason)
    return session.options.timeout


def _ask(session: Session, step: Ask) -> Call:
    declared = session.options.capabilities
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

    def watch(self, event: Event) -> None:
        if event.kind is not Kind.HTTP or event.what != "response" or event.exchange is None:
            return
        status, pairs = event.data.get("status"), event.data.get("headers")
        if isinstance(status, int):
            named = [pair for pair in pairs if len(pair) == 2] if isinstance(pairs, list) else []
            challenges = (str(value) for name, value in named if str(name).lower() == "www-authenticate")
            self._by_exchange[event.exchange] = Response(status, tuple(challenges))

    def around(self, outcome: Outcome) -> Response | None:
        """The response that carried `outcome`, over HTTP."""
        match outcome:
            case Replied(event=event) if event.exchange is not None:
                return self._by_exchange.get(event.exchange)
            case HttpFailed(exchange=exchange):
                return self._by_exchange.get(exchange)
        return None
