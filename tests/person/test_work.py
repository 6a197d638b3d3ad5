"""A day of work: call, read, fill in, cancel, filter, resize, lose the server and get it back."""

from __future__ import annotations

import os
import signal
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.person.terminal import DEMO, Terminal, marked, server

Open = Callable[..., Terminal]
SIZES = [(80, 24), (120, 40), (200, 60)]


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def demo(open_terminal: Open, request: pytest.FixtureRequest) -> Terminal:
    """The app on the demo server, at each size."""
    cols, rows = request.param
    return connected(open_terminal(*DEMO, cols=cols, rows=rows))


@pytest.fixture
def wide(open_terminal: Open) -> Terminal:
    """The app on the demo server, with all panes on the screen."""
    return connected(open_terminal(*DEMO))


def connected(terminal: Terminal) -> Terminal:
    terminal.until(r"● connected \d", "Tools 11", "Resources 5")
    return terminal


def search(terminal: Terminal, text: str) -> None:
    """Find a capability by what it is called, and open it."""
    terminal.press("/")
    terminal.type(text)
    terminal.until(rf"│ {text} ", r"Tools|Resources|Prompts")
    terminal.press("enter")


def test_a_call_costs_two_keys_beside_the_text(demo: Terminal) -> None:
    demo.press("down", "down")
    demo.press("enter")
    demo.until("What to return")
    demo.type("it says [/]x back")
    demo.press("enter")
    demo.until(r"✓ ok ·", r"│ it says \[/\]x back")
    demo.leave()


def test_a_resource_is_read(demo: Terminal) -> None:
    search(demo, "hello")
    demo.until("demo://hello.txt", "Read")
    demo.press("enter")
    demo.until(r"✓ ok ·", r"Hello\. This text is a resource\.")
    demo.leave()


def test_many_fields_by_keyboard(demo: Terminal) -> None:
    search(demo, "weather")
    demo.until("Name of the city")
    demo.type("Oslo")
    demo.press("down", "right")
    demo.until("● imperial")
    demo.press("down", "backspace")
    demo.type("3")
    demo.until("days +integer  3")
    demo.press("down", "left")
    demo.until("● true")
    demo.press("down", "right")
    demo.until("▾ place", r"latitude \* +number")
    demo.press("down")
    demo.type("59.9")
    demo.press("down")
    demo.type("10.7")
    demo.until(r"longitude \* +number +10\.7")
    demo.press("enter")
    demo.until("✓ ok ·", "Weather for Oslo")
    demo.click("Weather for Oslo")
    demo.press("end")
    demo.until(r"at 59\.9, 10\.7")
    demo.leave()


def test_json_instead_of_the_form(wide: Terminal) -> None:
    search(wide, "echo")
    wide.until("What to return")
    wide.type("from the form")
    wide.press("ctrl+t")
    wide.until('"text": "from the form"')
    wide.press("ctrl+a")
    wide.type('{"text": "from the editor"}')
    wide.until("from the editor")
    wide.press("f5")
    wide.until(r"✓ ok ·", "│ from the editor")
    wide.press("ctrl+t")
    wide.until("text .*string  from the editor")
    wide.leave()


def test_a_call_is_cancelled(wide: Terminal) -> None:
    search(wide, "countdown")
    wide.until("steps +integer")
    wide.press("backspace")
    wide.type("900")
    wide.press("enter")
    wide.until(r"running · .*times out in", r"\d+ of 900", "Cancel")
    wide.press("ctrl+g")
    wide.until("✗ cancelled", r"Cancelled by the user", "notify.*cancelled")
    wide.press("f5")
    wide.until("running")
    wide.press("ctrl+g")
    wide.until("✗ cancelled")
    wide.leave()


@pytest.mark.parametrize(
    "keys",
    [
        "\x1b[B\x1b[B\rtyped ahead\r",
        "/echo\rtyped ahead\r\x1b[17~",
        '/echo\rnot this\x14\x01{"text": "typed ahead"}\x1b[15~',
    ],
    ids=["cursor", "search", "json"],
)
def test_typing_ahead(wide: Terminal, keys: str) -> None:
    """All keys at once, as a program types: each goes where it would go if one waited."""
    wide.type(keys)
    wide.until("✓ ok ·", "│ typed ahead")
    wide.leave()


def test_the_log_is_filtered_and_a_message_opened(demo: Terminal) -> None:
    demo.press("3")
    demo.until("Messages · following")
    demo.press("/")
    demo.until("filter: words")
    demo.type("templates")
    demo.until(r"Messages · following · 2 of \d+")
    demo.press("enter")
    demo.until("f follow")  # the log has the focus
    demo.press("up")
    demo.until(r"paused")
    demo.press("enter")
    demo.until("Request  Response  Raw", 'method  "resources/templates/list"')
    demo.press("esc")
    demo.until("Messages · paused")
    demo.press("esc")
    demo.until("server/discover", gone=r"\d of \d")
    demo.leave()


def test_the_window_is_resized(wide: Terminal) -> None:
    search(wide, "echo")
    wide.until("What to return")
    wide.type("kept")
    wide.press("enter")
    wide.until("✓ ok ·", "│ kept")
    for cols, rows in [(80, 24), (60, 15), (20, 5), (200, 60), (120, 40)]:
        wide.resize(cols, rows)
        wide.until("Tool|Form|kept|Demo")
        wide.press("f6")
    wide.until(r"● connected \d", "Tools 11", "text .*string  kept", "Messages", "tools/call")
    wide.leave()


def test_a_server_is_killed_and_comes_back(wide: Terminal, mark: str) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("finds the server in /proc")
    (pid,) = set(marked(mark)) - {wide.child.pid}
    os.kill(pid, signal.SIGKILL)
    wide.until("✗ server was ended by SIGKILL", "exited .*SIGKILL", "ctrl.r starts it anew")
    wide.press("ctrl+r")
    wide.until(r"● connected \d", "Tools 11", gone="starts it anew")
    (again,) = set(marked(mark)) - {wide.child.pid}
    assert again != pid
    wide.leave()


def test_the_last_words_of_a_server(open_terminal: Open) -> None:
    terminal = open_terminal(*server("exit_mid_call"))
    terminal.until(r"● connected \d", "Tools 2")
    terminal.press("down", "down", "enter")
    terminal.until("Triggers it", "Run")
    terminal.press("enter")
    terminal.until("✗ server exited with code 3", "connection lost", "stderr +fatal: cannot go on")
    terminal.leave()


def test_by_mouse(wide: Terminal) -> None:
    wide.click("weather")
    wide.until("Name of the city", r"› weather")
    wide.type("Bergen")
    wide.click("imperial")
    wide.until("● imperial")
    wide.click("Run ")
    wide.until("✓ ok ·", "Weather for Bergen", "°F")
    wide.until("request +tools/call", "response +tools/call")
    wide.click("tools/list", times=2)
    wide.until(r"\d ⇄ \d · tools/list", "Messages · paused")
    wide.click("Raw")
    wide.until(r'\{"jsonrpc": ?"2.0"')
    wide.leave()


def recordings() -> list[Path]:
    return list(Path(os.environ["XDG_STATE_HOME"]).rglob("*.jsonl"))


def test_a_recording_is_kept_and_replayed(wide: Terminal, open_terminal: Open, mark: str) -> None:
    search(wide, "echo")
    wide.until("What to return")
    wide.type("for the record")
    wide.press("enter")
    wide.until("✓ ok ·")
    wide.leave()
    (kept,) = recordings()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    before = kept.read_bytes()
    viewer = open_terminal("replay", str(kept))
    viewer.until("■ recorded", "Tools 11", "tools/call")
    assert marked(mark) in ([viewer.child.pid], [])
    search(viewer, "echo")
    viewer.until("What to return")
    viewer.press("enter")
    viewer.until("Not connected. This is a recording: nothing is sent.")
    viewer.leave()
    assert recordings() == [kept]
    assert kept.read_bytes() == before


def test_no_recording_is_kept(open_terminal: Open) -> None:
    terminal = connected(open_terminal("--no-record", *DEMO))
    terminal.leave()
    assert recordings() == []


def test_a_large_result(wide: Terminal) -> None:
    """5 MB of text; it is all there, and the app stays small."""
    search(wide, "large")
    wide.until("kilobytes +integer +100")
    wide.press("backspace", "backspace", "backspace")
    wide.until("kilobytes +integer +0 to 20000")
    wide.type("5000")
    wide.press("enter")
    wide.until("✓ ok ·", "0000003 the quick brown fox")
    if sys.platform.startswith("linux"):
        assert most_memory(wide.child.pid) < 200_000
    wide.click("0000003 the quick")
    wide.press("end")
    wide.until("0083332 the quick")
    wide.leave()


def most_memory(pid: int) -> int:
    """kB that a process had in memory at most."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def test_the_last_line_of_the_help(demo: Terminal) -> None:
    demo.press("?")
    demo.until("Keys", "Run the opened tool")
    demo.press("end")
    demo.until("esc closes", gone="Run the opened tool")
    demo.press("esc")
    demo.until("Tools 11", gone="esc closes")
    demo.leave()
