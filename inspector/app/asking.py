"""What the server asked, as the inbox lists it: what the journal knows of it, and what still waits.

A question of the journal meets its entry in the session's inbox here, where there is one: in a recording, and
for what is long over, there is none, and what is shown is what the journal tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inspector.app.items import Item
from inspector.forms.unset import UNSET
from inspector.journal.outline import outline
from inspector.journal.question import Question, identity
from inspector.session.mrtr import ROUNDS
from inspector.session.serving import AskedKind, kind_of
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.journal.catalogue import Catalogue
    from inspector.journal.journal import Journal
    from inspector.session.inbox import Entry, Inbox

Ident = tuple[int, str, bool]

KINDS: Mapping[AskedKind, str] = {
    "elicitation-form": "form",
    "elicitation-url": "URL",
    "sampling": "sampling",
    "roots": "roots",
}
_NAMED = 1_000
"""Names of calls that are remembered."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One question as the page has it.

    Attributes:
        question: What the journal tells.
        entry: Its entry in the inbox; `None` in a recording and where the session has forgotten it.
        cause: What it came with, in words; empty where nothing tells.
        group: How many questions its result has, 1 for a request.
    """

    question: Question
    entry: Entry | None
    cause: str = ""
    group: int = 1

    @property
    def ident(self) -> Ident:
        return self.question.ident

    @property
    def waiting(self) -> bool:
        """Whether an answer would go anywhere."""
        return self.entry is not None and self.entry.waiting

    @property
    def kind(self) -> AskedKind:
        return kind_of(self.question.method, {"mode": self.question.mode})

    @property
    def word(self) -> str:
        """What is asked for, in a word that is safe for a terminal."""
        return KINDS.get(self.kind) or clip(visible(self.question.method or "?"), 24)

    @property
    def says(self) -> str:
        """What it is about, in one safe line."""
        return self.question.says or ("Which folders may I work in?" if self.kind == "roots" else "")

    @property
    def state(self) -> str:
        """A word of `inspector.session.inbox.State`; empty where nothing tells how it ended."""
        return self.entry.state if self.entry is not None else self.question.state

    @property
    def by(self) -> str:
        return self.entry.by if self.entry is not None else self.question.by

    @property
    def completed(self) -> bool:
        return self.question.completed or (self.entry is not None and self.entry.completed)

    @property
    def round(self) -> str:
        """Which round of its call asks; empty where there are no rounds."""
        leg = self.question.origin == "leg" and not self.question.task
        return f"round {self.question.leg} of at most {ROUNDS}" if leg else ""

    @property
    def ended(self) -> str:
        """How it ended and by whom, in a few words."""
        words = {
            "answered": "answered",
            "declined": "declined",
            "ignored": "ignored",
            "expired": "expired",
            "cancelled": "withdrawn" if self.by == "server" else "cancelled",
            "": "not answered",
        }.get(self.state, self.state)
        if self.state == "answered" and self.question.origin == "refusal":
            words = "done"  # nothing was sent: there it is said that somebody was at the URL
        by = {"user": "you", "policy": "policy", "script": "script", "server": "the server"}.get(self.by, "")
        return f"{visible(words)} by {by}" if by else visible(words)


class Questions:
    """The questions of one page, in the order in which they are listed.

    Args:
        journal: Tells which call a question came with.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._names: dict[int, str] = {}

    def listed(self, questions: Iterable[Question], inbox: Inbox | None) -> list[Asking]:
        """What waits, oldest first; then what is over, newest first. Those of one result stay together."""
        entries: dict[Ident, Entry] = {}
        for entry in inbox.entries if inbox is not None else ():
            entries[identity(entry.event.seq, entry.key, entry.frame.id)] = entry
        groups: dict[tuple[int, str], list[Question]] = {}
        for question in questions:
            one = question.id or "" if question.key is None else ""
            groups.setdefault((question.seq, one), []).append(question)
        waiting: list[Asking] = []
        over: list[list[Asking]] = []
        for group in groups.values():
            asked = [(each, entries.get(each.ident)) for each in group]
            made = [Asking(each, entry, self._cause(each, entry), len(group)) for each, entry in asked]
            if any(each.waiting for each in made):
                waiting += made
            else:
                over.append(made)
        return waiting + [each for group in reversed(over) for each in group]

    def _cause(self, question: Question, entry: Entry | None) -> str:
        """What a question came with; of a task the call that it came of, where the session knows."""
        if entry is not None and entry.task and entry.cause is not None:
            return f"task of {self.name(entry.cause)}"
        return self.name(question.cause)

    def name(self, row: int) -> str:
        """The call of a row in words: `tools/call greet`; safe for a terminal, empty for no row."""
        if row < 0:
            return ""
        known = self._names.get(row)
        if known is None:
            if len(self._names) >= _NAMED:
                self._names.clear()
            shown = outline(self._journal, row)
            known = self._names[row] = f"{shown.what} {shown.target}".strip()
        return known


def item_of(method: str, params: Any, catalogue: Catalogue) -> Item | None:
    """The capability that a call is of, as it is listed, or by its name alone; `None` for other calls."""
    section = {"tools/call": "tools", "resources/read": "resources", "prompts/get": "prompts"}.get(method)
    key = "uri" if section == "resources" else "name"
    name = params.get(key) if isinstance(params, Mapping) else None
    if section is None or not isinstance(name, str):
        return None
    wanted = Item(section, {"name": name, key: name})
    listed = (Item(section, entry) for entry in catalogue.section(section))
    return next((item for item in listed if item == wanted), wanted)


def returned(method: str | None, params: Any, catalogue: Catalogue) -> object:
    """What the tool that is called declares its results to be; `UNSET` where nothing is declared."""
    called = item_of(method or "", params, catalogue)
    return called.output_schema if called is not None else UNSET


def age(since: float, now: float) -> str:
    """How long something waits: `7 s`, `2:05`, `1:02:05`."""
    whole = max(0, int(now - since))
    if whole < 60:
        return f"{whole} s"
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
