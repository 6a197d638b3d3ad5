from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.wire.fault import Fault
from inspector.wire.parse import DEEPEST, has_lone_surrogate, parse


def both(text: str) -> tuple[Any, list[str]]:
    faults: list[str] = []
    return parse(text, faults), list(dict.fromkeys(faults))


@pytest.mark.parametrize(
    ("text", "value", "faults"),
    [
        ('{"a":[1,2.5,true,null,"x"]}', {"a": [1, 2.5, True, None, "x"]}, []),
        ('{"a":1,"a":2}', {"a": 2}, [Fault.DUPLICATE_KEY]),
        ("[1e400,-1e400]", [math.inf, -math.inf], [Fault.HUGE_NUMBER]),
        ("[Infinity,-Infinity]", [math.inf, -math.inf], [Fault.NAN]),
        ("[" + "9" * 5000 + ",-" + "9" * 5000 + "]", [math.inf, -math.inf], [Fault.HUGE_NUMBER]),
        ("9" * 4000, int("9" * 4000), []),
        ('"a\x1bb\nc"', "a\x1bb\nc", [Fault.CONTROL_CHARACTER]),
        (
            '{"a":"\t","a":1e999}',
            {"a": math.inf},
            [Fault.CONTROL_CHARACTER, Fault.HUGE_NUMBER, Fault.DUPLICATE_KEY],
        ),
        ('{"a":1,"a":"\x00"}', {"a": "\x00"}, [Fault.CONTROL_CHARACTER, Fault.DUPLICATE_KEY]),
    ],
)
def test_what_is_odd_is_noted_and_the_value_is_there(text: str, value: Any, faults: list[str]) -> None:
    assert both(text) == (value, faults)


def test_nan_is_noted() -> None:
    value, faults = both("NaN")
    assert math.isnan(value)
    assert faults == [Fault.NAN]


@pytest.mark.parametrize(
    "text", ["", " ", "{", "{'a':1}", '{"a":1,}', "1 2", '"a\x1b', '{"a":NaN,"a":', "nul", "\ufeff1"]
)
def test_what_is_no_json_raises_and_notes_nothing(text: str) -> None:
    faults: list[str] = []
    with pytest.raises(ValueError, match=r"Expecting|Extra|Unterminated|BOM|Illegal|Invalid"):
        parse(text, faults)
    assert faults == []


def test_too_deep_raises() -> None:
    with pytest.raises(RecursionError):
        parse("[" * 100_000 + "]" * 100_000, [])


@pytest.mark.parametrize("pair", [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_it_is_as_deep_as_the_same_number_on_every_python(pair: tuple[str, str]) -> None:
    levels = DEEPEST // sum(pair[0].count(each) for each in "[{")
    faults: list[str] = []
    parse(pair[0] * levels + '"x"' + pair[1] * levels, faults)
    with pytest.raises(RecursionError):
        parse(pair[0] * levels + f'["{"x" * DEEPEST}"]' + pair[1] * levels + " " * DEEPEST, faults)
    assert faults == []


def test_many_brackets_are_not_deep() -> None:
    for text in (
        "[" + "[]," * 3 * DEEPEST + "[]]",
        json.dumps("[{" * 3 * DEEPEST),
        '[{"a":[]}' + ',{"b":{}}' * 999 + "]",
    ):
        assert parse(text, []) == json.loads(text)


@given(st.text())
def test_lone_surrogates_are_those_that_the_parser_leaves(text: str) -> None:
    escaped = json.dumps(text)
    alone = any("\ud800" <= character <= "\udfff" for character in json.loads(escaped))
    assert has_lone_surrogate(escaped) == alone


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        (r'"\ud83d\ude00"', False),
        (r'"\uD83D\uDE00"', False),
        (r'"\ud83d"', True),
        (r'"\ude00\ud83d"', True),
        (r'"\ud83d\ud83d\ude00"', True),
        (r'"\\ud83d"', False),
        (r'"\\\ud83d"', True),
        (r'"plain"', False),
    ],
)
def test_lone_surrogate(text: str, alone: bool) -> None:
    assert has_lone_surrogate(text) is alone
