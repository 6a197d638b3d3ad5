"""A terminal without `readline`, as on Windows; the one with it is in `tests/person/test_shell.py`."""

from __future__ import annotations

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
