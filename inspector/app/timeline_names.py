"""What the rows of a timeline are called and belong to, read once: each picture asks for the same again."""

from __future__ import annotations

from collections import OrderedDict

from inspector.app.timeline_picture import Names
from inspector.journal.journal import Journal
from inspector.journal.outline import outline
from inspector.journal.related import Related

_KEPT = 1_000
"""Rows that are remembered of each kind."""


class Naming:
    """The names of one journal.

    Attributes:
        names: What a picture asks.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._related = Related(journal)
        self._called: OrderedDict[int, str] = OrderedDict()
        self._reported: OrderedDict[int, int] = OrderedDict()
        self.names = Names(self._name, self._progress, self._kin)

    def _name(self, row: int) -> str:
        known = self._called.get(row)
        if known is None:
            said = outline(self._journal, row)
            known = self._called[row] = said.target or said.what
            if len(self._called) > _KEPT:
                self._called.popitem(last=False)
        return known

    def _progress(self, row: int) -> int:
        if self._journal.method(row) != "notifications/progress":
            return -1
        known = self._reported.get(row)
        if known is None:
            known = self._reported[row] = self._related.request_of(row)
            if len(self._reported) > _KEPT:
                self._reported.popitem(last=False)
        return known

    def _kin(self, row: int) -> int:
        place = self._journal.legs.place(row)
        return place.first if place is not None else row
