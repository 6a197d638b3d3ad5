"""From what is entered to the result, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from inspector.app.replying import ROOTS, SAMPLE, asks, here, result_of, value_of
from inspector.forms.check import check
from inspector.forms.draft import initial
from inspector.forms.plan import plan
from inspector.forms.unset import UNSET
from inspector.forms.value import value_of as entered


def test_each_kind_has_its_form() -> None:
    assert asks("elicitation-form", {"requestedSchema": 3}).schema == 3
    assert asks("elicitation-form", {}).schema == {"type": "object"}
    assert asks("sampling", {}).schema is SAMPLE
    assert asks("roots", {}, [{"uri": "a:b"}]).value == {"roots": [{"uri": "a:b"}]}
    assert asks("elicitation-url", {}).schema is None
    assert asks("other", {}).schema is None


def test_the_defaults_of_our_own_forms() -> None:
    value, _ = entered(plan(SAMPLE), initial(plan(SAMPLE)))
    assert value == {"role": "assistant", "model": "a person", "stopReason": "endTurn"}
    assert [problem.sentence for problem in check(SAMPLE, {**value, "text": ""})] == []
    assert check(ROOTS, {"roots": [here()]}) == []


@pytest.mark.parametrize(
    ("kind", "value", "result"),
    [
        ("elicitation-form", {"a": 1}, {"action": "accept", "content": {"a": 1}}),
        ("elicitation-form", [1], {"action": "accept", "content": [1]}),
        (
            "sampling",
            {"text": "x", "role": "user", "model": "m"},
            {"role": "user", "content": {"type": "text", "text": "x"}, "model": "m"},
        ),
        ("sampling", "odd", "odd"),
        ("roots", {"roots": []}, {"roots": []}),
        ("roots", {"roots": [{"uri": "https://x/", "name": "n"}, 3]}, None),
        ("roots", {"roots": 3}, {"roots": 3}),
        ("other", {"b": 2}, {"b": 2}),
    ],
)
def test_the_result_of_a_value(kind: Any, value: Any, result: Any) -> None:
    result = value if result is None else result
    assert result_of(kind, value) == result
    if kind != "other" and isinstance(value, dict) and value.get("roots") != 3:
        assert value_of(kind, result) == value


def test_nothing_entered() -> None:
    assert result_of("elicitation-form", UNSET) == {"action": "accept", "content": {}}
    assert result_of("elicitation-url", UNSET) == {"action": "accept"}
    assert result_of("sampling", UNSET) == {}
    assert result_of("roots", UNSET) == {"roots": []}
    assert result_of("other", UNSET) == {}


@pytest.mark.parametrize(
    ("kind", "result"),
    [
        ("elicitation-form", {"action": "decline"}),
        ("elicitation-form", {"action": "accept", "content": {}, "_meta": {}}),
        ("elicitation-form", 3),
        ("sampling", {"content": {"type": "tool_use"}}),
        ("sampling", {"content": {"type": "text", "text": "x", "annotations": {}}}),
        ("roots", {"roots": [], "_meta": {}}),
        ("elicitation-url", {"action": "accept"}),
    ],
)
def test_results_that_no_form_stands_for(kind: Any, result: Any) -> None:
    assert value_of(kind, result) is UNSET


def test_a_path_becomes_a_uri() -> None:
    given = {"roots": [{"uri": "here", "name": "n"}, {"uri": ""}, {"uri": "urn:x"}]}
    first, second, third = result_of("roots", given)["roots"]
    assert first == {"uri": (Path.cwd() / "here").as_uri(), "name": "n"}
    assert (second, third) == ({"uri": ""}, {"uri": "urn:x"})
