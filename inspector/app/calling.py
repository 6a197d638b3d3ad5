"""From what the workbench wants to a call of the session, and from its outcome back to the workbench."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.errors import UsageError

if TYPE_CHECKING:
    from inspector.app.items import Item
    from inspector.app.keeper import ConnectionKeeper
    from inspector.app.panes.workbench import Workbench
    from inspector.journal.journal import Journal
    from inspector.session.calls import Call


class Calling:
    """Makes the calls of one workbench.

    Args:
        bench: Is told what becomes of them.
        journal: Knows how long they took.
        keeper: The connection; `None` in a recording.
    """

    def __init__(self, bench: Workbench, journal: Journal, keeper: ConnectionKeeper | None) -> None:
        self._bench = bench
        self._journal = journal
        self._keeper = keeper

    def start(self, item: Item, method: str, params: dict[str, object]) -> None:
        """Make a request, or say why it is not made."""
        bench = self._bench
        session = self._keeper.session if self._keeper else None
        if session is None:
            says = "ctrl+r connects again." if self._keeper else "This is a recording: nothing is sent."
            bench.notify(f"Not connected. {says}", severity="warning", markup=False)
            return
        try:
            call = session.start(method, params)
        except UsageError as refused:
            bench.refuse(refused.message)
            return
        bench.began(call, item)
        bench.run_worker(self._await(call, item), name="call", group="calls")

    async def _await(self, call: Call, item: Item) -> None:
        outcome = await call.wait()
        if self._bench.is_attached:
            seq = call.request.seq if call.request is not None else -1
            took = self._journal.latency(seq) if seq >= 0 else None
            waited = self._bench.elapsed if took is None else took
            version = self._journal.catalogue.protocol_version or ""
            self._bench.ended(call, item, outcome, waited, version)
