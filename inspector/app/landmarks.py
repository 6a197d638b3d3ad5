"""From one landmark of the log to the next: what the user marked; errors, findings and stray output.

Only rows that the log shows are gone to: a filter hides landmarks too, and then that is said. Of a recording
that is played the log ends at the playhead: below that the playhead goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.app.conversing import of
from inspector.app.widgets.log import MessageLog
from inspector.app.widgets.player_bar import PlayerBar
from inspector.journal.trouble import troubles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.app.screens.main import MainScreen


def next_mark(screen: MainScreen) -> None:
    """To the next row with a mark or a note."""
    if not _go(screen, of(screen).marks.after(_cursor(screen)), "mark or note", "below"):
        screen.query_one(PlayerBar).action_mark(1)


def previous_mark(screen: MainScreen) -> None:
    """To the one before."""
    _go(screen, of(screen).marks.before(_cursor(screen)), "mark or note", "above")


def next_trouble(screen: MainScreen) -> None:
    """To the next error, finding or stray output."""
    found = troubles(screen.journal, _cursor(screen))
    if not _go(screen, found, "error, finding or stray output", "below"):
        screen.query_one(PlayerBar).action_trouble(1)


def previous_trouble(screen: MainScreen) -> None:
    """To the one before."""
    found = troubles(screen.journal, _cursor(screen), back=True)
    _go(screen, found, "error, finding or stray output", "above")


def _cursor(screen: MainScreen) -> int:
    return screen.query_one(MessageLog).cursor


def _go(screen: MainScreen, rows: Iterable[int], what: str, where: str) -> bool:
    """Go to the first of `rows` that is shown, or say that there is none; false where a player can go on."""
    log, hidden = screen.query_one(MessageLog), 0
    for row in rows:
        if row >= len(screen.journal):  # behind the playhead of a replay
            continue
        if log.go_to(row):
            screen.traffic.switch(False)
            screen.action_pane(3)
            return True
        hidden += 1
    if where == "below" and not hidden and screen.query(PlayerBar):
        return False
    by = (
        f"; {hidden:,} are hidden by the filter"
        if hidden > 1
        else "; one is hidden by the filter"
        if hidden
        else ""
    )
    screen.notify(f"No {what} further {where}{by}.", timeout=4, markup=False)
    return True
