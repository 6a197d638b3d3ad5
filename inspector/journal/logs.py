"""The server's log messages: `notifications/message`, as rows that can be filtered by level.

A fold that keeps five bytes for each message, and as much for each line of stderr; what it says is read
when somebody looks. Which request a message belongs to, and whether it was asked for at all, is told by
`inspector.journal.logged`.
"""

from __future__ import annotations

import json
import re
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inspector.journal.journal import Journal
from inspector.journal.scan import Scan, told
from inspector.wire.event import Kind
from inspector.wire.levels import LEVELS, UNKNOWN, rank
from inspector.wire.visible import clip, visible, visible_lines

STDERR = 255
"""Rank of a line of stderr among the rows; it has no level."""
MOST_LINES = 500
"""Lines of one message that are shown when it is unfolded."""
_WIDEST = 2000
_READ = 200_000
"""Bytes of a message's text or JSON that are laid out."""
# How nearly everybody spells a message. Where `level` occurs once, and there, it is what it says; anything
# else is parsed.
_USUAL = re.compile(
    rb'"params"\s*:\s*\{\s*(?:"_meta"\s*:\s*\{[^{}]*\}\s*,\s*)?"level"\s*:\s*"(%s)"\s*[,}]'
    % "|".join(LEVELS).encode()
)


@dataclass(frozen=True, slots=True)
class LogMessage:
    """One message. All strings are safe for a terminal, and short.

    Attributes:
        seq: Its row in the journal.
        time: Seconds since the journal's start.
        level: As sent, also where it is none of `inspector.wire.levels.LEVELS`; `stderr` for a line of it.
        rank: How grave that is; `STDERR` for a line of it.
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

    def lines(self) -> list[str]:
        """All of it, as safe lines: a text by its lines, anything else as JSON laid out for people."""
        if isinstance(self.data, str):
            lines = visible_lines(self.data[:_READ])
        else:
            lines = visible_lines(_json(self.data, indent=2)[:_READ])
        more = len(lines) - MOST_LINES
        return lines if more <= 0 else [*lines[:MOST_LINES], f"… {more} lines more"]


class Logs:
    """The log messages of a journal, in order."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._scan = Scan(journal)
        self._rows = array("I")
        self._ranks = array("B")
        self._lines = 0

    def __len__(self) -> int:
        return len(self._rows) - self._lines

    @property
    def stderr(self) -> int:
        """How many lines of stderr there are."""
        return self._lines

    @property
    def scanned(self) -> float:
        """How much of the journal was folded, 0 to 1."""
        return self._scan.scanned

    def advance(self, budget: float) -> bool:
        """Fold more rows for about `budget` seconds; returns whether there is more to fold."""
        return self._scan.advance(budget, self._take)

    def rows(self, least: str = "debug", since: int = 0, *, stderr: bool = False) -> array[int]:
        """The rows of messages at least as grave as `least`, from row `since` of the journal on.

        A message whose level is none is always among them; where `least` is none, it is all of them.

        Args:
            least: A level.
            since: A row of the journal.
            stderr: Also the lines of stderr, whatever the level.
        """
        return self.after(bisect_left(self._rows, since), least, stderr=stderr)[0]

    def after(self, at: int, least: str = "debug", *, stderr: bool = False) -> tuple[array[int], int]:
        """`rows`, from the `at`-th row that was kept on, and where to go on the next time."""
        bar, end = rank(least) % UNKNOWN, len(self._rows)
        if not bar and (stderr or not self._lines):
            return self._rows[at:end], end
        ranks, most = self._ranks, STDERR if stderr else UNKNOWN
        return array("I", (self._rows[n] for n in range(at, end) if bar <= ranks[n] <= most)), end

    @property
    def seen(self) -> int:
        """How many rows of the journal were folded."""
        return self._scan.seen

    def shows(self, seq: int, bar: int, *, stderr: bool = False) -> bool:
        """Whether a row is a message of at least this rank, or where they are wanted a line of stderr."""
        at = bisect_left(self._rows, seq)
        if at == len(self._rows) or self._rows[at] != seq:
            return False
        return bar <= self._ranks[at] <= UNKNOWN or (stderr and self._ranks[at] == STDERR)

    def is_stderr(self, seq: int) -> bool:
        """Whether a row is a line of stderr."""
        return self.journal.kind(seq) is Kind.STDERR

    def read(self, seq: int) -> LogMessage:
        """The message of a row, or the line of stderr."""
        time = self.journal.time(seq)
        if self.is_stderr(seq):
            line = self.journal.body(seq).decode("utf-8", "replace").rstrip("\r\n")
            return LogMessage(seq, time, "stderr", STDERR, "", clip(visible(line), _WIDEST), line)
        params = self._params(seq)
        level, data = params.get("level"), params.get("data")
        return LogMessage(
            seq,
            time,
            _word(level),
            rank(level),
            _word(params.get("logger")),
            clip(visible((data if isinstance(data, str) else _json(data))[: 4 * _WIDEST]), _WIDEST),
            data,
        )

    def _params(self, seq: int) -> Mapping[str, Any]:
        frame = self.journal.event(seq).frame
        return frame.params if frame is not None else {}

    def _take(self, seq: int) -> None:
        if told(self.journal, seq) == "notifications/message":
            self._rows.append(seq)
            self._ranks.append(self._rank(seq))
        elif self.journal.kind(seq) is Kind.STDERR:
            self._rows.append(seq)
            self._ranks.append(STDERR)
            self._lines += 1

    def _rank(self, seq: int) -> int:
        line = self.journal.raw(*self.journal.span(seq))
        usual = _USUAL.search(line)
        if usual is not None and line.count(b'"level"') == 1 and line.count(b'"params"') == 1:
            return rank(usual[1].decode())
        return rank(self._params(seq).get("level"))


def _word(value: object) -> str:
    if value is None:
        return ""
    return clip(visible(value if isinstance(value, str) else _json(value)), 80)


def _json(value: object, indent: int | None = None) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, indent=indent)
    except (ValueError, RecursionError):  # deeper than can be walked
        return "…"
