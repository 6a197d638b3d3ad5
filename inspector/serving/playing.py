"""One recorded request as it is played: the steps that are left of it, and what it waits for."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from inspector.serving.steps import Act, Call, Step


class Playing:
    """A call under way.

    Attributes:
        call: What is played; `None` where that is nothing recorded.
        id: The id of the request at hand, as JSON text; empty where it is a notification.
        token: Its progress token, `None` where it wants no progress.
        via: Where its answer goes: the number of a stream of the client's.
        batch: The batch that it came in, `None` for none.
        modern: Whether it was asked in the modern era.
        answered: Whether its answer was said.
        over: Whether nothing more of it is to be said.
        wanted: The method and the parameters that it was asked with.
    """

    def __init__(self, id: str, token: Any, via: int, *, modern: bool) -> None:
        self.call: Call | None = None
        self.id = id
        self.token = token
        self.via = via
        self.batch: Batch | None = None
        self.modern = modern
        self.answered = self.over = False
        self.wanted: tuple[str, Any] = ("", None)  # method and parameters as they were asked with
        self._own: frozenset[Step] = frozenset()
        self._steps = deque[Step]()
        self._met: set[int] = set()
        self._since: tuple[float, float] | None = None

    def play(self, call: Call, own: Collection[Step], others: Iterable[Step]) -> None:
        """These are the steps now: those of the call, in their order, and what comes between them."""
        self.call, self._own = call, frozenset(own)
        self._steps = deque(sorted([*own, *others], key=lambda step: step.row))
        self.answered = False

    def owns(self, step: Step) -> bool:
        """Whether a step belongs to the call, and does not only come with it."""
        return step in self._own

    def goes_on_as(self, live: Playing) -> None:
        """Another request stands for it now."""
        self.id, self.token, self.via, self.batch = live.id, live.token, live.via, live.batch
        self.answered = self.over = False

    def begin(self, recorded: float, now: float) -> None:
        """Time of the recording `recorded` is `now`."""
        self._since = (recorded, now)

    def met(self, row: int, recorded: float, now: float) -> None:
        """The client did what is waited for: answered what a row asked, or cancelled the call of a row."""
        self._met.add(row)
        self.begin(recorded, now)

    @property
    def waits_for_cancel(self) -> bool:
        """Whether the recorded client cancelled it, and what follows waits for that."""
        return bool(self._steps) and self._steps[0].act is Act.CANCEL

    def ready(self) -> Iterator[Step]:
        """Take the steps that wait for nothing."""
        while self._steps:
            step = self._steps[0]
            if step.act in (Act.REPLY, Act.CANCEL) and step.about not in self._met:
                return
            self._steps.popleft()
            if step.act not in (Act.REPLY, Act.CANCEL):
                yield step

    def when(self, recorded: float, factor: float) -> float:
        """When something is to be said that was said at time `recorded` of the recording."""
        begun, now = self._since or (recorded, 0.0)
        return now + max(0.0, recorded - begun) * factor


class Batch:
    """Requests that came together, and are answered together once all answers are there."""

    def __init__(self, waiting: int) -> None:
        self.waiting = waiting
        self.answers: list[bytes] = []

    def take(self, answer: bytes | None) -> bytes | None:
        """An answer is there, or will never be; returns the answers once the last one is."""
        self.waiting -= 1
        if answer is not None:
            self.answers.append(answer)
        if self.waiting or not self.answers:
            return None
        return b"[" + b",".join(self.answers) + b"]"
