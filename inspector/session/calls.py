"""A call as its caller sees it: something to wait for, to watch, and to cancel.

It does nothing by itself: the owner of the session sends it, times it and settles it. It may take more
than one request to get its outcome (see `Call.renew`); its time and its cancelling are the whole call's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import anyio

from inspector.session.outcome import Outcome
from inspector.session.patience import Held

if TYPE_CHECKING:
    from inspector.session.mrtr import Round
    from inspector.session.peer import Pending
    from inspector.wire.event import Event

OnProgress: TypeAlias = Callable[[Mapping[str, Any]], None]
"""Takes the parameters of each progress notification: `progress`, and perhaps `total` and `message`."""


class Call:
    """One request and what becomes of it.

    Attributes:
        method: Its method.
        params: Its parameters as given.
        timeout: Seconds it may take; `math.inf` for no limit.
        pending: Its request, the latest where there was more than one; likewise `body`.
        legs: Its requests in order, each with its own outcome: more than one where the server wanted input
            first (see `inspector.session.mrtr`). One that was refused for its headers is none of them.
        round: What the latest leg answers, where it is not the first.
        held: The time in which a person was asked on its behalf, or that a person gave it; it does not count.
        schema: The `inputSchema` that decided the headers of its request, where one did.
        renewed: Whether its request was made a second time.
        reset_on_progress: Whether progress begins its time anew.
        progressed: When it last made progress, by the event loop's clock; 0 before.
        due: When it times out if nothing happens before that, by the same clock; `last`, at the latest.
    """

    def __init__(
        self,
        pending: Pending,
        body: bytes,
        params: Any,
        timeout: float,
        on_progress: OnProgress | None,
        cancel: Callable[[Call, str, bool], None],
    ) -> None:
        self.pending = pending
        self.body = body
        self.params = params
        self.timeout = timeout
        self.on_progress = on_progress
        self.legs = [pending]
        self.round: Round | None = None
        self.held = Held()
        self.schema: Any = None
        self.renewed = False
        self.reset_on_progress = False
        self.progressed = 0.0
        self.due = self.last = math.inf
        self._held_before = 0.0
        self.settled = anyio.Event()
        self._outcome: Outcome | None = None
        self._cancel = cancel

    @property
    def method(self) -> str:
        return self.pending.method

    @property
    def request(self) -> Event | None:
        """The journal's event of the request, of the latest where there are two; `None` until it is sent."""
        return self.pending.request

    @property
    def done(self) -> bool:
        """Whether there is an outcome."""
        return self._outcome is not None

    @property
    def outcome(self) -> Outcome | None:
        """How it ended; `None` while it has not."""
        return self._outcome

    @property
    def progress(self) -> Mapping[str, Any] | None:
        """The parameters of the latest progress notification."""
        return self.pending.progress

    @property
    def left(self) -> float:
        """Seconds until it times out, as things stand; `math.inf` for never. Needs the running event loop."""
        again = self.progressed + self.timeout if self.reset_on_progress and self.progressed else 0.0
        due = max(self.due, min(again, self.last))
        return due + self.held.waited - self._held_before - anyio.current_time()

    def until(self, due: float) -> float:
        """An answer is waited for until `due`, from which on what is held moves it on; returns `due`."""
        self.due, self._held_before = due, self.held.waited
        return due

    async def wait(self) -> Outcome:
        """Wait for the outcome. Being cancelled while waiting does not cancel the call."""
        await self.settled.wait()
        assert self._outcome is not None
        return self._outcome

    def cancel(self, reason: str = "cancelled by the user", *, tell: bool = True) -> None:
        """Give the call up and tell the server, in the way of the dialect. Without effect once it is done.

        Args:
            reason: Why.
            tell: Send a notification where that is the way; not where the server itself said that it is over.
        """
        self._cancel(self, reason, tell)

    def settle(self, outcome: Outcome) -> None:
        """Say how it ended. The first word counts."""
        if self._outcome is None:
            self._outcome = outcome
            self.settled.set()

    def renew(self, pending: Pending, body: bytes, schema: Any) -> None:
        """Go on with another request in the place of the one that was answered."""
        self.pending, self.body, self.schema, self.renewed = pending, body, schema, True
        self.legs[-1] = pending

    def go_on(self, pending: Pending, body: bytes, round: Round) -> None:
        """Go on with another leg, which answers `round`."""
        self.pending, self.body, self.round = pending, body, round
        self.legs.append(pending)
