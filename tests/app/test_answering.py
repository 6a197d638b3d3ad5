"""What an answer in the other side's place begins with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inspector.app.answering import error_for, result_for


def request(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": "a7", "method": method, "params": params}


@pytest.mark.parametrize(
    ("asked", "result"),
    [
        (request("tools/call", name="add"), {"content": [{"type": "text", "text": ""}], "isError": False}),
        (request("resources/read", uri="a://b"), {"contents": [{"uri": "a://b", "text": ""}]}),
        (request("tools/list"), {"tools": []}),
        (request("ping"), {}),
        (request("of/their/own"), {}),
        (request("roots/list"), {"roots": []}),
        (request("elicitation/create", message="?"), {"action": "accept", "content": {}}),
        (request("elicitation/create", mode="url"), {"action": "accept"}),
        (
            request(
                "elicitation/create",
                requestedSchema={
                    "type": "object",
                    "required": ["age"],
                    "properties": {"age": {"type": "integer", "minimum": 18}},
                },
            ),
            {"action": "accept", "content": {"age": 18}},
        ),
    ],
)
def test_a_result_for_each_method(asked: dict[str, Any], result: dict[str, Any]) -> None:
    assert json.loads(result_for(asked)) == {"jsonrpc": "2.0", "id": "a7", "result": result}


def test_a_handshake_is_answered_in_the_version_that_was_asked_for() -> None:
    made = json.loads(result_for(request("initialize", protocolVersion="2025-03-26")))
    assert made["result"]["protocolVersion"] == "2025-03-26"


def test_a_modern_result_says_what_it_is() -> None:
    meta = {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}
    assert json.loads(result_for(request("tools/list", _meta=meta)))["result"]["resultType"] == "complete"


def test_an_error_and_what_is_no_request() -> None:
    assert json.loads(error_for(request("ping")))["error"]["code"] == -32603
    assert json.loads(error_for(["no", "request"]))["id"] is None
    assert json.loads(result_for(None))["result"] == {}


def test_a_result_of_a_tool_that_says_what_it_returns() -> None:
    schema = {"type": "object", "required": ["sum"], "properties": {"sum": {"type": "number"}}}
    made = json.loads(result_for(request("tools/call", name="add"), schema=schema))["result"]
    assert list(made) == ["structuredContent", "content", "isError"]
    assert made["structuredContent"] == {"sum": 0}
