"""The peer, as conversations: what is sent, what comes back, what follows."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.session.dialect import Handshake, Modern
from inspector.session.outcome import Cancelled, Closed, HttpFailed, Outcome, Replied, TimedOut
from inspector.session.peer import (
    Answer,
    Asked,
    Effect,
    Noticed,
    Peer,
    Pending,
    Progress,
    Send,
    Settled,
    Stray,
    ignore,
)
from inspector.wire.event import Event
from inspector.wire.versions import V4, V5
from tests.session.conftest import Wire

LEGACY = Handshake(V4)


def call(
    peer: Peer, wire: Wire, method: str = "tools/list", exchange: int | None = None, **more: Any
) -> Pending:
    body, pending = peer.call(LEGACY, method, **more)
    peer.sent(pending, wire.sent(body, exchange))
    return pending


def settled(effects: list[Effect]) -> Outcome:
    (effect,) = effects
    assert isinstance(effect, Settled)
    assert effect.pending.outcome is effect.outcome
    return effect.outcome


def reply(effects: list[Effect]) -> Replied:
    outcome = settled(effects)
    assert isinstance(outcome, Replied)
    return outcome


def test_a_result_settles_its_call(wire: Wire) -> None:
    peer = Peer()
    first, second = call(peer, wire), call(peer, wire)
    assert peer.open == (first, second)
    got = reply(peer.feed(wire.got(b'{"jsonrpc":"2.0","id":2,"result":{"b" : 1.0,"a":[]}}')))
    assert got.ok
    assert got.request is second.request
    assert got.raw_result == b'{"b" : 1.0,"a":[]}'
    assert peer.open == (first,)


def test_an_error_settles_its_call(wire: Wire) -> None:
    peer = Peer()
    call(peer, wire)
    got = reply(peer.feed(wire.got({"jsonrpc": "2.0", "id": 1, "error": {"code": -32601, "message": "no"}})))
    assert not got.ok
    assert got.error["code"] == -32601
    assert got.result is None
    assert got.raw_result == b""


@pytest.mark.parametrize("id", [b"1.0", b'"1"'])
def test_a_respelled_id_still_settles(wire: Wire, id: bytes) -> None:
    peer = Peer()
    call(peer, wire)
    assert reply(peer.feed(wire.got(b'{"jsonrpc":"2.0","id":' + id + b',"result":{}}'))).ok


@pytest.mark.parametrize(
    "message",
    [
        {"id": 1, "result": {}},
        {"jsonrpc": "2.0", "id": 1, "result": "text"},
        {"jsonrpc": "2.0", "id": 1, "result": {}, "error": {"code": 1, "message": ""}},
        {"jsonrpc": "2.0", "id": 1, "error": {"code": "x"}},
        {"jsonrpc": "2.0", "id": 1},
    ],
)
def test_a_malformed_reply_settles_all_the_same_because_no_other_will_come(wire: Wire, message: Any) -> None:
    peer = Peer()
    call(peer, wire)
    assert isinstance(settled(peer.feed(wire.got(message))), Replied)


def test_unknown_second_and_garbage_are_strays(wire: Wire) -> None:
    peer = Peer()
    call(peer, wire)
    answer = {"jsonrpc": "2.0", "id": 1, "result": {}}
    assert reply(peer.feed(wire.got(answer))).ok
    for stray in (
        answer,
        {"jsonrpc": "2.0", "id": 99, "result": {}},
        {"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "?"}},
        {"jsonrpc": "2.0", "method": 3, "id": 1},
        b"{not json",
        b"[]",
        b"3",
        b'{"jsonrpc":"2.0","id":[1],"result":{}}',
        b"[" * 100_000,
    ):
        (effect,) = peer.feed(wire.got(stray))
        assert isinstance(effect, Stray)


def test_a_reply_to_what_was_not_sent_yet_answers_nothing(wire: Wire) -> None:
    peer = Peer()
    _, pending = peer.call(LEGACY, "ping")
    assert isinstance(peer.feed(wire.got({"jsonrpc": "2.0", "id": 1, "result": {}}))[0], Stray)
    assert pending.outcome is None


def test_a_batch_settles_each_and_keeps_the_exact_bytes(wire: Wire) -> None:
    peer = Peer()
    call(peer, wire)
    call(peer, wire)
    effects = peer.feed(
        wire.got(
            b'[ {"jsonrpc":"2.0","id":2,"result":{"x":1.50}} , 7, [1], {"jsonrpc":"2.0","method":"n"},'
            b'{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}} ]'
        )
    )
    assert [type(effect) for effect in effects] == [Settled, Stray, Stray, Noticed, Settled]
    assert reply(effects[:1]).raw_result == b'{"x":1.50}'
    assert not reply(effects[-1:]).ok


def test_progress_reaches_its_call_only_while_it_is_open(wire: Wire) -> None:
    peer = Peer()
    pending = call(peer, wire, progress=True)
    assert json.loads(pending.request.body if pending.request else b"")["params"]["_meta"] == {
        "progressToken": 1
    }

    def told(token: Any) -> Event:
        params = {"progressToken": token, "progress": 0.5}
        return wire.got({"jsonrpc": "2.0", "method": "notifications/progress", "params": params})

    first, second = peer.feed(told(1))
    assert isinstance(first, Progress)
    assert isinstance(second, Noticed)
    assert pending.progress == {"progressToken": 1, "progress": 0.5}
    assert isinstance(peer.feed(told("1"))[0], Progress)  # a respelled token is found by pairing
    for unknown in (2, None, [1], {"a": 1}):
        assert [type(effect) for effect in peer.feed(told(unknown))] == [Noticed]
    peer.give_up(pending, Cancelled("enough"))
    assert [type(effect) for effect in peer.feed(told(1))] == [Noticed]


def test_a_token_of_the_callers_own_is_used(wire: Wire) -> None:
    peer = Peer()
    pending = call(peer, wire, params={"_meta": {"progressToken": "abc"}}, progress=True)
    params = {"progressToken": "abc", "progress": 1}
    effects = peer.feed(wire.got({"jsonrpc": "2.0", "method": "notifications/progress", "params": params}))
    assert effects[0] == Progress(pending, params)


@pytest.mark.parametrize("id", [b"7", b'"a\\u0062"', b"7.50", b"-0", b"123456789012345678901234567890"])
def test_a_ping_is_answered_with_the_id_exactly_as_it_came(wire: Wire, id: bytes) -> None:
    asked, send = Peer().feed(wire.got(b'{"jsonrpc":"2.0","id":' + id + b',"method":"ping"}'))
    assert isinstance(asked, Asked)
    assert send == Send(b'{"jsonrpc":"2.0","id":' + id + b',"result":{}}')


@pytest.mark.parametrize(
    ("method", "says"),
    [
        ("roots/list", "'roots'"),
        ("sampling/createMessage", "'sampling'"),
        ("elicitation/create", "'elicitation'"),
        ("no/such", "'no/such'"),
    ],
)
def test_what_we_do_not_declare_is_refused_by_name(wire: Wire, method: str, says: str) -> None:
    _, send = Peer().feed(wire.got({"jsonrpc": "2.0", "id": "q", "method": method}))
    assert isinstance(send, Send)
    answer = json.loads(send.body)
    assert answer["id"] == "q"
    assert answer["error"]["code"] == -32601
    assert says in answer["error"]["message"]


def test_a_request_without_an_id_that_anyone_could_take_is_not_answered(wire: Wire) -> None:
    assert [type(e) for e in Peer().feed(wire.got({"jsonrpc": "2.0", "id": None, "method": "ping"}))] == [
        Asked
    ]


def test_requests_in_a_batch_are_answered_one_by_one(wire: Wire) -> None:
    effects = Peer().feed(wire.got(b'[{"id":1,"method":"ping"},{"id":"x","method":"ping"}]'))
    bodies = [effect.body for effect in effects if isinstance(effect, Send)]
    assert [json.loads(body)["id"] for body in bodies] == [1, "x"]


def test_a_batch_of_many_requests_is_answered_in_linear_time(wire: Wire) -> None:
    # Quadratic work here would take many minutes, and the suite's own limit would end it.
    many = 20_000
    batch = b"[" + b",".join(b'{"jsonrpc":"2.0","id":%d,"method":"ping"}' % id for id in range(many)) + b"]"
    effects = Peer().feed(wire.got(batch))
    assert sum(isinstance(effect, Send) for effect in effects) == many


def test_the_modern_era_answers_no_request(wire: Wire) -> None:
    peer = Peer(ignore)
    assert [type(e) for e in peer.feed(wire.got({"jsonrpc": "2.0", "id": 1, "method": "ping"}))] == [Asked]


def test_a_policy_can_answer_by_itself(wire: Wire) -> None:
    peer = Peer(lambda frame: Answer({"roots": []}) if frame.method == "roots/list" else None)
    _, send = peer.feed(wire.got({"jsonrpc": "2.0", "id": 5, "method": "roots/list"}))
    assert send == Send(b'{"jsonrpc":"2.0","id":5,"result":{"roots":[]}}')


def test_an_exchange_whose_answer_comes_on_another_one_fails_nothing(wire: Wire) -> None:
    peer = Peer()
    pending = call(peer, wire, exchange=2)
    assert peer.feed(wire.ended(2, status=202, answers_on=1)) == []
    outcome = settled(peer.feed(wire.got({"jsonrpc": "2.0", "id": pending.id, "result": {}}, exchange=1)))
    assert isinstance(outcome, Replied)


def test_an_exchange_that_ends_without_an_answer_fails_its_call(wire: Wire) -> None:
    peer = Peer()
    call(peer, wire, exchange=1)
    call(peer, wire, exchange=2)
    outcome = settled(peer.feed(wire.ended(1, status=502)))
    assert isinstance(outcome, HttpFailed)
    assert (outcome.exchange, outcome.status) == (1, 502)
    assert "502" in outcome.says
    outcome = settled(peer.feed(wire.ended(2, outcome="failed", stage="connect", error="refused")))
    assert isinstance(outcome, HttpFailed)
    assert outcome.status is None
    assert "refused" in outcome.says


def test_an_exchange_that_ends_after_its_answer_changes_nothing(wire: Wire) -> None:
    peer = Peer()
    call(peer, wire, exchange=1)
    assert reply(peer.feed(wire.got({"jsonrpc": "2.0", "id": 1, "result": {}}, 1))).ok
    assert peer.feed(wire.ended(1, status=200)) == []


@pytest.mark.parametrize("id", [{}, {"id": None}])
def test_an_error_without_an_id_belongs_to_its_exchange(wire: Wire, id: dict[str, Any]) -> None:
    peer = Peer()
    call(peer, wire, exchange=3)
    error = {"jsonrpc": "2.0", **id, "error": {"code": -32600, "message": "Missing session ID"}}
    assert reply(peer.feed(wire.got(error, 3))).error["code"] == -32600


def test_an_error_page_in_json_is_no_reply(wire: Wire) -> None:
    peer = Peer()
    call(peer, wire, exchange=3)
    assert isinstance(peer.feed(wire.got({"error": "invalid_token"}, 3))[0], Stray)
    assert isinstance(settled(peer.feed(wire.ended(3, status=401))), HttpFailed)


def test_giving_up_and_closing(wire: Wire) -> None:
    peer = Peer()
    first, second, third = call(peer, wire), call(peer, wire), peer.call(LEGACY, "ping")[1]
    assert settled(peer.give_up(first, TimedOut(2.0))) == TimedOut(2.0)
    assert peer.give_up(first, Cancelled("late")) == []
    assert isinstance(peer.feed(wire.got({"jsonrpc": "2.0", "id": 1, "result": {}}))[0], Stray)
    gone = Closed({"code": 3}, "gone")
    assert peer.close(gone) == [Settled(second, gone), Settled(third, gone)]
    assert peer.close(gone) == []


def test_ids_of_the_other_door_are_left_alone(wire: Wire) -> None:
    peer = Peer()
    sent = wire.sent(b'[{"jsonrpc":"2.0","id":1,"method":"a"},{"jsonrpc":"2.0","id":"2","method":"b"}]')
    assert sent.frame is not None
    peer.reserve(sent.frame)
    assert peer.call(LEGACY, "ping")[1].id == 3


def test_params_that_are_no_json_are_refused_and_cost_no_id() -> None:
    peer = Peer()
    with pytest.raises(ValueError, match="JSON"):
        peer.call(Modern(V5), "x", {"a": float("nan")})
    assert peer.open == ()
    assert peer.call(LEGACY, "ping")[1].id == 1


# Any interleaving: each call is settled exactly once, and nothing raises.

_ids = st.one_of(
    st.integers(0, 8).map(lambda n: str(n).encode()),
    st.integers(0, 8).map(lambda n: b'"%d"' % n),
    st.integers(0, 8).map(lambda n: b"%d.0" % n),
    st.sampled_from([b"null", b"true", b'"\\ud800"', b"[1]", b"{}", b"1e400", b"NaN"]),
)
_bodies = st.sampled_from(
    [
        b'"result":{}',
        b'"result":7',
        b'"error":{"code":1,"message":""}',
        b'"error":3',
        b'"result":{},"error":{}',
        b'"method":"ping"',
        b'"method":"notifications/progress","params":{"progressToken":2}',
        b'"x":1',
    ]
)
_message = st.builds(lambda id, body: b'{"jsonrpc":"2.0","id":' + id + b"," + body + b"}", _ids, _bodies)
_incoming = st.one_of(
    _message,
    st.lists(_message, max_size=4).map(lambda items: b"[" + b",".join(items) + b"]"),
    st.binary(max_size=20),
    _message.map(lambda message: message[:-3]),
)
_number = st.integers(0, 7)
_steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["call", "call-unsent", "call-http"]), _number),
        st.tuples(st.sampled_from(["give-up", "send-late", "end"]), _number),
        st.tuples(st.just("got"), _incoming, st.sampled_from([None, 1, 2])),
        st.tuples(st.just("close"), _number),
    ),
    max_size=40,
)


@settings(max_examples=300, deadline=None)
@given(_steps)
def test_whatever_happens_each_call_is_settled_exactly_once(steps: list[tuple[Any, ...]]) -> None:
    peer, wire = Peer(), Wire()
    calls: list[tuple[bytes, Pending]] = []
    count: Counter[int] = Counter()

    def note(effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Settled):
                count[effect.pending.id] += 1
                assert effect.pending.outcome is effect.outcome

    for what, argument, *more in steps:
        match what:
            case "call" | "call-unsent" | "call-http":
                calls.append(peer.call(LEGACY, "tools/call", {"name": "x"}, progress=True))
                if what != "call-unsent":
                    body, pending = calls[-1]
                    peer.sent(pending, wire.sent(body, argument if what == "call-http" else None))
            case "give-up" if argument < len(calls):
                note(peer.give_up(calls[argument][1], TimedOut(1.0)))
            case "send-late" if argument < len(calls):
                body, pending = calls[argument]
                peer.sent(pending, wire.sent(body))
            case "end":
                note(peer.feed(wire.ended(argument, status=200)))
            case "got":
                note(peer.feed(wire.got(argument, more[0])))
            case "close":
                note(peer.close(Closed(None, "gone")))
    note(peer.close(Closed(None, "the end")))
    assert peer.open == ()
    assert count == Counter(pending.id for _, pending in calls)
