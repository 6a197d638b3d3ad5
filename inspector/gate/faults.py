"""Rules from a file (`--faults FILE`): TOML, a table `[[rule]]` for each. docs/breakpoints.md describes it.

[[rule]]
do = "delay 500ms"             # an action, as in a line of the app
filter = "method:tools/call"   # every message where there is none
every = 3
times = 2
on = true
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from inspector.errors import UsageError
from inspector.gate.rule import Rule
from inspector.gate.text import RuleError, checked, rule
from inspector.wire.visible import clip, visible

LARGEST = 1_000_000
"""Bytes of a file."""
MOST = 200
"""Rules."""
_TABLE = re.compile(r"^[ \t]*\[\[[ \t]*rule[ \t]*\]\]", re.MULTILINE)
_TYPES: dict[str, tuple[type, str]] = {
    "do": (str, 'a text such as "delay 500ms"'),
    "filter": (str, 'a filter such as "method:tools/call"'),
    "every": (int, "a whole number from 1 on"),
    "times": (int, "a whole number from 1 on"),
    "on": (bool, "true or false"),
}


def load(path: Path) -> tuple[Rule, ...]:
    """The rules of a file, in their order.

    Raises:
        UsageError: It cannot be read, or says something that is no rule: the line, and what was expected.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
        text = raw.decode("utf-8")
    except OSError as error:
        raise UsageError(
            f"The rules in {visible(str(path))} cannot be read: {error.strerror}", next="Check the path"
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"The rules in {visible(str(path))} are no UTF-8") from error
    if len(raw) > LARGEST:
        raise UsageError(f"The rules in {visible(str(path))} are more than {LARGEST:,} bytes")
    return read(text, visible(str(path)))


def read(text: str, name: str = "the rules") -> tuple[Rule, ...]:
    """The rules of a text; `name` is what errors call it.

    Raises:
        UsageError: As `load`.
    """
    import tomllib  # few commands read rules

    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{name} is no TOML: {visible(str(error))}", next=_NEXT) from error
    tables = found.pop("rule", [])
    if found:
        raise UsageError(
            f"{name} has {clip(visible(next(iter(found))), 60)!r}", next="Expected only [[rule]]"
        )
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise UsageError(f"{name}: `rule` is no list of tables", next=_NEXT)
    if len(tables) > MOST:
        raise UsageError(f"{name} has {len(tables):,} rules", next=f"Expected at most {MOST}")
    lines = [text.count("\n", 0, match.end()) + 1 for match in _TABLE.finditer(text)]
    if len(lines) != len(tables):  # in another spelling of TOML: what can be told is which rule it is
        lines = [0] * len(tables)
    return tuple(
        _rule(table, f"{name}, line {line}" if line else f"{name}, rule {number}")
        for number, (table, line) in enumerate(zip(tables, lines, strict=True), 1)
    )


_NEXT = 'Expected tables [[rule]] with do = "…" and filter = "…"'


def _rule(table: dict[str, Any], where: str) -> Rule:
    for key, value in table.items():
        if key not in _TYPES:
            known = ", ".join(_TYPES)
            raise UsageError(f"{where}: there is no {clip(visible(key), 60)!r}", next=f"Expected {known}")
        sort, expected = _TYPES[key]
        counts = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**9
        if not (counts if sort is int else isinstance(value, sort)):
            raise UsageError(f"{where}: {key} is wrong", next=f"Expected {expected}")
    if "do" not in table:
        raise UsageError(f"{where}: `do` is missing", next=f"Expected {_TYPES['do'][1]}")
    try:
        base = rule(table["do"])
        if base.filter and "filter" in table:
            raise RuleError("There is a filter in `do` and beside it", 0, "one of them")
        return Rule(
            checked(table["filter"]) if "filter" in table else base.filter,
            base.action,
            table.get("times", base.times),
            table.get("every", base.every),
            table.get("on", True),
        )
    except RuleError as wrong:
        says = f"{where}: {visible(wrong.says[:1].lower() + wrong.says[1:])}, character {wrong.at + 1}"
        raise UsageError(says, next=f"Expected {wrong.expected}") from wrong
