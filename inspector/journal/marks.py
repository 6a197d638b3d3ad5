"""What the user marked and noted: a fold over the events of `Kind.NOTE`, wherever in the journal they stand.

    {"what":"mark","row":17}   {"what":"unmark","row":17}   {"what":"note","row":17,"text":"the slow one"}

`row` is the number of a row of this journal. A note with no text takes the note away; a mark and a note
stand beside each other. Writing them is the business of `inspector.journal.noting`.
"""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, replace

from inspector.journal.journal import Journal
from inspector.wire.event import Kind
from inspector.wire.visible import clip, visible

MOST = 20_000
"""Rows with a mark or a note that are known: the first."""
WIDEST = 2_000
"""Characters of a note that are kept; the rest stands in the recording."""
_SLICE = 16_384
_KIND = 15
_NOTE = int(Kind.NOTE)  # comparing members of an enumeration takes ten times as long


@dataclass(frozen=True, slots=True)
class Mark:
    """What the user said of one row.

    Attributes:
        row: The row that it is about.
        marked: Whether there is a mark on it.
        note: What was noted, safe for a terminal; empty where nothing was.
        seq: The row that says so, the latest.
    """

    row: int
    marked: bool = False
    note: str = ""
    seq: int = -1


class Marks:
    """The marks and notes of one journal.

    Attributes:
        revision: Goes up with every change.
    """

    def __init__(self, journal: Journal) -> None:
        self.revision = 0
        self._journal = journal
        self._seen = 0
        self._marks: dict[int, Mark] = {}
        self._rows: list[int] = []

    def advance(self, budget: float) -> bool:
        """Fold more rows for about `budget` seconds; returns whether there is more to fold."""
        deadline = time.monotonic() + budget
        while (before := self._seen) < len(self._journal):
            last = self._seen = min(len(self._journal), before + _SLICE)
            flags = self._journal.columns.flags[before:last]
            for row in [row for row, each in enumerate(flags, before) if each & _KIND == _NOTE]:
                self._take(row)
            if time.monotonic() >= deadline:
                break
        return self._seen < len(self._journal)

    @property
    def scanned(self) -> float:
        """How much of the journal was folded, 0 to 1."""
        return self._seen / len(self._journal) if len(self._journal) else 1.0

    @property
    def rows(self) -> tuple[int, ...]:
        """The rows with a mark or a note, in order."""
        return tuple(self._rows)

    def of(self, row: int) -> Mark | None:
        """What was said of a row; `None` where nothing is."""
        return self._marks.get(row)

    def after(self, row: int) -> tuple[int, ...]:
        """The rows with a mark or a note that come after `row`, the nearest first."""
        return tuple(self._rows[bisect_right(self._rows, row) :])

    def before(self, row: int) -> tuple[int, ...]:
        """Those that come before it, the nearest first."""
        return tuple(reversed(self._rows[: bisect_left(self._rows, row)]))

    def _take(self, seq: int) -> None:
        data = self._journal.data(seq)
        row, what = data.get("row"), data.get("what")
        if not isinstance(row, int) or isinstance(row, bool) or not 0 <= row < seq:
            return
        known = self._marks.get(row, Mark(row))
        if what == "mark":
            known = replace(known, marked=True, seq=seq)
        elif what == "unmark":
            known = replace(known, marked=False, seq=seq)
        elif what == "note" and isinstance(data.get("text"), str):
            text = visible(data["text"][:WIDEST].strip())
            known = replace(known, note=clip(text, WIDEST), seq=seq)
        else:
            return
        self._keep(known)

    def _keep(self, mark: Mark) -> None:
        there = mark.row in self._marks
        if not (mark.marked or mark.note):
            if there:
                del self._marks[mark.row]
                self._rows.remove(mark.row)
        elif there or len(self._rows) < MOST:
            self._marks[mark.row] = mark
            if not there:
                insort(self._rows, mark.row)
        self.revision += 1
