"""Which of the client's calls were under way when a row was written: it may belong to any of them.

Looked up from the columns when somebody asks; a call that this program, or the host of a recorded server,
gave up is under way no more.
"""

from __future__ import annotations

from inspector.journal.columns import ASIDE, pack
from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.journal.related import LOOK_BACK, Related
from inspector.wire.event import Direction, Kind, Shape

LASTING = frozenset({"subscriptions/listen", "ping"})
"""Requests that cause nothing, or stay open for as long as the connection."""
WITHDRAWS = "notifications/cancelled"
"""What whoever asked sends to give up what it asked."""
GIVES_UP = frozenset({"timed-out", "cancelled"})
"""The client events that end a call."""
ENDS = frozenset({"exited", "closed", "failed", "connecting"})
"""The steps that end a connection, or begin another."""
_GIVEN_UP = (Status.TIMED_OUT, Status.CANCELLED)
_STEPS = (Kind.CLIENT, Kind.PROCESS)
_MOST_READ = 2_000
_MOST_WITHDRAWN = 200
_WHAT = 0x1FF | ASIDE  # kind, direction and shape of the flags; and whether it is a call of its own
_ASKED = pack(Kind.MESSAGE, Direction.C2S, Shape.REQUEST)


def under_way(journal: Journal, seq: int) -> list[int]:
    """The client's calls that had been sent and not been answered when row `seq` was written, in order."""
    least, conn = max(0, seq - LOOK_BACK), journal.conn(seq)
    column = journal.columns.flags[least : seq + 1]
    sent = [row for row, flags in enumerate(column, least) if flags & _WHAT == _ASKED]
    open = [
        row
        for row in sent
        if journal.conn(row) == conn
        and (journal.peer(row) >= seq or journal.peer(row) < 0 or journal.status(row) in _GIVEN_UP)
        and journal.method(row) not in LASTING
    ]
    given_up, over = _ended(journal, open[0], seq) if open else (set[int](), -1)
    if any(journal.status(row) is Status.CANCELLED and row not in given_up for row in open):
        given_up |= _withdrawn(journal, open[0], seq)
    return [row for row in open if row not in given_up and row > over]


def _ended(journal: Journal, least: int, seq: int) -> tuple[set[int], int]:
    """The requests that this program gave up from row `least` to `seq`, and the last end of a connection."""
    column = journal.columns.flags[least:seq]
    steps = [row for row, flags in enumerate(column, least) if flags & 15 in _STEPS][-_MOST_READ:]
    given_up, over = set[int](), -1
    for row in steps:
        data = journal.data(row)
        what = str(data.get("what"))  # a recording may hold anything there
        if what in ENDS:
            over = row
        elif what in GIVES_UP and isinstance(data.get("request"), int):
            given_up.add(data["request"])
    return given_up, over


def _withdrawn(journal: Journal, least: int, seq: int) -> set[int]:
    """The client's requests that were withdrawn on the wire from row `least` to `seq`."""
    number = journal.columns.known_number(WITHDRAWS)
    column = journal.columns.method[least:seq]
    rows = [row for row, each in enumerate(column, least) if each == number][-_MOST_WITHDRAWN:]
    related = Related(journal)
    return {related.request_of(row) for row in rows if journal.direction(row) is Direction.C2S}
