"""The diff shows what changes, and no value beside it."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.hosts.editing.change import with_recorder
from inspector.hosts.editing.shown import diff
from tests.hosts.editing.documents import FRONT, server


def shown(file: str, text: str, *at: str) -> list[str]:
    one, raw = server(file, *at), text.encode()
    return diff(one, raw, with_recorder(one, raw, lambda _: FRONT))


JSON = """\
{
  // the token was s3cret
  "theme": "s3cret", /* s3cret
  s3cret */
  "mcpServers": {
    "x": {
      "type": "stdio",
      "command": "npx",
      "env": {"TOKEN": "s3cret", "PIN": 31337, "ON": true},
      "args": [
        "--api-key", "s3cret", // s3cret
        "-y"
      ]
    },
    "y": {"command": "s3cret", "args": ["s3cret"]}
  }
}
"""
TOML = """\
notes = '''
s3cret
s3cret'''
[mcp_servers.x]
# s3cret
command = "npx"
args = ["--token=s3cret"]
startup_timeout_sec = 31337
env = { "TOKEN" = "s3cret", b.c = 's3cret', on = true }
"""


def test_json() -> None:
    lines = shown("mcp.json", JSON, "mcpServers", "x")
    text = "\n".join(lines)
    assert "s3cret" not in text
    assert "31337" not in text
    assert lines[:3] == ["--- mcp.json", "+++ mcp.json", "@@ -5,9 +5,10 @@"]
    assert lines[3:6] == ['   "mcpServers": {', '     "x": {', '       "type": "stdio",']
    assert '-      "command": "npx",' in lines
    assert '+      "command": "/a b/python",' in lines
    assert '       "env": {"TOKEN": "…", "PIN": …, "ON": true},' in lines
    assert '+        "-P", "-m", "inspector", "record", "--", "npx",' in lines
    assert '         "--api-key", "sha256:1ec1c26b", // …' in lines


def test_toml() -> None:
    lines = shown("config.toml", TOML, "mcp_servers", "x")
    text = "\n".join(lines)
    assert "s3cret" not in text
    assert "31337" not in text
    assert ' env = { "TOKEN" = "…", b.c = "…", on = true }' in lines
    assert " # …" in lines
    assert '-args = ["--token=sha256:1ec1c26b"]' in lines


def test_a_document_in_one_line() -> None:
    beside = {f"key {number}": "s3cret" for number in range(9999)}
    document = {**beside, "mcpServers": {"x": {"command": "npx"}}, "more": beside}
    lines = shown("mcp.json", json.dumps(document), "mcpServers", "x")
    assert lines[3] == '-… {"command": "npx"} …'
    assert len("".join(lines)) < 200


@given(st.text(max_size=40))
@settings(max_examples=60)
def test_no_value_of_the_neighbourhood(secret: str) -> None:
    secret = f"k3y{secret}k3y"
    document = {"a": secret, "mcpServers": {"x": {"command": "npx", "env": {"A": secret, "B": [secret]}}}}
    for text in (json.dumps(document), json.dumps(document, indent=1, ensure_ascii=False)):
        assert "k3y" not in "".join(shown("mcp.json", text, "mcpServers", "x"))


def test_nothing_to_show() -> None:
    assert diff(server("mcp.json", "mcpServers", "x"), JSON.encode(), JSON.encode()) == []
