"""Each test reads as a conversation; the live journal and the reopened one must agree on it."""

from __future__ import annotations

import pytest

from inspector.journal import pairing
from inspector.journal.pairing import Status
from inspector.wire import jsonrpc
from inspector.wire.event import Kind

from .conftest import Scribe


def statuses(scribe: Scribe) -> list[str]:
    live = scribe.journal
    opened = scribe.reopened()
    found = [(live.status(seq).word, live.peer(seq), live.flawed(seq)) for seq in range(len(live))]
    again = [(opened.status(seq).word, opened.peer(seq), opened.flawed(seq)) for seq in range(len(opened))]
    opened.close()
    assert found == again
    return [word for word, _, _ in found]


def test_calls_are_answered_in_any_order(scribe: Scribe) -> None:
    scribe.asks(1)
    scribe.asks(2)
    scribe.asks(3)
    scribe.replies(2)
    scribe.fails(1)
    scribe.replies(3, {"content": [], "isError": True})
    assert statuses(scribe) == ["error", "ok", "tool error", "ok", "error", "tool error"]
    journal = scribe.journal
    assert [journal.peer(seq) for seq in range(6)] == [4, 3, 5, 1, 0, 2]
    assert journal.latency(0) == journal.latency(4) == 4.0
    assert journal.in_flight == 0


def test_what_is_not_answered_yet_is_pending(scribe: Scribe) -> None:
    scribe.asks(1)
    assert statuses(scribe) == ["pending"]
    assert scribe.journal.latency(0) is None
    assert scribe.journal.in_flight == 1


def test_the_server_asks_with_ids_of_its_own(scribe: Scribe) -> None:
    scribe.asks(1)
    scribe.answers(b'{"jsonrpc":"2.0","id":1,"method":"roots/list"}')
    scribe.sends(b'{"jsonrpc":"2.0","id":1,"result":{"roots":[]}}')
    scribe.replies(1)
    assert statuses(scribe) == ["ok"] * 4
    assert [scribe.journal.peer(seq) for seq in range(4)] == [3, 2, 1, 0]


def test_unknown_and_duplicate_replies(scribe: Scribe) -> None:
    scribe.asks(1)
    scribe.replies(7)
    scribe.replies(1)
    scribe.replies(1)
    assert statuses(scribe) == ["ok", "unknown", "ok", "duplicate"]
    assert scribe.journal.peer(3) == 0
    assert scribe.journal.peer(0) == 2
    assert [scribe.journal.flawed(seq) for seq in range(4)] == [False, True, False, True]


def test_an_error_without_an_id_is_no_flaw(scribe: Scribe) -> None:
    scribe.answers(b'{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}')
    assert statuses(scribe) == ["unknown"]
    assert not scribe.journal.flawed(0)


def test_ids_that_are_spelled_otherwise_meet_with_a_fault(scribe: Scribe) -> None:
    scribe.asks(2)
    scribe.replies("2")
    scribe.asks(3)
    scribe.answers(b'{"jsonrpc":"2.0","id":3.0,"result":{}}')
    assert statuses(scribe) == ["ok"] * 4
    assert scribe.journal.flawed(1)
    assert scribe.journal.flawed(3)


def test_a_reply_after_the_timeout_is_late_and_still_has_a_latency(scribe: Scribe) -> None:
    call = scribe.asks(1)
    scribe.client("timed-out", request=call.seq, after=0.5)
    late = scribe.replies(1)
    assert statuses(scribe) == ["timed out", "", "late"]
    assert scribe.journal.latency(call.seq) == 2.0
    assert scribe.journal.peer(late.seq) == call.seq
    assert scribe.journal.flawed(late.seq)


def test_a_call_that_timed_out_stays_so_when_it_is_cancelled(scribe: Scribe) -> None:
    call = scribe.asks(1)
    scribe.client("timed-out", request=call.seq, after=0.5)
    scribe.client("cancelled", request=call.seq, reason="timeout")
    other = scribe.asks(2)
    scribe.client("cancelled", request=other.seq, reason="user")
    scribe.client("cancelled", request="nonsense")
    assert statuses(scribe) == ["timed out", "", "", "cancelled", "", ""]


@pytest.mark.parametrize(
    ("kind", "what"), [(Kind.PROCESS, "exited"), (Kind.CLIENT, "closed"), (Kind.CLIENT, "failed")]
)
def test_what_waits_when_the_connection_ends_is_lost(scribe: Scribe, kind: Kind, what: str) -> None:
    scribe.asks(1)
    scribe.asks(2)
    scribe.replies(1)
    scribe.step(kind, what, code=3)
    assert statuses(scribe) == ["ok", "lost", "ok", ""]


def test_what_was_still_in_the_pipe_counts(scribe: Scribe) -> None:
    scribe.asks(1)
    scribe.step(Kind.PROCESS, "exited", code=0, signal=None, rung="none")
    scribe.replies(1)
    assert statuses(scribe) == ["ok", "", "ok"]


def test_a_new_connection_begins_ids_anew(scribe: Scribe) -> None:
    scribe.client("connecting", target="a", protocol="auto")
    scribe.asks(1)
    scribe.client("connecting", target="a", protocol="auto")
    scribe.asks(1)
    scribe.replies(1)
    scribe.replies(2)
    assert statuses(scribe) == ["", "lost", "", "ok", "ok", "unknown"]
    assert [scribe.journal.conn(seq) for seq in (0, 1, 2, 3)] == [1, 1, 2, 2]


def test_an_exchange_that_ends_without_an_answer(scribe: Scribe) -> None:
    scribe.asks(1, exchange=1)
    scribe.asks(2, exchange=2)
    scribe.replies(2, exchange=2)
    scribe.step(Kind.HTTP, "end", 2, outcome="complete")
    scribe.step(Kind.HTTP, "end", 1, outcome="closed-early")
    assert statuses(scribe) == ["lost", "ok", "ok", "", ""]
    scribe.replies(1, exchange=3)  # on a stream that was resumed
    assert statuses(scribe)[0] == "ok"


def test_an_exchange_whose_answer_comes_on_another_one(scribe: Scribe) -> None:
    """As over HTTP+SSE: the POST is over long before its answer comes on the stream."""
    scribe.asks(1, exchange=2)
    scribe.step(Kind.HTTP, "end", 2, outcome="complete", status=202, answers_on=1)
    assert statuses(scribe) == ["pending", ""]
    journal = scribe.reopened()
    assert [journal.status(seq).word for seq in range(2)] == ["pending", ""]
    journal.close()
    scribe.replies(1, exchange=1)
    assert statuses(scribe) == ["ok", "", "ok"]
    assert scribe.journal.latency(0) == 2.0
    scribe.asks(3, exchange=3)
    scribe.step(Kind.HTTP, "end", 3, outcome="complete", status=202, error='"answers_on":1')
    journal = scribe.reopened()
    assert journal.status(3).word == "lost"
    journal.close()
    scribe.asks(4, exchange=4)
    scribe.step(Kind.HTTP, "end", 4, outcome="complete", status=202, answers_on=1)
    scribe.client("closed", reason="gone")
    assert statuses(scribe)[5] == "lost"


def test_batches(scribe: Scribe) -> None:
    scribe.sends(b'[{"jsonrpc":"2.0","id":1,"method":"a"},{"jsonrpc":"2.0","id":2,"method":"b"}]')
    scribe.replies(2)
    assert statuses(scribe) == ["pending", "ok"]
    scribe.answers(b'[{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"no"}}]')
    assert statuses(scribe) == ["error", "ok", "error"]
    assert [scribe.journal.peer(seq) for seq in range(3)] == [1, 0, 0]


def test_the_same_id_twice_at_once_is_answered_in_order(scribe: Scribe) -> None:
    scribe.asks(1)
    scribe.asks(1)
    scribe.replies(1)
    assert statuses(scribe) == ["ok", "pending", "ok"]
    scribe.replies(1)
    assert statuses(scribe) == ["ok", "ok", "ok", "ok"]


def test_long_ids_meet_too(scribe: Scribe) -> None:
    scribe.asks("x" * 100_000)
    scribe.replies("x" * 100_000)
    scribe.replies("y" * 100_000)
    assert statuses(scribe) == ["ok", "ok", "unknown"]


def test_only_a_window_of_answered_ids_is_remembered(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "REMEMBERED", 2)
    for id in (1, 2, 3):
        scribe.asks(id)
        scribe.replies(id)
    scribe.replies(3)
    scribe.replies(1)
    assert statuses(scribe)[-2:] == ["duplicate", "unknown"]


def test_a_large_batch_is_settled_in_linear_time(scribe: Scribe) -> None:
    asked = b",".join(b'{"jsonrpc":"2.0","id":%d,"method":"a"}' % id for id in range(20_000))
    answered = b",".join(b'{"jsonrpc":"2.0","id":%d,"result":{}}' % id for id in reversed(range(20_000)))
    scribe.sends(b"[" + asked + b"]")
    scribe.answers(b"[" + answered + b"]")
    assert statuses(scribe) == ["ok", "ok"]


def test_every_status_has_a_word() -> None:
    assert Status.NONE.word == ""
    assert Status.TOOL_ERROR.word == "tool error"
    assert all(status.word for status in Status if status is not Status.NONE)


def test_what_is_asked_anew_under_an_id_is_withdrawn_anew(scribe: Scribe) -> None:
    """Of requests that share an id, all before a cancel are over, and what was over stays as it was."""
    scribe.client("connecting")
    asked = []
    for round in range(3):
        asked += [scribe.asks(1).seq for _ in range(3)]
        scribe.client("timed-out", request=asked[-2], after=1)
        scribe.sends(jsonrpc.notification("notifications/cancelled", {"requestId": 1}))
        asked.append(scribe.asks(1).seq)
        opened = scribe.reopened()
        for journal in (scribe.journal, opened):
            found = [journal.status(row) for row in asked]
            each = [Status.CANCELLED, Status.TIMED_OUT, Status.CANCELLED, Status.CANCELLED]
            assert found == [*(each * (round + 1))[:-1], Status.PENDING]
        opened.close()
