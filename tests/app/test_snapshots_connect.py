"""The story of choosing a server in pictures under snapshots/. `make snapshots` draws them again."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from inspector.app.choosing import ChoosingApp
from inspector.hosts.server import Surroundings
from inspector.kept.recent import Recents
from inspector.transport.target import HttpTarget, StdioTarget
from tests.app.snapshot import hold
from tests.app.test_connect import told, until
from tests.hosts.surrounded import put


def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Surroundings:
    """Files under a home whose path is the same everywhere, as far as the screen tells of it."""
    home = tmp_path / "home"
    folder = home / "project"
    (folder / ".git").mkdir(parents=True)
    put("claude_desktop_config.json", home / ".config/Claude/claude_desktop_config.json")
    put("vscode_mcp.json", folder / ".vscode/mcp.json")
    put("codex_config.toml", home / ".codex/config.toml")
    (home / ".gemini").mkdir()
    (home / ".gemini/settings.json").write_text('{"mcpServers": {', "utf-8")
    monkeypatch.chdir(folder)
    recents = Recents(now=lambda: 1.0)
    recents.add(StdioTarget(("python", "server.py", "--token", "t0p"), {}, "/srv"))
    recents.add(HttpTarget("https://example.com/mcp"), "codex/figma")
    return Surroundings(folder, home, {"API_KEY": "k3y"}, "linux")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_snapshot_connect(
    size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Servers of hosts with targets of lately on top; one looked at, which asks for three values."""
    app = ChoosingApp(machine(tmp_path, monkeypatch))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: told(app))
        await pilot.pause()  # no cursor is about to blink
        app.screen.query_one("#connect-line", Input).cursor_blink = False
        await pilot.press(*["down"] * 4)
        await until(pilot, lambda: "vscode/perplexity" in told(app))
        await pilot.pause()
        hold(app, f"connect-{size[0]}x{size[1]}", "mcp-inspect: what to connect to")
        app.exit()
