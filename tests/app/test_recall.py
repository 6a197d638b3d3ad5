from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inspector.app.items import Item
from inspector.app.recall import Recall, Steps, ago
from inspector.journal.journal import Journal
from inspector.kept.arguments import ArgumentHistory, Remembered
from inspector.wire.event import Direction, Kind

ECHO = Item("tools", {"name": "echo", "inputSchema": {"type": "object"}})


def journal(*bodies: Any) -> Journal:
    """A session in which these were sent."""
    made = Journal.create(target={"argv": ["x"]}, clock=lambda: 0.0)
    for number, params in enumerate(bodies):
        message = {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}
        made.append(Kind.MESSAGE, Direction.C2S, json.dumps(message).encode())
    return made


def call(text: str, tool: str = "echo") -> dict[str, Any]:
    return {"name": tool, "arguments": {"text": text}}


def texts(found: list[Remembered]) -> list[str]:
    return [one.value["text"] for one in found]


def test_what_this_session_sent() -> None:
    made = journal(call("a"), call("b"), call("x", "other"), call("a"), 5, {"name": "echo"}, {"name": []})
    assert texts(Recall(made, None).of(ECHO)) == ["a", "b"]
    assert Recall(made, None).of(Item("resources", {"uri": "a"})) == []


def test_later_legs_of_a_call_are_no_calls_of_their_own() -> None:
    leg = {**call("a"), "inputResponses": {}, "requestState": "s"}
    assert texts(Recall(journal(call("a"), leg), None).of(ECHO)) == ["a"]
    assert Recall(journal(leg), None).of(ECHO) == []


def test_what_is_very_long_is_not_looked_at() -> None:
    assert texts(Recall(journal(call("x" * 200_000), call("a")), None).of(ECHO)) == ["a"]


def test_other_sessions_come_after_this_one(tmp_path: Path) -> None:
    history = ArgumentHistory(tmp_path / "a.json", now=lambda: 1000.0)
    before = Recall(journal(), history)
    for text in ("old", "a"):
        before.keep(ECHO, {"text": text})
    found = Recall(journal(call("a"), call("b")), history).of(ECHO)
    assert texts(found) == ["b", "a", "old"]
    assert [one.at for one in found] == [None, 1000.0, 1000.0]


def test_nothing_is_kept_where_nothing_shall_be() -> None:
    Recall(journal(), None).keep(ECHO, {"text": "a"})
    assert Recall(journal(), None).of(ECHO) == []


def test_a_walk_there_and_back() -> None:
    steps = Steps([Remembered(1, 90.0), Remembered(2, None, ("token",), "at 1.000 s"), Remembered(0)], 0)
    assert steps.says() == "What you typed · 2 sent before"
    assert not steps.step(-1)
    assert steps.step(1)
    assert (steps.shown, steps.says(100.0)) == (1, "1 of 2 · just now")
    assert steps.step(1)
    assert (steps.shown, steps.says()) == (2, "2 of 2 · at 1.000 s · token was not kept")
    assert not steps.step(1)
    assert steps.step(-1)
    assert steps.step(-1)
    assert steps.shown == 0
    assert Steps([], 0).says() == "Nothing else was sent that is remembered"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "just now"), (59, "just now"), (60, "1 min ago"), (7300, "2 h ago"), (86_400, "1 day ago"),
     (200_000, "2 days ago"), (86_400 * 800, "2 years ago")],
)  # fmt: skip
def test_how_long_ago(seconds: float, words: str) -> None:
    assert ago(seconds) == words
