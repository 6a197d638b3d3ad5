"""One JSON document in a file of the user's: nobody else's to read, written whole or not at all.

The folder is made 0700 and the file 0600; a new text stands beside the old one before it takes its place,
and a lock keeps two programs from losing each other's changes. What the document means is for others.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from inspector.errors import InspectError, UsageError

LARGEST = 4_000_000
"""Bytes; a larger file is none of ours."""

# A link in the place of a lock would let anybody's file be made.
_OPEN = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)


class Damaged(UsageError):
    """The file is there and is not what it should be."""


class PrivateFile:
    """A JSON object with its format in `format`.

    Args:
        path: The file; made when there is something to keep.
        form: The format, a name and a number: `mcp-calls/1`.
        links: Whether the file may be a link: one that people edit and share between machines may.
    """

    def __init__(self, path: Path, form: str, *, links: bool = False) -> None:
        self.path = path
        self._form = form
        self._links = links

    def read(self) -> dict[str, Any]:
        """The document, with nothing but `format` where there is no file.

        Raises:
            Damaged: It is no such document.
            InspectError: It cannot be read, or must not be believed.
        """
        # A pipe in its place is not waited for.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | (0 if self._links else _OPEN)
        try:
            if not self._links and self.path.is_symlink():
                raise InspectError(f"{self.path} is a link, and is not followed")
            fd = os.open(self.path, flags)
        except FileNotFoundError:
            return {"format": self._form}
        except OSError as error:
            raise InspectError(f"Cannot read {self.path}: {error.strerror}") from None
        try:
            self._believe(os.fstat(fd))
            with open(fd, "rb", closefd=False) as file:
                raw = file.read(LARGEST + 1)
        except OSError as error:
            raise InspectError(f"Cannot read {self.path}: {error.strerror}") from None
        finally:
            os.close(fd)
        return self._document(raw)

    @contextlib.contextmanager
    def changing(self) -> Iterator[dict[str, Any]]:
        """The document, alone; written when the block is left well.

        Raises:
            Damaged: As `read`.
            InspectError: It cannot be read or written.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _locked(self.path.with_name(f"{self.path.name}.lock")):
                document = self.read()
                yield document
                self._write(document)
        except OSError as error:
            raise InspectError(f"Cannot write {self.path}: {error.strerror or error}") from None

    def put_aside(self) -> Path:
        """Give the file another name, so that a new one can be begun; returns that name.

        Raises:
            InspectError: It cannot be renamed.
        """
        number, aside = 1, self.path.with_name(f"{self.path.name}.damaged")
        while aside.exists():
            number += 1
            aside = self.path.with_name(f"{self.path.name}.damaged-{number}")
        try:
            self.path.rename(aside)
        except OSError as error:
            raise InspectError(f"Cannot put {self.path} aside: {error.strerror}") from None
        return aside

    def _believe(self, facts: os.stat_result) -> None:
        if not stat.S_ISREG(facts.st_mode):
            raise InspectError(f"{self.path} is no file")
        if sys.platform == "win32":  # the user's own folders are closed to others there
            return
        if facts.st_uid != os.geteuid() and os.geteuid() != 0:
            raise InspectError(f"{self.path} belongs to another user, and is not believed")
        if facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise InspectError(
                f"Others can write {self.path}, so what it says is not believed",
                next=f"Look at it, then: chmod 600 {self.path}",
            )

    def _document(self, raw: bytes) -> dict[str, Any]:
        if len(raw) > LARGEST:
            raise Damaged(f"{self.path} is larger than {LARGEST:,} bytes")
        try:
            document = json.loads(raw.decode("utf-8-sig"))
        except json.JSONDecodeError as error:
            says = f"line {error.lineno}, column {error.colno}: {error.msg}"
            raise Damaged(f"{self.path} is not JSON: {says}") from None
        except (ValueError, RecursionError) as error:
            raise Damaged(f"{self.path} is not JSON: {type(error).__name__}") from None
        if not isinstance(document, dict):
            raise Damaged(f"{self.path} is no JSON object")
        form = document.get("format")
        if form != self._form:
            if isinstance(form, str) and form.rpartition("/")[0] == self._form.rpartition("/")[0]:
                raise InspectError(
                    f"{self.path} was written by a newer version: its format is {form}",
                    next="Update mcp-inspect",
                )
            raise Damaged(f'{self.path} does not say "format": "{self._form}"')
        return document

    def _write(self, document: dict[str, Any]) -> None:
        path = self.path.resolve() if self._links else self.path
        text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
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
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that no other process gets; it goes with the process."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | _OPEN, 0o600)
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
