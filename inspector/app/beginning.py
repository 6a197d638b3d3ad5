"""When the tasks of an app begin: in the next turn of its event loop, whatever Python runs it.

From Python 3.12 on, `App.run` lets each begin at once. The first screen of an app with modes then mounts
what is in it before the app knows of the screen, and an `Input`, which asks for it, ends the app.
`App.run_test` has no such tasks: this is also the one order that is tried.
"""

from __future__ import annotations

import asyncio


def begin_in_turn() -> None:
    """Tasks of the running event loop begin in their turn. For `on_load`: nothing is mounted by then."""
    asyncio.get_running_loop().set_task_factory(None)
