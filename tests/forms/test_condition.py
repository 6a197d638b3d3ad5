from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from inspector.forms.condition import Branch, Condition
from tests.forms.schemas import ANY_JSON, Pair, pairs


def holds(schema: Any, value: Any, root: Any = None) -> bool | None:
    return Condition(schema, root=root).holds(value)


@given(pairs(), ANY_JSON)
@settings(deadline=None, max_examples=300)
def test_it_never_tells_otherwise_than_a_validator(pair: Pair, other: Any) -> None:
    schema, value = pair
    for one in (value, other):
        assert holds(schema, one) in (None, Draft202012Validator(schema).is_valid(one))


@pytest.mark.parametrize(
    ("schema", "value", "told"),
    [
        (True, 1, True),
        (False, 1, False),
        (5, 1, None),
        ({"const": 1}, 1.0, True),
        ({"const": True}, 1, False),
        ({"enum": ["a", None]}, None, True),
        ({"enum": "a"}, "a", None),
        ({"type": "integer"}, 5.0, True),
        ({"type": ["string", "null"]}, 5, False),
        ({"type": "number"}, 5, True),
        ({"required": ["a"]}, {"a": None}, True),
        ({"required": ["a"]}, {}, False),
        ({"required": ["a"]}, "no object", True),
        ({"required": "a"}, {}, None),
        ({"properties": {"a": {"const": 1}}}, {}, True),
        ({"properties": {"a": {"const": 1}}}, {"a": 2}, False),
        ({"properties": 5}, {"a": 2}, None),
        ({"properties": 5}, 5, True),
        ({"pattern": "^a"}, "ba", False),
        ({"pattern": "(a+)+$"}, "a" * 50, None),
        ({"pattern": "("}, "a", None),
        ({"pattern": "("}, 5, True),
        ({"minimum": 5}, 4, False),
        ({"minimum": 5}, True, True),
        ({"exclusiveMinimum": True}, 5, None),
        ({"exclusiveMaximum": 5}, 5, False),
        ({"minLength": 2}, "a", False),
        ({"maxItems": 1}, [1, 2], False),
        ({"minItems": "1"}, [], None),
        ({"not": {"const": 1}}, 1, False),
        ({"not": {"unknown": 1}}, 1, None),
        ({"allOf": [{"unknown": 1}, False]}, 1, False),
        ({"allOf": [{"unknown": 1}, True]}, 1, None),
        ({"anyOf": [{"unknown": 1}, True]}, 1, True),
        ({"anyOf": 5}, 1, None),
        ({"oneOf": [True, True, {"unknown": 1}]}, 1, False),
        ({"oneOf": [True, {"unknown": 1}]}, 1, None),
        ({"oneOf": [True, False]}, 1, True),
        ({"if": {"const": 1}, "then": False}, 1, False),
        ({"if": {"const": 1}, "then": False}, 2, True),
        ({"if": {"unknown": 1}, "then": {"const": 1}, "else": {"enum": [1]}}, 1, True),
        ({"if": {"unknown": 1}, "then": False}, 1, None),
        ({"items": {"const": 1}}, [1, 2], False),
        ({"items": {"const": 1}, "prefixItems": [{}]}, [1], None),
        ({"items": {"const": 1}}, "no list", True),
        ({"contains": {"const": 1}}, [2, 1], True),
        ({"contains": {"const": 1}, "minContains": 0}, [], None),
        ({"contains": {}}, "no list", True),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, False),
        ({"dependentRequired": {"a": ["b"]}}, {"c": 1}, True),
        ({"dependentRequired": 5}, {"c": 1}, None),
        ({"title": "a", "description": "b", "default": 1}, 5, True),
        ({"unevaluatedProperties": False}, {}, None),
    ],
)
def test_words(schema: Any, value: Any, told: bool | None) -> None:
    assert holds(schema, value) is told


def test_references_are_local_and_circles_end() -> None:
    root = {"$defs": {"one": {"const": 1}, "round": {"$ref": "#/$defs/round"}}}
    assert holds({"$ref": "#/$defs/one"}, 1, root) is True
    assert holds({"$ref": "#/$defs/one"}, 2, root) is False
    assert holds({"$ref": "#/$defs/round"}, 2, root) is None
    assert holds({"$ref": "https://example.com/x"}, 2, root) is None
    assert holds({"$ref": 5}, 2, root) is None


def test_what_is_huge_is_not_known() -> None:
    deep: Any = True
    for _ in range(5_000):
        deep = {"not": deep}
    assert holds(deep, 1) is None
    assert holds({"enum": list(range(10_000))}, -1) is None


def test_a_branch_counts_while_all_its_conditions_hold() -> None:
    one, other = Condition({"required": ["a"]}), Condition({"required": ["b"]}, wanted=False)
    branch = Branch((one, other))
    assert branch.holds({"a": 1}) is True
    assert branch.holds({"a": 1, "b": 1}) is False
    assert Branch((one, Condition({"unknown": 1}))).holds({"a": 1}) is None
