"""The app before there is a connection: one screen alone, which gives what to connect to, or to look at."""

from __future__ import annotations

import contextlib
from pathlib import Path

from textual.app import App
from textual.screen import Screen

from inspector.app.beginning import begin_in_turn
from inspector.app.dressing import chosen
from inspector.app.pruning import WorkEndsFirst
from inspector.app.screens.connect import Chosen, ConnectScreen
from inspector.app.terminal import attributes_only, colourless
from inspector.app.themes import DARK, THEMES
from inspector.hosts.server import Surroundings
from inspector.kept.look import Look


class ChoosingApp(WorkEndsFirst[Chosen | Path | None]):
    """Ends with what was chosen, or with nothing.

    Args:
        around: Where configuration is looked for; here by default.
        screen: Where one chooses; the connect screen by default.
        theme: A name of `THEMES`.
        plain: No colours at all.
    """

    CSS_PATH = "app.tcss"
    TITLE = "mcp-inspect"
    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self,
        around: Surroundings | None = None,
        *,
        screen: Screen[Path | None] | None = None,
        theme: str = DARK.name,
        plain: bool = False,
    ) -> None:
        with colourless() if plain else contextlib.nullcontext():
            super().__init__(ansi_color=THEMES[theme].ansi or None)
        self._around = around
        self._first = screen
        if plain:
            self.console = attributes_only(self.console)
        for each in THEMES.values():
            self.register_theme(each)
        self.set_reactive(App.theme, theme)

    def on_load(self) -> None:
        begin_in_turn()

    def on_mount(self) -> None:
        if self._first is not None:
            self.push_screen(self._first, self.exit)
        else:
            self.push_screen(ConnectScreen(self._around), self.exit)


def choose() -> Chosen | None:
    """Let a person choose a server; `None` where they leave.

    Raises:
        UsageError: The configuration of the app cannot be meant.
    """
    dress = chosen(Look())
    chosen_one = ChoosingApp(theme=dress.theme, plain=dress.plain).run()
    return chosen_one if isinstance(chosen_one, Chosen) else None


def choose_session() -> Path | None:
    """Let a person choose a recording; `None` where they leave.

    Raises:
        UsageError: The configuration of the app cannot be meant.
    """
    # Imported here: as the connect screen, of which there is one in most starts.
    from inspector.app.screens.sessions import SessionsScreen

    dress = chosen(Look())
    path = ChoosingApp(screen=SessionsScreen(), theme=dress.theme, plain=dress.plain).run()
    return path if isinstance(path, Path) else None
