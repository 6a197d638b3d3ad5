"""A terminal with a person at it: the installed command on a pseudo-terminal, its screen, keys and mouse.

Nothing is read behind the test's back: output is taken in while it waits for something to stand on the
screen, and no other time.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import time
from pathlib import Path

import pexpect
import pyte

COMMAND = Path(sys.executable).parent / "mcp-inspect"
SERVERS = Path(__file__).parent.parent / "servers"
DEMO = ("--", sys.executable, "-m", "inspector.demo")
MARK = "MCP_INSPECT_TEST_MARK"
PATIENCE = 30.0
"""Seconds after which what a test waits for will not come."""
_STILL = 0.3  # seconds without anything drawn: the clock of the status line draws once a second
_ANEW = 3.0  # seconds after which somebody presses a key once more that a slow server left without effect
_PIECE = 4096
"""Bytes that are taken in at once: what stood on the screen is not passed over, however late it is read."""

_NOT_IN_PYTE = re.compile(rb"\x1b\[[<=][0-9;]*[a-z]")
_ENTER, _LEAVE, _CURSOR = b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[?25h"


def server(name: str) -> tuple[str, ...]:
    """The words that end a line on one of the small servers."""
    return ("--", sys.executable, str(SERVERS / f"{name}.py"))


class Terminal:
    """One run of `mcp-inspect` from start to quit.

    Args:
        words: What follows the command's name.
        cols: Width of the terminal.
        rows: Its height.
        mark: Stands in the environment of the command and of all that it starts.
        deaf: SIGHUP is ignored, as `nohup` and some shells have it.
    """

    def __init__(self, *words: str, cols: int, rows: int, mark: str, deaf: bool = False) -> None:
        env = {
            **os.environ,
            MARK: mark,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LC_ALL": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "",
        }
        for name in ("COLUMNS", "LINES"):  # of the runner's own terminal
            env.pop(name, None)
        self.raw = bytearray()
        self.screen = pyte.Screen(cols, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._held = b""
        self.over = False
        self.child = pexpect.spawn(
            str(COMMAND), list(words), env=env, dimensions=(rows, cols), timeout=None, ignore_sighup=deaf
        )
        self.child.delaybeforesend = None
        self.child.ptyproc.delayafterclose = self.child.ptyproc.delayafterterminate = 0.01

    def put_away(self) -> None:
        """Close the terminal where the test has not left it, so that a failed one leaves nothing behind."""
        if self.child.closed:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.child.pid, signal.SIGKILL)
        self.child.close(force=True)

    # What stands on the screen.

    @property
    def lines(self) -> list[str]:
        """The screen, without what is blank at the end of a line."""
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        """The screen."""
        return "\n".join(self.lines)

    def until(self, *wanted: str, gone: str = "", again: str = "") -> None:
        """Wait until all of `wanted` stand on the screen, and `gone` does not.

        Each of `wanted` is a regular expression. `again` is a key that is pressed anew where nothing follows.
        """
        deadline = time.monotonic() + PATIENCE
        while not self._shows(wanted, gone):
            left = deadline - time.monotonic()
            if not self.over and self._take_in(min(left, _ANEW) if again else left):
                continue
            if again and not self.over and left > _ANEW:
                self.press(again)
                continue
            missing = [word for word in wanted if not re.search(word, self.text)]
            said = "The command is over" if self.over else f"Not in {PATIENCE:.0f} s"
            raise AssertionError(f"{said}: {missing or f'still there: {gone}'}\n{self.framed()}")

    def _shows(self, wanted: tuple[str, ...], gone: str) -> bool:
        return all(re.search(word, self.text) for word in wanted) and not (
            gone and re.search(gone, self.text)
        )

    def framed(self) -> str:
        """The screen with a border, for a message of failure."""
        rule = "+" + "-" * self.screen.columns + "+"
        body = (f"|{line.ljust(self.screen.columns)}|" for line in self.screen.display)
        return "\n".join((rule, *body, rule))

    def at(self, text: str) -> tuple[int, int]:
        """Column and row, from 0, of the first place where `text` stands."""
        for row, line in enumerate(self.screen.display):
            if text in line:
                return line.index(text), row
        raise AssertionError(f"Not on the screen: {text}\n{self.framed()}")

    def _take_in(self, seconds: float) -> bool:
        """Take in one piece of output; false where none came within `seconds`."""
        try:
            data = self.child.read_nonblocking(_PIECE, max(0.0, seconds))
        except pexpect.TIMEOUT:
            return False
        except pexpect.EOF:
            self.over = True
            return True
        self.raw += data
        data = self._held + data
        cut = data.rfind(b"\x1b") if b"\x1b" in data[-16:] else len(data)
        data, self._held = data[:cut], data[cut:]
        self._stream.feed(_NOT_IN_PYTE.sub(b"", data))
        return True

    # What the person does.

    def press(self, *keys: str) -> None:
        """Press keys, each as the bytes that a terminal sends for it, or as a name of `KEYS`."""
        for key in keys:
            self.child.send(KEYS.get(key, key))

    def type(self, text: str) -> None:
        """Type text."""
        self.child.send(text)

    def click(self, text: str, *, times: int = 1) -> None:
        """Click onto the first place where `text` stands, once nothing moves any more."""
        while not self.over and (self._take_in(_STILL) or running(self.child.pid)):
            pass
        col, row = self.at(text)
        for _ in range(times):
            self.child.send(f"\x1b[<0;{col + 1};{row + 1}M\x1b[<0;{col + 1};{row + 1}m")

    def resize(self, cols: int, rows: int) -> None:
        """Drag the window to another size."""
        self.screen.resize(rows, cols)
        self.screen.reset()
        self.child.setwinsize(rows, cols)

    # How it ends.

    def leave(self, code: int = 0) -> None:
        """Quit by key and wait for the end."""
        self.press("ctrl+q")
        self.ends(code)

    def ends(self, code: int = 0) -> None:
        """Wait for the command to end; the terminal is as it was before."""
        deadline = time.monotonic() + PATIENCE
        while not self.over:
            if not self._take_in(deadline - time.monotonic()):
                raise AssertionError(f"It did not end in {PATIENCE:.0f} s\n{self.framed()}")
        self.child.wait()
        self.child.close()
        assert (self.child.exitstatus, self.child.signalstatus) == (code, None), self.framed()
        if _ENTER in self.raw:
            assert self.raw.rfind(_LEAVE) > self.raw.rfind(_ENTER)
            assert self.raw.rfind(_CURSOR) > self.raw.rfind(b"\x1b[?25l")

    def hang_up(self) -> None:
        """Close the terminal's window, and wait for the command to end."""
        os.close(self.child.child_fd)
        self.child.closed = True
        deadline = time.monotonic() + PATIENCE
        while os.waitpid(self.child.pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(self.child.pid, signal.SIGKILL)
                raise AssertionError("The terminal closed and the command went on")
            time.sleep(0.01)


KEYS = {
    "enter": "\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "esc": "\x1b",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "backspace": "\x7f",
    "delete": "\x1b[3~",
    "f1": "\x1bOP",
    "f5": "\x1b[15~",
    "f6": "\x1b[17~",
    "f7": "\x1b[18~",
    **{f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "aegklpqrstu"},
}
"""What a terminal sends for a key."""


def running(pid: int) -> bool:
    """Whether it has a processor or waits for one (Linux; elsewhere nobody knows): it may draw on."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "R"
    except OSError:
        return False


def marked(mark: str) -> list[int]:
    """Processes that have `mark` in their environment (Linux; elsewhere none are found)."""
    found = []
    wanted = f"{MARK}={mark}".encode()
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (directory / "environ").read_bytes():
                found.append(int(directory.name))
        except OSError:  # ended meanwhile, or somebody else's
            continue
    return found
