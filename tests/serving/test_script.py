"""What belongs to which request."""

from __future__ import annotations

from typing import Any

from inspector.journal.journal import Journal
from inspector.serving.script import Script
from inspector.serving.steps import Act
from inspector.wire.event import Direction, Kind
from tests.serving.conftest import Play, note, request


def steps(play: Play) -> dict[int, list[tuple[str, int]]]:
    script = Script(play.journal)
    found = {call.row: [(step.act.value, step.row) for step in call.steps] for call in script.calls}
    return {**found, -1: [(step.act.value, step.row) for step in script.unasked]}


def answer(id: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "result": {}}


def test_progress_by_its_token_and_the_rest_by_its_time() -> None:
    play = Play()
    play.client(request(1, "tools/call", {"_meta": {"progressToken": "a"}}))
    play.client(request(2, "tools/call", {"_meta": {"progressToken": "b"}}))
    play.server(note("notifications/progress", progressToken="a", progress=1))
    play.server(note("notifications/message", level="info"))  # of either
    play.server(answer(2))
    play.server(note("notifications/message", level="info"))  # of the first alone
    play.server(answer(1))
    play.server(note("notifications/tools/list_changed"))
    assert steps(play) == {
        0: [("say", 2), ("say", 5), ("answer", 6)],
        1: [("answer", 4)],
        -1: [("say", 3), ("say", 7)],
    }


def test_the_exchange_tells_it_over_http() -> None:
    play = Play()
    play.client(request(1, "tools/call"), exchange=1)
    play.client(request(2, "tools/call"), exchange=2)
    play.server(note("notifications/message", level="info"), exchange=2)
    play.server(answer(1), exchange=1)
    play.journal.append(Kind.HTTP, data={"what": "end", "outcome": "failed"}, exchange=2)
    assert steps(play) == {0: [("answer", 3)], 1: [("say", 2), ("break", 4)], -1: []}


def test_what_is_asked_back_waits_for_its_answer() -> None:
    play = Play()
    play.client(request(1, "tools/call"))
    play.client(request(2, "tools/call"))
    play.server(request(7, "roots/list"))
    play.client({"jsonrpc": "2.0", "id": 7, "result": {"roots": []}})
    play.server(answer(1))
    play.server(answer(2))
    assert steps(play) == {0: [("say", 2), ("reply", 3), ("answer", 4)], 1: [("answer", 5)], -1: []}


def test_a_cancelled_call_waits_for_the_cancel() -> None:
    play = Play()
    play.client(request(1, "tools/call"))
    play.client(note("notifications/cancelled", requestId=1))
    play.server(answer(1))
    assert steps(play)[0] == [("cancel", 1), ("answer", 2)]


def test_death_in_a_call_and_death_by_request() -> None:
    play = Play()
    play.client(request(1, "tools/call"))
    play.step(Kind.PROCESS, "exited", code=3, signal=None, rung="none")
    play.step(Kind.CLIENT, "connecting")
    play.step(Kind.CLIENT, "disconnecting", reason="done")
    play.step(Kind.PROCESS, "exited", code=0, signal=None, rung="none")
    play.step(Kind.CLIENT, "connecting")
    play.step(Kind.PROCESS, "exited", code=0, signal=None, rung="stdin")
    assert steps(play) == {0: [("exit", 1)], -1: []}


def test_batches_are_taken_apart() -> None:
    play = Play()
    play.client([request(1, "a"), note("n"), request(2, "b")])
    play.server([answer(2), note("m"), answer(1)])
    script = Script(play.journal)
    assert [(call.item, call.method, call.asks) for call in script.calls] == [
        (0, "a", True),
        (1, "n", False),
        (2, "b", True),
    ]
    assert [[(step.act, step.item) for step in call.steps] for call in script.calls] == [
        [(Act.ANSWER, 2)],
        [],
        [(Act.ANSWER, 0)],
    ]


def test_the_end_of_a_subscription_stands_where_it_was() -> None:
    play = Play()
    play.client(request(1, "subscriptions/listen", {"notifications": {}}))
    meta = {"_meta": {"io.modelcontextprotocol/subscriptionId": 1}}
    play.server(note("notifications/subscriptions/acknowledged", notifications={}, **meta))
    play.client(request(2, "tools/call"))
    play.server(note("notifications/tools/list_changed", **meta))
    play.server(answer(2))
    play.server(answer(1))
    assert steps(play) == {0: [("say", 1)], 2: [("answer", 4)], -1: [("say", 3), ("answer", 5)]}


def test_the_client_got_what_a_breakpoint_let_through() -> None:
    play = Play()
    play.client(request(1, "a"))
    play.server(answer(1))
    play.journal.append(
        Kind.MESSAGE, Direction.S2C, b'{"jsonrpc":"2.0","id":1,"result":{"b":1}}', by="hand", of=1
    )
    play.step(Kind.CLIENT, "released", row=1, verdict="changed", who="hand")
    play.client(request(2, "a"))
    play.server(answer(2))
    play.step(Kind.CLIENT, "released", row=5, verdict="dropped", who="rule")
    play.client(request(3, "a"))
    play.server(answer(3))
    play.step(Kind.CLIENT, "released", row=8, verdict="changed", who="hand")  # to the same bytes
    assert steps(play) == {0: [("answer", 2)], 4: [], 7: [("answer", 8)], -1: []}


def test_what_comes_with_what_the_client_sent() -> None:
    play = Play()
    for id in (1, 2):
        play.call(id, "a", None, {})
        play.server(note("notifications/tools/list_changed"))
    script = Script(play.journal)
    assert [script.horizon(row) for row in (0, 1, 3)] == [3, 3, len(play.journal)]


def test_an_empty_journal() -> None:
    script = Script(Journal.create())
    assert (script.calls, script.unasked) == ([], [])


def test_answers_on_another_stream_than_their_requests() -> None:
    """HTTP+SSE (2024-11-05): the POST is over before its answer comes on the stream."""
    play = Play()
    play.client(request(1, "a"), exchange=2)
    play.journal.append(Kind.HTTP, data={"what": "end", "outcome": "complete"}, exchange=2)
    play.server(note("notifications/message", level="info"), exchange=1)
    play.server(answer(1), exchange=1)
    assert steps(play) == {0: [("say", 2), ("answer", 3)], -1: []}


def test_a_host_that_closed_the_input_is_no_death() -> None:
    play = Play()
    play.client(request(1, "a"))
    play.server(answer(1))
    play.step(Kind.CLIENT, "disconnecting", reason="the host closed the server's input")
    play.step(Kind.PROCESS, "exited", code=0, signal=None)
    assert steps(play)[-1] == []


def test_a_batch_is_taken_apart_once_however_long_it_is() -> None:
    """Each of its messages is asked for by itself; parsed anew for each, this would take hours."""
    play, many = Play(), 5_000
    play.client([request(id, "a", {"n": id}) for id in range(many)])
    play.client(request("x", "b"))
    play.server([answer(id) for id in range(many - 1, -2, -1)])
    (refused,) = play.ask(1, "a", {"n": "none"})
    assert refused["error"]["code"] == -32000
    assert play.ask(5, "a", {"n": many - 1}) == [answer(5)]
    play.tell([request(id, "a", {"n": id}) for id in range(many)])


def test_a_server_that_closes_its_stdout_again_and_again() -> None:
    play = Play()
    play.client(request(1, "a"))
    for _ in range(3):
        play.step(Kind.PROCESS, "stdout-closed")
    assert steps(play)[0] == [("close", 1)]
