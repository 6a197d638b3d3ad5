"""The calls that were made of each item: the latest of each is kept, running or over.

So that coming back to a tool shows what runs of it, or its last result. It makes no call and draws nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from inspector.app.ending import Ending
from inspector.journal.pairing import Status
from inspector.journal.progress import Progress
from inspector.session.outcome import Outcome, Replied
from inspector.wire.event import Shape
from inspector.wire.jsonrpc import Frame

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inspector.app.items import Item
    from inspector.app.task_calls import TaskRun
    from inspector.journal.journal import Journal
    from inspector.session.calls import Call

MOST_RUNS = 200
"""Items of which the latest call is kept."""
MOST_BYTES = 32_000_000
"""Bytes of results that are kept; the oldest are forgotten first. All of them stand in the journal."""


def _none() -> int:
    return 0


@dataclass(eq=False, slots=True)
class Run:
    """One call of an item, as the workbench sees it.

    Attributes:
        item: What is called.
        journal: Knows what crossed the wire.
        waiting: How many questions wait for an answer before the call can go on.
        call: The call, once it is made.
        began: When, by `monotonic()`; `moved` is when it last made progress, 0 where it never did.
        progress: What it reported.
        outcome: How it ended; `None` while it runs. `ending` is the same in words.
        took: Seconds from the request to the end; of several legs, from the first request.
        late: Row of an answer that came after it was given up; -1 while none did.
        task: What it was answered with in place of a result, where it became a task.
    """

    item: Item
    journal: Journal
    waiting: Callable[[], int] = _none
    call: Call | None = None
    began: float = 0.0
    moved: float = 0.0
    progress: Progress = field(default_factory=lambda: Progress(-1, 0.0))
    outcome: Outcome | None = None
    ending: Ending | None = None
    took: float = 0.0
    late: int = -1
    task: TaskRun | None = None

    @property
    def running(self) -> bool:
        """Whether it is not over."""
        if self.task is not None:
            return self.outcome is None
        return self.call is not None and not self.call.done

    @property
    def legs(self) -> tuple[int, ...]:
        """Rows of its requests that were sent, in order."""
        sent = self.call.legs if self.call is not None else ()
        return tuple(leg.request.seq for leg in sent if leg.request is not None)

    @property
    def row(self) -> int:
        """The row to look at: an answer that came too late, or else the latest request; -1 for none."""
        legs = self.legs
        return self.late if self.late >= 0 else legs[-1] if legs else -1

    @property
    def weight(self) -> int:
        """Bytes of its result."""
        return len(self.ending.raw) if self.ending is not None else 0

    def heard(self, params: Mapping[str, Any]) -> None:
        """It made progress: called with each notification, so it does as little as can be."""
        self.progress.add(self.journal.time(len(self.journal) - 1), params)

    def duration(self) -> float | None:
        """Seconds from its first request to its last answer, by the journal; `None` where one is missing.

        That of a task is no result, and so it is none.
        """
        if self.task is not None:
            return None
        legs = self.legs
        answer = self.journal.peer(legs[-1]) if legs else -1
        return self.journal.time(answer) - self.journal.time(legs[0]) if answer >= 0 else None

    def find_late(self) -> bool:
        """Look whether an answer came after it was given up; returns whether that is news."""
        if self.late >= 0 or self.outcome is None or isinstance(self.outcome, Replied) or not self.legs:
            return False
        answer = self.journal.peer(self.legs[-1])
        if answer < 0 or self.journal.status(answer) is not Status.LATE:
            return False
        self.late = answer
        return True

    def late_reply(self) -> Replied | None:
        """The answer that came too late; `None` where it stands in a batch, or is none that can be shown."""
        if self.late < 0:
            return None
        event, request = self.journal.event(self.late), self.journal.event(self.legs[-1])
        frame: Frame | None = event.frame
        if frame is None or frame.shape not in (Shape.RESPONSE, Shape.ERROR):
            return None
        return Replied(event, frame, request)


class Runs:
    """The latest run of each item."""

    def __init__(self) -> None:
        self._runs: OrderedDict[Item, Run] = OrderedDict()

    def of(self, item: Item | None) -> Run | None:
        """The latest run of an item; `None` where it was never called, or that was long ago."""
        return self._runs.get(item) if item is not None else None

    @property
    def running(self) -> int:
        """How many are not over."""
        return sum(run.running for run in self._runs.values())

    def keep(self, run: Run) -> None:
        """Take in a run that began; it takes the place of the one before."""
        self._runs[run.item] = run
        self._runs.move_to_end(run.item)
        self.trim()

    def trim(self) -> None:
        """Forget the oldest that are over, where there are too many or they are too large."""
        weight = sum(run.weight for run in self._runs.values())
        for item, run in list(self._runs.items())[:-1]:
            if len(self._runs) <= MOST_RUNS and weight <= MOST_BYTES:
                return
            if not run.running:
                weight -= run.weight
                del self._runs[item]
