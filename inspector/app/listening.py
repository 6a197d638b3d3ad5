"""What may be listened to and how it stands, as entries of a sheet: asked, honoured, told, read.

Pure: `Facts` come from the connection, or from the journal where there is none. Everything a server says
is made safe here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from inspector.app.widgets.sheet_lines import Entry, Piece, heading, line, space
from inspector.journal.pairing import Status
from inspector.wire.interest import Interest
from inspector.wire.visible import cells, clip, visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.journal.catalogue import Catalogue
    from inspector.journal.journal import Journal
    from inspector.journal.subscribed import Subscribed, Subscription, Told
    from inspector.session.subscriptions import State, Subscriptions

MOST_SHOWN = 300
"""Resources of the catalogue that are listed; any other can be typed."""
LISTS: Final = {
    "tools": "that the list of tools changed",
    "prompts": "that the list of prompts changed",
    "resources": "that the list of resources changed",
}
_WIDEST = 4000
_HONOURED = 16
_COUNT = 6
_AGE = 12
_SHAPES: Final[Mapping[str, Piece]] = {
    "none": ("○", "muted"),
    "opening": ("…", "muted"),
    "open": ("●", "ok"),
    "ended": ("○", "warning"),
    "refused": ("✗", "error"),
    "lost": ("✗", "error"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """How it stands with the subscriptions of a connection, or of the end of a recording.

    Attributes:
        live: There is a connection, and what is wanted can be changed.
        modern: One stream carries all; else each resource is subscribed to by itself.
        asked: What is wanted.
        honoured: What of it the server agreed to tell; `None` while it has not said.
        refused: Why a resource is refused, by URI; safe.
        state: Of the stream, or of the whole.
        says: Why it is so; safe, may be empty.
        request: Row of the request for the stream, -1 where there is none.
        attempts: How often a lost stream was asked for again, and how often at most.
    """

    live: bool = False
    modern: bool = False
    asked: Interest = field(default_factory=Interest)
    honoured: Interest | None = None
    refused: Mapping[str, str] = field(default_factory=dict)
    state: State = "none"
    says: str = ""
    request: int = -1
    attempts: tuple[int, int] = (0, 0)


def facts_of(subscriptions: Subscriptions, modern: bool, most: int) -> Facts:
    """How it stands with a connection; `most` are the attempts that are made for a lost stream."""
    stream = subscriptions.stream
    request = stream.request.seq if stream is not None and stream.request is not None else -1
    return Facts(
        True,
        modern,
        subscriptions.desired,
        subscriptions.honoured,
        dict(subscriptions.refused),
        subscriptions.state,
        subscriptions.says,
        request,
        (subscriptions.attempts, most),
    )


def facts_from(subscribed: Subscribed, journal: Journal) -> Facts:
    """How it stood at the end of what a journal holds."""
    asked, honoured, refused = Interest(), Interest(), dict[str, str]()
    made = Facts()
    for one in subscribed.present:
        asked = _joined(asked, one.wanted)
        if one.honoured is not None:
            honoured = _joined(honoured, one.honoured)
        listens = journal.method(one.request) == "subscriptions/listen"
        if one.refused >= 0 and not listens:
            refused.update(dict.fromkeys(one.wanted.uris, _refusal(journal, one.refused)))
        made = replace(made, state="open", honoured=honoured)
        if listens:
            made = _of_stream(replace(made, modern=True, request=one.request), one, journal)
    return replace(made, asked=asked, refused=refused)


def _of_stream(made: Facts, one: Subscription, journal: Journal) -> Facts:
    if one.refused >= 0:
        return replace(made, state="refused", says=_refusal(journal, one.refused), honoured=None)
    status = journal.status(one.request)
    if status is Status.PENDING:
        return made if one.honoured is not None else replace(made, state="opening", honoured=None)
    return replace(made, state="ended", says=f"it is over: {status.word}")


def _refusal(journal: Journal, seq: int) -> str:
    frame = journal.event(seq).frame
    message = frame.error.get("message") if frame is not None else None
    return clip(visible(message), 300) if isinstance(message, str) else "the server refused it"


def _joined(one: Interest, other: Interest) -> Interest:
    return Interest(
        one.tools or other.tools,
        one.prompts or other.prompts,
        one.resources or other.resources,
        tuple(dict.fromkeys((*one.uris, *other.uris))),
        tuple(dict.fromkeys((*one.tasks, *other.tasks))),
    )


def toggled(interest: Interest, kind: str, name: str) -> Interest:
    """`interest` with one thing more, or less."""
    match kind, name:
        case "list", "tools":
            return replace(interest, tools=not interest.tools)
        case "list", "prompts":
            return replace(interest, prompts=not interest.prompts)
        case "list", _:
            return replace(interest, resources=not interest.resources)
        case "uri", _:
            return replace(interest, uris=_switched(interest.uris, name))
    return replace(interest, tasks=_switched(interest.tasks, name))


def _switched(held: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(each for each in held if each != name) if name in held else (*held, name)


def holds(interest: Interest | None, kind: str, name: str) -> bool:
    """Whether a thing is among what is wanted, or honoured."""
    if interest is None:
        return False
    if kind == "list":
        return bool(getattr(interest, name))
    return name in (interest.uris if kind == "uri" else interest.tasks)


def entries(
    facts: Facts,
    subscribed: Subscribed,
    catalogue: Catalogue,
    tasks: Sequence[tuple[str, str]],
    age: Callable[[int], str],
    width: int,
) -> list[Entry]:
    """The whole page, from top to bottom; an entry's link is the kind and the name of what it stands for.

    Args:
        facts: How it stands.
        subscribed: What was told, and read since.
        catalogue: Which resources there are.
        tasks: Ids and states of the tasks that may still change.
        age: How long ago a row of the journal was, in words.
        width: Cells of a line.
    """
    row = _Row(facts, subscribed, age, max(18, min(48, width - 6 - _HONOURED - _COUNT - _AGE - 11)))
    made = [_state(facts), space("space-lists"), heading("heading-lists", _titles("Lists", row.cells))]
    made += [row.entry("list", name, name, subscribed.told(name)) for name in LISTS]
    listed = dict(_resources(catalogue))
    others = [
        uri
        for uri in dict.fromkeys((*facts.asked.uris, *facts.refused, *subscribed.things("uri")))
        if uri not in listed
    ]
    shown = list(listed)[:MOST_SHOWN]
    shown += [uri for uri in list(listed)[MOST_SHOWN:] if uri in facts.asked.uris]
    if listed or others:
        made += [space("space-uris"), heading("heading-uris", f"Resources {len(listed) + len(others)}")]
        made += [row.entry("uri", uri, uri, subscribed.told("uri", uri)) for uri in (*shown, *others)]
        if len(shown) < len(listed):
            says = f"{len(listed) - len(shown)} more"
            made.append(line("more-uris", (says, "muted")))
    made += _of_tasks(facts, subscribed, tasks, row)
    if facts.live:
        made += [space("space-typed"), Entry("typed", (("u subscribes to any URI", "muted"),), rest=True)]
    return made


def _of_tasks(
    facts: Facts, subscribed: Subscribed, tasks: Sequence[tuple[str, str]], row: _Row
) -> Iterator[Entry]:
    states = dict(tasks)
    ids = dict.fromkeys((*facts.asked.tasks, *states, *subscribed.things("task")))
    if not ids:
        return
    yield space("space-tasks")
    yield heading("heading-tasks", f"Tasks {len(ids)}")
    for id in list(ids)[:MOST_SHOWN]:
        told = subscribed.told("task", id)
        yield row.entry("task", id, f"{id} {states.get(id, '')}".rstrip(), told)


def _titles(first: str, name: int) -> str:
    return f"{first.ljust(name + 4)}{'honoured'.ljust(_HONOURED)}{'told'.rjust(_COUNT)}"


@dataclass(frozen=True, slots=True)
class _Row:
    """Makes the entry of one thing."""

    facts: Facts
    subscribed: Subscribed
    age: Callable[[int], str]
    cells: int

    def entry(self, kind: str, name: str, label: str, told: Told) -> Entry:
        asked = holds(self.facts.asked, kind, name)
        whole = label if len(label) <= _WIDEST else label[: _WIDEST // 2] + label[-_WIDEST // 2 :]
        safe = _shortened(visible(whole), self.cells)
        word, role = self._honoured(kind, name, asked)
        count = str(told.count) if told.count else ""
        pieces: list[Piece] = [
            ("✓ " if asked else "· ", "ok" if asked else "muted"),
            (safe + " " * (self.cells - cells(safe) + 2), "text" if asked or told.count else "muted"),
            (word.ljust(_HONOURED), role),
            (" " * (_COUNT - len(count)), "text"),  # by itself: some viewers of SVG drop it at a head
            (count + "  ", "text"),
            ((self.age(told.latest) if told.count else "").ljust(_AGE - 2), "muted"),
        ]
        if kind == "uri" and told.count and told.fresh:
            pieces.append(("● updated", "accent"))
        elif told.count and not asked:
            pieces.append(("unasked", "muted"))
        why = self.facts.refused.get(name, "") if kind == "uri" else ""
        more = ((("✗ " + why, "error"),),) if why else ()
        return Entry(
            f"{kind}:{name[:_WIDEST]}",
            tuple(pieces),
            more=more,
            link=(kind, name),
            copy=visible(name),
            unfolded=True,
        )

    def _honoured(self, kind: str, name: str, asked: bool) -> Piece:
        facts = self.facts
        if not asked:
            return ("✗ refused", "error") if kind == "uri" and name in facts.refused else ("", "muted")
        if kind == "uri" and name in facts.refused:
            return "✗ refused", "error"
        if holds(facts.honoured, kind, name):
            return "✓ honoured", "ok"
        if facts.state in ("ended", "refused", "lost"):
            return f"✗ {facts.state}", "error" if facts.state != "ended" else "warning"
        if facts.honoured is None or facts.state == "opening":
            return "… asked", "muted"
        return "✗ not honoured", "warning"


def _shortened(text: str, room: int) -> str:
    """`text` in at most `room` cells; its end stays, which tells URIs apart."""
    if cells(text) <= room:
        return text
    head = clip(text, room // 2)
    tail = text[-(room - cells(head)) :]
    while cells(head) + cells(tail) > room:
        tail = tail[1:]
    return head + tail


def _state(facts: Facts) -> Entry:
    """How it stands, in one line."""
    shape, role = _SHAPES[facts.state]
    name = "subscriptions/listen" if facts.modern else "resources/subscribe"
    pieces: list[Piece] = [(f"{shape} ", role)]
    if facts.state == "none":
        pieces.append(("nothing is subscribed to", "muted"))
    else:
        pieces += [(f"{facts.state}  ", role), (name, "text")]
        if facts.request >= 0:
            pieces.append((f"  row {facts.request}", "muted"))
    missing = facts.asked - facts.honoured if facts.honoured is not None else Interest()
    if missing and facts.state == "open":
        pieces.append((f"  ! {len(missing.words())} not honoured", "warning"))
    if facts.says:
        pieces.append((f"  {facts.says}", "warning" if facts.state != "none" else "muted"))
    done, most = facts.attempts
    if done and facts.state in ("lost", "opening"):
        pieces.append((f"  asked again {done} of {most} times", "muted"))
    if not facts.modern and facts.live:
        pieces.append(("  lists are told unasked", "muted"))
    return Entry("state", tuple(pieces), hang=2, link=("row", str(facts.request)))


def _resources(catalogue: Catalogue) -> Iterator[tuple[str, None]]:
    for entry in catalogue.resources:
        uri = entry.get("uri") if isinstance(entry, Mapping) else None
        if isinstance(uri, str):
            yield uri, None
