"""Which rows need an eye, for those who step from one to the next: errors, findings, stray output.

Only facts count: a reply that is an error or tells of one, a request that was never answered, a row with a
finding, a line of stdout that is no message, a server that ended by itself, a step that this program calls a
failure. What a line of stderr may mean is not guessed. Found from the columns, in either direction.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from inspector.journal.columns import FLAWED, SHAPE_AT, STATUS_AT
from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.wire.event import Kind, Shape

_SLICE = 65_536
_UNANSWERED = frozenset({Status.TIMED_OUT, Status.LOST})
_BAD_STEPS = frozenset({"failed", "warning", "stdin-broken", "stdout-closed", "dropped"})
_NO, _YES, _MAYBE = range(3)


def troubles(journal: Journal, seq: int, *, back: bool = False) -> Iterator[int]:
    """The rows after `seq` that need an eye, or those before it, the nearest first.

    Args:
        journal: What is looked through, as far as somebody goes on.
        seq: A row; -1 and `len(journal)` stand before and after all.
        back: Towards the beginning.
    """
    table, columns = _table(), journal.columns
    at = seq if back else seq + 1
    while at > 0 if back else at < len(journal):
        begin, end = (max(0, at - _SLICE), at) if back else (at, min(len(journal), at + _SLICE))
        flags = columns.flags[begin:end]
        found = [row for row, each in enumerate(flags, begin) if table[each]]
        for row in reversed(found) if back else found:
            if table[columns.flags[row]] == _YES or _says_so(journal, row):
                yield row
        at = begin if back else end


@cache
def _table() -> bytes:
    """What the flags of a row tell: that it needs an eye, that it does not, or that it must be read."""
    return bytes(_judged(flags) for flags in range(FLAWED << 1)) * 4  # made or not, aside or not


def _judged(flags: int) -> int:
    kind, shape, status = flags & 15, flags >> SHAPE_AT & 7, flags >> STATUS_AT & 15
    if flags & FLAWED or kind == Kind.STDOUT:
        return _YES
    if kind == Kind.MESSAGE:
        bad = shape == Shape.ERROR or (shape == Shape.RESPONSE and status == Status.TOOL_ERROR)
        return _YES if bad or (shape == Shape.REQUEST and status in _UNANSWERED) else _NO
    return _MAYBE if kind in (Kind.CLIENT, Kind.PROCESS) else _NO


def _says_so(journal: Journal, row: int) -> bool:
    data = journal.data(row)
    what = data.get("what")
    if what == "exited":  # with a rung it was this program that ended it
        ended = data.get("code") not in (0, None) or bool(data.get("signal"))
        return ended and data.get("rung") in (None, "", "none")
    return what in _BAD_STEPS
