"""What is told of a server: names of variables, and nothing that is secret."""

from __future__ import annotations

from pathlib import Path

from inspector.hosts.facts import document, facts, shortened, what
from inspector.hosts.find import find
from inspector.hosts.server import Input, Server
from tests.hosts.surrounded import furnished

HOME = Path("/home/ada")


def server(**given: object) -> Server:
    base = {"name": "n", "host": "cursor", "file": HOME / ".cursor/mcp.json", "folder": HOME / "p"}
    return Server(**{**base, **given})  # type: ignore[arg-type]


def test_a_secret_is_a_fingerprint_and_the_name_of_a_variable_is_none() -> None:
    args = ("--token", "t0p", "--key=${env:KEY}", "Authorization: Bearer ${env:T}", "--pass", "x${env:T}")
    told = what(server(command="run", args=args, syntax="colon"))
    assert told.startswith("run --token sha256:")
    assert "'--key=${env:KEY}' 'Authorization: Bearer ${env:T}' --pass sha256:" in told
    assert "sha256:" in what(server(command="run", args=("--key=${KEY}",)))  # which is no variable there
    assert what(server(url="https://u:pw@x/?token=t")).count("sha256:") == 2


def test_what_was_not_kept() -> None:
    inputs = (Input("value 1", "--token …", secret=True),)
    lately = server(
        host="recent", syntax="inputs", command="run", args=("--token", "${input:value 1}"), inputs=inputs
    )
    assert what(lately) == "run --token '…'"
    assert list(facts(lately, HOME)) == [
        ("command", "run"),
        ("arguments", "--token '…'"),
        ("asks for", "--token …"),
    ]
    assert what(server(syntax="inputs", url="https://x/?token=${input:value 1}")) == "https://x/?token=…"


def test_rows(tmp_path: Path) -> None:
    where = furnished(tmp_path)
    found = find(where)
    assert dict(facts(found.get("codex/figma"), where.home)) == {
        "URL": "https://figma.example/mcp",
        "transport": "http",
        "headers": "X-Figma-Region, X-Team, Authorization",
        "reads": "MISSING, API_KEY",
        "from": "~/.codex/config.toml (Codex)",
        "there": "switched off in Codex",
    }
    assert dict(facts(server(url="http://x", unix_socket="/s"), HOME))["socket"] == "/s"
    for each in found.servers:
        shown = f"{document(each)} {list(facts(each, where.home))}"
        assert "Bearer t" not in shown
        assert "MY_ENV_VALUE" not in shown


def test_variables_and_files_that_are_sent_are_named() -> None:
    headers = {"X-Id": "${env:AWS_KEY}${env:AWS_KEY}"}
    sent = server(url="https://x/?token=${env:T}", headers=headers, syntax="colon")
    assert dict(facts(sent, HOME))["reads"] == "T, AWS_KEY"
    started = server(command="x", env={"A": "$B ${C:-d} ${file:e}"}, syntax="dollar")
    assert dict(facts(started, HOME))["reads"] == "B, C"
    filed = server(host="windsurf", command="x", args=("${file:~/.ssh/id} ${userHome}",), syntax="colon")
    assert dict(facts(filed, HOME))["reads"] == "~/.ssh/id"
    assert "reads" not in dict(facts(server(command="x", args=("${env:A}",)), HOME))


def test_paths() -> None:
    assert [shortened(path, HOME) for path in ("/home/ada", "/home/ada/x", "/home/adam", "x")] == [
        "~",
        "~/x",
        "/home/adam",
        "x",
    ]
