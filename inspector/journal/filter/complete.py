"""How the text of a filter may go on where the cursor stands: fields, words, and values that occurred.

Values are the peer's own, quoted where the language needs it: make them `visible` before they are shown.
What occurred is looked for in the last rows only, so that it costs the same at any length.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from inspector.journal.filter import rows
from inspector.journal.filter.fields import FIELDS
from inspector.journal.filter.terms import PLAIN_NAME
from inspector.wire.event import Kind, Shape

if TYPE_CHECKING:
    from inspector.journal.journal import Journal

MOST = 50
"""Ways to go on that are given."""
_METHODS_BACK = 200_000
_ROWS_BACK = 5_000
_READ = 60
_LARGEST = 65_536  # bytes of a message that is read for its keys
_LONGEST = 200  # characters of a value
_TOKEN = re.compile(r'(?:[^\s()"]|"(?:[^"\\]|\\.)*"?)*$', re.DOTALL)
_REST = re.compile(r'[^\s()"]*')
_HEAD = re.compile(r"([A-Za-z]+):")
_STEP = re.compile(r'\.([^\s.\[\]()=!<>~"\'*$]*)|\[(\*|"(?:[^"\\]|\\.)*"?|-?\d*)\]?')
_PLAIN = re.compile(r'[^\s()"*?/<>][^\s()"*?]*')
_EXAMPLES = {
    "lat": (">100ms", ">1s", ">10s", "100ms..1s"),
    "size": (">1kb", ">10kb", ">1mb", "..100b"),
    "time": (">60s", "..10s", "10s..20s"),
}


@dataclass(frozen=True, slots=True)
class Option:
    """A way to go on.

    Attributes:
        text: What stands there then.
        says: What it means, in a few words; empty where it is a value.
    """

    text: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """What may stand between two places of the text, counted in characters.

    Attributes:
        start: Where it begins.
        end: Where it ends; the cursor is there or before.
        options: The ways to go on, the likeliest first, at most `MOST`.
    """

    start: int
    end: int
    options: tuple[Option, ...] = ()


def complete(text: str, cursor: int, journal: Journal) -> Completion:
    """How `text` may go on at `cursor`."""
    found = _TOKEN.search(text[:cursor])
    token = found[0] if found else ""
    start = cursor - len(token)
    rest = _REST.match(text, cursor)
    end = rest.end() if rest and rest[0] and token else cursor
    if token.startswith("$"):
        at, options = _paths(token, journal)
        return Completion(start + at, end, _some(options))
    head = _HEAD.match(token)
    if head is not None and head[1].lower() in FIELDS:
        begun = token[head.end() :].strip('"').lower()
        values = _values(head[1].lower(), journal)
        options = [each for each in values if begun in each.text.lower()]
        options.sort(key=lambda each: not each.text.strip('"').lower().startswith(begun))
        return Completion(start + head.end(), end, _some(options))
    if token.startswith(('"', "/")):
        return Completion(start, end)
    return Completion(start, end, _some(_words(token.lower(), bool(text[:start].strip()), journal)))


def _some(options: Iterable[Option]) -> tuple[Option, ...]:
    found: dict[Option, None] = {}
    for option in options:  # no further than they are shown: a server may have thousands of tools
        found[option] = None
        if len(found) >= MOST:
            break
    return tuple(found)


def _words(begun: str, follows: bool, journal: Journal) -> Iterable[Option]:
    """Fields, `$` and connecting words; and, once something is typed, values in their fields."""
    for name, kind in FIELDS.items():
        if name.startswith(begun):
            yield Option(f"{name}:", kind.says)
    if not begun:
        yield Option("$", "a place in the message's JSON")
    for word, says in (("and", "both"), ("or", "one of the two"), ("not", "the rest")):
        if word.startswith(begun) and word != begun and (follows or word == "not"):
            yield Option(f"{word} ", says)
    if begun:
        for name in ("method", "tool"):
            for value in _OCCURRED[name](journal):
                if begun in value.lower():  # before it is quoted: there may be thousands
                    yield Option(f"{name}:{quoted(value)}")


def _values(name: str, journal: Journal) -> Iterable[Option]:
    if name in _EXAMPLES:
        yield from (Option(value) for value in _EXAMPLES[name])
        return
    yield from (Option(choice) for choice in FIELDS[name].choices)
    if (look := _OCCURRED.get(name)) is not None:
        yield from (Option(quoted(value)) for value in look(journal))


def quoted(value: str) -> str:
    """A value as the language takes it."""
    value = value[:_LONGEST]
    if _PLAIN.fullmatch(value) and value.isprintable():
        return value
    return json.dumps(value, ensure_ascii=not value.isprintable())


# What occurred


def _back(journal: Journal, shape: Shape | None = None, method: str | None = None) -> Iterable[int]:
    for seq in range(len(journal) - 1, max(-1, len(journal) - 1 - _ROWS_BACK), -1):
        if (shape is None or journal.shape(seq) is shape) and (
            method is None or journal.method(seq) == method
        ):
            yield seq


def _methods(journal: Journal) -> list[str]:
    columns = journal.columns
    names = (columns.name_of(number) for number in set(columns.method[-_METHODS_BACK:]))
    return sorted(name for name in names if name)


def _tools(journal: Journal) -> list[str]:
    entries = (each.get("name") for each in journal.catalogue.tools if isinstance(each, dict))
    listed = [name for name in entries if isinstance(name, str) and name]
    called = [rows.tool_of(journal, seq) for seq in islice(_back(journal, Shape.REQUEST, rows.CALL), _READ)]
    return list(dict.fromkeys((*(tool for tool in called if tool), *listed)))


def _ids(journal: Journal) -> list[str]:
    ids = (rows.ids_of(journal, seq) for seq in islice(_back(journal, Shape.REQUEST), _READ))
    return list(dict.fromkeys(each[-1] for each in ids if each))


def _findings(journal: Journal) -> list[str]:
    flawed = islice((seq for seq in _back(journal) if journal.flawed(seq)), _READ)
    return sorted({rule for seq in flawed for rule in rows.rules_of(journal, seq)})


def _codes(journal: Journal) -> list[str]:
    steps = islice((seq for seq in _back(journal) if journal.kind(seq) is Kind.HTTP), _READ)
    return sorted({str(code) for seq in steps if (code := rows.code_of(journal, seq)) is not None})


def _connections(journal: Journal) -> list[str]:
    last = journal.conn(len(journal) - 1) if len(journal) else 0
    return [str(number) for number in range(last, max(0, last - _READ), -1)]


_OCCURRED: Mapping[str, Callable[[Journal], list[str]]] = {
    "method": _methods,
    "tool": _tools,
    "id": _ids,
    "finding": _findings,
    "status": _codes,
    "session": _connections,
}


# Paths


def _paths(token: str, journal: Journal) -> tuple[int, list[Option]]:
    """Where the last step of a path begins, and the keys that occurred there."""
    steps: list[str | int] = []
    at, begun = 1, 0
    for match in _STEP.finditer(token, 1):
        if match.start() != at:
            return len(token), []
        begun, at = at, match.end()
        key, index = match[1], match[2]
        steps.append(key if key is not None else _index(index))
    if at != len(token):
        return len(token), []
    if not steps:
        begun, last = 1, ""
    else:
        if token.endswith("]"):
            return len(token), []
        last = str(steps.pop()).lower()
    keys: dict[str, None] = {}
    for seq in islice(_small_messages(journal), _READ):
        for value in _at(rows.document_of(journal, seq), steps):
            keys.update(dict.fromkeys(islice(value, MOST)) if isinstance(value, dict) else {})
    options = [Option(_written(key)) for key in keys if last in key.lower()]
    options.sort(key=lambda each: not each.text.lstrip('.["').lower().startswith(last))
    return begun, options


def _small_messages(journal: Journal) -> Iterable[int]:
    return (
        seq for seq in _back(journal) if journal.kind(seq) is Kind.MESSAGE and journal.size(seq) <= _LARGEST
    )


def _index(text: str) -> str | int:
    if text.startswith('"'):
        try:
            return str(json.loads(text))
        except ValueError:  # it is still being typed
            return text.strip('"')
    return int(text) if text.lstrip("-").isdecimal() else -1


def _at(value: Any, steps: list[str | int]) -> Iterable[Any]:
    for step in steps:
        if isinstance(step, str):
            if not isinstance(value, dict) or step not in value:
                return
            value = value[step]
        else:
            if not isinstance(value, list) or not value:
                return
            value = value[step] if -len(value) <= step < len(value) else value[0]
    yield value


def _written(key: str) -> str:
    if len(key) <= _LONGEST and PLAIN_NAME.fullmatch(key) and key.isprintable():
        return f".{key}"
    return f"[{json.dumps(key[:_LONGEST], ensure_ascii=not key.isprintable())}]"
