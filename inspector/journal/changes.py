"""What is different between two lists of tools, resources, templates or prompts; and each list's history.

`difference` is pure. `Changes` is the fold of a journal: whenever a section was listed to its last page
once more, what came, what went, and what changed in which members. Entries are compared as JSON:
`1`, `1.0` and `true` are three values.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inspector.journal.journal import Journal
from inspector.journal.scan import Scan, answered
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


def difference(before: Sequence[Any], after: Sequence[Any], key: str) -> Difference:
    """What is different in `after`, by the member `key` of each entry.

    Entries of the same name are told apart by their order; an entry without a name is one named `""`.
    """
    old, new = dict(_named(before, key)), dict(_named(after, key))
    stayed = [each for each in new if each in old]
    changed = []
    for each in stayed:
        members = tuple(_differing(old[each], new[each]))
        if members:
            changed.append(Changed(each[0], members, old[each], new[each]))
    return Difference(
        tuple(name for name, nth in new if (name, nth) not in old),
        tuple(name for name, nth in old if (name, nth) not in new),
        tuple(changed),
        stayed != [each for each in old if each in new],
    )


def _named(entries: Sequence[Any], key: str) -> Iterator[tuple[tuple[str, int], Any]]:
    seen: dict[str, int] = {}
    for entry in entries:
        value = entry.get(key) if isinstance(entry, Mapping) else None
        name = value if isinstance(value, str) else ""
        seen[name] = seen.get(name, 0) + 1
        yield (name, seen[name]), entry


def _differing(before: Any, after: Any) -> list[str]:
    """Paths of what differs; `""` where it is the entry itself. No recursion."""
    found: list[str] = []
    work: list[tuple[str, Any, Any, int]] = [("", before, after, 0)]
    while work and len(found) < MOST_MEMBERS:
        path, one, other, depth = work.pop()
        if isinstance(one, dict) and isinstance(other, dict) and depth < _DEEPEST:
            for name in reversed([*one, *(name for name in other if name not in one)]):
                inner = f"{path}.{name}" if path else name
                if name in one and name in other:
                    work.append((inner, one[name], other[name], depth + 1))
                else:
                    work.append((inner, _GONE, None, depth))
        elif one is _GONE or not _same(one, other):
            found.append(path)
    return found


_GONE = object()


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
    """A section that was listed once more, to its last page.

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


class Changes:
    """How the lists of a journal changed, connection by connection: what begins one anew is no change.

    Attributes:
        relisted: The latest listings but the first of each section, oldest first.
    """

    def __init__(self, journal: Journal) -> None:
        self.relisted: deque[Relisted] = deque(maxlen=MOST_CHANGES)
        self._journal = journal
        self._scan = Scan(journal)
        self._conn = 0
        self._whole: dict[str, list[Any]] = {}
        self._pages: dict[str, list[Any]] = {}

    def advance(self, budget: float) -> bool:
        """Fold more rows for about `budget` seconds; returns whether there is more to fold."""
        return self._scan.advance(budget, self._take)

    def latest(self, section: str) -> Relisted | None:
        """The last time that a section was listed once more."""
        return next((each for each in reversed(self.relisted) if each.section == section), None)

    def _take(self, seq: int) -> None:
        section = _SECTIONS.get(answered(self._journal, seq) or "")
        if section is None:
            return
        journal = self._journal
        if journal.conn(seq) != self._conn:
            self._conn = journal.conn(seq)
            self._whole, self._pages = {}, {}
        asked, reply = journal.event(journal.peer(seq)).frame, journal.event(seq).frame
        result = reply.result if reply is not None else None
        result = result if isinstance(result, Mapping) else {}
        listed = result.get(LISTS[section].key)
        if asked is not None and asked.params.get("cursor") is None:
            self._pages[section] = []
        pages = self._pages.get(section)
        if pages is None or not isinstance(listed, list):
            self._pages.pop(section, None)
            return
        pages.extend(listed)
        if result.get("nextCursor") is None:
            before = self._whole.get(section)
            self._whole[section] = self._pages.pop(section)
            if before is not None:
                told = difference(before, pages, KEYS[section])
                self.relisted.append(Relisted(section, seq, journal.time(seq), told))
