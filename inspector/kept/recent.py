"""What the app was connected to lately: the last targets, to be connected to again.

One file in the user's state directory. It holds no secret: what sounds secret in a command or URL, and the
values of variables and headers, are left out, and asked for when the target is wanted again.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from inspector.errors import InspectError
from inspector.hosts.server import Input, Server
from inspector.journal.redact_argv import redact_argv
from inspector.kept.private_file import Damaged, PrivateFile
from inspector.transport.target import HttpKind, HttpTarget, Target

FORMAT = "mcp-recent/1"
MOST = 20
HOST = "recent"
"""The host of what a person once gave by hand."""
_FINGERPRINT = re.compile(r"sha256:[0-9a-f]{8}")
_KINDS: Mapping[str, HttpKind] = {"http": "http", "sse": "sse"}


@dataclass(frozen=True, slots=True)
class Recent:
    """One target.

    Attributes:
        at: Unix seconds.
        name: The full name in a configuration; empty for what was given by hand.
        server: What was given by hand, with inputs for what is not kept; `None` for a name.
    """

    at: float
    name: str = ""
    server: Server | None = None


def recent_path() -> Path:
    """Where they are kept."""
    from inspector.journal.recording import state_directory

    return state_directory() / "recent.json"


class Recents:
    """The last targets, in a file.

    Args:
        path: The file; the user's own where `None`.
        now: Unix seconds.
    """

    def __init__(self, path: Path | None = None, *, now: Callable[[], float] = time.time) -> None:
        self._path = path or recent_path()
        self._file = PrivateFile(self._path, FORMAT)
        self._now = now

    def all(self) -> list[Recent]:
        """The newest first; nothing where the file cannot be read: it is only a convenience."""
        try:
            entries = _entries(self._file.read())
        except InspectError:
            return []
        return [one for entry in entries if (one := _recent(entry, self._path)) is not None]

    def add(self, target: Target, name: str = "") -> None:
        """Remember a target as the newest.

        Args:
            target: What was connected to.
            name: Its full name, where a configuration has it.

        Raises:
            InspectError: The file cannot be written.
        """
        entry: dict[str, Any] = {"name": name} if name else _entry(target)
        try:
            self._file.read()
        except Damaged:
            self._file.put_aside()
        with self._file.changing() as document:
            others = [one for one in _entries(document) if {**one, "at": 0} != {**entry, "at": 0}]
            document["recent"] = [{**entry, "at": round(self._now(), 3)}, *others][:MOST]


def _entry(target: Target) -> dict[str, Any]:
    described = target.describe()
    if isinstance(target, HttpTarget):
        entry = {
            "url": described["url"],
            "headers": list(dict.fromkeys(described["headers"])),
            "socket": target.unix_socket,
            "transport": target.transport,
        }
    else:
        # Where it was started decides what a relative path in it means.
        cwd = target.cwd or str(Path.cwd())
        entry = {"argv": list(redact_argv(target.argv)), "cwd": cwd, "env": sorted(target.env)}
    return {key: value for key, value in entry.items() if value}


def _entries(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = document.get("recent")
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _recent(entry: Mapping[str, Any], file: Path) -> Recent | None:
    when = entry.get("at")
    at = float(when) if isinstance(when, int | float) and not isinstance(when, bool) else 0.0
    if name := _word(entry, "name"):
        return Recent(at, name)
    inputs: list[Input] = []
    base = Server("", HOST, file, Path(_word(entry, "cwd") or "."), "inputs", cwd=_word(entry, "cwd"))
    if argv := _words(entry, "argv"):
        before = ["", *argv]
        command, *args = (_asking(word, inputs, before[at]) for at, word in enumerate(argv))
        env = {each: _asked(each, inputs) for each in _words(entry, "env")}
        return Recent(
            at, server=replace(base, command=command, args=tuple(args), env=env, inputs=tuple(inputs))
        )
    if url := _asking(_word(entry, "url"), inputs):
        said = entry.get("transport")
        server = replace(
            base,
            url=url,
            headers={each: _asked(each, inputs) for each in _words(entry, "headers")},
            transport=_KINDS.get(said, "auto") if isinstance(said, str) else "auto",
            unix_socket=_word(entry, "socket"),
            inputs=tuple(inputs),
        )
        return Recent(at, server=server)
    return None


def _asked(name: str, inputs: list[Input]) -> str:
    """A value that was not kept, to be asked for by its name."""
    inputs.append(Input(f"value {len(inputs) + 1}", name, secret=True))
    return f"${{input:{inputs[-1].id}}}"


def _asking(text: str, inputs: list[Input], before: str = "") -> str:
    """A text with what was not kept of it to be asked for; `before` is the word that stands before it."""
    title = _FINGERPRINT.sub("…", f"{before} {text}" if _FINGERPRINT.fullmatch(text) else text).strip()
    return "".join(_asked(title, inputs) if piece is None else piece for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str | None]:
    end = 0
    for found in _FINGERPRINT.finditer(text):
        yield text[end : found.start()]
        yield None
        end = found.end()
    yield text[end:]


def _word(entry: Mapping[str, Any], key: str) -> str:
    found = entry.get(key)
    return found if isinstance(found, str) else ""


def _words(entry: Mapping[str, Any], key: str) -> list[str]:
    found = entry.get(key)
    return [word for word in found if isinstance(word, str)] if isinstance(found, list) else []
