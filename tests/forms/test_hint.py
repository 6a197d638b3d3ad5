from __future__ import annotations

from typing import Any

import pytest

from inspector.forms.hint import hint


@pytest.mark.parametrize(
    ("kind", "schema", "words"),
    [
        ("string", {}, ""),
        ("string", {"minLength": 2, "maxLength": 10}, "2 to 10 characters"),
        ("string", {"minLength": 1}, "at least 1 character"),
        ("string", {"minLength": 0, "maxLength": 1}, "at most 1 character"),
        ("string", {"minLength": 4, "maxLength": 4}, "4 characters"),
        ("string", {"format": "email", "pattern": "^a"}, "an email address, pattern ^a"),
        ("string", {"format": "x-own"}, "x-own"),
        ("integer", {"minimum": 1, "maximum": 5}, "1 to 5"),
        ("number", {"minimum": 0.5}, "≥ 0.5"),
        ("number", {"exclusiveMinimum": 0, "exclusiveMaximum": 1.0}, "> 0, < 1"),
        ("number", {"minimum": 0, "exclusiveMinimum": True}, "> 0"),
        ("number", {"multipleOf": 5}, "a multiple of 5"),
        ("array", {"minItems": 1, "uniqueItems": True}, "at least 1 item, no item twice"),
        ("string", {"minLength": "2", "maxLength": True, "format": 7, "pattern": []}, ""),
        ("number", {"minimum": [], "maximum": 10**5000}, "≤ a huge number"),
    ],
)
def test_bounds_in_words(kind: str, schema: dict[str, Any], words: str) -> None:
    assert hint(kind, schema) == words
