"""What a task is on the wire, of both kinds: the core's of 2025-11-25 and the extension's of 2026-07-28.

basic/utilities/tasks and SEP-2663. The one nests the task in its result and counts in `ttl` and
`pollInterval`, the other stands flat and counts in `ttlMs` and `pollIntervalMs`; both in milliseconds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TERMINAL = frozenset({"completed", "failed", "cancelled"})
STATUSES = frozenset({"working", "input_required"}) | TERMINAL
META_RELATED_TASK = "io.modelcontextprotocol/related-task"
_LONGEST_ID = 4096


@dataclass(frozen=True, slots=True)
class Task:
    """How a task stands, as its server says. Texts are as sent: make them `visible`.

    Attributes:
        id: Its id.
        status: One of `STATUSES`, or whatever else was sent.
        message: What the server says about it; empty where nothing.
        created: When it was created, ISO 8601; `updated` likewise. Not looked into.
        ttl: Seconds from its creation after which it may be gone; `None` for never, or where not said.
        interval: Seconds between polls that the server wishes; `None` where it wishes nothing.
        inputs: The extension's requests that wait for answers, by key.
        body: All of it.
    """

    id: str
    status: str
    message: str
    created: str
    updated: str
    ttl: float | None
    interval: float | None
    inputs: Mapping[str, Any]
    body: Mapping[str, Any]

    @property
    def over(self) -> bool:
        """Whether it is in a state that it may not leave."""
        return self.status in TERMINAL


def read_task(value: Any) -> Task | None:
    """The task that a value is; `None` where it has no id to name it by. Never raises."""
    if not isinstance(value, Mapping):
        return None
    id = value.get("taskId")
    if not isinstance(id, str) or len(id) > _LONGEST_ID:
        return None
    inputs = value.get("inputRequests")
    return Task(
        id,
        _text(value.get("status")),
        _text(value.get("statusMessage")),
        _text(value.get("createdAt")),
        _text(value.get("lastUpdatedAt")),
        _seconds(value.get("ttlMs", value.get("ttl"))),
        _seconds(value.get("pollIntervalMs", value.get("pollInterval"))),
        inputs if isinstance(inputs, Mapping) else {},
        value,
    )


def created(result: Any) -> Task | None:
    """The task that a result announces in place of what was asked for; `None` where it announces none."""
    if not isinstance(result, Mapping):
        return None
    if result.get("resultType") == "task":
        return read_task(result)
    return read_task(result.get("task")) if "resultType" not in result else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _seconds(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        seconds = float(value) / 1000
    except OverflowError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
