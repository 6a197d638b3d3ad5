"""The last targets can be connected to again, and what is secret in them is asked for instead of kept."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

from inspector.hosts.server import Surroundings
from inspector.hosts.variables import inputs_of, meant
from inspector.kept.recent import MOST, Recents, recent_path
from inspector.transport.target import HttpTarget, StdioTarget, Target


def recents(tmp_path: Path) -> Recents:
    return Recents(tmp_path / "recent.json", now=itertools.count(100.0).__next__)


def again(tmp_path: Path, target: Target) -> tuple[list[str], Target]:
    """What is asked for, and what comes of it where each answer is its number."""
    kept = recents(tmp_path)
    kept.add(target)
    server = kept.all()[0].server
    assert server is not None
    asked = inputs_of(server)
    assert all(each.secret for each in asked)
    given = {each.id: str(number) for number, each in enumerate(asked, 1)}
    return [each.title for each in asked], meant(
        server, Surroundings(tmp_path, tmp_path, {"A": "no"}), given
    ).target


def test_a_command(tmp_path: Path) -> None:
    plain = StdioTarget(("python", "server.py", "${env:A}"), {}, str(tmp_path))
    assert again(tmp_path, plain) == ([], plain)
    assert again(tmp_path, StdioTarget(("x", "--token", "t0p"), {"KEY": "hunter2"}, str(tmp_path))) == (
        ["--token …", "KEY"],
        StdioTarget(("x", "--token", "1"), {"KEY": "2"}, str(tmp_path)),
    )
    assert "hunter2" not in (tmp_path / "recent.json").read_text("utf-8")
    here = again(tmp_path, StdioTarget(("x",)))[1]
    assert here == StdioTarget(("x",), {}, str(Path.cwd()))


def test_a_url(tmp_path: Path) -> None:
    plain = HttpTarget("https://x.example/mcp", unix_socket="/s", transport="sse")
    assert again(tmp_path, plain) == ([], plain)
    asked, target = again(tmp_path, HttpTarget("https://x.example/?token=t0p", (("X-Team", "blue"),)))
    assert asked == ["https://x.example/?token=…", "X-Team"]
    assert target == HttpTarget("https://x.example/?token=1", (("X-Team", "2"),))


def test_the_newest_first_each_once_and_not_too_many(tmp_path: Path) -> None:
    kept = recents(tmp_path)
    for number in range(MOST + 5):
        kept.add(StdioTarget((f"s{number}",)))
    kept.add(StdioTarget(("gone",)), "cursor/github")
    kept.add(StdioTarget(("s24",)))
    found = kept.all()
    assert len(found) == MOST
    assert [each.name or (each.server and each.server.command) for each in found][:3] == [
        "s24",
        "cursor/github",
        "s23",
    ]
    assert found[0].at == 126.0


def test_what_is_damaged_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "recent.json"
    path.write_text("[", "utf-8")
    kept = Recents(path)
    assert kept.all() == []
    kept.add(HttpTarget("http://x"), "a/b")
    assert [each.name for each in kept.all()] == ["a/b"]
    odd = [1, {}, {"argv": []}, {"url": 1}, {"argv": "x"}, {"at": "x", "url": "http://x", "transport": 3}]
    path.write_text(json.dumps({"format": "mcp-recent/1", "recent": odd}), "utf-8")
    assert [each.server and each.server.url for each in kept.all()] == ["http://x"]
    assert recent_path().name == "recent.json"
