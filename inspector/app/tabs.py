"""Keys for several connections: the next tab, the one before, all in one log, and closing one."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from inspector.app.screens.ask import asked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.app.app import InspectorApp
    from inspector.app.connections import Connection, Connections
    from inspector.app.screens.main import MainScreen


def _several(screen: MainScreen) -> bool:
    """Whether there are several; says so where there are not."""
    several = len(_connections(screen).all) > 1
    if not several:
        screen.notify("There is one connection only: O connects to another server.", markup=False)
    return several


def following(screen: MainScreen) -> None:
    """Bring the next tab to the front."""
    if _several(screen):
        _connections(screen).step(1)


def earlier(screen: MainScreen) -> None:
    """Bring the tab before to the front."""
    if _several(screen):
        _connections(screen).step(-1)


async def merged(screen: MainScreen) -> None:
    """Show what crossed all wires in one log."""
    if _several(screen):
        await _connections(screen).merge()


def close(screen: MainScreen) -> None:
    """Close the connection that is shown, after a question; the first one stays."""
    if not _several(screen):
        return
    connections = _connections(screen)
    front = connections.front
    if front is None or front is connections.all[0]:
        screen.notify("The first connection stays; ctrl+q leaves.", markup=False)
        return
    question = f"Close this connection? {_ends(front)}{_goes_on(screen, [front])}"
    asked(screen.app, question, "Close", lambda: screen.app.run_worker(connections.close(front)))


def ask_quit(screen: MainScreen) -> None:
    """Leave the app, after a question that says what ends with it."""
    every = _connections(screen).all
    own = next((each for each in every if each.keeper is not None), None)
    asked(screen.app, f"Quit? {_ends(own)}{_goes_on(screen, every)}", "Quit", screen.begin_leaving)


def _ends(connection: Connection | None) -> str:
    """What ends with it; of a recording, also one that another process writes, nothing does."""
    ours = connection is not None and connection.keeper is not None
    return "The server is stopped, the recording kept." if ours else "The recording stays as it is."


def _goes_on(screen: MainScreen, left: Sequence[Connection]) -> str:
    """What becomes of messages that breakpoints hold on connections that are left."""
    # Imported here: few runs have a breakpoint.
    from inspector.app.breaking import breaking
    from inspector.app.letting_go import controls_of

    count = 0
    for each in left:
        if controls_of(each) is not None:
            known = breaking(screen.app.get_screen_stack(each.mode)[0])
            known.advance()
            count += len(known.held)
    held = "1 message that is held goes" if count == 1 else f"{count:,} messages that are held go"
    return f" {held} on to the other side." if count else ""


def _connections(screen: MainScreen) -> Connections:
    return cast("InspectorApp", screen.app).connections
