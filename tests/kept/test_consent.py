"""What was agreed to needs no question, and what has changed since is told without a secret."""

from __future__ import annotations

import json
import re
import stat
import sys
from pathlib import Path

import pytest

from inspector.kept import consent
from inspector.kept.consent import Consents, Standing, consents_path
from inspector.transport.target import HttpTarget, StdioTarget, Target

FILE = Path("/home/ada/.cursor/mcp.json")
COMMAND = StdioTarget(("npx", "-y", "server", "--token", "t0p"), {"KEY": "hunter2", "B": "1"}, "/srv")
URL = HttpTarget("https://x.example/mcp?token=t0p", (("Authorization", "Bearer hunter2"),))


def test_once_is_enough(tmp_path: Path) -> None:
    kept = Consents(tmp_path / "consents.json")
    for target in (COMMAND, URL):
        assert kept.look("cursor/x", FILE, target).state != "given"
        kept.give("cursor/x", FILE, target)
        assert kept.look("cursor/x", FILE, target) == Standing("given")
    assert kept.look("cursor/x", Path("/other/mcp.json"), URL) == Standing("new")
    assert kept.look("cursor/y", FILE, URL) == Standing("new")


@pytest.mark.parametrize(
    ("before", "now", "changes"),
    [
        (
            COMMAND,
            StdioTarget(("npx", "-y", "other"), {"KEY": "hunter3", "C": "1"}, None),
            (
                "command: npx -y server --token sha256:… → npx -y other",
                "folder: /srv → none",
                "new variable C",
                "variable B is gone",
                "variable KEY has another value",
            ),
        ),
        (
            URL,
            HttpTarget(URL.url, (("Authorization", "Bearer x"),)),
            ("header Authorization has another value",),
        ),
        (
            URL,
            HttpTarget("https://evil.example/", transport="sse", unix_socket="/s"),
            (
                "url: https://x.example/mcp?token=sha256:… → https://evil.example/",
                "socket: none → /s",
                "transport: auto → sse",
                "header Authorization is gone",
            ),
        ),
        (
            COMMAND,
            URL,
            (
                "command: npx -y server --token sha256:… → none",
                "url: none → https://x.example/mcp?token=sha256:…",
                "folder: /srv → none",
                "transport: none → auto",
                "variable KEY is gone",
                "variable B is gone",
                "new header Authorization",
            ),
        ),
    ],
)
def test_what_has_changed(tmp_path: Path, before: Target, now: Target, changes: tuple[str, ...]) -> None:
    kept = Consents(tmp_path / "c")
    kept.give("h/x", FILE, before)
    found = kept.look("h/x", FILE, now)
    assert found.state == "changed"
    shown = [re.sub(r"sha256:\w+", "sha256:…", each) for each in found.changes]
    assert shown == list(changes)


def test_no_secret_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "consents.json"
    kept = Consents(path)
    kept.give("a", FILE, COMMAND)
    kept.give("b", FILE, URL)
    text = path.read_text("utf-8")
    assert "hunter2" not in text
    assert "t0p" not in text
    assert "KEY" in text
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len({entry["salt"] for entry in json.loads(text)["consents"].values()}) == 2


def test_forgetting_and_what_is_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "consents.json"
    kept = Consents(path)
    kept.give("a", FILE, COMMAND)
    kept.give("a", Path("/elsewhere"), COMMAND)
    assert kept.forget("a") == 2
    assert kept.forget("a") == 0
    path.write_text("{", "utf-8")
    assert kept.look("a", FILE, COMMAND) == Standing("new")
    kept.give("a", FILE, COMMAND)
    assert kept.look("a", FILE, COMMAND) == Standing("given")
    assert (tmp_path / "consents.json.damaged").exists()
    path.write_text(
        json.dumps({"format": consent.FORMAT, "consents": {f"a\n{FILE}": {"salt": "s"}}}), "utf-8"
    )
    assert kept.look("a", FILE, COMMAND).state == "changed"
    monkeypatch.setattr(consent, "MOST", 2)
    for name in "abc":
        kept.give(name, FILE, COMMAND)
    assert [kept.look(name, FILE, COMMAND).state for name in "abc"] == ["new", "given", "given"]


def test_the_users_own() -> None:
    assert consents_path().name == "consents.json"
