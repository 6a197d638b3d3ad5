"""Where a recording that is played stands, and where to next: speed, pauses, steps, seeking. No drawing.

The whole recording stays loaded; what the screen shows is a journal that ends at the playhead
(`inspector.journal.played`). Forwards that journal grows, as that of a live session does; backwards there is
another one, which the host puts on the screen once it has grown to where it should be.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import TYPE_CHECKING

from inspector.journal.columns import SHAPE_AT
from inspector.journal.played import Played
from inspector.journal.trouble import troubles
from inspector.wire.event import Shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.journal.journal import Journal

SPEEDS = (1.0, 2.0, 5.0, 10.0, 50.0, math.inf)
"""How many times faster than recorded; the last is all at once."""
IDLE = 1.0
"""Seconds that a pause is watched at most, where pauses are shortened."""
_LOOKS = 1 << 16
_FAR = 1 << 17  # rows: with more to read, a checkpoint nearby is sooner there


class Player:
    """Plays one recording.

    Args:
        whole: All of it. It may grow, where another process writes it.

    Attributes:
        whole: All of it.
        journal: What is shown: up to the playhead.
        speed: One of `SPEEDS`.
        playing: Whether it goes on by itself.
        shortens: Whether pauses are cut to `IDLE` seconds.
    """

    def __init__(self, whole: Journal) -> None:
        self.whole = whole
        self.journal: Journal = whole
        self.speed = 1.0
        self.playing = False
        self.shortens = True
        self._coming: Played | None = None  # what is shown once it is there
        self._goal = -1
        self._clock = 0.0  # where in the recording, in its seconds
        self._last = math.nan  # when that was worked out

    # Where it stands

    @property
    def row(self) -> int:
        """The playhead: the last row that is shown; while it is sought, where that leads to."""
        return self._goal if self.seeking else len(self.journal) - 1

    @property
    def last(self) -> int:
        """The last row there is; -1 in a recording without any."""
        return len(self.whole) - 1

    @property
    def at_end(self) -> bool:
        """Whether nothing is left to play."""
        return self.row >= self.last

    @property
    def seeking(self) -> float:
        """How much of the way to a row is still to go, 1 to 0."""
        there = self._coming if self._coming is not None else self.journal
        left = self._goal + 1 - len(there)
        return left / (self._goal + 1) if self._goal >= 0 and left > 0 else float(self._coming is not None)

    @property
    def turning(self) -> bool:
        """Whether another journal is on its way, to be shown instead."""
        return self._coming is not None

    @property
    def time(self) -> float:
        """Seconds since the recording's start; while it plays, also between two rows."""
        at = self.whole.time(self.row) if self.row >= 0 else 0.0
        return max(at, min(self._clock, self.total)) if self.playing and not self.seeking else at

    @property
    def total(self) -> float:
        """Seconds that the recording lasts."""
        return self.whole.time(self.last) if self.last >= 0 else 0.0

    @property
    def pause(self) -> float:
        """Seconds to the next row, as recorded."""
        return max(0.0, self.whole.time(self.row + 1) - self.whole.time(self.row)) if not self.at_end else 0.0

    # What the user wants

    def toggle(self) -> None:
        """Play on, or pause; at the end, play from the beginning."""
        if self.playing:
            self.playing = False
            return
        if self.at_end:
            self.seek(0)
        self.playing = True
        self._last = math.nan

    def faster(self, by: int) -> None:
        """The next speed (1) or the one before (-1)."""
        at = SPEEDS.index(self.speed) + by
        self.speed = SPEEDS[max(0, min(at, len(SPEEDS) - 1))]

    def step(self, by: int) -> None:
        """Some rows on or back; it pauses."""
        self.playing = False
        self.seek(self.row + by)

    def step_call(self, by: int) -> bool:
        """To the next request (1) or the one before (-1); it pauses. False where there is none."""
        return self._leap(_request(self.whole.columns.flags, self.row, by))

    def step_trouble(self, by: int) -> bool:
        """To the next error, finding or stray output (1), or the one before (-1); it pauses."""
        return self._leap(next(troubles(self.whole, self.row, back=by < 0), -1))

    def step_mark(self, rows: Sequence[int], by: int) -> bool:
        """To the next of the marked rows, which are in order, or to the one before; it pauses."""
        ahead = [row for row in rows if (row > self.row if by > 0 else row < self.row)]
        return self._leap((ahead[0] if by > 0 else ahead[-1]) if ahead else -1)

    def _leap(self, row: int) -> bool:
        if row >= 0:
            self.playing = False
            self.seek(row)
        return row >= 0

    def seek_time(self, share: float) -> None:
        """To where `share` of the time, 0 to 1, has gone by; of the rows in a recording without time."""
        if self.total <= 0:
            self.seek(round(share * self.last))
            return
        self.seek(self.row_at(share * self.total))

    def row_at(self, seconds: float) -> int:
        """The last row that had happened by then; the first at least."""
        return max(0, bisect_right(self.whole.columns.time, seconds, 0, len(self.whole)) - 1)

    def seek(self, row: int) -> None:
        """To a row, or as near as there is one; it is there when frames have gone by."""
        if self.last < 0:
            return
        row = self._goal = max(0, min(row, self.last))
        self._clock, self._last = self.whole.time(row), math.nan
        there = self._coming if self._coming is not None else self.journal
        if not isinstance(there, Played) or not 0 <= row + 1 - len(there) <= _FAR:
            self._coming = Played(self.whole, row)

    def leave(self) -> None:
        """Show the whole."""
        self.playing, self.journal, self._coming, self._goal = False, self.whole, None, -1

    # Frame by frame

    def advance(self, now: float, budget: float) -> Played | None:
        """Go on, for at most about `budget` seconds.

        Args:
            now: A clock's seconds.
            budget: Seconds of this frame.

        Returns:
            What has to be shown from now on instead of `journal`; `None` for the same.
        """
        if self._coming is not None:
            if self._coming.play_to(self._goal, budget):
                return None
            self.journal, self._coming = self._coming, None
            assert isinstance(self.journal, Played)
            return self.journal
        if isinstance(self.journal, Played):
            if self.playing:
                self._go_on(now)
            self.journal.play_to(self._goal, budget)
        return None

    def _go_on(self, now: float) -> None:
        """Work out how far it should be by now."""
        passed = 0.0 if math.isnan(self._last) else max(0.0, now - self._last)
        self._last = now
        if len(self.journal) <= self._goal:  # it is behind: time waits
            return
        if math.isinf(self.speed):
            self._goal = self.last
        else:
            self._goal = self._due(self._goal, passed * self.speed)
        if self._goal >= self.last:
            self.playing = False

    def _due(self, row: int, passed: float) -> int:
        """The row that is due after so many seconds of the recording."""
        times, last = self.whole.columns.time, self.last
        while row < last:
            # By what is left to the next row: clocks of hostile recordings run backwards.
            left = max(0.0, times[row + 1] - max(self._clock, times[row]))
            if self.shortens:
                left = min(left, IDLE * self.speed)
            if left > passed:
                if self.shortens and times[row + 1] - self._clock > IDLE * self.speed:
                    self._clock = times[row + 1] - IDLE * self.speed
                self._clock = max(self._clock, times[row]) + passed
                break
            passed -= left
            row += 1
            self._clock = times[row]
        return row


def _request(flags: Sequence[int], row: int, by: int) -> int:
    """The nearest row that asks something, in one direction; -1 where there is none."""
    at = row + by
    while 0 <= at < len(flags):
        first, end = (at, min(len(flags), at + _LOOKS)) if by > 0 else (max(0, at + 1 - _LOOKS), at + 1)
        part = enumerate(flags[first:end], first)
        found = [each for each, value in part if value >> SHAPE_AT & 7 == Shape.REQUEST]
        if found:
            return found[0 if by > 0 else -1]
        at = end if by > 0 else first - 1
    return -1
