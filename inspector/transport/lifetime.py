"""From the opening of a link over HTTP to its end, whatever ends it: what both of its transports share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar

import anyio
from anyio.abc import TaskGroup


class Leaves(Protocol):
    """A link that is closed at once, and then left in good order."""

    def close(self) -> None: ...

    async def leave(self) -> None: ...


L = TypeVar("L", bound=Leaves)


@asynccontextmanager
async def living(link: L, begin: Callable[[TaskGroup], None]) -> AsyncIterator[L]:
    """Hold a link's tasks until the block is left, and then leave.

    Args:
        link: Not begun yet.
        begin: Given the task group in which its requests run.
    """
    failure: Exception | None = None
    try:
        async with anyio.create_task_group() as tasks:
            begin(tasks)
            try:
                yield link
            except Exception as error:  # raised again below, out of the group's wrapping
                failure = error
            finally:
                link.close()
                tasks.cancel_scope.cancel()
    finally:
        with anyio.CancelScope(shield=True):
            await link.leave()
    if failure is not None:
        raise failure
