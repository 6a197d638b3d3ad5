"""How many recordings are kept in the user's own directory, and which go when there are more.

Only files that this program named itself, in its own directory, are ever removed without a question: what the
user renamed or put elsewhere stays, as does what is being written. Nothing goes before the user was told that
there is a limit. What is in a recording is the business of others: names, sizes and times are enough here.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from inspector.errors import UsageError
from inspector.journal.lock import is_held, try_lock
from inspector.journal.recording import SUFFIX, recordings_directory
from inspector.private import NO_LINK
from inspector.settings import config_path, read_table

LIMITS: Mapping[str, int] = {"keep-days": 0, "keep-count": 500, "keep-bytes": 2_000_000_000}
"""The settings of `[recordings]` with what holds without them; 0 is no limit."""
TOLD = ".limit-told"
"""The file in the directory of recordings that says that its user knows of the limit."""
_DAY = 86_400.0
_OURS = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-.+")
_LOOK = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | NO_LINK


@dataclass(frozen=True, slots=True)
class Limits:
    """What is kept: of at most so many days, so many, of so many bytes in all. 0 is no limit."""

    days: float = 0
    count: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class File:
    """A recording as a file.

    Attributes:
        path: Where it is.
        size: In bytes.
        changed: When it was written last, seconds since 1970.
        stamp: The same in nanoseconds, to tell whether it changed.
    """

    path: Path
    size: int
    changed: float
    stamp: int

    @property
    def id(self) -> str:
        """Its name without the ending that all have."""
        return self.path.name.removesuffix(SUFFIX)

    @property
    def named(self) -> bool:
        """Whether the user gave it its name."""
        return _OURS.fullmatch(self.id) is None


def files(folder: Path) -> list[File]:
    """The recordings in a folder, the newest first; links and what is no file are none."""
    found: list[File] = []
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.endswith(SUFFIX) or entry.name.startswith("."):
                continue
            with contextlib.suppress(OSError):  # it went meanwhile
                facts = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(facts.st_mode):
                    found.append(File(Path(entry.path), facts.st_size, facts.st_mtime, facts.st_mtime_ns))
    return sorted(found, key=lambda file: (file.changed, file.path.name), reverse=True)


def is_written(path: Path) -> bool:
    """Whether somebody writes the recording now."""
    try:
        fd = os.open(path, _LOOK)
    except OSError:
        return False
    try:
        return is_held(fd)
    except OSError:  # there are no locks here
        return False
    finally:
        os.close(fd)


def surplus(kept: Sequence[File], limits: Limits, now: float) -> list[File]:
    """Of recordings, the newest first, those beyond the limits: the oldest."""
    return surplus_of(kept, limits.days * _DAY, limits.count or None, limits.bytes or None, now)


def surplus_of(
    kept: Sequence[File], age: float, count: int | None, most: int | None, now: float
) -> list[File]:
    """As `surplus`: older than `age` seconds (0: of any age), beyond `count`, and beyond `most` bytes."""
    going: list[File] = []
    size = 0
    for number, file in enumerate(kept, 1):
        size += file.size
        old = age and now - file.changed > age
        if old or (count is not None and number > count) or (most is not None and size > most):
            going.append(file)
    return going


def remove(file: File, folder: Path) -> bool:
    """Remove a recording, unless it is being written, is no longer that file, or is none of the folder.

    Raises:
        OSError: It cannot be removed.
    """
    if file.path.parent != folder or not file.path.name.endswith(SUFFIX):
        return False
    try:
        fd = os.open(file.path, _LOOK)
    except FileNotFoundError:
        return False
    try:
        facts = os.fstat(fd)
        same = stat.S_ISREG(facts.st_mode) and facts.st_size == file.size and facts.st_mtime_ns == file.stamp
        with contextlib.suppress(OSError):  # where there are no locks, the time says enough
            same = same and try_lock(fd)  # held until it is gone: nobody begins to write it meanwhile
        if not same:
            return False
        if os.name != "nt":
            os.unlink(file.path)
    finally:
        os.close(fd)
    if os.name == "nt":  # an open file cannot be removed there
        os.unlink(file.path)
    return True


def configured_limits() -> tuple[Limits, bool]:
    """What the configuration says of limits, and whether it says anything.

    Raises:
        UsageError: It cannot be read or meant.
    """
    table = read_table("recordings")
    given = dict(LIMITS)
    for name, value in table.items():
        if name not in LIMITS or type(value) is not int or value < 0:
            says = f"{config_path()}: recordings.{name} cannot be {value!r}"
            raise UsageError(says, next=f"There are {', '.join(LIMITS)}, whole numbers, 0 for no limit")
        given[name] = value
    return Limits(given["keep-days"], given["keep-count"], given["keep-bytes"]), bool(table)


def keep_within(say: Callable[[str], object] | None = None) -> int:
    """Let the oldest recordings go, as far as there are more than the limits allow: before one begins.

    The first time nothing goes; it is said that something will, unless the user set the limits. Where nobody
    can be told, nothing goes until somebody was.

    Args:
        say: Tells the user, in a sentence or two; `None` where nobody listens.

    Returns:
        How many are gone.

    Raises:
        UsageError: The configuration cannot be read.
    """
    limits, chosen = configured_limits()
    folder = recordings_directory()
    kept = files(folder)
    going = [file for file in surplus(kept, limits, time.time()) if not file.named]
    if not going:
        return 0
    if not chosen and not _was_told(folder):
        if say is not None:
            say(
                f"{len(kept):,} recordings are kept: from the next on the oldest go, so that at most "
                f"{limits.count} and {limits.bytes // 10**9} GB stay. mcp-inspect sessions lists them; "
                "[recordings] in the configuration sets the limits."
            )
            _tell(folder)
        return 0
    return len(gone(going, folder))


def gone(going: Iterable[File], folder: Path) -> list[File]:
    """Remove recordings; those that are gone."""
    return [file for file in going if _gone(file, folder)]


def _gone(file: File, folder: Path) -> bool:
    try:
        return remove(file, folder)
    except OSError:  # it stays, and is seen in the list
        return False


def _was_told(folder: Path) -> bool:
    return os.path.lexists(folder / TOLD)


def _tell(folder: Path) -> None:
    with contextlib.suppress(OSError):  # it is said again
        os.close(os.open(folder / TOLD, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINK, 0o600))
