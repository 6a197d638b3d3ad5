"""How the app looks and which keys it has, from the configuration and from what was remembered.

It is chosen before anything is opened and put on before the app runs; the app itself knows neither file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inspector.app.arrangement import Shares
from inspector.app.keymap import keymap
from inspector.app.keys import binding_keys
from inspector.app.terminal import without_colours
from inspector.app.themes import DARK, TERMINAL, THEMES
from inspector.kept.config import Config, read_config
from inspector.kept.look import Look

if TYPE_CHECKING:
    from inspector.app.app import InspectorApp


@dataclass(frozen=True, slots=True)
class Dress:
    """What an app puts on.

    Attributes:
        config: The configuration, which goes before what was remembered.
        keys: Those that it changes.
        look: What was remembered, and remembers.
        theme: The name of the theme.
        plain: The terminal takes no colours, or its user wants none.
    """

    config: Config
    keys: Mapping[str, tuple[str, ...]]
    look: Look
    theme: str = DARK.name
    plain: bool = False

    def put_on(self, app: InspectorApp) -> None:
        """Give an app that does not run yet its keys and its panes, and what it remembers by."""
        app.remapped = self.keys
        app.set_keymap(binding_keys(self.keys))
        app.look = self.look
        app.remembers_theme = not self.config.theme and not self.plain
        if self.config.layout is not None:
            app.panes = Shares.of(self.config.layout)
        app.offers_tour = self.config.tour and not self.look.get("tour")


def chosen(look: Look, environ: Mapping[str, str] | None = None) -> Dress:
    """What an app is to put on.

    Raises:
        UsageError: The configuration cannot be meant.
    """
    config = read_config()
    plain = without_colours(os.environ if environ is None else environ)
    remembered = look.get("theme")
    theme = config.theme or (remembered if remembered in tuple(THEMES) else "") or DARK.name
    return Dress(config, keymap(config), look, TERMINAL.name if plain else theme, plain)
