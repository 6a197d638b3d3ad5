"""Where each host keeps the servers of its user and of a project, on each platform, the file that wins first.

    claude-desktop  modelcontextprotocol.io/docs/develop/connect-local-servers
    claude-code     code.claude.com/docs/en/mcp, "MCP installation scopes": local, then project, then user
    cursor          cursor.com/docs/context/mcp, "Configuration locations": project, then global
    vscode          code.visualstudio.com/docs/copilot/reference/mcp-configuration: workspace, then user
    windsurf        docs.windsurf.com/windsurf/cascade/mcp; plugins for other editors have a file of their own
    zed             zed.dev/docs/ai/mcp and zed.dev/docs/configuring-zed: project, then user
    codex           developers.openai.com/codex/mcp: a trusted project, then $CODEX_HOME
    gemini          geminicli.com/docs/tools/mcp-server: project, then user
    inspector       docs/mcp-server-configuration.md of the official Inspector: its writable catalogue
    mcp.json        a plain file of that name; no host's

A project's file is looked for in the current folder and above it, up to the root of its repository; where
there is none, in the current folder alone. Nothing is read here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from inspector.hosts.server import Surroundings, Syntax

Shape: TypeAlias = Literal[
    "mcpServers", "servers", "either", "claude-local", "claude-projects", "context_servers", "codex"
]

TITLES = {
    "claude-desktop": "Claude Desktop",
    "claude-code": "Claude Code",
    "cursor": "Cursor",
    "vscode": "VS Code",
    "windsurf": "Windsurf",
    "zed": "Zed",
    "codex": "Codex",
    "gemini": "Gemini CLI",
    "inspector": "MCP Inspector",
    "mcp.json": "mcp.json",
}
"""The hosts in the order in which they are listed, and what they are called."""


@dataclass(frozen=True, slots=True)
class Place:
    """One file of a host.

    Attributes:
        host: A key of `TITLES`.
        file: The file; it need not be there.
        shape: Where in it the servers stand.
        folder: What relative paths in it begin at.
        syntax: How variables in it are spelt.
        project: Whether it belongs to a project.
        lenient: Whether comments and a comma after the last member are allowed.
    """

    host: str
    file: Path
    shape: Shape
    folder: Path
    syntax: Syntax
    project: bool = False
    lenient: bool = False


def places(around: Surroundings) -> list[Place]:
    """Every file that may say something; of one host the one that wins stands first."""
    home, folder = around.home, around.folder
    settings = _settings(around)
    found: list[Place] = []

    def user(host: str, file: Path, shape: Shape, syntax: Syntax, *, lenient: bool = False) -> None:
        found.append(Place(host, file, shape, folder, syntax, lenient=lenient))

    def project(host: str, name: str, shape: Shape, syntax: Syntax, *, lenient: bool = False) -> None:
        for above in _upwards(around):
            if (above / name).is_file() and above / name not in (each.file for each in found):
                found.append(Place(host, above / name, shape, above, syntax, project=True, lenient=lenient))
                return

    user("claude-desktop", _desktop(around) / "claude_desktop_config.json", "mcpServers", "none")
    claude = around.environ.get("CLAUDE_CONFIG_DIR")
    claude_json = (Path(claude) if claude else home) / ".claude.json"
    user("claude-code", claude_json, "claude-local", "braces")
    project("claude-code", ".mcp.json", "mcpServers", "braces")
    user("claude-code", claude_json, "mcpServers", "braces")
    project("cursor", ".cursor/mcp.json", "mcpServers", "colon", lenient=True)
    user("cursor", home / ".cursor" / "mcp.json", "mcpServers", "colon", lenient=True)
    project("vscode", ".vscode/mcp.json", "servers", "colon", lenient=True)
    for edition in ("Code", "Code - Insiders"):
        user("vscode", settings / edition / "User" / "mcp.json", "servers", "colon", lenient=True)
    for name in ("windsurf/mcp_config.json", "mcp_config.json"):
        user("windsurf", home / ".codeium" / name, "mcpServers", "colon", lenient=True)
    project("zed", ".zed/settings.json", "context_servers", "none", lenient=True)
    user("zed", _zed(around) / "settings.json", "context_servers", "none", lenient=True)
    project("codex", ".codex/config.toml", "codex", "none")
    codex = around.environ.get("CODEX_HOME")
    user("codex", (Path(codex) if codex else home / ".codex") / "config.toml", "codex", "none")
    project("gemini", ".gemini/settings.json", "mcpServers", "dollar", lenient=True)
    user("gemini", home / ".gemini" / "settings.json", "mcpServers", "dollar", lenient=True)
    catalogue = around.environ.get("MCP_CATALOG_PATH")
    own = Path(catalogue) if catalogue else home / ".mcp-inspector" / "mcp.json"
    user("inspector", own, "mcpServers", "none")
    project("mcp.json", "mcp.json", "either", "braces", lenient=True)
    return found


def _upwards(around: Surroundings) -> Iterator[Path]:
    """The current folder and those above it within one repository; the user's own folder is no project."""
    above = [around.folder, *around.folder.parents]
    if around.home in above:
        above = above[: above.index(around.home)]
    root = next((at for at, each in enumerate(above) if (each / ".git").exists()), 0)
    yield from above[: root + 1]


def _settings(around: Surroundings) -> Path:
    """Where desktop programs keep the settings of a user."""
    if around.platform == "win32":
        roaming = around.environ.get("APPDATA")
        return Path(roaming) if roaming else around.home / "AppData" / "Roaming"
    if around.platform == "darwin":
        return around.home / "Library" / "Application Support"
    own = around.environ.get("XDG_CONFIG_HOME")
    return Path(own) if own else around.home / ".config"


def _desktop(around: Surroundings) -> Path:
    return _settings(around) / "Claude"


def _zed(around: Surroundings) -> Path:
    if around.platform == "win32":
        return _settings(around) / "Zed"
    if around.platform == "darwin":
        return around.home / ".config" / "zed"
    return _settings(around) / "zed"
