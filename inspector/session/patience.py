"""Waiting no longer than agreed, where the time that authorizing takes is nobody's time-out.

A person may be reading a consent page in a browser while a call, or the whole handshake, is held up.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import anyio

if TYPE_CHECKING:
    from inspector.transport.base import Authorizer

T = TypeVar("T")

_AT_LEAST = 0.01


async def within(
    deadline: float, wait: Callable[[], Awaitable[T]], authorizer: Authorizer | None = None
) -> T | None:
    """What `wait` brings by `deadline`, or `None`.

    Args:
        deadline: By the event loop's clock. It moves on while `authorizer` is at work.
        wait: What to wait for; cancelled when the time is up. It raises nothing of its own.
        authorizer: Whose time does not count.
    """
    if authorizer is None:
        with anyio.CancelScope(deadline=deadline):
            return await wait()
        return None
    result: T | None = None
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_expire, tasks.cancel_scope, deadline, authorizer)
        result = await wait()
        tasks.cancel_scope.cancel()
    return result


async def _expire(scope: anyio.CancelScope, deadline: float, authorizer: Authorizer) -> None:
    waited = authorizer.waited
    # Time itself is waited for, and no event.
    while (left := deadline + authorizer.waited - waited - anyio.current_time()) > 0:  # noqa: ASYNC110
        # While authorizing takes its time nothing of this is used up, however little it is.
        await anyio.sleep(max(left, _AT_LEAST))
    scope.cancel()
