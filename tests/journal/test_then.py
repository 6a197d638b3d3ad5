"""The session at a row of a whole journal is what a journal knows that ends with this row."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from inspector.journal.asked import NEW_SESSION, Asked
from inspector.journal.catalogue import Catalogue
from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.journal.subscribed import Subscribed
from inspector.journal.tasks import TaskStates
from inspector.journal.then import Past, Then
from inspector.wire import jsonrpc
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.versions import META_LOG_LEVEL, META_PROTOCOL_VERSION
from tests.journal.conftest import Scribe

Step = Callable[[Scribe], object]
FORM = {"message": "Your name?", "requestedSchema": {"type": "object", "properties": {}}}


def asks(id: Any, method: str, exchange: int | None = None, **params: Any) -> Step:
    return lambda scribe: scribe.asks(id, method, params, exchange)


def replies(id: Any, **result: Any) -> Step:
    return lambda scribe: scribe.replies(id, result)


def fails(id: Any, code: int = -32601) -> Step:
    return lambda scribe: scribe.fails(id, code)


def client(what: str, **data: Any) -> Step:
    return lambda scribe: scribe.client(what, **data)


def server_asks(id: Any, method: str, params: Any) -> Step:
    return lambda scribe: scribe.answers(jsonrpc.request(id, method, params))


def we_answer(id: Any, **result: Any) -> Step:
    return lambda scribe: scribe.sends(jsonrpc.response(id, result))


def told(method: str, **params: Any) -> Step:
    return lambda scribe: scribe.answers(jsonrpc.notification(method, params))


def ends(exchange: int) -> Step:
    return lambda scribe: scribe.step(Kind.HTTP, "end", exchange)


def tool(name: str, says: str = "") -> dict[str, Any]:
    return {"name": name, "description": says, "inputSchema": {"type": "object"}}


LEGACY: tuple[Step, ...] = (
    client("connecting"),
    asks(1, "initialize", protocolVersion="2025-11-25", capabilities={"roots": {}}),
    replies(1, protocolVersion="2025-11-25", capabilities={"tools": {}}, serverInfo={"name": "s"}),
    client("negotiated", version="2025-11-25", era="legacy", reason="it said so"),
    lambda scribe: scribe.sends(jsonrpc.notification("notifications/initialized")),
    asks(2, "tools/list"),
    replies(2, tools=[tool("a"), tool("b")], nextCursor="more"),
    asks(3, "tools/list", cursor="more"),
    replies(3, tools=[tool("c")]),
    asks(4, "logging/setLevel", level="info"),
    replies(4),
    asks(5, "resources/subscribe", uri="file:///a"),
    replies(5),
    asks(6, "tools/call", name="slow"),
    asks(7, "tools/call", name="asks"),
    server_asks("q", "elicitation/create", FORM),
    client("answered", request=15, by="user", state="answered"),
    we_answer("q", action="accept", content={}),
    server_asks("r", "roots/list", {}),
    told("notifications/cancelled", requestId="r"),
    client("timed-out", request=13, after=1.0),
    replies(6, content=[]),
    asks(8, "logging/setLevel", level="nonsense"),
    fails(8, -32602),
    replies(7, content=[]),
    asks(9, "tools/call", name="task", task={}),
    replies(9, task={"taskId": "t", "status": "working"}),
    asks(10, "tasks/get", taskId="t"),
    replies(10, taskId="t", status="input_required"),
    told("notifications/tasks/status", taskId="t", status="completed"),
    asks(11, "resources/unsubscribe", uri="file:///a"),
    replies(11),
    told("notifications/tools/list_changed"),
    asks(12, "tools/list"),
    replies(12, tools=[tool("a", "is new"), tool("d")]),
    asks(13, "tools/call", exchange=3, name="lost"),
    ends(3),
    server_asks("left", "sampling/createMessage", {"messages": []}),
    client("closed", reason="disconnected"),
    client("connecting"),
    asks(1, "initialize", protocolVersion="2025-11-25", capabilities={}),
    replies(1, protocolVersion="2025-11-25", capabilities={}, serverInfo={"name": "s"}),
    client("negotiated", version="2025-11-25", era="legacy"),
    asks(2, "tools/call", name="before"),
    server_asks("w", "roots/list", {}),
    client("negotiated", version="2025-11-25", era="legacy", reason=NEW_SESSION),
    asks(3, "ping"),
    lambda scribe: scribe.step(Kind.PROCESS, "exited", code=3),
    client("failed", says="It is gone."),
)

META = {META_PROTOCOL_VERSION: "2026-07-28"}
WANTS = {"one": {"method": "elicitation/create", "params": FORM}}
MODERN: tuple[Step, ...] = (
    client("connecting"),
    asks(1, "server/discover", _meta=META),
    replies(1, capabilities={"tools": {}}, instructions="Be kind."),
    client("negotiated", version="2026-07-28", era="modern"),
    asks(2, "tools/list", _meta={**META, META_LOG_LEVEL: "debug"}),
    replies(2, tools=[tool("a")]),
    asks(3, "subscriptions/listen", _meta=META, notifications={"toolsListChanged": True}),
    told(
        "notifications/subscriptions/acknowledged",
        notifications={"toolsListChanged": True},
        _meta={"io.modelcontextprotocol/subscriptionId": 3},
    ),
    asks(4, "tools/call", _meta={**META, META_LOG_LEVEL: "error"}, name="legs"),
    replies(4, resultType="input_required", inputRequests=WANTS),
    client("answered", request=9, key="one", by="user", state="answered"),
    client("leg", request=8, first=8, id=5, number=2),
    asks(5, "tools/call", _meta=META, name="legs", inputResponses={"one": {"action": "accept"}}),
    replies(5, resultType="input_required", inputRequests=WANTS),
    client("cancelled", request=12, reason="no more"),
    asks(6, "tools/call", _meta=META, name="visit"),
    fails(6, -32042),
    asks(7, "tools/call", _meta=META, name="task"),
    replies(7, resultType="task", taskId="m", status="working"),
    client("task-expired", task="m"),
    replies(3, resultType="complete"),
    lambda scribe: scribe.sends(jsonrpc.notification("notifications/cancelled", {"requestId": 99})),
)


def known_at_its_end(journal: Journal) -> dict[str, Any]:
    """What the folds of now say of a journal."""
    asked, tasks, subscribed = Asked(journal), TaskStates(journal), Subscribed(journal)
    for fold in (asked, tasks, subscribed):
        while fold.advance(1.0):
            pass
    rows = range(len(journal))
    requests = [seq for seq in rows if journal.shape(seq) is Shape.REQUEST]
    return {
        "facts": Catalogue.of(journal).facts(),
        "tasks": [
            (each.task, each.request, each.seq, [step.seq for step in each.steps]) for each in tasks.tasks
        ],
        "questions": [each.ident for each in asked.questions if each.over is None],
        "in_flight": [
            seq
            for seq in requests
            if journal.direction(seq) is Direction.C2S and journal.status(seq) is Status.PENDING
        ],
    }


def as_known(then: Then) -> dict[str, Any]:
    return {
        "facts": then.catalogue.facts(),
        "tasks": [
            (each.task, each.request, each.seq, [step.seq for step in each.steps]) for each in then.tasks
        ],
        "questions": [each.ident for each in then.questions],
        "in_flight": list(then.in_flight),
    }


def written(story: tuple[Step, ...]) -> Scribe:
    ticks = itertools.count()
    scribe = Scribe(None, lambda: float(next(ticks)))
    for step in story:
        step(scribe)
    return scribe


@pytest.mark.parametrize("story", [LEGACY, MODERN], ids=["legacy", "modern"])
@pytest.mark.parametrize("way", [1, -1], ids=["onwards", "backwards"])
def test_at_each_row_it_is_what_was_known_there(story: tuple[Step, ...], way: int) -> None:
    past = Past(written(story).journal)
    assert not past.advance(1.0)
    for row in range(len(story))[::way]:
        then = past.at(row)
        assert (then.row, then.whole) == (row, True)
        assert as_known(then) == known_at_its_end(written(story[: row + 1]).journal), row


def test_state_level_and_subscriptions() -> None:
    past = Past(written(LEGACY).journal)
    past.advance(1.0)
    states = [past.at(row).state for row in (0, 3, 37, 38, 39, 42, 47, 48)]
    assert states == [
        "connecting", "connected", "connected", "closed", "connecting", "connected", "closed", "failed",
    ]  # fmt: skip
    assert [past.at(row).level for row in (9, 10, 23, 38, 42)] == [None, "info", "info", "info", None]
    assert [len(past.at(row).subscriptions) for row in (11, 12, 30, 31)] == [0, 1, 1, 0]
    assert [past.at(row).since for row in (2, 20, 38)] == [0, 3, 38]
    assert past.at(48).says == "It is gone."


def test_level_and_stream_of_the_modern_era() -> None:
    past = Past(written(MODERN).journal)
    past.advance(1.0)
    assert [past.at(row).level for row in (3, 5, 7, 8)] == [None, "debug", "debug", "error"]
    stream = past.at(7).subscriptions[0]
    assert (stream.request, stream.honoured and stream.honoured.tools) == (6, True)
    assert [len(past.at(row).subscriptions) for row in (5, 6, 19, 20)] == [0, 1, 1, 0]


def test_a_journal_that_grows_and_one_that_was_opened(scribe: Scribe) -> None:
    past = Past(scribe.journal)
    assert not past.advance(1.0)
    assert not past.knows(0)
    with pytest.raises(IndexError):
        past.at(0)
    for step in LEGACY[:20]:
        step(scribe)
    assert not past.knows(19)
    past.advance(1.0)
    before = past.at(19)
    for step in LEGACY[20:]:
        step(scribe)
    past.advance(1.0)
    assert as_known(past.at(19)) == as_known(before)
    opened = Past(scribe.reopened())
    opened.advance(1.0)
    for row in range(0, len(LEGACY), 5):
        assert as_known(opened.at(row)) == as_known(past.at(row))


def test_what_no_client_would_write_is_passed_over() -> None:
    scribe = written((client("connecting"), client("timed-out", request="x"), client("cancelled")))
    scribe.step(Kind.CLIENT, "negotiated", says=7, version=3)
    scribe.journal.append(Kind.CLIENT, data={"what": 5})
    scribe.journal.append(Kind.CLIENT)
    past = Past(scribe.journal)
    past.advance(1.0)
    then = past.at(5)
    assert (then.state, then.says, then.in_flight, then.level) == ("connected", "", (), None)
