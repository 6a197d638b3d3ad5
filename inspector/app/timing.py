"""Timeline, latencies and the waterfall, by keys of the main screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.app.panes.views import LATENCIES, MESSAGES, TIMELINE, TrafficView
from inspector.app.widgets.log import MessageLog

if TYPE_CHECKING:
    from inspector.app.screens.main import MainScreen


async def timeline(screen: MainScreen) -> None:
    """Show the timeline in the place of the messages, and back."""
    await _turn(screen, TIMELINE)


async def latencies(screen: MainScreen) -> None:
    """Show the table of latencies in the place of the messages, and back."""
    await _turn(screen, LATENCIES)


def waterfall(screen: MainScreen) -> None:
    """Show the waterfall in the log, or take it away."""
    screen.traffic.switch(False)
    screen.query_one(MessageLog).toggle_waterfall()
    screen.action_pane(3)


async def _turn(screen: MainScreen, view: TrafficView) -> None:
    traffic = screen.traffic
    await traffic.show_view(MESSAGES if traffic.view is view else view)
    screen.action_pane(3)
