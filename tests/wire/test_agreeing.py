"""Headers that repeat a message go on agreeing with it where it is changed, and only then."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inspector.wire.agreeing import agreeing, in_doubt
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


SCHEMAS = {
    "add": {
        "properties": {
            "a": {"type": "integer", "x-mcp-header": "A"},
            "b": {"type": "string", "x-mcp-header": "B"},
        }
    },
    "sub": {"properties": {"c": {"type": "boolean", "x-mcp-header": "C"}}},
    "plain": {},
}


@pytest.mark.parametrize(
    ("after", "parameters", "doubt"),
    [
        (message("tools/call", name="add", arguments={"a": 2}), {"Mcp-Param-A": "2"}, False),
        (
            message("tools/call", name="add", arguments={"a": 1, "b": "é"}),
            {"Mcp-Param-A": "1", "Mcp-Param-B": "=?base64?w6k=?="},
            False,
        ),
        (message("tools/call", name="add", arguments={"a": None}), {}, False),
        (message("tools/call", name="sub", arguments={"c": True}), {"Mcp-Param-C": "true"}, False),
        (message("tools/call", name="plain", arguments={"a": 2}), {}, False),
        (message("tools/call", name="new", arguments={"a": 2}), {"Mcp-Param-A": "1"}, True),
        (message("tools/call"), {}, False),
        (message("ping"), {}, False),
        (b"no JSON", {"Mcp-Param-A": "1"}, False),
    ],
)
def test_what_repeats_arguments_agrees_where_the_tool_is_known(
    after: bytes, parameters: dict[str, str], doubt: bool
) -> None:
    made = agreeing(HEADERS, CALL, after, SCHEMAS.get)
    assert {name: value for name, value in made if name.startswith("Mcp-Param-")} == parameters
    assert in_doubt(HEADERS, CALL, after, SCHEMAS.get) is doubt
    assert not in_doubt(HEADERS[:3], CALL, after, SCHEMAS.get)


def test_an_argument_that_was_repeated_wrongly_or_not_at_all_stays_so() -> None:
    after = message("tools/call", name="add", arguments={"a": 2})
    for wrong in ([*HEADERS[:3], ("mcp-param-a", "5")], HEADERS[:3]):
        assert agreeing(wrong, CALL, after, SCHEMAS.get) == wrong


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
