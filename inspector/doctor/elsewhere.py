"""Not waiting for an answer on stdout from a server that has said that it listens somewhere else.

What it said is judged by `inspector.doctor.waiting`; here only the wait for it ends.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import anyio

from inspector.doctor.waiting import address
from inspector.errors import ConnectionFailed, InspectError
from inspector.wire.event import Direction, Event, Kind

if TYPE_CHECKING:
    from inspector.journal.journal import Journal

GRACE = 5.0
"""Seconds that a server has for a message on stdout after it has said where it listens: a few do both."""


async def unless_elsewhere(
    journal: Journal, work: Callable[[], Awaitable[None]], grace: float = GRACE
) -> None:
    """Do `work`, which connects into `journal`, and give it up where the server listens elsewhere.

    Raises:
        ConnectionFailed: It was given up.
        InspectError: Whatever `work` raises.
    """
    said = anyio.Event()
    spoke = False

    def watch(event: Event) -> None:
        nonlocal spoke
        if event.kind is Kind.MESSAGE and event.direction is Direction.S2C:
            spoke = True
        elif event.kind in (Kind.STDERR, Kind.STDOUT) and address(
            event.body[:400].decode("utf-8", "replace")
        ):
            said.set()

    async def give_up(scope: anyio.CancelScope) -> None:
        await said.wait()
        await anyio.sleep(grace)
        if not spoke:
            scope.cancel()

    forget = journal.add_listener(watch)
    failure: InspectError | None = ConnectionFailed(
        "The server says where it listens, and answers nothing on stdout"
    )
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(give_up, tasks.cancel_scope)
            try:
                await work()
                failure = None
            except InspectError as error:  # raised below, as it is and in no group
                failure = error
            tasks.cancel_scope.cancel()
    finally:
        forget()
    if failure is not None:
        raise failure
