from __future__ import annotations

from typing import Any

import pytest

from inspector.wire.methods import EXTENSION_METHODS, METHODS
from inspector.wire.targets import target_of
from inspector.wire.versions import V4


@pytest.mark.parametrize(
    ("method", "params", "target"),
    [
        ("initialize", {"protocolVersion": V4}, V4),
        ("tools/call", {"name": "get-sum", "arguments": {"name": "x"}}, "get-sum"),
        ("tools/call", {"name": ["get-sum"]}, ""),
        ("tools/call", {}, ""),
        ("tools/call", {"name": True}, ""),
        ("tools/call", {"name": "\x1b]52;c;x\x07"}, "\x1b]52;c;x\x07"),
        ("tools/call", {"name": "x" * 10_000}, "x" * 512),
        ("tools/list", {}, ""),
        ("tools/list", {"cursor": "page 2"}, "page 2"),
        ("prompts/get", {"name": "args"}, "args"),
        ("resources/read", {"uri": "demo://1"}, "demo://1"),
        ("notifications/resources/updated", {"uri": "demo://1"}, "demo://1"),
        (
            "completion/complete",
            {"ref": {"type": "ref/prompt", "name": "p"}, "argument": {"name": "a"}},
            "p a",
        ),
        ("completion/complete", {"ref": {"uri": "demo://{id}"}, "argument": 7}, "demo://{id}"),
        ("completion/complete", {"ref": None}, ""),
        ("logging/setLevel", {"level": "debug"}, "debug"),
        ("notifications/message", {"level": "error", "data": "x"}, "error"),
        ("notifications/progress", {"progress": 3, "total": 10}, "3/10"),
        ("notifications/progress", {"progress": 0.5, "total": 1.0}, "0.5/1"),
        ("notifications/progress", {"progress": 3}, "3"),
        ("notifications/progress", {"progress": float("inf")}, "inf"),
        ("notifications/progress", {"progress": 10**4299}, "a huge number"),
        ("notifications/progress", {"total": 3}, ""),
        ("notifications/cancelled", {"requestId": 7}, "7"),
        ("notifications/cancelled", {"requestId": "a"}, "a"),
        ("notifications/tasks/status", {"taskId": "t", "status": "working"}, "t working"),
        (
            "subscriptions/listen",
            {"notifications": {"toolsListChanged": True, "x": False}},
            "toolsListChanged",
        ),
        ("subscriptions/listen", {"notifications": [1]}, ""),
        ("no/such", {"name": "x"}, ""),
        (None, {"name": "x"}, ""),
    ],
)
def test_target(method: str | None, params: dict[str, Any], target: str) -> None:
    assert target_of(method, params) == target


def test_no_params_whatever_make_a_target_raise() -> None:
    hostile: list[Any] = [
        None,
        True,
        1,
        1.5,
        float("nan"),
        10**400,
        "x",
        [],
        {},
        [[{}]],
        {"name": {}},
        {"uri": []},
        "\ud800",
    ]
    keys = (
        "name",
        "uri",
        "ref",
        "argument",
        "level",
        "progress",
        "total",
        "requestId",
        "taskId",
        "notifications",
    )
    for method in (*METHODS, *EXTENSION_METHODS):
        for value in hostile:
            assert isinstance(target_of(method, dict.fromkeys(keys, value)), str)
