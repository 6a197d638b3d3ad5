"""Reads one configuration file: JSON, JSON with comments, or TOML; says in a sentence what is wrong with it.

What the document means is for `inspector.hosts.shapes`.
"""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from typing import Any

from inspector.errors import UsageError

LARGEST = 30_000_000
"""Bytes. `~/.claude.json` holds the history of conversations as well."""

# A string is passed over whole, so that `//` within one is no comment.
# What does not end goes to the end of the text: looked for again from each beginning, it would take a square.
# Possessive: what is kept to go back to would be a hundred times as long as the text.
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)'
_BESIDE = re.compile(rf"{_STRING}|//[^\r\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_LAST_COMMA = re.compile(rf"{_STRING}|,(?=\s*[}}\]])", re.DOTALL)


def read(path: Path) -> bytes | None:
    """What stands in a file; `None` where there is none.

    Raises:
        UsageError: It is there and cannot be read.
    """
    # A pipe in its place is not waited for.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        fd = os.open(path, flags)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {_why(error)}") from None
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise UsageError(f"{path} is no file")
        with open(fd, "rb", closefd=False) as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {_why(error)}") from None
    finally:
        os.close(fd)
    if len(raw) > LARGEST:
        raise UsageError(f"{path} is larger than {LARGEST:,} bytes")
    return raw


def document(path: Path, raw: bytes, *, lenient: bool = False) -> dict[str, Any]:
    """The object that a file holds; an empty file holds an empty one.

    Args:
        path: The file; TOML by its ending, else JSON.
        raw: What stands in it.
        lenient: Whether its host allows comments, and a comma after the last member.

    Raises:
        UsageError: It is nothing of the kind; says where.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 at byte {error.start}") from None
    if path.suffix == ".toml":
        return _toml(path, text)
    if not text.strip():
        return {}
    try:
        found = json.loads(plain(text) if lenient else text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        says = f"{path} is not JSON: line {error.lineno}, column {error.colno}: {error.msg}"
        if not lenient and plain(text) != text:
            says += "; its host takes neither comments nor a comma after the last member"
        raise UsageError(says) from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is not JSON: {error or type(error).__name__}") from None
    if not isinstance(found, dict):
        raise UsageError(f"{path} holds no JSON object")
    return found


def plain(text: str) -> str:
    """JSON with comments as JSON: every character that stays keeps its line and column."""
    text = _BESIDE.sub(_blank, text)
    return _LAST_COMMA.sub(lambda found: " " if found[0] == "," else found[0], text)


def _blank(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith('"') else re.sub(r"[^\r\n]", " ", found[0])


def _toml(path: Path, text: str) -> dict[str, Any]:
    import tomllib  # one host of nine needs it

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path} is not TOML: {error or type(error).__name__}") from None


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no value")


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
