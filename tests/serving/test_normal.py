"""When two requests are the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.serving.normal import Asked, asked, differences, nearness, normal
from inspector.wire.jsonrpc import classify, request
from inspector.wire.versions import META_CLIENT_CAPABILITIES, META_CLIENT_INFO

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.text(max_size=5), JSON, max_size=5)


@given(JSON)
def test_normal_is_idempotent(value: Any) -> None:
    once = normal(value)
    assert normal(once) == once
    json.dumps(once, allow_nan=False)


@given(OBJECTS, OBJECTS, st.text(), st.randoms())
def test_what_must_not_matter_does_not(arguments: Any, meta: Any, token: str, random: Any) -> None:
    keys = list(arguments)
    random.shuffle(keys)
    params = {"name": "a", "arguments": arguments}
    other = {"_meta": {**meta, "progressToken": token}, "arguments": {key: arguments[key] for key in keys}}
    other["name"] = "a"
    assert asked("tools/call", params, "normal").key == asked("tools/call", other, "normal").key


@given(JSON, JSON)
def test_different_arguments_have_different_keys_and_say_where(one: Any, other: Any) -> None:
    here, there = (asked("x/y", {"name": "a", "value": each}, "normal") for each in (one, other))
    if normal(one) == normal(other) and here.key == there.key:
        assert differences(here.hard, there.hard) == []
    elif here.key != there.key:
        assert differences(here.hard, there.hard)


def key(method: str, params: Any, match: Any = "normal") -> str:
    return asked(method, params, match).key


@pytest.mark.parametrize(
    ("method", "one", "other"),
    [
        ("tools/list", None, {}),
        ("tools/list", {}, {"_meta": {"a": 1}}),
        ("tools/call", {"name": "a"}, {"name": "a", "arguments": {}}),
        ("tools/call", {"name": "a"}, {"name": "a", "arguments": None}),
        ("tools/call", {"name": "a", "arguments": {"n": 1}}, {"name": "a", "arguments": {"n": 1.0}}),
        ("tools/call", {"name": "a", "task": {"ttl": 1}}, {"name": "a", "task": {"ttl": 9}}),
        ("tools/list", {"cursor": "a"}, {"cursor": "b"}),
        ("tools/call", {"name": "a", "requestState": "a"}, {"name": "a", "inputResponses": {}}),
        ("resources/read", {"uri": "a://Æ/%c3"}, {"uri": "a://%c3%86/%C3"}),
        ("initialize", {"protocolVersion": "1", "clientInfo": {"name": "a"}}, None),
        ("subscriptions/listen", {"notifications": {"toolsListChanged": True}}, {"notifications": {}}),
    ],
)
def test_the_same(method: str, one: Any, other: Any) -> None:
    assert key(method, one) == key(method, other)


@pytest.mark.parametrize(
    ("method", "one", "other"),
    [
        ("tools/list", None, {"cursor": "a"}),
        ("tools/call", {"name": "a", "arguments": {"n": 1}}, {"name": "a", "arguments": {"n": True}}),
        ("tools/call", {"name": "a", "arguments": {"n": "1"}}, {"name": "a", "arguments": {"n": 1}}),
        ("tools/call", {"name": "a"}, {"name": "a", "requestState": "x"}),
        ("tools/call", {"name": "a"}, {"name": "a", "task": {}}),
        ("resources/read", {"uri": "a"}, {"uri": "b"}),
    ],
)
def test_not_the_same(method: str, one: Any, other: Any) -> None:
    assert key(method, one) != key(method, other)


def test_exact_leaves_the_progress_token_alone_and_nothing_else() -> None:
    params = {"name": "a", "_meta": {"progressToken": 1, "b": 2}}
    assert key("x", params, "exact") == key(
        "x", {"_meta": {"b": 2, "progressToken": 7}, "name": "a"}, "exact"
    )
    assert key("x", params, "exact") != key("x", {"name": "a"}, "exact")
    assert key("x", {"n": 1}, "exact") != key("x", {"n": 1.0}, "exact")


def test_exact_asks_nobody_who_they_are() -> None:
    """Another client than the recorded one could not even begin."""
    for method in ("initialize", "server/discover"):
        assert key(method, {"clientInfo": {"name": "a"}}, "exact") == key(method, None, "exact")
    names = [{META_CLIENT_INFO: {"name": name}, META_CLIENT_CAPABILITIES: {name: {}}} for name in "ab"]
    one, other = (key("tools/list", {"_meta": name}, "exact") for name in names)
    assert one == other == key("tools/list", {"_meta": {"progressToken": 1}}, "exact")


def test_what_one_prefers_to_be_equal() -> None:
    one = asked("tools/list", {"cursor": "b"}, "normal")
    assert nearness(one.soft, asked("tools/list", {"cursor": "b"}, "normal").soft) == 1
    assert nearness(one.soft, asked("tools/list", {"cursor": "c"}, "normal").soft) == 0


def test_parameters_of_any_depth_and_length() -> None:
    for body in (b"[" * 50_000 + b"]" * 50_000, b"9" * 10_000, b'"' + b"x" * 100_000 + b'"'):
        frame = classify(request(1, "x").replace(b'"x"', b'"x","params":{"a":' + body + b"}"))
        found = asked("x", frame.params, "normal")
        assert isinstance(found, Asked)
        assert found.key == asked("x", frame.params, "normal").key


def test_at_most_eight_differences_each_a_short_line() -> None:
    live, other = {str(n): "x" * 999 for n in range(50)}, dict.fromkeys(map(str, range(50)), 1)
    found = differences(live, other)
    assert len(found) == 8
    assert all(len(each) < 200 for each in found)
    assert differences({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}) == ["a[1].b: 2, recorded 3"]
    assert differences({"a": 1}, {"b": 1}) == ["a: 1, not recorded", "b: missing, recorded 1"]


def test_a_difference_is_told_in_short_whatever_its_length() -> None:
    heap = {f"k{number}": [{}] * 9 for number in range(100)}
    deep: Any = 0
    for _ in range(300):
        deep = [deep]
    for live in ("x" * 10**6, heap, deep, 10**100, [heap] * 100, {"y" * 10**6: True}, None, 1.5, False):
        (says,) = differences({"a": live}, {"a": "b"})
        assert says.startswith("a: ")
        assert says.endswith(', recorded "b"')
        assert len(says) < 90
    assert differences({"a": {"b": [1, "ü", None]}}, {})[0] == 'a: {"b": [1, "ü", null]}, not recorded'
    assert len(differences({"y" * 10**6: 1}, {})[0]) < 90
