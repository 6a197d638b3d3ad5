"""Shows one of several widgets, each of which is made when it is first wanted.

The first paint waits for everything that is mounted and styled, shown or not; this is for what few look at
before they have called something. What is in the widgets is their own business.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from textual.events import Resize
from textual.widget import Widget
from textual.widgets import ContentSwitcher

W = TypeVar("W", bound=Widget)


class LateSwitcher(ContentSwitcher):
    """Those that are there from the beginning are its children, as with any switcher."""

    def watch_current(self, old: str | None, new: str | None) -> None:
        super().watch_current(old, new)
        if new is not None:
            self.call_after_refresh(self._tell_size, new)

    def _tell_size(self, id: str) -> None:
        """Textual tells it to nothing that it lays out in passing, for who asks where something is."""
        for shown in self.query_children(f"#{id}"):
            shown.post_message(Resize(shown.size, shown.virtual_size, shown.container_size))

    def view(self, id: str, kind: Callable[..., W]) -> W:
        """The widget called `id`. It is the same ever after, and hidden until it is switched to.

        Args:
            id: What `current` calls it.
            kind: Makes it, given its `id`; not asked where it is there.
        """
        found = self.query_children(f"#{id}")
        if found:
            return found.first()  # type: ignore[return-value]  # an id stands for one kind
        made = kind(id=id)
        made.display = False
        self.mount(made)
        return made

    def show_view(self, id: str, kind: Callable[..., W]) -> W:
        """The same, and switch to it."""
        shown = self.view(id, kind)
        self.current = id
        return shown
