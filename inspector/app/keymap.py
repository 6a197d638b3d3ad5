"""What `[keys]` of the configuration makes of the keys; what it cannot mean is an error that says why."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from textual.keys import Keys

from inspector.app.actions import CHARACTERS, key_named, shown_key
from inspector.app.keys import KeyRow, every_key
from inspector.errors import UsageError

if TYPE_CHECKING:
    from inspector.kept.config import Config

_MODIFIERS = frozenset({"ctrl", "alt", "shift", "meta", "super", "hyper"})
_NAMES = frozenset(key.value for key in Keys) | {"space", "enter", "tab", "escape", "backspace", "delete"}
_TAKEN = ("ctrl+p", "tab", "shift+tab", "ctrl+c")
"""Keys of the app as a whole: the palette, from field to field, what copies and interrupts."""


def keymap(config: Config) -> dict[str, tuple[str, ...]]:
    """The keys that are changed, by id (`main.run`), as Textual names them.

    Raises:
        UsageError: There is no such place, name or key; or a key would mean two things in one place.
    """
    if not config.keys:
        return {}  # most change none: without this, the first paint would wait for every widget that has keys
    rows = {row.id: row for row in every_key()}
    places = {row.place for row in rows.values()}
    changed: dict[str, tuple[str, ...]] = {}
    for place, names in config.keys.items():
        if place not in places:
            raise _unknown(config, ("keys", place), "place", places)
        for name, written in names.items():
            id = f"{place}.{name}"
            if id not in rows:
                there = {row.name for row in rows.values() if row.place == place}
                raise _unknown(config, ("keys", place, name), f"key in {place}", there)
            changed[id] = tuple(_key(config, rows[id], each) for each in written)
    _no_conflict(config, changed)
    return changed


def _key(config: Config, row: KeyRow, written: str) -> str:
    key = key_named(written.strip())
    *modifiers, last = key.split("+") if key != "+" else [key]
    where = ("keys", row.place, row.name)
    known = len(written) == 1 or len(last) == 1 or key in _NAMES or last in _NAMES or key in CHARACTERS
    if not set(modifiers) <= _MODIFIERS or not known:
        raise config.wrong(where, f"{written!r} is no key", "For example f5, r, R, ctrl+r, alt+up, esc, /")
    if key in _TAKEN:
        raise config.wrong(where, f"{written} belongs to the app as a whole", "Choose another key")
    if row.priority and not modifiers and not last.startswith("f"):
        says = f"{row.name} works while one types, which {written} would be part of"
        raise config.wrong(where, says, "Choose one with ctrl or alt, or a function key")
    return key


def _no_conflict(config: Config, changed: dict[str, tuple[str, ...]]) -> None:
    taken: dict[tuple[str, str], KeyRow] = {}
    for row in every_key(changed):
        for key in row.keys:
            other = taken.setdefault((row.place, key), row)
            if other is not row:
                mine, its = (row, other) if row.id in changed else (other, row)
                raise config.wrong(
                    ("keys", mine.place, mine.name),
                    f"{shown_key(key)} would be {mine.name} and {its.name} ({its.title})",
                    f"Give {its.name} another key as well, or [] for none",
                )


def _unknown(config: Config, where: tuple[str, ...], what: str, there: set[str]) -> UsageError:
    near = difflib.get_close_matches(where[-1], sorted(there), n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(sorted(there))}"
    return config.wrong(where, f"there is no {what} called {where[-1]}", hint)
