"""Hosts that are not ours start what `wrap` has put into the configuration that they wrote themselves."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inspector.cli.main import main
from tests.interop.conftest import node, npm_package

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform == "win32", reason="record does not run on Windows"),
]

CLAUDE_CODE = ("@anthropic-ai/claude-code", "2.1.197")
GEMINI = ("@google/gemini-cli", "0.61.0")


@pytest.fixture
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if not request.config.getoption("--run-interop"):
        pytest.skip("needs npm and a network: run with --run-interop, or `make interop`")
    for name in [*os.environ]:
        if name.startswith(("CLAUDE", "GEMINI", "XDG_", "CODEX", "MCP_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return tmp_path


def run(*argv: str) -> str:
    """What a host prints."""
    own = {"DISABLE_AUTOUPDATER": "1", "GEMINI_CLI_TRUST_WORKSPACE": "true"}
    quiet = {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}
    done = subprocess.run(
        argv, env={**os.environ, **own, **quiet}, capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout + done.stderr


def recorded(home: Path) -> str:
    """The recording there, once it is finished: another process writes it."""
    folder = home / ".local/state/mcp-inspect/recordings"
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for each in folder.glob("*.jsonl"):
            text = each.read_text("utf-8")
            if '"exited"' in text:
                return text
        time.sleep(0.02)
    raise AssertionError("no recording has ended")


def test_claude_code(home: Path) -> None:
    package = npm_package(*CLAUDE_CODE)
    claude = str(package / "bin" / "claude.exe")
    run(claude, "mcp", "add", "-s", "user", "demo", "--", sys.executable, "-m", "inspector.demo")
    assert main(["wrap", "demo", "--host", "claude-code"]) == 0
    assert "-m inspector record --name=claude-code/demo -- " in run(claude, "mcp", "list")
    assert '"claude-code"' in recorded(home)
    assert main(["unwrap", "--all"]) == 0
    assert "inspector record" not in (home / ".claude.json").read_text("utf-8")


def test_gemini(home: Path) -> None:
    gemini = [node(), str(npm_package(*GEMINI) / "bundle/gemini.js")]
    run(*gemini, "mcp", "add", "-s", "user", "demo", sys.executable, "--", "-m", "inspector.demo")
    before = (home / ".gemini/settings.json").read_bytes()
    assert main(["wrap", "demo", "--host", "gemini"]) == 0
    assert "Connected" in run(*gemini, "mcp", "list")
    assert '"method":"initialize"' in recorded(home)
    assert main(["unwrap", "--all"]) == 0
    assert (home / ".gemini/settings.json").read_bytes() == before
