"""What entries say of themselves, in words."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.app.item_words import Remark, is_app, is_destructive, notes, remarks
from tests.servers.lists import RESOURCES, TOOLS

BY_NAME = {tool["name"]: tool for tool in TOOLS}


def said(section: str, entry: Any) -> list[str]:
    return [f"{'! ' if remark.odd else ''}{remark.text}" for remark in remarks(section, entry)]


def test_hints_of_a_tool() -> None:
    assert notes("tools", BY_NAME["lookup"]) == ["read-only", "closed world"]
    assert notes("tools", BY_NAME["drop_table"]) == ["destructive", "idempotent"]
    assert notes("tools", BY_NAME["odd"]) == ["read-only", "destructive", "as a task: optional"]


def test_hints_that_tell_nothing_more_are_left_to_the_entry() -> None:
    silent = {"readOnlyHint": True, "destructiveHint": False, "idempotentHint": True, "openWorldHint": False}
    entry = {"annotations": silent, "execution": {"taskSupport": "forbidden"}}
    assert notes("tools", entry) == ["read-only", "closed world"]
    assert notes("tools", {"annotations": {"readOnlyHint": False}}) == ["not read-only"]
    adds = {"readOnlyHint": False, "destructiveHint": False, "idempotentHint": False}
    assert notes("tools", {"annotations": adds}) == ["not destructive"]


def test_hints_that_contradict_each_other_and_icons() -> None:
    assert said("tools", BY_NAME["odd"]) == [
        "! idempotentHint is 'yes', which is neither true nor false",
        "! it says that it only reads, and that it is destructive",
        "icon image/png 48x48, https://icons.example",
        "! icon, javascript:alert(1), an odd scheme",
    ]


def test_a_tool_with_a_ui_leads_to_it() -> None:
    [remark] = remarks("tools", BY_NAME["view_map"])
    assert remark == Remark("UI ui://map/view.html, called by model and app", uri="ui://map/view.html")
    old = {"_meta": {"ui/resourceUri": "ui://x", "other/key": 1}}
    assert said("tools", old) == ["UI ui://x", "_meta: other/key"]
    assert remarks("tools", {"_meta": {"ui": {"resourceUri": "https://x"}}})[0].odd


def test_resources() -> None:
    assert notes("resources", RESOURCES[0]) == [
        "for user", "priority 0.8", "modified 2026-08-31T10:00:00Z", "text/markdown", "1.2 kB"
    ]  # fmt: skip
    assert said("resources", RESOURCES[0]) == []
    assert said("resources", RESOURCES[1]) == [
        "UI of an app, shown as source and never run · connects to https://tiles.example · "
        "wants geolocation · with a border"
    ]
    odd = {"annotations": {"priority": 3, "lastModified": "yesterday"}}
    assert [remark.odd for remark in remarks("resources", odd)] == [True, True]


def test_apps() -> None:
    assert is_app("ui://x", None)
    assert is_app("x:y", "text/html; profile=mcp-app")
    assert not is_app("https://x", "text/html")


def test_only_what_says_so_is_destructive() -> None:
    assert is_destructive(BY_NAME["drop_table"])
    assert not is_destructive(BY_NAME["odd"])
    assert not is_destructive({"annotations": {"readOnlyHint": False}})
    assert not is_destructive({"annotations": {"destructiveHint": "true"}})


@pytest.mark.parametrize(
    ("src", "says"),
    [
        ("data:image/png;base64,AAAA", "in the entry, 21 B"),
        ("http://x/y", "! icon, http://x"),
        ("https://user:secret@host.example:8/p?q", "https://host.example:8"),
        ("https://[", "! icon, https://"),
        ("nothing", "! icon, nothing, which is no URL"),
        (7, "! icon, without a source"),
    ],
)
def test_where_icons_are(src: Any, says: str) -> None:
    [line] = said("prompts", {"icons": [{"src": src}]})
    assert line.endswith(says)
    assert "secret" not in line


ODD: list[Any] = [None, 1, "x", [], {}, [None], [[]], {"a": []}, float("nan"), 10**400, True]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:12])
@pytest.mark.parametrize("section", ["tools", "resources", "templates", "prompts"])
def test_anything_at_all_can_be_said(section: str, odd: Any) -> None:
    members = ("annotations", "icons", "_meta", "execution", "size", "mimeType")
    entries = [odd, dict.fromkeys(members, odd)]
    entries += [{"annotations": dict.fromkeys(("readOnlyHint", "priority", "audience", "lastModified"), odd)}]
    entries += [{"_meta": {"ui": dict.fromkeys(("resourceUri", "csp", "permissions", "domain"), odd)}}]
    entries += [{"uri": "ui://x", "_meta": {"ui": {"csp": {"connectDomains": odd}, "visibility": odd}}}]
    entries += [{"icons": [{"src": odd, "sizes": odd, "theme": odd}, odd]}]
    for entry in entries:
        assert all(isinstance(note, str) for note in notes(section, entry))
        assert all(len(remark.text) < 2000 for remark in remarks(section, entry))
