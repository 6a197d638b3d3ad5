"""What was asked, what is honoured, what was told."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.journal import subscribed as module
from inspector.journal.subscribed import Subscribed, Subscription
from inspector.wire import jsonrpc
from inspector.wire.interest import Interest
from inspector.wire.versions import META_SUBSCRIPTION_ID
from tests.journal.conftest import Scribe


def tells(scribe: Scribe, method: str, id: Any = None, **params: Any) -> int:
    meta = {} if id is None else {"_meta": {META_SUBSCRIPTION_ID: id}}
    return scribe.answers(jsonrpc.notification(f"notifications/{method}", {**meta, **params})).seq


def folded(subscribed: Subscribed) -> tuple[Subscription, ...]:
    subscribed.advance(1.0)
    return subscribed.subscriptions


@pytest.mark.parametrize("id", [1, "l"])
def test_a_stream_of_the_modern_era(id: Any, scribe: Scribe) -> None:
    scribe.client("connecting")
    wanted = Interest(tools=True, uris=("a", "b"))
    request = scribe.asks(id, "subscriptions/listen", {"notifications": wanted.filter()})
    subscribed = Subscribed(scribe.journal)
    [one] = folded(subscribed)
    assert (one.request, one.wanted, one.honoured) == (request.seq, wanted, None)
    assert not subscribed.is_open(one)
    tells(scribe, "subscriptions/acknowledged", id, notifications={"toolsListChanged": True})
    tells(scribe, "tools/list_changed", id)
    last = tells(scribe, "resources/updated", id, uri="a")
    tells(scribe, "tools/list_changed", 2)
    tells(scribe, "tools/list_changed")
    tells(scribe, "message", id, level="info")
    folded(subscribed)
    assert (one.honoured, one.missing) == (Interest(tools=True), Interest(uris=("a", "b")))
    assert (one.notices, one.latest) == (2, last)
    assert subscribed.is_open(one)
    scribe.replies(id)
    folded(subscribed)
    assert not subscribed.is_open(one)


def test_a_resource_of_the_legacy_eras(scribe: Scribe) -> None:
    scribe.client("connecting")
    scribe.asks(1, "resources/subscribe", {"uri": "a"})
    scribe.replies(1)
    scribe.asks(2, "resources/subscribe", {"uri": "refused"})
    no = scribe.fails(2)
    tells(scribe, "resources/updated", uri="a")
    tells(scribe, "resources/updated", uri="b")
    subscribed = Subscribed(scribe.journal)
    one, refused = folded(subscribed)
    assert (refused.honoured, refused.refused) == (None, no.seq)
    assert not subscribed.is_open(refused)
    assert list(subscribed.present) == [one, refused]
    assert (one.honoured, one.notices) == (Interest(uris=("a",)), 1)
    assert subscribed.is_open(one)
    ends = scribe.asks(3, "resources/unsubscribe", {"uri": "a"})
    scribe.replies(3)
    folded(subscribed)
    assert one.dropped == ends.seq
    assert not subscribed.is_open(one)
    assert list(subscribed.present) == [refused]


def test_the_newest_stream_counts_unless_it_was_refused(scribe: Scribe) -> None:
    subscribed = Subscribed(scribe.journal)
    assert not subscribed.present
    scribe.client("connecting")
    for number, flag in ((1, "toolsListChanged"), (2, "promptsListChanged"), (3, "resourcesListChanged")):
        scribe.asks(number, "subscriptions/listen", {"notifications": {flag: True}})
        if number == 3:
            scribe.fails(number)
        else:
            tells(scribe, "subscriptions/acknowledged", number, notifications={flag: True})
    folded(subscribed)
    assert [each.wanted for each in subscribed.present] == [Interest(prompts=True)]
    scribe.client("connecting")
    folded(subscribed)
    assert not subscribed.present


def test_what_each_thing_was_told_and_whether_it_was_read_since(scribe: Scribe) -> None:
    tells(scribe, "tools/list_changed")
    first = tells(scribe, "resources/updated", uri="a")
    tells(scribe, "resources/updated", uri="b")
    tells(scribe, "tasks", 5, taskId="t")
    latest = tells(scribe, "tasks/status", taskId="t")
    subscribed = Subscribed(scribe.journal)
    folded(subscribed)
    assert (subscribed.told("tools").count, subscribed.told("prompts").count) == (1, 0)
    assert (subscribed.told("task", "t").count, subscribed.told("task", "t").latest) == (2, latest)
    assert subscribed.things("uri") == ("a", "b")
    assert (subscribed.told("uri", "a").latest, subscribed.told("uri", "a").fresh) == (first, True)
    before = subscribed.revision
    scribe.asks(1, "resources/read", {"uri": "a"})
    tells(scribe, "resources/updated", uri="b")
    scribe.asks(2, "resources/read", {"uri": "b"})
    scribe.replies(1)
    scribe.fails(2)
    folded(subscribed)
    assert not subscribed.told("uri", "a").fresh
    assert subscribed.told("uri", "b").fresh
    assert subscribed.revision > before


def test_the_things_told_of_are_bounded(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TOLD", 2)
    for uri in ("a", "b", "a", "c"):
        tells(scribe, "resources/updated", uri=uri)
    subscribed = Subscribed(scribe.journal)
    folded(subscribed)
    assert subscribed.things("uri") == ("a", "c")


@pytest.mark.parametrize("id", [True, [], {}, "x" * 100_000, 10**400])
def test_odd_ids_and_bounds(scribe: Scribe, id: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    for number in range(3):
        scribe.asks(number, "subscriptions/listen", {"notifications": 7})
    tells(scribe, "subscriptions/acknowledged", id, notifications=[])
    tells(scribe, "resources/updated", uri=[1])
    found = folded(Subscribed(scribe.reopened()))
    assert len(found) == 2
    assert all(one.honoured is None for one in found)
