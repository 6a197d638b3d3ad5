"""Where the command of one entry stands in the text of a configuration; offsets in characters."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.errors import UsageError


class NotFound(UsageError):
    """What is looked for does not stand in the text, or not where it can be changed."""


@dataclass(frozen=True, slots=True)
class Span:
    """From a character up to another, which is no more part of it."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """What stands there."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Member:
    """A key and its value.

    Attributes:
        key: Where it stands, with what stands before it in a dotted key of TOML.
        last: Where the last part of it stands: where keys have no parts, the same.
        value: Where its value stands.
    """

    key: Span
    last: Span
    value: Span


@dataclass(frozen=True, slots=True)
class Place:
    """Where the command of one entry stands.

    Attributes:
        entry: Where the entry stands, from its first character to its last.
        command: The key and the value of what is started.
        args: The same of its arguments; `None` where it has none.
        elements: Where each argument stands.
        assigns: What stands between a key and its value where one is added.
        lines: Whether a member that is added has a line of its own, without a comma before it.
    """

    entry: Span
    command: Member
    args: Member | None
    elements: tuple[Span, ...]
    assigns: str = ": "
    lines: bool = False
