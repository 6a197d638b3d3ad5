"""Where each host keeps its file, on each platform."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.hosts.places import TITLES, places
from tests.hosts.surrounded import around, put


def users(tmp_path: Path, platform: str, **environ: str) -> set[str]:
    where = around(tmp_path, platform, **environ)
    return {each.file.relative_to(tmp_path).as_posix() for each in places(where)}


EVERYWHERE = {
    "home/.claude.json",
    "home/.cursor/mcp.json",
    "home/.codeium/windsurf/mcp_config.json",
    "home/.codeium/mcp_config.json",
    "home/.codex/config.toml",
    "home/.gemini/settings.json",
    "home/.mcp-inspector/mcp.json",
}


@pytest.mark.parametrize(
    ("platform", "own"),
    [
        (
            "linux",
            {
                "home/.config/Claude/claude_desktop_config.json",
                "home/.config/Code/User/mcp.json",
                "home/.config/Code - Insiders/User/mcp.json",
                "home/.config/zed/settings.json",
            },
        ),
        (
            "darwin",
            {
                "home/Library/Application Support/Claude/claude_desktop_config.json",
                "home/Library/Application Support/Code/User/mcp.json",
                "home/Library/Application Support/Code - Insiders/User/mcp.json",
                "home/.config/zed/settings.json",
            },
        ),
        (
            "win32",
            {
                "home/AppData/Roaming/Claude/claude_desktop_config.json",
                "home/AppData/Roaming/Code/User/mcp.json",
                "home/AppData/Roaming/Code - Insiders/User/mcp.json",
                "home/AppData/Roaming/Zed/settings.json",
            },
        ),
    ],
)
def test_the_users_files(tmp_path: Path, platform: str, own: set[str]) -> None:
    assert users(tmp_path, platform) == EVERYWHERE | own


def test_variables_that_move_files(tmp_path: Path) -> None:
    moved = {
        name: str(tmp_path / name.lower()) for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_CONFIG_HOME")
    }
    found = users(tmp_path, "linux", **moved, MCP_CATALOG_PATH=str(tmp_path / "own.json"))
    assert {
        "claude_config_dir/.claude.json",
        "codex_home/config.toml",
        "xdg_config_home/zed/settings.json",
        "own.json",
    } <= found
    assert "roaming/Zed/settings.json" in users(tmp_path, "win32", APPDATA=str(tmp_path / "roaming"))


def test_the_files_of_a_project(tmp_path: Path) -> None:
    where = around(tmp_path)
    project = where.home / "project"
    names = [
        ".mcp.json",
        ".cursor/mcp.json",
        ".vscode/mcp.json",
        ".zed/settings.json",
        ".gemini/settings.json",
        "mcp.json",
    ]
    for name in names:
        put("dot_mcp.json", project / name)
    put("dot_mcp.json", project / "src" / "mcp.json")
    put("dot_mcp.json", where.home / ".mcp.json")  # of no project
    found = [each for each in places(where) if each.project]
    assert {each.host for each in found} == {"claude-code", "cursor", "vscode", "zed", "gemini", "mcp.json"}
    assert {each.file.parent for each in found if each.host == "mcp.json"} == {project / "src"}
    assert {each.folder for each in found if each.host == "cursor"} == {project}
    assert {each.host for each in places(where)} == set(TITLES)
