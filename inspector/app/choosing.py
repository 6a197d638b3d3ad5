"""The app before there is a connection: the connect screen alone, which gives what to connect to."""

from __future__ import annotations

from textual.app import App

from inspector.app.screens.connect import Chosen, ConnectScreen


class ChoosingApp(App[Chosen | None]):
    """Ends with what was chosen, or with nothing."""

    CSS_PATH = "app.tcss"
    TITLE = "mcp-inspect"
    ENABLE_COMMAND_PALETTE = False

    def on_mount(self) -> None:
        self.push_screen(ConnectScreen(), self.exit)


def choose() -> Chosen | None:
    """Let a person choose a server; `None` where they leave."""
    return ChoosingApp().run()
