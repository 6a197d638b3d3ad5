"""The client's half of JSON-RPC, without I/O: which call a reply settles, and what a server's request gets.

Bytes go out as return values, events come in through `feed`, and what follows from them comes back as
effects. It never raises on what a server sends, and judges nothing: that an id was respelled or a
reply came twice is found by the journal's pairing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from inspector.session.dialect import Dialect
from inspector.session.endings import exchange_says
from inspector.session.outcome import Closed, HttpFailed, Outcome, Replied
from inspector.wire.event import Direction, Event, Kind, Shape
from inspector.wire.jsonrpc import Frame, cut, elements, encode, id_key
from inspector.wire.methods import METHODS
from inspector.wire.versions import METHOD_NOT_FOUND


@dataclass(eq=False, slots=True)
class Pending:
    """One call, from its bytes to its outcome.

    Attributes:
        id: Its JSON-RPC id.
        method: Its method.
        request: The journal's event of the request, once it was sent.
        outcome: How it ended; set exactly once.
        progress: The parameters of the latest progress notification.
        tokens: Keys under which progress for it may come.
    """

    id: int
    method: str
    request: Event | None = None
    outcome: Outcome | None = None
    progress: Mapping[str, Any] | None = None
    tokens: tuple[str, ...] = ()


# Effects: what follows from an event.


@dataclass(frozen=True, slots=True)
class Send:
    """Send these bytes: the answer to a request of the server."""

    body: bytes


@dataclass(frozen=True, slots=True)
class Settled:
    """A call ended."""

    pending: Pending
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Progress:
    """A call made progress; `params` are those of the notification."""

    pending: Pending
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Noticed:
    """The server notified us of something."""

    event: Event
    frame: Frame


@dataclass(frozen=True, slots=True)
class Asked:
    """The server asked us something. If the policy answers, a `Send` follows.

    Attributes:
        event: The journal's event.
        frame: The request; one item of `event.frame` where that is a batch.
        id: The id in the very spelling in which it came; empty where nobody could take the answer.
        taken: Whether the policy answered it.
    """

    event: Event
    frame: Frame
    id: bytes = b""
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Stray:
    """A message that settles nothing: an unknown or second id, garbage."""

    event: Event
    frame: Frame


Effect: TypeAlias = Send | Settled | Progress | Noticed | Asked | Stray


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say to a request of the server.

    Attributes:
        result: The result, unless there is an error.
        error: Code and message.
    """

    result: Any = None
    error: tuple[int, str] | None = None


Policy: TypeAlias = Callable[[Frame], Answer | None]
"""Decides on a request of the server at once; `None` leaves it to others."""


def decline(frame: Frame) -> Answer:
    """The policy where nothing is declared: `ping` is answered, the rest refused."""
    if frame.method == "ping":
        return Answer({})
    known = METHODS.get(frame.method or "")
    if known is not None and known.capability is not None:
        reason = f"this client does not declare the capability {known.capability!r}"
    else:
        reason = f"this client has no method {frame.method!r}"
    return Answer(error=(METHOD_NOT_FOUND, f"Method not found: {reason}"))


def pong(frame: Frame) -> Answer | None:
    """The policy of the legacy eras where an inbox takes what needs to be thought about."""
    return Answer({}) if frame.method == "ping" else None


def ignore(frame: Frame) -> None:
    """The policy of the modern era, in which a server sends no requests and a client no responses."""


class Peer:
    """The pending calls of one connection.

    Args:
        policy: What to answer to requests of the server.
    """

    def __init__(self, policy: Policy = decline) -> None:
        self.policy = policy
        self._last_id = 0
        self._taken: set[str] = set()
        self._open: dict[Pending, None] = {}
        self._by_key: dict[str, Pending] = {}
        self._by_token: dict[str, Pending] = {}
        self._by_exchange: dict[int, Pending] = {}

    @property
    def open(self) -> tuple[Pending, ...]:
        """The calls that are not settled, oldest first."""
        return tuple(self._open)

    @property
    def next_id(self) -> int:
        """The id that the next request gets."""
        id = self._last_id + 1
        while str(id) in self._taken:
            id += 1
        return id

    def call(
        self, dialect: Dialect, method: str, params: Any = None, *, progress: bool = False
    ) -> tuple[bytes, Pending]:
        """Build a request.

        Args:
            dialect: How to speak.
            method: Any method, also one that does not exist.
            params: Any JSON value; usually an object.
            progress: Ask for progress notifications. The token is the id.

        Returns:
            The bytes to send, and the call. Nothing settles it before `sent` is told.

        Raises:
            ValueError: `params` are no JSON, such as NaN.
        """
        id = self.next_id
        body = dialect.request(id, method, params, id if progress else None)
        self._last_id = id
        tokens = (str(id),) if progress else ()
        given = params.get("_meta") if isinstance(params, Mapping) else None
        if isinstance(given, Mapping) and "progressToken" in given:
            tokens = (_token_key(given["progressToken"]),)
        pending = Pending(id, method, tokens=tokens)
        self._open[pending] = None
        return body, pending

    def sent(self, pending: Pending, event: Event) -> None:
        """Note that `pending` went out as `event`; from now on it can be answered."""
        if pending.outcome is not None or pending.request is not None:
            return
        pending.request = event
        self._by_key[str(pending.id)] = pending
        for token in pending.tokens:
            self._by_token[token] = pending
        if event.exchange is not None:
            self._by_exchange[event.exchange] = pending

    def reserve(self, frame: Frame) -> None:
        """Keep clear of the ids in a message that was sent by the other door."""
        self._taken.update(id_key(item.id) for item in frame.items if item.id is not None)

    def feed(self, event: Event) -> list[Effect]:
        """Take in one event of the journal. Never raises on what a server sent.

        Messages from the server, and `http` events that end an exchange, have effects.
        """
        if event.kind is Kind.MESSAGE and event.direction is Direction.S2C and event.frame is not None:
            if event.frame.shape is not Shape.BATCH:
                return list(self._frame(event, event.frame, -1, event.body))
            effects: list[Effect] = []
            spans = elements(event.body) or []  # once: a batch may hold a million requests
            for item, frame in enumerate(event.frame.items):
                if frame.shape is Shape.BATCH:  # a batch in a batch, or one too deep to look into
                    effects.append(Stray(event, frame))
                else:
                    text = event.body[slice(*spans[item])] if item < len(spans) else b""
                    effects.extend(self._frame(event, frame, item, text))
            return effects
        if event.kind is Kind.HTTP and event.what == "end" and event.exchange is not None:
            return self._exchange_ended(event, event.exchange)
        return []

    def give_up(self, pending: Pending, outcome: Outcome) -> list[Effect]:
        """Settle a call from this side. Without effect if it is settled already."""
        if pending.outcome is not None:
            return []
        pending.outcome = outcome
        self._open.pop(pending, None)
        if pending.request is not None:
            self._forget(pending, pending.request)
        return [Settled(pending, outcome)]

    def close(self, outcome: Closed) -> list[Effect]:
        """Settle all that is open: the connection ended."""
        return [effect for pending in self.open for effect in self.give_up(pending, outcome)]

    def _forget(self, pending: Pending, request: Event) -> None:
        if self._by_key.get(str(pending.id)) is pending:
            del self._by_key[str(pending.id)]
        for token in pending.tokens:
            if self._by_token.get(token) is pending:
                del self._by_token[token]
        if request.exchange is not None:
            self._by_exchange.pop(request.exchange, None)

    def _frame(self, event: Event, frame: Frame, item: int, text: bytes) -> Iterator[Effect]:
        """What a message has for effects; `text` are its own bytes, `item` its position in a batch."""
        match frame.shape:
            case Shape.REQUEST:
                id = _exact_id(frame, text)
                answer = self.policy(frame) if id else None
                yield Asked(event, frame, id, taken=answer is not None)
                if answer is not None:
                    yield Send(respond(id, answer))
            case Shape.NOTIFICATION:
                yield from self._progress(frame)
                yield Noticed(event, frame)
            case _:
                pending = self._answered(event, frame)
                if pending is None or pending.request is None:
                    yield Stray(event, frame)
                else:
                    yield from self.give_up(pending, Replied(event, frame, pending.request, item))

    def _answered(self, event: Event, frame: Frame) -> Pending | None:
        """Whose reply it is. One with neither result nor error still ends its call: no other will come."""
        if frame.shape is Shape.INVALID and (not isinstance(frame.value, dict) or "method" in frame.value):
            return None
        if frame.id is not None and frame.id != "null":
            return self._by_key.get(id_key(frame.id))
        if frame.shape is Shape.ERROR and frame.error and event.exchange is not None:
            # An error without an id, as the body of the very exchange that carried the request: HTTP
            # says what JSON-RPC cannot (2026-07-28, basic/transports/streamable-http).
            return self._by_exchange.get(event.exchange)
        return None

    def _progress(self, frame: Frame) -> Iterator[Effect]:
        if frame.method != "notifications/progress":
            return
        pending = self._by_token.get(_token_key(frame.params.get("progressToken")))
        if pending is not None:
            pending.progress = frame.params
            yield Progress(pending, frame.params)

    def _exchange_ended(self, event: Event, exchange: int) -> list[Effect]:
        pending = self._by_exchange.get(exchange)
        if pending is None or "answers_on" in event.data:  # over HTTP+SSE another exchange brings the answer
            return []
        status, redirect = event.data.get("status"), event.data.get("redirect")
        return self.give_up(
            pending,
            HttpFailed(
                exchange,
                status if isinstance(status, int) else None,
                exchange_says(event.data),
                redirect if isinstance(redirect, str) else None,
            ),
        )


def respond(id: bytes, answer: Answer) -> bytes:
    """The response to a request of the server, to its id in the very spelling in which it came.

    Raises:
        ValueError: The answer is no JSON, such as NaN.
    """
    if answer.error is None:
        return spelt(id, encode(answer.result))
    return spelt(id, encode({"code": answer.error[0], "message": answer.error[1]}), failed=True)


def spelt(id: bytes, text: bytes, *, failed: bool = False) -> bytes:
    """The response whose result, or error where it `failed`, is the very text given."""
    return b'{"jsonrpc":"2.0","id":' + id + (b',"error":' if failed else b',"result":') + text + b"}"


def _exact_id(frame: Frame, text: bytes) -> bytes:
    """The id as it came, also where it is no legal one; empty where nobody could take an answer to it."""
    if frame.id is None or frame.id == "null":  # MCP allows no null id
        return b""
    return (cut(text, "id") or b"").replace(b"\n", b" ").replace(b"\r", b" ")


def _token_key(token: Any) -> str:
    try:
        return id_key(json.dumps(token, ensure_ascii=False))
    except (TypeError, ValueError, RecursionError):  # not a token anybody sent
        return ""
