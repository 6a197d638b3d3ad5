from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.gate.rule import ACTIONS, Action, Rule
from inspector.gate.text import RuleError, rule, seconds


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("hold", Rule("")),
        ("hold method:tools/call", Rule("method:tools/call")),
        ("  drop  tool:add dir:c2s ", Rule("tool:add dir:c2s", Action("drop"))),
        ("delay 500ms lat:>1s", Rule("lat:>1s", Action("delay", seconds=0.5))),
        ("delay 1.5s", Rule("", Action("delay", seconds=1.5))),
        ("truncate 1kb kind:response", Rule("kind:response", Action("truncate", size=1000))),
        ("duplicate every 3 times 2 tool:x", Rule("tool:x", Action("duplicate"), times=2, every=3)),
        ("wrong-id", Rule("", Action("wrong-id"))),
        (
            'error -32603 "out of order" id:7',
            Rule("id:7", Action("error", code=-32603, message="out of order")),
        ),
        ('replace {"params":{"a":null}} x', Rule("x", Action("replace", merge={"params": {"a": None}}))),
        ('replace "no json" x', Rule("x", Action("replace", body=b"no json"))),
    ],
)
def test_a_line_is_a_rule_and_a_rule_is_a_line(text: str, meant: Rule):
    assert rule(text) == meant
    assert rule(meant.text) == meant


@pytest.mark.parametrize(
    ("text", "says", "at", "expected"),
    [
        ("", "nothing to do", 0, "hold, delay, drop"),
        ("holt x", "no action 'holt'", 0, "hold"),
        ("delay tool:add", "How long is missing", 6, "500ms"),
        ("delay", "How long is missing", 5, "500ms"),
        ("delay 2h tool:add", "2h is no time", 6, "500ms"),
        ("delay 5000m", "too long", 6, "3600s"),
        ("truncate x", "size is missing", 9, "bytes"),
        ("replace 5", "What goes on is missing", 8, "merge patch"),
        ('replace {"a":', "no JSON", 13, "JSON"),
        ("error no", "code is missing", 6, "-32603"),
        ("error -1 no", "message is missing", 9, "quotes"),
        ("drop every 0 x", "too small", 11, "1 or more"),
        ("hold tool:(", "", 5, ""),
        ("hold about:12", "says nothing of a message", 5, "another field"),
        ("hold mark:yes or note:x", "says nothing", 5, "another field"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, says: str, at: int, expected: str):
    with pytest.raises(RuleError) as wrong:
        rule(text)
    assert says in wrong.value.says
    assert wrong.value.at >= at
    assert expected in wrong.value.expected


FILTERS = st.sampled_from(
    ["", "method:tools/call", 'tool:"a b" dir:c2s', "$.params.name == 1", "/x y/i", "*"]
)
ACTS = st.one_of(
    st.sampled_from(
        [Action("hold"), Action("drop"), Action("duplicate"), Action("reorder"), Action("wrong-id")]
    ),
    st.integers(0, 3_600_000).map(lambda ms: Action("delay", seconds=ms / 1000)),
    st.integers(0, 10**11).map(lambda size: Action("truncate", size=size)),
    st.binary(max_size=40).map(lambda body: Action("replace", body=body)),
    st.dictionaries(st.text(max_size=9), st.integers() | st.none() | st.text(max_size=9), max_size=3).map(
        lambda patch: Action("replace", merge=patch)
    ),
    st.tuples(st.integers(-99_999, 99_999), st.text(max_size=30)).map(
        lambda each: Action("error", code=each[0], message=each[1])
    ),
)


@given(FILTERS, ACTS, st.integers(0, 99), st.integers(1, 99))
def test_every_rule_is_read_back_as_it_was(filter: str, action: Action, times: int, every: int):
    meant = Rule(filter, action, times, every)
    assert rule(meant.text) == meant


@given(st.text(max_size=60) | st.tuples(st.sampled_from(list(ACTIONS)), st.text(max_size=50)).map(" ".join))
def test_any_text_is_a_rule_or_an_error_with_a_place(text: str):
    found: RuleError | None = None
    try:
        rule(text)
    except RuleError as wrong:
        found = wrong
    assert found is None or (0 <= found.at <= len(text) + 1 and found.expected)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2.5", 2.5),
        ("2s", 2.0),
        ("500ms", 0.5),
        ("0", 0.0),
        ("", None),
        ("-1", None),
        ("nan", None),
        ("99m", None),
    ],
)
def test_seconds_are_typed_as_in_a_rule(typed: str, meant: float | None):
    assert seconds(typed) == meant
