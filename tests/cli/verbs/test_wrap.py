"""`wrap` and `unwrap` as a person runs them, and the wrapped line as a host starts it."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from inspector.cli.main import main
from inspector.hosts.editing.file import ENDING
from tests.cli.conftest import COMMAND, ENV
from tests.hosts.surrounded import furnished

FRONT = [sys.executable, "-P", "-m", "inspector", "record"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="record does not run on Windows")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    where = furnished(tmp_path)
    monkeypatch.setenv("HOME", str(where.home))
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "MCP_CATALOG_PATH", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.chdir(where.folder)
    return where.home


def held(folder: Path) -> dict[Path, bytes]:
    """Every file there, and what it holds."""
    return {each: each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def test_there_and_back_in_every_host(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = held(machine)
    assert main(["servers", "--json"]) == 0
    listed = [each for each in json.loads(capsys.readouterr().out) if "command" in each]
    names = [f"{each['host']}/{each['name']}" for each in listed]
    for name in names:
        assert main(["wrap", name]) == 0, name
        assert f"Wrapped {name} in ~/" in capsys.readouterr().out
        after = held(machine)
        assert main(["wrap", name]) == 0
        assert "is wrapped already" in capsys.readouterr().out
        assert held(machine) == after
    assert main(["servers", "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert {f"{each['host']}/{each['name']}" for each in again if each["recorded"]} == set(names)
    # What stands for them here is what they are without the recorder: agreed to, and connected to, as such.
    assert [{**each, "recorded": False} for each in again if "command" in each] == listed
    assert main(["unwrap", "--all"]) == 0
    assert capsys.readouterr().out.count("Unwrapped ") == len(names)
    assert held(machine) == before
    assert main(["unwrap", "--all"]) == 0
    assert capsys.readouterr().out == "No server is wrapped.\n"


def test_only_looking(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = held(machine)
    assert main(["wrap", "codex/context7", "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert '+args = ["-P", "-m", "inspector", "record", "--name=codex/context7", "--", "npx", "-y"' in out
    assert "MY_ENV_VALUE" not in out
    assert main(["wrap", "codex/context7", "--dry-run", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["changed"], document["backup"]) == (False, None)
    assert document["diff"][0] == "--- config.toml"
    assert held(machine) == before


def test_what_is_said(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["wrap", "context7", "--host", "claude-code", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == {
        "name": "context7",
        "host": "claude-code",
        "file": str(machine / ".claude.json"),
        "changed": True,
        "backup": str(machine / f".claude.json{ENDING}"),
    }
    assert "Claude Code writes this file itself" in err
    assert main(["wrap", "perplexity"]) == 0
    out, err = capsys.readouterr()
    assert f"mcp.json{ENDING}" in out
    assert "Restart VS Code" in out
    assert "mcp-inspect unwrap vscode/perplexity" in out
    assert "of this machine alone" in err
    assert main(["wrap", "windsurf/github"]) == 0
    assert "switched off in Windsurf" in capsys.readouterr().err
    assert main(["servers"]) == 0
    assert re.search(r"perplexity +npx -y .*\(recorded there\)\n", capsys.readouterr().out)
    assert main(["servers", "perplexity"]) == 0
    assert "recorded   by mcp-inspect where VS Code starts it\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("wrap context7", "Name one of claude-code/context7, codex/context7, or give --host"),
        ("wrap docs", "mcp-inspect proxy https://docs.example/mcp"),
        ("wrap https://docs.example/mcp", "mcp-inspect proxy https://docs.example/mcp"),
        ("wrap perplexty", "Did you mean perplexity?"),
        ("wrap context7 --host cursr", "Did you mean cursor?"),
        ("wrap context7 --host gone.json", "There is no file gone.json"),
        ("wrap x -- npx", "takes the name of a server"),
        ("wrap", "takes the name of a server"),
        ("unwrap", "or --all"),
        ("unwrap x --all", "or --all"),
    ],
)
def test_what_cannot_be_meant(
    machine: Path, line: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = held(machine)
    assert main(line.split()) == 2
    assert says in capsys.readouterr().err
    assert held(machine) == before


def test_a_file_and_what_another_entry_hides(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = machine / "elsewhere" / "servers.json"
    own.parent.mkdir()
    own.write_text('{"servers": {"perplexity": {"command": "other"}}}', "utf-8")
    user = machine / ".config/Code/User/mcp.json"
    user.parent.mkdir(parents=True)
    user.write_bytes(own.read_bytes())
    for file in (own, user):
        capsys.readouterr()
        assert main(["wrap", "perplexity", "--host", str(file)]) == 0
        # What undoes it names the file as well: the name alone would mean another one's entry.
        out = capsys.readouterr().out
        assert f"mcp-inspect unwrap perplexity --host {file}\n" in out
        assert "Restart the host that reads it" in out
        entry = json.loads(file.read_text("utf-8"))["servers"]["perplexity"]
        name = entry["args"].pop(len(FRONT) - 1)
        assert re.fullmatch(r"--name=[\w.-]+/perplexity", name)
        assert [entry["command"], *entry["args"]] == [*FRONT, "--", "other"]
    # Here the project's is the one that is called so, and it is not wrapped; the user's is.
    assert main(["unwrap", "perplexity"]) == 0
    assert "Unwrapped vscode/perplexity in ~/.config/Code/User/mcp.json" in capsys.readouterr().out
    assert main(["unwrap", "perplexity"]) == 0
    assert "vscode/perplexity in ~/project/.vscode/mcp.json is not wrapped" in capsys.readouterr().out
    assert main(["unwrap", "perplexity", "--host", str(own)]) == 0
    assert json.loads(own.read_text("utf-8")) == json.loads(user.read_text("utf-8"))


def test_another_project_of_claude_code(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = machine / ".claude.json"
    document = json.loads(file.read_text("utf-8"))
    document["projects"]["/elsewhere"]["mcpServers"]["other"] = {
        "command": "/gone/python",
        "args": [*FRONT[1:], "--", "x"],
    }
    file.write_text(json.dumps(document), "utf-8")
    assert main(["unwrap", "other"]) == 0
    assert "Unwrapped claude-code/other in ~/.claude.json of /elsewhere" in capsys.readouterr().out
    assert json.loads(file.read_text("utf-8"))["projects"]["/elsewhere"]["mcpServers"]["other"] == {
        "command": "x",
        "args": [],
    }


def test_one_name_in_several_projects(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = machine / ".claude.json"
    entry = {"mcpServers": {"x": {"command": "x"}}}
    file.write_text(json.dumps({"projects": {"/a": entry, "/b": entry}}), "utf-8")
    assert main(["wrap", "x", "--host", str(file)]) == 2
    assert (
        "'x' stands in several places: ~/.claude.json of /a, ~/.claude.json of /b" in capsys.readouterr().err
    )


def test_renewed_with_the_options_that_it_has(machine: Path) -> None:
    file = machine / ".cursor/mcp.json"
    file.parent.mkdir()
    words = ["-m", "inspector", "record", "-o", "/tmp/x.jsonl", "--", "npx", "-y"]
    entry = {"command": "/old/python3.9", "args": words, "env": {"PYTHONPATH": "/src"}}
    file.write_text(json.dumps({"mcpServers": {"x": entry}}), "utf-8")
    assert main(["wrap", "cursor/x"]) == 0
    new = json.loads(file.read_text("utf-8"))["mcpServers"]["x"]
    assert new["command"] == sys.executable
    assert new["args"] == ["-E", "-P", *words[:3], "--name=cursor/x", *words[3:]]


def test_the_name_is_the_host_s_unless_a_person_gave_one(
    machine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = machine / ".cursor/mcp.json"
    file.parent.mkdir()
    names = {"own": ["--name", "mine"], "old": [], "${x}": []}
    words = {name: [*FRONT[1:], *own, "--", "npx"] for name, own in names.items()}
    entries = {name: {"command": sys.executable, "args": args} for name, args in words.items()}
    file.write_text(json.dumps({"mcpServers": entries}), "utf-8")
    for name, asks in (("own", "attach mine\n"), ("${x}", "attach --latest\n")):
        assert main(["wrap", f"cursor/{name}", "--control"]) == 0
        assert asks in capsys.readouterr().out
    new = {name: each["args"] for name, each in json.loads(file.read_text("utf-8"))["mcpServers"].items()}
    assert new["own"] == [*FRONT[1:], "--name", "mine", "--control", "--", "npx"]
    assert new["${x}"] == [*FRONT[1:], "--control", "--", "npx"]
    assert new["old"] == words["old"]  # wrapped before there were names: as it is until it is asked for
    assert main(["wrap", "cursor/old"]) == 0
    assert "attach cursor/old\n" in capsys.readouterr().out
    assert json.loads(file.read_text("utf-8"))["mcpServers"]["old"]["args"][4] == "--name=cursor/old"


def test_with_breakpoints(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = machine / ".cursor/mcp.json"
    file.parent.mkdir()
    before = json.dumps({"mcpServers": {"x": {"command": "npx", "args": ["-y"]}}})
    file.write_text(before, "utf-8")
    rules = Path("rules.toml")
    assert main(["wrap", "cursor/x", "--faults", "rules.toml"]) == 2
    assert "rules.toml cannot be read" in capsys.readouterr().err
    assert file.read_text("utf-8") == before
    rules.write_text('[[rule]]\ndo = "delay 1s"\n', "utf-8")
    for options, written in (
        (["--control"], ["--control"]),
        (["--faults", "rules.toml"], ["--control", f"--faults={rules.absolute()}"]),
        ([], ["--control", f"--faults={rules.absolute()}"]),
    ):
        assert main(["wrap", "cursor/x", *options]) == 0
        args = json.loads(file.read_text("utf-8"))["mcpServers"]["x"]["args"]
        assert args == [*FRONT[1:], "--name=cursor/x", *written, "--", "npx", "-y"]
    assert main(["unwrap", "cursor/x"]) == 0
    assert file.read_text("utf-8") == before


def test_a_person_is_asked_which(machine: Path) -> None:
    import pexpect

    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], "wrap", "context7"],
        env={**os.environ, **ENV},
        encoding="utf-8",
        timeout=30,
    )
    child.expect("claude-code/context7")
    child.expect(r"Which one\? \[1-2\] ")
    child.sendline("2")
    child.expect("Wrapped codex/context7")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


INITIALIZE: dict[str, Any] = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "host", "version": "1"},
    },
}


def test_the_wrapped_line_as_a_host_starts_it(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = machine / ".cursor/mcp.json"
    file.parent.mkdir()
    # What is meant for a Python of the server's does not lead ours astray, and reaches the server.
    stray = machine / "stray"
    stray.mkdir()
    (stray / "platformdirs.py").write_text("raise SystemExit(9)", "utf-8")
    script = "import os, runpy, sys; print(os.environ['PYTHONPATH'], file=sys.stderr)"
    own = {
        "command": sys.executable,
        "args": ["-c", f"{script}; runpy.run_module('inspector.demo', run_name='__main__')"],
        "env": {"PYTHONPATH": str(stray)},
    }
    file.write_text(json.dumps({"mcpServers": {"demo": own}}), "utf-8")
    assert main(["wrap", "demo"]) == 0
    entry = json.loads(file.read_text("utf-8"))["mcpServers"]["demo"]
    done = subprocess.run(
        [entry["command"], *entry["args"]],
        input=json.dumps(INITIALIZE) + "\n",
        capture_output=True,
        encoding="utf-8",
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "HOME": str(machine), **entry["env"]},
        check=True,
        timeout=60,
    )
    assert json.loads(done.stdout)["result"]["serverInfo"]
    assert str(stray) in done.stderr
    recordings = machine / ".local/state/mcp-inspect/recordings"
    (recording,) = _finished(recordings)
    assert '"method":"initialize"' in recording
    assert '"name":"cursor/demo"' in recording.splitlines()[0]
    assert '"clientInfo":{"name":"host"' in recording.replace('": ', '":')
    assert stat.S_IMODE(recordings.stat().st_mode) == 0o700
    # Chosen here, it is started without the recorder: nothing is recorded twice.
    capsys.readouterr()
    assert main(["list", "tools", "cursor/demo", "--yes", "--json"]) == 0
    assert len(list(recordings.iterdir())) == 1


def _finished(folder: Path) -> list[str]:
    """The recordings there, once what writes them has ended: that is another process than the host's."""
    deadline = time.monotonic() + 100  # the recorder gives way to all others
    while time.monotonic() < deadline:
        texts = [each.read_text("utf-8") for each in folder.glob("*.jsonl")]
        if texts and all('"exited"' in each for each in texts):
            return texts
        time.sleep(0.02)
    raise AssertionError("no recording has ended")
