"""The inbox: who answers, what goes on the wire, and how a question ends without an answer."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from typing import Any

import anyio
import pytest

from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.session import inbox as inbox_module
from inspector.session.answers import Policies, Raw, Script, model_says
from inspector.session.inbox import Entry, Inbox
from inspector.session.outcome import Cancelled, Replied, TimedOut
from inspector.session.owner import Options, Session, open_session
from inspector.session.peer import Answer
from inspector.transport.memory import MemoryTransport
from inspector.wire.event import Direction
from inspector.wire.versions import V4
from tests.session.conftest import ordinary, result, rows, scripted, step, steps

ROOTS = b'{"jsonrpc":"2.0","id":"a\\u0062","method":"roots/list"}'


def elicit(id: Any, **params: Any) -> dict[str, Any]:
    asked = {"message": "Sure?", "requestedSchema": {"type": "object"}, **params}
    return {"jsonrpc": "2.0", "id": id, "method": "elicitation/create", "params": asked}


SAMPLE = {"jsonrpc": "2.0", "id": 7, "method": "sampling/createMessage", "params": {"messages": []}}


class Server:
    """Says `asked` when a tool is called, and ends the call once `replies` responses came."""

    def __init__(self, *asked: Any, replies: int | None = None) -> None:
        self.asked = asked
        self.left = len(asked) if replies is None else replies
        self.responses: list[dict[str, Any]] = []
        self._calls: list[dict[str, Any]] = []

    def other(self, message: dict[str, Any]) -> Iterable[Any]:
        if message.get("method") == "tools/call":
            self._calls.append(message)
            yield from self.asked
        elif "method" not in message:
            self.responses.append(message)
            self.left -= 1
        else:
            yield from ordinary(message)
        if self.left <= 0:
            yield from (result(call, {"content": []}) for call in self._calls)
            self._calls.clear()


def opened(server: Server, journal: Journal, policies: Policies | None = None, **more: Any) -> Any:
    transport = scripted(other=server.other, response=server.other)
    serves = frozenset({"roots", "sampling", "elicitation.form"})
    given = {"protocol": V4, "serves": serves, "policies": policies or Policies.every("ask"), **more}
    return open_session(transport, journal, Options(**given))


async def asked(session: Session, count: int = 1) -> tuple[Entry, ...]:
    """What waits, once there are `count`."""
    there = anyio.Event()

    def look(_: Entry | None = None) -> None:
        if len(session.inbox.waiting) >= count:
            there.set()

    forget = session.inbox.add_listener(look)
    look()
    await there.wait()
    forget()
    return session.inbox.waiting


async def test_several_wait_at_once_and_are_answered_in_any_order(journal: Journal) -> None:
    server = Server(ROOTS, SAMPLE, elicit(3))
    async with opened(server, journal) as session:
        call = session.start("tools/call", {"name": "x"})
        first, second, third = await asked(session, 3)
        assert [entry.kind for entry in (first, second, third)] == ["roots", "sampling", "elicitation-form"]
        assert {entry.call for entry in session.inbox.waiting} == {call}
        assert call.request is not None
        assert first.cause == call.request.seq
        before = session.inbox.revision
        assert session.inbox.answer(third, Answer({"action": "cancel"}))
        assert session.inbox.answer(second, Answer(error=(-1, "No")))
        assert session.inbox.answer(first, Answer({"roots": []}))
        assert not session.inbox.answer(first, Answer({}))
        assert session.inbox.revision == before + 3
        assert isinstance(await call.wait(), Replied)
        assert [entry.state for entry in session.inbox.entries] == ["answered", "declined", "cancelled"]
    sent = [event.body for event in rows(journal) if event.direction is Direction.C2S]
    assert b'{"jsonrpc":"2.0","id":"a\\u0062","result":{"roots":[]}}' in sent
    assert server.responses[1]["error"] == {"code": -1, "message": "No"}
    answered = [event.data for event in rows(journal) if event.what == "answered"]
    assert [(data["by"], data["state"], data["asked"]) for data in answered] == [
        ("user", "cancelled", "elicitation-form"),
        ("user", "declined", "sampling"),
        ("user", "answered", "roots"),
    ]
    assert journal.event(answered[0]["request"]).frame == third.frame


async def test_raw_text_goes_out_as_it_is_and_need_not_be_json(journal: Journal) -> None:
    got: list[bytes] = []

    async def serve(messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        async for body in messages:
            if b"oops" in body:
                got.append(body)
                continue
            for said in ordinary(json.loads(body)):
                yield json.dumps(said).encode()
            if b'"ping"' in body:
                yield json.dumps(elicit(3)).encode()

    async with open_session(
        MemoryTransport(serve), journal, Options(protocol=V4, policies=Policies.every("ask"))
    ) as session:
        await session.call("ping")
        (entry,) = await asked(session)
        session.inbox.answer(entry, Raw(b'{"action":\n"accept", oops'))
        await session.call("ping")
    assert got == [b'{"jsonrpc":"2.0","id":3,"result":{"action": "accept", oops}']


async def test_an_answer_that_is_no_json_is_a_usage_error_and_leaves_it_waiting(journal: Journal) -> None:
    async with opened(Server(elicit(3)), journal) as session:
        session.start("tools/call", {"name": "x"})
        (entry,) = await asked(session)
        with pytest.raises(UsageError):
            session.inbox.answer(entry, Answer({"action": float("nan")}))
        assert entry.waiting
        session.inbox.decline(entry)
        assert entry.state == "declined"


@pytest.mark.parametrize("rule", ["decline", Script(lambda frame: None, "decline")])
async def test_declining_in_the_way_of_each_kind(journal: Journal, rule: Any) -> None:
    server = Server(ROOTS, SAMPLE, elicit(3), elicit(4, mode="url", url="x"))
    async with opened(server, journal, Policies.every(rule)) as session:
        await session.call("tools/call", {"name": "x"})
    roots, sample, form, url = server.responses
    assert (roots["error"]["code"], sample["error"]["code"]) == (-1, -1)
    assert form["result"] == {"action": "decline"}
    assert "does not declare" in url["error"]["message"]
    assert url["error"]["code"] == -32602


async def test_a_script_for_sampling_does_not_answer_for_tools_that_are_not_declared(
    journal: Journal,
) -> None:
    with_tools = {**SAMPLE, "params": {"messages": [], "tools": []}}
    server = Server(SAMPLE, {**with_tools, "id": 8})
    rule = Script(lambda frame: model_says("Yes."), "decline")
    async with opened(server, journal, Policies.every(rule)) as session:
        await session.call("tools/call", {"name": "x"})
    plain, refused = server.responses
    assert plain["result"]["content"]["text"] == "Yes."
    assert (refused["id"], refused["error"]["code"]) == (8, -32602)
    assert "sampling.tools" in refused["error"]["message"]


async def test_what_is_ignored_gets_no_answer(journal: Journal) -> None:
    async with opened(Server(elicit(3)), journal, Policies.every("ignore")) as session:
        assert isinstance(await session.call("tools/call", {"name": "x"}, timeout=0.5), TimedOut)
        assert [entry.state for entry in session.inbox.entries] == ["ignored"]
    assert step(journal, "answered")["by"] == "policy"


async def test_a_script_that_makes_no_json_is_a_warning_and_a_refusal(journal: Journal) -> None:
    rule = Script(lambda frame: Answer(float("inf")))
    server = Server(elicit(3))
    async with opened(server, journal, Policies.every(rule)) as session:
        await session.call("tools/call", {"name": "x"})
    assert "cannot be written as JSON" in step(journal, "warning")["says"]
    assert server.responses[0]["result"] == {"action": "decline"}


async def test_the_server_takes_a_question_back(journal: Journal) -> None:
    cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 3}}
    async with opened(Server(elicit(3), elicit(4), cancel, replies=1), journal) as session:
        call = session.start("tools/call", {"name": "x"})
        await asked(session, 2)
        first, second = session.inbox.entries
        await first.done.wait()
        assert (first.state, first.by, second.state) == ("cancelled", "server", "waiting")
        session.inbox.decline(second)
        await call.wait()


async def test_the_end_of_the_call_or_of_the_connection_ends_its_questions(journal: Journal) -> None:
    async with opened(Server(elicit(3)), journal) as session:
        call = session.start("tools/call", {"name": "x"})
        (entry,) = await asked(session)
        call.cancel()
        assert isinstance(await call.wait(), Cancelled)
        assert entry.state == "expired"
        session.start("tools/call", {"name": "x"})
        (other,) = await asked(session)
    assert other.state == "expired"
    assert "answered" not in steps(journal)


async def test_a_persons_time_is_not_the_calls(journal: Journal) -> None:
    async with opened(Server(elicit(3)), journal) as session:
        call = session.start("tools/call", {"name": "x"}, timeout=0.5)
        (entry,) = await asked(session)
        with anyio.move_on_after(0.7):
            await call.wait()
        assert not call.done
        session.inbox.decline(entry)
        assert isinstance(await call.wait(), Replied)


async def test_which_of_two_calls_asks_is_not_made_up(journal: Journal) -> None:
    async with opened(Server(elicit(3), replies=9), journal) as session:
        session.start("tools/call", {"name": "x"})
        session.start("tools/call", {"name": "y"})
        _, second = await asked(session, 2)
        assert second.call is None
        assert len(second.held) == 2


async def test_what_nobody_knows_is_declined_by_name(journal: Journal) -> None:
    server = Server({"jsonrpc": "2.0", "id": 1, "method": "no/such"})
    async with opened(server, journal) as session:
        await session.call("tools/call", {"name": "x"})
        assert [entry.kind for entry in session.inbox.entries] == ["other"]
    assert server.responses[0]["error"]["code"] == -32601


async def test_a_flood_is_bounded(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_module, "MOST_WAITING", 3)
    monkeypatch.setattr(inbox_module, "MOST_KEPT", 2)
    async with opened(Server(*map(elicit, range(10)), replies=99), journal) as session:
        session.start("tools/call", {"name": "x"})
        await asked(session, 3)
        while len(session.inbox.entries) < 5 or session.inbox.entries[-1].number < 10:
            await anyio.lowlevel.checkpoint()
        assert [entry.number for entry in session.inbox.entries] == [1, 2, 3, 9, 10]
        assert session.inbox.entries[-1].by == "policy"


async def test_what_is_done_at_a_url_is_told_and_answers_nothing(journal: Journal) -> None:
    ended = {
        "jsonrpc": "2.0",
        "method": "notifications/elicitation/complete",
        "params": {"elicitationId": "e"},
    }
    asks = elicit(3, mode="url", url="https://a.example", elicitationId="e")
    async with opened(Server(asks, ended), journal) as session:
        session.start("tools/call", {"name": "x"})
        (entry,) = await asked(session)
        while not entry.completed:
            await anyio.lowlevel.checkpoint()
        assert entry.waiting


async def test_a_notice_of_completion_without_an_id_is_about_nothing(journal: Journal) -> None:
    """client/elicitation: ids that are not known are ignored; what has none is named by nothing."""
    ended = {"jsonrpc": "2.0", "method": "notifications/elicitation/complete", "params": {}}
    asks = elicit(3, mode="url", url="https://a.example")
    async with opened(Server(asks, ended), journal) as session:
        session.start("tools/call", {"name": "x"})
        (entry,) = await asked(session)
        await session.call("ping")
        assert not entry.completed


def test_the_inbox_alone(journal: Journal, wire: Any) -> None:
    told: list[Any] = []

    class Tap:
        def client(self, what: str, /, **data: Any) -> None:
            told.append((what, data))

    inbox = Inbox(Tap(), Policies(roots="ignore"), dict, tuple)  # type: ignore[arg-type]
    event = wire.got(json.loads(ROOTS))
    entry = inbox.ask(event.frame, event, key="k")
    assert entry.origin == "leg"
    assert (entry.method, entry.params) == ("roots/list", {})
    assert told == [
        ("answered", {"by": "policy", "state": "ignored", "asked": "roots", "number": 1, "request": event.seq,
                      "key": "k"})
    ]  # fmt: skip
    assert not inbox.ignore(entry)
    inbox.withdraw({1: object()})
    inbox.complete(None)


REFUSAL = {
    "code": -32042,
    "message": "Log in first",
    "data": {"elicitations": [{"mode": "url", "url": "https://x.example/", "elicitationId": "e"}, 1]},
}


async def test_an_error_that_names_urls_asks_for_them(journal: Journal) -> None:
    """2025-11-25, client/elicitation: after them, the call is made again by whoever made it."""

    def server(message: dict[str, Any]) -> Iterable[Any]:
        if message.get("method") == "tools/call":
            yield {"jsonrpc": "2.0", "id": message["id"], "error": REFUSAL}
        elif message.get("method") == "done":
            params = {"elicitationId": "e"}
            yield {"jsonrpc": "2.0", "method": "notifications/elicitation/complete", "params": params}
            yield result(message, {})
        else:
            yield from ordinary(message)

    options = Options(protocol=V4).attended()
    async with open_session(scripted(other=server), journal, options) as session:
        call = session.start("tools/call", {"name": "x"})
        outcome = await call.wait()
        assert isinstance(outcome, Replied)
        assert outcome.error["code"] == -32042
        (entry,) = await asked(session)
        assert (entry.kind, entry.origin, entry.key, entry.call) == ("elicitation-url", "refusal", "e", call)
        assert session.inbox.of(call) == ()
        sent = len(journal)
        await session.call("done")
        assert (entry.state, entry.by, entry.completed) == ("answered", "server", True)
        later = [event for event in list(rows(journal))[sent:] if event.direction is Direction.C2S]
        assert [event.frame.method for event in later if event.frame] == ["done"]


async def test_what_waits_for_a_call(journal: Journal) -> None:
    server = Server(ROOTS)
    async with opened(server, journal) as session:
        call = session.start("tools/call", {"name": "x"})
        (entry,) = await asked(session)
        assert session.inbox.of(call) == (entry,)
        session.inbox.decline(entry)
        assert session.inbox.of(call) == ()


def test_a_person_is_asked_for_what_no_script_answers() -> None:
    script = Script(lambda frame: None, "decline")
    policies = Policies(roots=script, other="ignore").asking()
    assert policies.roots == Script(script.answers, "ask")
    assert (policies.url, policies.other) == ("ask", "ask")
    options = Options(serves=frozenset({"roots.listChanged"}), policies=policies).attended()
    assert options.serves > {"roots.listChanged", "elicitation.url"}


async def test_what_is_asked_beside_a_list_does_not_end_with_it(journal: Journal) -> None:
    """As servers do that want to know the roots as soon as they may ask."""

    def server(message: dict[str, Any]) -> Iterable[Any]:
        if message.get("method") == "tools/list":
            yield ROOTS
        yield from ordinary(message)

    async with open_session(scripted(other=server), journal, Options(protocol=V4).attended()) as session:
        await session.list("tools")
        (entry,) = session.inbox.waiting
        assert entry.call is None
        assert session.inbox.answer(entry, Answer({"roots": []}))
