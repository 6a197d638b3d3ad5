"""When a program of ours is idle, told by its event loop and not by the clock; and a machine that is not.

Textual's pilot takes a process that uses no processor time for idle. On a busy machine it may only wait
for its turn, and a test looks before what it waits for has happened.
"""

from __future__ import annotations

import asyncio
import random
import time
from asyncio.base_events import BaseEventLoop
from typing import Any

import textual.app
import textual.pilot

_SLEEP = 1 / 50
_TURNS = 3
_LONGEST, _MOST = 1.0, 200
"""Seconds of work and turns of the loop: after both, one that always has something to do is busy for ever.
What anything leads to took 60 turns at most, but on a machine that starves a turn can take a second."""


async def _wait_for_idle(min_sleep: float = _SLEEP, max_sleep: float = _LONGEST) -> None:
    """As long as Textual's own, and then until nothing is left that the loop could do at once."""
    loop: Any = asyncio.get_running_loop()
    ends = time.process_time() + max_sleep
    await asyncio.sleep(max(min_sleep, _SLEEP))  # timers of the frame that began
    quiet = turns = 0
    while quiet < _TURNS and (turns < _MOST or time.process_time() < ends):
        await asyncio.sleep(0)
        turns += 1
        quiet = 0 if loop._ready else quiet + 1


def tell_idle_by_the_loop() -> None:
    """Make the pilots of this process wait for their event loop; their keys are pressed by the app."""
    for module in (textual.pilot, textual.app):
        module.wait_for_idle = _wait_for_idle  # type: ignore[attr-defined]


def shake(seed: int, often: float = 0.01, longest: float = 0.1) -> None:
    """Let this process stand still now and then, as on a machine that has other things to do.

    Args:
        seed: Of the choice when.
        often: The share of the turns of an event loop before which it does, 0 to 1.
        longest: The longest time, in seconds.
    """
    chance = random.Random(seed)
    turn = BaseEventLoop._run_once  # type: ignore[attr-defined]

    def turn_late(self: BaseEventLoop) -> None:
        if chance.random() < often:
            time.sleep(chance.random() * longest)
        turn(self)

    BaseEventLoop._run_once = turn_late  # type: ignore[attr-defined]
