"""A client's conversation with a recorded server, message by message."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.serving.said import Ways
from inspector.wire.event import Kind
from tests.serving.conftest import Play, note, request, results, said

META = "io.modelcontextprotocol/"


def answer(id: Any, **result: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "result": result}


def play_of_a_call() -> Play:
    play = Play()
    play.client(request(1, "tools/call", {"name": "a", "_meta": {"progressToken": "t"}}), 10)
    play.server(note("notifications/progress", progressToken="t", progress=1), 11)
    play.server(note("notifications/message", level="info", data="x"), 12)
    play.server(answer(1, content=[]), 14)
    return play


def test_ids_and_tokens_are_those_of_the_client() -> None:
    play = play_of_a_call()
    found = play.ask("x", "tools/call", {"name": "a", "_meta": {"progressToken": 9}})
    assert [each.get("method") for each in found] == ["notifications/progress", "notifications/message", None]
    assert found[0]["params"] == {"progressToken": 9, "progress": 1}
    assert found[2] == answer("x", content=[])
    assert [each.get("method") for each in play.ask(2, "tools/call", {"name": "a"})] == [
        "notifications/message",  # who asks for no progress gets none
        None,
    ]


def test_all_in_its_time() -> None:
    play = play_of_a_call()
    play.ways = Ways(pace=0.5)
    assert play.ask(1, "tools/call", {"name": "a", "_meta": {"progressToken": 9}}, now=100) == []
    assert play.serving.next_at == 100.5
    assert len(said(play.serving.due(100.5))) == 1
    assert len(said(play.serving.due(101.9))) == 1
    assert said(play.serving.due(102)) == [answer(1, content=[])]
    assert play.serving.next_at is None


def test_a_call_that_is_cancelled_is_not_answered() -> None:
    play = play_of_a_call()
    play.ways = Ways(pace=1)
    play.ask(5, "tools/call", {"name": "a"})
    play.tell(note("notifications/cancelled", requestId=5), 1)
    assert said(play.serving.due(99)) == []


def test_what_followed_a_cancel_follows_one() -> None:
    play = Play()
    play.client(request(1, "tools/call"), 0)
    play.client(note("notifications/cancelled", requestId=1), 5)
    play.server(answer(1, late=True), 6)
    assert play.ask(8, "tools/call") == []
    assert play.tell(note("notifications/cancelled", requestId=8)) == [answer(8, late=True)]


def test_what_nobody_asked_for_comes_at_its_place_and_once() -> None:
    play = Play()
    play.call(1, "a", None, {"n": 1})
    play.server(note("notifications/tools/list_changed"))
    play.call(2, "b", None, {"n": 2})
    assert play.ask(1, "b") == [{**note("notifications/tools/list_changed")}, answer(1, n=2)]
    assert play.ask(2, "a") == [answer(2, n=1)]


def test_it_follows_the_answer_that_it_followed() -> None:
    play = Play()
    play.call(1, "a", None, {})
    play.server(note("notifications/tools/list_changed"))
    assert play.ask(7, "a") == [answer(7), note("notifications/tools/list_changed")]


def test_an_answer_back_is_waited_for_whatever_it_is() -> None:
    play = Play()
    play.client(request(1, "tools/call"))
    play.server(request("q", "roots/list"))
    play.client({"jsonrpc": "2.0", "id": "q", "result": {"roots": []}})
    play.server(answer(1, done=True))
    assert play.ask(4, "tools/call") == [request("q", "roots/list")]
    refused = {"jsonrpc": "2.0", "id": "q", "error": {"code": -32601, "message": "no"}}
    assert play.tell(refused) == [answer(4, done=True)]
    assert play.heard.notes == {"row 1: roots/list was answered otherwise than recorded in row 2": None}
    (again,) = play.ask(5, "tools/call")
    assert again["id"] != "q"  # that id was used
    assert play.tell(answer(again["id"], roots=[])) == [answer(5, done=True)]


def test_no_answer_was_recorded() -> None:
    play = Play()
    play.client(request(1, "tools/call"))
    play.step(Kind.CLIENT, "timed-out", request=0, after=60)
    assert play.ask(1, "tools/call") == []
    assert play.heard.misses == {}


def test_the_recording_ends_before_the_answer() -> None:
    """The server's question and its answer are played; then nobody knows what it would have said."""
    play = Play()
    play.client([request(1, "a"), request(2, "b")])
    play.server([answer(2)])
    play.client(request(3, "tools/call", {"name": "x"}))
    play.server(request(9, "roots/list"))
    play.client(answer(9, roots=[]))
    assert play.ask(5, "tools/call", {"name": "x"}) == [request(9, "roots/list")]
    (refused,) = play.tell(answer(9, roots=[]))
    assert refused["error"]["data"] == {"method": "tools/call", "nearest": {"row": 2, "method": "tools/call"}}
    ((one, other),) = play.tell([request(6, "a"), request(7, "b")])
    assert (one["error"]["code"], other["result"]) == (-32000, {})
    assert [(miss.method, miss.says) for miss in play.heard.misses.values()] == [
        ("tools/call", "the request is there without its answer"),
        ("a", "the request is there without its answer"),
    ]
    assert play.heard.answered == 1


def test_a_miss() -> None:
    play = play_of_a_call()
    (first,) = play.ask(1, "tools/call", {"name": "b"})
    assert first["error"]["code"] == -32000
    assert first["error"]["data"] == {
        "method": "tools/call",
        "nearest": {"row": 0, "method": "tools/call"},
        "differs": ['name: "b", recorded "a"'],
    }
    (other,) = play.ask(2, "prompts/list")
    assert other["error"]["code"] == -32601
    play.ask(3, "prompts/list")
    assert [(miss.method, miss.times) for miss in play.heard.misses.values()] == [
        ("tools/call", 1),
        ("prompts/list", 2),
    ]


def test_ping_needs_no_recording_but_follows_one() -> None:
    assert Play().ask(1, "ping") == [answer(1)]
    play = Play()
    play.client(request(1, "ping"))
    play.server({"jsonrpc": "2.0", "id": 1, "error": {"code": 1, "message": "never"}})
    assert "error" in play.ask(1, "ping")[0]


def test_a_batch_is_answered_by_one() -> None:
    play = Play()
    for number, method in enumerate(("a", "b", "silent")):
        play.client(request(number, method))
        if method != "silent":
            play.server(answer(number, of=method))
    play.step(Kind.CLIENT, "timed-out", request=4, after=60)
    (found,) = play.tell([request(7, "b"), request(8, "a"), note("n")])
    assert sorted(found, key=lambda each: each["id"]) == [answer(7, of="b"), answer(8, of="a")]
    assert play.tell([request(1, "silent"), request(2, "a")]) == [[answer(2, of="a")]]
    assert play.tell([note("n")]) == []


def test_what_is_no_message() -> None:
    play = Play()
    assert play.tell(b"{")[0]["error"]["code"] == -32700
    assert play.tell(b"7")[0]["error"]["code"] == -32600
    assert play.tell(b"[]")[0]["error"]["code"] == -32600
    assert play.tell({"jsonrpc": "2.0", "id": 99, "result": {}}) == []


def test_the_end_of_the_server() -> None:
    play = Play()
    play.client(request(1, "a"))
    play.journal.append(Kind.STDOUT, body=b"last words", faults=("no-newline",))
    play.step(Kind.PROCESS, "exited", code=3, signal=None, rung="none")
    play.serving.feed(b'{"jsonrpc":"2.0","id":1,"method":"a"}', 0)
    text, exit = play.serving.due(0)
    assert (text.sort, text.body, text.newline) == ("text", b"last words", False)
    assert (exit.sort, exit.facts["code"]) == ("exit", 3)


def test_a_subscription_is_told_by_its_own_id() -> None:
    play = Play()
    asked = {"_meta": {META + "protocolVersion": "2026-07-28"}, "notifications": {"toolsListChanged": True}}
    meta = {"_meta": {META + "subscriptionId": 1}}
    play.client(request(1, "subscriptions/listen", asked))
    play.server(note("notifications/subscriptions/acknowledged", notifications={}, **meta))
    play.client(request(2, "a"))
    play.server(note("notifications/tools/list_changed", **meta))
    play.server(answer(2))
    play.server({**answer(1), "result": meta})
    (first,) = play.ask("s", "subscriptions/listen", asked)
    assert first["params"]["_meta"] == {META + "subscriptionId": "s"}
    changed, _, over = play.ask(9, "a")
    assert changed["params"]["_meta"] == {META + "subscriptionId": "s"}
    assert over == {**answer("s"), "result": {"_meta": {META + "subscriptionId": "s"}}}


def test_nobody_listens() -> None:
    play = Play()
    play.client(request(1, "subscriptions/listen"))
    play.client(request(2, "a"))
    meta = {"_meta": {META + "subscriptionId": 1}}
    play.server(note("notifications/tools/list_changed", **meta))
    play.server(answer(2))
    assert play.ask(1, "a") == [answer(1)]


def test_only_the_beginning_of_an_answer_was_kept() -> None:
    play = Play()
    play.client(request(1, "a"))
    play.server(answer(1), size=10_000_000)
    assert play.ask(1, "a")[0]["error"]["message"].startswith("The recording holds only the beginning")


@given(st.lists(st.sampled_from("aabbc"), max_size=12), st.lists(st.sampled_from("abcd"), max_size=12))
def test_each_request_has_one_answer_of_its_own_kind(recorded: list[str], wanted: list[str]) -> None:
    play = Play()
    for number, name in enumerate(recorded):
        play.call(number, "tools/call", {"name": name}, {"of": name, "nth": recorded[:number].count(name)})
    times: dict[str, int] = {}
    for number, name in enumerate(wanted):
        (found,) = play.ask(f"live-{number}", "tools/call", {"name": name})
        assert found["id"] == f"live-{number}"
        if name not in recorded:
            assert "error" in found
        else:
            nth = min(times.get(name, 0), recorded.count(name) - 1)
            assert found["result"] == {"of": name, "nth": nth}
            times[name] = times.get(name, 0) + 1


@given(st.lists(st.binary(max_size=60) | st.sampled_from([b'{"id":1,"method":"a"}', b'{"id":1,"result":2}'])))
def test_no_client_breaks_it(messages: list[bytes]) -> None:
    play = play_of_a_call()
    for message in messages:
        play.serving.feed(message, 0)
        said(play.serving.due(0))


@pytest.mark.parametrize("id", [2**70, "", "\ud800", 1.5, None, True])
def test_any_id_is_answered(id: Any) -> None:
    play = play_of_a_call()
    assert len(results(play.ask(id, "tools/call", {"name": "a"}))) == 1


def test_a_task_goes_on_from_poll_to_poll_and_stays_done() -> None:
    play = Play()
    task = {"taskId": "t", "status": "working"}
    play.call(1, "tools/call", {"name": "a", "task": {"ttl": 60}}, {"task": task})
    for id, status in enumerate(("working", "working", "completed"), 2):
        play.call(id, "tasks/get", {"taskId": "t"}, {"taskId": "t", "status": status})
    play.call(9, "tasks/result", {"taskId": "t"}, {"content": []})
    assert results(play.ask(1, "tools/call", {"name": "a", "task": {"ttl": 5}})) == [{"task": task}]
    polled = [results(play.ask(n, "tasks/get", {"taskId": "t"}))[0]["status"] for n in range(5)]
    assert polled == ["working", "working", "completed", "completed", "completed"]
    assert results(play.ask(7, "tasks/result", {"taskId": "t"})) == [{"content": []}]
    assert "error" in play.ask(8, "tools/call", {"name": "a"})[0]  # not as a task


def test_what_says_that_something_changed_is_said_once() -> None:
    """A client that lists anew for that would hear it again, and list anew, for ever."""
    play = Play()
    play.client(request(1, "tools/list"))
    play.server(note("notifications/tools/list_changed"))
    play.server(note("notifications/message", level="info", data="x"))
    play.server(answer(1, tools=[]))
    one = play.ask(1, "tools/list")
    assert [each.get("method") for each in one] == [
        "notifications/tools/list_changed",
        "notifications/message",
        None,
    ]
    assert play.ask(2, "tools/list") == [one[1], answer(2, tools=[])]


def test_a_call_with_a_heap_of_progress() -> None:
    """Whether a step belongs to its call is not looked for among all of them each time."""
    play, many = Play(), 5_000
    play.client(request(1, "a", {"_meta": {"progressToken": 1}}))
    for step in range(many):
        play.server(note("notifications/progress", progressToken=1, progress=step))
    play.server(answer(1))
    found = play.ask(1, "a", {"_meta": {"progressToken": "p"}})
    assert [each["params"]["progress"] for each in found[:-1]] == list(range(many))
