"""The lines that a person typed, kept for the next time, in a file that only they can read.

One line each, the oldest first. What looks like a secret is not kept, and neither is a line that begins
with a blank.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

MOST = 1000
"""Lines that are kept."""
_SECRET = re.compile(
    r"(?:token|secret|passw(?:or)?d|passphrase|api[-_]?key|auth|credential|jwt|cookie)[\w.-]*[\"']?\s*:?[=:]"
    r"|\bbearer\s|\beyJ[\w-]{8,}\.",
    re.IGNORECASE,
)


def is_kept(line: str) -> bool:
    """Whether a line is remembered: not if it begins with a blank, or seems to hold a secret."""
    return bool(line) and not line[0].isspace() and line.isprintable() and _SECRET.search(line) is None


class History:
    """The history in one file. What goes wrong with it is of no account: it is forgotten, and no more.

    Args:
        path: The file; its folder is made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def lines(self) -> list[str]:
        """What is kept, the oldest first; the file is cut where it has grown long."""
        try:
            text = self._path.read_text("utf-8", "replace")
        except OSError:
            return []
        lines = [line for line in text.split("\n") if is_kept(line)]
        if len(lines) > 2 * MOST:
            lines = lines[-MOST:]
            self._rewrite(lines)
        return lines[-MOST:]

    def add(self, line: str) -> bool:
        """Remember a line; returns whether it is one that is kept."""
        if not is_kept(line):
            return False
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _append(self._path, f"{line}\n", os.O_APPEND)
        return True

    def _rewrite(self, lines: list[str]) -> None:
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            _append(beside, "".join(f"{line}\n" for line in lines), os.O_EXCL)
            beside.replace(self._path)


def _append(path: Path, text: str, flag: int) -> None:
    """Write to a file that is its owner's alone from its first byte."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | flag | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(text.encode("utf-8", "replace"))
