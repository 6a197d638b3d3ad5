"""The one tree of errors that reach a person, and the exit code of each.

    InspectError            1  something that should not happen
    ├── UsageError          2  the command line cannot mean anything
    ├── AuthNeeded          3  the server wants authorization
    ├── ConnectionFailed    4  cannot connect, or the connection was lost
    ├── RequestFailed       5  the tool or request returned an error
    └── FindingsFound       6  findings, differences or regressions

What a server does wrong on the wire is never one of these: it is a fault beside an event
(`inspector.wire.fault`). An error here ends a command, or an attempt to connect.
"""

from __future__ import annotations

from typing import Any, ClassVar


class InspectError(Exception):
    """A failure a person is told about.

    Args:
        message: One sentence that names the cause, without a final full stop's worth of doubt.
        next: What to do about it, one sentence or a line to paste; empty if nothing can be said.
        facts: Of `code`, `data`, `status`, `exit` those that are known (see the README, `--json`).
    """

    exit_code: ClassVar[int] = 1
    kind: ClassVar[str] = "unexpected"

    def __init__(self, message: str, *, next: str = "", **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.next = next
        self.facts = {name: value for name, value in facts.items() if value is not None}

    def document(self) -> dict[str, Any]:
        """The failure as the one line that `--json` writes to stderr."""
        return {"error": {"kind": self.kind, "message": self.message, "next": self.next, **self.facts}}


class UsageError(InspectError):
    """The command line cannot mean anything."""

    exit_code = 2
    kind = "usage"


class AuthNeeded(InspectError):
    """The server wants authorization that we do not have."""

    exit_code = 3
    kind = "authorization"


class ConnectionFailed(InspectError):
    """Cannot connect, or the connection was lost."""

    exit_code = 4
    kind = "connection"


class RequestFailed(InspectError):
    """The tool or request returned an error."""

    exit_code = 5
    kind = "request"


class FindingsFound(InspectError):
    """Findings, differences or regressions."""

    exit_code = 6
    kind = "findings"
