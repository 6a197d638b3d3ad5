"""Once a server was restarted because its files changed: makes the last call again, says what is different.

Polled once a frame. What is shown and has the focus stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspector.app.asking import item_of
from inspector.app.item_words import is_destructive
from inspector.app.panes.workbench import Workbench
from inspector.app.restart_sheet import summary
from inspector.app.watching import why
from inspector.errors import InspectError
from inspector.journal.journal import Journal
from inspector.journal.restarts import Restarts
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.app.items import Item
    from inspector.app.keeper import ConnectionKeeper
    from inspector.app.screens.main import MainScreen
    from inspector.app.watching import Watching

_BUDGET = 0.02
_HERE = "D shows more."
_WIDEST = 200


class AfterRestart:
    """For one main screen.

    Args:
        screen: Says what is different, and makes the call where it shows the same capability.
        keeper: Its connection.
        watching: What restarts it.
    """

    def __init__(self, screen: MainScreen, keeper: ConnectionKeeper, watching: Watching) -> None:
        self._screen = screen
        self._keeper = keeper
        self._watching = watching
        self._restarts = Restarts(screen.journal)
        self._told = 0
        self._called = -1
        self._count = 0

    def advance(self) -> None:
        """Once a frame."""
        if self._watching.restarts != self._told:
            self._await_connection()
        elif self._called >= 0 and len(self._screen.journal) != self._count:
            self._await_answer()

    def _await_connection(self) -> None:
        latest, keeper, journal = self._watching.latest, self._keeper, self._screen.journal
        if latest is None or journal.catalogue.conn <= latest.conn:
            return
        reason = clip(visible(why(latest.paths)), _WIDEST)
        if keeper.state in ("failed", "closed"):
            self._told = self._watching.restarts
            says = f"{reason[:1].upper()}{reason[1:]}, and the server does not start. d shows why."
            self._screen.notify(says, severity="warning", markup=False)
        elif keeper.state == "connected" and keeper.listed and not self._restarts.advance(_BUDGET):
            self._told = self._watching.restarts
            restart = self._restarts.latest
            says = f"Restarted: {reason}."
            if restart is not None:
                different = summary(restart.before, journal.catalogue)
                says += f" {different} {_HERE}" if different else " It offers what it did before."
            self._screen.notify(says, markup=False)
            self._called = -1
            if self._watching.calls:
                self._call_again(latest.row)

    def _call_again(self, row: int) -> None:
        journal = self._screen.journal
        last = self._restarts.last_call(row)
        method, params = request_of(journal, last)
        item = item_of(method, params, journal.catalogue)
        session = self._keeper.session
        if item is None or session is None:
            return
        if item.section == "tools" and is_destructive(item.entry):
            says = f"{_name(item)} says that it is destructive: it is not called again by itself."
            self._screen.notify(says, severity="warning", markup=False)
            return
        self._called, self._count = len(journal), len(journal)
        if self._screen.workbench.item == item:
            self._screen.post_message(Workbench.Wanted(item, method, params))
        else:
            try:
                session.start(method, params)
            except InspectError as refused:
                self._called = -1
                self._screen.notify(visible(refused.message), severity="warning", markup=False)

    def _await_answer(self) -> None:
        journal = self._screen.journal
        self._count = len(journal)
        if self._restarts.advance(_BUDGET):
            self._count = 0  # again in the next frame
            return
        repeated = self._restarts.repeated()
        if repeated is None or repeated.request < self._called:
            return
        self._called = -1
        same = _result(journal, repeated.before) == _result(journal, repeated.after)
        method, params = request_of(journal, repeated.request)
        item = item_of(method, params, journal.catalogue)
        if item is not None:
            says = "the result is the same." if same else f"another result. {_HERE}"
            self._screen.notify(f"{_name(item)} was called again: {says}", markup=False)


def request_of(journal: Journal, row: int) -> tuple[str, dict[str, Any]]:
    """Method and params of a request as it may be made again; empty where the row is none.

    What belongs to the one time is left out: `_meta`, and what wanted a task.
    """
    frame = journal.event(row).frame if row >= 0 else None
    if frame is None or frame.method is None:
        return "", {}
    return frame.method, {
        name: value for name, value in frame.params.items() if name not in ("_meta", "task")
    }


def _result(journal: Journal, row: int) -> Any:
    frame = journal.event(row).frame
    return None if frame is None else (frame.result, frame.error)


def _name(item: Item) -> str:
    return clip(visible(item.label), 60)
