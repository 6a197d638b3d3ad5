"""The text of a configuration with a recorder in front of one server, or without it, and the proof of it.

What is put in is taken out again to the character: the words of the command stay as they are spelt, and so
does all between them. The new text is read as its host will read it, and must mean what was meant to become
of it, and the same as before everywhere else.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from inspector.errors import UsageError
from inspector.hosts.editing.json_text import find_json
from inspector.hosts.editing.spans import NotFound, Place
from inspector.hosts.editing.toml_text import find_toml
from inspector.hosts.files import document
from inspector.hosts.recording import recorded
from inspector.hosts.server import Server


def with_recorder(server: Server, raw: bytes, front: Callable[[Sequence[str]], Sequence[str]]) -> bytes:
    """What the file should hold for the server to be recorded; the same bytes where it is already.

    Args:
        server: Which one; of it only where it stands.
        raw: What the file holds.
        front: What belongs in front of the command, where that has so far been there.

    Raises:
        UsageError: The entry is not there, or cannot be changed for sure.
    """
    entry = _entry(server, raw)
    argv = _argv(entry)
    found = recorded(argv)
    before = tuple(front(found.front if found is not None else ()))
    inner = found.argv if found is not None else argv
    if (*before, *inner) == argv:
        return raw
    if found is not None:
        raw = without_recorder(server, raw)
    text = raw.decode("utf-8")
    try:
        new = _put(text, place_of(server, text), before).encode("utf-8")
    except UnicodeEncodeError:
        raise UsageError(f"{before[0]!r} has a name that no configuration can hold") from None
    _prove(server, raw, new, (*before, *_raw_argv(_entry(server, raw))))
    return new


def without_recorder(server: Server, raw: bytes) -> bytes:
    """What the file should hold for the server not to be recorded; the same bytes where it is not.

    Raises:
        UsageError: The entry is not there, or cannot be changed for sure.
    """
    entry = _entry(server, raw)
    found = recorded(_argv(entry))
    if found is None:
        return raw
    text = raw.decode("utf-8")
    place = place_of(server, text)
    if len(place.elements) < len(found.front):
        raise UsageError(
            f"{server.full_name} in {server.file} has its arguments where they are not looked for"
        )
    new = _take(text, place, len(found.front) - 1).encode("utf-8")
    _prove(server, raw, new, _raw_argv(entry)[len(found.front) :])
    return new


def without_any(servers: Iterable[Server], raw: bytes) -> bytes:
    """What the file should hold for none of its servers to be recorded, as far as that can be."""
    for each in servers:
        with contextlib.suppress(UsageError):  # it stands there no more, and is not recorded
            raw = without_recorder(each, raw)
    return raw


def place_of(server: Server, text: str) -> Place:
    """Where the server's command stands in the text of its file.

    Raises:
        UsageError: It cannot be told.
    """
    try:
        return (find_toml if is_toml(server.file) else find_json)(text, server.at)
    except NotFound as wrong:
        raise UsageError(f"{server.full_name} in {server.file} {wrong.message}") from None


def is_toml(file: Path) -> bool:
    """Whether a configuration is TOML rather than JSON."""
    return file.suffix == ".toml"


def quoted(word: str) -> str:
    """A word as JSON and TOML both spell it."""
    return json.dumps(word, ensure_ascii=False).replace("\x7f", "\\u007f")


# What is put in, and taken out.


def _put(text: str, place: Place, front: Sequence[str]) -> str:
    command = place.command.value
    words = ", ".join([*map(quoted, front[1:]), command.of(text)])
    first = quoted(front[0])
    if place.args is None:
        return _spliced(text, (command.start, command.end, f"{first}{_added(text, place)}[ {words} ]"))
    if place.elements:
        at = place.elements[0].start
        words += f",{_space_before(text, at)}"
    else:
        at = place.args.value.start + 1
    return _spliced(text, (command.start, command.end, first), (at, at, words))


def _take(text: str, place: Place, count: int) -> str:
    """Without the first `count` arguments, the one after them as the command."""
    command, elements = place.command.value, place.elements
    assert place.args is not None
    first, own, array = elements[0], elements[count], place.args.value
    command_again = (command.start, command.end, own.of(text))
    if len(elements) > count + 1:
        return _spliced(text, command_again, (first.start, elements[count + 1].start, ""))
    # Who has no arguments has had a key for them, or has not: what was put in then stands behind `[ `.
    if first.start == array.start + 2 and text[command.end : array.start] == _added(text, place):
        return _spliced(text, (command.start, array.end, own.of(text)))
    before, after = text[array.start + 1 : first.start], text[own.end : array.end - 1]
    if "\n" in before and not before.strip() and not after.strip(" \t\r\n,"):  # a program put it into lines
        return _spliced(text, command_again, (array.start, array.end, "[]"))
    comma = len(after) - len(after.lstrip().removeprefix(",")) if after.lstrip().startswith(",") else 0
    return _spliced(text, command_again, (first.start, own.end + comma, ""))


def _added(text: str, place: Place) -> str:
    """What stands between a command and its arguments where these are added."""
    key = place.command.key
    if not place.lines:
        spelt = "args" if place.assigns == " = " else '"args"'
        gap = "," + _space_before(text, key.start)
    else:
        spelt, gap = "args", _line_before(text, key.start)
    return gap + text[key.start : place.command.last.start] + spelt + place.assigns


def _space_before(text: str, at: int) -> str:
    """A line break and what indents it, where something stands on a line of its own; else one space."""
    line = _line_before(text, at, " ")
    return line if not line.strip() else " "


def _line_before(text: str, at: int, first: str = "\n") -> str:
    """The line break before `at` and what stands between; `first` where `at` is in the first line."""
    broken = text.rfind("\n", 0, at)
    if broken < 0:
        return first
    return text[broken - (text[broken - 1 : broken] == "\r") : at]


def _spliced(text: str, *splices: tuple[int, int, str]) -> str:
    for start, end, new in sorted(splices, reverse=True):
        text = text[:start] + new + text[end:]
    return text


# What it means.


def _prove(server: Server, raw: bytes, new: bytes, argv: Sequence[Any]) -> None:
    """Make sure that command and arguments of the entry are as they should be, and all else as it was."""
    expected = _changed(document(server.file, raw, lenient=True), server.at, argv)
    try:
        found = _changed(document(server.file, new, lenient=True), server.at, None)
        same = _written(found) == _written(expected)
    except (UsageError, KeyError, TypeError, RecursionError):
        same = False
    if not same:
        raise UsageError(
            f"{server.full_name} in {server.file} cannot be changed without changing something else",
            next="Nothing was changed: edit the file by hand",
        )


def _changed(whole: Any, at: Sequence[str], argv: Sequence[Any] | None) -> Any:
    """The document with another command in the entry there; no arguments are the same as an empty list."""
    if at:
        return {**whole, at[0]: _changed(whole[at[0]], at[1:], argv)}
    entry, inner = dict(whole), None
    if isinstance(entry["command"], dict):
        inner = entry["command"] = dict(entry["command"])
    names = entry if inner is None else inner
    holds = inner if inner is not None and ("args" in inner or "args" not in entry) else entry
    if argv is not None:
        names["command" if inner is None else "path"] = argv[0]
        holds["args"] = list(argv[1:])
    if holds.get("args") == []:
        del holds["args"]
    return entry


def _written(value: Any) -> str:
    """A value so that what differs in kind differs too, and a number that is none equals itself."""
    return json.dumps(value, sort_keys=True, default=repr)


def _entry(server: Server, raw: bytes) -> Mapping[str, Any]:
    found: Any = document(server.file, raw, lenient=True)
    for key in server.at:
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, dict) or found.get("command") is None:
        raise UsageError(f"{server.full_name} stands in {server.file} no more as it did")
    return found


def _raw_argv(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    """Command and arguments as the document has them: a number among them stays one."""
    command, args = entry["command"], entry.get("args")
    if isinstance(command, dict):
        args = command.get("args", args)
        command = command.get("path")
    return (command, *(args if isinstance(args, list) else ()))


def _argv(entry: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        each if isinstance(each, str) else json.dumps(each, default=repr) for each in _raw_argv(entry)
    )
