"""Someone who holds messages for a test of the app: says in the journal what a gate would; nothing moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inspector.gate.rule import Rule, Verdict
from inspector.journal.holding import Holding
from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind
from inspector.wire.jsonrpc import encode


class Holder:
    """Decides at once, and remembers what was decided.

    Attributes:
        verdicts: What was decided, by row, in order.
    """

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.verdicts: list[tuple[int, Verdict]] = []

    def hold(self, way: Direction, rule: int = 0, **members: Any) -> int:
        """A message comes and is held; its row."""
        row = self.journal.append(Kind.MESSAGE, way, encode({"jsonrpc": "2.0", **members})).seq
        self._say("held", row=row, rule=rule)
        return row

    async def release(self, row: int, verdict: Verdict) -> None:
        self.verdicts.append((row, verdict))
        if verdict.word == "changed":
            self.journal.append(Kind.MESSAGE, self.journal.direction(row), verdict.body, by="hand", of=row)
        self._say("released", row=row, verdict=verdict.word, who="hand")

    async def set_rules(self, rules: Sequence[Rule], who: str = "hand") -> None:
        self._say("gate-rules", rules=[{"text": each.text, "on": each.on} for each in rules], who=who)

    async def inject(self, direction: Direction, body: bytes) -> None:
        self.journal.append(Kind.MESSAGE, direction, body, by="hand")

    def leave(self) -> int:
        holding = Holding(self.journal)
        holding.advance(1)
        for each in holding.held:
            self._say("released", row=each.row, verdict="let-go", who="hand")
        return len(holding.held)

    async def let_go_all(self) -> int:
        return self.leave()

    def _say(self, what: str, **facts: Any) -> None:
        self.journal.append(Kind.CLIENT, data={"what": what, **facts})
