from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.forms.json_text import NotJson, equal, parse, write

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(), below, max_size=4),
    max_leaves=12,
)


@given(JSON, st.sampled_from([None, 2]))
def test_what_is_written_is_read_back(value: object, indent: int | None) -> None:
    assert json.dumps(parse(write(value, indent=indent))) == json.dumps(value)


def test_nothing_hides_in_written_text() -> None:
    text = write("\x1b]52;\x9b\u202e\u200b\ufeff\ud800é\U0001f600")
    assert text == '"\\u001b]52;\\u009b\\u202e\\u200b\\ufeff\\ud800é\U0001f600"'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "column 1: a value is missing"),
        ('{"a": }', "column 7: a value is missing"),
        ('{\n  "a": 1\n  "b": 2\n}', "line 3, column 3: a comma is missing"),
        ("{a: 1}", 'column 2: a name in "double quotes" is missing'),
        ('{"a" 1}', "column 6: a colon is missing"),
        ("1 2", "column 3: something stands after the end of the value"),
        ('"abc', "column 1: a string is not closed"),
        ("[1,\n NaN]", "line 2, column 2: NaN is not JSON"),
        ("[" * 100_000, "column 1: nested too deeply"),
        ("9" * 5000, "column 1: a number has too many digits"),
    ],
)
def test_an_error_names_the_place_in_words(text: str, says: str) -> None:
    with pytest.raises(NotJson) as caught:
        parse(text)
    assert str(caught.value) == says


def test_equal_as_json() -> None:
    assert equal(1, 1.0)
    assert not equal(1, True)
    assert not equal([0], [False])
    assert equal({"a": [1, None]}, {"a": [1.0, None]})
    assert not equal({"a": 1}, {"b": 1})
