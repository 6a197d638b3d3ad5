"""The app: `InspectorApp(journal, keeper | None)`. Without a keeper it is a viewer of recordings."""

from __future__ import annotations

import contextlib
import gc
import os
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from textual.actions import parse
from textual.app import App, SystemCommand
from textual.events import Event, Key, MouseDown, MouseUp, Paste
from textual.messages import ExitApp
from textual.screen import Screen

from inspector.app.beginning import begin_in_turn
from inspector.app.connections import FIRST, Connection, Connections, Open
from inspector.app.keys import Remapped, written_keys
from inspector.app.notices import Notices
from inspector.app.palette import CapabilityCommands
from inspector.app.pruning import WorkEndsFirst
from inspector.app.screens.main import MainScreen
from inspector.app.terminal import attributes_only, colourless, hung_up, outliving
from inspector.app.themes import DARK, THEMES
from inspector.app.turns import Turns
from inspector.errors import UsageError
from inspector.transport.signals import on_termination

if TYPE_CHECKING:
    from pathlib import Path

    from textual.driver import Driver
    from textual.notifications import Notify

    from inspector.app.arrangement import Shares
    from inspector.app.keeper import ConnectionKeeper
    from inspector.gate.gate import Controls
    from inspector.journal.journal import Journal
    from inspector.kept.arguments import ArgumentHistory
    from inspector.kept.look import Look
    from inspector.session.auth.model import AuthOptions
    from inspector.session.owner import Options
    from inspector.transport.target import Target


_PATIENCE = 15.0  # seconds; every rung of a server's shutdown takes a third of that
_LOOKS = 0.5  # seconds between two looks at whether the terminal is still there
_HANG_UP = 1  # the number of SIGHUP, which not every system has


class InspectorApp(WorkEndsFirst[int]):
    """One journal on the screen, and the connection that feeds it, if there is one."""

    CSS_PATH = "app.tcss"
    TITLE = "mcp-inspect"
    COMMANDS = App.COMMANDS | {CapabilityCommands}
    ENABLE_COMMAND_PALETTE = True
    ESCAPE_TO_MINIMIZE = False
    DEFAULT_MODE = FIRST

    history: ArgumentHistory | None = None
    """What is remembered of arguments from session to session; `None` where nothing is."""
    look: Look | None = None
    """The same of how the app looks."""
    filter: str = ""
    """What the message log begins with."""
    plays: float | None = None
    """How many times faster than recorded a recording is played from its beginning; `None` for not at all."""
    panes: Shares | None = None
    """How the configuration divides the room; `None` where it does not."""

    def __init__(
        self,
        journal: Journal,
        keeper: ConnectionKeeper | None = None,
        trouble: str = "",
        *,
        opens: Open | None = None,
        theme: str = DARK.name,
        plain: bool = False,
    ) -> None:
        with colourless() if plain else contextlib.nullcontext():
            super().__init__(ansi_color=THEMES[theme].ansi or None)
        if plain:
            self.console = attributes_only(self.console)
        for name in [*self.available_themes]:
            self.unregister_theme(name)
        for each in THEMES.values():
            self.register_theme(each)
        self.set_reactive(App.theme, theme)
        self.remapped: Remapped = {}
        self.remembers_theme = False
        self.offers_tour = False
        self.journal = journal
        self.keeper = keeper
        self.connections = Connections(self, Connection(journal, keeper, trouble=trouble), _screen_of, opens)
        self.add_mode(FIRST, lambda: _screen_of(self.connections.all[0]))
        self._signals = contextlib.ExitStack()
        self._code = 0
        self._left = False
        self.turns = Turns(self, super().on_event)
        self._notices = Notices()

    def watch_theme(self, before: str, now: str) -> None:
        if before == now:
            return
        self.ansi_color = None  # as the theme has it
        if self.remembers_theme and self.look is not None:
            self.look.put("theme", now)

    def on_notify(self, event: Notify) -> None:
        self._notices.take(event.notification, self._notifications)  # Textual's own handler comes next

    def get_driver_class(self) -> type[Driver]:
        return outliving(super().get_driver_class())

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Key | Paste | MouseDown | MouseUp) and not event.is_forwarded:
            await self.turns.take(event)
        else:
            await super().on_event(event)

    def on_load(self) -> None:
        begin_in_turn()

    def on_mount(self) -> None:
        self._signals.enter_context(on_termination(self._told_to_end))
        self.set_interval(_LOOKS, self._look_at_terminal)
        self.connections.start(self.connections.all[0])
        if not gc.isenabled():
            self.call_after_refresh(collect_seldom)
        if self.keeper is None and (self.plays is not None or self.journal.known < 1):
            # Imported here: most starts connect to something.
            from inspector.app.opening import read_rest

            self.run_worker(read_rest(self, self.plays), name="reading")
        if self.offers_tour:
            # Imported here: most starts are not the first.
            from inspector.app.tour import offer

            self.call_after_refresh(offer, self)

    def on_unmount(self) -> None:
        self._signals.close()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        for action in getattr(screen, "ACTIONS", ()):
            _, name, given = parse(action.id)
            if action.palette and screen.check_action(name, given):
                keys = written_keys(getattr(screen, "PLACE", "main"), action, self.remapped)
                yield SystemCommand(action.title, keys, _runner(screen, action.id))
        yield SystemCommand("Change the theme", "Colours of the whole app", self.action_change_theme)

    async def on_exit_app(self, event: ExitApp) -> None:
        """A browser's tab that is closed asks for this: no server is left behind by that either."""
        if not self._left:
            event.prevent_default()
            await self.action_quit()

    async def leave(self) -> None:
        """Stop the connections, wait until no process of them is left, and exit."""
        await self.connections.leave()
        for worker in self.workers:
            if worker.group == "screens" and not worker.is_finished:
                await worker.wait()  # a screen that is half made cannot be left
        self._left = True
        self.exit(self._code)

    async def action_quit(self) -> None:
        """Textual's own way out, as ours: no server is left behind."""
        for screen in self.get_screen_stack(FIRST):
            if isinstance(screen, MainScreen):
                screen.begin_leaving()

    async def open_target(self, target: Target) -> bool:
        """Connect to another server, in a tab of its own; false where this app connects to nothing."""
        return await self.connections.open(target) is not None

    def _look_at_terminal(self) -> None:
        if not self._code and hung_up(self._driver):
            self._told_to_end(_HANG_UP)

    def _told_to_end(self, number: int) -> None:
        """A signal, or a terminal that closed: leave as ctrl+q does, with the exit code of a signal."""
        self._code = 128 + number
        # Drawing to a terminal that went away can block for ever. By then the server is long gone and
        # every event is in its file, so nothing is lost by not waiting for the drawing.
        last_resort = threading.Timer(_PATIENCE, os._exit, (self._code,))
        last_resort.daemon = True
        last_resort.start()
        self.call_later(self.action_quit)


def _screen_of(connection: Connection) -> MainScreen:
    keeper = connection.keeper
    screen = MainScreen(connection.journal, keeper)
    if keeper is not None and keeper.watching is not None:
        # Imported here: few runs watch anything.
        from inspector.app.after_restart import AfterRestart

        screen.each_frame.append(AfterRestart(screen, keeper, keeper.watching).advance)
    return screen


def _runner(screen: Screen[object], action: str) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        await screen.run_action(action)

    return run


def run_app(
    target: Target | None,
    *,
    options: Options,
    record: Path | None = None,
    no_record: bool = False,
    journal: Journal | None = None,
    authorization: AuthOptions | None = None,
    keychain: bool = False,
    watch: Sequence[Path] = (),
    call_again: bool = False,
    filter: str = "",
    plays: float | None = None,
    controls: Controls | None = None,
) -> int:
    """Open the app on `target`, or on `journal` alone as a viewer; returns the exit code.

    Args:
        target: The server; `None` with a journal to look at.
        options: How to connect.
        record: Where to keep the session; by default a new file in the user's state directory.
        no_record: Keep nothing on disk.
        journal: A recording to look at instead of a connection.
        authorization: What was given for authorization over HTTP.
        keychain: Keep credentials' secrets in the system's keychain.
        watch: Files and folders: the server is restarted when something there changes.
        call_again: Make the last call again after such a restart.
        filter: Which rows of a recording the log shows first.
        plays: How many times faster than recorded a recording is played.
        controls: Who decides about what the program holds that writes `journal`.

    Raises:
        UsageError: `record` cannot be made.
    """
    from inspector.app.dressing import chosen
    from inspector.app.picture import find_drawer
    from inspector.kept.look import Look

    dress = chosen(Look())  # before anything is opened
    find_drawer()
    gc.disable()  # until the first paint: nothing is garbage before that
    if target is None:
        assert journal is not None
        viewer = InspectorApp(journal, theme=dress.theme, plain=dress.plain)
        viewer.filter = filter
        viewer.plays = plays
        viewer.connections.all[0].controls = controls
        dress.put_on(viewer)
        return viewer.run() or 0
    from inspector.app.keeper import ConnectionKeeper

    def connect(target: Target, record: Path | None = None, given: AuthOptions | None = None) -> Connection:
        made, trouble = _recorded(target, record, no_record)
        keeper = ConnectionKeeper(target, made, options.attended(), authorization=given, keychain=keychain)
        return Connection(made, keeper, trouble=trouble)

    first = connect(target, record, authorization)  # what was given is for this server, and for no other
    if watch and first.keeper is not None:
        from inspector.app.watching import Watching

        first.keeper.watching = Watching(first.keeper, watch, calls=call_again)
    app = InspectorApp(
        first.journal, first.keeper, first.trouble, opens=connect, theme=dress.theme, plain=dress.plain
    )
    dress.put_on(app)
    if not no_record:
        from inspector.kept.arguments import ArgumentHistory

        app.history = ArgumentHistory()
    try:
        return app.run() or 0
    finally:
        first.journal.close()


def collect_seldom() -> None:
    """Keep the garbage collector from stopping the screen, in a burst and every few pages of the log.

    What is imported and mounted stays, so it is not looked through. And a page is thousands of objects that
    go with the next: looked through after 700, as is usual, most of them are found alive.
    """
    gc.freeze()
    gc.set_threshold(5_000)
    gc.enable()  # `run_app` turned it off until the first paint


def _recorded(target: Target, record: Path | None, no_record: bool) -> tuple[Journal, str]:
    """A new journal for `target`, and what to tell its user: why there is no file, that there is a limit."""
    from inspector.journal.journal import Journal

    facts = target.describe()
    if no_record:
        return Journal.create(target=facts), ""
    if record is not None:
        return Journal.create(record, target=facts), ""
    from inspector.journal.limits import keep_within
    from inspector.journal.recording import new_recording_path

    told: list[str] = []
    try:
        keep_within(told.append)
        return Journal.create(new_recording_path(facts), target=facts), " ".join(told)
    except (UsageError, OSError) as problem:  # nobody asked for this file: it must not be in the way
        return Journal.create(target=facts), f"This session is not recorded: {problem}"
