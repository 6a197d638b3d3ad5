"""What a terminal may lack: the end of it that reads, its place on standard error, and colours.

It may be gone before the app is: then what is drawn goes nowhere, and leaving goes on.
Textual writes in a thread that ends at its first failure. Who writes after that fills a queue which
nobody empties, and waits for ever: a window closed by its user would leave the program behind.
"""

from __future__ import annotations

import contextlib
import os
import select
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TextIO

from rich.console import Console

if TYPE_CHECKING:
    from textual.driver import Driver


class Outlived:
    """A text file whose other end may go away at any time.

    Args:
        file: The file.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Write, or drop what cannot be written."""
        with contextlib.suppress(OSError, ValueError):
            self._file.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush as far as that is possible."""
        with contextlib.suppress(OSError, ValueError):
            self._file.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def outliving(driver: type[Driver]) -> type[Driver]:
    """`driver` as a class whose output may be closed. Drivers without a file stay as they are."""

    class Outliving(driver):  # type: ignore[misc, valid-type]
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            if not hasattr(self, "_file"):
                return
            file = drawn_on(getattr(self, "_file", None), sys.__stdout__)
            if file is not None:
                self._file = Outlived(file)

    return Outliving


def drawn_on(file: TextIO | None, stdout: TextIO | None) -> TextIO | None:
    """Where the app is drawn: on standard output where `file`, Textual's choice, is no terminal.

    Textual draws on standard error. Where that is closed or goes into a file, nobody would see the app.
    """
    if (file is None or not file.isatty()) and stdout is not None and stdout.isatty():
        return stdout
    return file


def hung_up(driver: Driver | None) -> bool:
    """Whether the terminal that `driver` reads has gone.

    Textual takes that for silence and asks again at once, for ever. Most programs are told of it by
    SIGHUP; those that were started to ignore that signal are not.
    """
    fileno = getattr(driver, "fileno", None)
    if not isinstance(fileno, int) or not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(fileno, 0)  # POLLHUP is told of without being asked for
    return any(what & select.POLLHUP for _, what in poll.poll(0))


def without_colours(environ: Mapping[str, str]) -> bool:
    """Whether the user, or the terminal, wants no colours at all."""
    return bool(environ.get("NO_COLOR")) or environ.get("TERM") in ("dumb", "unknown")


@contextlib.contextmanager
def colourless() -> Iterator[None]:
    """Textual, which looks once, finds that no colours are wanted; programs that are started do not."""
    before = os.environ.get("NO_COLOR")
    os.environ["NO_COLOR"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["NO_COLOR"]
        else:
            os.environ["NO_COLOR"] = before


def attributes_only(console: Console) -> Console:
    """A console that passes on what is bold or reversed on any terminal: by that a selection is seen."""
    return Console(
        color_system="standard",
        file=console.file,
        markup=True,
        highlight=False,
        emoji=False,
        legacy_windows=False,
        no_color=True,
    )
