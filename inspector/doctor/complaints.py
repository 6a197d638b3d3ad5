"""What a program says is wrong with it, as values: a complaint, its sign, and the words to search.

Texts come from the server: patterns are bounded, and what they capture is made safe before it is shown.
The tables stand in `inspector.doctor.signs*`, the choice among them in `inspector.doctor.listening`.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from inspector.doctor.place import Place
from inspector.doctor.seen import Said, Seen
from inspector.doctor.verdict import Found

GROUPS = (
    ("environment", "Environment variables"),
    ("arguments", "Arguments"),
    ("package", "Package and launcher"),
    ("system", "What it needs from the system"),
)
"""Checks that exist only where something was complained of. `interpreter` and `script` always do."""

_LINES, _LINE = 300, 600


@dataclass(frozen=True, slots=True)
class Complaint:
    """A fault that the program named itself.

    Attributes:
        group: Name of the check that it belongs to.
        found: The fault.
    """

    group: str
    found: Found


class Words:
    """What a program said, as one text to search, with the way back to the rows.

    Attributes:
        seen: The attempt.
        place: Where it was started.
        lines: What is searched, in order.
    """

    def __init__(self, seen: Seen, place: Place) -> None:
        self.seen = seen
        self.place = place
        self.lines: tuple[Said, ...] = seen.said[-_LINES:]

    @cached_property
    def text(self) -> str:
        """The lines, each cut to a length that patterns can bear."""
        return "\n".join(line.text[:_LINE] for line in self.lines)

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [], 0
        for line in self.lines:
            starts.append(at)
            at += min(len(line.text), _LINE) + 1
        return starts

    def last(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The last match, which is nearest to the end."""
        match = None
        for match in pattern.finditer(self.text):  # noqa: B007 - the last one is wanted
            pass
        return match

    def around(self, match: re.Match[str]) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """The lines that a match stands in, and their rows."""
        first = bisect.bisect_right(self._starts, match.start()) - 1
        last = bisect.bisect_left(self._starts, max(match.end(), match.start() + 1)) - 1
        lines = self.lines[max(first, 0) : max(last, first) + 1]
        return tuple(line.text for line in lines), tuple(line.row for line in lines)


Make: TypeAlias = Callable[["Words", re.Match[str]], Found | None]
"""Turns a match into a fault, or finds that it is none after all."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One way in which programs complain.

    Attributes:
        group: The check that it belongs to.
        pattern: What is searched for, in all lines at once.
        make: The fault.
    """

    group: str
    pattern: re.Pattern[str]
    make: Make
