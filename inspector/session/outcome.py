"""How a call ends: five values, none of them an invented JSON-RPC error.

What the server said is `Replied`; the other four are what happened instead, and stand in the journal
as events of their own kinds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from inspector.errors import InspectError
from inspector.journal.line import is_tool_error
from inspector.wire.event import Event, Shape
from inspector.wire.jsonrpc import Frame, cut, elements


@dataclass(frozen=True, slots=True)
class Replied:
    """The server answered, with a result or with an error.

    Attributes:
        event: The journal's event that carries the reply.
        frame: The reply; one item of `event.frame` where that is a batch.
        request: The journal's event of the request.
        item: Position in the batch, -1 where the reply came alone.
        member: The member of the result that `frame` stands for, where it is about what a task came to
            (`result` or `error`, see `inspector.session.task_ending`); empty where it is the reply itself.
    """

    event: Event
    frame: Frame
    request: Event
    item: int = -1
    member: str = ""

    @property
    def ok(self) -> bool:
        """Whether it is a result. A tool's own failure (`isError`) is a result too."""
        return self.frame.shape is Shape.RESPONSE

    @property
    def result(self) -> Any:
        """The parsed `result`, whatever it is; `None` for an error."""
        return self.frame.result if self.ok else None

    @property
    def tool_failed(self) -> bool:
        """Whether it is a result that says of itself that the tool failed (`isError`)."""
        return is_tool_error(self.frame)

    @property
    def error(self) -> Mapping[str, Any]:
        """The `error` object; empty where it is none, or where there is a result."""
        return {} if self.ok else self.frame.error

    @property
    def raw(self) -> bytes:
        """The exact bytes of the reply."""
        if self.item < 0:
            return self.event.body
        spans = elements(self.event.body) or []
        if self.item >= len(spans):
            return b""
        start, end = spans[self.item]
        return self.event.body[start:end]

    @property
    def raw_result(self) -> bytes:
        """The exact bytes of `result`, as the server sent them; empty where there is none."""
        return cut(self.raw, "result", *filter(None, [self.member])) or b""

    @property
    def raw_error(self) -> bytes:
        """The exact bytes of `error`, as the server sent them; empty where there is none."""
        return (cut(self.raw, "result", self.member) if self.member else cut(self.raw, "error")) or b""


@dataclass(frozen=True, slots=True)
class TimedOut:
    """No answer in time.

    Attributes:
        after: Seconds waited.
    """

    after: float


@dataclass(frozen=True, slots=True)
class Cancelled:
    """This side no longer wants the answer.

    Attributes:
        reason: Why, in words.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The connection ended first.

    Attributes:
        exit: How the server's process ended (`code`, `signal`, `rung`); `None` if it lives, or over HTTP.
        says: One sentence, with what the server last wrote to stderr.
    """

    exit: Mapping[str, Any] | None
    says: str


@dataclass(frozen=True, slots=True)
class HttpFailed:
    """The HTTP exchange ended without an answer.

    Attributes:
        exchange: Its number in the journal.
        status: The HTTP status; `None` where no response came.
        says: One sentence.
        redirect: Where the server pointed to, if it did.
        cause: Why the server's challenge (401 or 403) was not met: how authorizing failed.
    """

    exchange: int
    status: int | None
    says: str
    redirect: str | None = None
    cause: InspectError | None = None


Outcome: TypeAlias = Replied | TimedOut | Cancelled | Closed | HttpFailed
