"""To another server: the connect screen, and what was chosen as a new connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from inspector.errors import InspectError
from inspector.wire.visible import visible

if TYPE_CHECKING:
    from inspector.app.app import InspectorApp
    from inspector.app.screens.connect import Chosen
    from inspector.app.screens.main import MainScreen


def do(screen: MainScreen) -> None:
    """Let a person choose, and connect."""
    # Imported here: one connection is enough for most.
    from inspector.app.screens.connect import ConnectScreen

    app = cast("InspectorApp", screen.app)

    async def open_it(chosen: Chosen) -> None:
        if not await app.open_target(chosen.target):
            app.notify("This app looks at a recording, and connects to nothing.", markup=False)
        elif app.history is not None:
            remember(app, chosen)

    def opened(chosen: Chosen | None) -> None:
        if chosen is not None:
            app.run_worker(open_it(chosen), name="open")

    app.push_screen(ConnectScreen(), opened)


def can(screen: MainScreen) -> bool:
    """Whether the app connects at all."""
    return screen.keeper is not None


def remember(app: InspectorApp, chosen: Chosen) -> None:
    """Let what was chosen be first in the list the next time."""
    from inspector.kept.recent import Recents

    try:
        Recents().add(chosen.target, chosen.name)
    except InspectError as problem:
        app.notify(f"{visible(problem.message)}. It is not remembered.", severity="warning", markup=False)
