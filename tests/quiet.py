"""When a program of ours is idle, told by its event loop and not by the clock; and a machine that is not.

Textual's pilot takes a process that uses no processor time for idle. On a busy machine it may only wait
for its turn, and a test looks before what it waits for has happened.
"""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any

import textual.pilot
from textual.message_pump import MessagePump

_SLEEP = 1 / 50
_TURNS = 3
_LONGEST = 1.0


async def _wait_for_idle(min_sleep: float = _SLEEP, max_sleep: float = _LONGEST) -> None:
    """As long as Textual's own, and then until nothing is left that the loop could do at once."""
    loop: Any = asyncio.get_running_loop()
    ends = loop.time() + max_sleep
    await asyncio.sleep(max(min_sleep, _SLEEP))  # timers of the frame that began
    quiet = 0
    while quiet < _TURNS and loop.time() < ends:
        await asyncio.sleep(0)
        quiet = 0 if loop._ready else quiet + 1


def tell_idle_by_the_loop() -> None:
    """Make the pilots of this process wait for their event loop."""
    textual.pilot.wait_for_idle = _wait_for_idle  # type: ignore[attr-defined]


def shake(seed: int, often: float = 0.03, longest: float = 0.06) -> None:
    """Let this process stand still now and then, as on a machine that has other things to do.

    Args:
        seed: Of the choice where.
        often: The share of Textual's messages before which it does, 0 to 1.
        longest: The longest time, in seconds.
    """
    chance = random.Random(seed)
    dispatch = MessagePump._dispatch_message

    async def dispatch_late(self: MessagePump, message: Any) -> None:
        if chance.random() < often:
            time.sleep(chance.random() * longest)  # noqa: ASYNC251 - the whole process stands still
        await dispatch(self, message)

    MessagePump._dispatch_message = dispatch_late  # type: ignore[method-assign]
