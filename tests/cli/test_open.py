"""The app opens on a terminal, and where there is none one sentence says so."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from inspector.app.screens.connect import Chosen
from inspector.cli.main import main
from inspector.kept.recent import Recents, recent_path
from inspector.transport.target import HttpTarget, StdioTarget, Target
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

    # Where readline is loaded it has put the runner's own size there.
    env = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    return pexpect.spawn(
        COMMAND[0], [*COMMAND[1:], *words], env=env, encoding="utf-8", dimensions=(40, 120), timeout=60
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


class Opened:
    """What the app is run with, instead of running it; and a person who chooses."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, chosen: Chosen | None) -> None:
        self.targets: list[Target | None] = []
        self.authorizations: list[Any] = []
        monkeypatch.setattr("inspector.cli.open.on_terminal", lambda: True)
        monkeypatch.setattr("inspector.cli.verbs.open.on_terminal", lambda: True)
        monkeypatch.setattr("inspector.cli.verbs.demo.on_terminal", lambda: True)
        monkeypatch.setattr("inspector.app.choosing.choose", lambda: chosen)
        monkeypatch.setattr("inspector.app.app.run_app", self)

    def __call__(self, target: Target | None, **given: Any) -> int:
        self.targets.append(target)
        self.authorizations.append(given["authorization"])
        return 0


def test_nobody_is_named_so_a_person_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    target = StdioTarget(("server", "--token", "t0p"), {}, "/srv")
    opened = Opened(monkeypatch, Chosen(target, "server"))
    assert main([]) == 0
    assert main(["--no-record"]) == 0
    assert opened.targets == [target, target]
    (recent,) = Recents().all()
    assert recent.server is not None
    assert recent.server.args == ("--token", "${input:value 1}")
    named = Opened(monkeypatch, Chosen(HttpTarget("https://x"), "docs", "cursor/docs"))
    assert main([]) == 0
    assert named.targets == [HttpTarget("https://x")]
    assert [each.name for each in Recents().all()] == ["cursor/docs", ""]


def test_a_token_goes_to_the_server_that_the_line_names_and_to_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MCP_INSPECT_TOKEN", "t0p")
    opened = Opened(monkeypatch, Chosen(HttpTarget("https://other.example"), "other"))
    assert main([]) == 0
    assert main(["https://x.example/mcp"]) == 0
    assert [given is not None for given in opened.authorizations] == [False, True]


def test_leaving_without_a_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Opened(monkeypatch, None)
    assert main([]) == 0
    assert opened.targets == []
    assert main(["-e", "A=1"]) == 2  # said of a server, and there is none


def test_what_was_typed_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Opened(monkeypatch, None)
    assert main(["https://x.example/mcp"]) == 0
    assert main(["demo"]) == 0
    assert main(["--no-record", "--", "server"]) == 0
    assert len(opened.targets) == 3
    assert [each.server.url for each in Recents().all() if each.server] == ["https://x.example/mcp"]

    (path := recent_path()).unlink()
    path.mkdir()
    assert main(["--", "server"]) == 0  # it must not get in the way
