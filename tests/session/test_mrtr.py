from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from typing import Any

import anyio
import pytest

from inspector.journal.journal import Journal
from inspector.session import mrtr
from inspector.session.answers import Policies, Raw, Script
from inspector.session.inbox import Entry
from inspector.session.outcome import Cancelled, Closed, Outcome, Replied, TimedOut
from inspector.session.owner import Options, Session, open_session
from inspector.session.peer import Answer
from inspector.transport.memory import MemoryTransport
from inspector.wire.event import Direction, Shape
from inspector.wire.jsonrpc import Frame
from inspector.wire.versions import V4, V5
from tests.session.conftest import rows, step, steps

Params = dict[str, Any]
CONFIRM = {"method": "elicitation/create", "params": {"message": "Sure?", "requestedSchema": {}}}
STATE = '{"nonce":"\\u00e6\\ud83d", "n" : 1.0}'
CALL = {"name": "x", "arguments": {"a": 1}}


def modern(*answers: Mapping[str, Any] | bytes) -> MemoryTransport:
    """A modern server that answers the first call with the first of `answers`, and so on; nothing to `{}`."""
    left = list(answers)

    async def serve(messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        async for body in messages:
            message = json.loads(body)
            if message["method"] == "server/discover":
                result: Mapping[str, Any] | bytes = {"supportedVersions": [V5], "capabilities": {"tools": {}}}
            elif "id" in message:
                result = left.pop(0)
            else:
                continue
            text = result if isinstance(result, bytes) else json.dumps(result).encode()
            if result:
                yield b'{"jsonrpc":"2.0","id":%d,"result":%s}' % (message["id"], text)

    return MemoryTransport(serve)


def accept(frame: Frame) -> Answer | None:
    assert frame.shape is Shape.REQUEST
    return Answer({"action": "accept", "content": {"by": frame.id}})


async def legs(
    journal: Journal,
    *answers: Mapping[str, Any],
    policy: Callable[[Frame], Answer | None] = accept,
    method: str = "tools/call",
    protocol: str = "auto",
) -> tuple[Outcome, list[Params], list[Any]]:
    """The outcome, and parameters (without metadata) and id of each leg."""
    options = Options(protocol=protocol, policies=Policies.every(Script(policy)))
    async with open_session(modern(*answers), journal, options) as session:
        outcome = await session.call(method, CALL)
    sent = [event.frame for event in rows(journal) if event.direction is Direction.C2S and event.frame]
    calls = [frame for frame in sent if frame.method == method]
    params = [{key: value for key, value in frame.params.items() if key != "_meta"} for frame in calls]
    return outcome, params, [frame.id for frame in calls]


def complete(outcome: Outcome) -> bool:
    assert isinstance(outcome, Replied)
    return outcome.result.get("resultType") != "input_required"


async def test_answers_and_state_go_back_under_a_new_id(journal: Journal) -> None:
    asked = {"resultType": "input_required", "inputRequests": {"k": CONFIRM}, "requestState": STATE}
    outcome, params, ids = await legs(journal, asked, {"resultType": "complete", "content": []})
    assert complete(outcome)
    answers = {"k": {"action": "accept", "content": {"by": '"k"'}}}
    assert params == [CALL, {**CALL, "inputResponses": answers, "requestState": STATE}]
    assert len(set(ids)) == 2


async def test_no_state_is_invented_and_none_is_kept(journal: Journal) -> None:
    first = {"resultType": "input_required", "requestState": "one"}
    second = {"resultType": "input_required", "inputRequests": {"k": CONFIRM}}
    outcome, params, _ = await legs(journal, first, second, {"content": []})
    assert complete(outcome)
    assert params[1] == {**CALL, "requestState": "one"}
    assert set(params[2]) == {*CALL, "inputResponses"}


async def test_a_result_without_a_type_is_complete(journal: Journal) -> None:
    outcome, params, _ = await legs(journal, {"content": [], "inputRequests": {"k": CONFIRM}})
    assert complete(outcome)
    assert params == [CALL]


@pytest.mark.parametrize("says", [None, Answer(error=(-32601, "no"))])
async def test_whoever_has_no_answer_walks_away(journal: Journal, says: Answer | None) -> None:
    asked = {"resultType": "input_required", "inputRequests": {"k": CONFIRM}}
    outcome, params, _ = await legs(journal, asked, policy=lambda frame: says)
    assert not complete(outcome)
    assert params == [CALL]


@pytest.mark.parametrize("requests", [[], None, {"k": 1}, "k"])
async def test_requests_that_are_none_end_the_call(journal: Journal, requests: Any) -> None:
    outcome, params, _ = await legs(journal, {"resultType": "input_required", "inputRequests": requests})
    assert not complete(outcome)
    assert params == [CALL]


async def test_neither_requests_nor_state_ends_the_call(journal: Journal) -> None:
    outcome, params, _ = await legs(journal, {"resultType": "input_required"})
    assert not complete(outcome)
    assert params == [CALL]


async def test_a_server_that_never_has_enough_is_left(journal: Journal) -> None:
    asked = {"resultType": "input_required", "requestState": "again"}
    outcome, params, _ = await legs(journal, *[asked] * (mrtr.ROUNDS + 1))
    assert not complete(outcome)
    assert len(params) == mrtr.ROUNDS + 1
    assert "after 10 rounds" in step(journal, "warning")["says"]


async def test_a_method_that_must_not_ask_is_called_once(journal: Journal) -> None:
    asked = {"resultType": "input_required", "requestState": "again"}
    outcome, params, _ = await legs(journal, asked, method="completion/complete")
    assert not complete(outcome)
    assert len(params) == 1


async def test_in_the_legacy_eras_it_is_an_ordinary_call(journal: Journal) -> None:
    shaken = {"protocolVersion": V4, "capabilities": {}, "serverInfo": {"name": "x", "version": "1"}}
    asked = {"resultType": "input_required", "requestState": "again"}
    outcome, params, _ = await legs(journal, shaken, asked, protocol=V4)
    assert not complete(outcome)
    assert params == [CALL]


def asks(*keys: str, state: str | None = None) -> dict[str, Any]:
    more = {} if state is None else {"requestState": state}
    return {"resultType": "input_required", "inputRequests": dict.fromkeys(keys, CONFIRM), **more}


def by_hand(*answers: Mapping[str, Any] | bytes) -> tuple[MemoryTransport, Options]:
    return modern(*answers), Options(policies=Policies.every("ask"))


async def waiting(session: Session, count: int) -> tuple[Entry, ...]:
    while len(session.inbox.waiting) < count:
        await anyio.lowlevel.checkpoint()
    return session.inbox.waiting


@pytest.mark.parametrize(
    "state",
    [
        rb'"\u00e6 \/ \u002f \ud83d \ud83d\ude00 \u0000"',
        '"æ \u2028 \x7f"'.encode(),
        b"1.0e400",
        b'{ "a" : 1.50 , "a":[NaN]}',
        b'""',
        b"null",
        b"-0",
    ],
)
async def test_the_state_goes_back_byte_for_byte(journal: Journal, state: bytes) -> None:
    asked = b'{"resultType":"input_required","requestState": ' + state + b"}"
    transport, options = by_hand(asked, {"content": []})
    async with open_session(transport, journal, options) as session:
        call = session.start("tools/call", {**CALL, "requestState": "the caller's own"})
        assert complete(await call.wait())
        assert call.legs[1].request is not None
        assert call.legs[1].request.body.endswith(b',"requestState":' + state + b"}}")
        assert call.legs[1].request.body.count(b"requestState") == 1


async def test_a_person_answers_several_and_the_call_is_one(journal: Journal) -> None:
    transport, options = by_hand(asks("a", "b", state="s"), {"content": []})
    async with open_session(transport, journal, options) as session:
        call = session.start("tools/call", CALL)
        first, second = await waiting(session, 2)
        assert (first.key, second.key) == ("a", "b")
        session.inbox.answer(second, Raw(b'{"action": "accept",\n"content": {"n": 1.0}}'))
        assert not call.done
        session.inbox.answer(first, Answer({"action": "cancel"}))
        assert complete(await call.wait())
        one, two = call.legs
        assert isinstance(one.outcome, Replied)
        assert two.request is not None
        sent = b'"inputResponses":{"a":{"action":"cancel"},"b":{"action": "accept", "content": {"n": 1.0}}}'
        assert sent in two.request.body
        leg = step(journal, "leg")
        assert one.request is not None
        assert first.cause == one.request.seq
        assert (leg["first"], leg["request"], leg["id"], leg["number"]) == (
            one.request.seq,
            one.request.seq,
            two.id,
            2,
        )


async def test_as_soon_as_one_is_not_answered_nobody_is_asked_for_the_rest(journal: Journal) -> None:
    transport, options = by_hand(asks("a", "b"))
    async with open_session(transport, journal, options) as session:
        call = session.start("tools/call", CALL)
        first, second = await waiting(session, 2)
        session.inbox.ignore(second)
        assert not complete(await call.wait())
        assert (first.state, second.state) == ("expired", "ignored")


async def test_giving_the_call_up_while_a_person_is_asked(journal: Journal) -> None:
    transport, options = by_hand(asks("a"))
    async with open_session(transport, journal, options) as session:
        call = session.start("tools/call", CALL)
        (entry,) = await waiting(session, 1)
        call.cancel("enough")
        assert await call.wait() == Cancelled("enough")
        assert entry.state == "expired"
        assert not session.inbox.answer(entry, Answer({}))
    assert "→ notifications/cancelled" not in steps(journal)  # the server waits for nothing


async def test_the_connection_ends_while_a_person_is_asked(journal: Journal) -> None:
    transport, options = by_hand(asks("a"))
    async with open_session(transport, journal, options) as session:
        call = session.start("tools/call", CALL)
        (entry,) = await waiting(session, 1)
        session.close()
        assert isinstance(await call.wait(), Closed)
        assert entry.state == "expired"


async def test_only_the_servers_time_counts_and_that_of_all_legs(journal: Journal) -> None:
    transport, options = by_hand(asks("a"), {})
    async with open_session(transport, journal, options) as session:
        call = session.start("tools/call", CALL, timeout=0.5)
        (entry,) = await waiting(session, 1)
        with anyio.move_on_after(0.7):
            await call.wait()
        assert not call.done
        session.inbox.answer(entry, Answer({"action": "accept"}))
        assert isinstance(await call.wait(), TimedOut)  # the second leg is never answered
    assert step(journal, "timed-out")["after"] == 0.5


async def test_requests_that_nobody_can_write_down_are_asked_all_the_same(journal: Journal) -> None:
    odd = b'{"resultType":"input_required","inputRequests":{"\\ud83d":{"method":4,"params":{"a":NaN}}}}'
    transport, options = by_hand(odd)
    async with open_session(transport, journal, options) as session:
        assert not complete(await session.call("tools/call", CALL))
        (entry,) = session.inbox.entries
        assert (entry.kind, entry.state) == ("other", "declined")


@pytest.mark.parametrize("cancels", [False, True])
async def test_thousands_of_requests_hold_nothing_up(cancels: bool, journal: Journal) -> None:
    many = {"resultType": "input_required", "inputRequests": {str(n): CONFIRM for n in range(1000)}}
    options = Options(protocol="auto", policies=Policies.every("ask"))
    async with open_session(modern(many), journal, options) as session:
        call, came = session.start("tools/call", CALL), anyio.Event()
        session.inbox.add_listener(lambda entry: came.set())
        with anyio.fail_after(20):
            await came.wait()
            asked = len(session.inbox.entries)
            assert asked < 200
            if cancels:
                call.cancel("by the user")
            else:
                session.inbox.decline(session.inbox.entries[0])
            await call.wait()
        assert session.inbox.waiting == ()
