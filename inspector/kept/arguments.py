"""Arguments that were sent, by server and by what was called: to step back through in the app.

One file in the user's state directory. It keeps no field that sounds secret (`inspector.kept.secrets`) and
little of anything: so many per tool, so many bytes. Nothing here may get in the way of a call: what goes
wrong is told in a sentence, once, and a damaged file is put aside.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector.errors import InspectError
from inspector.forms.unset import UNSET
from inspector.kept.private_file import Damaged, PrivateFile

FORMAT = "mcp-arguments/1"
MOST = 20
"""Arguments of one tool."""
LONGEST = 32_000
"""Characters of one call's arguments, as JSON; longer ones are not kept."""
LARGEST = 1_000_000
"""Characters of the whole file; beyond, the oldest go."""
_NEVER = 1e12  # seconds; a file may hold any number


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was sent once.

    Attributes:
        value: The arguments, without secrets.
        at: Unix seconds; `None` where only the session's own time is known.
        left_out: The paths of what sounded secret.
        when: In words, where `at` is not known.
    """

    value: Any
    at: float | None = None
    left_out: tuple[str, ...] = ()
    when: str = ""


def arguments_path() -> Path:
    """Where arguments are kept: the state directory, which neither roams nor is shared like settings."""
    from inspector.journal.recording import state_directory

    return state_directory() / "arguments.json"


def server_key(name: str, target: Mapping[str, Any]) -> str:
    """The same for a server by its own name at the same place.

    Args:
        name: What the server calls itself.
        target: As a recording's header has it: without secrets.
    """
    import hashlib  # costs 6 ms of start-up, and the first call is early enough

    place = {word: target[word] for word in ("argv", "cwd", "url", "unix_socket") if target.get(word)}
    text = json.dumps([name, place], sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class ArgumentHistory:
    """Arguments in a file.

    Args:
        path: The file; the user's own where `None`.
        warn: Is told in a sentence what is wrong with the file.
        now: Unix seconds.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        warn: Callable[[str], object] = lambda says: None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._file = PrivateFile(path or arguments_path(), FORMAT)
        self.warn = warn
        self._now = now
        self._told: set[str] = set()

    def of(self, server: str, section: str, name: str) -> list[Remembered]:
        """What was sent to `name`, the newest first; nothing where the file cannot be read."""
        try:
            document = self._file.read()
        except Damaged as problem:
            self._put_aside(problem)
            return []
        except InspectError as problem:
            self._tell(problem.message)
            return []
        found = map(_remembered, _list(document, server, f"{section}/{name}"))
        return [one for one in found if one is not None]

    def keep(self, server: str, section: str, name: str, value: Any, schema: Any) -> tuple[str, ...]:
        """Remember what was sent; what was sent before and is the same becomes the newest.

        Returns:
            The paths of what sounded secret and was left out.
        """
        # Imported here: it plans a form, and nothing is put before something was called.
        from inspector.kept.secrets import without_secrets

        cleaned, left_out = without_secrets(schema, value)
        if cleaned is UNSET or not isinstance(cleaned, dict) or not cleaned:
            return left_out
        try:
            if len(json.dumps(cleaned)) > LONGEST:
                return left_out
        except (ValueError, RecursionError):  # nothing that a file could hold
            return left_out
        entry: dict[str, Any] = {"at": round(self._now(), 3), "arguments": cleaned}
        if left_out:
            entry["left out"] = list(left_out)
        for _ in range(2):
            try:
                with self._file.changing() as document:
                    _add(document, server, f"{section}/{name}", entry)
            except Damaged as problem:
                if self._put_aside(problem):
                    continue
            except InspectError as problem:
                self._tell(f"{problem.message}. Arguments are not remembered")
            break
        return left_out

    def _put_aside(self, problem: InspectError) -> bool:
        try:
            aside = self._file.put_aside()
        except InspectError as worse:
            self._tell(f"{problem.message}. {worse.message}")
            return False
        self._tell(f"{problem.message}. It is put aside as {aside.name}, and remembering begins anew")
        return True

    def _tell(self, says: str) -> None:
        if says not in self._told:
            self._told.add(says)
            self.warn(says)


def _list(document: Mapping[str, Any], server: str, name: str) -> list[Any]:
    """The entries of one tool; nothing where the document has another shape there."""
    servers = document.get("servers")
    items = servers.get(server) if isinstance(servers, dict) else None
    found = items.get(name) if isinstance(items, dict) else None
    return found if isinstance(found, list) else []


def _remembered(entry: Any) -> Remembered | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("arguments"), dict):
        return None
    at, left_out = entry.get("at"), entry.get("left out")
    return Remembered(
        entry["arguments"],
        float(at) if isinstance(at, int | float) and not isinstance(at, bool) and 0 <= at < _NEVER else None,
        tuple(str(path) for path in left_out) if isinstance(left_out, list) else (),
    )


def _add(document: dict[str, Any], server: str, name: str, entry: dict[str, Any]) -> None:
    others = [
        one
        for one in _list(document, server, name)
        if isinstance(one, dict) and one.get("arguments") != entry["arguments"]
    ]
    servers = document["servers"] if isinstance(document.get("servers"), dict) else {}
    items = servers[server] if isinstance(servers.get(server), dict) else {}
    # What was used last stands last: from the front the oldest goes where there is too much.
    items = {**{key: value for key, value in items.items() if key != name}, name: [entry, *others][:MOST]}
    servers = {**{key: value for key, value in servers.items() if key != server}, server: items}
    document["servers"] = servers
    # One tool alone always fits: so many of it, each so long.
    while len(servers) + len(items) > 2 and len(json.dumps(document, indent=1)) > LARGEST:
        oldest, found = next(iter(servers.items()))
        if isinstance(found, dict) and len(found) > 1:
            del found[next(iter(found))]
        else:
            del servers[oldest]
