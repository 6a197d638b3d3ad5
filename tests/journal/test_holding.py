"""What is held, and what became of what was: folded from a journal that may claim anything."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.journal import holding as module
from inspector.journal.holding import VERDICTS, Holding, InForce
from inspector.journal.journal import Journal
from inspector.journal.outline import outline
from inspector.wire.event import Direction, Kind

BODY = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'


def journal_of(*steps: dict[str, Any]) -> Journal:
    """Row 0 is a message to the server, row 1 one from it; then come the steps."""
    journal = Journal.create()
    journal.append(Kind.MESSAGE, Direction.C2S, BODY)
    journal.append(Kind.MESSAGE, Direction.S2C, BODY)
    for data in steps:
        journal.append(Kind.CLIENT, data=data)
    return journal


def folded(journal: Journal) -> Holding:
    holding = Holding(journal)
    while holding.advance(math.inf):
        pass
    return holding


def test_from_held_to_decided():
    journal = journal_of(
        {"what": "gate-rules", "rules": [{"text": "hold", "on": True}, {"text": "drop x", "on": False}]},
        {"what": "held", "row": 0, "rule": 0},
        {"what": "held", "row": 1, "rule": 0, "seconds": 2},
    )
    holding = folded(journal)
    assert holding.rules == (InForce("hold", True), InForce("drop x", False))
    assert holding.rules_at == 2
    first, second = holding.held
    assert (first.row, first.rule, first.direction, first.until) == (0, 0, Direction.C2S, None)
    assert second.until == second.since + 2
    assert holding.is_held(0)
    assert holding.of(1) is second
    before = holding.revision
    journal.append(
        Kind.CLIENT, data={"what": "released", "row": 0, "verdict": "dropped", "who": "hand", "why": "so"}
    )
    holding.advance(1)
    assert holding.revision > before
    assert [each.row for each in holding.held] == [1]
    (past,) = holding.past
    assert (past.row, past.verdict, past.who, past.rule, past.at, past.why) == (
        0,
        "dropped",
        "hand",
        0,
        5,
        "so",
    )
    assert past.since == first.since <= past.until
    assert holding.hits == (2, 0)


def test_what_never_waited_counts_as_a_hit_and_new_rules_begin_anew():
    released = {"what": "released", "row": 0, "verdict": "dropped", "who": "rule", "rule": 1}
    rules = {"what": "gate-rules", "rules": [{"text": "hold"}, {"text": "drop"}]}
    holding = folded(journal_of(rules, released, released))
    assert holding.hits == (0, 2)
    assert holding.past[0].since == holding.past[0].until
    assert folded(journal_of(rules, released, rules)).hits == (0, 0)


def test_only_messages_before_can_be_held():
    steps = [{"what": "held", "row": row} for row in (2, 3, 99, -1, True, "0", None, 1.0)]
    assert folded(journal_of({"what": "x"}, *steps)).held == ()


def test_limits(monkeypatch):
    monkeypatch.setattr(module, "MOST_HELD", 1)
    holding = folded(journal_of({"what": "held", "row": 0}, {"what": "held", "row": 1}))
    assert [each.row for each in holding.held] == [0]


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 5)
    | st.just(10**400)
    | st.floats(allow_nan=False)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
STEPS = st.fixed_dictionaries(
    {"what": st.sampled_from(["gate-rules", "held", "released", "gate-full"])},
    optional={
        "row": st.integers(-1, 4) | ANY,
        "rule": ANY,
        "rules": st.lists(ANY | st.fixed_dictionaries({"text": st.text(max_size=5), "on": ANY}), max_size=3)
        | ANY,
        "seconds": ANY,
        "verdict": st.sampled_from(sorted(VERDICTS)) | ANY,
        "who": ANY,
        "why": ANY,
    },
)


@settings(max_examples=100, deadline=None)
@given(st.lists(STEPS, max_size=8))
def test_a_journal_may_claim_anything(steps: list[dict[str, Any]]):
    journal = journal_of(*steps)
    holding = folded(journal)
    assert {each.row for each in holding.held} <= {0, 1}
    assert all(each.verdict in VERDICTS and each.who in ("", "hand", "rule") for each in holding.past)
    assert len(holding.hits) == len(holding.rules)
    for row in range(len(journal)):
        outline(journal, row)
