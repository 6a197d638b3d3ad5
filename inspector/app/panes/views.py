"""The ways to look at what crossed the wire, a row each: what they are called, which panes they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class ListPane(Protocol):
    """What the pane of a list can do."""

    def advance(self, budget: float) -> None:
        """Take in what is new; at most `budget` seconds."""

    def search(self) -> None:
        """Put the cursor into the filter."""

    def back(self) -> bool:
        """One step back; false where there was nothing to do."""


@dataclass(frozen=True, slots=True)
class TrafficView:
    """One way to look.

    Attributes:
        name: What tabs and titles call it.
        list: The id of the pane with the list.
        cursor: The id of what takes the focus in it.
        detail: The id of the pane with the selected row; `title` is what that is called.
        http: It is about HTTP exchanges, and is offered only where there can be some.
        made: The module and the class of a list's pane that is made when it is first wanted.
    """

    name: str
    list: str
    cursor: str
    detail: str = "message"
    title: str = "Message"
    http: bool = False
    made: tuple[str, str] | None = None


MESSAGES = TrafficView("Messages", "messages", "log")
NETWORK = TrafficView("Network", "network", "exchange-list", "exchange", "Exchange", http=True)
TIMELINE = TrafficView("Timeline", "timeline", "lanes", made=("inspector.app.panes.timeline", "TimelinePane"))
LATENCIES = TrafficView(
    "Latencies", "latencies", "latency-table", made=("inspector.app.panes.latencies", "LatenciesPane")
)
VIEWS = (MESSAGES, NETWORK, TIMELINE, LATENCIES)


def offered(over_http: bool) -> tuple[TrafficView, ...]:
    """The ways to look that there are for a server over HTTP, or over anything else."""
    return tuple(view for view in VIEWS if over_http or not view.http)


def named(name: str) -> TrafficView:
    """The one that is called so."""
    return next(view for view in VIEWS if view.name == name)


KINDS = tuple(view.name for view in offered(True))
"""What the tabs of a server over HTTP offer."""
