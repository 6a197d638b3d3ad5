"""ctrl+q ends it in every state, so do SIGTERM, SIGHUP and a closed window.

No process stays, and the terminal is as it was before.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from tests.person.terminal import DEMO, Terminal, marked, server

Open = Callable[..., Terminal]


@pytest.fixture
def connected(open_terminal: Open) -> Terminal:
    """The app on the demo server."""
    terminal = open_terminal(*DEMO)
    terminal.until(r"● connected \d", "Resources 5")
    return terminal


def test_while_connecting(open_terminal: Open) -> None:
    terminal = open_terminal(*server("silent"))
    terminal.until("connecting", "probing")
    terminal.leave()


def test_while_a_call_runs(open_terminal: Open) -> None:
    terminal = open_terminal(*server("silent_call"), cols=80, rows=24)
    terminal.until(r"● connected \d", "Triggers it|go")
    terminal.press("down", "down", "enter")
    terminal.until("Run")
    terminal.press("f5")
    terminal.until("running")
    terminal.leave()


def test_with_a_dialog_open(connected: Terminal) -> None:
    connected.press("q")
    connected.until(r"Quit\?")
    connected.leave()


def test_by_the_dialog(connected: Terminal) -> None:
    connected.press("q")
    connected.until(r"Quit\?")
    connected.press("esc")
    connected.until("Resources 5", gone=r"Quit\?")
    connected.press("q")
    connected.until(r"Quit\?")
    connected.press("y")
    connected.ends()


def test_with_the_help_open(connected: Terminal) -> None:
    connected.press("?")
    connected.until("Run the opened tool")
    connected.leave()


def test_with_the_palette_open(connected: Terminal) -> None:
    connected.press("ctrl+p")
    connected.until("Search for commands")
    connected.leave()


def test_while_the_server_will_not_end(open_terminal: Open) -> None:
    terminal = open_terminal(*server("ignores_shutdown"))
    terminal.until(r"● connected \d")
    terminal.press("ctrl+q")
    terminal.until("stopping the server")
    terminal.press("ctrl+q")  # a person who waits presses it again
    terminal.ends()


def test_after_the_server_died(open_terminal: Open) -> None:
    terminal = open_terminal(*server("exit_mid_call"))
    terminal.until(r"● connected \d")
    terminal.press("down", "down", "enter")
    terminal.until("Triggers it", "Run")
    terminal.press("f5")
    terminal.until("server exited with code 3")
    terminal.leave()


def test_where_the_command_does_not_exist(open_terminal: Open) -> None:
    terminal = open_terminal("--", "no-such-program-anywhere")
    terminal.until("not connected", "Diagnosis", "no-such-program-anywhere is not installed")
    terminal.leave()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_on_a_signal(connected: Terminal, name: str) -> None:
    number = getattr(signal, name)
    os.kill(connected.child.pid, number)
    connected.ends(128 + number)


def test_on_a_signal_while_connecting(open_terminal: Open) -> None:
    terminal = open_terminal(*server("silent"))
    terminal.until("connecting", "probing")
    os.kill(terminal.child.pid, signal.SIGTERM)
    terminal.ends(128 + signal.SIGTERM)


def test_when_the_window_is_closed(connected: Terminal, mark: str) -> None:
    assert marked(mark)
    connected.hang_up()


def test_when_the_window_is_closed_and_the_signal_for_that_is_ignored(open_terminal: Open) -> None:
    terminal = open_terminal(*DEMO, deaf=True)
    terminal.until(r"● connected \d")
    terminal.hang_up()


def test_when_the_window_is_closed_on_a_server_that_will_not_end(open_terminal: Open) -> None:
    terminal = open_terminal(*server("ignores_shutdown"))
    terminal.until(r"● connected \d")
    terminal.hang_up()


def test_when_it_is_killed(connected: Terminal, mark: str) -> None:
    """Nothing can be done on SIGKILL, but its end closes the server's stdin."""
    os.kill(connected.child.pid, signal.SIGKILL)
    connected.child.wait()
