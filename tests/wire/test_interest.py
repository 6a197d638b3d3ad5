"""The filter of subscriptions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.wire.interest import MOST, Interest

ALL = Interest(True, True, True, ("a", "b"), ("t",))


def test_there_and_back() -> None:
    assert ALL.filter() == {
        "toolsListChanged": True,
        "promptsListChanged": True,
        "resourcesListChanged": True,
        "resourceSubscriptions": ["a", "b"],
        "taskIds": ["t"],
    }
    assert Interest.read(ALL.filter()) == ALL
    assert Interest().filter() == {}
    assert not Interest()
    assert Interest(uris=("a",))


def test_what_was_asked_and_not_honoured() -> None:
    honoured = Interest(tools=True, uris=("b", "c"))
    assert ALL - honoured == Interest(False, True, True, ("a",), ("t",))
    assert (ALL - honoured).words() == ("promptsListChanged", "resourcesListChanged", "a", "t")
    assert not ALL - ALL


@pytest.mark.parametrize("value", [None, 7, [], "x", {"toolsListChanged": 1, "resourceSubscriptions": "a"}])
def test_what_is_no_filter_asks_for_nothing(value: Any) -> None:
    assert not Interest.read(value)


def test_a_filter_is_read_within_bounds() -> None:
    read = Interest.read({"resourceSubscriptions": ["a", 1, "a", None, *map(str, range(2 * MOST))]})
    assert read.uris[:2] == ("a", "0")
    assert len(read.uris) <= MOST


_JSON = st.recursive(
    st.none() | st.booleans() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(_JSON)
def test_reading_never_raises(value: Any) -> None:
    Interest.read(value)
    Interest.read(dict.fromkeys(ALL.filter(), value))
