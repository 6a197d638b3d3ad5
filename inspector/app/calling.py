"""From what the workbench wants to a call of the session, and from its outcome back to the workbench."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.app.consent import Consent
from inspector.app.panes.capabilities import server_line
from inspector.app.runs import Run
from inspector.app.screens.ask import asked
from inspector.app.task_calls import TaskCalls
from inspector.errors import UsageError

if TYPE_CHECKING:
    from inspector.app.items import Item
    from inspector.app.keeper import ConnectionKeeper
    from inspector.app.panes.workbench import Workbench
    from inspector.journal.journal import Journal
    from inspector.session.calls import Call
    from inspector.session.session import Session


class Calling:
    """Makes the calls of one workbench.

    Args:
        bench: Is told what becomes of them.
        journal: Knows how they go and how long they took.
        keeper: The connection; `None` in a recording.

    Attributes:
        tasks: Which of them become tasks.
    """

    def __init__(self, bench: Workbench, journal: Journal, keeper: ConnectionKeeper | None) -> None:
        self._bench = bench
        self._journal = journal
        self._keeper = keeper
        self._consent = Consent()
        self.tasks = TaskCalls(keeper)

    def start(self, item: Item, method: str, params: dict[str, object]) -> None:
        """Make a request, or say why it is not made."""
        bench = self._bench
        session = self._keeper.session if self._keeper else None
        if session is None:
            says = "ctrl+r connects again." if self._keeper else "This is a recording: nothing is sent."
            bench.notify(f"Not connected. {says}", severity="warning", markup=False)
            return
        question = self._consent.question(item, session, server_line(self._journal.catalogue))
        if question:

            def agreed() -> None:
                self._consent.give(item, session)
                self.start(item, method, params)

            asked(bench.app, question, "Run it", agreed)
            return
        run = Run(item, self._journal)
        try:
            # Whether progress begins the time anew is left open (basic/utilities/progress, "Timeouts").
            # Here a person watches, may cancel at any time, and `Options.longest` holds in any case.
            given = self.tasks.params(item, method, params)
            call = session.start(method, given, on_progress=run.heard, reset_on_progress=True)
        except UsageError as refused:
            bench.refuse(refused.message)
            return
        run.call = call
        run.waiting = lambda: len(session.inbox.of(call))
        bench.began(run)
        bench.run_worker(self._await(session, call, run), name="call", group="calls")

    async def _await(self, session: Session, call: Call, run: Run) -> None:
        outcome = await call.wait()
        run.task = self.tasks.begun(session, call, run.heard)
        if run.task is not None:
            outcome = await run.task.follow()
        if self._bench.is_attached:
            self._bench.ended(run, outcome, self._journal.catalogue.protocol_version or "")
