"""A terminal without `readline`, as on Windows; the one with it is in `tests/person/test_shell.py`."""

from __future__ import annotations

import signal
import sys

import pytest

from tests.cli.conftest import DEMO, server

PLAIN = (
    "import sys; sys.modules['readline'] = None\n"
    "from inspector.cli.main import main; sys.exit(main(sys.argv[1:]))"
)


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_plain_input() -> None:
    import pexpect

    child = pexpect.spawn(sys.executable, ["-c", PLAIN, "shell", *DEMO], encoding="utf-8", timeout=30)
    try:
        child.expect("demo> ")
        child.sendline("call echo text=hi")
        child.expect("\r\nhi\r\ndemo> ")
        child.sendintr()
        # CPython's plain input misses what comes between prompt and read: then a person presses again.
        while child.expect(["demo> ", pexpect.TIMEOUT], timeout=3):
            child.sendintr()
        child.sendline("call countdown steps=1000")
        child.expect("← progress 1/1000")
        child.sendintr()
        child.expect("Cancelled")
        child.expect("demo> ")
        child.sendeof()
        child.expect(pexpect.EOF)
    finally:
        child.close()
    assert child.exitstatus == 0


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_what_comes_waits_until_enter() -> None:
    import pexpect

    child = pexpect.spawn(
        sys.executable, ["-c", PLAIN, "shell", *server("burst"), "30"], encoding="utf-8", timeout=30
    )
    try:
        child.expect("burst> ")
        child.sendline("call go")
        child.expect("sent 30\r\n")
        child.expect("burst> ")
        child.sendline("exit")
        child.expect(pexpect.EOF)
    finally:
        child.close()
    assert child.exitstatus == 0


COMPLETING = """
import readline, signal, sys, time
from inspector.cli.oneshot import Ended
from inspector.cli.shell.terminal import Terminal

def complete(text, state):
    print("completing", flush=True)
    while True:  # a signal between the line before and a pause without end would be missed
        time.sleep(0.05)

async def main():
    print("got", await terminal.line("one> "), flush=True)

readline.set_completer(complete)
readline.parse_and_bind("tab: complete")
terminal = Terminal(lambda line: None)
terminal.interrupt = lambda: None
try:
    terminal.host(main)
except Ended as ended:
    sys.exit(ended.exit_code)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
@pytest.mark.parametrize("ends", [False, True])
def test_a_signal_while_a_word_is_completed(ends: bool) -> None:
    """`readline` forgets what its completer raises."""
    import pexpect

    child = pexpect.spawn(sys.executable, ["-c", COMPLETING], encoding="utf-8", timeout=30)
    try:
        child.expect("one> ")
        child.send("x\t")
        child.expect("completing")
        if ends:
            child.kill(signal.SIGTERM)
        else:
            child.sendintr()
            child.expect("one> ")
            child.sendline("y")
            child.expect("got y")
        child.expect(pexpect.EOF)
    finally:
        child.close()
    assert child.exitstatus == (128 + signal.SIGTERM if ends else 0)
