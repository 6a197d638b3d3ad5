"""What a client asks to be told of, and what a server agrees to tell: the filter of `subscriptions/listen`.

2026-07-28, basic/patterns/subscriptions, "Notification Filter"; `taskIds` is of the tasks extension. The
legacy eras have no such filter on the wire, but the same interests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST = 10_000
"""URIs and task ids that are read from a filter."""


@dataclass(frozen=True, slots=True)
class Interest:
    """A set of things to be told of.

    Attributes:
        tools: That the list of tools changed; likewise `prompts` and `resources`.
        uris: That these resources were updated.
        tasks: How these tasks stand.
    """

    tools: bool = False
    prompts: bool = False
    resources: bool = False
    uris: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()

    @classmethod
    def read(cls, value: Any) -> Interest:
        """What a `notifications` member says, whatever stands there: what is no filter asks for nothing."""
        if not isinstance(value, Mapping):
            return cls()
        return cls(
            value.get("toolsListChanged") is True,
            value.get("promptsListChanged") is True,
            value.get("resourcesListChanged") is True,
            _strings(value.get("resourceSubscriptions")),
            _strings(value.get("taskIds")),
        )

    def filter(self) -> dict[str, Any]:
        """The `notifications` member; a key that asks for nothing is left out."""
        made: dict[str, Any] = {
            "toolsListChanged": self.tools,
            "promptsListChanged": self.prompts,
            "resourcesListChanged": self.resources,
            "resourceSubscriptions": list(self.uris),
            "taskIds": list(self.tasks),
        }
        return {key: value for key, value in made.items() if value}

    def __bool__(self) -> bool:
        return any((self.tools, self.prompts, self.resources, self.uris, self.tasks))

    def __sub__(self, other: Interest) -> Interest:
        """What of this is not in `other`."""
        uris, tasks = frozenset(other.uris), frozenset(other.tasks)
        return Interest(
            self.tools and not other.tools,
            self.prompts and not other.prompts,
            self.resources and not other.resources,
            tuple(uri for uri in self.uris if uri not in uris),
            tuple(task for task in self.tasks if task not in tasks),
        )

    def words(self) -> tuple[str, ...]:
        """Each single thing as on the wire: `toolsListChanged`, or the URI or task id as it came."""
        flags = [key for key, value in self.filter().items() if value is True]
        return (*flags, *self.uris, *self.tasks)


def _strings(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(dict.fromkeys(one for one in value[:MOST] if isinstance(one, str)))
