"""Lets a new text take the place of a configuration: whole, as private as it was, a copy beside it.

Behind a link it is the file that changes, and the link stays. What another program has written meanwhile is
not lost: it is noticed, and the change is made anew on it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from inspector.errors import InspectError, UsageError
from inspector.hosts.files import read
from inspector.private import NO_LINK

ENDING = ".before-wrap"
"""What is added to the name of a file for the copy beside it; the second one ends in `-2`."""
_TRIES = 5
_MOST = 99


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a file.

    Attributes:
        file: The file itself, behind links.
        before: What it held.
        after: What it holds.
        backup: Where a copy of what it held is; `None` where none was needed.
    """

    file: Path
    before: bytes
    after: bytes
    backup: Path | None = None

    @property
    def changed(self) -> bool:
        """Whether anything is different now."""
        return self.before != self.after


def change(
    path: Path,
    make: Callable[[bytes], bytes],
    plain: Callable[[bytes], bytes] = bytes,
    *,
    dry: bool = False,
    returning: bool = False,
) -> Done:
    """Let `make` change what a file holds.

    A copy of what it held is kept beside it, unless there is one already. One that holds what the file holds
    afterwards is of no use any more, and goes: so taking a recorder out leaves nothing behind.

    Args:
        path: The file, or a link to it.
        make: From what it holds to what it should hold; called again where that has changed meanwhile.
        plain: From what it holds to what it would hold without any change of ours: where a copy has that, no
            other is made.
        dry: Only find out what would become of it.
        returning: Whether a change is taken back: where there is a copy of any time before, that is enough.

    Raises:
        UsageError: There is no such file, or `make` says so.
        InspectError: It cannot be written.
    """
    try:
        file = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise UsageError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    for _ in range(_TRIES):
        before = _read(file)
        after = make(before)
        if dry or before == after:
            return Done(file, before, after)
        try:
            done = _replaced(file, before, after, plain, returning=returning)
        except OSError as error:
            raise InspectError(
                f"{file} cannot be changed: {error.strerror or error}", next="It is as it was"
            ) from None
        if done is not None:
            return done
    raise InspectError(f"{file} changes all the time", next="End the host that writes it, and try again")


def _read(file: Path) -> bytes:
    raw = read(file)
    if raw is None:
        raise UsageError(f"{file} is gone")
    return raw


def _replaced(
    file: Path, before: bytes, after: bytes, plain: Callable[[bytes], bytes], *, returning: bool
) -> Done | None:
    """Replace the file; `None` where it does not hold `before` any more."""
    facts = file.stat()
    if not os.access(file, os.W_OK):
        raise PermissionError(0, "it is not to be written")
    kept = dict(_backups(file))
    holding = {holds: each for each, holds in kept.items()}
    backup = holding.get(before) or holding.get(plain(before))
    fresh = None
    if backup is None and after not in holding and not (returning and kept):
        backup = fresh = _back_up(file, before, facts)
    try:
        replaced = _put(file, before, after, facts)
    except OSError:
        _remove(fresh)
        raise
    if not replaced:
        _remove(fresh)
        return None
    for each, holds in kept.items():
        if holds == after:
            _remove(each)
    return Done(file, before, after, backup if backup is None or backup.exists() else None)


def _put(file: Path, before: bytes, after: bytes, facts: os.stat_result) -> bool:
    fd, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)  # 0600 from the start
    try:
        with open(fd, "wb") as new:
            new.write(after)
            new.flush()
            _dress(Path(name), file, facts)
            os.fsync(fd)
        if _read(file) != before:  # as late as can be
            return False
        os.replace(name, file)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
    _settle(file.parent)
    return True


def _dress(new: Path, like: Path, facts: os.stat_result) -> None:
    """Give a file the owner, the mode and the attributes of another."""
    if os.name != "nt":
        own = new.stat()
        if (own.st_uid, own.st_gid) != (facts.st_uid, facts.st_gid):
            os.chown(new, facts.st_uid, facts.st_gid)
    shutil.copystat(like, new)
    os.utime(new)  # a host that watches it sees that it is new


def _settle(folder: Path) -> None:
    """Make sure that a new name is on the disk, where folders can be synchronised at all."""
    if os.name == "nt":
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some file systems refuse it for folders; the file is in place
            os.fsync(fd)
    finally:
        os.close(fd)


# Copies beside a file.


def _names(file: Path) -> Iterator[Path]:
    yield file.with_name(file.name + ENDING)
    for number in range(2, _MOST + 1):
        yield file.with_name(f"{file.name}{ENDING}-{number}")


def _backups(file: Path) -> Iterator[tuple[Path, bytes]]:
    """The copies there are, and what they hold; links are none."""
    for each in _names(file):
        with contextlib.suppress(UsageError):  # what cannot be read is left alone
            if not each.is_symlink() and (holds := read(each)) is not None:
                yield each, holds


def _back_up(file: Path, holds: bytes, facts: os.stat_result) -> Path:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINK | getattr(os, "O_BINARY", 0)
    for each in _names(file):
        try:
            fd = os.open(each, flags, 0o600)
        except FileExistsError:
            continue
        try:
            with open(fd, "wb") as copy:
                copy.write(holds)
                copy.flush()
                os.fsync(fd)
            os.chmod(each, stat.S_IMODE(facts.st_mode))
        except OSError:
            _remove(each)
            raise
        return each
    raise FileExistsError(0, f"there are {_MOST} copies beside it already")


def _remove(file: Path | None) -> None:
    if file is not None:
        with contextlib.suppress(OSError):  # a copy too many is no failure of what was asked for
            file.unlink()
