"""What belongs with a row: seen from the call, and from each of its rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from inspector.journal import gathering
from inspector.journal.conversation import Conversations
from inspector.journal.under_way import under_way
from inspector.wire import jsonrpc
from inspector.wire.event import Direction, Kind
from inspector.wire.jsonrpc import notification, request, response
from tests.journal.conftest import Scribe
from tests.journal.test_legs import FORM as LEG
from tests.journal.test_legs import trip, wants

FORM = {"mode": "form", "message": "Who?", "requestedSchema": {"type": "object", "properties": {}}}
LOG = notification("notifications/message", {"level": "info", "data": "x"})
WITH_TOKEN = {"name": "x", "_meta": {"progressToken": 1}}


def says(scribe: Scribe, text: bytes, kind: Kind = Kind.STDERR) -> int:
    return scribe.journal.append(kind, Direction.S2C, text).seq


def progress(token: Any) -> bytes:
    return notification("notifications/progress", {"progressToken": token, "progress": 1})


def agreed(found: Conversations, rows: tuple[int, ...], alone: tuple[int, ...] = ()) -> None:
    """Every row of a conversation leads to the same one; the others of the journal are alone."""
    for row in rows:
        assert found.rows(row) == rows, row
    for row in alone:
        assert found.rows(row) == (row,)


def test_a_call_on_a_pipe(scribe: Scribe) -> None:
    scribe.client("connecting")
    says(scribe, b"ready")
    scribe.asks(1, params=WITH_TOKEN)  # 2
    scribe.answers(progress(1))
    says(scribe, b"working")
    scribe.answers(LOG)
    scribe.answers(request(9, "elicitation/create", FORM))  # 6
    scribe.client("answered", by="user", state="answered", request=6)
    scribe.sends(response(9, {"action": "accept"}))
    says(scribe, b"listening on port 3000", Kind.STDOUT)
    scribe.replies(1, {"content": []})  # 10
    says(scribe, b"done")
    scribe.answers(progress(1))  # late
    scribe.asks(2, "ping")
    scribe.replies(2)
    found = Conversations(scribe.journal)
    agreed(found, (2, 3, 4, 5, 6, 7, 8, 9, 10, 12), alone=(0, 1, 11))
    assert found.rows(13) == (13, 14)
    assert not found.of(2).shared
    assert found.of(2).over
    assert found.holds(5, 9)
    assert not found.holds(5, 11)
    assert not found.holds(99, 1)
    with pytest.raises(IndexError):
        found.of(99)


def test_what_two_calls_share(scribe: Scribe) -> None:
    """Progress names its call; nothing else on a pipe does."""
    scribe.client("connecting")
    scribe.asks(1, params=WITH_TOKEN)  # 1
    line = says(scribe, b"one")
    scribe.asks(2, params={"name": "y"})  # 3
    shared = says(scribe, b"whose?")
    asked = scribe.answers(request(9, "sampling/createMessage", {})).seq  # whose?
    scribe.sends(response(9, {}))
    scribe.answers(progress(1))  # 7
    scribe.replies(1)
    own = says(scribe, b"two")
    scribe.replies(2)  # 10
    found = Conversations(scribe.journal)
    assert found.rows(1) == found.rows(line) == (1, line, shared, 7, 8)
    assert found.rows(3) == found.rows(own) == (3, shared, own, 10)
    assert found.of(1).shared == found.of(3).shared == {shared}
    assert found.rows(shared) == (shared,)
    assert found.rows(asked) == (asked, asked + 1)
    assert under_way(scribe.journal, shared) == [1, 3]


def test_the_legs_of_a_call(scribe: Scribe) -> None:
    trip(scribe)
    agreed(Conversations(scribe.journal), (1, 2, 3, 4, 5, 6, 7, 8, 10, 11), alone=(0, 9))


def test_a_call_over_http(scribe: Scribe) -> None:
    """Its exchange whole, also what it carries for nobody; the answers that go in another; no stream."""

    def http(what: str, number: int, way: Direction) -> None:
        scribe.journal.append(Kind.HTTP, way, data={"what": what}, exchange=number)

    up, down, none = Direction.C2S, Direction.S2C, Direction.NONE
    scribe.client("connecting")
    http("request", 1, up)  # a stream that the server may use at any time
    scribe.asks(1, params=WITH_TOKEN, exchange=2)  # 2
    http("request", 2, up)
    http("response", 2, down)
    scribe.answers(progress(1), exchange=1)  # 5
    scribe.answers(LOG, exchange=2)
    scribe.answers(LOG, exchange=1)
    scribe.answers(request(7, "elicitation/create", FORM), exchange=2)  # 8
    scribe.sends(response(7, {"action": "accept"}), exchange=3)
    http("request", 3, up)
    http("response", 3, down)
    http("end", 3, none)
    scribe.asks(2, "ping", exchange=4)
    scribe.replies(1, exchange=2)  # 14
    scribe.replies(2, exchange=4)
    http("end", 2, none)
    found = Conversations(scribe.journal)
    agreed(found, (2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 14, 16))
    agreed(found, (13, 15))
    assert found.rows(1) == found.rows(7) == (1, 5, 7)
    assert found.rows(0) == (0,)


def test_a_task_is_of_the_call_that_made_it(scribe: Scribe) -> None:
    task = {"taskId": "t-1", "status": "working"}
    meta = {"_meta": {"io.modelcontextprotocol/related-task": {"taskId": "t-1"}}}
    scribe.client("connecting")
    scribe.asks(1)  # 1
    scribe.replies(1, {"task": task})
    scribe.asks(2, "tasks/get", {"taskId": "t-1"})
    scribe.replies(2, task)
    scribe.asks(3, "tasks/get", {"taskId": "t-2"})  # 5
    scribe.replies(3, {"taskId": "t-2", "status": "working"})
    scribe.answers(request(1, "elicitation/create", FORM | meta))  # 7
    scribe.sends(response(1, {"action": "accept"}))
    scribe.answers(notification("notifications/tasks/status", task | {"status": "completed"}))
    scribe.asks(4, "tasks/result", {"taskId": "t-1"})
    scribe.replies(4, {"content": []})  # 11
    found = Conversations(scribe.journal)
    agreed(found, (1, 2, 3, 4, 7, 8, 9, 10, 11))
    assert found.of(1).over
    assert found.rows(6) == (5, 6)


def test_what_was_given_up_causes_nothing_more(scribe: Scribe) -> None:
    scribe.client("connecting")
    scribe.asks(1)
    scribe.client("timed-out", request=1, after=1)
    cancel = scribe.sends(notification("notifications/cancelled", {"requestId": 1})).seq
    scribe.asks(2)  # 4
    line = says(scribe, b"of the second")
    scribe.replies(2)
    scribe.replies(1)  # late
    found = Conversations(scribe.journal)
    assert found.rows(cancel) == (1, 2, 3, 7)
    assert found.rows(line) == (4, 5, 6)
    assert not found.of(4).shared


def test_a_server_that_dies_ends_its_calls(scribe: Scribe) -> None:
    scribe.client("connecting")
    scribe.asks(1)
    says(scribe, b"KeyError")
    scribe.step(Kind.PROCESS, "exited", code=3)
    says(scribe, b"after all")
    scribe.client("connecting")
    scribe.asks(1)
    found = Conversations(scribe.journal)
    assert found.rows(2) == (1, 2, 3)
    assert found.of(1).over
    assert not found.of(6).over


def test_it_grows_with_the_call(scribe: Scribe) -> None:
    scribe.client("connecting")
    scribe.asks(1, params=WITH_TOKEN)
    found = Conversations(scribe.journal).of(1)
    assert not found.advance(0)
    assert (found.rows, found.open) == ((1,), True)
    scribe.answers(progress(1))
    scribe.replies(1)
    assert not found.advance(1)
    assert (found.rows, found.open, found.over) == ((1, 2, 3), False, True)
    assert (len(found), found[1], found.index(2), 2 in found, 7 in found) == (3, 2, 1, True, False)


def test_it_has_bounds(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MOST", 5)
    monkeypatch.setattr(gathering, "REACH", 40)
    scribe.client("connecting")
    scribe.asks(1)
    for _ in range(9):
        says(scribe, b"x")
    found = Conversations(scribe.journal)
    assert found.rows(1) == (1, 2, 3, 4, 5)
    assert found.of(1).more
    scribe.asks(2)
    scribe.replies(2)
    for _ in range(50):
        scribe.client("warning")
    far = scribe.replies(1).seq
    assert far not in found.rows(11)
    assert found.rows(11) == (11, 12)


def test_a_note_is_about_its_row(scribe: Scribe) -> None:
    scribe.client("connecting")
    scribe.asks(1)
    scribe.replies(1)
    scribe.step(Kind.NOTE, "mark", row=2)
    scribe.step(Kind.NOTE, "mark", row="x")
    found = Conversations(scribe.journal)
    assert found.rows(3) == (1, 2)
    assert found.rows(4) == (4,)


def test_hostile_rows_are_alone(scribe: Scribe) -> None:
    scribe.client("connecting")
    for raw in (
        b"[]",
        b"{}",
        b'{"jsonrpc":"2.0","id":5,"result":{}}',
        b'{"jsonrpc":"2.0","method":"tasks/get","id":1}',
    ):
        scribe.answers(raw)
        scribe.sends(raw)
    scribe.answers(notification("notifications/tasks", {"taskId": ["x"]}))
    scribe.answers(jsonrpc.notification("notifications/elicitation/complete", {"elicitationId": {}}))
    scribe.client("answered", request=10**30)
    found = Conversations(scribe.journal)
    for row in range(len(scribe.journal)):
        assert row in found.rows(row)


HAPPENS: dict[str, Callable[[Scribe, int], object]] = {
    "asks": lambda scribe, id: scribe.asks(id, params={"name": "x", "_meta": {"progressToken": id}}),
    "listens": lambda scribe, id: scribe.asks(id, "subscriptions/listen"),
    "pings": lambda scribe, id: scribe.asks(id, "ping"),
    "polls": lambda scribe, id: scribe.asks(id, "tasks/get", {"taskId": f"t{id}"}),
    "replies": lambda scribe, id: scribe.replies(id),
    "makes a task": lambda scribe, id: scribe.replies(
        id, {"task": {"taskId": f"t{id}", "status": "working"}}
    ),
    "fails": lambda scribe, id: scribe.fails(id),
    "wants input": lambda scribe, id: scribe.replies(id, wants({"k": LEG})),
    "goes on": lambda scribe, id: scribe.client(
        "leg", first=max(0, len(scribe.journal) - id), id=id, number=2
    ),
    "progress": lambda scribe, id: scribe.answers(progress(id)),
    "logs": lambda scribe, id: scribe.answers(LOG),
    "asks back": lambda scribe, id: scribe.answers(request(id, "elicitation/create", FORM)),
    "answers": lambda scribe, id: scribe.sends(response(id, {"action": "accept"})),
    "prints": lambda scribe, id: says(scribe, b"x"),
    "strays": lambda scribe, id: says(scribe, b"x", Kind.STDOUT),
    "cancels": lambda scribe, id: scribe.sends(notification("notifications/cancelled", {"requestId": id})),
    "times out": lambda scribe, id: scribe.client("timed-out", request=max(0, len(scribe.journal) - id)),
    "exits": lambda scribe, id: scribe.step(Kind.PROCESS, "exited", code=id),
    "connects": lambda scribe, id: scribe.client("connecting"),
    "garbage": lambda scribe, id: scribe.answers(b"{" * id),
    "marks": lambda scribe, id: scribe.step(Kind.NOTE, "mark", row=id),
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from([*HAPPENS]), st.integers(1, 3)), max_size=40))
@example([("listens", 1), ("goes on", 1), ("asks", 1), ("logs", 1)])
def test_whatever_happens_a_row_belongs_where_its_call_says(steps: list[tuple[str, int]]) -> None:
    """Every row is in its own conversation; and whatever is in one and not shared leads to that one."""
    ticks = iter(range(1000))
    scribe = Scribe(None, lambda: float(next(ticks)))
    for at, (kind, id) in enumerate(steps):
        if kind != "makes a task" or steps.index((kind, id)) == at:  # two of one name belong to both
            HAPPENS[kind](scribe, id)
    found = Conversations(scribe.journal)
    for row in range(len(scribe.journal)):
        rows = found.rows(row)
        assert [*rows] == sorted(set(rows))
        assert row in rows or scribe.journal.kind(row) is Kind.NOTE
        if found.root_of(row) == row:
            told = found.of(row)
            assert {found.root_of(each) for each in rows if each not in told.shared} <= {row}


@pytest.mark.parametrize("odd", [[], {}, [1], {"a": []}, None, 1])
def test_what_should_be_a_text_and_is_none(scribe: Scribe, odd: Any) -> None:
    """Of a server, and of a recording that somebody wrote."""
    scribe.asks(1)
    scribe.answers(request(9, "tasks/get", {"taskId": odd}))
    scribe.answers(notification("notifications/elicitation/complete", {"elicitationId": odd}))
    scribe.sends(request(2, "tasks/get", {"taskId": odd}))
    for kind in (Kind.CLIENT, Kind.PROCESS, Kind.HTTP):
        scribe.journal.append(kind, data={"what": odd, "request": odd})
    scribe.replies(1)
    found = Conversations(scribe.journal)
    assert all(row in found.rows(row) for row in range(len(scribe.journal)))
