"""The app opens on a terminal, and where there is none one sentence says so."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import COMMAND, DEMO, Run


def test_no_terminal_no_app(run: Run) -> None:
    done = run("--", sys.executable, "-c", "pass")
    assert done.code == 2
    assert done.out == ""
    assert done.err == (
        "mcp-inspect: The app needs a terminal, and there is none. "
        "mcp-inspect list prints what a server offers.\n"
    )


def spawn(*words: str) -> Any:
    import pexpect

    return pexpect.spawn(
        COMMAND[0], [*COMMAND[1:], *words], encoding="utf-8", dimensions=(40, 120), timeout=60
    )


def quit_by_key(child: Any) -> int:
    import pexpect

    child.sendcontrol("q")
    child.expect(pexpect.EOF)
    child.close()
    code: int = child.exitstatus
    return code


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
@pytest.mark.parametrize("words", [("demo", "--no-record"), ("--no-record", *DEMO), DEMO], ids=len)
def test_the_app_on_a_terminal(words: tuple[str, ...], tmp_path: Path) -> None:
    child = spawn(*words)
    child.expect(r"(?<!not )connected \d")
    assert quit_by_key(child) == 0
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert bool(kept) == ("--no-record" not in words)


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_a_recording_on_a_terminal(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "session.jsonl"
    run("list", "--record", str(file), *DEMO)
    before = file.read_bytes()
    child = spawn("replay", str(file))
    child.expect("prompts/list")
    assert quit_by_key(child) == 0
    assert file.read_bytes() == before
