from __future__ import annotations

from typing import Any

import pytest

from inspector.forms.choices import choices_of


@pytest.mark.parametrize(
    ("schema", "found"),
    [
        ({"const": 5}, [(5, "5")]),
        ({"enum": ["a", "", None]}, [("a", "a"), ("", '""'), (None, "null")]),
        ({"enum": ["a", "b"], "enumNames": ["A", "B"]}, [("a", "A"), ("b", "B")]),
        ({"enum": ["a", "b"], "x-enum-varnames": ["A", "B"]}, [("a", "A"), ("b", "B")]),
        ({"enum": ["a", "b"], "enumNames": ["A"]}, [("a", "a"), ("b", "b")]),
        ({"oneOf": [{"const": "a", "title": "A"}, {"enum": ["b"], "title": "B"}]}, [("a", "A"), ("b", "B")]),
        ({"anyOf": [{"enum": ["a"], "type": "string"}, {"const": 1}]}, [("a", "a"), (1, "1")]),
        ({"anyOf": [{"const": 1, "title": "I"}, {"const": None, "title": "No"}]}, [(1, "I"), (None, "No")]),
        ({"enum": [1, "1", "a"]}, [(1, "1"), ("1", '"1"'), ("a", "a")]),
        ({"enum": ["a", "b"], "enumNames": ["A", "A"]}, [("a", 'A "a"'), ("b", 'A "b"')]),
        ({"enum": ["a", "b", "a"]}, [("a", "a"), ("b", "b")]),
        ({"enum": []}, None),
        ({"enum": "a"}, None),
        ({"oneOf": []}, None),
        ({"oneOf": [{"const": 1}, {"type": "string"}]}, None),
        ({"oneOf": [{"enum": []}, {"const": 1}]}, None),
        ({"type": "string"}, None),
    ],
)  # fmt: skip
def test_all_spellings(schema: dict[str, Any], found: list[tuple[Any, str]] | None) -> None:
    choices = choices_of(schema)
    assert (None if choices is None else [(one.value, one.title) for one in choices]) == found


def test_descriptions_of_single_values() -> None:
    (one,) = choices_of({"oneOf": [{"const": 1, "description": "uno"}]}) or ()
    assert one.description == "uno"
