"""Filters that have a name, in one file in the user's configuration directory.

It is made to be read and edited by hand (docs/filter.md describes it). A filter may hold what was searched
for, so the file is the user's own to read.
"""

from __future__ import annotations

from pathlib import Path

from inspector.errors import InspectError, UsageError
from inspector.kept.private_file import PrivateFile
from inspector.settings import config_folder

FORMAT = "mcp-filters/1"
MOST = 500
LONGEST_NAME = 60


def filters_path() -> Path:
    """Where filters are kept: with the settings, because people write them."""
    return config_folder() / "filters.json"


class SavedFilters:
    """The filters of a file.

    Args:
        path: The file; the user's own where `None`.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or filters_path()
        self._file = PrivateFile(self.path, FORMAT, links=True)

    def all(self) -> dict[str, str]:
        """Every filter by its name, as text, in the order of the file. Whether it parses is not looked at.

        Raises:
            InspectError: The file cannot be read, or an entry is no filter.
        """
        return self._entries(self._file.read())

    def put(self, name: str, text: str) -> None:
        """Keep a filter under a name, whatever the name meant before.

        Raises:
            UsageError: The name is none, or there are too many.
            InspectError: The file cannot be read or written.
        """
        name = name.strip()
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise UsageError(f"A name has 1 to {LONGEST_NAME} characters, all of them visible")
        with self._file.changing() as document:
            entries = self._entries(document)
            if name not in entries and len(entries) >= MOST:
                raise UsageError(f"{self.path} holds {MOST} filters already")
            document["filters"] = {**entries, name: text}

    def drop(self, name: str) -> None:
        """Forget a filter; nothing where there is none of this name.

        Raises:
            InspectError: The file cannot be read or written.
        """
        with self._file.changing() as document:
            document["filters"] = {key: each for key, each in self._entries(document).items() if key != name}

    def _entries(self, document: dict[str, object]) -> dict[str, str]:
        found = document.get("filters", {})
        if not isinstance(found, dict):
            raise InspectError(f"{self.path}: filters is no object", next="Correct it by hand")
        for name, text in found.items():
            if not isinstance(text, str):
                raise InspectError(f"{self.path}: the filter {name} is no text", next="Correct it by hand")
        return found
