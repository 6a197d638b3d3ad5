"""A server by its name: what the line becomes, and that nothing starts which nobody has agreed to."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inspector.cli import asked, named
from inspector.cli.argv import Line
from inspector.cli.main import main
from inspector.cli.named import resolved
from inspector.cli.options import Wanted
from inspector.errors import UsageError
from inspector.transport.target import HttpTarget, StdioTarget

SERVER = [sys.executable, "-m", "inspector.demo"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two files of hosts, and a person with a folder of their own."""
    folder = tmp_path / "home" / "project"
    (folder / ".vscode").mkdir(parents=True)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "MCP_CATALOG_PATH", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(folder)
    servers = {
        "demo": {"command": SERVER[0], "args": SERVER[1:], "env": {"LEVEL": "info"}},
        "keyed": {"command": "run", "args": ["${input:team}"], "env": {"KEY": "${input:key}"}},
        "web": {
            "url": "https://x.example/mcp",
            "type": "sse",
            "headers": {"X-Team": "blue", "B": "${env:NONE}"},
        },
    }
    inputs = [
        {"id": "key", "type": "promptString", "description": "API key", "password": True},
        {"id": "team", "type": "pickString", "options": ["red", "blue"], "default": "blue"},
    ]
    (folder / ".vscode/mcp.json").write_text(json.dumps({"servers": servers, "inputs": inputs}), "utf-8")
    (folder / ".mcp.json").write_text("{", "utf-8")
    return folder


class Typed:
    """What a person types at the terminal, and a terminal where there is one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.prompts: list[str] = []
        self.lines: list[str] = []
        self.there = True
        monkeypatch.setattr(asked, "person_there", lambda: self.there)
        monkeypatch.setattr(named, "_line", self)
        monkeypatch.setattr("getpass.getpass", self)

    def __call__(self, prompt: str) -> str:
        self.prompts.append(prompt)
        return self.lines.pop(0)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Typed:
    return Typed(monkeypatch)


def meant(name: str, **given: Any) -> Wanted:
    return resolved(Wanted(line=Line(("list",)), **given), name, ["list", "call"])


def test_a_person_agrees_once(project: Path, typed: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    typed.lines = ["y"]
    wanted = meant("demo", env=["LEVEL=debug"])
    assert wanted.line == Line(("list",), tuple(SERVER), None, "vscode/demo")
    assert wanted.target() == StdioTarget(tuple(SERVER), {"LEVEL": "debug"}, str(project))
    said = capsys.readouterr().err
    assert "vscode/demo\n  command    " in said
    assert "  variables  LEVEL\n" in said
    assert "info" not in said
    assert typed.prompts == ["Start? [y/N] "]
    assert meant("demo", cwd="/x").target() == StdioTarget(tuple(SERVER), {"LEVEL": "info"}, "/x")
    assert len(typed.prompts) == 1


def test_what_has_changed_is_asked_about_and_shown(
    project: Path, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    meant("demo", yes=True)
    file = project / ".vscode/mcp.json"
    file.write_text(file.read_text("utf-8").replace("inspector.demo", "evil\\u001b[2J"), "utf-8")
    typed.lines = ["n"]
    with pytest.raises(UsageError, match="vscode/demo was not agreed to"):
        meant("demo")
    said = capsys.readouterr().err
    assert "It is not what was agreed to before:\n  command: " in said
    assert "\x1b" not in said
    typed.there = False
    with pytest.raises(
        UsageError, match=r"start vscode/demo since it has changed \(command: .*no terminal"
    ) as caught:
        meant("demo")
    assert caught.value.next == "mcp-inspect servers vscode/demo shows it; --yes agrees"


def test_inputs_are_asked_for(project: Path, typed: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    typed.lines = ["yes", "hunter2", "green", "red"]
    target = meant("keyed").target()
    assert target == StdioTarget(("run", "red"), {"KEY": "hunter2"}, str(project))
    assert typed.prompts[1:3] == ["API key (hidden): ", "team (red, blue) [blue]: "]
    assert "That is none of them." in capsys.readouterr().err
    given = ["key=k=1", "team=red"]
    assert meant("keyed", input=given).target() == StdioTarget(("run", "red"), {"KEY": "k=1"}, str(project))
    typed.there = False
    with pytest.raises(UsageError, match="needs a value for its input team"):
        meant("keyed", input=["key=k"])
    with pytest.raises(UsageError, match="has no input 'x'") as caught:
        meant("keyed", input=["x=1"])
    assert caught.value.next == "It has key, team"
    with pytest.raises(UsageError, match="--input takes ID=VALUE"):
        meant("keyed", input=["key"])
    with pytest.raises(UsageError, match="has no input 'a'"):
        meant("demo", input=["a=b"])


def test_a_url(project: Path, typed: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    typed.lines = ["Y"]
    wanted = meant("web", header=["x-team: red"])
    assert wanted.line.url == "https://x.example/mcp"
    assert wanted.target() == HttpTarget(
        "https://x.example/mcp", (("B", ""), ("x-team", "red")), transport="sse"
    )
    assert typed.prompts == ["Connect to it? [y/N] "]
    assert "The variable NONE is not set here, so it is empty." in capsys.readouterr().err
    assert replace(meant("web"), transport="http").target().transport == "http"  # type: ignore[union-attr]


def test_no_such_server(project: Path, typed: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    for line, says in [
        ("list demmo", "No server to connect to: none is called 'demmo'. Did you mean demo?"),
        ("list zzz", "none is called 'zzz'. End with -- COMMAND, a URL, or a name"),
        ("lisst", "'lisst' is neither a verb nor a URL, and no server is called so. Did you mean list?"),
        ("zzz", "Did you forget -- before the server's command? mcp-inspect -- zzz"),
    ]:
        assert main(line.split()) == 2
        err = capsys.readouterr().err
        assert says in err
        assert ".mcp.json is not JSON" in err  # it may be called so there


def test_verbs_on_a_name(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "demo", "--json"]) == 2
    assert "Nobody has agreed to start vscode/demo" in capsys.readouterr().err
    assert main(["call", "add", "a=2", "b=40", "vscode/demo", "--yes"]) == 0
    assert capsys.readouterr().out == '{"sum": 42}\n'
    assert main(["demo", "list", "tools"]) == 2  # a verb is a verb, and the server called so needs its host
    capsys.readouterr()
    assert main(["vscode/demo", "list", "tools", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["tools"]


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal")
def test_one_line_and_no_more_is_taken_from_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    import pty

    ours, theirs = pty.openpty()
    with open(theirs, encoding="utf-8") as stdin, open(ours, "wb", buffering=0) as person:
        monkeypatch.setattr(sys, "stdin", stdin)
        person.write(b" y \nnext\n")
        assert named._line("? ") == "y"
        assert os.read(theirs, 100) == b"next\n"
