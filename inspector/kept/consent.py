"""What a person has agreed to start: by server, a hash of what would run, and enough to say what has changed.

One file in the user's state directory, which neither roams nor is shared. Values of variables and headers are
kept as salted hashes, commands and URLs without what sounds secret in them. Nothing is asked here.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from inspector.kept.private_file import Damaged, PrivateFile
from inspector.transport.target import HttpTarget, StdioTarget, Target

FORMAT = "mcp-consents/1"
MOST = 1_000
"""Servers; beyond, the oldest go."""

State: TypeAlias = Literal["given", "new", "changed"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a server may be started without a question.

    Attributes:
        state: `given` where what would run is what was agreed to.
        changes: What is different now, in words, without values; not safe for a terminal.
    """

    state: State
    changes: tuple[str, ...] = ()


def consents_path() -> Path:
    """Where they are kept."""
    from inspector.journal.recording import state_directory

    return state_directory() / "consents.json"


class Consents:
    """The consents of a file.

    Args:
        path: The file; the user's own where `None`.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._file = PrivateFile(path or consents_path(), FORMAT)

    def look(self, name: str, file: Path, target: Target) -> Standing:
        """How it stands with a server. What cannot be read was never agreed to.

        Args:
            name: Its full name.
            file: The configuration that it stands in.
            target: What would run, before values of inputs are put in.

        Raises:
            InspectError: The file must not be believed, or is of a newer version.
        """
        try:
            kept = _entries(self._file.read()).get(_key(name, file))
        except Damaged:
            kept = None
        if not isinstance(kept, dict) or not isinstance(kept.get("salt"), str):
            return Standing("new")
        facts = _facts(target, kept["salt"])
        if kept.get("hash") == facts["hash"]:
            return Standing("given")
        return Standing("changed", tuple(_changes(kept, facts)))

    def give(self, name: str, file: Path, target: Target) -> None:
        """Remember that what would run now was agreed to.

        Raises:
            InspectError: The file cannot be written.
        """
        try:
            self._file.read()
        except Damaged:
            self._file.put_aside()
        key = _key(name, file)
        with self._file.changing() as document:
            others = {one: entry for one, entry in _entries(document).items() if one != key}
            kept = list({**others, key: _facts(target, secrets.token_hex(8))}.items())
            document["consents"] = dict(kept[-MOST:])

    def forget(self, name: str) -> int:
        """Take back what was agreed to about servers of this full name; returns how many there were.

        Raises:
            InspectError: The file cannot be read or written.
        """
        with self._file.changing() as document:
            entries = _entries(document)
            kept = {key: entry for key, entry in entries.items() if key.partition("\n")[0] != name}
            document["consents"] = kept
        return len(entries) - len(kept)


def _key(name: str, file: Path) -> str:
    return f"{name}\n{file}"


def _entries(document: Mapping[str, Any]) -> dict[str, Any]:
    found = document.get("consents")
    return found if isinstance(found, dict) else {}


def _facts(target: Target, salt: str) -> dict[str, Any]:
    """What of a target decides about what runs: exact as one hash, and in parts that hold no secret."""

    def digest(value: Any) -> str:
        text = json.dumps([salt, value], sort_keys=True)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    described = target.describe()
    if isinstance(target, StdioTarget):
        exact: list[Any] = ["stdio", target.argv, target.cwd, dict(target.env), target.inherit]
        parts = {
            "command": described["argv"],
            "folder": target.cwd or "",
            "variables": {name: digest(value)[:16] for name, value in target.env.items()},
        }
    else:
        exact = [target.url, target.headers, target.unix_socket, target.transport]
        parts = {
            "url": described["url"],
            "socket": target.unix_socket or "",
            "transport": target.transport,
            "headers": _digests(target, digest),
        }
    return {"salt": salt, "hash": digest(exact), **parts}


def _digests(target: HttpTarget, digest: Any) -> dict[str, str]:
    names = dict.fromkeys(name for name, _ in target.headers)
    return {name: digest([value for each, value in target.headers if each == name])[:16] for name in names}


def _changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    said: list[str] = []
    for part in ("command", "url", "folder", "socket", "transport"):
        old, new = _shown(before.get(part)), _shown(now.get(part))
        if old != new:
            said.append(f"{part}: {old or 'none'} → {new or 'none'}")
    for part, one in (("variables", "variable"), ("headers", "header")):
        had, has = _names(before.get(part)), _names(now.get(part))
        said += [f"new {one} {name}" for name in has if name not in had]
        said += [f"{one} {name} is gone" for name in had if name not in has]
        said += [f"{one} {name} has another value" for name in has if name in had and had[name] != has[name]]
    return said or ["something secret in the command or URL"]


def _names(part: Any) -> Mapping[str, Any]:
    return part if isinstance(part, dict) else {}


def _shown(part: Any) -> str:
    return shlex.join(map(str, part)) if isinstance(part, list) else str(part or "")
