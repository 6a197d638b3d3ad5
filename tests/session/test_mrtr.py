from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from typing import Any

import pytest

from inspector.journal.journal import Journal
from inspector.session import mrtr
from inspector.session.answers import Policies, Script
from inspector.session.outcome import Outcome, Replied
from inspector.session.owner import Options, open_session
from inspector.session.peer import Answer
from inspector.transport.memory import MemoryTransport
from inspector.wire.event import Direction, Shape
from inspector.wire.jsonrpc import Frame
from inspector.wire.versions import V4, V5
from tests.session.conftest import rows

Params = dict[str, Any]
CONFIRM = {"method": "elicitation/create", "params": {"message": "Sure?", "requestedSchema": {}}}
STATE = '{"nonce":"\\u00e6\\ud83d", "n" : 1.0}'
CALL = {"name": "x", "arguments": {"a": 1}}


def modern(*answers: Mapping[str, Any]) -> MemoryTransport:
    """A modern server that answers the first call with the first of `answers`, and so on."""
    left = list(answers)

    async def serve(messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        async for body in messages:
            message = json.loads(body)
            if message["method"] == "server/discover":
                result: Mapping[str, Any] = {"supportedVersions": [V5], "capabilities": {"tools": {}}}
            elif "id" in message:
                result = left.pop(0)
            else:
                continue
            yield json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode()

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
