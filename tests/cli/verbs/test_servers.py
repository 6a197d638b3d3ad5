"""`servers` lists what hosts have and starts none of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inspector.cli.main import main
from tests.hosts.surrounded import furnished


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    where = furnished(tmp_path)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(where.home))
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "MCP_CATALOG_PATH", "APPDATA", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.chdir(where.folder)
    return where.home


def test_all_of_them(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (machine / ".cursor").mkdir()
    (machine / ".cursor/mcp.json").write_text(
        '{"mcpServers": {"\\u001b[2J": {"command": "x"}, "bad": 1}}', "utf-8"
    )
    assert main(["servers"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("Claude Desktop  ~/.config/Claude/claude_desktop_config.json\n  filesystem")
    assert "\nVS Code  ~/project/.vscode/mcp.json\n  perplexity" in out
    assert "zed/remote" in out
    assert "https://zed.example/mcp  (off there)" in out
    assert "\x1b" not in out
    assert "k3y" not in out + err
    assert "mcpServers.bad is no object." in err


def test_one_of_them(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["servers", "perplexity"]) == 0
    out = capsys.readouterr().out
    assert "arguments  -y server-perplexity-ask '--team=${input:team}' --zone '${input:zone}'\n" in out
    assert "asks for   Perplexity API Key, Team, Zone\n" in out
    assert "agreed to  no\n" in out
    assert main(["servers", "vscode/host-only"]) == 0
    assert "agreed to  it cannot be meant\n" in capsys.readouterr().out
    assert main(["servers", "perplexty"]) == 2
    assert "Did you mean perplexity?" in capsys.readouterr().err


def test_for_programs(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["servers", "--json"]) == 0
    found = {f"{each['host']}/{each['name']}": each for each in json.loads(capsys.readouterr().out)}
    assert found["codex/figma"] == {
        "name": "figma",
        "host": "codex",
        "file": str(machine / ".codex/config.toml"),
        "project": False,
        "enabled": False,
        "recorded": False,
        "url": "https://figma.example/mcp",
        "headers": ["X-Figma-Region", "X-Team", "Authorization"],
        "transport": "http",
        "inputs": [],
        "consent": "new",
    }
    assert found["cursor/local"]["env"] == ["API_KEY", "LEVEL", "ON"]
    assert main(["servers", "cursor/remote", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["headers"] == ["Authorization"]


def test_forgetting(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words, says in [
        (["filesystem", "--forget"], "Nobody had agreed to it.\n"),
        (["filesystem", "--forget", "--json"], '{"forgotten":0}\n'),
    ]:
        assert main(["servers", *words]) == 0
        assert capsys.readouterr().out == says
    assert main(["servers", "--forget"]) == 2
    assert main(["servers", "--", "x"]) == 2


def test_nothing_there(machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    monkeypatch.chdir(tmp_path)
    assert main(["servers"]) == 0
