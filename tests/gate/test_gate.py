"""Breakpoints as a conversation: a message comes, a rule takes it, somebody decides, something goes on."""

from __future__ import annotations

import json

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.errors import UsageError
from inspector.gate import gate as module
from inspector.gate.rule import ACTIONS, Rule, Verdict
from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.wire.event import Event, Kind
from tests.gate.acts import C2S, S2C, Scene, call, reply, settled


async def test_without_rules_nothing_is_taken():
    scene = Scene()
    event = await scene.message(C2S, call(1))
    assert scene.out[0].event is event
    assert len(scene.journal) == 1


async def test_a_held_message_lets_others_pass_until_somebody_decides():
    scene = Scene("hold tool:add")
    async with anyio.create_task_group() as tasks:
        held = await scene.message(C2S, call(1), tasks)
        other = await scene.message(C2S, call(2, "other"), tasks)
        await settled()
        assert [each.event for each in scene.out] == [other]
        assert [each.row for each in scene.fold().held] == [held.seq]
        await scene.gate.release(held.seq, Verdict("forwarded"))
    assert [each.event for each in scene.out] == [other, held]
    assert scene.fold().held == ()
    past = scene.fold().past[0]
    assert (past.row, past.verdict, past.who, past.rule) == (held.seq, "forwarded", "hand", 0)


@pytest.mark.parametrize(
    ("verdict", "bodies", "made"),
    [
        (Verdict("changed", b"what else"), [b"what else"], [("hand", 1)]),
        (Verdict("changed", call(1)), [call(1)], []),
        (Verdict("dropped"), [], []),
        (Verdict("duplicated"), [call(1), call(1)], [("hand", 1)]),
        (Verdict("answered", reply(1)), [reply(1)], [("hand", None)]),
        (Verdict("let-go"), [call(1)], []),
    ],
)
async def test_each_verdict_is_an_event_and_what_goes_on(
    verdict: Verdict, bodies: list[bytes], made: list[tuple[str, int | None]]
):
    scene = Scene("hold")
    async with anyio.create_task_group() as tasks:
        held = await scene.message(C2S, call(1), tasks)
        await scene.gate.release(held.seq, verdict)
    assert scene.bodies == bodies
    rows = [scene.journal.event(row) for row in range(len(scene.journal))]
    assert [(each.by, each.of) for each in rows if each.by] == made
    assert scene.steps("released") == [
        {"what": "released", "row": 1, "verdict": verdict.word, "who": "hand", "rule": 0}
    ]


async def test_an_answer_in_the_servers_place_goes_back_and_settles_the_request():
    scene = Scene("hold dir:c2s")
    async with anyio.create_task_group() as tasks:
        held = await scene.message(C2S, call(1), tasks)
        await scene.gate.release(held.seq, Verdict("answered", reply(1)))
    assert scene.out[0].back
    assert scene.out[0].event.direction is S2C
    assert scene.journal.status(held.seq) is Status.OK
    assert scene.journal.peer(held.seq) == scene.out[0].event.seq


async def test_what_cannot_be_decided_says_so():
    scene = Scene("hold kind:response")
    with pytest.raises(UsageError, match="row 3 is not held"):
        await scene.gate.release(3, Verdict("dropped"))
    async with anyio.create_task_group() as tasks:
        held = await scene.message(S2C, reply(1), tasks)
        with pytest.raises(UsageError, match="is no request"):
            await scene.gate.release(held.seq, Verdict("answered", b"{}"))
        with pytest.raises(UsageError, match="'truncated' by hand"):
            await scene.gate.release(held.seq, Verdict("truncated"))
        with pytest.raises(UsageError, match="cannot be delayed"):
            await scene.gate.release(held.seq, Verdict("delayed", seconds=-1))
        assert await scene.gate.let_go_all() == 1
    with pytest.raises(UsageError, match="not held"):
        await scene.gate.release(held.seq, Verdict("dropped"))
    with pytest.raises(UsageError, match="no connection on which the server"):
        await scene.gate.inject(C2S, b"{}")


async def test_a_delay_by_hand_goes_on_by_itself():
    scene = Scene("hold")
    async with anyio.create_task_group() as tasks:
        held = await scene.message(C2S, call(1), tasks)
        await scene.gate.release(held.seq, Verdict("delayed", seconds=0.01))
        assert scene.fold().held[0].until is not None
    assert scene.bodies == [call(1)]
    assert (scene.fold().past[0].verdict, scene.fold().past[0].who) == ("delayed", "hand")


@pytest.mark.parametrize(
    ("rule", "out", "word"),
    [
        ("delay 1ms", [call(1)], "delayed"),
        ("drop", [], "dropped"),
        ("duplicate", [call(1), call(1)], "duplicated"),
        ("truncate 5", [call(1)[:5]], "truncated"),
        ("wrong-id", [call(1).replace(b'"id": 1', b'"id": 1000001')], "changed"),
        ('replace "x"', [b"x"], "changed"),
    ],
)
async def test_each_fault_is_an_event_and_what_goes_on(rule: str, out: list[bytes], word: str):
    scene = Scene(rule)
    await scene.message(C2S, call(1))
    assert scene.bodies == out
    assert [(each["verdict"], each["who"]) for each in scene.steps("released")] == [(word, "rule")]
    assert scene.fold().hits == (1,)


async def test_a_merge_patch_changes_what_it_names():
    scene = Scene('replace {"params":{"arguments":{"a":2,"b":null}}} tool:add')
    await scene.message(C2S, call(1, a=1, b=1, c=3))
    assert json.loads(scene.bodies[0])["params"] == {"name": "add", "arguments": {"a": 2, "c": 3}}


async def test_an_error_answers_a_request_and_stands_in_the_place_of_a_reply():
    scene = Scene('error -32000 "no"')
    await scene.message(C2S, call(7))
    assert scene.out[0].back
    assert json.loads(scene.bodies[0]) == {
        "jsonrpc": "2.0",
        "id": 7,
        "error": {"code": -32000, "message": "no"},
    }
    await scene.message(S2C, reply(8))
    assert not scene.out[1].back
    assert json.loads(scene.bodies[1])["id"] == 8


@pytest.mark.parametrize("rule", ["wrong-id", 'error -1 "x"', 'replace {"a":1}'])
async def test_what_a_rule_cannot_do_goes_on_with_a_reason(rule: str):
    scene = Scene(rule)
    body = b'{"jsonrpc":"2.0","method":"x"}' if "replace" not in rule else b"[1"
    await scene.message(C2S, body)
    assert scene.bodies == [body]
    assert "cannot be" in scene.steps("released")[0]["why"]


async def test_two_change_places():
    scene = Scene("reorder")
    async with anyio.create_task_group() as tasks:
        await scene.message(C2S, call(1), tasks)
        await scene.message(S2C, reply(9), tasks)
        await scene.message(C2S, call(2), tasks)
        await settled()
        assert scene.bodies == [call(2), call(1)]
        await scene.gate.let_go_all()
    assert [each.verdict for each in scene.fold().past] == ["reordered", "let-go"]


async def test_one_that_nobody_follows_goes_on(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "REORDER_WITHIN", 0.01)
    scene = Scene("reorder")
    await scene.message(C2S, call(1))
    assert scene.bodies == [call(1)]
    assert scene.steps("released")[0]["why"] == "no other came within 0.01 s"


async def test_how_often_and_which_ones():
    scene = Scene("drop every 2 times 2")
    for id in range(1, 8):
        await scene.message(C2S, call(id))
    assert scene.bodies == [call(id) for id in (1, 3, 5, 6, 7)]


async def test_the_first_rule_that_means_it_decides_and_one_that_is_off_does_not():
    scene = Scene()
    await scene.gate.set_rules(
        [Rule.parse("drop", on=False), Rule.parse("duplicate id:1"), Rule.parse("drop")]
    )
    await scene.message(C2S, call(1))
    await scene.message(C2S, call(2))
    assert scene.bodies == [call(1), call(1)]
    assert [each.on for each in scene.fold().rules] == [False, True, True]
    assert scene.fold().hits == (0, 1, 1)


async def test_too_many_go_on_with_one_event(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST", 3)
    scene = Scene("hold")
    async with anyio.create_task_group() as tasks:
        for id in range(10):
            await scene.message(C2S, call(id), tasks)
        assert len(scene.gate.held) == 3
        assert scene.bodies == [call(id) for id in range(3, 10)]
        assert len(scene.steps("gate-full")) == 1
        await scene.gate.let_go_all()
        monkeypatch.setattr(module, "MOST_BYTES", 10)
        await scene.message(C2S, call(11), tasks)
    assert scene.bodies[7] == call(11)


async def test_who_waits_at_the_end_of_a_connection_is_dropped_and_who_is_cancelled_too():
    scene = Scene("hold")
    async with anyio.create_task_group() as tasks:
        await scene.message(C2S, call(1), tasks)
        await settled()
        scene.gate.over()
    async with anyio.create_task_group() as tasks:
        await scene.message(C2S, call(2), tasks)
        await settled()
        tasks.cancel_scope.cancel()
    assert scene.bodies == []
    assert [(each.verdict, each.why) for each in scene.fold().past] == [
        ("dropped", "the connection ended")
    ] * 2


async def test_leaving_takes_the_rules_away_and_lets_all_go():
    scene = Scene("hold")
    async with anyio.create_task_group() as tasks:
        await scene.message(C2S, call(1), tasks)
        assert scene.gate.leave() == 1
        await scene.message(C2S, call(2), tasks)
    assert scene.bodies == [call(2), call(1)]
    assert scene.fold().rules == ()


async def test_what_is_injected_is_written_down_and_goes_out():
    scene = Scene("hold")
    went: list[Event] = []
    scene.gate.outlets[C2S] = went.append
    await scene.gate.inject(C2S, call(5))
    assert went[0].body == call(5)
    assert (went[0].by, went[0].of) == ("hand", None)
    assert scene.gate.take(went[0]) is None
    assert scene.journal.status(went[0].seq) is Status.PENDING


async def test_the_time_in_which_a_person_decides_is_told():
    scene = Scene("hold tool:add", "delay 1ms tool:slow")
    said: list[tuple[int, bool]] = []
    scene.gate.watchers.append(lambda event, begins: said.append((event.seq, begins)))
    async with anyio.create_task_group() as tasks:
        await scene.message(C2S, call(1, "slow"), tasks)
        held = await scene.message(C2S, call(2), tasks)
        await scene.gate.release(held.seq, Verdict("delayed", seconds=0.001))
    assert said == [(held.seq, True), (held.seq, False)]
    assert scene.gate.waited >= 0
    before = scene.gate.waited
    await anyio.lowlevel.checkpoint()
    assert scene.gate.waited == before


def test_a_recording_says_the_same_when_it_is_opened(tmp_path):
    from inspector.gate.gate import Gate
    from inspector.journal.holding import Holding

    async def run() -> None:
        journal = Journal.create(tmp_path / "a.jsonl")
        gate = Gate(journal, [Rule.parse("drop id:1"), Rule.parse("hold")])
        for id in (1, 2):
            gate.take(journal.append(Kind.MESSAGE, C2S, call(id)))
        journal.close()

    anyio.run(run)
    holding = Holding(Journal.open(tmp_path / "a.jsonl"))
    holding.advance(1)
    assert [(each.row, each.rule, each.direction) for each in holding.held] == [(3, 1, C2S)]
    assert [each.text for each in holding.rules] == ["drop id:1", "hold"]
    assert holding.hits == (1, 1)


# Whatever the rules: nothing is lost or made up without an event that says so.

LINES = {
    "hold": "hold",
    "delay": "delay 1ms",
    "truncate": "truncate 9",
    "error": 'error -1 "x"',
    "replace": 'replace {"x":1}',
}
RULES = st.lists(
    st.tuples(
        st.sampled_from([LINES.get(name, name) for name in ACTIONS]),
        st.sampled_from(["", " every 2", " times 1"]),
        st.sampled_from([" dir:c2s", " dir:s2c", " tool:add", " id:1", ""]),
    ).map("".join),
    max_size=3,
)
MESSAGES = st.lists(
    st.tuples(st.sampled_from([C2S, S2C]), st.integers(1, 3), st.sampled_from(["call", "reply", "junk"])),
    max_size=12,
)
BODIES = {"call": call, "reply": reply, "junk": lambda id: b"junk"}


@settings(max_examples=60, deadline=None)
@given(
    RULES, MESSAGES, st.lists(st.sampled_from(["forwarded", "dropped", "duplicated", "changed"]), max_size=6)
)
def test_nothing_is_lost_or_made_up_without_an_event(rules, messages, verdicts):
    scene = Scene(*rules)

    async def run() -> None:
        async with anyio.create_task_group() as tasks:
            for direction, id, sort in messages:
                await scene.message(direction, BODIES[sort](id), tasks)
            await settled()
            for row, word in zip(scene.gate.held, verdicts, strict=False):
                await scene.gate.release(row, Verdict(word, b"else"))
            await scene.gate.let_go_all()
            assert scene.gate.held == ()
            assert scene.fold().held == ()

    anyio.run(run)
    journal = scene.journal
    told = {each["row"]: each["verdict"] for each in scene.steps("released")}
    went = [each.event.seq for each in scene.out]
    assert len(went) == len(set(went))
    for row in range(len(journal)):
        event = journal.event(row)
        if event.kind is not Kind.MESSAGE:
            continue
        if event.by:
            about = (
                event.of
                if event.of is not None
                else next(r for r in told if told[r] == "answered" and r < row)
            )
            assert told[about] in ("changed", "duplicated", "truncated", "answered")
            assert row in went
        elif row not in went:
            assert told[row] in ("dropped", "changed", "truncated", "answered")
