"""What a person has agreed to start: by server, a hash of what would run, and enough to say what has changed.

One file in the user's state directory, which neither roams nor is shared. Values of variables and headers are
kept as salted hashes, commands and URLs without what sounds secret in them. Nothing is asked here.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from inspector.hosts.facts import what
from inspector.hosts.server import Server
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

    def look(self, server: Server, target: Target) -> Standing:
        """How it stands with a server. What cannot be read was never agreed to.

        Args:
            server: As its configuration has it.
            target: What would run, before values of inputs are put in.

        Raises:
            InspectError: The file must not be believed, or is of a newer version.
        """
        try:
            kept = _entries(self._file.read()).get(_key(server))
        except Damaged:
            kept = None
        if not isinstance(kept, dict) or not isinstance(kept.get("salt"), str):
            return Standing("new")
        facts = _facts(server, target, kept["salt"])
        if kept.get("hash") == facts["hash"]:
            return Standing("given")
        return Standing("changed", tuple(_changes(kept, facts)))

    def give(self, server: Server, target: Target) -> None:
        """Remember that what would run now was agreed to.

        Raises:
            InspectError: The file cannot be written.
        """
        try:
            self._file.read()
        except Damaged:
            self._file.put_aside()
        key = _key(server)
        with self._file.changing() as document:
            others = {one: entry for one, entry in _entries(document).items() if one != key}
            kept = list({**others, key: _facts(server, target, secrets.token_hex(8))}.items())
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


def _key(server: Server) -> str:
    return f"{server.full_name}\n{server.file}"


def _entries(document: Mapping[str, Any]) -> dict[str, Any]:
    found = document.get("consents")
    return found if isinstance(found, dict) else {}


def _facts(server: Server, target: Target, salt: str) -> dict[str, Any]:
    """What decides about what runs: exact as one hash, and in parts that hold no secret.

    The parts are as the configuration has them: what a variable stands for may be one.
    """

    def digest(value: Any) -> str:
        text = json.dumps([salt, value], sort_keys=True)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    if isinstance(target, StdioTarget):
        exact: list[Any] = ["stdio", target.argv, target.cwd, dict(target.env), target.inherit]
        parts = {
            "command": what(server),
            "folder": server.cwd or (str(server.folder) if server.project else ""),
            "variables": {name: digest(value)[:16] for name, value in target.env.items()},
        }
    else:
        exact = [target.url, target.headers, target.unix_socket, target.transport]
        parts = {
            "url": what(server),
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
        old, new = before.get(part), now.get(part)
        if (old or "") != (new or ""):
            said.append(f"{part}: {old or 'none'} → {new or 'none'}")
    for part, one in (("variables", "variable"), ("headers", "header")):
        had, has = _names(before.get(part)), _names(now.get(part))
        said += [f"new {one} {name}" for name in has if name not in had]
        said += [f"{one} {name} is gone" for name in had if name not in has]
        said += [f"{one} {name} has another value" for name in has if name in had and had[name] != has[name]]
    return said or ["a secret in the command or URL, or what a variable there stands for"]


def _names(part: Any) -> Mapping[str, Any]:
    return part if isinstance(part, dict) else {}
