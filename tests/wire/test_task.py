"""Tasks on the wire."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.wire.task import META_RELATED_TASK, created, read_task, related, support_of

LEGACY = {
    "taskId": "a",
    "status": "working",
    "ttl": 60000,
    "pollInterval": 500,
    "createdAt": "2025-11-25T10:30:00Z",
}
MODERN: dict[str, Any] = {
    "taskId": "a",
    "status": "completed",
    "ttlMs": None,
    "pollIntervalMs": 5,
    "result": {},
}


def test_both_spellings() -> None:
    old, new = read_task(LEGACY), read_task(MODERN)
    assert old is not None
    assert new is not None
    assert (old.ttl, old.interval, old.over, old.created) == (60.0, 0.5, False, "2025-11-25T10:30:00Z")
    assert (new.ttl, new.interval, new.over) == (None, 0.005, True)


def test_what_announces_a_task() -> None:
    assert created({"task": LEGACY}) == read_task(LEGACY)
    assert created({"task": LEGACY, "content": []}) is None  # a result may have any other member
    made = created({"resultType": "task", **MODERN})
    assert made is not None
    assert made.id == "a"
    assert created({"resultType": "complete", **MODERN}) is None
    assert created({"resultType": "complete", "task": LEGACY}) is None
    assert created({"content": []}) is None
    assert created(MODERN) is None


@pytest.mark.parametrize("ttl", [-1, True, "60", float("nan"), float("inf"), 10**400, [1]])
def test_a_time_that_is_none(ttl: Any) -> None:
    task = read_task({"taskId": "a", "ttl": ttl})
    assert task is not None
    assert task.ttl is None


def test_how_old_a_task_is_by_its_own_clock() -> None:
    def age(**more: Any) -> float:
        task = read_task({**LEGACY, **more})
        assert task is not None
        return task.age

    assert age(lastUpdatedAt="2025-11-25T10:30:02.5Z") == 2.5
    assert age(lastUpdatedAt="2025-11-25T10:29:00Z") == 0
    assert age(lastUpdatedAt="2025-11-25T11:30:00Z") == 0  # beyond its time to live
    assert age(lastUpdatedAt="2025-11-25T11:30:00Z", ttl=None) == 3600
    assert age(lastUpdatedAt="soon") == 0
    assert age(createdAt="2" * 100) == 0


@pytest.mark.parametrize(
    ("execution", "says"),
    [
        ({"taskSupport": "required"}, "required"),
        ({"taskSupport": "optional"}, "optional"),
        ({"taskSupport": "forbidden"}, "forbidden"),
        ({"taskSupport": ["optional"]}, "forbidden"),
        ({}, "forbidden"),
        (None, "forbidden"),
    ],
)
def test_what_a_tool_says_of_tasks(execution: Any, says: str) -> None:
    assert support_of({"name": "x", "execution": execution}) == says


@pytest.mark.parametrize("meta", [None, 7, {}, {META_RELATED_TASK: "a"}, {META_RELATED_TASK: {"taskId": 7}}])
def test_a_message_that_belongs_to_no_task(meta: Any) -> None:
    assert related({"_meta": meta}) == ""
    assert related({"_meta": {META_RELATED_TASK: {"taskId": "a"}}}) == "a"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*LEGACY, *MODERN, "task"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(_JSON)
def test_reading_never_raises(value: Any) -> None:
    read_task(value)
    created(value)
    support_of(value)
