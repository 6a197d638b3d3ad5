"""What one can connect to: searched, listed, and told of before anything starts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from inspector.app.choices import agreed, choices, details, entries, target_of
from inspector.errors import UsageError
from inspector.hosts.editing.change import with_recorder
from inspector.hosts.find import Found, find
from inspector.hosts.recording import front
from inspector.hosts.server import Surroundings
from inspector.kept.consent import Consents
from inspector.kept.recent import Recent, Recents
from inspector.transport.target import HttpTarget, StdioTarget
from tests.hosts.surrounded import furnished


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    return furnished(tmp_path)


@pytest.fixture
def found(around: Surroundings) -> Found:
    return find(around)


def test_a_search_goes_through_names_hosts_and_commands(found: Found) -> None:
    def keys(text: str) -> list[str]:
        return [each.key for each in choices(found, (), text)]

    assert len(keys("")) == len(found.servers)
    assert keys("perpl") == ["vscode/perplexity", "typed"]
    assert keys("VS code sse") == ["vscode/old", "typed"]
    assert keys("upstash") == ["claude-code/context7", "codex/context7", "typed"]
    assert keys("https://docs.example/mcp") == ["typed", "vscode/docs"]


def test_a_recorder_in_front_of_it(found: Found, around: Surroundings, tmp_path: Path) -> None:
    """It is started as it is without one, and what was agreed to before it was put in is agreed to still."""
    kept = Consents(tmp_path / "consents.json")
    (before,) = choices(found, (), "filesystem")[:1]
    assert before.server is not None
    target = target_of(before, around, {})
    kept.give(before.server, target)
    file = before.server.file
    file.write_bytes(with_recorder(before.server, file.read_bytes(), lambda _: front("/opt/python")))
    (after,) = choices(find(around), (), "filesystem")[:1]
    assert target_of(after, around, {}) == target
    assert agreed(after, around, kept).state == "given"
    told = "\n".join("".join(text for text, _ in each.text) for each in details(after, around, kept))
    assert "by mcp-inspect where Claude Desktop starts it" in told
    assert "/opt/python" not in told


@pytest.mark.parametrize(
    ("text", "target", "problem"),
    [
        ("python 'my server.py'", StdioTarget(("python", "my server.py")), ""),
        ("-- npx -y x", StdioTarget(("npx", "-y", "x")), ""),
        ("HTTP://x/mcp", HttpTarget("HTTP://x/mcp"), ""),
        ("ws://x", HttpTarget("ws://x"), "no URL"),
        ("http://[x", HttpTarget("http://[x"), "no URL"),
        ("a 'b", None, "no command line: No closing quotation"),
    ],
)
def test_what_is_typed(text: str, target: object, problem: str, around: Surroundings) -> None:
    (typed,) = choices(Found(), (), text)
    assert typed.target == target
    assert problem in typed.problem
    assert bool(problem) == bool(typed.problem)
    if problem:
        with pytest.raises(UsageError):
            target_of(typed, around, {})
    else:
        assert target_of(typed, around, {}) == target
    assert choices(Found(), (), " -- ") == []


def test_lately(found: Found, around: Surroundings, tmp_path: Path) -> None:
    kept = Recents(tmp_path / "r")
    kept.add(HttpTarget("https://by.hand/?token=t0p"))
    by_hand = kept.all()[0]
    listed = choices(found, [Recent(1.0, "cursor/gone"), Recent(1.0, "zed/older"), by_hand], "")[:3]
    assert [(each.group, each.label, bool(each.problem)) for each in listed] == [
        ("Lately", "cursor/gone", True),
        ("Lately", "zed/older", False),
        ("Lately", "https://by.hand/?token=…", False),
    ]
    consents = Consents(tmp_path / "c")
    assert agreed(listed[2], around, consents).state == "given"
    assert agreed(listed[1], around, consents).state == "new"
    assert "t0p" not in "".join(each.whole for each in details(listed[2], around, consents))
    assert target_of(listed[2], around, {"value 1": "x"}) == HttpTarget("https://by.hand/?token=x")


def test_the_list(found: Found, around: Surroundings) -> None:
    listed = choices(found, (Recent(1.0, "gone/\x1b[2J"),), "")
    made = entries(listed, [f"{around.home}/x is not JSON"], around.home, 30)
    text = [each.plain for each in made]
    assert text[:2] == ["Lately", "! gone/␛[2J"]
    assert "Cursor  ~/project/.cursor/mcp…" in text
    assert "× github" in text  # switched off in its host
    assert text[-2:] == ["Cannot be read", "! ~/x is not JSON"]
    assert all(len(each) <= 30 for each in text[:-1])
    assert len({each.key for each in made}) == len(made)


def test_details(found: Found, around: Surroundings, tmp_path: Path) -> None:
    consents = Consents(tmp_path / "c")
    every = {each.key: each for each in choices(found, (), "")}

    def told(key: str) -> list[str]:
        return [each.plain for each in details(every[key], around, consents)]

    assert told("cursor/local") == [
        "cursor/local",
        "",
        "command       python",
        "arguments     '${workspaceFolder}/tools/mcp_server.py' '${userHome}' '${workspaceFolderBasename}' "
        "'a${/}b'",
        "folder        ~/project",
        "variables     API_KEY, LEVEL, ON",
        "variables of  ${workspaceFolder}/.env",
        "reads         API_KEY",
        "from          ~/project/.cursor/mcp.json (Cursor)",
        "",
        f"! The file of variables {around.home}/project/.env is not there.",
    ]
    assert told("vscode/perplexity")[-1] == "○ Nobody has agreed to it yet: you are asked."
    assert told("cursor/remote")[-1] == "! The variable MISSING is not set here, so it is empty."
    assert told("codex/figma")[-4:-2] == ["there      switched off in Codex", ""]
    older = every["zed/older"]
    assert older.server is not None
    consents.give(older.server, target_of(older, around, {}))
    assert told("zed/older")[-1] == "✓ Agreed to, and the same since."
    consents.give(replace(older.server, command="other", args=(), env={}), StdioTarget(("other",)))
    assert told("zed/older")[-3:] == [
        "! Not what was agreed to before:",
        "  command: other → older-command run",
        "  new variable A",
    ]
    (typed,) = choices(Found(), (), "x")
    assert typed.is_one_word
    assert [each.plain for each in details(typed, around, consents)][-1] == "Starts this command here."
    (typed,) = choices(Found(), (), "http://x")
    assert not typed.is_one_word
    assert [each.plain for each in details(typed, around, consents)][-1] == "Goes to this URL."
    (typed,) = choices(Found(), (), "ftp://x")
    assert [each.plain for each in details(typed, around, consents)][-1].startswith("! That is no URL")
