"""Leaving: what breakpoints hold goes on, since nobody is left to decide about it. It shows nothing."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import anyio

from inspector.errors import InspectError

if TYPE_CHECKING:
    from inspector.app.connections import Connection
    from inspector.gate.gate import Controls

PATIENCE = 1.0
"""Seconds that another process may take to let go; it does so by itself when we are gone."""
_PASSES = 20


def controls_of(connection: Connection) -> Controls | None:
    """Who decides about what is held: the gate of the connection, or the one of who writes the recording."""
    if connection.keeper is not None:
        return connection.keeper.gate
    return connection.controls


async def let_go(connection: Connection) -> str:
    """Let go of all that is held; says in a sentence how much that was, if anything."""
    count = 0
    if connection.keeper is not None:
        count = connection.keeper.gate.leave()
        for _ in range(_PASSES if count else 0):  # the server is stopped next: by then it is on its way
            await anyio.lowlevel.checkpoint()
    elif connection.controls is not None:
        # Imported here: few look at what another process holds.
        from inspector.gate.remote import RemoteGate

        if isinstance(connection.controls, RemoteGate):
            # Nothing is dialled to say so: what was held from here goes on when we are gone.
            with anyio.move_on_after(PATIENCE):
                await connection.controls.close()
            return ""
        with anyio.move_on_after(PATIENCE), contextlib.suppress(InspectError):  # who held it may be gone
            count = await connection.controls.let_go_all()
    return f"Let go of {count:,} that {'was' if count == 1 else 'were'} held." if count else ""
