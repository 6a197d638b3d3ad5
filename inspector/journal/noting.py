"""Writing the user's marks and notes down: into the journal that grows, or at the end of a recording.

A recording that was opened is added to in its file, one line in its own format, and only where nobody else
writes it; what stands in it already is never touched. What the notes amount to is folded by
`inspector.journal.marks`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.journal.line import recorded, write
from inspector.journal.lock import try_lock
from inspector.journal.prefix import read_object, read_prefix
from inspector.journal.recording import FORMAT, LONGEST_HEADER
from inspector.wire.event import Direction, Kind

What = Literal["mark", "unmark", "note"]

LONGEST = 20_000
"""Characters of a note."""
_OPEN = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def write_note(journal: Journal, what: What, row: int, text: str = "") -> None:
    """Keep a mark, that it is taken off, or a note; an empty note takes the note off.

    Args:
        journal: Of a session that goes on, or an opened recording, which has the note in it afterwards.
        what: Which of them.
        row: The row that it is about.
        text: The note.

    Raises:
        UsageError: One sentence why the recording takes none.
    """
    data: dict[str, Any] = {"what": what, "row": row}
    if what == "note":
        data["text"] = text[:LONGEST]
    if not journal.opened:
        journal.append(Kind.NOTE, data=data)
        return
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    _add(journal, data | {"at": now})


def _add(journal: Journal, data: Mapping[str, Any]) -> None:
    path = journal.path
    if path is None:
        raise UsageError("This recording is no file: there is nowhere to keep a note")
    with _alone(path) as fd:
        journal.follow()
        before = _whole(journal, fd, path)
        _append(fd, before, _line(journal, data), path)
        journal.follow()


@contextmanager
def _alone(path: Path) -> Iterator[int]:
    """The file, open for adding to it, with nobody else who does.

    Raises:
        UsageError: It cannot be.
    """
    try:
        # By its mode, too: the owner of a machine may write what is meant to stay as it is.
        if not os.stat(path).st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
            raise PermissionError(None, "it is read-only")
        fd = os.open(path, _OPEN)
    except OSError as error:
        raise UsageError(f"No note can be kept in {path}: {_why(error)}") from None
    try:
        try:
            free = try_lock(fd)
        except OSError as error:
            raise UsageError(f"No note can be kept in {path}: it cannot be locked: {_why(error)}") from None
        if not free:
            raise UsageError(
                f"{path} is being written: no note can be kept in it from here",
                next="Make the note where the session runs, or when it has ended.",
            )
        yield fd
    finally:
        os.close(fd)


def _whole(journal: Journal, fd: int, path: Path) -> int:
    """The file's size, once it is known to be the recording that is open and to end with a whole line."""
    size = os.fstat(fd).st_size
    end = journal.span(len(journal) - 1)[1] if len(journal) else size
    head = _read(fd, 0, LONGEST_HEADER).split(b"\n", 1)[0]
    header = read_object(head.removeprefix(b"\xef\xbb\xbf")) or {}
    if header.get("format") != FORMAT:
        raise UsageError(f"No note can be kept in {path}: it has an earlier format")
    if size != end or journal.raw(0, len(head)) != head:
        raise UsageError(f"No note can be kept in {path}: it is no longer the file that was opened")
    last = _read(fd, max(0, size - 1), 1)
    cut = journal.skipped[-1:] if last != b"\n" else []
    if cut and cut[0].offset + cut[0].size >= size:
        raise UsageError(f"No note can be kept in {path}: its last line is cut short")
    return size


def _line(journal: Journal, data: Mapping[str, Any]) -> bytes:
    """The note as a line of the recording, at the time of what was recorded last."""
    last = len(journal) - 1
    seq, t, conn = 0, 0.0, 0
    if last >= 0:
        prefix = read_prefix(journal.raw(*journal.span(last)).split(b"\n", 1)[0])
        seq, t, conn = (prefix.seq if prefix else last) + 1, journal.time(last), journal.conn(last)
    return write(seq, t, Kind.NOTE, Direction.NONE, conn, 0, 0, (), b"", recorded(data)[0], None)


def _append(fd: int, size: int, line: bytes, path: Path) -> None:
    if size and _read(fd, size - 1, 1) != b"\n":
        line = b"\n" + line
    try:
        written = os.write(fd, line)
        if written < len(line):
            raise OSError(None, "there is no room")
    except OSError as error:
        os.ftruncate(fd, size)
        raise UsageError(f"No note can be kept in {path}: {_why(error)}") from None


def _read(fd: int, at: int, size: int) -> bytes:
    os.lseek(fd, at, os.SEEK_SET)
    return os.read(fd, size)


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
