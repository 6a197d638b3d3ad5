"""Small values that keep to what is asked for: held against the check of forms."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inspector.forms import formats
from inspector.forms.check import check
from inspector.forms.scalars import number, text
from inspector.forms.smallest import smallest


@pytest.mark.parametrize(
    ("demands", "made"),
    [
        ({}, 0),
        ({"minimum": 3}, 3),
        ({"exclusiveMinimum": 3}, 4),
        ({"minimum": 3, "exclusiveMinimum": True}, 4),
        ({"exclusiveMinimum": 0, "maximum": 1}, 0.5),
        ({"exclusiveMinimum": 0, "type": "integer"}, 1),
        ({"maximum": -3}, -3),
        ({"exclusiveMaximum": 0, "minimum": -0.5}, -0.25),
        ({"minimum": 0.05, "multipleOf": 0.1}, 0.1),
        ({"minimum": 3, "multipleOf": 2, "type": "integer"}, 4),
        ({"minimum": 1, "multipleOf": 2.5, "type": "integer"}, 5),
        ({"maximum": -1, "multipleOf": 4}, -4),
        ({"minimum": 10**30}, 10**30),
        ({"minimum": 10**400, "exclusiveMinimum": float("inf")}, 0),
        ({"minimum": float("nan"), "multipleOf": 0, "maximum": "7"}, 0),
    ],
)
def test_a_number(demands: dict[str, Any], made: float) -> None:
    found = number(demands, whole=demands.get("type") == "integer")
    assert found == made
    assert type(found) is type(made)


@pytest.mark.parametrize("name", sorted(formats._FORMATS))
def test_every_known_format_has_an_example(name: str) -> None:
    made = text({"format": name, "minLength": 1})
    assert made
    assert formats.suits(name, made)


@pytest.mark.parametrize(
    "demands",
    [
        {"minLength": 3},
        {"minLength": 3, "maxLength": 3},
        {"pattern": "^[a-z]+$", "minLength": 8},
        {"pattern": r"^\d{4}$"},
        {"pattern": "^[A-Z]{2}$"},
        {"pattern": "^[0-9a-f]{32}$"},
        {"pattern": r"^\d+\.\d+\.\d+$"},
        {"pattern": "^#[0-9a-fA-F]{6}$"},
        {"pattern": r"^\d{4}-\d\d-\d\d$"},
        {"pattern": r"^https?://"},
        {"pattern": r"^\S+@\S+$"},
        {"format": "uri", "maxLength": 30},
        {"format": "unheard-of"},
    ],
)
def test_a_text(demands: dict[str, Any]) -> None:
    schema = {"type": "string", **demands}
    assert check(schema, smallest(schema)) == []


@pytest.mark.parametrize(
    "demands",
    [
        {"pattern": "(a+)+$", "minLength": 2},
        {"pattern": "("},
        {"pattern": "^x-never$"},
        {"minLength": 10**9},
        {"minLength": -1, "maxLength": "x", "format": 3, "pattern": 7},
        {"minLength": 5, "maxLength": 1},
        {"minLength": float("inf")},
    ],
)
def test_what_is_not_met_is_left_out(demands: dict[str, Any]) -> None:
    assert len(text(demands)) <= 1000


@pytest.mark.parametrize(
    "items",
    [{"enum": ["a", "b", "c"]}, {"type": "integer", "minimum": 5}, {"type": "string"}, {"type": "number"}],
)
def test_items_that_must_differ(items: dict[str, Any]) -> None:
    schema = {"type": "array", "items": items, "minItems": 3, "uniqueItems": True}
    made = smallest(schema)
    assert len(made) == 3
    assert check(schema, made) == []


BOUNDS = st.one_of(st.integers(-1000, 1000), st.integers(-1000, 1000).map(lambda n: n / 8))


@given(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["number", "integer"])},
        optional={
            "minimum": BOUNDS,
            "maximum": BOUNDS,
            "exclusiveMinimum": BOUNDS,
            "exclusiveMaximum": BOUNDS,
            "multipleOf": st.sampled_from([1, 2, 3, 7, 0.5, 0.25, 1.5]),
        },
    )
)
def test_whatever_number_there_is_is_found(schema: dict[str, Any]) -> None:
    low = max(schema.get("minimum", -2000), schema.get("exclusiveMinimum", -2000))
    high = min(schema.get("maximum", 2000), schema.get("exclusiveMaximum", 2000))
    assume(high - low > 22)  # some multiple lies between
    made = smallest(json.loads(json.dumps(schema)))
    assert check(schema, made) == []
