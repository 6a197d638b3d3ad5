"""The notifications that nobody has waited for yet, and waiting for one.

Each is found once: by the first `wait` that it fits, whether it came before or comes after. The others
stay, in their order, so that it does not matter in which order two of them came.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import anyio

from inspector.cli.words import Pair, exact
from inspector.errors import ConnectionFailed

if TYPE_CHECKING:
    from inspector.session.peer import Noticed
    from inspector.session.session import Session

T = TypeVar("T")

MOST = 10_000
"""Notifications that are kept; the oldest are forgotten first."""
MOST_BYTES = 32 * 1024 * 1024
"""And their bytes in all."""
_PREFIX = "notifications/"


class Heard:
    """What a session was notified of."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._kept: dict[int, Noticed] = {}
        self._bytes = 0
        self._last = 0
        self._more = anyio.Event()
        self.forgotten = 0
        session.hear(self._hear)

    def _hear(self, noticed: Noticed) -> None:
        self._last += 1
        self._kept[self._last] = noticed
        self._bytes += noticed.event.size
        while len(self._kept) > MOST or (self._bytes > MOST_BYTES and len(self._kept) > 1):
            self._take(next(iter(self._kept)))
            self.forgotten += 1
        self._more.set()

    def _take(self, number: int) -> Noticed:
        found = self._kept.pop(number)
        self._bytes -= found.event.size
        return found

    async def find(self, fits: Callable[[Noticed], bool]) -> Noticed:
        """The oldest that fits, once there is one; it is not found again.

        Raises:
            ConnectionFailed: The connection ended first.
        """
        seen = 0
        while True:
            for number in [number for number in self._kept if number > seen]:
                if fits(self._kept[number]):
                    return self._take(number)
                seen = number
            self._more = anyio.Event()
            await unless_closed(self._session, self._more.wait)


async def unless_closed(session: Session, wait: Callable[[], Awaitable[T]]) -> T:
    """What `wait` brings.

    Raises:
        ConnectionFailed: The connection ended first.
    """
    brought: list[T] = []
    async with anyio.create_task_group() as tasks:

        async def watch() -> None:
            await session.closed.wait()
            tasks.cancel_scope.cancel()

        tasks.start_soon(watch)
        brought.append(await wait())
        tasks.cancel_scope.cancel()
    if brought:
        return brought[0]
    says = session.ending.says if session.ending is not None else ""
    raise ConnectionFailed(
        f"The connection is over: {says or 'the server closed it'}",
        next="--trace shows what crossed the wire",
        exit=dict(session.exit) if session.exit else None,
    )


def fitting(method: str, wanted: list[Pair]) -> Callable[[Noticed], bool]:
    """Whether a notification is the one that is meant.

    Args:
        method: Its method; `notifications/` may be left out.
        wanted: What must stand in its parameters: a path of keys and indices between dots, and the text
            or number there (`path=value`) or exactly this JSON (`path:=JSON`).

    Raises:
        UsageError: What should be JSON is none.
    """
    methods = {method, _PREFIX + method}
    tests = [(pair.key.split("."), _equals(pair)) for pair in wanted]

    def fits(noticed: Noticed) -> bool:
        params: Any = noticed.frame.params
        return noticed.frame.method in methods and all(
            any(map(test, _at(params, path))) for path, test in tests
        )

    return fits


def _equals(pair: Pair) -> Callable[[Any], bool]:
    if pair.exact:
        value = exact(pair)
        return lambda there: _same(there, value)
    number = _number(pair.text)

    def equals(there: Any) -> bool:
        if isinstance(there, int | float) and not isinstance(there, bool):
            return number is not None and there == number
        if there is None or isinstance(there, bool):
            return json.dumps(there) == pair.text
        return isinstance(there, str) and there == pair.text

    return equals


def _number(text: str) -> float | None:
    """The number that a text is in JSON; `None` where it is none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _same(there: Any, value: Any) -> bool:
    """Equal as JSON, where `true` is no 1."""
    if isinstance(there, bool) or isinstance(value, bool):
        return there is value
    return bool(there == value)


def _at(value: Any, path: list[str]) -> Iterator[Any]:
    """What stands at a path; keys may hold dots, so there may be several."""
    if not path:
        yield value
    elif isinstance(value, dict):
        for end in range(1, len(path) + 1):
            key = ".".join(path[:end])
            if key in value:
                yield from _at(value[key], path[end:])
    elif isinstance(value, list) and path[0].isascii() and path[0].isdigit() and len(path[0]) < 9:
        at = int(path[0])
        if at < len(value):
            yield from _at(value[at], path[1:])
