"""What is different between two lists of tools, resources, templates or prompts; and each list's history.

`difference` and `merged` are pure. `Changes` is the fold of a journal: whenever a section was listed once
more, what came, what went, and what changed in which members; and what is new since somebody took note.
Entries are compared as JSON: `1`, `1.0` and `true` are three values.
"""

from __future__ import annotations

import marshal
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from inspector.journal.journal import Journal
from inspector.journal.scan import answered
from inspector.wire.methods import LISTS

KEYS: Mapping[str, str] = {"tools": "name", "resources": "uri", "templates": "uriTemplate", "prompts": "name"}
"""What names an entry of a section."""
MOST_MEMBERS = 100
"""Changed members that are told of one entry."""
MOST_CHANGES = 200
"""Listings that are remembered."""
_DEEPEST = 16
_SECTIONS = {listed.method: section for section, listed in LISTS.items()}


@dataclass(frozen=True, slots=True)
class Changed:
    """An entry that is not what it was.

    Attributes:
        name: What names it, as sent.
        members: Paths of what differs, such as `description` or `inputSchema.properties.a`, as sent; at
            most `MOST_MEMBERS`.
        before: The entry as it was; `after` as it is.
    """

    name: str
    members: tuple[str, ...]
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of a list. Names are as sent: make them `visible`.

    Attributes:
        added: Names of the new entries, in the list's order.
        removed: Names of those that are gone.
        changed: Entries that are not what they were.
        moved: Whether those that stayed stand in another order.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[Changed, ...] = ()
    moved: bool = False

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.moved)


Key = tuple[str, int]
"""The name of an entry, and which of those of that name it is, from 1."""


def difference(before: Sequence[Any], after: Sequence[Any], key: str, *, cut: bool = False) -> Difference:
    """What is different in `after`, by the member `key` of each entry.

    Entries of the same name are told apart by their order; an entry without a name is one named `""`.

    Args:
        before: Entries as they were.
        after: Entries as they are.
        key: The member that names them.
        cut: One of the two was left before its last page: what stands after the last entry that both
            have may have moved across that end, and is neither new nor gone.
    """
    old, new = dict(_named(before, key)), dict(_named(after, key))
    stayed = [each for each in new if each in old]
    changed = []
    for each in stayed:
        members = tuple(place.path for place in differing(old[each], new[each]))
        if members:
            changed.append(Changed(each[0], members, old[each], new[each]))
    return Difference(
        tuple(name for name, nth in _decided(new, old, cut) if (name, nth) not in old),
        tuple(name for name, nth in _decided(old, new, cut) if (name, nth) not in new),
        tuple(changed),
        stayed != [each for each in old if each in new],
    )


def _decided(these: Mapping[Key, Any], others: Mapping[Key, Any], cut: bool) -> list[Key]:
    """The keys that may be held against the others."""
    keys = list(these)
    if not cut:
        return keys
    last = max((at for at, each in enumerate(keys) if each in others), default=-1)
    return keys[: last + 1]


Mark = Literal["", "new", "changed", "gone"]


@dataclass(frozen=True, slots=True)
class Marked:
    """An entry, and what became of it.

    Attributes:
        entry: As it is; as it was, where it is gone.
        mark: What became of it; empty for nothing.
        before: As it was, where it is changed.
    """

    entry: Any
    mark: Mark = ""
    before: Any = None


def merged(before: Sequence[Any], after: Sequence[Any], key: str, *, cut: bool = False) -> list[Marked]:
    """`after` with what became of each entry; what is gone stands behind the one it stood behind before.

    Arguments are those of `difference`.
    """
    old, new = dict(_named(before, key)), dict(_named(after, key))
    fresh = {each for each in _decided(new, old, cut) if each not in old}
    found: list[Marked] = []
    for each, entry in new.items():
        same = each not in old or not differing(old[each], entry)
        mark: Mark = "new" if each in fresh else "" if same else "changed"
        found.append(Marked(entry, mark, None if same else old[each]))
    leaving: dict[Key | None, list[Marked]] = {}
    behind: Key | None = None
    decided = set(_decided(old, new, cut))
    for each, entry in old.items():
        if each in new:
            behind = each
        elif each in decided:
            leaving.setdefault(behind, []).append(Marked(entry, "gone"))
    if not leaving:
        return found
    whole = leaving.get(None, [])
    for each, told in zip(new, found, strict=True):
        whole.append(told)
        whole.extend(leaving.get(each, ()))
    return whole


def _named(entries: Sequence[Any], key: str) -> Iterator[tuple[tuple[str, int], Any]]:
    seen: dict[str, int] = {}
    for entry in entries:
        value = entry.get(key) if isinstance(entry, Mapping) else None
        name = value if isinstance(value, str) else ""
        seen[name] = seen.get(name, 0) + 1
        yield (name, seen[name]), entry


def _plainly_same(one: Any, other: Any) -> bool:
    """Whether two values are the same, as far as it costs nothing to know: most entries of most lists are."""
    try:
        # Version 2 knows types, order and NaN, and nothing of which objects are shared.
        return marshal.dumps(one, 2) == marshal.dumps(other, 2)
    except ValueError:  # nested too deep
        return False


ABSENT: Final = object()
"""In the place of a member that is not there."""


@dataclass(frozen=True, slots=True)
class Differing:
    """A place in which two values are not the same.

    Attributes:
        path: Names from the outside in, joined by dots; empty where it is the whole.
        before: What stood there, or `ABSENT`.
        after: What stands there, or `ABSENT`.
    """

    path: str
    before: Any
    after: Any


def differing(before: Any, after: Any) -> list[Differing]:
    """Where two JSON values differ, outermost first, at most `MOST_MEMBERS`. Lists are one place each."""
    if _plainly_same(before, after):
        return []
    found: list[Differing] = []
    work: list[tuple[str, Any, Any, int]] = [("", before, after, 0)]
    while work and len(found) < MOST_MEMBERS:
        path, one, other, depth = work.pop()
        if isinstance(one, dict) and isinstance(other, dict) and depth < _DEEPEST:
            for name in reversed([*one, *(name for name in other if name not in one)]):
                inner = f"{path}.{name}" if path else name
                work.append((inner, one.get(name, ABSENT), other.get(name, ABSENT), depth + 1))
        elif not _same(one, other):
            found.append(Differing(path, one, other))
    return found


def _same(one: Any, other: Any) -> bool:
    """Whether two parsed values are the same JSON."""
    work = [(one, other)]
    while work:
        one, other = work.pop()
        if type(one) is not type(other):
            return False
        if isinstance(one, dict):
            if one.keys() != other.keys():
                return False
            work.extend((one[name], other[name]) for name in one)
        elif isinstance(one, list):
            if len(one) != len(other):
                return False
            work.extend(zip(one, other, strict=True))
        elif one != other and (one == one or other == other):  # NaN is no other value than NaN
            return False
    return True


@dataclass(frozen=True, slots=True)
class Relisted:
    """A section that was listed once more: to its last page, or as far as before.

    Attributes:
        section: `tools`, `resources`, `templates` or `prompts`.
        seq: Row of the last page.
        time: Seconds since the journal's start.
        difference: What became of it; empty where nothing did.
    """

    section: str
    seq: int
    time: float
    difference: Difference


@dataclass(frozen=True, slots=True)
class News:
    """What became of a section since somebody took note of it.

    Attributes:
        since: When the list was as it was then, in seconds since the journal's start.
        entries: The list as it is, with what is gone.
        new: How many entries are; likewise `changed` and `gone`.
    """

    since: float
    entries: tuple[Marked, ...]
    new: int
    changed: int
    gone: int


@dataclass(slots=True)
class _List:
    """A section, as far as it was listed at one time."""

    entries: list[Any] = field(default_factory=list)
    pages: int = 0
    whole: bool = False
    time: float = 0.0


class Changes:
    """How the lists of a journal changed.

    What begins a list anew, on another connection, is no re-listing; but it is held against what somebody
    took note of, so that a server which was started anew shows what is different.

    Attributes:
        relisted: The latest listings but the first of each section and connection, oldest first.
        revision: Raised by each change.
    """

    def __init__(self, journal: Journal) -> None:
        self.relisted: deque[Relisted] = deque(maxlen=MOST_CHANGES)
        self.revision = 0
        self._journal = journal
        self._at = 0
        self._conn = 0
        self._noted: dict[str, _List] = {}
        self._now: dict[str, _List] = {}
        self._coming: dict[str, _List] = {}
        self._news: dict[str, News] = {}

    def advance(self, budget: float) -> bool:
        """Fold more rows for about `budget` seconds; returns whether there is more to fold."""
        deadline = time.monotonic() + budget
        rows = self._journal.landmarks
        while self._at < len(rows):
            self._take(rows[self._at])
            self._at += 1
            if time.monotonic() >= deadline:
                break
        return self._at < len(rows)

    def latest(self, section: str) -> Relisted | None:
        """The last time that a section was listed once more."""
        return next((each for each in reversed(self.relisted) if each.section == section), None)

    def news(self, section: str) -> News | None:
        """What became of a section since it was taken note of; `None` where nothing did."""
        return self._news.get(section)

    def settled(self, section: str) -> bool:
        """Whether the latest listing of a section has come as far as it is compared."""
        return self._coming.get(section) is self._now.get(section)

    def take_note(self) -> None:
        """The lists as they are now are what later ones are held against."""
        if self._news:
            self._noted |= self._now
            self._news = {}
            self.revision += 1

    def _take(self, seq: int) -> None:
        section = _SECTIONS.get(answered(self._journal, seq) or "")
        if section is None:
            return
        journal = self._journal
        if journal.conn(seq) != self._conn:
            self._conn = journal.conn(seq)
            self._now, self._coming, self._news = {}, {}, {}
            self.revision += 1
        asked, reply = journal.event(journal.peer(seq)).frame, journal.event(seq).frame
        result = reply.result if reply is not None else None
        result = result if isinstance(result, Mapping) else {}
        listed = result.get(LISTS[section].key)
        if asked is not None and asked.params.get("cursor") is None:
            self._coming[section] = _List()
        coming = self._coming.get(section)
        if coming is None or not isinstance(listed, list):
            self._coming.pop(section, None)
            return
        coming.entries.extend(listed)
        coming.pages += 1
        coming.whole = result.get("nextCursor") is None
        coming.time = journal.time(seq)
        self._page_came(section, coming, seq)

    def _page_came(self, section: str, coming: _List, seq: int) -> None:
        noted = self._noted.setdefault(section, coming)
        before = self._now.get(section)
        as_far_as = before or noted
        if not coming.whole and coming.pages < as_far_as.pages:
            return  # what it has not come to yet is not gone
        self._now[section] = coming
        if before is not None and before is not coming:
            cut = not (before.whole and coming.whole)
            told = difference(before.entries, coming.entries, KEYS[section], cut=cut)
            self.relisted.append(Relisted(section, seq, coming.time, told))
        self._news.pop(section, None)
        self.revision += 1
        if noted is coming:
            return
        entries = merged(noted.entries, coming.entries, KEYS[section], cut=not (noted.whole and coming.whole))
        counts = {mark: sum(each.mark == mark for each in entries) for mark in ("new", "changed", "gone")}
        if any(counts.values()):
            self._news[section] = News(noted.time, tuple(entries), **counts)
        else:
            self._noted[section] = coming
