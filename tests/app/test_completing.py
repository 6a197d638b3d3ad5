"""What completion asks, and what it makes of any answer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from inspector.app.completing import found_in, params_of, reference
from inspector.app.items import Item
from inspector.app.widgets.suggestions import MOST, Found
from inspector.wire.versions import V1, V2, V3, V4


def test_what_is_named() -> None:
    assert reference(Item("prompts", {"name": "p"})) == {"type": "ref/prompt", "name": "p"}
    template = Item("templates", {"name": "t", "uriTemplate": "x:{y}"})
    assert reference(template) == {"type": "ref/resource", "uri": "x:{y}"}


@pytest.mark.parametrize("version", [V1, V2, V3, V4, "2026-07-28", "2099-01-01"])
def test_what_others_hold_goes_along_since_2025_06_18(version: str) -> None:
    wanted: Any = SimpleNamespace(item=Item("prompts", {"name": "p"}), name="a", typed="x", given={"b": "y"})
    params = params_of(wanted, version)
    assert params["argument"] == {"name": "a", "value": "x"}
    assert params.get("context") == ({"arguments": {"b": "y"}} if version not in (V1, V2) else None)
    wanted.given = {}
    assert "context" not in params_of(wanted, version)


@pytest.mark.parametrize(
    ("completion", "found"),
    [
        ({"values": ["a", "b"]}, Found(("a", "b"))),
        ({"values": ["a", 1, None, "b"], "total": 9, "hasMore": True}, Found(("a", "b"), 9, True)),
        ({"values": ["a"], "total": True, "hasMore": "yes"}, Found(("a",))),
        ({"values": ["a"], "total": -1}, Found(("a",))),
        ({"values": ["a"], "total": 10**400}, Found(("a",))),
        ({"values": "a"}, Found(())),
        ({}, Found(())),
        (None, Found(())),
        ([], Found(())),
    ],
)
def test_answers(completion: Any, found: Found) -> None:
    assert found_in({"completion": completion}) == found


@pytest.mark.parametrize("result", [None, 1, "x", [], {}])
def test_no_answers(result: Any) -> None:
    assert found_in(result) == Found(())


def test_more_than_a_server_may_give_is_cut() -> None:
    found = found_in({"completion": {"values": [str(n) for n in range(5 * MOST)]}})
    assert (len(found.values), found.total, found.more) == (MOST, 5 * MOST, True)
