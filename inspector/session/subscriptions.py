"""What a session listens to, in the way of its era: one object, whatever the wire says.

Legacy: `resources/subscribe` and `unsubscribe` for each URI; that a list changed is told unasked by a
server that declares `listChanged`. Modern (2026-07-28, basic/patterns/subscriptions): one long-lived
`subscriptions/listen` for all of it, acknowledged with the subset that the server honours, ended by
closing its stream. A stream that is lost is asked for again, with a new id; where a new session takes
the place of one of the legacy eras, it is asked for all that the old one knew. What is told is in the
journal; who reads it there needs nothing from here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import anyio

from inspector.session.calls import Call
from inspector.session.outcome import Cancelled, Closed, HttpFailed, Outcome, Replied, TimedOut
from inspector.session.serving import with_extension
from inspector.wire.interest import Interest
from inspector.wire.jsonrpc import id_key
from inspector.wire.methods import TASKS_EXTENSION
from inspector.wire.versions import META_CLIENT_CAPABILITIES, META_SUBSCRIPTION_ID
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.session.peer import Noticed
    from inspector.session.session import Session

State = Literal["none", "opening", "open", "ended", "refused", "lost"]

ATTEMPTS = 5
"""Times in a row that a lost stream is asked for again."""
STEADY = 60.0
"""Seconds after which a stream counts as one that worked, and the attempts begin anew."""
_WIDEST = 300


class Subscriptions:
    """The subscriptions of one session.

    Args:
        session: A session that is agreed upon.
        delay: Seconds before a lost stream is asked for again; twice as long with each further attempt.

    Attributes:
        desired: What is to be asked for: `wanted`, or what takes its turn after it.
        wanted: What was asked for last.
        honoured: What of it the server agreed to tell, and nothing else; `None` until it has said so.
        refused: Why a URI is not subscribed to, by URI; legacy eras only. The words are safe.
        state: `none`; `opening` until the server acknowledged; `open`; `ended` by the server, in good
            order; `refused`; `lost` for good. In the legacy eras `none` or `open`.
        says: Why it is in that state, one safe sentence; empty where that says nothing.
        attempts: How often in a row a lost stream was asked for again; at most `ATTEMPTS`.
    """

    def __init__(self, session: Session, *, delay: float = 1.0) -> None:
        self.desired = Interest()
        self.wanted = Interest()
        self.honoured: Interest | None = None
        self.refused: dict[str, str] = {}
        self.state: State = "none"
        self.says = ""
        self._session = session
        self._delay = delay
        self._one_at_a_time = anyio.Lock()
        self._stream: _Stream | None = None
        self._opening: _Stream | None = None
        self.attempts = 0
        self._forget = session.hear(self._heard)
        session.renewal.then(self._again, self._lost)

    @property
    def missing(self) -> Interest:
        """What was asked for and not honoured: shown beside it. Nothing while there is no answer yet."""
        return self.wanted - self.honoured if self.honoured is not None else Interest()

    @property
    def stream(self) -> Call | None:
        """The open request of the modern era; its id names the subscription."""
        return self._stream.call if self._stream is not None else None

    async def want(self, interest: Interest) -> None:
        """Be told of exactly this from now on.

        Returns once the server has answered, at the latest after the session's time-out; an answer that is
        later counts all the same. A refusal is in `state`, `says` and `refused`, and leaves what was
        subscribed to before as it was. Of several wishes that wait, only the last is asked for.
        """
        self.desired = interest
        async with self._one_at_a_time:
            if self.desired is not interest:
                return
            if self._session.era == "modern":
                self.attempts = 0
                await self._listen(interest)
            else:
                await self._subscribe(interest)

    async def close(self) -> None:
        """Be told of nothing any more."""
        await self.want(Interest())
        self._forget()

    # The legacy eras

    async def _subscribe(self, interest: Interest) -> None:
        self.wanted = interest
        held = list((self.honoured or Interest()).uris)
        for uri in [uri for uri in held if uri not in set(interest.uris)]:
            # Whatever the server says to it, nobody wants to hear of it any more.
            await self._session.call("resources/unsubscribe", {"uri": uri})
            held.remove(uri)
        self.refused = {}
        for uri in [uri for uri in interest.uris if uri not in set(held)]:
            outcome = await self._session.call("resources/subscribe", {"uri": uri})
            if isinstance(outcome, Replied) and outcome.ok:
                held.append(uri)
            else:
                self.refused[uri] = told(outcome)
        self.honoured = Interest(
            interest.tools and self._tells("tools"),
            interest.prompts and self._tells("prompts"),
            interest.resources and self._tells("resources"),
            tuple(held),
            interest.tasks if self._session.capabilities.get("tasks") is not None else (),
        )
        self.state = "open" if self.honoured else "none"
        self.says = next(iter(self.refused.values()), "")

    async def _again(self) -> None:
        """The session is a new one, in which nothing was asked for."""
        async with self._one_at_a_time:
            self.honoured = None
            if self.wanted.uris:
                self._session.tap.client(
                    "subscribing-again", resources=len(self.wanted.uris), reason="a new session"
                )
            if self.wanted:
                await self._subscribe(self.wanted)

    def _lost(self, why: str) -> None:
        if self.wanted:
            self.honoured, self.state, self.says = None, "lost", why

    def _tells(self, section: str) -> bool:
        declared = self._session.capabilities.get(section)
        return isinstance(declared, Mapping) and declared.get("listChanged") is True

    # The modern era

    async def _listen(self, interest: Interest) -> bool:
        """Returns whether there is a stream of it now."""
        before = self._stream
        if not interest:
            self._stream = None
            self.wanted, self.honoured, self.state, self.says = interest, None, "none", ""
            if before is not None:
                before.call.cancel("no longer subscribed")
            return False
        stream = self._opening = _Stream(self._session, interest)
        self.wanted = interest
        self.state = "opening"
        self._session.spawn(stream.run, "listen")
        with anyio.move_on_after(self._session.options.timeout):
            await stream.answered.wait()
        self._opening = None
        outcome = stream.call.outcome
        if outcome is not None and stream.honoured is None:
            self._not_opened(stream, before, outcome)
            return False
        self._stream = stream
        if before is not None:
            before.call.cancel("subscribed anew")
        self._show(stream)
        if outcome is None:
            self._session.spawn(self._until_over, "subscribed")
        else:
            self._over(stream, outcome)
        return True

    def _show(self, stream: _Stream) -> None:
        self.honoured = stream.honoured
        self.state = "opening" if stream.honoured is None else "open"
        self.says = "the server has not acknowledged the subscription" if stream.honoured is None else ""

    def _not_opened(self, stream: _Stream, before: _Stream | None, outcome: Outcome) -> None:
        """A new stream came to nothing: what there was before stays."""
        self.state, self.says = _fate(outcome)
        if before is not None and not before.call.done:
            self.wanted = before.wanted
            if self.desired is stream.wanted:
                self.desired = before.wanted
            self._show(before)
            self.says = f"the server did not agree to more: {_fate(outcome)[1]}"
        else:
            self._stream, self.honoured = None, None

    async def _until_over(self) -> None:
        """Wait for the end of the stream that is open, and ask for another if it was lost."""
        stream = self._stream
        if stream is None:
            return
        outcome = await stream.call.wait()
        if self._stream is not stream:
            return  # another has taken its place, or nothing is wanted
        self._over(stream, outcome)
        while self.state == "lost" and self._stream is stream and self.attempts < ATTEMPTS:
            await anyio.sleep(self._delay * 2**self.attempts)
            async with self._one_at_a_time:
                if self._stream is not stream or self._session.ended:
                    return
                self.attempts += 1
                self._session.tap.client("subscribing-again", attempt=self.attempts, reason=self.says)
                if not await self._listen(stream.wanted):
                    self._stream = stream  # it came to nothing once more

    def _over(self, stream: _Stream, outcome: Outcome) -> None:
        self.state, self.says = _fate(outcome)
        if self.state == "refused" and stream.honoured is not None:
            self.state = "ended"  # it had agreed
        self.honoured = None
        if anyio.current_time() - stream.began > STEADY:
            self.attempts = 0

    def _heard(self, noticed: Noticed) -> None:
        for stream in (self._opening, self._stream):
            if stream is not None and stream.concerns(noticed):
                if noticed.frame.method == "notifications/subscriptions/acknowledged":
                    stream.acknowledged(Interest.read(noticed.frame.params.get("notifications")))
                    if stream is self._stream:
                        self._show(stream)
                elif noticed.frame.method == "notifications/cancelled":
                    stream.call.cancel(CANCELLED_BY_SERVER, tell=False)
                return


CANCELLED_BY_SERVER = "the server cancelled the subscription"


class _Stream:
    """One `subscriptions/listen`, from its request to its end."""

    def __init__(self, session: Session, wanted: Interest) -> None:
        self.wanted = wanted
        self.honoured: Interest | None = None
        self.answered = anyio.Event()
        self.began = anyio.current_time()
        params: dict[str, Any] = {"notifications": wanted.filter()}
        if wanted.tasks:  # SEP-2663: only who declares the extension is told of tasks
            declared = session.options.declared(session.version)
            params["_meta"] = {META_CLIENT_CAPABILITIES: with_extension(declared, TASKS_EXTENSION)}
        self.call = session.start("subscriptions/listen", params, timeout=math.inf)
        if self.call.done:  # the connection is over
            self.answered.set()

    async def run(self) -> None:
        """Notice its end also where no acknowledgement comes."""
        try:
            await self.call.wait()
        finally:
            self.answered.set()

    def acknowledged(self, honoured: Interest) -> None:
        """The first word counts."""
        if self.honoured is None:
            self.honoured = honoured
            self.answered.set()

    def concerns(self, noticed: Noticed) -> bool:
        """Whether a notification is about this subscription.

        It says so by the id; one that says nothing is taken for this one's if the same exchange brought it,
        or, over stdio, if it acknowledges.
        """
        params, request = noticed.frame.params, self.call.request
        if noticed.frame.method == "notifications/cancelled":
            return _is(params.get("requestId"), self.call.pending.id)
        meta = params.get("_meta")
        id = meta.get(META_SUBSCRIPTION_ID) if isinstance(meta, Mapping) else None
        if id is not None:
            return _is(id, self.call.pending.id)
        return request is not None and request.exchange == noticed.event.exchange and self.honoured is None


def _is(id: Any, number: int) -> bool:
    """Whether an id is ours, also where it was respelled as a string."""
    if isinstance(id, bool) or not isinstance(id, int | str):
        return False
    return id_key(str(id)[:64]) == id_key(str(number))


def _fate(outcome: Outcome) -> tuple[State, str]:
    """What the end of a stream means."""
    match outcome:
        case Replied(ok=True):
            return "ended", "the server ended the subscription"
        case Replied():
            return "refused", told(outcome)
        case Cancelled(reason) if reason == CANCELLED_BY_SERVER:
            return "ended", reason
        case Cancelled(reason):
            return "none", reason
        case HttpFailed(status=status) if status is not None and 400 <= status < 500:
            return "refused", told(outcome)
    return "lost", told(outcome)


def told(outcome: Outcome) -> str:
    """How a request fared that brought no result, in one safe line."""
    match outcome:
        case HttpFailed(says=says) | Closed(says=says):
            return says
        case TimedOut(after):
            return f"no answer within {after:g} s"
        case Cancelled(reason):
            return clip(visible(reason), _WIDEST)
        case Replied(ok=False, error=error):
            message = error.get("message")
            return clip(visible(message), _WIDEST) if isinstance(message, str) else "the server refused it"
    return ""
