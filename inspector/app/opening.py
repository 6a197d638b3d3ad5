"""A recording that is opened in the app is read while the screen is there already, and says how far it is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint

if TYPE_CHECKING:
    from inspector.app.app import InspectorApp

SLICE = 0.02
"""Seconds of reading between two looks at keys and frames."""


async def read_rest(app: InspectorApp, speed: float | None = None) -> None:
    """Read what is left of the app's recording; then play it, where a speed is given."""
    while app.journal.read_on(SLICE):
        await checkpoint()
    if speed is None:
        return
    # Imported here: most recordings are looked at and not played.
    from inspector.app.playing import begin, can
    from inspector.app.screens.main import MainScreen

    screen = app.screen
    if isinstance(screen, MainScreen) and can(screen):
        await begin(screen, speed)


def speed_of(text: str) -> float | None:
    """`2`, `2x`, `max`; `None` where it is no speed that there is."""
    from inspector.app.player import SPEEDS  # with it comes what reads a recording

    word = text.strip().lower()
    if word == "max":
        return math.inf
    try:
        speed = float(word.removesuffix("x"))
    except ValueError:
        return None
    return speed if speed in SPEEDS[:-1] else None
