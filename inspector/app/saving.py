"""Writes what a server sent to a file that the user named: private, and nothing is replaced unasked."""

from __future__ import annotations

import os
from pathlib import Path


def write_new(path: Path, data: bytes) -> str:
    """Write `data`; returns one sentence why not, empty where all is well.

    A file that is made is its owner's alone. One that exists was asked about before, and keeps its mode; a
    symbolic link that leads nowhere is not followed.
    """
    try:
        if path.exists():
            path.write_bytes(data)
            return ""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError as problem:
        return f"Not saved: {problem.strerror or problem}: {path}"
    except ValueError as problem:  # a name that holds NUL
        return f"Not saved: {problem}"
    return ""
