"""The app's guide beside a flow of authorization: it puts each question where a person can answer it.

A flow asks and waits, in the connection's task; the screen polls `question` once a frame and answers.
Nothing here draws, and nothing is answered by going away: whoever closes the screen leaves the flow waiting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import anyio

from inspector.errors import AuthNeeded
from inspector.session.auth.steps import Choose, Decision, Enter, Fetch, Verdict, Visit

Kind: TypeAlias = Literal["pause", "verdict", "choose", "enter", "visit"]

_REFRESH = "refresh"
STOPPED = "Authorization was stopped here"


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What a person is asked now.

    Attributes:
        kind: `pause` before a request, `verdict` after an answer, or the action's own question.
        action: What it is about.
    """

    kind: Kind
    action: Fetch | Visit | Verdict | Choose | Enter


class AppGuide:
    """Stands beside the flows of one connection.

    Attributes:
        stepwise: Pause before each request and after each step.
        question: What is asked now; `None` while the flow goes on by itself.
        revision: Raised whenever `question` changes, for whoever polls.
    """

    def __init__(self, *, stepwise: bool = False) -> None:
        self.stepwise = stepwise
        self.question: Question | None = None
        self.revision = 0
        self._answered = anyio.Event()
        self._answer: Any = None

    # What the screen says.

    def answer(self, question: Question, answer: Any) -> None:
        """Answer `question`; without effect where it is not asked any more.

        Args:
            question: Which.
            answer: A `Decision` for `pause` and `verdict`, an index for `choose`, a mapping for `enter`,
                what was pasted for `visit`.
        """
        if question is self.question and not self._answered.is_set():
            self._answer = answer
            self._answered.set()

    def stop(self) -> None:
        """Give up what is asked now, and so the flow."""
        if self.question is not None:
            self.answer(self.question, Decision.STOP)

    # What the flow's driver asks: `inspector.session.auth.steps.Guide`.

    async def before(self, action: Fetch | Visit) -> None:
        if self.stepwise and isinstance(action, Fetch):
            await self._ask(Question("pause", action))

    async def judged(self, verdict: Verdict) -> Decision:
        violation = verdict.judgement == "violation"
        if not violation and not (self.stepwise and verdict.last):
            return Decision.PROCEED
        if violation and verdict.step == _REFRESH and not self.stepwise:
            return (
                Decision.STOP
            )  # a token that is not renewed is no person's business: the whole flow comes next
        answer: Decision = await self._ask(Question("verdict", verdict))
        return answer

    async def choose(self, choice: Choose) -> int:
        index: int = await self._ask(Question("choose", choice))
        return index

    async def enter(self, wanted: Enter) -> Mapping[str, str]:
        entered: Mapping[str, str] = await self._ask(Question("enter", wanted))
        return entered

    async def visit(self, visit: Visit) -> str | None:
        pasted: str = await self._ask(Question("visit", visit))
        return pasted

    async def _ask(self, question: Question) -> Any:
        self._answered, self._answer = anyio.Event(), None
        self._put(question)
        try:
            await self._answered.wait()
        finally:  # cancelled too: by the callback, by leaving
            self._put(None)
        if self._answer is Decision.STOP and question.kind != "verdict":
            raise AuthNeeded(STOPPED, next="ctrl+r connects and asks again")
        return self._answer

    def _put(self, question: Question | None) -> None:
        self.question = question
        self.revision += 1
