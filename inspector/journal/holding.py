"""What is held by a breakpoint, what became of what was, and the rules in force: a fold over client events.

    {"what":"gate-rules","rules":[{"text":"hold method:tools/call","on":true}],"who":"hand"}
    {"what":"held","row":17,"rule":0}
    {"what":"released","row":17,"verdict":"dropped","who":"rule","rule":0,"why":"…"}

It looks the same in our own connection, attached to another's, and in a recording that is over. What holds
messages is `inspector.gate`; a recording may claim anything, and nothing here is safe for a terminal.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind

MOST_HELD = 100_000
"""Messages that are known to be held at a time; those after them are not shown as held."""
MOST_PAST = 1_000
"""Messages of which it is known what became of them: the latest."""
MOST_RULES = 200
LONGEST_RULE = 8_000
Word = Literal[
    "forwarded",
    "changed",
    "dropped",
    "delayed",
    "duplicated",
    "reordered",
    "truncated",
    "answered",
    "let-go",
]
"""What may become of a message that a rule took."""
VERDICTS: frozenset[str] = frozenset(get_args(Word))
_SLICE = 16_384
_KIND = 15
_LONGEST_WHY = 500


@dataclass(frozen=True, slots=True)
class Held:
    """A message that waits.

    Attributes:
        row: Its row.
        since: When it was held, seconds since the journal's start.
        rule: Number of the rule that holds it, from 0; -1 where nothing tells.
        direction: Which way it goes.
        until: When it goes on by itself, on the same clock; `None` where somebody has to decide.
    """

    row: int
    since: float
    rule: int
    direction: Direction
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What became of a message.

    Attributes:
        row: Its row.
        since: When it was held; `until` where it never waited.
        until: When it was decided.
        verdict: A word of `VERDICTS`.
        who: `hand` or `rule`; empty where nothing tells.
        rule: As in `Held`.
        at: The row that says so.
        why: Why it was nothing else, in words; empty for the usual. Not safe for a terminal.
    """

    row: int
    since: float
    until: float
    verdict: str
    who: str
    rule: int
    at: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class InForce:
    """A rule as it was set: its text, not safe for a terminal, and whether it is switched on."""

    text: str
    on: bool


class Holding:
    """The fold over one journal.

    Attributes:
        revision: Goes up with every change.
        rules: The rules in force, in their order.
        rules_at: The row that set them; -1 where none did.
    """

    def __init__(self, journal: Journal) -> None:
        self.revision = 0
        self.rules: tuple[InForce, ...] = ()
        self.rules_at = -1
        self._journal = journal
        self._seen = 0
        self._held: dict[int, Held] = {}
        self._past: deque[Past] = deque(maxlen=MOST_PAST)
        self._hits: dict[int, int] = {}
        self._last: tuple[int, tuple[Held, ...], tuple[Past, ...]] = (0, (), ())

    def advance(self, budget: float) -> bool:
        """Fold more rows for about `budget` seconds; returns whether there is more to fold."""
        deadline = time.monotonic() + budget
        while (before := self._seen) < len(self._journal):
            last = self._seen = min(len(self._journal), before + _SLICE)
            flags = self._journal.columns.flags[before:last]
            for row in [row for row, each in enumerate(flags, before) if each & _KIND == Kind.CLIENT]:
                self._take(row)
            if time.monotonic() >= deadline:
                break
        return self._seen < len(self._journal)

    @property
    def held(self) -> tuple[Held, ...]:
        """What waits, the oldest first."""
        return self._lists()[1]

    @property
    def past(self) -> tuple[Past, ...]:
        """What became of what was held or done to, the oldest first."""
        return self._lists()[2]

    @property
    def hits(self) -> tuple[int, ...]:
        """How often each of `rules` took a message, since they were set."""
        return tuple(self._hits.get(number, 0) for number in range(len(self.rules)))

    def is_held(self, row: int) -> bool:
        """Whether the message of a row waits."""
        return row in self._held

    def of(self, row: int) -> Held | None:
        """The message of a row, if it waits."""
        return self._held.get(row)

    def _lists(self) -> tuple[int, tuple[Held, ...], tuple[Past, ...]]:
        if self._last[0] != self.revision:
            self._last = (self.revision, tuple(self._held.values()), tuple(self._past))
        return self._last

    def _take(self, seq: int) -> None:
        data = self._journal.data(seq)
        match data.get("what"):
            case "gate-rules":
                self._set(seq, data.get("rules"))
            case "held" if (row := self._row(seq, data)) >= 0 and len(self._held) < MOST_HELD:
                self._hold(seq, row, data)
            case "released" if (row := self._row(seq, data)) >= 0:
                self._release(seq, row, data)

    def _row(self, seq: int, data: Mapping[str, Any]) -> int:
        row = data.get("row")
        if not isinstance(row, int) or isinstance(row, bool) or not 0 <= row < seq:
            return -1
        return row if self._journal.kind(row) is Kind.MESSAGE else -1

    def _set(self, seq: int, rules: object) -> None:
        found = []
        for each in rules[:MOST_RULES] if isinstance(rules, list) else ():
            text = each.get("text") if isinstance(each, dict) else each
            on = each.get("on", True) if isinstance(each, dict) else True
            if isinstance(text, str):
                found.append(InForce(text[:LONGEST_RULE], on is not False))
        self.rules, self.rules_at, self._hits = tuple(found), seq, {}
        self.revision += 1

    def _hold(self, seq: int, row: int, data: Mapping[str, Any]) -> None:
        since, rule, seconds = self._journal.time(seq), _number(data), data.get("seconds")
        known = isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds < 1e9
        until = since + float(seconds) if known and seconds is not None else None
        self._held[row] = Held(row, since, rule, self._journal.direction(row), until)
        self._hits[rule] = self._hits.get(rule, 0) + 1
        self.revision += 1

    def _release(self, seq: int, row: int, data: Mapping[str, Any]) -> None:
        verdict, who, why = data.get("verdict"), data.get("who"), data.get("why")
        if not isinstance(verdict, str) or verdict not in VERDICTS:
            return
        held, now = self._held.pop(row, None), self._journal.time(seq)
        rule = held.rule if held is not None else _number(data)
        if held is None:
            self._hits[rule] = self._hits.get(rule, 0) + 1
        self._past.append(
            Past(
                row,
                held.since if held is not None else now,
                now,
                verdict,
                who if who in ("hand", "rule") else "",
                rule,
                seq,
                why[:_LONGEST_WHY] if isinstance(why, str) else "",
            )
        )
        self.revision += 1


def _number(data: Mapping[str, Any]) -> int:
    rule = data.get("rule")
    return rule if isinstance(rule, int) and not isinstance(rule, bool) and 0 <= rule < MOST_RULES else -1
