"""Waiting no longer than agreed, where authorizing takes nobody's time."""

from __future__ import annotations

import math

import anyio
import anyio.lowlevel
import pytest

from inspector.session.patience import Held, within

SOON = 0.05


class Busy:
    """An authorizer that is at work as long as the test says; only its clock is asked for."""

    def __init__(self) -> None:
        self._done = 0.0
        self._since: float | None = None

    @property
    def waited(self) -> float:
        running = 0.0 if self._since is None else anyio.current_time() - self._since
        return self._done + running

    def begin(self) -> None:
        self._since = anyio.current_time()

    def end(self) -> None:
        self._done, self._since = self.waited, None

    async def headers(self, url: str) -> tuple[tuple[str, str], ...]:
        return ()

    async def challenged(self, challenge: object) -> bool:
        return False


@pytest.fixture(params=[False, True], ids=["alone", "idle-authorizer"])
def authorizer(request: pytest.FixtureRequest) -> Busy | None:
    return Busy() if request.param else None


async def test_what_comes_in_time_is_brought(authorizer: Busy | None) -> None:
    async def wait() -> str:
        return "it"

    assert await within(anyio.current_time() + 60, wait, authorizer) == "it"
    assert await within(math.inf, wait, authorizer) == "it"


async def test_what_does_not_come_is_given_up_and_cancelled(authorizer: Busy | None) -> None:
    ended: list[bool] = []

    async def wait() -> str:
        try:
            await anyio.sleep_forever()
        finally:
            ended.append(True)
        return "it"

    assert await within(anyio.current_time() + SOON, wait, authorizer) is None
    assert ended == [True]


async def test_a_deadline_that_has_passed_leaves_no_time(authorizer: Busy | None) -> None:
    assert await within(anyio.current_time() - 1, anyio.sleep_forever, authorizer) is None


async def test_no_limit_is_none(authorizer: Busy | None) -> None:
    with anyio.move_on_after(SOON) as scope:
        await within(math.inf, anyio.sleep_forever, authorizer)
    assert scope.cancelled_caught


async def test_the_deadline_moves_on_while_authorizing() -> None:
    """What comes long after the deadline counts, if authorizing took the time."""
    authorizer = Busy()
    deadline = anyio.current_time() + SOON

    async def wait() -> str:
        authorizer.begin()
        await anyio.sleep_until(deadline + 2 * SOON)  # a person reads the consent page
        authorizer.end()
        return "it"

    assert await within(deadline, wait, authorizer) == "it"
    assert anyio.current_time() > deadline


async def test_time_that_is_taken_at_once_is_credited() -> None:
    """Before anything else had a turn: the deadline has passed by then, were it not for that."""
    authorizer = Busy()

    async def wait() -> str:
        authorizer._done += 1000.0
        await anyio.lowlevel.checkpoint()
        await anyio.lowlevel.checkpoint()
        return "it"

    assert await within(anyio.current_time() - 1, wait, authorizer) == "it"


async def test_what_was_waited_for_before_is_no_credit() -> None:
    authorizer = Busy()
    authorizer._done = 1000.0
    with anyio.fail_after(30):
        assert await within(anyio.current_time() + SOON, anyio.sleep_forever, authorizer) is None


async def test_after_authorizing_the_clock_goes_on() -> None:
    authorizer = Busy()

    async def wait() -> None:
        authorizer.begin()
        await anyio.sleep(2 * SOON)
        authorizer.end()
        await anyio.sleep_forever()

    with anyio.fail_after(30):
        assert await within(anyio.current_time() + SOON, wait, authorizer) is None


async def test_being_cancelled_from_outside_goes_through(authorizer: Busy | None) -> None:
    with anyio.CancelScope() as scope:
        scope.cancel()
        await within(anyio.current_time() + 60, anyio.sleep_forever, authorizer)
    assert scope.cancelled_caught


async def test_more_time_may_be_given_while_it_runs() -> None:
    held = Held()

    async def wait() -> str:
        await anyio.lowlevel.checkpoint()
        held.grant(60)
        with anyio.move_on_after(15 * SOON):  # the time that it had is over
            await anyio.sleep_forever()
        return "it"

    assert await within(anyio.current_time() + 10 * SOON, wait, held) == "it"
    assert held.waited == 60
