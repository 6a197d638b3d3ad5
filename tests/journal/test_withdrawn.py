"""A request that is withdrawn by whoever made it: no longer pending, in every view, live and read back."""

from __future__ import annotations

import math

import pytest

from inspector.journal.journal import Journal
from inspector.journal.lanes import Lanes
from inspector.journal.pairing import Status
from inspector.journal.then import Past
from inspector.journal.view import View
from inspector.wire import jsonrpc
from inspector.wire.jsonrpc import encode

from .conftest import Scribe


def cancelled(id: object) -> bytes:
    return jsonrpc.notification("notifications/cancelled", {"requestId": id, "reason": "no more"})


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("id", [7, "seven", 'a "quoted" ünë', 10**20], ids=str)
def test_the_server_withdraws_what_it_asked(scribe: Scribe, id: object, batch: bool) -> None:
    scribe.client("connecting", target="x", protocol="auto")
    scribe.asks(id)
    scribe.answers(jsonrpc.request(id, "elicitation/create"))
    scribe.answers(jsonrpc.request("other", "elicitation/create"))
    notice = cancelled(id)
    scribe.answers(
        b"[" + notice + b"," + encode({"jsonrpc": "2.0", "method": "x"}) + b"]" if batch else notice
    )
    opened = scribe.reopened()
    for journal in (scribe.journal, opened):
        assert [journal.status(row) for row in range(1, 4)] == [
            Status.PENDING,
            Status.CANCELLED,
            Status.PENDING,
        ]
        view = View(journal, "status:pending")
        view.advance(math.inf)
        assert [view[at] for at in range(len(view))] == [1, 3]
    if not batch:
        _is_over(opened, 2)
    opened.close()


def _is_over(journal: Journal, row: int) -> None:
    lanes, past = Lanes(journal), Past(journal)
    lanes.advance(math.inf)
    past.advance(math.inf)
    assert list(lanes.endings) == [row]
    assert list(lanes.outcomes) == [Status.CANCELLED]
    assert past.milestones.given_up == {row: 4}
    assert [each.seq for each in past.at(3).questions] == [2, 3]
    assert [each.seq for each in past.at(4).questions] == [3]


def test_a_host_withdraws_what_it_asked(scribe: Scribe) -> None:
    """Recorded between a host and its server there is nothing but the notice."""
    scribe.asks(1)
    scribe.sends(cancelled(1))
    scribe.replies(1)
    opened = scribe.reopened()
    assert [opened.status(row) for row in (0, 2)] == [Status.CANCELLED, Status.LATE]
    opened.close()


@pytest.mark.parametrize("id", [None, True, [1], {"a": 1}, 2, "1.5"], ids=repr)
def test_a_notice_about_nothing_withdraws_nothing(scribe: Scribe, id: object) -> None:
    scribe.answers(jsonrpc.request(1, "ping"))
    scribe.answers(cancelled(id))
    opened = scribe.reopened()
    assert scribe.journal.status(0) is opened.status(0) is Status.PENDING
    opened.close()


def test_what_timed_out_before_stays_so(scribe: Scribe) -> None:
    asked = scribe.asks(1)
    scribe.client("timed-out", request=asked.seq, after=1)
    scribe.sends(cancelled(1))
    opened = scribe.reopened()
    assert scribe.journal.status(0) is opened.status(0) is Status.TIMED_OUT
    opened.close()
