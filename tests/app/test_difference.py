"""Two values side by side: what is told, what is left out, and what hostile sizes cost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.app.difference import MOST_ROWS, Row, difference

MARKS = {"same": " ", "changed": "~", "removed": "-", "added": "+", "skipped": "⋯", "note": "!"}


def told(left: Any, right: Any) -> list[str]:
    """A line a row: its mark, what stands left and right."""
    lines = []
    for row in difference(left, right):
        sides = row.left if row.left == row.right else f"{row.left} | {row.right}"
        lines.append(f"{MARKS[row.kind]} {sides}".rstrip())
    return lines


def test_members_that_changed_came_and_went() -> None:
    assert told({"a": 1, "b": "x", "c": None}, {"a": 2, "c": None, "d": [True]}) == [
        "~ a: 1 | a: 2",
        '- b: "x" |',
        "  c: null",
        "+  | d",
        "+  |   0: true",
    ]


def test_paths_lead_to_what_differs() -> None:
    left, right = {"rows": [{"x": 1}, {"x": 2}]}, {"rows": [{"x": 1}, {"x": 3}]}
    assert [row.path for row in difference(left, right) if row.differs] == ["rows.1.x"]


def test_an_item_put_in_front_moves_the_others_and_changes_none() -> None:
    assert told([1, 2, 3], [0, 1, 2, 3]) == ["+  | 0: 0", "  1: 1", "  2: 2", "  3: 3"]


def test_texts_are_compared_by_lines() -> None:
    assert told({"t": "one\ntwo\nthree"}, {"t": "one\n2\nthree\nfour"}) == [
        "  t: │",
        "  │ one",
        "~ │ two | │ 2",
        "  │ three",
        "+  | │ four",
    ]


def test_json_in_a_text_is_compared_as_json() -> None:
    assert told({"text": '{"a":1,"b":2}'}, {"text": '{"b": 2, "a": 3}'}) == [
        "  text (JSON in a text)",
        "~   a: 1 | a: 3".replace("| a", "|   a"),
        "    b: 2",
    ]


def test_json_that_is_only_spelled_otherwise_is_a_text_that_changed() -> None:
    assert told('{"a":1}', '{"a": 1}') == [r'~ "{\"a\":1}" | "{\"a\": 1}"']


def test_types_are_told_apart() -> None:
    assert told({"a": 1, "b": True, "c": 1}, {"a": 1.0, "b": 1, "c": {}}) == [
        "~ a: 1 | a: 1.0",
        "~ b: true | b: 1",
        "- c: 1 |",
        "+  | c: {}",
    ]


def test_equal_lines_are_left_out_but_for_those_around_a_difference() -> None:
    left = {f"k{n:02}": n for n in range(30)}
    assert told(left, {**left, "k15": -1}) == [
        "⋯ ⋯ 12 equal lines",
        "  k12: 12",
        "  k13: 13",
        "  k14: 14",
        "~ k15: 15 | k15: -1",
        "  k16: 16",
        "  k17: 17",
        "  k18: 18",
        "⋯ ⋯ 11 equal lines",
    ]


def test_nothing_that_differs() -> None:
    assert not any(row.differs for row in difference({"a": float("nan")}, {"a": float("nan")}))
    assert told({}, {}) == ["  {}"]


def test_long_lines_are_cut_where_they_begin_to_differ() -> None:
    (row,) = [row for row in difference("x" * 9000 + "a", "x" * 9000 + "b") if row.differs]
    assert row.left.endswith('xa"')
    assert row.right.endswith('xb"')
    assert len(row.left) < 120


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("\x1b[31m\u202e", "\x9b31m\x07"),
        ({"\x1b": 1}, {"\u202e": 1}),
        ("a\n\x1b[31m", "b\n\u202e"),
        ({"a": {"\x1b[2J": "x\ny\x00"}}, {}),
    ],
)
def test_nothing_steers_a_terminal(left: Any, right: Any) -> None:
    for row in difference(left, right):
        assert (row.left + row.right + row.path).isprintable()


def test_great_sizes_end() -> None:
    one = [{"id": n, "text": "x" * 20} for n in range(30_000)]
    rows = difference(one, [{"id": n + 1, "text": "y" * 20} for n in range(30_000)])
    assert len(rows) <= MOST_ROWS + 10
    assert "not compared" in rows[-1].left
    lines = "\n".join(map(str, range(20_000)))
    assert difference(lines, "\n".join(map(str, range(20_000, 0, -1))))
    assert difference("a" * 5_000_000, "a" * 5_000_000 + "b")


def test_great_depth_ends() -> None:
    deep = json.loads("[" * 400 + "1" + "]" * 400)
    other = json.loads("[" * 400 + "2" + "]" * 400)
    assert any(row.differs for row in difference(deep, other))
    assert not any(row.differs for row in difference(deep, deep))
    assert difference({"a": deep}, {})


values: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab\n\x1b{[", max_size=6),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=4),
    max_leaves=15,
)


@given(values, values)
def test_a_difference_is_told_if_and_only_if_there_is_one(left: Any, right: Any) -> None:
    rows = difference(left, right)
    same = json.dumps(left) == json.dumps(right)
    if same or json.dumps(left, sort_keys=True) != json.dumps(right, sort_keys=True):
        assert any(row.differs for row in rows) is not same
    assert all(isinstance(row, Row) and (row.left + row.right).isprintable() for row in rows)
