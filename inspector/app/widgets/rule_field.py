"""The field that a breakpoint or fault is typed into: what is done, then a filter, each with its completion.

It sets no rule: who holds it reads `rule` when the text is submitted.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace

from inspector.app.widgets.filter_field import FilterField
from inspector.gate.rule import ACTIONS, Rule
from inspector.gate.text import RuleError
from inspector.journal.filter import Completion, FilterError, Option, complete
from inspector.journal.journal import Journal

_HINT = "rule: hold method:tools/call · delay 2s tool:x · drop · error …  ↓ lists all"
_LONGEST = 400
_BEGINS = {"delay": "delay 500ms ", "truncate": "truncate 20 ", "error": 'error -32603 "Internal error" '}


class RuleField(FilterField):
    """One line of text.

    Args:
        journal: Where the values come from that it is completed with.
    """

    def __init__(self, journal: Journal, *, id: str | None = None) -> None:
        super().__init__(journal, id=id)
        self.placeholder = _HINT
        self._from = journal

    @property
    def rule(self) -> Rule | None:
        """What stands there; `None` where that is no rule."""
        try:
            return Rule.parse(self.value)
        except RuleError:
            return None

    def check(self, *, whole: bool = False) -> None:
        """Say what is wrong with the text; while it is typed only what more text would not mend.

        Args:
            whole: It was submitted: nothing more comes.
        """
        self.wrong.say(self._wrong(whole) if self.value.strip() or whole else None)

    def _wrong(self, whole: bool) -> FilterError | None:
        try:
            Rule.parse(self.value)
        except RuleError as error:
            typing = not whole and error.at >= len(self.value.rstrip().rpartition(" ")[0])
            return None if typing else FilterError(error.says, error.at, error.expected, self.value)
        return None

    def ask(self) -> None:
        """Offer what can be done, and behind that how the filter may go on."""
        text, cursor = self.value, self.cursor_position
        begin = filter_at(text)
        if begin < 0 or cursor <= begin:
            self.choices.offer(_actions(text, cursor))
            return
        found = complete(text[begin:], cursor - begin, self._from)
        self.choices.offer(replace(found, start=found.start + begin, end=found.end + begin))


def filter_at(text: str) -> int:
    """Where the filter of a rule begins, as far as it is typed: behind the blank; -1 before there is one."""
    found, at = -1, 0
    for word in text[:_LONGEST].split(" ")[:-1]:
        at += len(word)
        with contextlib.suppress(RuleError):  # it is still being typed
            found = at if not Rule.parse(text[:at]).filter else found
        at += 1
    return found


def _actions(text: str, cursor: int) -> Completion:
    """What a rule can do, where its first word is typed."""
    begun = text[:cursor].lstrip()
    if " " in begun:
        return Completion(cursor, cursor)
    start = cursor - len(begun)
    end = start + len(text[start:].split(" ")[0])
    found = [
        Option(_BEGINS.get(name, f"{name} "), says)
        for name, says in ACTIONS.items()
        if name.startswith(begun)
    ]
    return Completion(start, end, tuple(found))
