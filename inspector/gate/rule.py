"""A rule of a breakpoint as a value, and what is decided of a message that is held. Nothing here acts.

How a rule is written stands in docs/breakpoints.md; `inspector.gate.text` reads it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from inspector.journal.holding import Word

LONGEST_DELAY = 3600.0
"""Seconds that a message is delayed at most."""
ACTIONS: Mapping[str, str] = {
    "hold": "keep it until somebody decides",
    "delay": "let it go on later: 500ms, 2s",
    "drop": "let it go nowhere",
    "duplicate": "let it go on twice",
    "reorder": "let the next one in its direction go first",
    "truncate": "let only its first bytes go on: 20, 1kb",
    "wrong-id": "let it go on with another id",
    "replace": 'let this go on: a JSON merge patch {…}, or a text "…" of exactly these bytes',
    "error": 'answer it with an error: -32603 "why"',
}
"""What a rule can do, and in a few words what that is."""

Name = Literal["hold", "delay", "drop", "duplicate", "reorder", "truncate", "wrong-id", "replace", "error"]
BY_HAND: tuple[Word, ...] = ("forwarded", "changed", "dropped", "delayed", "duplicated", "answered", "let-go")
"""What a person can decide of a message that is held."""


@dataclass(frozen=True, slots=True)
class Action:
    """What a rule does to a message.

    Attributes:
        name: A word of `ACTIONS`.
        seconds: Of `delay`.
        size: Bytes that go on, of `truncate`.
        merge: JSON merge patch (RFC 7396) of `replace`; `None` where `body` says all.
        body: The bytes of `replace`.
        code: Of `error`.
        message: Of `error`.
    """

    name: Name
    seconds: float = 0.0
    size: int = 0
    merge: Mapping[str, Any] | None = field(default=None, hash=False)
    body: bytes = b""
    code: int = 0
    message: str = ""

    def __str__(self) -> str:
        match self.name:
            case "delay":
                return f"delay {_seconds(self.seconds)}"
            case "truncate":
                return f"truncate {self.size}"
            case "replace" if self.merge is not None:
                return f"replace {json.dumps(self.merge, ensure_ascii=False)}"
            case "replace":
                text = self.body.decode("utf-8", "surrogateescape")
                return f"replace {json.dumps(text, ensure_ascii=not text.isprintable())}"
            case "error":
                return f"error {self.code} {json.dumps(self.message, ensure_ascii=False)}"
        return self.name


@dataclass(frozen=True, slots=True)
class Rule:
    """Which messages, and what becomes of them.

    Attributes:
        filter: In the language of docs/filter.md, of a single row; empty for every message.
        action: What is done.
        times: How often, then never again; 0 for always.
        every: To each how manieth of those that the filter means.
        on: Whether it is switched on.
    """

    filter: str
    action: Action = Action("hold")
    times: int = 0
    every: int = 1
    on: bool = True

    @property
    def text(self) -> str:
        """The rule in one line, as `inspector.gate.text.rule` reads it."""
        words = [str(self.action)]
        if self.every > 1:
            words.append(f"every {self.every}")
        if self.times:
            words.append(f"times {self.times}")
        return " ".join((*words, self.filter)).strip()

    def switched(self) -> Rule:
        """The same, off where it was on, and on where it was off."""
        return replace(self, on=not self.on)

    @classmethod
    def parse(cls, text: str, *, on: bool = True) -> Rule:
        """Read a rule in one line.

        Raises:
            RuleError: It is none; says what is wrong, where, and what was expected.
        """
        from inspector.gate.text import rule  # it reads this module

        return replace(rule(text), on=on)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a message that is held.

    Attributes:
        word: What.
        body: The bytes that go on (`changed`), or the answer (`answered`), which goes the other way.
        seconds: How long it waits before it goes on (`delayed`).
    """

    word: Word
    body: bytes = b""
    seconds: float = 0.0


def _seconds(value: float) -> str:
    milliseconds = round(value * 1000, 3)
    return f"{milliseconds:g}ms" if milliseconds < 1000 or value % 1 else f"{value:g}s"
