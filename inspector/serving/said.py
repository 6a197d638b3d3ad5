"""The values between a recorded server and its fronts: what is said, how it is served, what is told then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from inspector.serving.matching import Miss
from inspector.serving.normal import Match
from inspector.wire.jsonrpc import encode

NOT_RECORDED = -32000
"""The code of the error for a request that the recording has no answer to; JSON-RPC leaves it to servers."""
_MOST_NOTES = 100
Sort = Literal["message", "text", "broken", "close", "exit"]


@dataclass(frozen=True, slots=True)
class Said:
    """Something that the server says, or does.

    Attributes:
        sort: A `message`; `text` that is none; `broken`: the answer to `via` breaks off; `close`, `exit`.
        body: The bytes, without a line's end.
        via: The stream of the client that it goes to; 0 for what nobody asked for.
        last: Whether nothing more comes to that stream.
        row: The row of the recording that it is; -1 where it is none.
        newline: Whether a line's end follows it over stdio.
        facts: Of `exit` and `broken`, what was recorded about it; `id` is that of the request.
    """

    sort: Sort
    body: bytes = b""
    via: int = 0
    last: bool = False
    row: int = -1
    newline: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ways:
    """How a recording is served.

    Attributes:
        match: How requests are compared.
        pace: What recorded times are multiplied by; 0 for at once.
        once: Whether each recorded answer is given once.
        speak: `auto`, or the version whose era is spoken with who can speak both.
    """

    match: Match = "normal"
    pace: float = 0.0
    once: bool = False
    speak: str = "auto"


@dataclass(slots=True)
class Heard:
    """What is told when it is over, of all clients together.

    Attributes:
        misses: What the recording has no answer to, by method and parameters; a hundred at most.
        notes: What was served otherwise than recorded, one sentence each.
        answered: Requests that were answered as recorded.
    """

    misses: dict[tuple[str, str], Miss] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    answered: int = 0

    def note(self, says: str) -> None:
        """Remember a sentence; each once."""
        if len(self.notes) < _MOST_NOTES:
            self.notes[says] = None

    def missed(self, miss: Miss) -> None:
        """Remember a miss, and how often it was one."""
        key = (miss.method, "\n".join((miss.about, *miss.differs)))
        known = self.misses.get(key)
        if known is not None:
            self.misses[key] = replace(known, times=known.times + 1)
        elif len(self.misses) < _MOST_NOTES:
            self.misses[key] = miss


def response(id: str, result: Any) -> bytes:
    """A response of this program's own to the id that is this JSON text."""
    return b'{"jsonrpc":"2.0","id":' + id.encode() + b',"result":' + encode(result) + b"}"


def refusal(id: str, code: int, message: str, data: Any = None) -> bytes:
    """An error of this program's own."""
    error: dict[str, Any] = {"code": code, "message": message}
    if data is not None:
        error["data"] = data
    return b'{"jsonrpc":"2.0","id":' + id.encode() + b',"error":' + encode(error) + b"}"


def as_error(said: Said) -> Said:
    """What broke off over HTTP, said where there is no HTTP."""
    status = said.facts.get("status")
    how = f"with HTTP status {status}" if isinstance(status, int) else "and its HTTP exchange broke off"
    body = refusal(
        str(said.facts.get("id", "null")), NOT_RECORDED, f"The recorded server did not answer, {how}"
    )
    return replace(said, sort="message", body=body)
