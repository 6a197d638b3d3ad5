"""Out into the user's editor and back, on a real terminal."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.person.terminal import DEMO, Terminal

EDITOR = """
import pathlib, sys
path = pathlib.Path(sys.argv[-1])
print("EDITING", path.name, path.read_text().strip(), flush=True)
path.write_text(input("new text? "))
"""


def test_a_field_in_the_editor(
    open_terminal: Callable[..., Terminal], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "my editor.py"
    program.write_text(EDITOR)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", shlex.join([sys.executable, str(program)]))
    terminal = open_terminal(*DEMO, cols=80, rows=24)
    terminal.until(r"● connected \d", "Resources 5")
    terminal.press("/")
    terminal.type("weather")
    terminal.until(r"│ weather ")
    terminal.press("enter")
    terminal.until(r"city \*")
    terminal.type("Oslo")
    terminal.until("Oslo")
    terminal.press("f7")
    terminal.until(r"EDITING city\.txt Oslo", "new text\\?")
    terminal.type("Bergen")
    terminal.press("enter")
    terminal.until(r"city \* +string +Bergen", r"● connected \d", gone="EDITING")
    terminal.press("enter")
    terminal.until("Weather for Bergen")
    terminal.leave()
