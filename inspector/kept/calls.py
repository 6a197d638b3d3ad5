"""Calls that have a name: a tool, its arguments, and where its server is.

One file in the user's configuration directory, made to be read and edited by hand (docs/forms.md describes
it). It holds no secret: fields that sound secret are left out and named, and a server whose command or URL
carries one is not kept with the call, which then needs its server on the line.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector.errors import InspectError, UsageError
from inspector.kept.private_file import PrivateFile
from inspector.kept.secrets import without_secrets
from inspector.settings import config_folder

FORMAT = "mcp-calls/1"
MOST = 1_000
_NAME = re.compile(r"[^\s=-][^\s=]{0,79}")
_FINGERPRINT = re.compile(r"sha256:[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class SavedCall:
    """One call.

    Attributes:
        name: What the user calls it.
        tool: The tool's name.
        arguments: What it is given.
        command: The server's command; empty where there is none.
        url: The server's URL; empty where there is none.
        cwd: The folder to start the command in; empty for whatever is current.
        left_out: The paths of arguments that sounded secret and are not in the file.
    """

    name: str
    tool: str
    arguments: Mapping[str, Any]
    command: tuple[str, ...] = ()
    url: str = ""
    cwd: str = ""
    left_out: tuple[str, ...] = ()


def calls_path() -> Path:
    """Where calls are kept: with the settings, because people write them."""
    return config_folder() / "calls.json"


class SavedCalls:
    """The calls of a file.

    Args:
        path: The file; the user's own where `None`.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or calls_path()
        self._file = PrivateFile(self.path, FORMAT, links=True)

    def all(self) -> list[SavedCall]:
        """Every call, in the order of the file.

        Raises:
            InspectError: The file cannot be read, or an entry is no call; says which and why.
        """
        return [self._call(name, entry) for name, entry in self._entries(self._file.read()).items()]

    def get(self, name: str) -> SavedCall:
        """The call with this name.

        Raises:
            UsageError: There is none; names the one that is nearest, and the file.
            InspectError: As `all`.
        """
        entries = self._entries(self._file.read())
        if name in entries:
            return self._call(name, entries[name])
        near = difflib.get_close_matches(name, entries, n=1)
        says = f"There is no call {name!r} in {self.path}"
        if near:
            raise UsageError(says, next=f"Did you mean {near[0]}?")
        there = ", ".join(sorted(entries)[:20])
        keeps = "mcp-inspect call TOOL key=value --save NAME -- COMMAND keeps one"
        raise UsageError(says, next=f"It holds {there}" if there else keeps)

    def put(self, call: SavedCall, schema: Any = None, *, replace: bool = False) -> SavedCall:
        """Keep `call`, without what sounds secret; returns it as it is kept.

        Args:
            call: The call.
            schema: The tool's, to know which fields are secret.
            replace: Whether another call of this name may be overwritten; the same one always may.

        Raises:
            UsageError: The name is none, or is taken.
            InspectError: The file cannot be read or written.
        """
        if not _NAME.fullmatch(call.name):
            raise UsageError(
                f"{call.name!r} is no name for a call",
                next="A name has no blank and no =, does not begin with -, and has at most 80 characters",
            )
        cleaned, left_out = without_secrets(schema, dict(call.arguments))
        entry: dict[str, Any] = {"tool": call.tool, "arguments": cleaned if isinstance(cleaned, dict) else {}}
        if call.command:
            entry["command"] = list(call.command)
            if call.cwd:
                entry["cwd"] = call.cwd
        elif call.url:
            entry["url"] = call.url
        if left_out:
            entry["left out"] = list(left_out)
        with self._file.changing() as document:
            entries = self._entries(document)
            before = entries.get(call.name)
            if before is not None and not replace and before != entry:
                raise UsageError(
                    f"There is a call {call.name} already in {self.path}", next="Choose another name"
                )
            if before is None and len(entries) >= MOST:
                raise UsageError(f"{self.path} holds {MOST:,} calls already")
            document["calls"] = {**entries, call.name: entry}
        return self._call(call.name, entry)

    def drop(self, name: str) -> None:
        """Forget a call; nothing where there is none of this name.

        Raises:
            InspectError: The file cannot be read or written.
        """
        with self._file.changing() as document:
            document["calls"] = {key: one for key, one in self._entries(document).items() if key != name}

    def _entries(self, document: Mapping[str, Any]) -> dict[str, Any]:
        found = document.get("calls", {})
        if not isinstance(found, dict):
            raise InspectError(f"{self.path}: calls is no object")
        return found

    def _call(self, name: str, entry: Any) -> SavedCall:
        def wrong(says: str) -> InspectError:
            return InspectError(f"{self.path}: the call {name} {says}", next="Correct it by hand")

        if not isinstance(entry, dict):
            raise wrong("is no object")
        tool, arguments = entry.get("tool"), entry.get("arguments", {})
        command, left_out = entry.get("command", []), entry.get("left out", [])
        url, cwd = entry.get("url", ""), entry.get("cwd", "")
        if not isinstance(tool, str) or not tool:
            raise wrong("names no tool")
        if not isinstance(arguments, dict):
            raise wrong("has arguments that are no object")
        if not isinstance(command, list) or not all(isinstance(word, str) for word in command):
            raise wrong("has a command that is no list of texts")
        if not isinstance(url, str) or not isinstance(cwd, str):
            raise wrong("has a url or cwd that is no text")
        if command and url:
            raise wrong("names two servers, a command and a URL")
        left = tuple(map(str, left_out)) if isinstance(left_out, list) else ()
        return SavedCall(name, tool, arguments, tuple(command), url, cwd, left)


def call_of(name: str, tool: str, arguments: Mapping[str, Any], target: Mapping[str, Any]) -> SavedCall:
    """A call of what is described by `target`, as a recording's header has it, made in the current folder.

    Where the description hides a secret, the call is kept without its server: it could not be started so.
    """
    argv, url, cwd = target.get("argv"), target.get("url"), target.get("cwd")
    if isinstance(argv, list) and argv and not any(_FINGERPRINT.search(str(word)) for word in argv):
        # A path in the command is from where it was started.
        place = cwd if isinstance(cwd, str) and cwd else os.getcwd()
        return SavedCall(name, tool, arguments, tuple(map(str, argv)), cwd=place)
    if isinstance(url, str) and url and not _FINGERPRINT.search(url):
        return SavedCall(name, tool, arguments, url=url)
    return SavedCall(name, tool, arguments)
