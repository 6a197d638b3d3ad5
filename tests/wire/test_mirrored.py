"""`Mcp-Name` and `Mcp-Param-*`: encoding, and which annotations are legal."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.wire.mirrored import annotated, parameters, problems
from inspector.wire.repeated import encode, named


@pytest.mark.parametrize(
    ("value", "header"),
    [  # the table of basic/transports/streamable-http, "Value Encoding"
        ("us-west1", "us-west1"),
        ("Hello, 世界", "=?base64?SGVsbG8sIOS4lueVjA==?="),
        (" padded ", "=?base64?IHBhZGRlZCA=?="),
        ("line1\nline2", "=?base64?bGluZTEKbGluZTI=?="),
        ("=?base64?literal?=", "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?="),
        ("", ""),
        ("a\tb c", "a\tb c"),
        ("line\n", "=?base64?bGluZQo=?="),
    ],
)
def test_the_examples_of_the_specification(value: str, header: str) -> None:
    assert encode(value) == header


@given(st.text())
def test_whatever_the_value_the_header_is_safe_and_says_it(value: str) -> None:
    header = encode(value)
    assert header.isascii()
    assert header == header.strip()
    assert not set(header) & set("\r\n\0")
    if header.startswith("=?base64?") and header.endswith("?="):
        assert base64.b64decode(header[9:-2]).decode() == value
    else:
        assert header == value


def test_names() -> None:
    assert named("tools/call", {"name": "sql"}) == "sql"
    assert named("prompts/get", {"name": "p"}) == "p"
    assert named("resources/read", {"uri": "a:b"}) == "a:b"
    assert named("tasks/get", {"taskId": "7"}) == "7"
    assert named("tools/list", {"name": "sql"}) is None
    assert named("tools/call", {"name": 7}) is None
    assert named("tools/call", [1]) is None


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "region": {"type": "string", "x-mcp-header": "Region"},
        "where": {"type": "object", "properties": {"depth": {"type": "integer", "x-mcp-header": "Depth"}}},
        "dry": {"type": ["boolean", "null"], "x-mcp-header": "Dry-Run"},
        "query": {"type": "string"},
    },
}


def test_parameters_are_read_at_their_exact_path() -> None:
    arguments = {"region": "ö", "where": {"depth": 42.0}, "dry": False, "query": "q"}
    assert parameters(SCHEMA, arguments) == {
        "Mcp-Param-Region": "=?base64?w7Y=?=",
        "Mcp-Param-Depth": "42",
        "Mcp-Param-Dry-Run": "false",
    }
    assert problems(SCHEMA) == []


@pytest.mark.parametrize("arguments", [{}, {"region": None, "where": 3}, None, [1], {"region": {"a": 1}}])
def test_what_is_absent_null_or_no_scalar_has_no_header(arguments: Any) -> None:
    assert parameters(SCHEMA, arguments) == {}


@pytest.mark.parametrize(
    ("value", "header"),
    [(42, "42"), (-7, "-7"), (2**53 + 1, "9007199254740993"), (42.0, "42"), (1.5, "1.5"), ("x", "x")],
)
def test_a_value_is_repeated_as_it_stands_also_one_that_its_schema_forbids(value: Any, header: str) -> None:
    schema = {"properties": {"n": {"type": "integer", "x-mcp-header": "N"}}}
    assert parameters(schema, {"n": value}) == {"Mcp-Param-N": header}


def test_a_number_is_never_mirrored() -> None:
    schema = {"properties": {"n": {"type": "number", "x-mcp-header": "N"}}}
    assert parameters(schema, {"n": 3}) == {}


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {"type": "string", "x-mcp-header": ""}}},
        {"properties": {"a": {"type": "string", "x-mcp-header": "two words"}}},
        {"properties": {"a": {"type": "string", "x-mcp-header": "a\r\nEvil: 1"}}},
        {"properties": {"a": {"type": "string", "x-mcp-header": 7}}},
        {"properties": {"a": {"type": "number", "x-mcp-header": "A"}}},
        {"properties": {"a": {"type": "object", "x-mcp-header": "A"}}},
        {"properties": {"a": {"x-mcp-header": "A"}}},
        {"properties": {"a": {"type": "null", "x-mcp-header": "A"}}},
        {"properties": {"a": {"type": ["number", "null"], "x-mcp-header": "A"}}},
        {"properties": {"a": {"type": [], "x-mcp-header": "A"}}},
        {"properties": {"a": {"type": "integer", "exclusiveMinimum": -(2**60), "x-mcp-header": "A"}}},
        {"properties": {"a": {"type": "integer", "maximum": 2**53, "x-mcp-header": "A"}}},
        {"properties": {"a": {"type": "array", "items": {"type": "string", "x-mcp-header": "A"}}}},
        {"anyOf": [{"properties": {"a": {"type": "string", "x-mcp-header": "A"}}}]},
        {"$defs": {"a": {"type": "string", "x-mcp-header": "A"}}},
        {"type": "string", "x-mcp-header": "A"},
    ],
)
def test_an_illegal_annotation_makes_no_header_and_is_named(schema: Any) -> None:
    assert annotated(schema) == []
    assert len(problems(schema)) == 1


def test_a_name_that_stands_twice_counts_once() -> None:
    schema = {"properties": {n: {"type": "string", "x-mcp-header": h} for n, h in [("a", "X"), ("b", "x")]}}
    assert [found.path for found in annotated(schema)] == [("a",)]
    assert len(problems(schema)) == 1


def test_a_parameter_that_is_called_like_the_annotation_is_none() -> None:
    assert problems({"properties": {"x-mcp-header": {"type": "string"}}}) == []


def test_hostile_schemas_do_not_raise() -> None:
    deep: Any = {}
    for _ in range(5000):
        deep = {"properties": {"a": deep}, "items": [deep]} if deep else {"x-mcp-header": 1}
    for schema in (deep, None, [], "x", {"properties": 3}, {"properties": {"a": 3}}):
        annotated(schema)
        parameters(schema, {"a": {"a": 1}})
    problems({"properties": [{"x-mcp-header": "A"}]})
