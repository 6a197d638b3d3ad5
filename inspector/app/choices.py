"""What one can connect to: targets of lately, servers of hosts, and what is typed; as a list with details.

It decides nothing: whether a server was agreed to is looked up, giving consent is for who asks.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from inspector.app.widgets.sheet_lines import Entry, Pieces, heading, line, space
from inspector.errors import InspectError, UsageError
from inspector.hosts.facts import facts, shortened, what
from inspector.hosts.find import Found
from inspector.hosts.places import TITLES
from inspector.hosts.server import Server, Surroundings
from inspector.hosts.variables import as_written, meant
from inspector.kept.consent import Consents, Standing
from inspector.kept.recent import Recent
from inspector.transport.target import HttpTarget, StdioTarget, Target
from inspector.wire.visible import clip, visible

LATELY = "Lately"
TYPED = "As typed"
_LONGEST = 20_000  # cells of a fact: what would run is not cut short where one is asked about it
_TITLE = 120  # cells of a name


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to connect to.

    Attributes:
        key: Unique and stable, so that the cursor stays.
        group: What it is listed under.
        label: What it is called; not safe for a terminal.
        server: What a configuration says; `None` for what is typed, and for what is gone.
        target: What is typed.
        name: The full name in a configuration; empty for what a person gave by hand.
        problem: Why it cannot be connected to; empty where it can.
    """

    key: str
    group: str
    label: str
    server: Server | None = None
    target: Target | None = None
    name: str = ""
    problem: str = ""

    @property
    def is_one_word(self) -> bool:
        """Whether it is a command that may as well be a search which found nothing."""
        return isinstance(self.target, StdioTarget) and len(self.target.argv) == 1

    @property
    def words(self) -> str:
        """What a search goes through."""
        more = what(self.server) if self.server is not None else ""
        group = self.group.partition("\n")[0]
        return f"{self.label} {self.name} {TITLES.get(group, group)} {more}".casefold()


def choices(found: Found, recents: Sequence[Recent], text: str) -> list[Choice]:
    """What there is for what was typed; what that means by itself stands first where it is a URL."""
    wanted = text.casefold().split()
    every = [*_lately(found, recents), *_of_hosts(found)]
    matching = [each for each in every if all(word in each.words for word in wanted)]
    typed = _typed(text)
    if typed is None:
        return matching
    return [typed, *matching] if not matching or typed.label.startswith("http") else [*matching, typed]


def _lately(found: Found, recents: Sequence[Recent]) -> Iterator[Choice]:
    for number, recent in enumerate(recents):
        if recent.server is not None:
            yield Choice(f"recent {number}", LATELY, what(recent.server), recent.server)
            continue
        server = next((each for each in found.servers if each.full_name == recent.name), None)
        gone = "" if server is not None else "No configuration of a host has it any more"
        yield Choice(f"recent {number}", LATELY, recent.name, server, None, recent.name, gone)


def _of_hosts(found: Found) -> Iterator[Choice]:
    for server in found.servers:
        yield Choice(
            server.full_name, f"{server.host}\n{server.file}", server.name, server, None, server.full_name
        )


def _typed(text: str) -> Choice | None:
    """A URL or a command line as a person types it; `None` where nothing is typed."""
    text = text.strip()
    if not text:
        return None
    if "://" in text.partition(" ")[0]:
        try:
            parts = urlsplit(text)
            usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        problem = "" if usable else "That is no URL that one can connect to"
        return Choice("typed", TYPED, text, None, HttpTarget(text), "", problem)
    try:
        argv = tuple(shlex.split(text, posix=os.name != "nt"))
    except ValueError as error:
        return Choice("typed", TYPED, text, problem=f"That is no command line: {error}")
    if argv[:1] == ("--",):
        argv = argv[1:]
    return Choice("typed", TYPED, shlex.join(argv), None, StdioTarget(argv)) if argv else None


def entries(listed: Iterable[Choice], troubles: Iterable[str], home: Path, width: int) -> list[Entry]:
    """The list as lines of a sheet, each choice the link of its line."""
    made: list[Entry] = []
    group = ""
    for choice in listed:
        if choice.group != group:
            made += [space(f"before {choice.key}")] if made else []
            made.append(heading(f"over {choice.key}", clip(_title(choice.group, home), width)))
            group = choice.group
        off = choice.server is not None and not choice.server.enabled
        role = "warning" if choice.problem else "muted" if off else "text"
        mark = "! " if choice.problem else "× " if off else "  "
        label = clip(visible(choice.label), max(width - 2, 8))
        made.append(Entry(choice.key, ((mark, role), (label, role)), link=choice))
    wrong = list(troubles)
    if wrong:
        made += [space("before troubles"), heading("troubles", "Cannot be read")]
        for each in wrong:
            says = f"! {visible(shortened(each, home))}"
            made.append(Entry(f"trouble {each}", ((says, "warning"),), hang=2))
    return made


def _title(group: str, home: Path) -> str:
    host, newline, file = group.partition("\n")
    return visible(f"{TITLES[host]}  {shortened(file, home)}") if newline else group


def agreed(choice: Choice, around: Surroundings, consents: Consents) -> Standing:
    """Whether it may be connected to without a question; what a person gave by hand always may.

    Raises:
        InspectError: It cannot be meant here, or what was agreed to must not be believed.
    """
    if not choice.name or choice.server is None:
        return Standing("given")
    shown = meant(choice.server, around, as_written(choice.server))
    return consents.look(choice.server, shown.target)


def details(choice: Choice, around: Surroundings, consents: Consents) -> list[Entry]:
    """What is told of a choice before it is connected to."""
    made = [
        Entry("title", ((clip(visible(choice.name or choice.label), _TITLE), "strong"),), hang=2),
        space("under title"),
    ]
    if choice.problem:
        return [*made, Entry("problem", ((f"! {choice.problem}.", "warning"),), hang=2)]
    if choice.server is None:
        does = "Goes to this URL." if isinstance(choice.target, HttpTarget) else "Starts this command here."
        return [*made, line("does", (does, "muted"))]
    made += fact_lines(choice.server, around.home)
    made.append(space("above state"))
    for number, each in enumerate(_state(choice, around, consents)):
        made.append(Entry(f"state {number}", each, hang=2))
    return made


def fact_lines(server: Server, home: Path) -> list[Entry]:
    """What is told of a server, as lines of a sheet."""
    rows = list(facts(server, home))
    width = max(len(word) for word, _ in rows) + 2
    return [
        Entry(
            f"fact {word}",
            ((word.ljust(width), "muted"), (clip(visible(text), _LONGEST), "text")),
            hang=width,
            copy=text,
        )
        for word, text in rows
    ]


def _state(choice: Choice, around: Surroundings, consents: Consents) -> Iterator[Pieces]:
    assert choice.server is not None
    try:
        standing = agreed(choice, around, consents)
        notes = meant(choice.server, around, as_written(choice.server)).notes
    except InspectError as problem:
        yield ((f"! {visible(problem.message)}.", "warning"),)
        return
    match standing.state:
        case "given" if choice.name:
            yield (("✓ Agreed to, and the same since.", "ok"),)
        case "given":
            yield (("○ Given by hand. What sounded secret was not kept.", "muted"),)
        case "new":
            yield (("○ Nobody has agreed to it yet: you are asked.", "note"),)
        case "changed":
            yield (("! Not what was agreed to before:", "warning"),)
            for change in standing.changes:
                yield ((f"  {clip(visible(change), _LONGEST)}", "text"),)
    for note in notes:
        yield ((f"! {visible(note)}.", "warning"),)


def target_of(choice: Choice, around: Surroundings, given: Mapping[str, str]) -> Target:
    """What to connect to.

    Raises:
        UsageError: It cannot be meant.
    """
    if choice.server is not None:
        return meant(choice.server, around, given).target
    if choice.target is None or choice.problem:
        raise UsageError(choice.problem or "There is nothing to connect to")
    return choice.target
