"""Which notification a wait finds."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.cli.shell.heard import fitting
from inspector.cli.words import pairs
from inspector.session.peer import Noticed
from inspector.wire.event import Direction, Event, Kind
from inspector.wire.jsonrpc import classify, notification


def noticed(method: str, params: Any) -> Noticed:
    body = notification(method, params)
    frame = classify(body)
    return Noticed(Event(0, 0.0, Kind.MESSAGE, Direction.S2C, body, frame=frame), frame)


PARAMS = {
    "level": "info",
    "data": {"n": 5, "list": ["a", {"b": True}], "null": None, "1": "one"},
    "_meta": {"io.modelcontextprotocol/subscriptionId": "7"},
    "progress": 3.0,
}


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["level=info", "data.n=5"],
        ["data.list.1.b=true"],
        ["data.list.0=a"],
        ["data.null=null"],
        ["data.1=one"],
        ["_meta.io.modelcontextprotocol/subscriptionId=7"],
        ["progress:=3"],
        ["progress=3.0"],
        ["progress=3"],
        ["data.n=5.0"],
        ['data.list:=["a", {"b": true}]'],
    ],
)
def test_it_fits(words: list[str]) -> None:
    for method in ("message", "notifications/message"):
        assert fitting(method, pairs(words))(noticed("notifications/message", PARAMS))


@pytest.mark.parametrize(
    "words",
    [
        ["level=inf"],
        ["data.n=6"],
        ["data.list=a"],
        ["data.list.2=a"],
        ["data.list.-1=a"],
        ["data.list.1.b:=1"],
        ["missing=null"],
        ["level=info", "data.n=6"],
        ["level.x=info"],
    ],
)
def test_it_does_not_fit(words: list[str]) -> None:
    assert not fitting("message", pairs(words))(noticed("notifications/message", PARAMS))


def test_another_method_does_not_fit() -> None:
    assert not fitting("message", [])(noticed("notifications/progress", PARAMS))
    assert not fitting("message", [])(noticed("notifications/message/more", None))
