"""How the app looked when it was left: theme, panes, whether the tour was seen; from session to session.

One file in the user's state directory. What the values mean is for those who read them, who believe nothing
of it unseen. Nothing here may get in the way: what cannot be read or written is as if it were not there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from inspector.errors import InspectError
from inspector.kept.private_file import Damaged, PrivateFile

FORMAT = "mcp-look/1"


def look_path() -> Path:
    """Where it is kept: the state directory, which neither roams nor is shared like settings."""
    from inspector.journal.recording import state_directory

    return state_directory() / "look.json"


class Look:
    """Values by name, in a file.

    Args:
        path: The file; the user's own where `None`.
        warn: Is told in a sentence, once, what is wrong with the file.
    """

    def __init__(self, path: Path | None = None, warn: Callable[[str], object] = lambda says: None) -> None:
        self._file = PrivateFile(path or look_path(), FORMAT)
        self._warn = warn
        self._values: dict[str, Any] | None = None
        self._told = False

    def get(self, name: str) -> Any:
        """What is kept under a name; `None` where nothing is."""
        if self._values is None:
            self._values = self._read()
        return self._values.get(name)

    def put(self, name: str, value: Any) -> None:
        """Keep a value, any that JSON has; `None` keeps nothing under the name."""
        if self.get(name) == value:
            return
        assert self._values is not None
        self._values[name] = value
        try:
            with self._file.changing() as document:
                if value is None:
                    document.pop(name, None)
                else:
                    document[name] = value
        except InspectError as problem:
            self._tell(problem)

    def _read(self) -> dict[str, Any]:
        try:
            return self._file.read()
        except Damaged as problem:
            self._tell(problem)
            try:
                self._file.put_aside()
            except InspectError as worse:
                self._tell(worse)
        except InspectError as problem:
            self._tell(problem)
        return {}

    def _tell(self, problem: InspectError) -> None:
        if not self._told:
            self._told = True
            self._warn(problem.message)
