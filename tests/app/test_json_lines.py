"""The index over the bytes of a JSON document, and what is folded away of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.app.widgets.json_folds import Folds
from inspector.app.widgets.json_lines import (
    ARRAY,
    NOWHERE,
    NUMBER,
    OBJECT,
    STRING,
    WORD,
    JsonLines,
    decode,
    pattern_for,
)


def read(body: bytes | str) -> JsonLines:
    lines = JsonLines(body.encode() if isinstance(body, str) else body)
    while lines.advance(1):
        pass
    return lines


def values(lines: JsonLines) -> list[str]:
    spans = (lines.span(line) for line in range(len(lines)))
    return [lines.body[start:end].decode() for start, end in spans]


def test_one_line_a_value_with_its_exact_text() -> None:
    lines = read('{"a": [1.50, {"b": "x\\ny"}], "a": NaN, "empty": [ ]}')
    assert not lines.trouble
    assert values(lines)[1:] == ['[1.50, {"b": "x\\ny"}]', "1.50", '{"b": "x\\ny"}', '"x\\ny"', "NaN", "[ ]"]
    assert [lines.key(line) for line in range(len(lines))] == [None, b"a", None, None, b"b", b"a", b"empty"]
    assert [lines.kind(i) for i in range(7)] == [OBJECT, ARRAY, NUMBER, OBJECT, STRING, WORD, ARRAY]
    assert [lines.depth(i) for i in range(7)] == [0, 1, 2, 2, 3, 1, 1]
    assert [lines.count(i) for i in range(7)] == [3, 2, 0, 1, 0, 0, 0]
    assert lines.parent(0) == NOWHERE
    assert lines.end(1) == 4


def test_a_path_names_keys_and_indexes() -> None:
    lines = read('{"params": {"arguments": {"city": "Paris"}, "my key": [0, {"it\'s": 1}]}}')
    assert [lines.path(line) for line in range(len(lines))] == [
        "$",
        "$.params",
        "$.params.arguments",
        "$.params.arguments.city",
        "$.params['my key']",
        "$.params['my key'][0]",
        "$.params['my key'][1]",
        "$.params['my key'][1]['it\\'s']",
    ]


def test_a_hundred_thousand_levels() -> None:
    lines = read("[" * 100_000 + "]" * 100_000)
    assert (len(lines), lines.trouble, lines.depth(99_999)) == (100_000, "", 99_999)
    assert lines.span(1) == (1, 199_999)


def test_numbers_keep_their_spelling() -> None:
    assert values(read("[1e400, -0.0, 123456789012345678901234567890, 1.10]"))[1:] == [
        "1e400",
        "-0.0",
        "123456789012345678901234567890",
        "1.10",
    ]


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        ("", "it is empty"),
        ('{"a": 1', "it ends while 1 bracket is open"),
        ("[[", "it ends while 2 brackets are open"),
        ('{"a": 1}}', "it makes no sense from byte 8 on"),
        ("[1,]", "it makes no sense from byte 2 on"),
        ("[1 2]", "it makes no sense from byte 3 on"),
        ("truely", "it makes no sense from byte 0 on"),
        ('"half', "it makes no sense from byte 0 on"),
        ("listening on port 3000", "it makes no sense from byte 0 on"),
    ],
)
def test_what_is_no_document_is_said_and_never_raised(body: str, trouble: str) -> None:
    assert read(body).trouble == trouble


def test_slices_find_the_same_lines() -> None:
    body = json.dumps([{"n": n} for n in range(5_000)]).encode()
    slowly = JsonLines(body)
    slices = 1
    while slowly.advance(0):
        slices += 1
    assert slices > 2
    assert values(slowly) == values(read(body))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON, st.sampled_from([None, 1]))
def test_every_span_is_the_text_of_its_value(value: Any, indent: int | None) -> None:
    lines = read(json.dumps(value, indent=indent, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    assert not lines.trouble
    assert len(lines) == _count(value)
    start, end = lines.span(0)
    assert (start, end) == (0, len(lines.body))
    for line in range(1, len(lines)):
        start, end = lines.span(line)
        parsed = json.loads(lines.body[start:end])
        size = len(parsed) if isinstance(parsed, dict | list) else 0
        assert size == lines.count(line)


def _count(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_count, value.values()))
    return 1 + sum(map(_count, value)) if isinstance(value, list) else 1


@given(st.binary())
def test_no_bytes_raise(body: bytes) -> None:
    lines = read(body)
    assert lines.done
    for line in range(len(lines)):
        lines.span(line)
        lines.path(line)


def test_a_search_finds_a_character_and_its_escape() -> None:
    body = b'{"a": "Caf\\u00e9", "b": "caf\xc3\xa9", "c": "a\\"b\\/c"}'
    assert len(pattern_for("café").findall(body)) == 2
    assert pattern_for('"b/c').search(body)


def test_decoding_keeps_what_it_cannot_decode() -> None:
    assert decode(b"a\\u0041\\n") == "aA\n"
    assert decode(b"bad \\x escape") == "bad \\x escape"


# Folding.

DOC = '{"a": {"b": [1, 2], "c": {"d": 3}}, "e": 4}'  # lines: 0 root, 1 a, 2 b, 3 1, 4 2, 5 c, 6 d, 7 e


def test_the_root_has_no_row_of_its_own() -> None:
    assert list(Folds(read(DOC)).rows) == [1, 2, 3, 4, 5, 6, 7]
    assert list(Folds(read("{}")).rows) == [0]


def test_a_fold_hides_what_is_inside_and_remembers_inner_folds() -> None:
    folds = Folds(read(DOC))
    assert folds.fold(2)
    assert list(folds.rows) == [1, 2, 5, 6, 7]
    assert folds.fold(1)
    assert list(folds.rows) == [1, 7]
    assert folds.row(6) == 0
    assert folds.unfold(1)
    assert list(folds.rows) == [1, 2, 5, 6, 7]
    assert not folds.fold(7)


def test_fold_to_a_depth_and_reveal() -> None:
    folds = Folds(read(DOC))
    folds.fold_to(1)
    assert list(folds.rows) == [1, 7]
    folds.fold_to(2)
    assert list(folds.rows) == [1, 2, 5, 7]
    folds.reveal(6)
    assert list(folds.rows) == [1, 2, 5, 6, 7]
    folds.unfold_all()
    assert list(folds.rows) == [1, 2, 3, 4, 5, 6, 7]
