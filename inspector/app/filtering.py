"""What keys of the main screen do with the filter of the message log: the rest, the next match, its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.app.panes.messages import Messages
from inspector.app.panes.views import TIMELINE

if TYPE_CHECKING:
    from inspector.app.screens.main import MainScreen


def rest(screen: MainScreen) -> None:
    """Hide what the filter does not mean, or let it stand back."""
    messages = screen.query_one(Messages)
    dims = messages.toggle_rest()
    if messages.text:
        screen.traffic.switch(False)
        screen.action_pane(3)
    else:
        what = "dims what it does not mean" if dims else "hides what it does not mean"
        screen.notify(f"There is no filter yet: / begins one. From now on it {what}.", markup=False)


def next_match(screen: MainScreen) -> None:
    """Go to the next row that the filter means."""
    _go(screen, 1)


def previous_match(screen: MainScreen) -> None:
    """Go to the row before that the filter means."""
    _go(screen, -1)


def _go(screen: MainScreen, way: int) -> None:
    messages = screen.query_one(Messages)
    if not messages.go_to_match(way):
        screen.notify("There is no filter to go by yet: / begins one.", markup=False)
        return
    if screen.traffic.view is not TIMELINE:  # which goes along with the log
        screen.traffic.switch(False)
    screen.action_pane(3)


def saved(screen: MainScreen) -> None:
    """The filters that have names: take one, keep the present one, forget one."""
    # Imported here: most sessions keep no filter.
    from inspector.app.screens.filters import FiltersScreen

    messages = screen.query_one(Messages)

    def taken(text: str | None) -> None:
        if text is not None:
            if screen.traffic.network:
                screen.traffic.switch(False)
            messages.filter_by(text)
            screen.action_pane(3)

    screen.app.push_screen(FiltersScreen(messages.text), taken)
