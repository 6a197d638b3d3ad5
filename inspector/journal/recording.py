"""The recording file as a whole: its header, where recordings live, and opening one that someone made.

A recording is JSON Lines: a header, then one event a line (`inspector.journal.line`). Recordings come
from other people, so the header is validated before it is believed; pydantic is imported for that only.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector import __version__
from inspector.errors import UsageError
from inspector.journal.line import write_data
from inspector.journal.prefix import read_object
from inspector.journal.store import Store
from inspector.settings import at_home

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORMAT = "mcp-recording/1"
SUFFIX = ".mcp.jsonl"
LONGEST_HEADER = 1 << 20

_NOTHING: Mapping[str, Any] = {}
_WHERE = "mcp-inspect sessions lists recordings, and sessions path says where they are"
_FORMAT = re.compile(r"mcp-recording/\d{1,6}")


@dataclass(frozen=True, slots=True)
class Header:
    """The first line.

    Attributes:
        format: `mcp-recording/1`.
        tool: What made it, `mcp-inspect 0.1.0`.
        started: When; aware.
        target: argv or URL, working directory, names of environment variables, never their values.
        mode: `client` or `proxy`.
        extra: Keys that not every recording has: `name`, `redaction`, and those unknown to this version.
    """

    format: str
    tool: str
    started: datetime
    target: dict[str, Any] = field(default_factory=dict)
    mode: str = "client"
    extra: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def new(
        cls,
        target: Mapping[str, Any],
        mode: str,
        extra: Mapping[str, Any] = _NOTHING,
        started: datetime | None = None,
    ) -> Header:
        """The header of a journal that starts now, if not when it says."""
        began = started or datetime.now(UTC)
        return cls(FORMAT, f"mcp-inspect {__version__}", began, dict(target), mode, dict(extra))

    def line(self) -> bytes:
        """The header as it stands in the file, with its LF."""
        started = self.started.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return (
            write_data(
                {
                    "format": self.format,
                    "tool": self.tool,
                    "started": started,
                    "target": self.target,
                    "mode": self.mode,
                    **self.extra,
                }
            )
            + b"\n"
        )


_KEYS = frozenset({"format", "tool", "started", "target", "mode"})


@cache
def _validator() -> TypeAdapter[Header]:
    from pydantic import TypeAdapter

    return TypeAdapter(Header)


def read_header(raw: Mapping[str, Any], path: Path) -> Header:
    """Validate the first line's object.

    Raises:
        UsageError: It is not what a header is.
    """
    from pydantic import ValidationError

    known = {key: raw[key] for key in _KEYS if key in raw}
    known.setdefault("tool", "")
    try:
        header = _validator().validate_python(
            {**known, "extra": {key: value for key, value in raw.items() if key not in _KEYS}}
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"The header of {path} is damaged: {where}: {first['msg']}") from None
    if header.started.tzinfo is None:
        header = Header(
            header.format,
            header.tool,
            header.started.replace(tzinfo=UTC),
            header.target,
            header.mode,
            header.extra,
        )
    return header


def create_store(path: Path) -> Store:
    """A new recording's bytes.

    Raises:
        UsageError: The file exists already or cannot be made.
    """
    try:
        return Store.create(path)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        if isinstance(error, FileExistsError) and os.path.lexists(path):
            raise UsageError(
                f"{path} exists already, and a recording is never written over",
                next="Name another file, or remove this one first.",
            ) from None
        if isinstance(error, FileExistsError):  # of what should be a folder on the way to it
            raise UsageError(f"Cannot record to {path}: {error.filename} is no folder") from None
        raise UsageError(f"Cannot record to {path}: {getattr(error, 'strerror', None) or error}") from None


def open_store(path: Path) -> tuple[Store, dict[str, Any], int]:
    """Open `path` for reading: its bytes, the object of its first line, and where the events start.

    Raises:
        UsageError: One sentence why it cannot be a recording.
    """
    try:
        if path.is_dir():
            raise UsageError(f"{path} is a directory, not a recording", next=_WHERE)
        store = Store.read_only(path)
    except FileNotFoundError:
        raise UsageError(f"There is no file {path}", next=_WHERE) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise UsageError(f"Cannot read {path}: {getattr(error, 'strerror', None) or error}") from None
    try:
        if store.end == 0:
            raise UsageError(f"{path} is empty: it is no recording", next=_WHERE)
        first = store.read(0, LONGEST_HEADER)
        end = first.find(b"\n") + 1 or len(first)
        raw = read_object(first[:end].removeprefix(b"\xef\xbb\xbf"))
        if raw is None or not _FORMAT.fullmatch(str(raw.get("format"))):
            raise UsageError(
                f"{path} is no recording",
                next=f'A recording is JSON Lines and starts with {{"format":"{FORMAT}",…}}',
            )
    except BaseException:
        store.close()
        raise
    return store, raw, end


# Where recordings live


def state_directory() -> Path:
    """Where this program keeps what it remembers, on each platform.

    Raises:
        UsageError: Nobody knows where that is.
    """
    from platformdirs import user_state_path

    return at_home(lambda: user_state_path("mcp-inspect", appauthor=False))


def recordings_directory() -> Path:
    """Where recordings live that nobody named a file for; closed to others, where it is there already.

    Raises:
        UsageError: It is another user's.
    """
    folder = state_directory() / "recordings"
    try:
        facts = folder.stat()
        link = folder.lstat()
    except OSError:  # it is made with the first recording
        return folder
    if hasattr(os, "geteuid"):
        if {facts.st_uid, link.st_uid} - {os.geteuid()} and os.geteuid() != 0:
            raise UsageError(f"{folder} belongs to another user, and nothing is recorded there")
        if facts.st_mode & 0o077:
            folder.chmod(0o700)
    return folder


def new_recording_path(target: Mapping[str, Any]) -> Path:
    """A path for a new recording of `target` (as the header describes it), sorted by time by its name."""
    now = datetime.now().astimezone()
    folder = recordings_directory()
    stem = f"{now:%Y-%m-%dT%H-%M-%S}-{_slug(target)}"
    path, number = folder / (stem + SUFFIX), 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}{SUFFIX}"
    return path


def _slug(target: Mapping[str, Any]) -> str:
    url, argv = target.get("url"), target.get("argv")
    if isinstance(url, str):
        name = re.sub(r"^\w+://(?:[^/@]*@)?", "", url).split("?")[0].split("#")[0]
    elif isinstance(argv, list | tuple):
        words = [str(word).rstrip("/\\") for word in argv if not str(word).startswith("-")]
        name = "-".join(re.split(r"[/\\]", word)[-1] for word in words[:3])
    else:
        name = "session"
    slug = re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-.").lower()
    return slug[:40] or "session"
