"""Which recorded request is taken for one at hand."""

from __future__ import annotations

from typing import Any

from inspector.serving.matching import Matcher, Requests
from inspector.serving.script import Script
from tests.serving.conftest import Play, request


def matcher(*asked: tuple[str, Any], match: Any = "normal", once: bool = False) -> Matcher:
    play = Play()
    for number, (method, params) in enumerate(asked):
        play.call(number, method, params, {})
    return Matcher(Requests(Script(play.journal), match), once=once)


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


def test_a_batch_in_sequence_each_of_its_requests() -> None:
    play = Play()
    play.client([request(1, "a"), request(2, "a"), request(3, "b")])
    of = Matcher(Requests(Script(play.journal), "sequence"))
    found = [of.find(method, None) for method in ("a", "a", "b", "a")]
    assert [each and each.item for each in found] == [0, 1, 2, None]


def test_no_more_is_read_than_what_answers() -> None:
    """The first answer of a long recording needs no look at all of its requests; other sessions share it."""
    play = Play()
    calls = [("tools/call", {"name": name}) for name in "abcab"]
    for number, (method, params) in enumerate(calls):
        play.call(number, method, params, {})
    requests = Requests(Script(play.journal))
    one, other = Matcher(requests), Matcher(requests)
    assert taken(one, calls[1]) == [2]
    assert [each.row for each in requests.some("tools/call")] == [0, 2]
    assert taken(one, calls[0], calls[1]) == [0, 8]
    assert taken(other, calls[1], calls[0], calls[0]) == [2, 0, 6]
    assert taken(one, calls[1], calls[2]) == [8, 4]
