"""Which recorded request is taken for one at hand."""

from __future__ import annotations

from typing import Any

from inspector.serving.matching import Matcher
from inspector.serving.script import Script
from tests.serving.conftest import Play


def matcher(*asked: tuple[str, Any], match: Any = "normal", once: bool = False) -> Matcher:
    play = Play()
    for number, (method, params) in enumerate(asked):
        play.call(number, method, params, {})
    return Matcher(Script(play.journal), match, once=once)


def taken(of: Matcher, *asked: tuple[str, Any]) -> list[int]:
    found = [of.find(*each) for each in asked]
    return [-1 if each is None else each.row for each in found]


A, B = ("tools/call", {"name": "a"}), ("tools/call", {"name": "b"})


def test_the_same_in_order_and_then_the_last_again() -> None:
    assert taken(matcher(A, B, A), A, A, A, B, B) == [0, 4, 4, 2, 2]
    assert taken(matcher(A, B, A, once=True), A, A, A, B, B) == [0, 4, -1, 2, -1]


def test_pages_by_their_cursor_whatever_the_order() -> None:
    pages = [("tools/list", None), ("tools/list", {"cursor": "1"}), ("tools/list", {"cursor": "2"})]
    assert taken(matcher(*pages), pages[0], pages[2], pages[1], pages[0]) == [0, 4, 2, 0]
    assert taken(matcher(*pages), ("tools/list", {"cursor": "?"}), ("tools/list", {"cursor": "?"})) == [2, 4]


def test_by_method_alone_the_same_tool_first() -> None:
    other = ("tools/call", {"name": "b", "arguments": {"x": 1}})
    assert taken(matcher(A, B, match="method"), other, A, ("tools/call", None)) == [2, 0, 2]
    assert taken(matcher(A, match="method"), ("tools/list", None)) == [-1]


def test_in_sequence_forward_only() -> None:
    of = matcher(A, ("ping", None), B, A, match="sequence")
    assert taken(of, B, ("ping", None), A, A, A) == [0, 2, 4, 6, -1]
    assert taken(of, ("ping", None)) == [-1]


def test_a_miss_names_the_nearest_and_where_it_differs() -> None:
    of = matcher(("tools/call", {"name": "a", "arguments": {"x": 1, "y": 2}}), B)
    miss = of.missed("tools/call", {"name": "a", "arguments": {"x": 1, "y": 3}}, "a")
    assert (miss.row, miss.differs) == (0, ("arguments.y: 3, recorded 2",))
    assert miss.sentence.endswith("no such request; row 0 comes nearest (arguments.y: 3, recorded 2)")
    other = of.missed("tool/call", None, "")
    assert (other.row, other.says) == (0, "no request of this method")
    assert of.missed("zzz", None, "").row == -1
    assert matcher(A, once=True).missed(*A, "a").says == "each recorded answer was given once"
