"""What the recordings in the user's own directory are: a summary of each, and their memory.

A summary is a fold over the lines of a file: what was read of one that grew is not read again, and one that
did not change is not opened at all. It may be lost or damaged: it is made anew. Which recordings go
is the business of `inspector.journal.limits`.
"""

from __future__ import annotations

import contextlib
import math
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from inspector.errors import InspectError, UsageError
from inspector.journal.limits import File, files, is_written
from inspector.journal.recording import SUFFIX, recordings_directory, state_directory
from inspector.journal.summary import Summary, read_on
from inspector.kept.private_file import Damaged, PrivateFile
from inspector.wire.visible import visible

FORM = "mcp-sessions/1"
_NAME = re.compile(r"[^\x00-\x1f\x7f/\\<>:\"|?*.][^\x00-\x1f\x7f/\\<>:\"|?*]{0,99}")
_DIGITS = 10
"""Of no number of the list; Python refuses to read thousands of them."""
_FIELDS = frozenset(field.name for field in fields(Summary))


@dataclass(frozen=True, slots=True)
class Session:
    """One recording.

    Attributes:
        file: Where it is.
        summary: What is in it.
        running: Whether it is being written.
    """

    file: File
    summary: Summary
    running: bool

    @property
    def id(self) -> str:
        """What it is called: its file's name without the ending."""
        return self.file.id

    @property
    def server(self) -> str:
        """What the server calls itself, else what was connected to; not safe for a terminal."""
        return self.summary.server or self.summary.target

    @property
    def words(self) -> str:
        """What a search goes through, in lower case."""
        said = self.summary
        words = (self.id, said.name, said.server, said.version, said.target, said.client)
        return " ".join(words).casefold()

    def is_called(self, name: str) -> bool:
        """Whether who records it calls the server so: `cursor/github`, or `github` alone."""
        given, name = self.summary.name.casefold(), name.casefold()
        return bool(name) and (given == name or given.endswith(f"/{name}"))


class Sessions:
    """The recordings of a folder.

    Args:
        folder: Where they are; the user's own directory by default.
        memory: Where their summaries are remembered.
    """

    def __init__(self, folder: Path | None = None, memory: Path | None = None) -> None:
        self.folder = folder if folder is not None else recordings_directory()
        self._memory = PrivateFile(memory or state_directory() / "sessions.json", FORM)
        self._known: dict[str, Any] = {}

    def all(self) -> list[Session]:
        """All of them, the newest first."""
        remembered = self._known or self._remembered()
        found: list[Session] = []
        known: dict[str, Any] = {}
        for file in files(self.folder):
            summary = self._summary(file, remembered.get(file.path.name))
            known[file.path.name] = asdict(summary)
            found.append(Session(file, summary, is_written(file.path)))
        running = {each.file.path.name for each in found if each.running}
        if _settled(known, running) != _settled(remembered, running):
            self._remember(known)
        self._known = known
        return sorted(found, key=lambda each: (each.running, each.summary.started, each.id), reverse=True)

    def running(self) -> list[Session]:
        """Those that are being written, the newest first; the others are not read."""
        written = [file for file in files(self.folder) if is_written(file.path)]
        return sorted(
            (Session(file, self._summary(file, None), True) for file in written),
            key=lambda each: (each.summary.started, each.id),
            reverse=True,
        )

    def _summary(self, file: File, kept: object) -> Summary:
        before = _restored(kept)
        if before is not None and (before.size, before.stamp) == (file.size, file.stamp):
            return before
        if before is not None and file.size < before.size:
            before = None  # another file by the same name
        try:
            summary = read_on(file.path, before)
        except (OSError, InspectError) as problem:
            summary = Summary(trouble=str(getattr(problem, "message", problem)))
        return replace(summary, size=file.size, stamp=file.stamp)

    def _remembered(self) -> dict[str, Any]:
        try:
            kept = self._memory.read().get("sessions")
        except InspectError:  # it is made anew
            return {}
        return kept if isinstance(kept, dict) else {}

    def _remember(self, known: dict[str, Any]) -> None:
        # What cannot be remembered is read again: a list of sessions must not fail of it.
        with contextlib.suppress(InspectError, OSError):
            try:
                with self._memory.changing() as document:
                    document["sessions"] = known
            except Damaged:
                self._memory.put_aside().unlink()
                with self._memory.changing() as document:
                    document["sessions"] = known

    # By what they are called

    def find(self, wanted: str, among: Sequence[Session] | None = None) -> Session:
        """The session that a person means: its id or name, a beginning or part of it, a number of the list.

        Its id goes first, then the name that the server was recorded by, then what the server says of itself.

        Raises:
            UsageError: There is none, or more than one.
        """
        sessions = self.all() if among is None else among
        if wanted.isdecimal() and len(wanted) < _DIGITS and 0 < int(wanted) <= len(sessions):
            return sessions[int(wanted) - 1]
        plain = wanted.removesuffix(SUFFIX).casefold()
        ways: tuple[Iterator[Session], ...] = (
            (each for each in sessions if each.id.casefold() == plain),
            (each for each in sessions if each.is_called(wanted)),
            (each for each in sessions if each.id.casefold().startswith(plain)),
            (each for each in sessions if plain in each.id.casefold()),
            (each for each in sessions if plain in each.words),
        )
        for way in ways:
            if found := list(way):
                if len(found) > 1:
                    raise UsageError(
                        f"{len(found)} sessions are meant by {wanted!r}: {_some(found)}",
                        next="Say more of its name, or its number in mcp-inspect sessions",
                    )
                return found[0]
        raise UsageError(f"There is no session {wanted!r}", next="mcp-inspect sessions lists them")

    def rename(self, session: Session, name: str) -> Path:
        """Give a session's file a name of the user's, which also keeps it from being removed by itself.

        Raises:
            UsageError: The name cannot be a file's, is taken, or the session is being recorded.
        """
        name = name.removesuffix(SUFFIX)
        path = self.folder / f"{name}{SUFFIX}"
        if not _NAME.fullmatch(name) or visible(name) != name or File(path, 0, 0, 0).id != name:
            raise UsageError(f"{name!r} cannot be the name of a file", next="Use letters, digits and spaces")
        if not File(path, 0, 0, 0).named or name.isdecimal():
            raise UsageError(
                f"{name!r} looks like what recordings are called by themselves, or like a number"
            )
        if is_written(session.file.path):
            raise UsageError(f"{session.id} is being recorded", next="Rename it when it has ended")
        try:
            _move(session.file.path, path)
        except FileExistsError:
            raise UsageError(f"There is a session {name!r} already") from None
        except OSError as error:
            raise UsageError(f"Cannot rename {session.file.path}: {error.strerror}") from None
        return path


def holder(path: Path) -> int | None:
    """The process that writes a recording, where the system tells (Linux); `None` elsewhere."""
    if sys.platform != "linux":
        return None
    try:
        facts = path.stat()
        with open("/proc/locks", encoding="ascii", errors="replace") as lines:
            for line in lines:
                words = line.split()
                if (
                    len(words) > 5
                    and words[1] == "FLOCK"
                    and words[3] == "WRITE"
                    and words[5].endswith(f":{facts.st_ino}")
                ):
                    return int(words[4]) if int(words[4]) > 0 else None
    except (OSError, ValueError):
        return None
    return None


def as_json(session: Session) -> dict[str, Any]:
    """A session as `--json` gives it."""
    said = session.summary
    return {
        "id": session.id,
        "file": str(session.file.path),
        "name": said.name or None,
        "server": said.server or None,
        "version": said.version or None,
        "target": said.target or None,
        "mode": said.mode or None,
        "client": said.client or None,
        "started": said.started or None,
        "seconds": round(said.seconds, 3),
        "events": said.events,
        "messages": said.messages,
        "errors": said.errors,
        "bytes": session.file.size,
        "running": session.running,
        "named": session.file.named,
        "trouble": said.trouble or None,
    }


def started_at(session: Session) -> datetime:
    """When it began, in local time; when the file was written last where it does not say."""
    try:
        return datetime.fromisoformat(session.summary.started).astimezone()
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(session.file.changed).astimezone()


def _settled(known: dict[str, Any], running: set[str]) -> dict[str, Any]:
    """Without those that grow: what is known of them is not written down each time that somebody looks."""
    return {name: said for name, said in known.items() if name not in running}


def _restored(kept: object) -> Summary | None:
    """A summary from the memory; `None` where that says something else."""
    if not isinstance(kept, dict) or kept.keys() != _FIELDS:
        return None
    usual = asdict(Summary())
    for name, value in kept.items():
        if not isinstance(value, int | float if isinstance(usual[name], float) else type(usual[name])):
            return None
        if isinstance(value, int | float) and not 0 <= value < math.inf:
            return None
    return Summary(**kept)


def _move(old: Path, new: Path) -> None:
    """Rename a file, and never over another one."""
    try:
        os.link(old, new, follow_symlinks=False)
    except (NotImplementedError, PermissionError, AttributeError):
        if os.path.lexists(new):
            raise FileExistsError(new) from None
        os.rename(old, new)
    else:
        os.unlink(old)


def _some(sessions: Sequence[Session]) -> str:
    names = [each.id for each in sessions[:3]]
    return ", ".join(names) + (", …" if len(sessions) > 3 else "")
