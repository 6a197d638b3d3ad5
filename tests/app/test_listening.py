"""What may be listened to and how it stands, in lines."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.app.listening import MOST_SHOWN, Facts, entries, facts_from, holds, toggled
from inspector.journal.journal import Journal
from inspector.journal.subscribed import Subscribed
from inspector.wire.event import Direction, Kind
from inspector.wire.interest import Interest
from inspector.wire.jsonrpc import error_response, notification, request, response
from inspector.wire.versions import META_SUBSCRIPTION_ID


class Talk:
    """A conversation written down."""

    def __init__(self) -> None:
        self.journal = Journal.create(target={"argv": ["x"]})
        self.subscribed = Subscribed(self.journal)

    def asks(self, id: int, method: str, **params: Any) -> None:
        self.journal.append(Kind.MESSAGE, Direction.C2S, request(id, method, params))

    def says(self, body: bytes) -> None:
        self.journal.append(Kind.MESSAGE, Direction.S2C, body)

    def tells(self, method: str, **params: Any) -> None:
        self.says(notification(f"notifications/{method}", params))

    def lines(self, facts: Facts | None = None, tasks: Any = ()) -> dict[str, str]:
        self.subscribed.advance(1.0)
        facts = facts_from(self.subscribed, self.journal) if facts is None else facts
        made = entries(facts, self.subscribed, self.journal.catalogue, tasks, lambda _: "then", 78)
        assert len({entry.key for entry in made}) == len(made)
        return {entry.key: " ".join(entry.whole.split()) for entry in made}


@pytest.fixture
def talk() -> Talk:
    return Talk()


def test_nothing(talk: Talk) -> None:
    lines = talk.lines()
    assert lines["state"] == "○ nothing is subscribed to"
    assert lines["list:tools"] == "· tools"


def test_a_recorded_stream(talk: Talk) -> None:
    talk.asks(1, "subscriptions/listen", notifications=Interest(True, True, uris=("a",)).filter())
    assert talk.lines()["state"].startswith("… opening subscriptions/listen row 0")
    assert talk.lines()["list:tools"] == "✓ tools … asked"
    meta = {"_meta": {META_SUBSCRIPTION_ID: 1}}
    talk.tells("subscriptions/acknowledged", notifications={"toolsListChanged": True}, **meta)
    talk.tells("tools/list_changed", **meta)
    lines = talk.lines()
    assert lines["state"] == "● open subscriptions/listen row 0 ! 2 not honoured"
    assert lines["list:tools"] == "✓ tools ✓ honoured 1 then"
    assert lines["uri:a"] == "✓ a ✗ not honoured"
    talk.says(response(1, {}))
    lines = talk.lines()
    assert lines["state"].startswith("○ ended")
    assert "it is over: ok" in lines["state"]
    assert lines["list:tools"] == "✓ tools ✓ honoured 1 then", "as it was"


def test_an_error_after_all_was_agreed_is_an_end(talk: Talk) -> None:
    talk.asks(1, "subscriptions/listen", notifications={"toolsListChanged": True})
    meta = {"_meta": {META_SUBSCRIPTION_ID: 1}}
    talk.tells("subscriptions/acknowledged", notifications={"toolsListChanged": True}, **meta)
    talk.says(error_response(1, -32000, "Connection closed"))
    lines = talk.lines()
    assert lines["state"].startswith("○ ended")
    assert lines["list:tools"] == "✓ tools ✓ honoured"


def test_a_recorded_refusal(talk: Talk) -> None:
    talk.asks(1, "subscriptions/listen", notifications={"toolsListChanged": True})
    talk.says(error_response(1, -32601, "no \x1b such"))
    lines = talk.lines()
    assert lines["state"] == "✗ refused subscriptions/listen row 0 no ␛ such"
    assert lines["list:tools"] == "✓ tools ✗ refused"


def test_recorded_resources_of_the_legacy_eras(talk: Talk) -> None:
    talk.asks(1, "resources/subscribe", uri="a")
    talk.says(response(1, {}))
    talk.asks(2, "resources/subscribe", uri="b\x1b[1m")
    talk.says(error_response(2, -32602, "never"))
    talk.tells("resources/updated", uri="c")
    talk.tells("resources/updated", uri="a")
    lines = talk.lines()
    assert lines["uri:a"] == "✓ a ✓ honoured 1 then ● updated"
    assert lines["uri:b\x1b[1m"] == "✓ b␛[1m ✗ refused ✗ never"
    assert lines["uri:c"] == "· c 1 then ● updated"


def test_the_end_of_a_uri_stays_in_sight(talk: Talk) -> None:
    talk.tells("resources/updated", uri="demo://" + "x" * 5000 + "/one.md")
    talk.tells("resources/updated", uri="demo://" + "日" * 500 + "/two.md")
    lines = [line for key, line in talk.lines().items() if key.startswith("uri:")]
    assert "…" in lines[0]
    assert "/one.md" in lines[0]
    assert "/two.md" in lines[1]


def test_tasks_and_many_resources(talk: Talk) -> None:
    talk.asks(1, "resources/list")
    resources = [{"name": "r", "uri": f"r{number}"} for number in range(MOST_SHOWN + 10)]
    talk.says(response(1, {"resources": [*resources, 7, {"name": "none"}]}))
    talk.tells("tasks/status", taskId="t")
    far = f"r{MOST_SHOWN + 5}"
    asked = Interest(uris=(far, "unlisted"), tasks=("u",))
    lines = talk.lines(Facts(True, asked=asked, honoured=Interest(), state="open"), [("t", "working")])
    assert lines["more-uris"] == "9 more"
    assert far in lines[f"uri:{far}"]
    assert lines["uri:unlisted"].startswith("✓ unlisted")
    assert lines["task:t"] == "· t working 1 then unasked"
    assert lines["task:u"] == "✓ u ✗ not honoured"
    assert lines["heading-tasks"] == "Tasks 2"


def test_a_lost_stream_that_is_asked_for_again(talk: Talk) -> None:
    facts = Facts(True, True, Interest(True), None, {}, "lost", "reset by peer", 4, (2, 5))
    lines = talk.lines(facts)
    assert lines["state"] == "✗ lost subscriptions/listen row 4 reset by peer asked again 2 of 5 times"
    assert lines["list:tools"] == "✓ tools ✗ lost"


@pytest.mark.parametrize(
    ("kind", "name"),
    [("list", "tools"), ("list", "prompts"), ("list", "resources"), ("uri", "a"), ("task", "t")],
)
def test_one_thing_more_or_less(kind: str, name: str) -> None:
    wanted = toggled(Interest(uris=("b",)), kind, name)
    assert holds(wanted, kind, name)
    assert toggled(wanted, kind, name) == Interest(uris=("b",))
    assert not holds(None, kind, name)
