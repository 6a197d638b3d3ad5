from __future__ import annotations

from typing import Any

import pytest

from inspector.forms.plan import plan
from inspector.forms.suits import best_variant, fits

SHAPES = {
    "oneOf": [
        {"type": "object", "properties": {"k": {"const": "circle"}, "r": {}}, "required": ["k"]},
        {"type": "object", "properties": {"k": {"const": "box"}, "w": {}}, "required": ["k"]},
        {"type": "array", "items": {"type": "integer"}},
        {"type": "array", "items": {"type": "string"}},
        {"type": ["string", "null"]},
    ]
}


@pytest.mark.parametrize(
    ("value", "index"),
    [
        ({"k": "circle"}, 0),
        ({"k": "box"}, 1),
        ({"k": "box", "r": 1}, 1),
        ({"r": 1}, 0),
        ({"w": 1}, 1),
        ({}, 0),
        ([1], 2),
        (["a"], 3),
        ([1, "a", "b"], 3),
        ([], 2),
        ("x", 4),
        (1.5, None),
    ],
)
def test_the_form_that_suits_best(value: Any, index: int | None) -> None:
    assert best_variant(plan(SHAPES), value) == index


def test_a_value_of_any_form_fits() -> None:
    field = plan(SHAPES)
    assert fits(field, "x")
    assert fits(field, None)
    assert not fits(field, True)


def test_the_search_is_bounded() -> None:
    wide = {
        "type": "object",
        "properties": {f"p{n}": {"type": ["string", "integer", "array"]} for n in range(900)},
    }
    field = plan({"anyOf": [{**wide, "required": [f"p{n}"]} for n in range(10)] + [{"type": "null"}]})
    value = {f"p{n}": n for n in range(900)}
    assert best_variant(field, value) in range(10) or field.kind == "json"
