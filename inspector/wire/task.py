"""What a task is on the wire, of both kinds: the core's of 2025-11-25 and the extension's of 2026-07-28.

basic/utilities/tasks and SEP-2663. The one nests the task in its result and counts in `ttl` and
`pollInterval`, the other stands flat and counts in `ttlMs` and `pollIntervalMs`; both in milliseconds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

TERMINAL = frozenset({"completed", "failed", "cancelled"})
STATUSES = frozenset({"working", "input_required"}) | TERMINAL
META_RELATED_TASK = "io.modelcontextprotocol/related-task"
_LONGEST_ID = 4096
_LONGEST_TIME = 64

Support: TypeAlias = Literal["required", "optional", "forbidden"]
"""Whether a tool may be called as a task (2025-11-25, "Tool-Level Negotiation")."""


@dataclass(frozen=True, slots=True)
class Task:
    """How a task stands, as its server says. Texts are as sent: make them `visible`.

    Attributes:
        id: Its id.
        status: One of `STATUSES`, or whatever else was sent.
        message: What the server says about it; empty where nothing.
        created: When it was created, ISO 8601, as sent; `updated` likewise.
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

    @property
    def age(self) -> float:
        """Seconds between its creation and its latest change, by the server's clock: so old it is at least.

        0 where the server does not tell, or tells of a life beyond the `ttl` that it speaks of itself.
        """
        born, changed = _moment(self.created), _moment(self.updated)
        if born is None or changed is None:
            return 0.0
        age = max(0.0, changed - born)
        return 0.0 if self.ttl is not None and age >= self.ttl else age


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
    # Whatever may be called as a task has content in its own result, which may have any other member.
    return read_task(result.get("task")) if result.keys().isdisjoint({"resultType", "content"}) else None


def support_of(tool: Any) -> Support:
    """What an entry of `tools/list` says of tasks; a tool that says nothing is not to be called as one."""
    execution = tool.get("execution") if isinstance(tool, Mapping) else None
    says = execution.get("taskSupport") if isinstance(execution, Mapping) else None
    return says if says in ("required", "optional") else "forbidden"


def related(params: Mapping[str, Any]) -> str:
    """The id of the task that a message belongs to, by its metadata (2025-11-25); empty where none."""
    meta = params.get("_meta")
    task = meta.get(META_RELATED_TASK) if isinstance(meta, Mapping) else None
    id = task.get("taskId") if isinstance(task, Mapping) else None
    return id if isinstance(id, str) and len(id) <= _LONGEST_ID else ""


def _moment(text: str) -> float | None:
    if not 0 < len(text) <= _LONGEST_TIME:
        return None
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


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
