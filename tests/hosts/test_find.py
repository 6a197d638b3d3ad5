"""Every host's file is read, merged by its host's precedence, and a broken one hides no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.errors import UsageError
from inspector.hosts.find import Found, UnknownServer, find
from inspector.hosts.server import Server
from tests.hosts.surrounded import around, furnished, put


@pytest.fixture
def found(tmp_path: Path) -> Found:
    return find(furnished(tmp_path))


def test_every_host_is_read(found: Found) -> None:
    assert found.troubles == ()
    assert [each.full_name for each in found.servers] == [
        "claude-desktop/filesystem",
        "claude-desktop/weather",
        "claude-code/issues",
        "claude-code/api",
        "claude-code/context7",
        "cursor/local",
        "cursor/remote",
        "vscode/perplexity",
        "vscode/docs",
        "vscode/old",
        "vscode/socket",
        "vscode/host-only",
        "windsurf/figma",
        "windsurf/github",
        "zed/local",
        "zed/older",
        "zed/remote",
        "codex/context7",
        "codex/figma",
        "gemini/pythonTools",
        "gemini/http",
        "gemini/sse",
        "inspector/everything-server-default",
        "inspector/api",
    ]
    assert [each.full_name for each in found.servers if not each.enabled] == [
        "windsurf/github",
        "zed/remote",
        "codex/figma",
    ]


def test_of_one_host_the_nearest_wins(found: Found, tmp_path: Path) -> None:
    assert found.get("issues").url == "https://local.example/mcp"  # local, before project and user
    (tmp_path / "home" / ".claude.json").unlink()
    again = find(around(tmp_path))
    assert again.get("issues").url == "https://project.example/mcp"
    (tmp_path / "home/project/.git").rmdir()  # no repository: a folder above is nobody's project
    with pytest.raises(UnknownServer):
        find(around(tmp_path, PWD="")).get("claude-code/nothing")


def test_names(found: Found) -> None:
    assert found.get("perplexity").host == "vscode"
    assert found.get("cursor/remote").host == "cursor"
    assert found.short(found.get("perplexity")) == "perplexity"
    assert found.short(found.get("cursor/remote")) == "cursor/remote"
    with pytest.raises(UsageError, match="Several hosts") as caught:
        found.get("remote")
    assert "cursor/remote, zed/remote" in caught.value.next
    with pytest.raises(UnknownServer) as caught:
        found.get("perplexty")
    assert caught.value.next == "Did you mean perplexity?"
    with pytest.raises(UnknownServer) as caught:
        found.get("lst", ["list"])
    assert caught.value.next == "Did you mean list?"
    with pytest.raises(UnknownServer) as caught:
        Found().get("x")
    assert caught.value.next == "No configuration that was looked at has a server"


def test_one_name_for_the_same_thing_needs_no_host(tmp_path: Path) -> None:
    def server(name: str, host: str, *args: str) -> Server:
        return Server(name, host, tmp_path / host, tmp_path, "colon" if host == "b" else "none", "run", args)

    found = Found((server("x", "a"), server("x", "b"), server("y", "a", "$1"), server("y", "b", "$1")))
    assert found.get("x").host == "a"
    with pytest.raises(UsageError, match="Several hosts"):  # a variable is not the same to both
        found.get("y")


def test_a_name_that_looks_like_another_with_its_host(tmp_path: Path) -> None:
    odd, plain = (
        Server(name, host, tmp_path, tmp_path, command="c") for name, host in (("b/x", "a"), ("x", "b"))
    )
    found = Found((odd, plain))
    assert found.get("b/x") is plain
    assert found.short(odd) == "a/b/x"
    assert found.get("a/b/x") is odd


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"mcpServers": {', "is not JSON: line 1, column"),
        ('{"mcpServers": {}, // c\n}', "its host takes neither comments"),
        ("[1]", "holds no JSON object"),
        ('{"mcpServers": []}', "mcpServers is no object"),
        ('{"mcpServers": {"a": 1}}', "mcpServers.a is no object"),
        ('{"mcpServers": {"a": {}}}', "mcpServers.a has neither a command nor a URL"),
        ('{"mcpServers": {"a": {"command": ["x"]}}}', "mcpServers.a has a command that is no text"),
        ('{"mcpServers": {"a": {"command": " "}}}', "mcpServers.a has an empty command"),
        ('{"mcpServers": {"a": {"command": "x", "args": "y"}}}', "has args that are no list"),
        ('{"mcpServers": {"a": {"command": "x", "args": [{}]}}}', "has args that hold something else"),
        ('{"mcpServers": {"a": {"command": "x", "env": []}}}', "has env that is no object"),
        ('{"mcpServers": {"a": {"url": 1}}}', "has a url that is no text"),
        ('{"a": NaN}', "is not JSON: NaN is no value"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_what_means_nothing_is_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    where = around(tmp_path)
    file = where.home / ".config/Claude/claude_desktop_config.json"
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    put("cursor_mcp.json", where.home / ".cursor/mcp.json")
    found = find(where)
    (trouble,) = found.troubles
    assert str(file) in trouble
    assert says in trouble
    assert [each.name for each in found.servers] == ["local", "remote"]


def test_nothing_there_is_nothing_wrong(tmp_path: Path) -> None:
    assert find(around(tmp_path)) == Found()
