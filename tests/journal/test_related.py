"""From a notification to its request."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.journal.related import Related
from inspector.wire import jsonrpc
from inspector.wire.event import Event
from tests.journal.conftest import Scribe


def asks(scribe: Scribe, id: Any, token: Any = None) -> Event:
    return scribe.asks(
        id, "tools/call", {"name": "x", "_meta": {"progressToken": id if token is None else token}}
    )


def progress(scribe: Scribe, token: Any, at: float = 1) -> Event:
    params = {"progressToken": token, "progress": at}
    return scribe.answers(jsonrpc.notification("notifications/progress", params))


def cancels(id: Any) -> bytes:
    return jsonrpc.notification("notifications/cancelled", {"requestId": id})


def test_progress_belongs_to_the_request_of_its_token(scribe: Scribe) -> None:
    scribe.client("connecting")
    first, second = asks(scribe, 1), asks(scribe, 2, token="t")
    related = Related(scribe.journal)
    assert related.request_of(progress(scribe, "t").seq) == second.seq
    assert related.request_of(progress(scribe, 1).seq) == first.seq
    assert related.request_of(progress(scribe, 1).seq) == first.seq
    assert related.request_of(progress(scribe, 2).seq) == -1
    assert related.request_of(first.seq) == -1
    scribe.replies(1)
    assert related.request_of(progress(scribe, 1).seq) == first.seq  # late
    again = asks(scribe, 1)
    assert related.request_of(progress(scribe, 1).seq) == again.seq


def test_cancelling_belongs_to_the_request_of_its_id(scribe: Scribe) -> None:
    scribe.client("connecting")
    ours = asks(scribe, 1)
    theirs = scribe.answers(jsonrpc.request(1, "sampling/createMessage", {}))
    related = Related(scribe.journal)
    assert related.request_of(scribe.sends(cancels(1)).seq) == ours.seq
    assert related.request_of(scribe.answers(cancels(1)).seq) == theirs.seq
    listen = scribe.asks("l", "subscriptions/listen", {})
    assert related.request_of(scribe.answers(cancels("l")).seq) == listen.seq
    assert related.request_of(scribe.sends(cancels(99)).seq) == -1


def test_a_log_message_belongs_to_the_request_of_its_exchange(scribe: Scribe) -> None:
    said = jsonrpc.notification("notifications/message", {"level": "info", "data": "x"})
    scribe.client("connecting")
    asked = scribe.asks(1, exchange=1)
    scribe.asks(2, exchange=2)
    theirs = scribe.answers(jsonrpc.request(9, "sampling/createMessage", {}), exchange=1)
    related = Related(scribe.journal)
    assert related.request_of(scribe.answers(said, exchange=1).seq) == asked.seq
    assert related.request_of(scribe.answers(said, exchange=3).seq) == -1
    assert related.request_of(scribe.answers(said).seq) == -1
    assert related.request_of(theirs.seq) == -1


def test_what_the_client_did_belongs_to_the_request_that_it_names(scribe: Scribe) -> None:
    scribe.client("connecting")
    asked = scribe.asks(1)
    steps = [scribe.client(what, request=asked.seq) for what in ("cancelled", "timed-out", "warning")]
    asks = scribe.answers(jsonrpc.request(9, "roots/list"))
    answer = scribe.client("answered", by="user", state="answered", asked="roots", number=1, request=asks.seq)
    related = Related(scribe.journal)
    assert [related.request_of(step.seq) for step in steps] == [asked.seq] * 3
    assert [related.word_of(step.seq) for step in steps] == ["cancels", "gave up", "about"]
    assert related.request_of(answer.seq) == asks.seq
    for odd in (-1, 99, "x", None, 0):
        assert related.request_of(scribe.client("cancelled", request=odd).seq) == -1


def test_what_is_looked_for_in_vain_is_found_when_it_comes(scribe: Scribe) -> None:
    related = Related(scribe.journal)
    scribe.client("connecting")
    assert related.request_of(progress(scribe, "t").seq) == -1
    assert related.request_of(progress(scribe, "t").seq) == -1
    asked = asks(scribe, 1, token="t")
    early = progress(scribe, "t").seq
    assert related.request_of(early) == asked.seq
    scribe.replies(1)
    late = [progress(scribe, "t").seq for _ in range(3)]
    assert [related.request_of(seq) for seq in late] == [asked.seq] * 3
    again = asks(scribe, 2, token="t")
    assert related.request_of(progress(scribe, "t").seq) == again.seq
    assert related.request_of(late[0]) == asked.seq
    assert related.request_of(early) == asked.seq


def test_another_connection_is_another_matter(scribe: Scribe) -> None:
    scribe.client("connecting")
    asks(scribe, 1)
    scribe.client("connecting")
    assert Related(scribe.journal).request_of(progress(scribe, 1).seq) == -1


_NO_TOKENS = [b"null", b"true", b"[]", b"{}", b"1" + b"0" * 5000, b'"%b"' % (b"x" * 100_000)]


@pytest.mark.parametrize("token", _NO_TOKENS)
def test_what_is_no_token(scribe: Scribe, token: bytes) -> None:
    asks(scribe, 1)
    said = b'{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":%b}}' % token
    seq = scribe.answers(said).seq
    assert Related(scribe.reopened()).request_of(seq) == -1


def test_a_flood_about_what_never_was_reads_each_row_once(
    scribe: Scribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    scribe.client("connecting")
    for id in range(20):
        asks(scribe, id)
    notices = [progress(scribe, f"never {number}").seq for number in range(50)]
    late = progress(scribe, 7).seq
    related, looked = Related(scribe.journal), list[int]()
    shape = scribe.journal.shape

    def counted(seq: int) -> Any:
        looked.append(seq)
        return shape(seq)

    monkeypatch.setattr(scribe.journal, "shape", counted)
    assert {related.request_of(seq) for seq in notices} == {-1}
    assert len(looked) < 3 * len(scribe.journal)
    assert related.request_of(late) == 8  # behind the client's own row and seven others
    assert related.request_of(notices[0]) == -1


def test_links_are_the_same_in_whatever_order_they_are_looked_for(scribe: Scribe) -> None:
    scribe.client("connecting")
    rows = []
    for id in range(30):
        asked = asks(scribe, id)
        rows.append((progress(scribe, id).seq, asked.seq))
    for order in (rows, rows[::-1], rows[15:] + rows[:15]):
        related = Related(scribe.journal)
        assert [related.request_of(seq) for seq, _ in order] == [asked for _, asked in order]


@pytest.mark.parametrize("id", [7, "7", 7.0, "Abc", 'a "quoted" ünë', "x" * 300, "9" * 300, 10**20], ids=str)
def test_cancelling_finds_its_request_behind_thousands_in_flight(scribe: Scribe, id: Any) -> None:
    scribe.client("connecting")
    asked = scribe.asks(id, "tools/call", {"name": "x"})
    for number in range(2_500):
        scribe.asks(1_000 + number, "tools/call", {"name": "x"})
    notice = scribe.sends(cancels(id))
    opened = scribe.reopened()
    assert Related(scribe.journal).request_of(notice.seq) == asked.seq
    assert Related(opened).request_of(notice.seq) == asked.seq
    opened.close()
