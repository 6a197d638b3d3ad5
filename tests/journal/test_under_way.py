"""Which calls were under way."""

from __future__ import annotations

from inspector.journal.under_way import under_way
from tests.journal.conftest import Scribe


def test_calls_from_their_request_to_their_end(scribe: Scribe) -> None:
    scribe.client("connecting")
    scribe.asks(1)
    scribe.asks(2)
    scribe.asks("l", "subscriptions/listen")  # 3: stays open
    scribe.replies(1)
    scribe.client("cancelled", request=2)
    scribe.asks(3)  # 6
    scribe.client("timed-out", request=10**30)
    scribe.client("connecting")
    scribe.asks(1)  # 9
    found = {row: under_way(scribe.journal, row) for row in range(10)}
    assert found == {0: [], 1: [1], 2: [1, 2], 3: [1, 2], 4: [1, 2], 5: [2], 6: [6], 7: [6], 8: [], 9: [9]}


def test_what_a_host_withdraws_is_under_way_no_more(scribe: Scribe) -> None:
    scribe.asks(1)
    scribe.asks(2)
    scribe.sends(b'{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}')
    scribe.replies(1)  # late
    scribe.replies(2)
    found = {row: under_way(scribe.journal, row) for row in range(5)}
    assert found == {0: [0], 1: [0, 1], 2: [0, 1], 3: [1], 4: [1]}
