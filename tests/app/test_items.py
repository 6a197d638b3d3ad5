"""Items: what the list offers and which request running one makes."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.app.items import Item


def test_a_tool_calls_by_name_with_arguments() -> None:
    item = Item("tools", {"name": "echo", "inputSchema": {"type": "object"}})
    assert item.request({"text": "hi"}) == ("tools/call", {"name": "echo", "arguments": {"text": "hi"}})


def test_a_resource_is_read_by_its_uri_and_listed_by_its_name() -> None:
    item = Item("resources", {"name": "Readme", "uri": "file:///readme"})
    assert (item.label, item.schema) == ("Readme", None)
    assert item.request(None) == ("resources/read", {"uri": "file:///readme"})


def test_a_template_asks_for_its_variables_and_expands_them() -> None:
    item = Item("templates", {"name": "city", "uriTemplate": "weather://{city}/{+path}"})
    assert item.schema["required"] == ["city", "path"]
    method, params = item.request({"city": "São Paulo", "path": "a/b"})
    assert (method, params) == ("resources/read", {"uri": "weather://S%C3%A3o%20Paulo/a/b"})


def test_a_prompt_has_a_form_of_its_arguments() -> None:
    item = Item("prompts", {"name": "p", "arguments": [{"name": "a", "required": True}, {"name": "b"}]})
    assert item.schema["required"] == ["a"]
    assert list(item.schema["properties"]) == ["a", "b"]


def test_annotations_are_words() -> None:
    annotations = {"readOnlyHint": False, "destructiveHint": False, "title": "Look"}
    item = Item("tools", {"name": "x", "annotations": annotations})
    assert item.notes == ["not destructive"]
    assert item.title == "Look"


@pytest.mark.parametrize("section", ["tools", "resources", "templates", "prompts"])
@pytest.mark.parametrize(
    "entry",
    [None, 1, "x", [], {}, {"name": 1}, {"name": None, "annotations": 3}, {"arguments": [1, {"name": 2}]},
     {"uriTemplate": "{"}, {"uriTemplate": "{{{}}}"}],
)  # fmt: skip
def test_any_entry_can_be_shown(section: str, entry: Any) -> None:
    item = Item(section, entry)
    assert item.label
    assert isinstance(item.notes, list)
    _ = (item.title, item.schema, item.key)
    item.request({})


def test_an_endless_name_is_cut_for_the_screen_and_not_for_the_wire() -> None:
    item = Item("tools", {"name": "n" * 1_000_000, "title": "t" * 1_000_000})
    assert len(item.label) == len(item.title) == 200
    assert item.request(None)[1]["name"] == "n" * 1_000_000


def test_what_became_of_an_entry_is_said_first() -> None:
    before, after = {"name": "x", "description": "a"}, {"name": "x", "description": "b", "icons": 3}
    changed = Item("tools", after, "changed", before).remarks
    assert changed[0].text == "changed: description, icons"
    assert [remark.text for remark in changed[1:]] == ["icons is no list"]
    assert "gone" in Item("tools", before, "gone").remarks[0].text
    assert "new" in Item("tools", before, "new").remarks[0].text
    assert Item("tools", before, "new") == Item("tools", after)


def test_a_template_that_is_none_says_so() -> None:
    assert "RFC 6570" in Item("templates", {"name": "t", "uriTemplate": "x:{"}).remarks[0].text
