"""What changed of an entry, as lines."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inspector.app.changed import places, sheet


def lines(before: Any, after: Any) -> list[str]:
    return [entry.plain for entry in sheet(before, after)]


def test_by_path_what_stood_and_what_stands() -> None:
    before = {"name": "a", "description": "One.", "inputSchema": {"properties": {"x": {"type": "string"}}}}
    after = {"name": "a", "description": "Two.", "inputSchema": {"properties": {"y": {"type": "string"}}}}
    assert lines(before, after) == [
        "description", "− One.", "+ Two.", "",
        "inputSchema.properties.x", '− {"type": "string"}', "",
        "inputSchema.properties.y", '+ {"type": "string"}',
    ]  # fmt: skip
    assert places(before, after) == "description, inputSchema.properties.x, inputSchema.properties.y"


def test_of_a_long_text_only_what_differs() -> None:
    text = [f"line {n}" for n in range(40)]
    other = [*text]
    other[3], other[30] = "line three", "line thirty"
    assert lines({"d": "\n".join(text)}, {"d": "\n".join(other)}) == [
        "d", "  line 2", "− line 3", "+ line three", "  line 4",
        "  …", "  line 29", "− line 30", "+ line thirty", "  line 31",
    ]  # fmt: skip


def test_many_places_are_counted() -> None:
    assert places({}, {str(n): n for n in range(9)}) == "0, 1, 2 and 6 more"


@pytest.mark.parametrize(
    "odd", [None, 1, "a\x1b[31m\u202e\nb", [], [[]], float("nan"), {"x" * 9999: "y" * 9999}]
)
def test_anything_becomes_safe_lines(odd: Any) -> None:
    deep = json.loads("[" * 500 + "]" * 500)
    for before, after in ((odd, {"a": 1}), ({"a": odd}, {"a": deep}), ({"\x1b": odd}, {})):
        for text in [*lines(before, after), places(before, after)[:0]]:
            assert not set(text) & set("\x1b\u202e\n")
            assert len(text) <= 510
