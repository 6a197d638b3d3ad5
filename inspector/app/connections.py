"""Several connections in one app: each has its journal, its keeper and its own main screen, a tab each.

A tab is a mode of Textual's, so that a dialog stays with the connection that it is about. What is not in
front goes on: its keeper works and its journal grows; only its screen waits to be looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inspector.app.panes.capabilities import server_line
from inspector.app.screens.framed import FramedScreen
from inspector.app.widgets.connection_tabs import ConnectionTabs
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from textual.app import App
    from textual.screen import Screen
    from textual.worker import Worker

    from inspector.app.keeper import ConnectionKeeper
    from inspector.gate.gate import Controls
    from inspector.journal.journal import Journal
    from inspector.transport.target import Target

FIRST = "first"
"""The mode that the app begins in; Textual's own default is one that cannot be switched to."""
MERGED = "merged"
_LONGEST = 24


@dataclass(eq=False, slots=True)
class Connection:
    """One tab.

    Attributes:
        journal: What crossed the wire.
        keeper: The connection; `None` for a recording.
        mode: Textual's name of its screens.
        trouble: Why it is not recorded, in a sentence; empty where it is.
        worker: Runs the keeper.
        controls: Who decides about what another process holds that writes the recording; else `None`.
        closing: It is stopped, and its tab goes then.
    """

    journal: Journal
    keeper: ConnectionKeeper | None
    mode: str = FIRST
    trouble: str = ""
    worker: Worker[None] | None = field(default=None, repr=False)
    controls: Controls | None = None
    closing: bool = False

    @property
    def title(self) -> str:
        """The server's own name, or what is connected to."""
        name = server_line(self.journal.catalogue)
        if not name and self.keeper is not None:
            name = visible(self.keeper.target.title)
        return clip(name or "recording", _LONGEST)

    @property
    def mark(self) -> str:
        """How it stands, as a shape."""
        keeper = self.keeper
        if keeper is None:
            return "■"
        if keeper.state in ("idle", "connecting"):
            return "○"
        if keeper.session is not None and keeper.session.inbox.waiting:
            return "!"
        return "●" if keeper.state == "connected" else "✗"


Open = Callable[["Target"], Connection]
"""Makes the journal and the keeper for a target; nothing is started yet."""


class Connections:
    """The tabs of an app, in the order they were opened.

    Args:
        app: Whose they are.
        first: What the app was started with.
        made: Makes the main screen of one.
        opens: Makes another one for a target; `None` where there is only a recording to look at.
    """

    def __init__(
        self,
        app: App[int],
        first: Connection,
        made: Callable[[Connection], FramedScreen],
        opens: Open | None,
    ) -> None:
        self._app = app
        self._made = made
        self._opens = opens
        self._count = 1
        self._merged: tuple[Connection, ...] = ()  # what the merged log shows, where there is one
        self.all: list[Connection] = [first]

    @property
    def front(self) -> Connection | None:
        """The one that is shown; `None` while the merged log is."""
        return next((each for each in self.all if each.mode == self._app.current_mode), None)

    @property
    def words(self) -> tuple[str, ...]:
        """What stands in the line of tabs; empty while there is only one."""
        if len(self.all) < 2:
            return ()
        words = tuple(f"{number} {each.mark} {each.title}" for number, each in enumerate(self.all, 1))
        return (*words, "merged log") if self._merged else words

    @property
    def active(self) -> str:
        """The word of what is shown."""
        words, front = self.words, self.front
        if not words:
            return ""
        return words[self.all.index(front)] if front is not None else words[-1]

    def start(self, connection: Connection) -> None:
        """Let its keeper connect."""
        if connection.trouble:
            self._app.notify(connection.trouble, severity="warning", timeout=15, markup=False)
        if connection.keeper is not None:
            connection.worker = self._app.run_worker(
                connection.keeper.run(), name="connection", exit_on_error=True
            )

    async def open(self, target: Target) -> Connection | None:
        """Connect to another server, in a tab of its own; `None` where nothing can be connected to."""
        if self._opens is None:
            return None
        return await self._add(self._opens(target))

    async def look(self, journal: Journal, controls: Controls | None = None) -> Connection:
        """Show a recording in a tab of its own; `controls` are those of who writes it."""
        return await self._add(Connection(journal, None, controls=controls))

    async def _add(self, opened: Connection) -> Connection:
        self._count += 1
        opened.mode = f"connection-{self._count}"
        self.all.append(opened)
        self._app.add_mode(opened.mode, lambda: self._made(opened))
        await self._app.switch_mode(opened.mode)
        self.start(opened)
        for each in self.all:
            self.put_up(self._app.get_screen_stack(each.mode)[0])
        return opened

    def put_up(self, screen: Screen[object]) -> None:
        """Give a screen its line of tabs, where it has none yet."""
        if isinstance(screen, FramedScreen) and not screen.query(ConnectionTabs):
            tabs = ConnectionTabs(self)
            screen.mount(tabs, before=0)
            screen.each_frame.append(tabs.advance)

    def show(self, number: int) -> None:
        """Bring the tab at `number` to the front, from 0; the one after the last is the merged log."""
        if 0 <= number < len(self.all):
            self._app.switch_mode(self.all[number].mode)
        elif number == len(self.all) and self._merged:
            self._app.switch_mode(MERGED)

    def step(self, by: int) -> None:
        """Bring the next tab to the front, or the one before."""
        if words := self.words:
            self.show((words.index(self.active) + by) % len(words))

    async def show_row(self, connection: Connection, seq: int) -> None:
        """Bring a tab to the front, with the cursor of its log on a row."""
        # Imported here: what a main screen is made of knows nothing of tabs.
        from inspector.app.screens.main import MainScreen

        await self._app.switch_mode(connection.mode)
        for screen in self._app.screen_stack:
            if isinstance(screen, MainScreen):
                screen.traffic.show_row(seq)
                screen.action_pane(3)

    async def merge(self) -> None:
        """Show what crossed all wires in one log."""
        # Imported here: few have several connections.
        from inspector.app.screens.merged import MergedScreen

        if self._merged != tuple(self.all):
            await self._forget_merged()
            self._merged = tuple(self.all)
            self._app.add_mode(MERGED, lambda: MergedScreen(self))
        await self._app.switch_mode(MERGED)
        self.put_up(self._app.screen)

    async def _forget_merged(self) -> None:
        if self._merged:
            if self._app.current_mode == MERGED:
                await self._app.switch_mode(self.all[0].mode)
            await self._app.remove_mode(MERGED)
            self._merged = ()

    async def close(self, connection: Connection) -> bool:
        """Stop a connection and take its tab away; false for the first and the last that is left."""
        if len(self.all) < 2 or connection.mode == FIRST or connection.closing:
            return False
        connection.closing = True  # its server may take seconds to end
        await self._forget_merged()
        at = self.all.index(connection)
        await self._app.switch_mode(self.all[at - 1].mode)
        await self._let_go(connection)
        await self._stop(connection)
        await self._forget_merged()  # somebody may have gone there meanwhile, or back to this one
        if self._app.current_mode == connection.mode:
            await self._app.switch_mode(FIRST)
        self.all.remove(connection)
        await self._app.remove_mode(connection.mode)
        connection.journal.close()
        return True

    async def leave(self) -> None:
        """Stop all of them, and wait until no process of any is left."""
        for each in self.all:
            await self._let_go(each)
        for each in self.all:
            if each.keeper is not None:
                each.keeper.stop()
        for each in self.all:
            await self._stop(each)
        for each in self.all[1:]:
            each.journal.close()

    async def _stop(self, connection: Connection) -> None:
        if connection.keeper is not None and connection.worker is not None:
            connection.keeper.stop()
            if not connection.worker.is_finished:
                await connection.worker.wait()

    async def _let_go(self, connection: Connection) -> None:
        """Nobody is left to decide about what breakpoints hold: let it go on."""
        # Imported here: few runs have a breakpoint.
        from inspector.app.letting_go import let_go

        if says := await let_go(connection):
            self._app.notify(says, markup=False)
