"""A new session within a connection, where the server of a legacy era has ended the one before.

2025-11-25, basic/transports, "Session Management": who gets 404 to a request that carried the session's
id must begin a new session, by an `initialize` without one. The call that met the 404 stays failed:
whether it may be made a second time, only its caller knows. How the end of a session is recognized is
the transport's business.

What was asked of the old session for its whole length, such as a level or a subscription, is asked of the
new one by whoever had asked: see `Renewal.then`.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import anyio

from inspector.errors import ConnectionFailed
from inspector.journal.asked import NEW_SESSION
from inspector.session.dialect import Handshake
from inspector.session.outcome import Closed, HttpFailed, Outcome, Replied, TimedOut
from inspector.session.peer import Effect, Settled
from inspector.wire.event import Event, Kind
from inspector.wire.versions import LEGACY
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.session.session import Session

_SAYS = "The server has ended the session, by a 404 to its id; a new one is begun."
_FORGOTTEN = "the server ended the session over it"
_NOT_AGAIN = (
    "The server ended the new session before all was asked of it that had been asked of the old one; "
    "it is not asked again by itself."
)


class Renewal:
    """Begins new sessions for one connection, and holds calls up meanwhile."""

    def __init__(self) -> None:
        self._over = anyio.Event()
        self._over.set()
        self._used = True
        self._restores: list[tuple[Callable[[], Coroutine[Any, Any, None]], Callable[[str], None]]] = []
        self._restoring = False
        self._in_vain = False
        self._over_it = False

    def then(self, restore: Callable[[], Coroutine[Any, Any, None]], forget: Callable[[str], None]) -> None:
        """Run `restore` in each new session, once calls are possible; it must raise nothing of its own.

        Where the server ended that session as well before all was restored, `forget` is told why nothing is
        in force now.
        """
        self._restores.append((restore, forget))

    def saw(self, event: Event, effects: Iterable[Effect]) -> bool:
        """Whether `event`, which had these effects, says that the session is over."""
        # What is asked again by itself is no use of it, or a server could keep this up for ever.
        if not self._restoring and any(isinstance(effect, Settled) for effect in effects):
            self._used = True
        return event.kind is Kind.HTTP and event.what == "end" and event.data.get("session") == "ended"

    async def wait(self) -> None:
        """Return when no new session is just being begun."""
        await self._over.wait()

    def hold(self) -> None:
        """Let calls wait from now on, until `run` is through."""
        self._over = anyio.Event()
        # Once: whoever ends the next one over it as well is done with.
        self._over_it = self._restoring and not self._in_vain
        self._in_vain = self._restoring

    async def run(self, session: Session) -> str:
        """Begin a new session; returns why there is none, or nothing."""
        try:
            dialect = session.dialect
            if not isinstance(dialect, Handshake):
                return ""
            if not self._used and not self._over_it:  # no call since the last time: this would go on for ever
                return "the server ended a session that it had just begun"
            session.tap.client("warning", says=_SAYS)
            session.receiver.forget()
            session.inbox.close(session=True)
            outcome = await session.start_in(dialect, "initialize", dialect.initialize()).wait()
            if not isinstance(outcome, Replied) or not outcome.ok:
                return f"the server ended the session, and then refused initialize{_because(outcome)}"
            session.agree(_offered(outcome, dialect), outcome)
            version, era = session.version, session.era
            session.tap.client("negotiated", version=version, era=era, reason=NEW_SESSION)
            self._used = False
            with suppress(ConnectionFailed):  # over again: whoever waits for a call is told
                await session.notify("notifications/initialized")
                session.link.listen(session.dialect.headers(None))
            self._restore(session)
            return ""
        finally:
            self._over.set()

    def _restore(self, session: Session) -> None:
        """Ask again for what was asked for, unless that is what the server cannot stand."""
        if self._over_it:
            self._over_it = False
            session.tap.client("warning", says=_NOT_AGAIN)
            return

        async def all_of_them() -> None:
            try:
                for restore, _ in self._restores:
                    await restore()
                for _, forget in self._restores if self._in_vain else ():
                    forget(_FORGOTTEN)
            finally:
                self._restoring = self._in_vain = False

        if self._restores:
            self._restoring = True
            session.spawn(all_of_them, "restore")


def _because(outcome: Outcome) -> str:
    """Why there is no new session, as far as the outcome of initialize says it."""
    match outcome:
        case HttpFailed(says=says) | Closed(says=says):
            return f": {says}"
        case Replied(error=error) if isinstance(error.get("message"), str):
            return f": {clip(visible(error['message']), 200)}"
        case TimedOut(after):
            return f": no answer within {after:g} s"
    return ""


def _offered(outcome: Outcome, asked: Handshake) -> Handshake:
    """The dialect that the answer to initialize names, if it names one."""
    result = outcome.result if isinstance(outcome, Replied) else None
    offer = result.get("protocolVersion") if isinstance(result, Mapping) else None
    return Handshake(offer) if isinstance(offer, str) and offer in LEGACY else asked
