"""Each way a call ends, in words."""

from __future__ import annotations

import pytest

from inspector.app.ending import ending
from inspector.session.outcome import Cancelled, Closed, HttpFailed, Outcome, Replied, TimedOut
from inspector.wire.event import Direction, Event, Kind
from inspector.wire.jsonrpc import classify


def replied(body: bytes) -> Replied:
    request = Event(0, 0.0, Kind.MESSAGE, Direction.C2S)
    event = Event(1, 0.1, Kind.MESSAGE, Direction.S2C, body=body, frame=classify(body))
    assert event.frame is not None
    return Replied(event, event.frame, request)


@pytest.mark.parametrize(
    ("outcome", "word", "says"),
    [
        (TimedOut(2.0), "timed out", "No answer within 2.00 s"),
        (Cancelled("by \x1b[31m"), "cancelled", "by ␛[31m"),
        (Closed({"code": 3}, "the server exited"), "connection lost", "the server exited"),
        (HttpFailed(1, 500, "a page of HTML"), "HTTP 500", "a page of HTML"),
        (HttpFailed(1, None, "refused"), "HTTP failed", "refused"),
        (replied(b'{"id":1,"error":{"code":-32602,"message":"no\\u001b"}}'), "error -32602", "no␛"),
        (replied(b'{"jsonrpc":"2.0","id":1,"error":"odd"}'), "error", "carries no message"),
    ],
)  # fmt: skip
def test_what_went_wrong_is_said(outcome: Outcome, word: str, says: str) -> None:
    ended = ending(outcome, "2025-11-25")
    assert (ended.word, ended.good) == (word, False)
    assert says in ended.says


def test_a_result_keeps_its_exact_bytes() -> None:
    ended = ending(replied(b'{"jsonrpc":"2.0","id":1,"result":{"x": 1.0}}'), "2025-11-25")
    assert (ended.word, ended.good, ended.raw) == ("ok", True, b'{"x": 1.0}')


def test_a_tool_that_failed_is_no_success() -> None:
    ended = ending(replied(b'{"jsonrpc":"2.0","id":1,"result":{"isError":true}}'), "2025-11-25")
    assert (ended.word, ended.good) == ("tool error", False)
