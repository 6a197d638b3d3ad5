"""What becomes of the stream that an HTTP+SSE connection lives on, as a value and a seam.

The transport itself stands in `inspector.transport.legacy_sse`; whoever only decides what follows must not
pay for the HTTP library.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Opening:
    """What became of an HTTP+SSE stream that was opened.

    Attributes:
        exchange: Its number in the journal.
        endpoint: Where messages go; empty where that was not said.
        status: HTTP status; `None` where no response came.
        says: Why there is no endpoint: words without a full stop, safe for a terminal.
        silent: It was waited for in vain.
    """

    exchange: int
    endpoint: str = ""
    status: int | None = None
    says: str = ""
    silent: bool = False


@runtime_checkable
class Opens(Protocol):
    """A link on which nothing can be sent before the server has said where to."""

    @property
    def opening(self) -> Opening:
        """How far it has come; while the server is waited for, `says` tells what has not come yet."""
        ...

    async def opened(self) -> Opening:
        """Wait for the server's word, or for the end of the stream. How long is the caller's business."""
        ...


@runtime_checkable
class SaysWhy(Protocol):
    """A link that knows why it is over; `over` is empty while it is not."""

    @property
    def over(self) -> str: ...
