"""Colour on a terminal only, and never where NO_COLOR is set."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest

from inspector.cli.paint import PLAIN, Paint, paint_for
from tests.cli.conftest import COMMAND, DEMO

if TYPE_CHECKING:
    from tests.cli.conftest import Run


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _a_usual_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("WT_SESSION", "1")


def test_on_a_terminal() -> None:
    paint = paint_for(Terminal())
    assert paint.strong("x") == "\x1b[1mx\x1b[0m"
    assert paint.faint("") == ""
    assert Paint(True).alarm("x").startswith("\x1b[1;31m")
    assert paint.added("x") + paint.removed("x") == "\x1b[32mx\x1b[0m\x1b[31mx\x1b[0m"


def test_not_in_a_pipe() -> None:
    assert paint_for(io.StringIO()) == PLAIN
    assert PLAIN.alarm("x") == "x"


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_not_where_it_is_unwanted(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert paint_for(Terminal()) == PLAIN


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
@pytest.mark.parametrize("unwanted", [False, True])
def test_the_command(monkeypatch: pytest.MonkeyPatch, run: Run, unwanted: bool) -> None:
    import pexpect

    if unwanted:
        monkeypatch.setenv("NO_COLOR", "1")
    child = pexpect.spawn(
        COMMAND[0], [*COMMAND[1:], "list", "prompts", *DEMO], encoding="utf-8", dimensions=(24, 80)
    )
    out = child.read()
    child.close()
    assert ("\x1b[1mPrompts\x1b[0m 2" in out) is not unwanted
    assert ("\x1b" in out) is not unwanted
    piped = run("list", "prompts", *DEMO)
    assert "\x1b" not in piped.out
