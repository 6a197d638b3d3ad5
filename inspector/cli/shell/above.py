"""Lines above the one that is being edited: they come at any time, and what is typed stays as it is.

A line is inserted on the screen above the one that is edited, with the cursor put back, so that `readline`
need not know. Where there is none, or what is typed takes more than one row, the lines wait until it is
entered.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from inspector.cli.output import print_text
from inspector.wire.visible import cells, clip

MOST_AT_ONCE = 20
"""Lines that are shown at a time; of a flood the last ones, and how many there were."""
_ROWS = 8  # rows of the screen that one line may take


class Above:
    """Writes lines above the line that is edited, or at once where none is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[str] = deque(maxlen=MOST_AT_ONCE)
        self._left_out = 0
        self._prompt: str | None = None

    def put(self, lines: Iterable[str]) -> None:
        """Write lines that are safe; from any thread."""
        with self._lock:
            if self._prompt is None:
                print_text(*lines)
                return
            for line in lines:
                self._left_out += len(self._waiting) == MOST_AT_ONCE
                self._waiting.append(line)

    @contextmanager
    def editing(self, prompt: str) -> Iterator[None]:
        """While a line is edited, in this thread."""
        with self._lock:
            self._prompt = prompt
        try:
            yield
        except BaseException:  # the cursor stands behind what was typed
            print_text("")
            raise
        finally:
            with self._lock:
                self._prompt = None
                print_text(*self._taken())

    def _taken(self) -> list[str]:
        """What waits, with a word about what was left out of it."""
        lines = list(self._waiting)
        if self._left_out:
            lines.insert(0, f"… {self._left_out} lines more")
        self._waiting.clear()
        self._left_out = 0
        return lines

    @property
    def waits(self) -> bool:
        """Whether there is something that is not shown yet."""
        return bool(self._waiting)

    def show(self) -> None:
        """Write what waits above the line that is edited; in the thread that edits it, between two keys."""
        if not self._waiting or not _can_insert():
            return
        import readline

        typed = readline.get_line_buffer()
        columns = shutil.get_terminal_size().columns
        # A control character that was typed takes two cells.
        if self._prompt is not None and cells(self._prompt) + max(cells(typed), _raw_cells(typed)) < columns:
            rows = [row for line in self._taken() for row in _rows(line, columns)]
            text = "".join(map(_inserted, rows)).encode(sys.stdout.encoding or "utf-8", "backslashreplace")
            os.write(sys.stdout.fileno(), text)  # in one piece, past what is buffered


def _raw_cells(typed: str) -> int:
    return sum(1 if character.isprintable() else 2 for character in typed)


def _inserted(row: str) -> str:
    """What puts a row above the one with the cursor, and the cursor back where it was.

    Keep the place; make sure that there is a row below, which may scroll; insert an empty row, which pushes
    the edited one down; write; go back and down by one, which at the bottom of the screen is nowhere.
    """
    return f"\x1b7\n\x1b[A\r\x1b[L{row}\x1b8\x1b[B"


def _rows(line: str, columns: int) -> list[str]:
    """A line in rows of the screen."""
    rows: list[str] = []
    while line and len(rows) < _ROWS:
        if cells(line) < columns:
            rows.append(line)
            break
        if len(rows) == _ROWS - 1:
            rows.append(clip(line, columns - 1))
            break
        row = clip(line, columns).removesuffix("…")
        row = row or line[:1]
        rows.append(row)
        line = line[len(row) :]
    return rows or [""]


def _can_insert() -> bool:
    """Whether it is known what is typed, and the terminal can do it."""
    return sys.modules.get("readline") is not None and os.environ.get("TERM", "dumb") != "dumb"
