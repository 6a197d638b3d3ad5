"""The session at a row as entries of a sheet: how it stood, what was open, what was offered. Pure.

What has changed since is marked: by then nobody knew it. Everything that a server says is made safe here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from inspector.app.panes.capabilities import server_line
from inspector.app.panes.tasks_sheet import mark, state, words
from inspector.app.widgets.sheet_lines import Entry, Piece, Pieces, heading
from inspector.journal.catalogue import Catalogue
from inspector.journal.changes import KEYS, Marked, differing, merged
from inspector.journal.journal import Journal
from inspector.journal.outline import outline
from inspector.journal.subscribed import Subscription
from inspector.journal.then import Then
from inspector.wire.methods import LISTS
from inspector.wire.visible import clip, seconds, visible_lines

AT_ONCE = 10
"""Things of a sort that are listed, the latest first; further ones are folded away."""
MOST_SHOWN = 100
"""Things of a sort that can be unfolded; further ones are counted."""
MOST_NAMES = 500
"""Names of a list that are shown."""
_NAME = 60
_STATES: Mapping[str, tuple[str, str, str]] = {
    "": ("○ ", "muted", "before the first connection"),
    "connecting": ("○ ", "warning", "connecting"),
    "connected": ("● ", "ok", "connected"),
    "closed": ("✗ ", "error", "closed"),
    "failed": ("✗ ", "error", "not connected"),
}
_MARKS = {"new": ("+ ", "ok"), "changed": ("~ ", "warning"), "gone": ("− ", "error")}
_SAYS = {"new": "came since", "changed": "changed since", "gone": "gone since"}
_DEEPEST_TOLD = 4


def then_entries(then: Then, now: Catalogue, journal: Journal) -> list[Entry]:
    """The page.

    Args:
        then: What was known at the row.
        now: What is known now, to mark what has changed.
        journal: Holds the rows.
    """
    entries = [heading("session", "Session"), *_session(then, now, journal)]
    nothing: list[str] = []
    for title, none, found in (
        ("In flight", "nothing in flight", _in_flight(then, journal)),
        ("Inbox", "no question", _questions(then)),
        ("Tasks", "no task", _tasks(then, journal)),
        ("Subscriptions", "no subscription", _subscriptions(then, journal)),
    ):
        if found:
            entries += [heading(title, f"{title} {found[0]:,}"), *found[1]]
        else:
            nothing.append(none)
    if nothing:
        text = ", ".join(nothing)
        says = f"{text[0].upper()}{text[1:]}{'' if then.whole else '; tasks are looked for'}."
        entries.append(Entry("nothing", ((says, "muted"),), hang=2))
    lists = [entry for section in LISTS for entry in _list(section, then.catalogue, now)]
    if lists:
        entries += [heading("lists", "Lists"), *lists]
    return entries


Found = tuple[int, list[Entry]]
"""How many there are, and those that are listed; an empty tuple where there is none."""


def _session(then: Then, now: Catalogue, journal: Journal) -> Iterator[Entry]:
    shape, role, says = _STATES[then.state]
    facts = []
    if then.since >= 0:
        facts.append(f"since row {then.since:,}, for {seconds(then.time - journal.time(then.since))}")
    if then.conn:
        last = journal.conn(len(journal) - 1)
        facts.append(f"connection {then.conn} of {last}" if last > 1 else "the first connection")
    if then.state in ("failed", "closed") and then.says:
        facts.append(words(then.says))
    pieces = ((shape, role), (f"{says}  ", "strong"), (" · ".join(facts), "muted"))
    yield Entry("state", pieces, hang=2, link=then.since if then.since >= 0 else None)
    catalogue = then.catalogue
    known = [
        each
        for each in (words(catalogue.protocol_version or "", 40), clip(server_line(catalogue), _NAME))
        if each
    ]
    if known:
        yield Entry("server", (("  ", "text"), (" · ".join(known), "text")), hang=2)
    for key, title, declared, later in (
        ("declared", "server declares", catalogue.capabilities, now.capabilities),
        ("client", "client declares", catalogue.client_capabilities, now.client_capabilities),
    ):
        if catalogue.era is not None and known:
            yield _declared(key, title, declared, later)
    if then.level is not None:
        yield Entry("level", (("  log level  ", "muted"), (words(then.level, 40), "text")), hang=2)


def _declared(key: str, title: str, declared: Mapping[str, Any], later: Mapping[str, Any]) -> Entry:
    names = ", ".join(words(name, _NAME) for name in declared) or "nothing"
    paths = [place.path for place in differing(dict(declared), dict(later))]
    since: Pieces = ((f"  ~ changed since: {_paths(paths)}", "warning"),) if paths else ()
    try:
        whole = json.dumps(declared, indent=2, ensure_ascii=False)
    except (RecursionError, ValueError):
        whole = "(nested too deep to be shown)"
    more = tuple(((line, "muted"),) for line in visible_lines(whole)[:200])
    return Entry(key, ((f"{title}  ", "muted"), (names, "text"), *since), more if declared else (), hang=2)


def _in_flight(then: Then, journal: Journal) -> Found | tuple[()]:
    rows = then.in_flight
    if not rows:
        return ()
    entries = []
    for seq in rows[: -MOST_SHOWN - 1 : -1]:
        row = outline(journal, seq)
        facts = f"id {row.id} · for {seconds(then.time - row.time)}"
        pieces = (
            ("→ ", "muted"),
            (f"{row.what} ", "text"),
            (f"{row.target}  ", "strong"),
            (facts, "muted"),
        )
        entries.append(Entry(f"flight-{seq}", pieces, hang=2, link=seq))
    return len(rows), _with_rest(entries, len(rows), "flight")


def _questions(then: Then) -> Found | tuple[()]:
    if not then.questions:
        return ()
    entries = []
    for number, each in enumerate(then.questions[: -MOST_SHOWN - 1 : -1]):
        says = f"“{each.says}”  " if each.says else ""
        pieces = (
            ("! ", "warning"),
            (f"{words(each.method, _NAME)}  ", "strong"),
            (says, "text"),
            (f"row {each.seq:,}", "muted"),
        )
        entries.append(Entry(f"asked-{each.seq}-{number}", pieces, hang=2, link=each.seq))
    return len(then.questions), _with_rest(entries, len(then.questions), "asked")


def _tasks(then: Then, journal: Journal) -> Found | tuple[()]:
    if not then.tasks:
        return ()
    ordered = sorted(then.tasks, key=lambda each: (each.task.over or each.gone, -each.seq))
    entries = []
    for each in ordered[:MOST_SHOWN]:
        shape, role = mark(each)
        name = outline(journal, each.request).target if each.request >= 0 else ""
        said = f"  {words(each.task.message, 80)}" if each.task.message else ""
        pieces = (
            (f"{shape} ", role),
            (f"{name or 'a task'} ", "strong"),
            (f"{words(each.task.id, 16)}  ", "muted"),
            (f"{state(each)}{said}", "text"),
        )
        entries.append(Entry(f"task-{each.task.id}", pieces, hang=2, link=each.seq))
    return len(ordered), _with_rest(entries, len(ordered), "task")


def _subscriptions(then: Then, journal: Journal) -> Found | tuple[()]:
    if not then.subscriptions:
        return ()
    entries = []
    for each in then.subscriptions[: -MOST_SHOWN - 1 : -1]:
        shape, role, says = _honoured(each)
        wanted = [words(word, 120) for word in each.wanted.words()[:8]] or ["nothing"]
        age = f"{says} · row {each.request:,}"
        pieces = ((f"{shape} ", role), (f"{', '.join(wanted)}  ", "text"), (age, "muted"))
        entries.append(Entry(f"subscribed-{each.request}", pieces, hang=2, link=each.request))
    return len(then.subscriptions), _with_rest(entries, len(then.subscriptions), "subscribed")


def _honoured(each: Subscription) -> tuple[str, str, str]:
    if each.honoured is None:
        return "○", "muted", "asked for"
    missing = len(each.missing.words())
    return ("!", "warning", f"{missing} not honoured") if missing else ("●", "ok", "honoured")


def _with_rest(entries: list[Entry], count: int, key: str) -> list[Entry]:
    """The first of them, and a line that unfolds those after."""
    rest = count - AT_ONCE
    if rest <= 0:
        return entries
    more = [entry.text for entry in entries[AT_ONCE:]]
    if count > len(entries):
        more.append(((f"and {count - len(entries):,} more", "muted"),))
    return [*entries[:AT_ONCE], Entry(f"{key}-rest", ((f"… {rest:,} more", "muted"),), tuple(more))]


# Lists


def _list(section: str, then: Catalogue, now: Catalogue) -> Iterator[Entry]:
    """One section; none where nobody declared or listed it."""
    title = LISTS[section].heading
    if not then.pages[section]:
        if LISTS[section].capability in then.capabilities:
            yield Entry(section, (("  ", "text"), (f"{title}  ", "strong"), ("not listed yet", "muted")))
        return
    entries = then.section(section)
    pieces: list[Piece] = [(f"{title} ", "strong"), (f"{len(entries):,}", "text")]
    if not then.complete[section]:
        pieces.append((" so far, more pages were to come", "muted"))
    told = _since(section, then, now)
    for name in ("changed", "gone", "new"):
        if count := sum(each.mark == name for each in told):
            shape, role = _MARKS[name]
            pieces.append((f"  {shape}{count:,} {_SAYS[name]}", role))
    if not now.pages[section]:
        pieces.append(("  not listed now", "muted"))
    yield Entry(section, tuple(pieces), tuple(_names(section, entries, told)), hang=2)


def _since(section: str, then: Catalogue, now: Catalogue) -> list[Marked]:
    """What became of the entries; empty where nobody has listed them now."""
    if not now.pages[section]:
        return []
    cut = not (then.complete[section] and now.complete[section])
    return [
        each
        for each in merged(then.section(section), now.section(section), KEYS[section], cut=cut)
        if each.mark
    ]


def _names(section: str, entries: Sequence[Any], told: Sequence[Marked]) -> Iterator[Pieces]:
    """What has changed, a line each; then all names as they were."""
    for each in told[:MOST_NAMES]:
        shape, role = _MARKS[each.mark]
        says = _SAYS[each.mark]
        if each.mark == "changed":
            says += f": {_paths([place.path for place in differing(each.before, each.entry)])}"
        yield ((shape, role), (f"{_name(section, each.entry)}  ", "strong"), (says, role))
    names = [_name(section, entry) for entry in entries[:MOST_NAMES]]
    rest = len(entries) - len(names)
    if names:
        yield ((" · ".join(names) + (f" · and {rest:,} more" if rest else ""), "text"),)


def _name(section: str, entry: Any) -> str:
    value = entry.get(KEYS[section]) if isinstance(entry, Mapping) else None
    return (words(value, _NAME) if isinstance(value, str) else "") or "(no name)"


def _paths(paths: Sequence[str]) -> str:
    shown = [words(path, 80) or "the whole" for path in paths[:_DEEPEST_TOLD]]
    rest = f" and {len(paths) - len(shown)} more" if len(paths) > len(shown) else ""
    return f"{', '.join(shown)}{rest}"
