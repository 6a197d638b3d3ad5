"""What a flow asks reaches the screen, and what the screen says reaches the flow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest

from inspector.app.guide import AppGuide
from inspector.errors import AuthNeeded
from inspector.session.auth.steps import Choose, Decision, Enter, Fetch, Verdict, Visit

FETCH = Fetch("token", "POST", "https://auth.example.com/token")
VISIT = Visit("authorize", "https://auth.example.com/a", "auth.example.com", "http://127.0.0.1:1/callback")


async def asked(guide: AppGuide, ask: Callable[[], Awaitable[Any]], answer: Any) -> Any:
    """What `ask` gives where the person answers its question so."""
    found: list[Any] = []

    async def run() -> None:
        found.append(await ask())

    with anyio.fail_after(60):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(run)
            while guide.question is None:
                await anyio.lowlevel.checkpoint()
            guide.answer(guide.question, answer)
    assert guide.question is None
    return found[0]


async def test_a_flow_goes_on_by_itself_while_all_is_well() -> None:
    guide = AppGuide()
    await guide.before(FETCH)
    await guide.before(VISIT)
    assert await guide.judged(Verdict("token", "warning", "odd")) is Decision.PROCEED
    assert guide.revision == 0


@pytest.mark.parametrize("decision", list(Decision))
async def test_a_violation_is_a_question(decision: Decision) -> None:
    guide = AppGuide()
    verdict = Verdict("token", "violation", "wrong")
    assert await asked(guide, lambda: guide.judged(verdict), decision) is decision


async def test_step_by_step_it_pauses_before_and_after() -> None:
    guide = AppGuide(stepwise=True)
    await asked(guide, lambda: guide.before(FETCH), Decision.PROCEED)
    again = await asked(guide, lambda: guide.judged(Verdict("token", "ok", "fine")), Decision.REPEAT)
    assert again is Decision.REPEAT
    assert await guide.judged(Verdict("token", "ok", "more comes", last=False)) is Decision.PROCEED


async def test_every_other_question_has_its_answer() -> None:
    guide = AppGuide()
    assert await asked(guide, lambda: guide.choose(Choose("x", "Which?", ("a", "b"))), 1) == 1
    assert await asked(guide, lambda: guide.enter(Enter("x", "Who?", ())), {"a": "b"}) == {"a": "b"}
    assert await asked(guide, lambda: guide.visit(VISIT), "?code=1") == "?code=1"


async def test_stopping_is_an_error_of_its_own() -> None:
    guide = AppGuide()

    async def visit() -> None:
        with pytest.raises(AuthNeeded, match="stopped"):
            await guide.visit(VISIT)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(visit)
        while guide.question is None:
            await anyio.lowlevel.checkpoint()
        guide.stop()
    guide.stop()  # nothing is asked: nothing happens


async def test_the_callback_takes_the_question_away() -> None:
    guide = AppGuide()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(guide.visit, VISIT)
        while guide.question is None:
            await anyio.lowlevel.checkpoint()
        question = guide.question
        tasks.cancel_scope.cancel()
    assert guide.question is None
    guide.answer(question, "too late")


async def test_a_refresh_that_is_refused_asks_nobody() -> None:
    guide = AppGuide()
    assert await guide.judged(Verdict("refresh", "violation", "no")) is Decision.STOP
