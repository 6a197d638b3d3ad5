"""What one HTTP exchange carries, sans I/O: its end, and a response's bytes turned into events.

An exchange is one thing asked of the server. It may take several requests: a redirect that is followed
and a stream that is resumed belong to the exchange that they serve, so that the message sent and its
answer bear the same number, and an exchange has one end. It does not know what the messages mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import anyio

from inspector.transport.hop import Hop
from inspector.transport.sse import (
    DEFAULT_LIMIT,
    DEFAULT_RETRY,
    Comment,
    Item,
    OddField,
    ServerEvent,
    SseParser,
)
from inspector.transport.tap import Tap
from inspector.wire.event import Event, Shape
from inspector.wire.fault import Fault
from inspector.wire.jsonrpc import Frame, classify

_SSE_STARTS = (b":", b"data:", b"event:", b"id:", b"retry:")
_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_HEAD = 4096
_JSON, _SSE = "application/json", "text/event-stream"


class Exchange:
    """One exchange under way.

    Attributes:
        number: Its number in the journal.
        scope: What `abort` cancels.
        heard: Set once the server has begun to answer, or will not.
        outcome: `complete`, `closed-early`, `failed`; `aborted` until it is anything else.
        error: What went wrong: one sentence without its full stop.
        stage: Where it failed: dns, connect, tls, send, wait, read.
        cause: A stable name for it (`inspector.transport.failure.Failure`).
        addresses: That were tried, where no response came.
        status: Of the response that counts.
        url: What was asked last, after redirects.
        redirect: Where a redirect that was not followed points.
        held: Seconds for which a proxy, it seems, held the stream back.
        session: `ended` where the server let go of the session that it served.
        answers_on: The exchange on whose stream the answer comes, where that is another one.
        bytes: Of all response bodies as they crossed the wire.
        phases: Seconds by phase, of the last request.
        requests: Requests made.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.scope = anyio.CancelScope()
        self.heard = anyio.Event()
        self.outcome = "aborted"
        self.error = ""
        self.stage = ""
        self.cause = ""
        self.addresses: tuple[str, ...] = ()
        self.status: int | None = None
        self.url = ""
        self.redirect = ""
        self.held = 0.0
        self.session = ""
        self.answers_on = 0
        self.bytes = 0
        self.phases: dict[str, float] = {}
        self.requests = 0

    def ends(self, outcome: str, error: str = "", stage: str = "", cause: str = "") -> None:
        """Say how it ends, unless something comes after."""
        self.outcome, self.error, self.stage, self.cause = outcome, error, stage, cause
        self.addresses = ()

    def reached(self, hop: Hop) -> None:
        """No response came: note how far the request did."""
        self.addresses = hop.addresses

    def facts(self) -> dict[str, Any]:
        """The data of its `end` event."""
        facts: dict[str, Any] = {"outcome": self.outcome}
        for name in ("error", "stage", "cause", "status", "redirect", "session", "answers_on"):
            if value := getattr(self, name):
                facts[name] = value
        if self.cause == "refused-address":
            facts["refused"] = True
        if self.addresses:
            facts["addresses"] = list(self.addresses)
        if self.held:
            facts |= {"buffered": True, "held": self.held}
        if self.requests > 1:
            facts["requests"] = self.requests
        return {**facts, "bytes": self.bytes, "phases": self.phases}


class Reading:
    """Reads one response body, whatever it is, and writes down each thing in it.

    The bytes decide: a JSON body labelled `text/event-stream`, or a stream labelled `text/html`, is read
    as what it is, with a fault for the label.

    Args:
        tap: Where it goes.
        exchange: The number it goes under.
        status: HTTP status.
        content_type: The header's value, empty where there is none.
        answered: An answer is owed; a body is then no surprise.
        limit: Bytes of a body, or of one event's data, that are kept.
        since: Last event id and retry to start from, of a stream that this one resumes.
        challenge: It is the body of a challenge that is being met, and answers nothing.
        tolerant: Nothing has to stand in the body, and anything may: the answer comes elsewhere.
        named: Takes each event of another type than `message`, and returns whether it was expected.
    """

    def __init__(
        self,
        tap: Tap,
        exchange: int,
        *,
        status: int,
        content_type: str,
        answered: bool = True,
        limit: int = DEFAULT_LIMIT,
        since: tuple[str, float] = ("", DEFAULT_RETRY),
        challenge: bool = False,
        tolerant: bool = False,
        named: Callable[[ServerEvent], bool] | None = None,
    ) -> None:
        self._tap = tap
        self._exchange = exchange
        self._status = status
        self._type = content_type.partition(";")[0].strip().lower()
        self._limit = limit
        self._parser = SseParser(limit, *since)
        self._as_stream: bool | None = None
        self._head = b""
        self._kept = bytearray()
        self._size = 0
        self._tolerant = tolerant
        self._named = named
        succeeded = 200 <= status < 300
        surprises = (status in (202, 204) or not answered) and not tolerant
        self._unexpected = succeeded and surprises and self._type != _SSE
        self._strict = not succeeded or self._unexpected or tolerant
        self._succeeded = succeeded
        self.challenge = challenge
        self.before = 0
        """Messages before the first JSON-RPC response."""
        self.replied = False
        """A JSON-RPC response was in it."""
        self.fruitful = False
        """An event stream that carried anything at all."""

    @property
    def is_stream(self) -> bool:
        """An event stream, or an empty body that is labelled as one."""
        return self._type == _SSE if self._as_stream is None else self._as_stream

    @property
    def cursor(self) -> tuple[str, float]:
        """The last event id (empty where there is none), and the seconds to wait before resuming."""
        return self._parser.last_id, self._parser.retry

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """Write down what `chunk` completes; yields the messages, each as soon as it is written.

        Lazy on purpose: the next message is written only when the one before has been taken.
        """
        if self._as_stream is None:
            chunk, self._head = self._head + chunk, b""
            self._as_stream = self._judge(chunk)
        if self._as_stream:
            for item in self._parser.feed(chunk):
                yield from self._item(item)
        elif self._as_stream is None:
            self._head = chunk
        else:
            self._keep(chunk)

    def close(self) -> Iterator[Event]:
        """Write down what the end of the body leaves."""
        if self._as_stream:
            for item in self._parser.close():
                yield from self._item(item)
            return
        self._keep(self._head)
        if self._size:
            yield from self._body(bytes(self._kept))

    def _judge(self, head: bytes) -> bool | None:
        """Whether an event stream begins with `head`; `None` while that cannot be told."""
        start = head[:_HEAD].removeprefix(_BOM).lstrip(_SPACE)
        if not start or _BOM.startswith(head):
            return None if len(head) < _HEAD else self._type == _SSE
        if self._type == _SSE:
            return start[:1] not in (b"{", b"[")
        if not self._succeeded:
            return False
        if any(start.startswith(name) for name in _SSE_STARTS):
            return True
        undecided = len(head) < _HEAD and any(name.startswith(start) for name in _SSE_STARTS)
        return None if undecided else False

    def _keep(self, chunk: bytes) -> None:
        self._kept += chunk[: max(0, self._limit - len(self._kept))]
        self._size += len(chunk)

    def _body(self, body: bytes) -> Iterator[Event]:
        faults: list[str] = [Fault.UNEXPECTED_BODY] if self._unexpected else []
        if self._size > len(body):
            self._tap.http_body(self._exchange, body, [*faults, Fault.TOO_LONG], size=self._size)
            return
        frame = classify(body)
        is_message = not self.challenge and carries_message(frame, strict=self._strict)
        awaited = self._succeeded and not self._unexpected and not self._tolerant
        if self._type != _JSON and (is_message or awaited):
            faults.append(Fault.CONTENT_TYPE)
        if is_message:
            yield self._message(body, frame, faults)
            return
        if awaited:
            faults.extend(frame.faults)
        self._tap.http_body(self._exchange, body, faults)

    def _item(self, item: Item) -> Iterator[Event]:
        self.fruitful = True
        match item:
            case Comment():
                faults, more = _beyond_text(item)
                self._tap.sse("comment", self._exchange, item.raw, faults, text=item.text, **more)
            case OddField():
                faults, more = _beyond_text(item)
                self._tap.sse(
                    "field", self._exchange, item.raw, faults, name=item.name, value=item.value, **more
                )
            case ServerEvent():
                yield from self._event(item)

    def _event(self, item: ServerEvent) -> Iterator[Event]:
        named = {"event": item.type, "id": item.id, "retry": item.retry}
        facts: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
        data = item.data or b""
        cut = item.size > len(data)
        if cut:
            facts["size"] = item.size
        if not item.complete:
            self._tap.sse("dropped", self._exchange, data, **facts)
            return
        if item.type not in (None, "message") and not cut and self._named is not None and self._named(item):
            self._tap.sse("event", self._exchange, data, **facts)
            return
        if not data or cut:
            self._tap.sse("event", self._exchange, data, (Fault.TOO_LONG,) if cut else (), **facts)
            return
        frame = classify(data)
        if not carries_message(frame, strict=item.type not in (None, "message")):
            self._tap.sse("event", self._exchange, data, frame.faults, **facts)
            return
        if facts:
            self._tap.sse("event", self._exchange, **facts)
        yield self._message(data, frame, [] if self._type == _SSE else [Fault.CONTENT_TYPE])

    def _message(self, body: bytes, frame: Frame, faults: list[str]) -> Event:
        if any(part.shape in (Shape.RESPONSE, Shape.ERROR) for part in frame.items):
            self.replied = True
        elif not self.replied:
            self.before += 1
        return self._tap.received(body, exchange=self._exchange, faults=faults, frame=frame)


def _beyond_text(item: Comment | OddField) -> tuple[list[str], dict[str, int]]:
    """The faults of a line of which its text says not all, and its size where it was cut."""
    faults: list[str] = [Fault.BAD_UTF8] if item.raw else []
    if item.size:
        return [*faults, Fault.TOO_LONG], {"size": item.size}
    return faults, {}


def carries_message(frame: Frame, *, strict: bool) -> bool:
    """Whether `frame` is, or at least stands in the place of, a JSON-RPC message.

    Args:
        frame: Classified bytes.
        strict: Nothing says that a message must stand here (an error page, an event of another type), so
            it has to look like one. An OAuth error body, `{"error":"invalid_token"}`, does not.
    """
    value = frame.value
    if not strict:
        return isinstance(value, dict | list) or frame.shape is Shape.BATCH
    if isinstance(value, list):
        return any(isinstance(part, dict) and "jsonrpc" in part for part in value)
    if not isinstance(value, dict):
        return False
    return "jsonrpc" in value or (
        "id" in value and not value.keys().isdisjoint(("method", "result", "error"))
    )
