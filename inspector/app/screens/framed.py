"""A screen that looks at the journal once a frame: the base of those that stand behind a tab."""

from __future__ import annotations

from collections.abc import Callable

from textual.screen import Screen


class FramedScreen(Screen[None]):
    """A screen with one timer, which it sets itself.

    Attributes:
        each_frame: Asked ten times a second while it is in front, after it took in what is new.
    """

    def __init__(self) -> None:
        super().__init__()
        self.each_frame: list[Callable[[], object]] = []
