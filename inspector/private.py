"""Files of the user's that are nobody else's to read: written whole or not at all, by one program at a time.

The folder is made 0700 and the file 0600; a new text stands beside the old one before it takes its place,
and a lock keeps two programs from losing each other's changes. What stands in such a file, how it is read and
what is said of one that is damaged is for those who keep it. It stands beside the floors: several use it.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from inspector.errors import InspectError

NO_LINK = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
"""Flags for opening what must not be a link, where the system knows them."""


def check_writers(path: Path, facts: os.stat_result) -> None:
    """Make sure that nobody but the user can have written the file.

    Args:
        path: How the file is called in what is said.
        facts: Of the open file, so that no other one is meant.

    Raises:
        InspectError: It is another user's, or others can write it.
    """
    if sys.platform == "win32":  # the user's own folders are closed to others there
        return
    if facts.st_uid != os.geteuid() and os.geteuid() != 0:
        raise InspectError(f"{path} belongs to another user, and is not believed")
    if facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise InspectError(
            f"Others can write {path}, so what it says is not believed",
            next=f"Look at it, then: chmod 600 {path}",
        )


def newer(path: Path, form: object, known: str) -> InspectError | None:
    """What to raise where a file is of another version of the format `known`, a name and a number."""
    if not isinstance(form, str) or not form.startswith(known.rpartition("/")[0] + "/"):
        return None
    return InspectError(
        f"{path} was written by a newer version: its format is {form}", next="Update mcp-inspect"
    )


def put_aside(path: Path) -> Path:
    """Give the file a name that says it is damaged, and that no other has; returns that name.

    Raises:
        OSError: It cannot be renamed.
    """
    number, aside = 1, path.with_name(f"{path.name}.damaged")
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{number}")
    path.rename(aside)
    return aside


def replace_whole(path: Path, text: str) -> None:
    """Let `text` take the place of the file, readable by its owner only. Where `path` is a link, it is lost.

    Raises:
        OSError: It cannot be written; the file is as it was.
    """
    fd, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # 0600 from the start
    try:
        # What cannot be said in UTF-8 (half a surrogate pair) was no value of a request either.
        with open(fd, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
            file.flush()
            os.fsync(fd)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


@contextlib.contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Let no other program change the file meanwhile; its folder is made. The lock goes with the process.

    Raises:
        OSError: The folder or the lock beside the file cannot be made.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Through a link in the place of the lock anybody's file would be made.
    fd = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | NO_LINK, 0o600)
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(fd, msvcrt.LK_LOCK, 1)
            try:
                yield
            finally:
                os.lseek(fd, 0, os.SEEK_SET)
                msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)
        else:
            import fcntl

            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
    finally:
        os.close(fd)
