"""What a reply tells of itself."""

from __future__ import annotations

from inspector.session.outcome import Replied
from tests.session.conftest import Wire


def test_a_result_and_its_exact_text(wire: Wire) -> None:
    request = wire.sent(b"{}")
    event = wire.got(b'{"result" : {"a":1.0,  "a":2},"id":1,"jsonrpc":"2.0"}')
    assert event.frame is not None
    reply = Replied(event, event.frame, request)
    assert reply.ok
    assert reply.result == {"a": 2}
    assert reply.raw_result == b'{"a":1.0,  "a":2}'
    assert reply.error == {}


def test_a_result_that_is_too_deep_to_parse_still_has_its_text(wire: Wire) -> None:
    deep = b"[" * 50_000 + b"]" * 50_000
    event = wire.got(b'{"jsonrpc":"2.0","id":1,"result":{"x":' + deep + b"}}")
    assert event.frame is not None
    assert Replied(event, event.frame, event).raw_result == b'{"x":' + deep + b"}"


def test_a_tool_that_says_it_failed(wire: Wire) -> None:
    assert wire.replied({"result": {"isError": True}}).tool_failed
    for other in ({"result": {"isError": "yes"}}, {"result": []}, {"error": {"isError": True}}):
        assert not wire.replied(other).tool_failed


def test_an_error(wire: Wire) -> None:
    reply = wire.replied({"error": {"code": -1, "message": "no"}, "result": {"both": True}})
    assert not reply.ok
    assert reply.result is None
    assert reply.error == {"code": -1, "message": "no"}


def test_an_item_of_a_batch_that_is_not_there_has_no_text(wire: Wire) -> None:
    event = wire.got(b'[{"jsonrpc":"2.0","id":1,"result":{}}]')
    assert event.frame is not None
    assert Replied(event, event.frame.items[0], event, 0).raw_result == b"{}"
    assert Replied(event, event.frame.items[0], event, 5).raw_result == b""
