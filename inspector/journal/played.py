"""A recording as far as a playhead: a journal of its own over the same bytes, which grows while it is played.

What it holds is what a session had seen by then, so that all that is folded from it is as it was: pairing,
catalogue, tasks, what waits. It grows by `play_to` alone, and never shrinks: to go back, make another one. It
knows no clock.
"""

from __future__ import annotations

import math

from inspector.journal.journal import Journal


class Played(Journal):
    """The rows of another journal up to a row.

    Args:
        whole: All of it. Its file is read and never closed here.
        row: It begins with rows before this one: as many as need not be read again.
    """

    def __init__(self, whole: Journal, row: int = 0) -> None:
        store, reader = whole.reader_before(row)
        super().__init__(store, whole.header, whole.path, reader=reader, index=reader.index)
        self._whole = whole

    @property
    def whole(self) -> Journal:
        """All of the recording."""
        return self._whole

    @property
    def trouble(self) -> str:
        """What is wrong with the whole."""
        return self._whole.trouble

    @property
    def known(self) -> float:
        """How much of the whole is read."""
        return self._whole.known

    def play_to(self, row: int, seconds: float = math.inf) -> bool:
        """Grow until `row` is there, for about `seconds`.

        Returns:
            Whether it is not there yet.
        """
        row = min(row, len(self._whole) - 1)
        more = len(self) <= row and super().read_on(seconds, rows=row + 1)
        return more and len(self) <= row

    def follow(self) -> int:
        """Let the whole grow; what is played does not."""
        self._whole.follow()
        return 0

    def read_on(self, seconds: float = math.inf, *, rows: int | None = None) -> bool:
        """Read more of the whole; what is played does not grow."""
        return self._whole.read_on(seconds, rows=rows)

    def close(self) -> None:
        """Nothing: the file is the whole's."""
