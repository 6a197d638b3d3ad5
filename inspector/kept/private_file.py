"""One JSON document in a file of the user's: nobody else's to read, written whole or not at all.

How such a file is locked, written and believed is the business of `inspector.private`; what the document
means is for others.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from inspector.errors import InspectError, UsageError
from inspector.private import NO_LINK, alone_with, check_writers, newer, put_aside, replace_whole

LARGEST = 4_000_000
"""Bytes; a larger file is none of ours."""


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
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | (0 if self._links else NO_LINK)
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
            with alone_with(self.path):
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
        try:
            return put_aside(self.path)
        except OSError as error:
            raise InspectError(f"Cannot put {self.path} aside: {error.strerror}") from None

    def _believe(self, facts: os.stat_result) -> None:
        if not stat.S_ISREG(facts.st_mode):
            raise InspectError(f"{self.path} is no file")
        check_writers(self.path, facts)

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
            if (later := newer(self.path, form, self._form)) is not None:
                raise later
            raise Damaged(f'{self.path} does not say "format": "{self._form}"')
        return document

    def _write(self, document: dict[str, Any]) -> None:
        path = self.path.resolve() if self._links else self.path
        replace_whole(path, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
