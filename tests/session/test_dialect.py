"""How each version spells a request, its headers, and a cancellation."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inspector.errors import UsageError
from inspector.session.dialect import CLIENT_INFO, Dialect, Handshake, Modern, dialect_of
from inspector.wire.versions import ALL, LEGACY, V1, V2, V3, V4, V5

PREFIX = "io.modelcontextprotocol/"
MODERN = Modern(V5)


def said(body: bytes) -> Any:
    return json.loads(body)


@pytest.mark.parametrize("version", LEGACY)
def test_a_handshake_declares_nothing_and_asks_for_its_version(version: str) -> None:
    assert Handshake(version).initialize() == {
        "protocolVersion": version,
        "capabilities": {},
        "clientInfo": dict(CLIENT_INFO),
    }


def test_a_legacy_request_is_bare() -> None:
    body = Handshake(V4).request(7, "tools/list", {"cursor": ""})
    assert body == b'{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"cursor":""}}'
    assert Handshake(V4).request(8, "ping") == b'{"jsonrpc":"2.0","id":8,"method":"ping"}'


def test_a_modern_request_says_everything_every_time() -> None:
    assert said(MODERN.request(1, "tools/list")) == {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/list",
        "params": {
            "_meta": {
                PREFIX + "protocolVersion": V5,
                PREFIX + "clientInfo": dict(CLIENT_INFO),
                PREFIX + "clientCapabilities": {},
            }
        },
    }


@pytest.mark.parametrize("dialect", [Handshake(V1), MODERN])
def test_a_progress_token_stands_in_the_metadata(dialect: Dialect) -> None:
    params = said(dialect.request(9, "tools/call", {"name": "x"}, 9))["params"]
    assert params["name"] == "x"
    assert params["_meta"]["progressToken"] == 9


def test_metadata_that_the_caller_names_himself_wins() -> None:
    meta = {PREFIX + "protocolVersion": "1900-01-01", "progressToken": "mine", "x/y": 1}
    sent = said(MODERN.request(1, "tools/list", {"_meta": meta}, 1))["params"]["_meta"]
    assert sent[PREFIX + "protocolVersion"] == "1900-01-01"
    assert sent["progressToken"] == "mine"
    assert sent["x/y"] == 1
    assert sent[PREFIX + "clientCapabilities"] == {}


@pytest.mark.parametrize("params", [[1, 2], "text", 3, False])
def test_params_that_are_no_object_go_as_they_are(params: Any) -> None:
    assert said(MODERN.request(1, "odd", params, 1))["params"] == params


def test_the_version_header_of_the_legacy_eras_comes_after_initialize_and_since_2025_06_18() -> None:
    assert Handshake(V4).headers("initialize") == {}
    assert Handshake(V1).headers("tools/list") == {}
    assert Handshake(V2).headers("tools/list") == {}
    assert Handshake(V3).headers("tools/list") == {"MCP-Protocol-Version": V3}
    assert Handshake(V4).headers(None) == {"MCP-Protocol-Version": V4}


def test_modern_headers_repeat_the_body() -> None:
    assert MODERN.headers("resources/read", {"uri": "file:///ü"}) == {
        "MCP-Protocol-Version": V5,
        "Mcp-Method": "resources/read",
        "Mcp-Name": "=?base64?ZmlsZTovLy/DvA==?=",
    }
    assert MODERN.headers("tools/list") == {"MCP-Protocol-Version": V5, "Mcp-Method": "tools/list"}


def test_modern_headers_of_a_tool_call_carry_the_annotated_parameters() -> None:
    schema = {"properties": {"region": {"type": "string", "x-mcp-header": "Region"}}}
    params = {"name": "sql", "arguments": {"region": "us-west1"}}
    made = MODERN.headers("tools/call", params, schema)
    assert made["Mcp-Name"] == "sql"
    assert made["Mcp-Param-Region"] == "us-west1"


def test_the_version_header_follows_a_version_that_the_caller_put_into_the_body() -> None:
    params = {"_meta": {PREFIX + "protocolVersion": "1900-01-01"}}
    assert MODERN.headers("tools/list", params)["MCP-Protocol-Version"] == "1900-01-01"


def test_cancelling() -> None:
    notification = (
        b'{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":3,"reason":"bored"}}'
    )
    for http in (False, True):  # legacy: a disconnect is not a cancellation
        assert Handshake(V4).cancel(3, "tools/call", "bored", http=http) == notification
        assert Handshake(V4).cancel(3, "initialize", "bored", http=http) is None
    assert MODERN.cancel(3, "tools/call", "bored", http=False) == notification
    assert MODERN.cancel(3, "tools/call", "bored", http=True) is None  # closing the stream says it


def test_every_version_has_a_dialect_and_others_are_a_usage_error() -> None:
    for version in ALL:
        assert dialect_of(version).version == version
        assert dialect_of(version).era == ("modern" if version == V5 else "legacy")
    with pytest.raises(UsageError, match="1900-01-01") as caught:
        dialect_of("1900-01-01")
    assert V5 in caught.value.next
