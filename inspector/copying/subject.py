"""What is copied: the row of the journal, the request that it is of, the answer to that, and the server.

A row is copied as it is (JSON, its line); said anew, by a command or a program, is the request of the client
that it is part of. Nothing is judged here but whether there is such a request, and whether JSON can say it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Event, Kind, Shape
from inspector.wire.fault import Fault
from inspector.wire.jsonrpc import cut, members
from inspector.wire.versions import ALL, META_PREFIX, META_PROGRESS_TOKEN, META_PROTOCOL_VERSION

LARGEST = 2_000_000
"""Bytes of a message that is said in another language."""
_OWN_META = (
    META_PROGRESS_TOKEN,
    META_PROTOCOL_VERSION,
    META_PREFIX + "clientInfo",
    META_PREFIX + "clientCapabilities",
    META_PREFIX + "logLevel",
)
# Each would be another message once it was read and written again.
_INEXACT = frozenset(
    {
        Fault.NOT_JSON,
        Fault.BAD_UTF8,
        Fault.BOM,
        Fault.NAN,
        Fault.TOO_DEEP,
        Fault.TOO_LONG,
        Fault.DUPLICATE_KEY,
        Fault.HUGE_NUMBER,
        Fault.CONTROL_CHARACTER,
    }
)
_AS_BYTES = "Copy its line, or as curl over HTTP, which are its bytes"


@dataclass(frozen=True, slots=True)
class Request:
    """A request of the client.

    Attributes:
        journal: Where it stands.
        seq: Its row.
        event: It.
        method: As sent.
        params: Parsed; `None` where there are none.
        reply: Row of the answer, -1 where there is none.
    """

    journal: Journal
    seq: int
    event: Event
    method: str
    params: Any
    reply: int

    @property
    def modern(self) -> str:
        """The version of 2026-07-28 or later that it says of itself; empty before."""
        meta = self.params.get("_meta") if isinstance(self.params, dict) else None
        version = meta.get(META_PROTOCOL_VERSION) if isinstance(meta, dict) else None
        return version if isinstance(version, str) else ""

    @property
    def meta(self) -> dict[str, Any]:
        """What stands in its `_meta` beside what every client writes there by itself."""
        meta = self.params.get("_meta") if isinstance(self.params, dict) else None
        return (
            {key: value for key, value in meta.items() if key not in _OWN_META}
            if isinstance(meta, dict)
            else {}
        )

    @property
    def own(self) -> dict[str, Any] | None:
        """The parameters without what clients write by themselves; `None` where there are none."""
        if not isinstance(self.params, dict):
            return None
        rest = {key: value for key, value in self.params.items() if key != "_meta"}
        if self.meta or ("_meta" in self.params and not isinstance(self.params["_meta"], dict)):
            rest["_meta"] = self.meta or self.params["_meta"]
        return rest or (None if "_meta" in self.params else rest)

    def exact(self, *path: str) -> dict[str, bytes]:
        """The members of the object at `path` in the parameters, each value in the bytes that were sent."""
        raw = cut(self.event.body, "params", *path) or b"{}"
        return {key: raw[start:end] for key, (start, end) in (members(raw) or {}).items()}

    def says(self, *keys: str) -> bool:
        """Whether the parameters are exactly these, but for what clients write by themselves."""
        return isinstance(self.own, dict) and self.own.keys() == set(keys)


def request_of(journal: Journal, seq: int) -> Request:
    """The request of the client that row `seq` is, or answers.

    Raises:
        UsageError: There is none, or JSON read and written again would not be the same.
    """
    if journal.kind(seq) is not Kind.MESSAGE:
        raise UsageError("This row is no message", next="Select a request or its response")
    shape, row = journal.shape(seq), seq
    if shape in (Shape.RESPONSE, Shape.ERROR):
        row = journal.peer(seq)
        if row < 0:
            raise UsageError("This answers no request that was seen", next="Select a request of the client")
    if journal.direction(row) is not Direction.C2S or journal.shape(row) is not Shape.REQUEST:
        said = "request of the server" if journal.shape(row) is Shape.REQUEST else f"{shape.word or 'row'}"
        raise UsageError(
            f"This is a {said}, and no request of the client", next="Select a request or its response"
        )
    if journal.size(row) > LARGEST:
        raise UsageError("This message is too large to be said anew", next=_AS_BYTES)
    event = journal.event(row)
    frame = event.frame
    wrong = [fault for fault in (*event.faults, *(frame.faults if frame else ())) if fault in _INEXACT]
    if frame is None or frame.method is None or wrong:
        raise UsageError(
            f"This message would not be the same ({', '.join(dict.fromkeys(wrong)) or 'no method'})",
            next=_AS_BYTES,
        )
    params = frame.value.get("params") if isinstance(frame.value, Mapping) else None
    return Request(journal, row, event, frame.method, params, journal.peer(row))


def answer_of(request: Request) -> Event:
    """The answer to a request.

    Raises:
        UsageError: None was recorded, or it is not the same once it was read and written again.
    """
    if request.reply < 0:
        raise UsageError("No answer was recorded, so there is nothing to assert", next="Copy it as Python")
    if request.journal.size(request.reply) > LARGEST:
        raise UsageError("The answer is too large to be asserted", next="Copy it as Python")
    event = request.journal.event(request.reply)
    wrong = [
        fault for fault in (*event.faults, *(event.frame.faults if event.frame else ())) if fault in _INEXACT
    ]
    if event.frame is None or wrong:
        raise UsageError(
            f"The answer cannot be asserted ({', '.join(dict.fromkeys(wrong))})", next="Copy it as Python"
        )
    return event


def wanted_version(request: Request) -> str:
    """The version that was asked for on the request's connection; empty where none was, or none recorded."""
    journal = request.journal
    for seq in journal.landmarks:
        if journal.kind(seq) is Kind.CLIENT and journal.conn(seq) == journal.conn(request.seq):
            data = journal.data(seq)
            if data.get("what") == "connecting":
                return version if (version := data.get("protocol")) in ALL else ""
    return ""


def asked(journal: Journal, exchange: int | None) -> Mapping[str, Any]:
    """The last HTTP request of an exchange, as sent; empty where there is none."""
    return sent_in(journal, rows_of(journal, exchange))


def rows_of(journal: Journal, exchange: int | None) -> list[int]:
    """The rows of an exchange; goes through the whole journal, so it is asked for once a copy."""
    return [] if exchange is None else journal.rows_of_exchange(exchange)


def sent_in(journal: Journal, rows: Sequence[int]) -> Mapping[str, Any]:
    """The last HTTP request among the rows of an exchange; empty where there is none."""
    for row in reversed(rows):
        if journal.kind(row) is Kind.HTTP and journal.direction(row) is Direction.C2S:
            data = journal.data(row)
            if data.get("what") == "request":
                return data
    return {}


def elsewhere(journal: Journal, rows: Sequence[int]) -> bool:
    """Whether the answer to what was sent in an exchange came on another one, as in HTTP+SSE (2024-11-05)."""
    steps = (row for row in reversed(rows) if journal.kind(row) is Kind.HTTP)
    return any("answers_on" in journal.data(row) for row in steps)


def headers_of(sent: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The header fields of a recorded request; what is no pair of texts is left out."""
    fields = sent.get("headers")
    return [
        (pair[0], pair[1])
        for pair in (fields if isinstance(fields, list) else ())
        if isinstance(pair, list | tuple) and len(pair) == 2 and all(isinstance(each, str) for each in pair)
    ]
