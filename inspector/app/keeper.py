"""Keeps one connection for the app: connects, reconnects when asked, and leaves cleanly in any state.

It is the body of one worker. Whoever quits awaits that worker, so that no server outlives the program.
The screen reads `state`, `says` and `session`; it is never called back from here.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Literal

import anyio

from inspector.errors import InspectError
from inspector.session.owner import Options, Session, open_session

if TYPE_CHECKING:
    from inspector.journal.journal import Journal
    from inspector.transport.target import Target

State = Literal["idle", "connecting", "connected", "closed", "failed"]


class ConnectionKeeper:
    """One target, one journal, one connection at a time.

    Attributes:
        state: `idle` before the start, `connecting`, `connected`, `closed` after the server went away,
            `failed` where connecting failed.
        failure: Why, in the last two states where an error says it.
        since: `monotonic()` of the last change of state.
        revision: Raised on each change of state, for whoever polls once a frame.
    """

    def __init__(self, target: Target, journal: Journal, options: Options) -> None:
        self.target = target
        self.journal = journal
        self.options = options
        self.session: Session | None = None
        self.state: State = "idle"
        self.failure: InspectError | None = None
        self.since = monotonic()
        self.revision = 0
        self._scope: anyio.CancelScope | None = None
        self._stopping = False

    async def run(self) -> None:
        """Connect, and again whenever `reconnect` is called, until `stop` is."""
        while not self._stopping:
            with anyio.CancelScope() as self._scope:
                await self._connect_once()
                await anyio.sleep_forever()

    def reconnect(self) -> None:
        """Leave the present connection, if any, and connect again."""
        if self._scope is not None:
            self._scope.cancel()

    def stop(self) -> None:
        """Leave the present connection and end `run`."""
        self._stopping = True
        if self._scope is not None:
            self._scope.cancel()

    async def _connect_once(self) -> None:
        self._become("connecting")
        try:
            async with open_session(self.target, self.journal, self.options) as session:
                self.session = session
                self._become("connected")
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(session.list_all)
                    await session.closed.wait()
                    tasks.cancel_scope.cancel()
            self._become("closed")
        except InspectError as failure:
            self._become("failed", failure)
        except Exception as error:  # a fault of ours must not take the log away from whoever reads it
            says = f"mcp-inspect itself failed: {type(error).__name__}: {error}"
            self._become("failed", InspectError(says, next="The log is kept; please report this."))
        finally:
            self.session = None

    def _become(self, state: State, failure: InspectError | None = None) -> None:
        self.state, self.failure = state, failure
        self.since = monotonic()
        self.revision += 1
