"""Headers that repeat a message go on agreeing with it where it is changed, and only then."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inspector.wire.repeated import agreeing
from inspector.wire.versions import META_PROTOCOL_VERSION


def message(method: str, version: str = "2026-07-28", **params: Any) -> bytes:
    params["_meta"] = {META_PROTOCOL_VERSION: version}
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()


CALL = message("tools/call", name="add", arguments={"a": 1})
HEADERS = [
    ("MCP-Protocol-Version", "2026-07-28"),
    ("Mcp-Method", "tools/call"),
    ("Mcp-Name", "add"),
    ("Mcp-Param-A", "1"),
]


def changed(**given: str | None) -> list[tuple[str, str]]:
    words = {"version": "MCP-Protocol-Version", "method": "Mcp-Method", "name": "Mcp-Name"}
    new = {words[key]: value for key, value in given.items()}
    made = [(name, new.get(name, value)) for name, value in HEADERS]
    return [(name, value) for name, value in made if value is not None]


@pytest.mark.parametrize(
    ("after", "headers"),
    [
        (message("tools/call", name="add", arguments={"a": 2}), HEADERS),
        (message("tools/call", name="échø"), changed(name="=?base64?w6ljaMO4?=")),
        (message("prompts/get", name="p"), changed(method="prompts/get", name="p")),
        (message("ping"), changed(method="ping", name=None)),
        (message("tools/call", "2099-01-01", name="add"), changed(version="2099-01-01")),
        (b"no JSON", HEADERS),
        (b"[]", HEADERS),
    ],
)
def test_what_the_message_says_otherwise_is_written_anew(
    after: bytes, headers: list[tuple[str, str]]
) -> None:
    assert agreeing(HEADERS, CALL, after) == headers


def test_a_name_comes_with_a_method_that_has_one() -> None:
    before = [("mcp-method", "ping"), ("x", "y")]
    after = [("mcp-method", "tools/call"), ("x", "y"), ("Mcp-Name", "add")]
    assert agreeing(before, message("ping"), CALL) == after


@pytest.mark.parametrize("name", ["sub", ""])
def test_who_means_to_disagree_goes_on_disagreeing(name: str) -> None:
    wrong = [("Mcp-Method", "tools/call"), ("Mcp-Name", name)]
    assert agreeing(wrong, CALL, message("tools/call", name="mul")) == wrong
    assert agreeing([("Mcp-Method", "tools/list")], CALL, message("ping")) == [("Mcp-Method", "tools/list")]
    assert agreeing([("Accept", "*/*")], CALL, message("ping")) == [("Accept", "*/*")]
