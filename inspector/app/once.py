"""Screens that are left once, whatever is still on its way to them by then.

Textual takes away the screen in front each time that any is dismissed. A second click or key that a screen
finds in its queue would take away the one behind it, and the app with the last.
"""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import Screen

Result = TypeVar("Result")


class Once(Screen[Result]):
    """A base of what gives a result; it stands behind `ModalScreen`: styles come with the first base."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Leave with a result; where this is not the screen in front, or is no more, nothing happens."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
