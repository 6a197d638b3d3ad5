"""Breakpoints on the connection of a session: real servers, over stdio and HTTP, in both eras."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from inspector.errors import UsageError
from inspector.gate.gate import Gate
from inspector.gate.rule import Rule, Verdict
from inspector.journal.holding import Holding
from inspector.journal.journal import Journal
from inspector.session.answers import Answers, Policies, Script
from inspector.session.calls import Call
from inspector.session.outcome import HttpFailed, Outcome, Replied, TimedOut
from inspector.session.owner import Options, Session, open_session
from inspector.session.serving import ANSWERABLE
from inspector.transport.memory import MemoryTransport
from inspector.transport.target import HttpTarget, StdioTarget, Target
from inspector.wire.event import Direction, Event, Kind, Shape
from inspector.wire.versions import V4
from tests.conftest import SERVERS
from tests.servers.http_sse import SseServer, serving_sse
from tests.transport.http_talk import served

C2S, S2C = Direction.C2S, Direction.S2C


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served("mcp2_server.py") as found:
        yield found


PLACES = ("stdio", "http", "http-legacy")


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, url: str) -> tuple[Target, str]:
    if request.param == "stdio":  # of the older era, and started in no time
        return StdioTarget((sys.executable, str(SERVERS / "adds.py"))), "auto"
    if request.param == "stdio-modern":
        return StdioTarget((sys.executable, str(SERVERS / "mcp2_server.py"), "stdio")), "auto"
    return HttpTarget(url), "auto" if request.param == "http" else V4


@asynccontextmanager
async def breaking(
    place: tuple[Target, str], journal: Journal, *rules: str, timeout: float = 20.0
) -> AsyncIterator[tuple[Session, Gate]]:
    """A session that is connected, with rules in force from then on."""
    gate = Gate(journal)
    target, protocol = place
    with anyio.fail_after(60):
        async with open_session(
            target, journal, Options(protocol=protocol, timeout=timeout), gate=gate
        ) as session:
            await gate.set_rules([Rule.parse(each) for each in rules])
            yield session, gate


def add(session: Session, a: int, b: int, **options: Any) -> Call:
    return session.start("tools/call", {"name": "add", "arguments": {"a": a, "b": b}}, **options)


def text(outcome: Outcome) -> str:
    assert isinstance(outcome, Replied), outcome
    return str(outcome.result["content"][0]["text"])


async def held(gate: Gate, count: int = 1) -> tuple[int, ...]:
    """The rows that wait, once there are so many."""
    seen = anyio.Event()

    def look(event: Event) -> None:
        if len(gate.held) >= count:
            seen.set()

    forget = gate.journal.add_listener(look)
    if len(gate.held) < count:
        await seen.wait()
    forget()
    return gate.held


def made(journal: Journal) -> list[Event]:
    return [journal.event(row) for row in range(len(journal)) if journal.made(row)]


@pytest.mark.parametrize("place", [*PLACES, "stdio-modern"], indirect=True)
async def test_a_call_is_edited_and_the_result_is_another(place: tuple[Target, str], journal: Journal):
    async with breaking(place, journal, "hold tool:add kind:request") as (session, gate):
        call = add(session, 2, 3)
        (row,) = await held(gate)
        assert (
            text(await session.call("tools/call", {"name": "echo", "arguments": {"text": "passes"}}))
            == "passes"
        )
        body = journal.body(row).replace(b'"b":3', b'"b":40')
        await gate.release(row, Verdict("changed", body))
        outcome = await call.wait()
        assert text(outcome) == "42"
        assert isinstance(outcome, Replied)
        assert journal.peer(outcome.event.seq) == row
    (changed,) = made(journal)
    assert (changed.by, changed.of, changed.body) == ("hand", row, body)


async def test_a_reply_is_edited_before_it_is_believed(place: tuple[Target, str], journal: Journal):
    async with breaking(place, journal, "hold tool:add kind:response") as (session, gate):
        call = add(session, 2, 3)
        (row,) = await held(gate)
        assert not call.done
        await gate.release(row, Verdict("changed", journal.body(row).replace(b'"5"', b'"6"')))
        assert text(await call.wait()) == "6"
    assert made(journal)[0].of == row


async def test_an_answer_in_the_servers_place_settles_the_call_and_the_server_hears_nothing(
    place: tuple[Target, str], journal: Journal
):
    async with breaking(place, journal, "hold tool:add kind:request") as (session, gate):
        call = add(session, 2, 3)
        (row,) = await held(gate)
        frame = journal.event(row).frame
        assert frame is not None
        answer = b'{"jsonrpc":"2.0","id":%s,"result":{"content":[{"type":"text","text":"mine"}]}}'
        await gate.release(row, Verdict("answered", answer % str(frame.id).encode()))
        outcome = await call.wait()
        assert text(outcome) == "mine"
        assert isinstance(outcome, Replied)
        assert (outcome.event.by, outcome.event.of) == ("hand", None)
        assert journal.peer(row) == outcome.event.seq
    asked = [journal.event(each) for each in journal.rows_of_exchange(journal.exchange(row) or 0)]
    assert not [each for each in asked if each.kind is Kind.HTTP]


async def test_what_is_dropped_times_out(place: tuple[Target, str], journal: Journal):
    async with breaking(place, journal, "drop tool:add kind:request", "drop tool:echo kind:response") as (
        session,
        _,
    ):
        assert await add(session, 2, 3, timeout=0.2).wait() == TimedOut(0.2)
        dropped = anyio.Event()
        forget = journal.add_listener(lambda event: dropped.set() if event.what == "released" else None)
        params = {"name": "echo", "arguments": {"text": "x"}}
        for patience in (0.4, 10):  # over HTTP a reply that is later than that does not come at all
            assert await session.start("tools/call", params, timeout=patience).wait() == TimedOut(patience)
            if dropped.is_set():
                break
        forget()
    assert len(told := verdicts(journal)) >= 2
    assert set(told) == {"dropped"}


def verdicts(journal: Journal) -> list[str]:
    holding = Holding(journal)
    while holding.advance(1):
        pass
    return [each.verdict for each in holding.past]


async def test_a_duplicate_reaches_the_server_twice(place: tuple[Target, str], journal: Journal):
    async with breaking(place, journal, "duplicate times 1 tool:add kind:request") as (session, _):
        replies = anyio.Event()
        count = 0

        def look(event: Event) -> None:
            nonlocal count
            if event.direction is S2C and event.frame is not None and event.frame.shape is Shape.RESPONSE:
                count += b'"5"' in event.body
                if count == 2:
                    replies.set()

        forget = journal.add_listener(look)
        assert text(await add(session, 2, 3).wait()) == "5"
        await replies.wait()
        forget()
    assert [(each.by, each.of is not None) for each in made(journal)] == [("rule", True)]


async def test_time_in_which_a_person_decides_is_not_the_servers(place: tuple[Target, str], journal: Journal):
    async with breaking(place, journal, "hold tool:add") as (session, gate):
        call = add(session, 2, 3, timeout=0.5)
        (row,) = await held(gate)
        with anyio.move_on_after(0.7):
            await call.wait()
        assert not call.done
        call.held.grant(20)  # for the server, however slow it is
        await gate.release(row, Verdict("forwarded"))
        await held(gate)  # now its reply
        left = call.left
        with anyio.move_on_after(0.7):
            await call.wait()
        assert call.left == pytest.approx(left, abs=0.3)
        await gate.let_go_all()
        assert text(await call.wait()) == "5"


async def test_a_delay_counts(place: tuple[Target, str], journal: Journal):
    async with breaking(place, journal, "delay 5s tool:add kind:request") as (session, _):
        assert await add(session, 2, 3, timeout=0.2).wait() == TimedOut(0.2)


FAULTS: tuple[tuple[str, object], ...] = (
    ("wrong-id tool:add kind:response", None),
    ("truncate 20 tool:add kind:response", None),
    ('error -32603 "no" tool:add kind:response', -32603),
    ('error -32000 "no" tool:add kind:request', -32000),
    ('replace {"result":{"content":[{"type":"text","text":"x"}]}} tool:add kind:response', "x"),
    ('replace {"params":{"arguments":{"a":10}}} tool:add kind:request', "13"),
    ("delay 1ms tool:add", "5"),
)


async def test_each_fault_has_its_outcome(place: tuple[Target, str], journal: Journal):
    async with breaking(place, journal) as (session, gate):
        for rule, outcome in FAULTS:
            await gate.set_rules([Rule.parse(rule)])
            found = await add(session, 2, 3, timeout=0.3 if outcome is None else 10.0).wait()
            if outcome is None:  # over HTTP the exchange ends without a reply
                assert isinstance(found, TimedOut | HttpFailed), rule
            elif isinstance(outcome, int):
                assert isinstance(found, Replied), rule
                assert found.error["code"] == outcome
            else:
                assert text(found) == outcome


async def test_the_handshake_can_be_held(place: tuple[Target, str], journal: Journal):
    target, protocol = place
    gate = Gate(journal, [Rule.parse("hold times 1 dir:c2s kind:request")])
    probe = 3.0 if isinstance(target, HttpTarget) and protocol == "auto" else 0.3

    async def forward() -> None:
        (row,) = await held(gate)
        await anyio.sleep(probe + 0.2)  # time itself is what is tested
        await gate.release(row, Verdict("forwarded"))

    with anyio.fail_after(60):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(forward)
            options = Options(protocol=protocol, timeout=20, probe_timeout=probe)
            async with open_session(target, journal, options, gate=gate) as session:
                assert text(await add(session, 2, 3).wait()) == "5"
    if isinstance(target, HttpTarget):  # the other one is only started then
        assert not [row for row in range(len(journal)) if journal.event(row).what == "probe-silent"]


async def test_a_message_that_nobody_sent(place: tuple[Target, str], journal: Journal):
    async with breaking(place, journal) as (_, gate):
        answered = anyio.Event()
        mine = b'{"jsonrpc":"2.0","id":"mine","method":"ping"}'
        forget = journal.add_listener(
            lambda event: answered.set() if event.direction is S2C and b'"mine"' in event.body else None
        )
        await gate.inject(C2S, mine)
        await answered.wait()
        forget()
    assert made(journal)[0].body == mine


async def test_what_waits_at_the_end_is_dropped_and_said_so(place: tuple[Target, str], journal: Journal):
    async with breaking(place, journal, "hold tool:add") as (session, gate):
        add(session, 2, 3)
        await held(gate)
    assert gate.held == ()
    assert verdicts(journal) == ["dropped"]


async def test_rules_of_the_options_stand_in_the_way_from_the_start(journal: Journal):
    target = StdioTarget((sys.executable, str(SERVERS / "mcp2_server.py"), "stdio"))
    rules = (Rule.parse('error -32000 "no" method:tools/list'),)
    async with open_session(target, journal, Options(faults=rules, timeout=20)) as session:
        listing = await session.list("tools")
        assert not listing.ok


async def test_a_rule_that_holds_needs_somebody_to_decide(journal: Journal):
    with pytest.raises(UsageError, match="Nobody is there to decide"):
        async with open_session(MemoryTransport(quiet), journal, Options(faults=(Rule.parse("hold"),))):
            pass


async def quiet(messages: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    async for _ in messages:
        yield b""


# What the server asks.


@pytest.fixture(scope="module")
def asking_url() -> Iterator[str]:
    with served("asks_back.py") as found:
        yield found


@pytest.fixture(params=["stdio", "http"])
def asking(request: pytest.FixtureRequest) -> tuple[Target, Options]:
    policies = Policies.every(Script(Answers({"elicitation": {"name": "Ada", "word": "so"}})))
    options = Options(protocol=V4, serves=ANSWERABLE, policies=policies, timeout=20)
    if request.param == "stdio":
        return StdioTarget((sys.executable, str(SERVERS / "asks_back.py"), "stdio")), options
    return HttpTarget(str(request.getfixturevalue("asking_url"))), options


async def test_what_the_server_asks_is_changed_or_answered_in_our_place(
    asking: tuple[Target, Options], journal: Journal
):
    target, options = asking
    gate = Gate(journal)
    with anyio.fail_after(60):
        async with open_session(target, journal, options, gate=gate) as session:
            await gate.set_rules([Rule.parse("hold dir:s2c kind:request")])
            call = session.start("tools/call", {"name": "greet"})
            (row,) = await held(gate)
            await gate.release(row, Verdict("changed", journal.body(row).replace(b"Who are", b"And who are")))
            assert "Ada" in text(await call.wait())
            entry = session.inbox.entries[0]
            assert entry.frame.params["message"].startswith("And who are")
            assert entry.event.seq == row
            call = session.start("tools/call", {"name": "greet"})
            (row,) = await held(gate)
            frame = journal.event(row).frame
            assert frame is not None
            answer = b'{"jsonrpc":"2.0","id":%s,"result":{"action":"accept","content":{"name":"Mine"}}}'
            await gate.release(row, Verdict("answered", answer % str(frame.id).encode()))
            assert "Mine" in text(await call.wait())
            assert len(session.inbox.entries) == 1
            assert journal.event(journal.peer(row)).by == "hand"


async def test_the_transport_of_2024_is_broken_into_as_well(journal: Journal):
    gate = Gate(journal)
    with anyio.fail_after(30):
        async with serving_sse(SseServer()) as server:
            target = HttpTarget(server.url("sse"), transport="sse")
            async with open_session(target, journal, Options(timeout=10), gate=gate) as session:
                await gate.set_rules(
                    [Rule.parse("hold times 1 method:ping kind:request"), Rule.parse("drop dir:c2s")]
                )
                call = session.start("ping")
                (row,) = await held(gate)
                dropped = session.start("ping", timeout=0.2)
                assert await dropped.wait() == TimedOut(0.2)
                await gate.release(row, Verdict("forwarded"))
                assert isinstance(await call.wait(), Replied)
                assert len([each for each in server.requests if b'"ping"' in each.body]) == 1
