"""A terminal for each test, and no process left behind by any."""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.person.terminal import Terminal

pytest.register_assert_rewrite("tests.person.terminal")

Open = "Callable[..., Terminal]"


@pytest.fixture
def mark() -> str:
    """Tells the processes of this test from all others."""
    return uuid.uuid4().hex


@pytest.fixture
def open_terminal(mark: str) -> Iterator[Callable[..., Terminal]]:
    """Run the command with some words on a terminal; at the end nothing that it started may be left."""
    if sys.platform == "win32":
        pytest.skip("pseudo-terminals are POSIX")
    from tests.person.terminal import PATIENCE, Terminal, marked

    opened: list[Terminal] = []

    def run(*words: str, cols: int = 120, rows: int = 40, deaf: bool = False) -> Terminal:
        opened.append(Terminal(*words, cols=cols, rows=rows, mark=mark, deaf=deaf))
        return opened[-1]

    yield run
    for terminal in opened:
        terminal.put_away()
    # A server that was killed is gone when its parent has been told of it, which takes the kernel a moment.
    deadline = time.monotonic() + PATIENCE
    while (left := marked(mark)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not left, [(Path(f"/proc/{pid}/cmdline")).read_bytes() for pid in left]
