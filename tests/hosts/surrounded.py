"""A machine with the configuration of every host on it, in a folder."""

from __future__ import annotations

from pathlib import Path

from inspector.hosts.server import Surroundings

SAMPLES = Path(__file__).parent / "samples"
ENVIRON = {"API_KEY": "k3y"}


def put(sample: str, path: Path, **words: str) -> Path:
    """A sample where a host would keep it, with `@WORD@` replaced."""
    text = (SAMPLES / sample).read_text("utf-8")
    for word, value in words.items():
        text = text.replace(f"@{word}@", value.replace("\\", "\\\\"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def around(tmp_path: Path, platform: str = "linux", **environ: str) -> Surroundings:
    """The user `home`, in the folder `home/project/src` of a repository."""
    home = tmp_path / "home"
    folder = home / "project" / "src"
    folder.mkdir(parents=True, exist_ok=True)
    (home / "project" / ".git").mkdir(exist_ok=True)
    return Surroundings(folder, home, ENVIRON | environ, platform)


def furnished(tmp_path: Path) -> Surroundings:
    """With a file of every host."""
    where = around(tmp_path)
    home, project = where.home, where.home / "project"
    secret = home / "secret"
    secret.write_text("s3cret\n", "utf-8")
    put("claude_desktop_config.json", home / ".config/Claude/claude_desktop_config.json")
    put("claude.json", home / ".claude.json", PROJECT=str(project))
    put("dot_mcp.json", project / ".mcp.json")
    put("cursor_mcp.json", project / ".cursor/mcp.json")
    put("vscode_mcp.json", project / ".vscode/mcp.json")
    put("windsurf_mcp_config.json", home / ".codeium/windsurf/mcp_config.json", SECRET=str(secret))
    put("zed_settings.json", home / ".config/zed/settings.json")
    put("codex_config.toml", home / ".codex/config.toml")
    put("gemini_settings.json", home / ".gemini/settings.json")
    put("inspector_mcp.json", home / ".mcp-inspector/mcp.json")
    return where
