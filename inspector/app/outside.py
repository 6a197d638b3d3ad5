"""The user's own editor, on this very terminal: the app stands aside until it ends.

The text goes through a file that only the user can read, and which is gone afterwards. The connection lives
on meanwhile: the editor is waited for in a thread.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread
from textual.app import SuspendNotSupported

from inspector.errors import UsageError

if TYPE_CHECKING:
    from textual.app import App

_VARIABLES = ("VISUAL", "EDITOR")
_USUAL = ("editor", "nano", "vim", "vi")
_LARGEST = 20_000_000
WAITS = "An editor with a window of its own must wait: EDITOR='code --wait'"


def editor_words(environ: Mapping[str, str], *, windows: bool = sys.platform == "win32") -> list[str]:
    """The editor's command: of `VISUAL`, else of `EDITOR`, else what is usual.

    Raises:
        UsageError: There is none, or what is set cannot be read.
    """
    for name in _VARIABLES:
        text = environ.get(name, "").strip()
        if not text:
            continue
        if Path(text).is_file():  # a path with blanks, unquoted
            return [text]
        try:
            words = shlex.split(text, posix=not windows)
        except ValueError:
            raise UsageError(
                f"{name} cannot be read: a quote is not closed", next=f"Correct {name}"
            ) from None
        # Without POSIX rules, which eat backslashes, quotes stay around their word.
        return [word.strip("\"'") if windows else word for word in words]
    if windows:
        return ["notepad"]
    usual = next((path for name in _USUAL if (path := shutil.which(name, path=environ.get("PATH")))), None)
    if usual is None:
        raise UsageError("There is no editor", next="Set VISUAL or EDITOR")
    return [usual]


async def edited(app: App[int], text: str, name: str) -> str:
    """`text` as the user's editor leaves it.

    Args:
        app: Stands aside.
        text: What to edit.
        name: Of the file, for its ending and for the editor's title; of it letters and digits are used.

    Raises:
        UsageError: The editor cannot be started, or failed, or left no text. Nothing was changed then.
    """
    words = editor_words(os.environ)
    stem, dot, ending = re.sub(r"[^A-Za-z0-9._-]+", "-", name).rpartition(".")
    with tempfile.TemporaryDirectory(prefix="mcp-inspect-") as folder:  # 0700
        path = Path(folder) / f"{stem.strip('.-')[:60] or 'value'}{dot}{ending}"
        _write(path, text)
        with _aside(app):
            await anyio.to_thread.run_sync(_run, [*words, str(path)])
        return _read(path, unix="\r" not in text)


def _run(words: list[str]) -> None:
    try:
        code = subprocess.run(words, check=False).returncode
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"Cannot start the editor {words[0]}: {why}", next="VISUAL or EDITOR names it"
        ) from None
    if code != 0:
        raise UsageError(f"The editor {words[0]} ended with {code}: nothing was changed")


@contextlib.contextmanager
def _aside(app: App[int]) -> Iterator[None]:
    """The terminal for somebody else: nothing is drawn, and ctrl+c is theirs."""
    before = signal.getsignal(signal.SIGINT)
    try:
        with app.batch_update(), app.suspend():
            # Not SIG_IGN: a child would inherit that.
            signal.signal(signal.SIGINT, lambda number, frame: None)
            yield
    except SuspendNotSupported:
        raise UsageError("No editor can be opened on this terminal") from None
    finally:
        signal.signal(signal.SIGINT, before)


def _write(path: Path, text: str) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(fd, "w", encoding="utf-8", errors="surrogatepass", newline="") as file:
        file.write(text + "\n")  # editors miss it at the end of a file, and add it


def _read(path: Path, *, unix: bool) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError("What the editor left is too large: nothing was changed")
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"The editor left no file: {error.strerror}") from None
    try:
        text = raw.decode("utf-8-sig", errors="surrogatepass")
    except UnicodeDecodeError:
        raise UsageError("What the editor left is not UTF-8: nothing was changed") from None
    return (text.replace("\r\n", "\n") if unix else text).removesuffix("\n")
