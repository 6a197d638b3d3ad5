"""To the list of sessions, and what was chosen there as a tab of its own, which follows it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from inspector.errors import InspectError
from inspector.wire.visible import visible

if TYPE_CHECKING:
    from inspector.app.app import InspectorApp
    from inspector.app.screens.main import MainScreen


def do(screen: MainScreen) -> None:
    """Let a person choose a session, and open it."""
    # Imported here: few look at other sessions from within one.
    from inspector.app.screens.sessions import SessionsScreen

    app = cast("InspectorApp", screen.app)

    async def look(path: Path) -> None:
        from inspector.gate.remote import of_writer
        from inspector.journal.journal import Journal

        try:
            journal = Journal.open(path, whole=False)
        except InspectError as problem:
            app.notify(visible(problem.message), severity="error", markup=False)
            return
        await app.connections.look(journal, of_writer(path))

    def chosen(path: Path | None) -> None:
        if path is None:
            return
        if any(each.journal.path == path for each in app.connections.all):
            app.notify("It is open in this app already.", markup=False)
        else:
            app.run_worker(look(path), name="look")

    app.push_screen(SessionsScreen(), chosen)
