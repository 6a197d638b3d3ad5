"""A filter as a value: parsed from a text, asked about a row. Finding many is the business of the View."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inspector.journal.filter.syntax import parse
from inspector.journal.filter.terms import And, Everything, Node, Text

if TYPE_CHECKING:
    from inspector.journal.journal import Journal


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows are meant.

    Attributes:
        node: What it is made of. Written as text it is a filter that parses to the same.
    """

    node: Node

    @classmethod
    def parse(cls, text: str) -> Filter:
        """Read a filter; an empty text is every row.

        Raises:
            FilterError: It is none; says what is wrong, where, and what was expected.
        """
        return cls(parse(text))

    @classmethod
    def words(cls, text: str) -> Filter:
        """The rows that hold each word of `text`, whatever the words would mean in the language."""
        words = tuple(Text(word) for word in text.split())
        if len(words) < 2:
            return cls(words[0] if words else Everything())
        return cls(And(words))

    @property
    def everything(self) -> bool:
        """Whether it is every row."""
        return isinstance(self.node, Everything)

    def test(self, journal: Journal, seq: int) -> bool:
        """Whether row `seq` is meant, as the journal stands now."""
        return self.tester(journal)(seq)

    def tester(self, journal: Journal) -> Callable[[int], bool]:
        """`test` for many rows of one journal."""
        from inspector.journal.filter.rows import tester  # reads journals, which is more than parsing needs

        return tester(journal, self.node)

    def __str__(self) -> str:
        return "" if self.everything else str(self.node)
