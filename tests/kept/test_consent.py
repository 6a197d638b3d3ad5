"""What was agreed to needs no question, and what has changed since is told without a secret."""

from __future__ import annotations

import json
import re
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.hosts.server import Server, Surroundings
from inspector.hosts.variables import as_written, meant
from inspector.kept import consent
from inspector.kept.consent import Consents, Standing, consents_path

FILE = Path("/home/ada/.cursor/mcp.json")
BASE = Server("x", "cursor", FILE, Path("/home/ada"), "colon")
COMMAND = replace(
    BASE,
    command="npx",
    args=("-y", "server", "--token", "t0p", "${env:BARE}"),
    env={"KEY": "hunter2", "B": "1"},
    cwd="/srv",
)
URL = replace(BASE, url="https://x.example/mcp?token=t0p", headers={"Authorization": "Bearer hunter2"})


def look(kept: Consents, server: Server, **environ: str) -> Standing:
    around = Surroundings(FILE.parent, FILE.parent, {"BARE": "s3cret", **environ})
    return kept.look(server, meant(server, around, as_written(server)).target)


def give(kept: Consents, server: Server) -> None:
    around = Surroundings(FILE.parent, FILE.parent, {"BARE": "s3cret"})
    kept.give(server, meant(server, around, as_written(server)).target)


def test_once_is_enough(tmp_path: Path) -> None:
    kept = Consents(tmp_path / "consents.json")
    for server in (COMMAND, URL):
        assert look(kept, server).state != "given"
        give(kept, server)
        assert look(kept, server) == Standing("given")
    assert look(kept, replace(URL, file=Path("/other/mcp.json"))) == Standing("new")
    assert look(kept, replace(URL, name="y")) == Standing("new")


@pytest.mark.parametrize(
    ("before", "now", "changes"),
    [
        (
            COMMAND,
            replace(COMMAND, args=("-y", "other"), env={"KEY": "hunter3", "C": "1"}, cwd=""),
            (
                "command: npx -y server --token sha256:… '${env:BARE}' → npx -y other",
                "folder: /srv → none",
                "new variable C",
                "variable B is gone",
                "variable KEY has another value",
            ),
        ),
        (
            URL,
            replace(URL, headers={"Authorization": "Bearer x"}),
            ("header Authorization has another value",),
        ),
        (
            URL,
            replace(BASE, url="https://evil.example/", transport="sse", unix_socket="/s"),
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
                "command: npx -y server --token sha256:… '${env:BARE}' → none",
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
def test_what_has_changed(tmp_path: Path, before: Server, now: Server, changes: tuple[str, ...]) -> None:
    kept = Consents(tmp_path / "c")
    give(kept, before)
    found = look(kept, now)
    assert found.state == "changed"
    assert [re.sub(r"sha256:\w+", "sha256:…", each) for each in found.changes] == list(changes)


def test_what_a_variable_stands_for_may_change_what_runs(tmp_path: Path) -> None:
    kept = Consents(tmp_path / "c")
    give(kept, COMMAND)
    found = look(kept, COMMAND, BARE="rm -rf /")
    assert found.changes == ("a secret in the command or URL, or what a variable there stands for",)


def test_no_secret_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "consents.json"
    kept = Consents(path)
    give(kept, COMMAND)
    give(kept, replace(URL, name="y"))
    text = path.read_text("utf-8")
    for secret in ("hunter2", "t0p", "s3cret"):
        assert secret not in text
    assert "KEY" in text
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len({entry["salt"] for entry in json.loads(text)["consents"].values()}) == 2


def test_forgetting_and_what_is_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "consents.json"
    kept = Consents(path)
    give(kept, COMMAND)
    give(kept, replace(COMMAND, file=Path("/elsewhere")))
    assert kept.forget("cursor/x") == 2
    assert kept.forget("cursor/x") == 0
    path.write_text("{", "utf-8")
    assert look(kept, COMMAND) == Standing("new")
    give(kept, COMMAND)
    assert look(kept, COMMAND) == Standing("given")
    assert (tmp_path / "consents.json.damaged").exists()
    odd = {"format": consent.FORMAT, "consents": {f"cursor/x\n{FILE}": {"salt": "s"}}}
    path.write_text(json.dumps(odd), "utf-8")
    assert look(kept, COMMAND).state == "changed"
    monkeypatch.setattr(consent, "MOST", 2)
    named = [replace(COMMAND, name=name) for name in "abc"]
    for each in named:
        give(kept, each)
    assert [look(kept, each).state for each in named] == ["new", "given", "given"]


def test_the_users_own() -> None:
    assert consents_path().name == "consents.json"
