"""Flows of authorization, folded from a journal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from inspector.journal.authorization import Authorization, Flow
from inspector.journal.journal import Journal
from inspector.transport.tap import Tap
from inspector.wire.event import Kind


class Told:
    """A journal that is told what a driver tells."""

    def __init__(self, path: Path | None = None) -> None:
        self.journal = Journal.create(path)
        self.tap = Tap(self.journal)
        self.fold = Authorization(self.journal)

    def step(self, what: str, state: str, *, flow: int = 1, exchange: int | None = None, **data: Any) -> None:
        self.tap.auth(what, exchange=exchange, flow=flow, state=state, title=what.title(), **data)

    def flows(self) -> tuple[Flow, ...]:
        assert not self.fold.advance(60)
        return self.fold.flows


def told(path: Path | None = None) -> Told:
    made = Told(path)
    facts = {"grant": "authorization-code", "resource": "https://x/mcp", "reason": "asked"}
    made.step("flow", "started", facts=facts)
    return made


def test_steps_come_in_their_order_with_their_verdicts() -> None:
    made = told()
    made.step("challenge", "started")
    made.step("challenge", "done", judgement="ok", says="It asks.", clause="RFC 6750", exchange=1)
    made.step("server-metadata", "started", purpose="metadata")
    (flow,) = made.flows()
    assert (flow.grant, flow.resource, flow.reason) == ("authorization-code", "https://x/mcp", "asked")
    assert [(step.name, step.state) for step in flow.steps] == [
        ("challenge", "ok"),
        ("server-metadata", "running"),
    ]
    assert flow.steps[0].exchanges == (1,)
    assert flow.steps[1].purpose == "metadata"
    assert not flow.over
    made.step("server-metadata", "done", judgement="warning", says="404", exchange=2)
    made.step("server-metadata", "done", judgement="ok", says="200", exchange=3)
    (flow,) = made.flows()
    assert flow.steps[1].state == "warning"
    assert flow.steps[1].exchanges == (2, 3)


def test_a_person_is_waited_for_and_then_not() -> None:
    made = told()
    made.step("authorize", "started")
    made.step("authorize", "waiting", facts={"host": "auth.example.com"})
    (flow,) = made.flows()
    assert (flow.state, flow.steps[0].state) == ("waiting", "waiting")
    assert flow.steps[0].asked == {"host": "auth.example.com"}
    made.step("callback", "started")
    made.step("callback", "done", judgement="warning", says="another state")
    (flow,) = made.flows()
    assert (flow.state, flow.steps[0].state) == ("waiting", "waiting"), "a refused answer is none"
    made.step("callback", "started")
    made.step("callback", "done", judgement="ok")
    (flow,) = made.flows()
    assert (flow.state, flow.steps[0].state) == ("running", "ok")


def test_a_step_that_is_repeated_is_another_attempt() -> None:
    made = told()
    for judgement in ("violation", "ok"):
        made.step("token", "started")
        made.step("token", "done", judgement=judgement, rule="token-type", past=judgement == "violation")
    (flow,) = made.flows()
    assert [(step.attempt, step.state) for step in flow.steps] == [(1, "violation"), (2, "ok")]
    assert flow.steps[0].verdicts[0].past


def test_a_flow_ends_and_what_it_left_is_stopped() -> None:
    made = told()
    made.step("registration", "started")
    made.step("flow", "done", judgement="violation", says="Stopped.")
    made.step("flow", "started", flow=2)
    made.step("flow", "done", flow=2, judgement="ok", facts={"scope": "a"})
    first, second = made.flows()
    assert (first.state, first.says, first.steps[0].state) == ("violation", "Stopped.", "stopped")
    assert (second.state, second.facts) == ("ok", {"scope": "a"})
    assert second.over


def test_a_recording_shows_the_same(tmp_path: Path) -> None:
    made = told(tmp_path / "r.jsonl")
    made.step("token", "done", judgement="ok", says="granted", facts={"scope": "a"})
    flows = made.flows()
    made.journal.close()
    opened = Journal.open(tmp_path / "r.jsonl")
    fold = Authorization(opened)
    while fold.advance(0.0):
        pass
    assert fold.flows == flows
    assert fold.revision == len(opened)
    opened.close()


@pytest.mark.parametrize(
    "data",
    [
        {"what": "token"},
        {"what": "token", "state": 3, "flow": "x", "facts": [], "says": 4, "title": None},
        {"what": "flow", "state": "done", "judgement": "splendid", "facts": 3},
        {"what": ["flow"], "flow": True},
        {},
    ],
)
def test_odd_facts_do_not_raise(data: dict[str, Any]) -> None:
    journal = Journal.create()
    journal.append(Kind.AUTH, data=data)
    fold = Authorization(journal)
    fold.advance(60)
    assert len(fold.flows) == 1
