"""The line of tabs above all else, one for each connection; not there while there is only one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.app.widgets.tab_line import TabLine

if TYPE_CHECKING:
    from inspector.app.connections import Connections


class ConnectionTabs(TabLine):
    """Shows the tabs and switches between them; it opens and closes none."""

    DEFAULT_CSS = """
    ConnectionTabs { dock: top; width: 1fr; height: 1; background: $panel; display: none; }
    """

    def __init__(self, connections: Connections) -> None:
        super().__init__(focusable=False)
        self._connections = connections

    def on_mount(self) -> None:
        self.advance()

    def advance(self) -> None:
        """Once a frame: say how the connections stand now."""
        words = self._connections.words
        self.display = bool(words)
        if words and self.screen in self.app.screen_stack:
            self.offer(words, self._connections.active)

    def _choose(self, word: str) -> None:
        if word in self.choices:
            self._connections.show(self.choices.index(word))
