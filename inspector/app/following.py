"""A recording that another process writes, on the screen while it grows: read once a frame.

It reads in steps, so that a burst costs no frame. It notices that the writer let go of the file, that it was
cut, and that another one took its place. It never writes, starts or dials anything.
"""

from __future__ import annotations

import os
from time import monotonic
from typing import TYPE_CHECKING, Literal
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.app.screens.main import MainScreen
    from inspector.journal.journal import Journal

STEP = 0.012
"""Seconds of a frame that reading may take."""
_LOOK = 1.0
"""Seconds between two looks at who writes the file."""

RECORDED = "recorded"
"""What the status line says of what is past: `recording` would as well mean that it goes on."""

State = Literal["unknown", "live", "ended", "cut", "replaced"]


class Following:
    """How one recording grows.

    Args:
        journal: The whole of it.
        path: Its file.
    """

    def __init__(self, journal: Journal, path: Path) -> None:
        self.state: State = "unknown"
        self.process: int | None = None
        self._journal = journal
        self._path = path
        self._file = _identity(path)
        self._size = -1
        self._next = 0.0

    @property
    def words(self) -> str:
        """For the status line; empty where there is nothing to say beyond that it is a recording."""
        match self.state:
            case "live":
                return "live" if self.process is None else f"live, recorded by process {self.process}"
            case "cut":
                return "the file was cut: this is what was read"
            case "replaced":
                return "another file took its place: this is the one before"
        return "ended" if self.state == "ended" else ""

    def advance(self, now: float) -> State | None:
        """Read a little more, once a frame.

        Returns:
            How it stands, where that is news.
        """
        before = self.state
        if before in ("unknown", "live"):
            if now >= self._next:
                self._next = now + _LOOK
                self._look()
            self._read()
        return self.state if self.state != before and before != "unknown" else None

    def _read(self) -> None:
        if self._journal.known < 1:
            self._journal.read_on(STEP)
            return
        try:
            facts = os.stat(self._path)
        except OSError:  # it is read more seldom then
            return
        if facts.st_size != self._size:
            self._size = facts.st_size
            if self._journal.read_on(STEP):
                self._size = -1

    def _look(self) -> None:
        # Imported here: nothing is followed where the app connects by itself.
        from inspector.journal.limits import is_written
        from inspector.kept.sessions import holder

        there = _identity(self._path)
        if there is None:  # its name is gone; whoever writes it may well go on
            self._journal.read_on(STEP)
        elif there != self._file:
            self.state = "replaced"
        elif self._path.stat().st_size < self._journal.reached:
            self.state = "cut"
        elif is_written(self._path):
            self.state = "live"
            self.process = holder(self._path)
        elif self.state == "live":
            self._journal.read_on(STEP)
            self.state = "ended" if self._journal.known >= 1 else "live"


FOLLOWED: WeakKeyDictionary[Journal, Following] = WeakKeyDictionary()
"""The recordings that are on a screen."""


def attend(screen: MainScreen) -> None:
    """Once a frame: let the recording grow, and tell what became of its file."""
    journal = screen.journal.whole
    if screen.keeper is not None or not journal.opened or journal.path is None:
        return
    following = FOLLOWED.get(journal)
    if following is None:
        following = FOLLOWED[journal] = Following(journal, journal.path)
    news = following.advance(monotonic())
    if news == "ended":
        screen.notify("The session has ended: the recording is complete.", markup=False)
    elif news in ("cut", "replaced"):
        screen.notify(f"No longer followed: {following.words}.", severity="warning", timeout=15, markup=False)


def is_live(journal: Journal) -> bool:
    """Whether a recording is being written now, and shown as far as it is; of what is played, it is not."""
    following = FOLLOWED.get(journal.whole)
    return following is not None and following.state == "live" and journal.whole is journal


def is_between(journal: Journal) -> bool:
    """Whether it is written by a program that stands between a host and a server now."""
    return is_live(journal) and journal.header.mode == "proxy"


def state_of(journal: Journal) -> tuple[str, bool | None]:
    """What the status line says of a recording, and whether that is as wished."""
    following = FOLLOWED.get(journal.whole)
    if following is None or not following.words:
        return RECORDED, True
    if following.state in ("cut", "replaced"):
        return following.words, False
    return (
        ("live" if following.process is None else f"live by {following.process}", True)
        if (following.state == "live")
        else (f"{RECORDED}, ended", True)
    )


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        facts = os.stat(path)
    except OSError:
        return None
    return facts.st_dev, facts.st_ino
