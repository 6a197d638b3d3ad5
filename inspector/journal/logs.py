"""The server's log messages: `notifications/message`, as rows that can be filtered by level.

A fold that keeps five bytes for each message; what it says is read when somebody looks.
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inspector.journal.journal import Journal
from inspector.journal.scan import Scan, told
from inspector.wire.levels import UNKNOWN, rank
from inspector.wire.visible import clip, visible

_WIDEST = 2000


@dataclass(frozen=True, slots=True)
class LogMessage:
    """One message. All strings are safe for a terminal, and short.

    Attributes:
        seq: Its row in the journal.
        time: Seconds since the journal's start.
        level: As sent, also where it is none of `inspector.wire.levels.LEVELS`.
        rank: How grave that is.
        logger: Who says so; empty where that is not said.
        text: `data` where it is a text, else as JSON, in one line.
        data: What was sent, as parsed.
    """

    seq: int
    time: float
    level: str
    rank: int
    logger: str
    text: str
    data: Any


class Logs:
    """The log messages of a journal, in order."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._scan = Scan(journal)
        self._rows = array("I")
        self._ranks = array("B")

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def scanned(self) -> float:
        """How much of the journal was folded, 0 to 1."""
        return self._scan.scanned

    def advance(self, budget: float) -> bool:
        """Fold more rows for about `budget` seconds; returns whether there is more to fold."""
        return self._scan.advance(budget, self._take)

    def rows(self, least: str = "debug", since: int = 0) -> array[int]:
        """The rows of messages at least as grave as `least`, from row `since` of the journal on.

        A message whose level is none is always among them; where `least` is none, it is all of them.
        """
        bar = rank(least)
        if bar in (0, UNKNOWN):
            return self._rows[bisect_left(self._rows, since) :]
        start = bisect_left(self._rows, since)
        return array("I", (self._rows[at] for at in range(start, len(self._rows)) if self._ranks[at] >= bar))

    def read(self, seq: int) -> LogMessage:
        """The message of a row."""
        params = self._params(seq)
        level, data = params.get("level"), params.get("data")
        return LogMessage(
            seq,
            self._journal.time(seq),
            _word(level),
            rank(level),
            _word(params.get("logger")),
            clip(visible(data if isinstance(data, str) else _json(data)), _WIDEST),
            data,
        )

    def _params(self, seq: int) -> Mapping[str, Any]:
        frame = self._journal.event(seq).frame
        return frame.params if frame is not None else {}

    def _take(self, seq: int) -> None:
        if told(self._journal, seq) == "notifications/message":
            self._rows.append(seq)
            self._ranks.append(rank(self._params(seq).get("level")))


def _word(value: object) -> str:
    if value is None:
        return ""
    return clip(visible(value if isinstance(value, str) else _json(value)), 80)


def _json(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError):  # deeper than can be walked
        return "…"
