"""Keys and clicks take turns: the next is passed on when all that the key before led to is done.

Textual gives a key at once to what has the focus. Whoever types faster than a form opens, or a program
that types, would find the text after `enter` in the wrong place, where letters are commands.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING

from textual.app import ScreenStackError
from textual.events import Event, Key, Paste

if TYPE_CHECKING:
    from textual.app import App
    from textual.message_pump import MessagePump
    from textual.timer import Timer

_LETTER, _KEY = 2, 5
"""A key bubbles and moves the focus; or its action posts, and a handler of that posts again: a round each."""
_PATIENCE = 2.0
"""Seconds without a step after which keys no longer wait: where a widget went away its part is not run."""


class Turns:
    """The queue of keys of an app.

    Args:
        app: Whose keys.
        pass_on: Gives an event to the app as Textual does. Runs in the app's own turn.
    """

    def __init__(self, app: App[int], pass_on: Callable[[Event], Awaitable[None]]) -> None:
        self._app = app
        self._pass_on = pass_on
        self._waiting: deque[Event] = deque()
        self._busy = False
        self._held = False
        self._turn = 0
        self._stepped = 0.0
        self._patience: Timer | None = None
        self._done = asyncio.Event()

    async def take(self, event: Event) -> None:
        """Pass `event` on, now or when its turn comes."""
        if self._busy or self._held:
            self._waiting.append(event)
        else:
            await self._begin(event)

    async def _begin(self, event: Event) -> None:
        self._busy = isinstance(event, Key | Paste)  # nobody clicks faster than is drawn
        if not self._busy:
            await self._pass_on(event)
            return
        self._turn += 1
        turn, before = self._turn, self._path()
        await self._pass_on(event)
        rounds = _LETTER if isinstance(event, Key) and event.is_printable else _KEY
        self._wait(turn, _PATIENCE)
        self._walk(turn, before, rounds)

    def _path(self) -> list[MessagePump]:
        """From what has the focus up to the screen: the way that a key bubbles."""
        try:
            start = self._app.focused or self._app.screen
        except ScreenStackError:  # while the app comes and goes
            return []
        return [node for node in start.ancestors_with_self if node is not self._app]

    def _wait(self, turn: int, seconds: float) -> None:
        self._patience = self._app.set_timer(seconds, lambda: self._give_up(turn))

    def _walk(self, turn: int, path: list[MessagePump], rounds: int) -> None:
        """Go through the queues of `path` and the app's, behind what stands in them."""
        self._stepped = monotonic()
        for number, node in enumerate(path):
            if node.call_later(self._walk, turn, path[number + 1 :], rounds):
                return
        self._app.call_later(self._round_done, turn, rounds)

    async def _round_done(self, turn: int, rounds: int) -> None:
        if turn != self._turn:
            return
        if rounds > 1:
            self._walk(turn, self._path(), rounds - 1)
            return
        self._end()
        if self._patience is not None:
            self._patience.stop()
        await self._go_on()

    async def _go_on(self) -> None:
        while self._waiting and not self._busy and not self._held:
            await self._begin(self._waiting.popleft())

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Nothing is passed on within: keys wait for a screen that comes in the place of another.

        What the key before leads to is done first: it is on its way through widgets that are to go. May only
        be entered by who is not part of that: a worker."""
        self._held = True
        try:
            while self._busy:
                self._done.clear()
                await self._done.wait()
            yield
        finally:
            self._held = False
            self._app.call_later(self._go_on)

    async def _give_up(self, turn: int) -> None:
        if not self._busy or turn != self._turn:
            return
        if (left := self._stepped + _PATIENCE - monotonic()) > 0:  # a slow machine, on which it goes on
            self._wait(turn, left)
            return
        self._turn += 1
        while self._waiting and not self._held:
            await self._pass_on(self._waiting.popleft())
        self._end()

    def _end(self) -> None:
        self._busy = False
        self._done.set()
