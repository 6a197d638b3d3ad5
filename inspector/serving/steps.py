"""What a recorded server did, as values: steps, and the calls they belong to; `script` finds them."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


class Act(enum.Enum):
    """What a step is."""

    SAY = "say"
    """A message that is no answer."""
    ANSWER = "answer"
    PRINT = "print"
    """A line on stdout that is no message."""
    REPLY = "reply"
    """Go on when the client has answered what the server asked in row `about`."""
    CANCEL = "cancel"
    """Go on when the client has cancelled the call."""
    MISSING = "missing"
    """There was an answer, or would have been: the recording is damaged, or ends before."""
    BREAK = "break"
    """The HTTP exchange ends without an answer."""
    CLOSE = "close"
    """The server closes its stdout."""
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the server did, or waited for.

    Attributes:
        act: What it is.
        row: Its row in the recording.
        about: The request that it answers, belongs to or waits for; -1 for none.
        item: Which message of a batch it is; -1 where it is a message of its own.
    """

    act: Act
    row: int
    about: int = -1
    item: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A request, or a notification, of the recorded client.

    Attributes:
        row: Its row; `item` says which message of a batch it is.
        method: Its method.
        asks: Whether it is a request.
        steps: What the server did for it, in order.
    """

    row: int
    item: int
    method: str
    asks: bool
    steps: list[Step] = field(default_factory=list)
