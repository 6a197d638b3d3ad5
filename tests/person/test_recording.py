"""What the app records of its own sessions, when the disk fills up and when it is killed."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind
from tests.person.terminal import SERVERS, Terminal

Open = Callable[..., Terminal]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are Linux's")


def test_a_disk_fills_up_and_then_it_is_killed(open_terminal: Open, tmp_path: Path) -> None:
    import resource

    received = tmp_path / "received"
    command = ("--", sys.executable, str(SERVERS / "repeats.py"), str(received))
    terminal = open_terminal(*command)
    terminal.until("● connected", "Tools 3")
    (file,) = Path(os.environ["XDG_STATE_HOME"]).rglob("*.jsonl")
    full = file.stat().st_size + 100
    assert terminal.child.pid is not None
    resource.prlimit(terminal.child.pid, resource.RLIMIT_FSIZE, (full, full))
    call(terminal, "the first")
    terminal.until("not recording: Recording stopped")
    call(terminal, "the second")  # and all goes on
    terminal.leave()
    assert file.stat().st_size <= full
    assert file.read_bytes().endswith(b"}\n")
    file.unlink()

    received.write_bytes(b"")
    terminal = open_terminal(*command)
    terminal.until("● connected", "Tools 3")
    call(terminal, "before the end")
    assert terminal.child.pid is not None
    os.kill(terminal.child.pid, signal.SIGKILL)
    (file,) = Path(os.environ["XDG_STATE_HOME"]).rglob("*.jsonl")
    journal = Journal.open(file)
    rows = [row for row in range(len(journal)) if journal.kind(row) is Kind.MESSAGE]
    sent = [journal.body(row) for row in rows if journal.direction(row) is Direction.C2S]
    assert sent == received.read_bytes().splitlines()
    assert b"before the end" in journal.body(rows[-1])
    assert journal.direction(rows[-1]) is Direction.S2C
    journal.close()


def call(terminal: Terminal, text: str) -> None:
    terminal.press("/")
    terminal.type("say")
    terminal.until(r"│ say ")
    terminal.press("enter")
    terminal.until("│ *text ")
    terminal.type(text)
    terminal.press("f5")
    terminal.until(rf"✓ ok .*(?s:.)*{text}")
