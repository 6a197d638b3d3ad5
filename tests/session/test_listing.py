"""Page after page, without a connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from inspector.session.listing import PAGE_CAP, Listing, walk
from inspector.session.outcome import Outcome, Replied, TimedOut
from inspector.wire.methods import LISTS
from tests.session.conftest import Wire


async def walked(wire: Wire, page: Callable[[str | None, int], Any]) -> tuple[Listing, list[str]]:
    warned: list[str] = []
    asked = 0

    async def call(method: str, params: dict[str, Any]) -> Outcome:
        nonlocal asked
        asked += 1
        assert method == "tools/list"
        answer = page(params.get("cursor"), asked)
        return answer if isinstance(answer, TimedOut | Replied) else wire.replied({"result": answer})

    listing = await walk(LISTS["tools"], call, lambda says, reply: warned.append(says))
    assert list(listing.warnings) == warned
    return listing, warned


async def test_one_page(wire: Wire) -> None:
    listing, warned = await walked(wire, lambda cursor, n: {"tools": [1, {"a": 1.50}]})
    assert (listing.entries, listing.raw_entries) == ([1, {"a": 1.5}], [b"1", b'{"a": 1.5}'])
    assert warned == []


async def test_the_empty_string_is_a_cursor_and_null_is_none(wire: Wire) -> None:
    pages = {1: {"tools": [1], "nextCursor": ""}, 2: {"tools": [2], "nextCursor": None}}
    listing, warned = await walked(wire, lambda cursor, n: pages[n])
    assert listing.entries == [1, 2]
    assert warned == []


async def test_a_cycle_of_cursors_ends(wire: Wire) -> None:
    listing, warned = await walked(wire, lambda cursor, n: {"tools": [n], "nextCursor": "ab"[n % 2]})
    assert listing.entries == [1, 2, 3]
    assert "same nextCursor" in warned[0]


async def test_pages_without_end_are_capped(wire: Wire) -> None:
    listing, warned = await walked(wire, lambda cursor, n: {"tools": [n], "nextCursor": str(n)})
    assert len(listing.pages) == PAGE_CAP
    assert str(PAGE_CAP) in warned[0]


@pytest.mark.parametrize("cursor", [7, True, {}, []])
async def test_a_cursor_that_is_no_string_stops(wire: Wire, cursor: Any) -> None:
    listing, warned = await walked(wire, lambda _, n: {"tools": [n], "nextCursor": cursor})
    assert listing.entries == [1]
    assert "not a string" in warned[0]


@pytest.mark.parametrize("result", [{}, {"tools": {}}, "text", [], None, {"tools": None, "nextCursor": "x"}])
async def test_a_result_without_a_list_is_a_warning(wire: Wire, result: Any) -> None:
    listing, warned = await walked(wire, lambda cursor, n: result)
    assert listing.entries == []
    assert "'tools'" in warned[0]
    assert listing.ok


async def test_what_was_listed_before_a_failure_is_kept(wire: Wire) -> None:
    listing, _ = await walked(
        wire, lambda c, n: {"tools": [1], "nextCursor": "x"} if n == 1 else TimedOut(1.0)
    )
    assert listing.entries == [1]
    assert listing.outcome == TimedOut(1.0)
    assert not listing.ok


async def test_a_listing_that_is_left_early_is_gone_on_with(wire: Wire) -> None:
    async def call(method: str, params: dict[str, Any]) -> Outcome:
        at = int(params.get("cursor", "0"))
        return wire.replied({"result": {"tools": [at], "nextCursor": str(at + 1)}})

    first = await walk(LISTS["tools"], call, lambda says, reply: None, most=2)
    assert (first.entries, first.next, len(first.pages)) == ([0, 1], "2", 2)
    rest = await walk(LISTS["tools"], call, lambda says, reply: None, most=1, after=("1", "2"))
    assert (rest.entries, rest.next) == ([2], "3")


async def test_a_cursor_of_a_page_before_ends_what_is_gone_on_with(wire: Wire) -> None:
    async def call(method: str, params: dict[str, Any]) -> Outcome:
        return wire.replied({"result": {"tools": [1], "nextCursor": "1"}})

    warned: list[str] = []
    rest = await walk(LISTS["tools"], call, lambda says, reply: warned.append(says), after=("1", "2"))
    assert (rest.entries, rest.next) == ([1], None)
    assert "same nextCursor" in warned[0]
