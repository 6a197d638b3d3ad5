"""Panes made larger, smaller, hidden and shown by keys. An arrow moves the border beside the pane."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspector.app.screens.main import MainScreen


def can(screen: MainScreen) -> bool:
    """Whether there is a border, or a pane beside the one that is worked in."""
    return not screen.alone


def _moves(dx: int, dy: int) -> Callable[[MainScreen], None]:
    def move(screen: MainScreen) -> None:
        # Left of the border that goes to the right is what becomes larger.
        pane = 1 if screen.pane in (0, 1, 2) else 3
        screen.shares = screen.shares.grown(pane if dx else 1, screen.size.width, dx, dy)
        screen.keep_shares()

    return move


left, right, up, down = _moves(-1, 0), _moves(1, 0), _moves(0, -1), _moves(0, 1)


def hide(screen: MainScreen) -> None:
    """Hide the pane that is worked in, or have it stay where it was hidden."""
    pane = screen.pane or 1
    shares = screen.shares.switched(pane)
    if shares == screen.shares:
        screen.app.bell()
        return
    screen.shares = shares
    screen.keep_shares()
    if pane not in shares.hidden:
        return
    # Its neighbour is nearest to what the user looked at.
    nearest = {1: (2, 3, 4), 2: (1, 3, 4), 3: (4, 2, 1), 4: (3, 2, 1)}[pane]
    screen.action_pane(next(other for other in nearest if other not in shares.hidden))
    name = screen.pane_name(pane)
    screen.notify(f"{name} is hidden: {pane} shows it while you are there, f8 there for good.", markup=False)


def usual(screen: MainScreen) -> None:
    """All panes as they come."""
    screen.shares = type(screen.shares)()
    screen.keep_shares()
