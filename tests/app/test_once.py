"""A screen is left once, whatever it finds in its queue."""

from __future__ import annotations

from textual.widgets import Button

from inspector.app.screens.ask import Question
from tests.app.stage import staged


async def test_a_button_that_is_pressed_twice_takes_away_one_screen() -> None:
    """A slow machine: the second click came before anything was done about the first."""
    async with staged((80, 24)) as stage:
        await stage.connected()
        await stage.press("q")
        await stage.until(lambda: isinstance(stage.app.screen, Question))
        no = stage.app.screen.query_one("#no", Button)
        no.press()
        no.press()
        await stage.until(lambda: stage.app.screen is stage.screen)
        await stage.settled()
        assert stage.app.is_running
        assert stage.app.screen is stage.screen
