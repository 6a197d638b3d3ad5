"""What a restart changed, as entries of a sheet and in a sentence: what the server says of itself, its lists,
the result of the same call. Pure; everything that a server says is made safe here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from inspector.app.changed import places, sheet
from inspector.app.difference import Row
from inspector.app.panes.capabilities import server_line
from inspector.app.widgets.sheet_lines import Entry, Piece, Pieces, heading, line
from inspector.journal.catalogue import Catalogue
from inspector.journal.changes import KEYS, Marked, differing, merged
from inspector.wire.methods import LISTS
from inspector.wire.visible import clip, visible, visible_lines

MOST_SHOWN = 200
"""Entries of a list that are told of."""
_NAME = 60
_LONGEST = 300
_LINES = 60
_SIGNS = {"new": ("+ ", "ok"), "changed": ("~ ", "warning"), "gone": ("− ", "error")}
_FACTS = (
    ("serverInfo", "name and version"),
    ("protocolVersion", "protocol version"),
    ("capabilities", "capabilities"),
    ("instructions", "instructions"),
)


def changed_entries(before: Catalogue, now: Catalogue) -> list[Entry]:
    """What the server says of itself and offers now, held against `before`; empty where that is the same."""
    entries = list(_facts(before, now))
    if entries:
        entries.insert(0, heading("server", f"Server {clip(server_line(now), _NAME)}"))
    for section, told in differences(before, now).items():
        title: list[Piece] = [(f"{LISTS[section].heading} {len(now.section(section)):,}", "heading")]
        for mark, (sign, role) in _SIGNS.items():
            if count := sum(each.mark == mark for each in told):
                title.append((f"  {sign}{count:,} {mark}", role))
        entries.append(Entry(section, tuple(title), rest=True))
        entries += [_entry(section, number, each) for number, each in enumerate(told[:MOST_SHOWN])]
        if (rest := len(told) - MOST_SHOWN) > 0:
            entries.append(line(f"{section}-rest", (f"… {rest:,} more", "muted")))
    return entries


def differences(before: Catalogue, now: Catalogue) -> dict[str, list[Marked]]:
    """What became of the entries of each section that both listed; where nothing did, it is left out."""
    found = {}
    for section in LISTS:
        if before.pages[section] and now.pages[section]:
            cut = not (before.complete[section] and now.complete[section])
            whole = merged(before.section(section), now.section(section), KEYS[section], cut=cut)
            if told := [each for each in whole if each.mark]:
                found[section] = told
    return found


def summary(before: Catalogue, now: Catalogue) -> str:
    """What is different, in a line of counts; empty for nothing."""
    said = []
    for section, told in differences(before, now).items():
        counts = {mark: sum(each.mark == mark for each in told) for mark in _SIGNS}
        words = ", ".join(f"{count:,} {mark}" for mark, count in counts.items() if count)
        said.append(f"{LISTS[section].heading}: {words}.")
    was, facts = before.facts(), now.facts()
    if other := [title for key, title in _FACTS if differing(was[key], facts[key])]:
        said.append(f"Changed: {', '.join(other)}.")
    return " ".join(said)


def result_entries(title: str, rows: Sequence[Row] | None, link: object) -> list[Entry]:
    """The same call then and now.

    Args:
        title: What was called, safe.
        rows: What is different in its result; `None` while that is worked out.
        link: What the entry leads to.
    """
    count = sum(row.differs for row in rows or ())
    says = "comparing" if rows is None else f"{count:,} line{'s' * (count != 1)} differ{'s' * (count == 1)}"
    role = "warning" if count else "ok" if rows is not None else "muted"
    words = says if count or rows is None else "the same"
    found = [
        heading("result", "Result of the same call"),
        Entry("call", ((f"{title}  ", "strong"), (words, role)), hang=2, link=link if count else None),
    ]
    for number, row in enumerate([row for row in rows or () if row.differs][:_LINES]):
        if row.left:
            found.append(line(f"left-{number}", (f"− {clip(row.left, _LONGEST)}", "error"), hang=2))
        if row.right:
            found.append(line(f"right-{number}", (f"+ {clip(row.right, _LONGEST)}", "ok"), hang=2))
    return found


def _facts(before: Catalogue, now: Catalogue) -> Iterator[Entry]:
    was, facts = before.facts(), now.facts()
    for key, title in _FACTS:
        if differing(was[key], facts[key]):
            more = tuple(entry.text for entry in sheet(was[key], facts[key]))
            yield Entry(f"fact-{key}", (("~ ", "warning"), (title, "strong")), more, hang=2, unfolded=True)


def _entry(section: str, number: int, each: Marked) -> Entry:
    sign, role = _SIGNS[each.mark]
    value = each.entry.get(KEYS[section]) if isinstance(each.entry, Mapping) else None
    name = (clip(visible(value[:_LONGEST]), _NAME) if isinstance(value, str) else "") or "(no name)"
    pieces: list[Piece] = [(sign, role), (f"{name}  ", "strong")]
    more: tuple[Pieces, ...]
    if each.mark == "changed":
        pieces.append((clip(visible(places(each.before, each.entry)), _LONGEST), "muted"))
        more = tuple(entry.text for entry in sheet(each.before, each.entry))
    else:
        more = tuple(((text, "muted"),) for text in _json(each.entry))
    return Entry(f"{section}-{number}-{name}", tuple(pieces), more, hang=2, unfolded=each.mark == "changed")


def _json(value: Any) -> list[str]:
    try:
        lines = visible_lines(json.dumps(value, ensure_ascii=False, indent=2))
    except (RecursionError, ValueError):
        return ["(nested too deep to be shown)"]
    return [clip(text, _LONGEST) for text in lines[:_LINES]]
