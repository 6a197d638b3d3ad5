"""What a server becomes: the target that its host would start here."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.errors import UsageError
from inspector.hosts.find import find
from inspector.hosts.server import Input, Server
from inspector.hosts.variables import Meant, as_written, inputs_of, meant
from inspector.transport.target import HttpTarget, StdioTarget
from tests.hosts.surrounded import around, furnished


def of(tmp_path: Path, name: str, **given: str) -> Meant:
    where = furnished(tmp_path)
    return meant(find(where).get(name), where, given)


def test_a_desktops_are_taken_as_they_stand(tmp_path: Path) -> None:
    target = of(tmp_path, "weather").target
    assert target == StdioTarget(
        ("uv", "--directory", "/srv/weather", "run", "weather.py"), {"KEY": "${KEY}"}, None
    )


def test_braces(tmp_path: Path) -> None:
    found = of(tmp_path, "claude-code/api")
    assert found.target == HttpTarget(
        "https://api.example.com/mcp",
        (("Authorization", "Bearer k3y"), ("X-Plain", "$API_KEY")),
        transport="http",
    )
    server = Server("x", "h", tmp_path, tmp_path, "braces", "${NONE}", ("${NONE:-}", "${API_KEY:-no}"))
    found = meant(server, around(tmp_path), {})
    assert found.target == StdioTarget(("${NONE}", "", "k3y"))
    assert found.notes == ("The variable NONE is not set here, so ${NONE} stays as it is written",)


def test_a_project_of_cursor(tmp_path: Path) -> None:
    where = furnished(tmp_path)
    project = where.home / "project"
    (project / ".env").write_text(
        "# c\nexport A=1 # c\nB='x # y'\nC=\"l\\nm\" # c\nAPI_KEY=file\nnothing\n", "utf-8"
    )
    target = meant(find(where).get("cursor/local"), where, {}).target
    assert target == StdioTarget(
        ("python", f"{project}/tools/mcp_server.py", str(where.home), "project", "a/b"),
        {"A": "1", "B": "x # y", "C": "l\nm", "API_KEY": "k3y", "LEVEL": "3", "ON": "true"},
        str(project),
    )
    found = of(tmp_path, "cursor/remote")
    assert found.target == HttpTarget("https://api.example.com/mcp", (("Authorization", "Bearer "),))
    assert found.notes == ("The variable MISSING is not set here, so it is empty",)


def test_what_a_person_is_asked_for(tmp_path: Path) -> None:
    where = furnished(tmp_path)
    server = find(where).get("perplexity")
    assert inputs_of(server) == (
        Input("perplexity-key", "Perplexity API Key", secret=True),
        Input("team", "Team", default="blue"),
        Input("zone", "Zone", options=("eu", "us")),
    )
    given = {"perplexity-key": "${env:API_KEY}", "team": "red", "zone": "us"}  # what is typed is no template
    assert meant(server, where, given).target == StdioTarget(
        ("npx", "-y", "server-perplexity-ask", "--team=red", "--zone", "us"),
        {"PERPLEXITY_API_KEY": "${env:API_KEY}"},
        str(where.home / "project"),
    )
    shown = meant(server, where, as_written(server)).target
    assert isinstance(shown, StdioTarget)
    assert shown.argv[3] == "--team=${input:team}"
    with pytest.raises(UsageError, match="needs a value for its input perplexity-key") as caught:
        meant(server, where, {"team": "", "zone": ""})
    assert "--input perplexity-key=VALUE" in caught.value.next
    assert inputs_of(find(where).get("zed/local")) == ()


def test_vs_code_over_http(tmp_path: Path) -> None:
    assert of(tmp_path, "docs").target == HttpTarget("https://docs.example/mcp", (("X", "//no comment"),))
    assert of(tmp_path, "old").target == HttpTarget("https://old.example/sse", transport="sse")
    assert of(tmp_path, "socket").target == HttpTarget(
        "http://localhost/mcp/sub", unix_socket="/run/server.sock"
    )
    with pytest.raises(UsageError, match="which only its host can tell"):
        of(tmp_path, "host-only")


def test_the_others(tmp_path: Path) -> None:
    assert of(tmp_path, "windsurf/figma").target == HttpTarget(
        "https://figma.example/mcp", (("API_KEY", "Bearer s3cret"),)
    )
    assert of(tmp_path, "older").target == StdioTarget(("older-command", "run"), {"A": "1"})
    assert of(tmp_path, "zed/local").target == StdioTarget(("some-command", "arg-1", "${HOME}"))
    assert of(tmp_path, "zed/remote").target == HttpTarget(
        "https://zed.example/mcp", (("Authorization", "Bearer t"),), transport="http"
    )
    assert of(tmp_path, "codex/context7").target == StdioTarget(
        ("npx", "-y", "@upstash/context7-mcp"), {"MY_ENV_VAR": "MY_ENV_VALUE"}
    )
    codex = of(tmp_path, "codex/figma")
    assert codex.target == HttpTarget(
        "https://figma.example/mcp",
        (("X-Figma-Region", "us-east-1"), ("X-Team", ""), ("Authorization", "Bearer k3y")),
        transport="http",
    )
    assert codex.notes == ("The variable MISSING is not set here, so it is empty",)
    folder = tmp_path / "home/project/src"
    assert of(tmp_path, "pythonTools").target == StdioTarget(
        ("python", "-m", "my_mcp_server", "--port", "8080"),
        {"DATABASE_URL": "k3y", "API_KEY": "k3y", "COST": "5$"},
        str(folder / "mcp-servers/python"),
    )
    assert of(tmp_path, "gemini/http").target == HttpTarget("http://localhost:3000/mcp", transport="http")
    assert of(tmp_path, "gemini/sse").target == HttpTarget("http://localhost:8080/sse")
    assert of(tmp_path, "inspector/api").target == HttpTarget(
        "https://api.example.com/mcp", (("X-Tenant", "acme"),), transport="http"
    )


@pytest.mark.parametrize(
    ("server", "says"),
    [
        ({"url": "ftp://x"}, "a URL that one cannot connect to"),
        ({"url": "http://[x"}, "a URL that one cannot connect to"),
        ({"url": "http://x:0"}, "a URL that one cannot connect to"),
        ({"url": "http://x", "headers": {"A": "b\r\nC: d"}}, "a header that cannot be sent: 'A'"),
        ({"url": "http://x", "headers": {"A B": "c"}}, "a header that cannot be sent: 'A B'"),
        ({"command": "x", "env": {"A=B": "c"}}, "a variable that no process can have: 'A=B'"),
        ({"command": "x", "env": {"A": "secret\0"}}, "a variable that no process can have: 'A'"),
        ({"command": "x\0"}, "a command with a NUL"),
        ({"command": "x", "env_file": "none"}, "none is not there"),
        ({"command": "${input:x}"}, "needs the input x, which"),
        ({"command": "${file:x}", "host": "windsurf"}, "x, which is not there"),
    ],
)
def test_what_cannot_be_meant(tmp_path: Path, server: dict[str, object], says: str) -> None:
    base = {"host": "h", "name": "n", "file": tmp_path / "f", "folder": tmp_path, "syntax": "colon"}
    with pytest.raises(UsageError) as caught:
        meant(Server(**{**base, **server}), around(tmp_path), {})  # type: ignore[arg-type]
    assert says in caught.value.message
    assert "secret" not in caught.value.message


def test_home_and_windows(tmp_path: Path) -> None:
    where = around(tmp_path, "win32")
    server = Server(
        "n", "h", tmp_path, tmp_path, "colon", "a${pathSeparator}b", ("${selectedText}",), cwd="~/x"
    )
    assert meant(server, where, {}).target == StdioTarget(
        ("a\\b", "${selectedText}"), {}, str(where.home / "x")
    )
