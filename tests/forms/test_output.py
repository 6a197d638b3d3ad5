"""Results held against output schemas: what is told, by path; what is exempt; what hostile schemas cannot."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inspector.forms.output import mismatches
from inspector.forms.unset import UNSET
from inspector.wire.jsonrpc import classify

SUM = {"type": "object", "properties": {"sum": {"type": "number"}}, "required": ["sum"]}


def result(value: Any, **more: Any) -> dict[str, Any]:
    block = {"type": "text", "text": json.dumps(value)}
    return {"content": [block], "structuredContent": value, **more}


def told(given: Any, schema: Any = UNSET) -> list[str]:
    return [each.sentence for each in mismatches(given, schema)]


def test_what_fits_says_nothing() -> None:
    assert told(result({"sum": 3}), SUM) == []
    assert told(result({"sum": 3})) == [], "no schema is needed"
    assert told({"content": []}) == []


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"sum": "3"}, ["structuredContent.sum must be number, is string"]),
        ({}, ["structuredContent.sum is required"]),
        ([], ["structuredContent must be object, is array"]),
        (None, ["structuredContent must be object, is null"]),
    ],
)
def test_each_mismatch_has_its_path(value: Any, says: list[str]) -> None:
    assert told(result(value), SUM) == says


def test_indexes_are_part_of_a_path() -> None:
    schema = {"type": "object", "properties": {"rows": {"type": "array", "items": {"type": "integer"}}}}
    assert told(result({"rows": [1, "2", 3.5]}), schema) == [
        "structuredContent.rows.1 must be integer, is string",
        "structuredContent.rows.2 must be integer, is number",
    ]


def test_a_schema_demands_structured_content() -> None:
    (missing,) = mismatches({"content": [{"type": "text", "text": "{}"}]}, SUM)
    assert "is missing" in missing.says
    assert missing.must
    assert missing.clause


@pytest.mark.parametrize(
    "exempt",
    [
        {"content": [], "isError": True},
        {"resultType": "input_required", "inputRequests": {}},
        {"task": {"taskId": "1"}},
        None,
        [],
        3,
    ],
)
def test_errors_and_what_is_no_result_yet_are_exempt(exempt: Any) -> None:
    assert told(exempt, SUM) == []


def test_a_result_with_content_is_one_whatever_else_it_holds() -> None:
    (missing,) = mismatches({"content": [], "task": {"taskId": "1"}}, SUM)
    assert "is missing" in missing.says


def test_a_text_that_does_not_repeat_it_is_advice() -> None:
    (advice,) = mismatches(
        {"content": [{"type": "text", "text": "three"}], "structuredContent": {"sum": 3}}, SUM
    )
    assert not advice.must
    assert "text" in advice.says
    assert (
        told({"content": [{"type": "text", "text": "three"}], "structuredContent": {"result": "three"}}) == []
    )


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "http://127.0.0.1:9/schema.json"},
        {"$ref": "#"},
        {"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"},
        {"type": 7},
        None,
        [1],
        {"properties": {"sum": {"pattern": "(a+)+$"}}},
        {"allOf": [{"allOf": [{"allOf": [{"type": "object"}] * 60}] * 60}] * 60},
    ],
)
def test_hostile_schemas_are_told_and_fetch_nothing(schema: Any) -> None:
    assert len(told(result({"sum": "a" * 40 + "!"}), schema)) < 120


def test_a_value_too_deep_to_parse_is_told() -> None:
    deep = b'{"jsonrpc":"2.0","id":1,"result":{"structuredContent":' + b"[" * 99999 + b"]" * 99999 + b"}}"
    found = told(classify(deep).result, SUM)
    assert not found or "deeply" in found[0]


def test_false_allows_nothing_and_true_everything() -> None:
    assert told(result(1), True) == []
    assert len(told(result(1), False)) == 1
