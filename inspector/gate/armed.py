"""A rule at work: whether it takes a message of a journal. What becomes of that message is the gate's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from inspector.gate.rule import Rule


@dataclass(slots=True)
class Armed:
    """A rule, and how many messages it saw and took.

    Attributes:
        rule: The rule.
        means: Whether its filter means the message of a row.
        seen: How many it meant so far.
        took: How many of those it took.
    """

    rule: Rule
    means: Callable[[int], bool]
    seen: int = 0
    took: int = 0

    def takes(self, row: int) -> bool:
        """Whether it takes the message of a row; to ask once for each."""
        rule = self.rule
        if not rule.on or (rule.times and self.took >= rule.times) or not self.means(row):
            return False
        self.seen += 1
        if self.seen % rule.every:
            return False
        self.took += 1
        return True
