"""Verdicts, and what may be answered to them."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from inspector.errors import AuthNeeded
from inspector.session.auth.case import Case, Judge, Steps, repeated
from inspector.session.auth.model import AuthOptions
from inspector.session.auth.steps import Decision, Verdict
from tests.session.auth.pump import MCP, known


def case(*past: str) -> Case:
    return Case(server=MCP, options=AuthOptions(past=frozenset(past)), known=known())


def answered(steps: Generator[Any, Any, Any], *decisions: Decision) -> tuple[list[Verdict], Any]:
    """The verdicts that were put, and what came back."""
    put: list[Verdict] = [next(steps)]
    try:
        for decision in decisions:
            put.append(steps.send(decision))
    except StopIteration as stopped:
        return put, stopped.value
    return put, None


def test_a_violation_stops_and_says_what_to_do() -> None:
    steps = Judge(case(), "token", 5).violation("some-rule", "It is wrong", "RFC 1", next="do that", found=1)
    with pytest.raises(AuthNeeded, match="It is wrong") as failure:
        answered(steps, Decision.STOP)
    assert failure.value.next == "do that"
    verdict, *_ = answered(Judge(case(), "token", 5).violation("some-rule", "x", "RFC 1", found=1))[0]
    assert (verdict.rule, verdict.clause, verdict.exchange, verdict.facts) == (
        "some-rule",
        "RFC 1",
        5,
        {"found": 1},
    )


def test_without_a_word_the_next_step_is_to_log_in() -> None:
    with pytest.raises(AuthNeeded) as failure:
        answered(Judge(case(), "token").warning("rule", "Odd"), Decision.STOP)
    assert failure.value.next == f"mcp-inspect auth login {MCP}"


@pytest.mark.parametrize("past", ["some-rule", "all"])
def test_a_violation_can_be_passed_on_purpose(past: str) -> None:
    answered(Judge(case(past), "token").violation("some-rule", "It is wrong"), Decision.STOP)
    answered(Judge(case(), "token").violation("some-rule", "It is wrong"), Decision.PROCEED)
    with pytest.raises(AuthNeeded):
        answered(Judge(case("another-rule"), "token").violation("some-rule", "x"), Decision.STOP)
    with pytest.raises(AuthNeeded):
        answered(Judge(case(past), "token").warning("some-rule", "x"), Decision.STOP)


def test_nothing_lies_past_a_dead_end() -> None:
    for decision in (Decision.STOP, Decision.PROCEED):
        put, failure = answered(Judge(case("all"), "token").dead_end("r", "No", error="denied"), decision)
        assert put[0].dead_end
        assert isinstance(failure, AuthNeeded)
        assert failure.facts["code"] == "denied"


def test_a_step_is_repeated_as_often_as_somebody_wants() -> None:
    def take() -> Steps[str]:
        yield from Judge(case(), "token").note("tried")
        raise (yield from Judge(case(), "token").dead_end("rule", "No"))

    steps = repeated(take)
    says = [next(steps).says]  # type: ignore[union-attr]
    for decision in (Decision.PROCEED, Decision.REPEAT, Decision.REPEAT, Decision.PROCEED):
        says.append(steps.send(decision).says)  # type: ignore[union-attr]
    assert says == ["tried", "No", "tried", "tried", "No"]
    with pytest.raises(AuthNeeded, match="No"):
        steps.send(Decision.STOP)


def test_facts_that_are_not_known_are_left_out() -> None:
    put, _ = answered(Judge(case(), "token").ok("Fine", "RFC 1", one=None, two=False, three=""))
    assert put[0].facts == {"two": False, "three": ""}
