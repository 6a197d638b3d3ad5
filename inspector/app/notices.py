"""Notices that say the same: shown once, with how often, so that they do not cover a small screen.

It decides what a notice says and which one it replaces; showing them is Textual's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.notifications import Notification, Notifications


class Notices:
    """What was said lately."""

    def __init__(self) -> None:
        self._said: list[tuple[Notification, str, int]] = []  # each with its own text, and how often

    def take(self, new: Notification, shown: Notifications) -> None:
        """A notice comes: an equal one that is still shown gives its place to it."""
        self._said = [each for each in self._said if each[0] in shown and not each[0].has_expired]
        text, count = new.message, 1
        for number, (old, said, times) in enumerate(self._said):
            if (said, old.title, old.severity) == (text, new.title, new.severity):
                count = times + 1
                new.message = f"{text} (×{count:,})"
                del shown[old]
                del self._said[number]
                break
        self._said.append((new, text, count))
