"""A day with remote servers: one that asks for authorization, one that is not there, and every exchange."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.person.terminal import Terminal
from tests.servers.authorization_server import authorization_server
from tests.servers.protected import gated

Open = Callable[..., Terminal]
SIZES = [(80, 24), (120, 40), (200, 60)]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for recordings and credentials, and a browser that consents to everything."""
    browser = tmp_path / "browser"
    page = f"import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
    page += "from tests.servers.visitor import browse\nbrowse(sys.argv[1])\n"
    browser.write_text(f"#!{sys.executable}\n{page}")
    browser.chmod(0o700)
    monkeypatch.setenv("BROWSER", str(browser))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_authorize_call_and_look_at_the_network(
    home: Path, open_terminal: Open, size: tuple[int, int]
) -> None:
    with authorization_server() as issuer, gated(issuer) as (server, _):
        terminal = open_terminal(server.url, cols=size[0], rows=size[1])
        terminal.until("Your browser is to visit", r"Open the browser \(o\)")
        host = issuer.url.split("/")[2]
        terminal.until(host.replace(".", r"\."))
        terminal.press("o")
        terminal.until(r"● connected \d", "Tools 2")
        terminal.press("n")
        terminal.until(
            r"GET +✓ 200 +protected resource", "POST +✓ 20[01] +dynamic client", "POST +✓ 200 +token"
        )
        terminal.press("home", "enter")
        terminal.until("end +✓ complete")
        terminal.press("z")
        terminal.until("4 Exchange")
        terminal.press("end")
        terminal.until("again, with credentials", gone="Tools 2")
        terminal.press("a")
        terminal.until("The server's challenge +ok|Token +ok")
        terminal.leave()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_server_that_is_not_there_is_named_with_what_to_do(
    home: Path, open_terminal: Open, size: tuple[int, int]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        terminal = open_terminal(f"http://127.0.0.1:{taken.getsockname()[1]}/mcp", cols=size[0], rows=size[1])
        terminal.until("Diagnosis", "refused", "→ ", "✗ TCP connection")
        terminal.press("d")
        terminal.until("looked closer", "refused")
        terminal.leave()
