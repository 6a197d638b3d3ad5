from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.wire.exact import cut, elements, members

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()
)
VALUES = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(), below, max_size=4),
    max_leaves=20,
)
SPACES = st.text(" \t\r\n", max_size=3)


@st.composite
def spelled(draw: st.DrawFn, value: Any) -> str:
    """`value` as JSON with any space around its marks and any spelling of its strings."""
    before, after = draw(SPACES), draw(SPACES)
    if isinstance(value, dict):
        inner = ",".join(f"{draw(spelled(key))}:{draw(spelled(item))}" for key, item in value.items())
        text = "{" + (inner or draw(SPACES)) + "}"
    elif isinstance(value, list):
        text = "[" + (",".join(draw(spelled(item)) for item in value) or draw(SPACES)) + "]"
    else:
        text = json.dumps(value, ensure_ascii=draw(st.booleans()) or not _encodes(value))
    return before + text + after


def _encodes(value: Any) -> bool:
    try:
        str(value).encode()
    except UnicodeEncodeError:
        return False
    return True


OBJECTS = st.dictionaries(st.text(), VALUES, max_size=5).flatmap(spelled).map(str.encode)
ARRAYS = st.lists(VALUES, max_size=5).flatmap(spelled).map(str.encode)


@given(OBJECTS, st.booleans())
def test_members_are_those_that_json_finds(raw: bytes, marked: bool) -> None:
    expected = json.loads(raw)
    raw = b"\xef\xbb\xbf" + raw if marked else raw
    spans = members(raw)
    assert spans is not None
    assert {name: json.loads(raw[start:end]) for name, (start, end) in spans.items()} == expected
    for start, end in spans.values():
        assert raw[start:end].strip() == raw[start:end]
    for name, value in expected.items():
        found = cut(raw, name)
        assert found is not None
        assert json.loads(found) == value


@given(ARRAYS)
def test_elements_are_those_that_json_finds(raw: bytes) -> None:
    spans = elements(raw)
    assert spans is not None
    assert [json.loads(raw[start:end]) for start, end in spans] == json.loads(raw)


@given(st.binary() | st.text('{}[]",:\\ 1a\n').map(str.encode))
def test_no_bytes_raise(raw: bytes) -> None:
    members(raw)
    elements(raw)
    cut(raw, "a")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"  ",
        b"{",
        b'{"a"',
        b'{"a":',
        b'{"a":1',
        b'{"a":1,',
        b'{"a":1,}',
        b'{"a":1 "b":2}',
        b"{a:1}",
        b"[]",
        b"1",
        b'{"a":]}',
    ],
)
def test_what_is_no_object_has_no_members(raw: bytes) -> None:
    assert members(raw) is None


@pytest.mark.parametrize("raw", [b"", b"[", b"[1", b"[1,", b"[1,]", b"[,1]", b"[1 2]", b"{}", b'["a]'])
def test_what_is_no_array_has_no_elements(raw: bytes) -> None:
    assert elements(raw) is None


def test_cut_gives_the_exact_text() -> None:
    raw = b' {"jsonrpc":"2.0", "id" : 1.0 ,"result":{ "tools" : [ {"a":1e2} , "\\u00e9" ] } }\r'
    assert cut(raw, "id") == b"1.0"
    assert cut(raw, "result", "tools") == b'[ {"a":1e2} , "\\u00e9" ]'
    assert cut(raw, "result") == b'{ "tools" : [ {"a":1e2} , "\\u00e9" ] }'
    assert cut(raw, "result", "none") is None
    assert cut(raw, "id", "none") is None
    assert cut(raw) == raw


def test_the_last_of_duplicate_keys_wins_as_in_the_parser() -> None:
    raw = b'{"a":1,"\\u0061":2}'
    assert cut(raw, "a") == b"2" == str(json.loads(raw)["a"]).encode()


@pytest.mark.parametrize("nest", [(b"[", b"]"), (b'{"a":', b"}"), (b'[{"]}":', b"}]")])
def test_depth_does_not_matter(nest: tuple[bytes, bytes]) -> None:
    deep = nest[0] * 100_000 + b"1" + nest[1] * 100_000
    assert cut(b'{"id":1,"result":' + deep + b"}", "result") == deep
    assert members(b'{"id":1,"result":' + deep[:-1] + b"}") is None


@pytest.mark.parametrize(
    "unclosed",
    [
        b'{"a":["' + b'\\"' * 1_000_000,
        b'{"a":' + b'["\\' * 500_000,
        b'{"a":["' + b"\\" * 1_000_001,
        b'{"a":{' + b'"' * 1_000_001,
    ],
    ids=["escapes", "strings", "backslashes", "quotes"],
)
def test_unclosed_text_is_gone_over_once(unclosed: bytes) -> None:
    # Quadratic time would not end before the run's time limit.
    assert members(unclosed) is None
