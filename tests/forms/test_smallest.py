"""A small value to begin with, for schemas of every kind."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.forms.check import check
from inspector.forms.smallest import smallest

ONE = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}
OBJECT = {
    "type": "object",
    "required": ["city", "days", "unit", "each", "pair"],
    "properties": {
        "city": {"type": "string"},
        "days": {"type": "integer", "default": 3},
        "unit": {"enum": ["celsius", "kelvin"]},
        "note": {"type": "string"},
        "each": {
            "type": "array",
            "minItems": 2,
            "items": {"type": "object", "required": ["t"], "properties": {"t": {"type": "number"}}},
        },
        "pair": {"type": "array", "prefixItems": [{"const": 7}, {"type": "boolean"}]},
    },
}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (
            OBJECT,
            {"city": "", "days": 3, "unit": "celsius", "each": [{"t": 0}, {"t": 0}], "pair": [7, False]},
        ),
        ({"type": "object"}, {}),
        ({"type": "null"}, None),
        ({"type": "string", "examples": ["Rome"]}, "Rome"),
        (
            {"oneOf": [ONE, {"type": "array"}]},
            {"a": ""},
        ),
        (True, None),
    ],
)
def test_it_fits(schema: Any, value: Any) -> None:
    assert smallest(schema) == value
    assert check(schema, value) == []


@pytest.mark.parametrize(
    "schema",
    [None, 3, {"type": ["array", 7]}, {"$ref": "#"}, {"minItems": 10**9, "type": "array", "items": {}}],
)
def test_whatever_a_server_declares(schema: Any) -> None:
    smallest(schema)
