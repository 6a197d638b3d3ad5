"""A copy of this process that goes on with what is left, when the process itself has to end.

It imports next to nothing, because the plain recorder's start pays for it.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def left_to_a_copy(work: Callable[[], None]) -> bool:
    """Have a copy of this process do `work` and end; returns when this one may end.

    The copy is in a session of its own by then: what ends our group ends the writers, and not their words.

    Returns:
        Whether there is one. False where there is no room for another process: nothing was done.
    """
    try:
        ready, begun = os.pipe()
        child = os.fork()
    except OSError:
        return False
    if child:
        os.close(begun)
        os.read(ready, 1)
        return True
    try:
        os.setsid()
        os.close(begun)
        work()
    finally:
        os._exit(0)
