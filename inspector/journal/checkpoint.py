"""How an index stood at a row, so that a journal up to a later row is made without reading all before it.

Rows that are in the past change only where something about them was still open: a checkpoint keeps what was
open, and how those rows stood; all else is a slice of the columns. It lives in memory and in no file.
"""

from __future__ import annotations

import pickle
from array import array
from dataclasses import dataclass

from inspector.journal.index import Index

EVERY = 32_768
"""Rows between two of them: a fifth of a second of reading."""
MOST_OPEN = 20_000
"""Requests in flight above which none is made: it would hold them all."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """An index as it stood when it had `row` rows.

    Attributes:
        row: How many rows there were.
        offset: Where the next line starts in the recording.
        skipped: How much had been passed over as no event.
        landmarks: How many landmarks there were.
        open: The rows of which later ones could tell something.
        flags: How those stood.
        peers: Their other halves by then.
        state: What pairing and legs held, of this very process.
    """

    row: int
    offset: int
    skipped: int
    landmarks: int
    open: array[int]
    flags: array[int]
    peers: array[int]
    state: bytes


def keep(index: Index, offset: int, skipped: int) -> Checkpoint | None:
    """How `index` stands now; `None` where too much is open.

    Args:
        index: What is kept; it goes on.
        offset: Where its reader stands in the recording.
        skipped: How much that passed over.
    """
    if index.pairing.in_flight > MOST_OPEN or len(index.legs) > MOST_OPEN:
        return None
    columns = index.columns
    rows = array("I", index.pairing.open_rows())
    return Checkpoint(
        len(columns),
        offset,
        skipped,
        len(index.landmarks),
        rows,
        array("H", [columns.flags[row] for row in rows]),
        array("i", [columns.peer[row] for row in rows]),
        pickle.dumps((index.pairing.held(), index.legs), pickle.HIGHEST_PROTOCOL),
    )


def restored(index: Index, point: Checkpoint) -> Index:
    """A new index as `index` stood at a checkpoint of it."""
    made = Index()
    made.columns.take(index.columns, point.row)
    for row, flags, peer in zip(point.open, point.flags, point.peers, strict=True):
        made.columns.flags[row], made.columns.peer[row] = flags, peer
    made.landmarks = index.landmarks[: point.landmarks]
    held, made.legs = pickle.loads(point.state)
    made.pairing.hold(held)
    return made
