"""What real servers ask back, in both eras and over both transports, answered through the inbox."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from inspector.journal.journal import Journal
from inspector.session.answers import Answers, Policies, Script, accepted
from inspector.session.inbox import Entry
from inspector.session.outcome import Replied
from inspector.session.owner import Options, Session, open_session
from inspector.session.peer import Answer
from inspector.session.serving import ANSWERABLE
from inspector.transport.target import HttpTarget, StdioTarget, Target
from inspector.wire.event import Direction, Kind
from inspector.wire.versions import V3, V4
from tests.conftest import SERVERS
from tests.session.conftest import rows, step
from tests.transport.http_talk import served

SCRIPT = "asks_back.py"
ERAS = pytest.mark.parametrize("protocol", ["auto", V4])
ANSWERS = {"roots": ["file:///a"], "sampling": "Yes.", "elicitation": {"name": "Ada", "word": "so"}}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(SCRIPT) as found:
        yield found


@pytest.fixture(params=["stdio", "http"])
def target(request: pytest.FixtureRequest) -> Target:
    if request.param == "stdio":
        return StdioTarget((sys.executable, str(SERVERS / SCRIPT), "stdio"))
    return HttpTarget(str(request.getfixturevalue("url")))


def options(protocol: str, policies: Policies) -> Options:
    return Options(protocol=protocol, serves=ANSWERABLE, policies=policies)


async def text(session: Session, tool: str) -> str:
    outcome = await session.call("tools/call", {"name": tool})
    assert isinstance(outcome, Replied), outcome
    assert outcome.ok, outcome.error
    return str(outcome.result["content"][0]["text"])


@ERAS
async def test_scripted_answers(target: Target, protocol: str, journal: Journal) -> None:
    policies = Policies.every(Script(Answers(ANSWERS)))
    async with open_session(target, journal, options(protocol, policies)) as session:
        said = await text(session, "greet")
        assert said.startswith("accept: Person(name='Ada', age=36, colour='blue', sure=True")
        assert await text(session, "twice") == "so so"
        assert await text(session, "think") == "The model says: Yes."
        assert await text(session, "where") == "file:///a"
        assert {entry.origin for entry in session.inbox.entries} == {"request" if protocol == V4 else "leg"}
    assert step(journal, "answered")["by"] == "script"
    assert [event.faults for event in rows(journal) if event.faults] == []


@ERAS
async def test_declining(target: Target, protocol: str, journal: Journal) -> None:
    async with open_session(target, journal, options(protocol, Policies.every("decline"))) as session:
        assert await text(session, "greet") == "decline: None"
        (entry,) = session.inbox.entries
        assert (entry.state, entry.by) == ("declined", "policy")


@ERAS
async def test_a_person_answers_while_the_call_waits(target: Target, protocol: str, journal: Journal) -> None:
    async with open_session(target, journal, options(protocol, Policies.every("ask"))) as session:
        asked: list[Entry] = []

        def hear(entry: Entry) -> None:
            if entry.waiting:
                asked.append(entry)
                session.inbox.answer(entry, accepted(entry.params, {"word": f"w{len(asked)}"}))

        forget = session.inbox.add_listener(hear)
        call = session.start("tools/call", {"name": "twice"})
        outcome = await call.wait()
        forget()
        assert isinstance(outcome, Replied)
        assert outcome.result["content"][0]["text"] == "w1 w2"
        assert len(call.legs) == (1 if protocol == V4 else 3)
        assert [entry.call for entry in asked] == [call, call]
        causes = [leg.request.seq for leg in call.legs if leg.request is not None]
        assert [entry.cause for entry in asked] == (causes * 2 if protocol == V4 else causes[:2])
        assert [entry.by for entry in asked] == ["user", "user"]


async def test_a_url_in_the_legacy_era(target: Target, journal: Journal) -> None:
    policies = Policies(url=Script(lambda frame: accepted(frame.params)))
    async with open_session(target, journal, options(V4, policies)) as session:
        assert await text(session, "visit") == "accept"
        (entry,) = session.inbox.entries
        assert entry.kind == "elicitation-url"
        assert entry.reply == Answer({"action": "accept"})


async def test_nothing_is_declared_that_is_not_served(journal: Journal) -> None:
    target = StdioTarget((sys.executable, str(SERVERS / SCRIPT), "stdio"))
    async with open_session(target, journal) as session:
        outcome = await session.call("tools/call", {"name": "greet"})
        assert isinstance(outcome, Replied)
        assert not session.inbox.entries
    async with open_session(target, journal, Options(protocol=V3, serves=ANSWERABLE)):
        pass
    declared: list[Any] = [
        event.frame.params["capabilities"]
        for event in rows(journal)
        if event.kind is Kind.MESSAGE
        and event.direction is Direction.C2S
        and event.frame is not None
        and event.frame.method == "initialize"
    ]
    assert declared == [{"roots": {}, "sampling": {}, "elicitation": {}}]


@pytest.mark.parametrize(
    ("protocol", "tool", "says"),
    [(V4, "greet", "accept Ada"), ("auto", "guard", 'accept Ada sealed æ\u2028 "x"')],
)
async def test_fastmcp_asks_back_as_well(protocol: str, tool: str, says: str, journal: Journal) -> None:
    target = StdioTarget((sys.executable, str(SERVERS / "asks_back_fastmcp.py")))
    policies = Policies.every(Script(Answers({"elicitation": {"value": "Ada"}})))
    async with open_session(target, journal, options(protocol, policies)) as session:
        assert await text(session, tool) == says
