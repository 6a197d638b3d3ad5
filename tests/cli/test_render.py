"""Listings and results as text, whatever a server puts into them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.cli.render import result_lines, section_lines, server_line
from inspector.wire.visible import visible

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["name", "uri", "inputSchema", "properties", "required", "arguments", "content", "type"]
            )
            | st.text(),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.sampled_from(["tools", "resources", "templates", "prompts"]), st.lists(JSON, max_size=3))
def test_any_listing_becomes_safe_lines(section: str, entries: list[Any]) -> None:
    lines = section_lines(section, entries)
    assert len(lines) == len(entries) + 1
    assert all(visible(line) == line for line in lines)


@given(JSON)
def test_any_result_becomes_safe_lines(result: Any) -> None:
    assert all(visible(line) == line for line in result_lines(result))


@pytest.mark.parametrize(
    ("info", "line"),
    [
        ({"name": "x", "version": "1"}, "x 1 · 2025-06-18"),
        ({"name": "x\x1b"}, "x␛ · 2025-06-18"),
        ({"name": 3}, "unnamed server · 2025-06-18"),
    ],
)
def test_who_the_server_is(info: dict[str, Any], line: str) -> None:
    assert server_line(info, "2025-06-18") == line


def test_a_description_is_told_by_its_first_paragraph() -> None:
    tool = {"name": "add", "description": "\n Adds\n two numbers.\n \n Args:\n  a: one"}
    assert section_lines("tools", [tool])[1] == "  add  Adds two numbers."


def test_structured_content_that_a_text_repeats_is_shown_once() -> None:
    block = {"type": "text", "text": '{"sum": 3}'}
    assert result_lines({"content": [block], "structuredContent": {"sum": 3}}) == ['{"sum": 3}']
    wrapped = {"content": [{"type": "text", "text": "a"}], "structuredContent": {"result": "a"}}
    assert result_lines(wrapped) == ["a"]
    number = {"content": [{"type": "text", "text": "3"}], "structuredContent": {"result": 3}}
    assert result_lines(number) == ["3"]
    more = {"content": [{"type": "text", "text": "3"}], "structuredContent": {"result": 3, "unit": "m"}}
    assert len(result_lines(more)) == 5
    assert result_lines({"content": [], "structuredContent": [1]}) == ["[", "  1", "]"]


def test_lines_stay_lines() -> None:
    assert result_lines({"content": [{"type": "text", "text": "a\n\tb\n\nc\n"}]}) == ["a", "    b", "", "c"]
