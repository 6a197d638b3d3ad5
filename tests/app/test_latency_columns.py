"""The columns of the table of latencies."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from inspector.app.latency_columns import (
    SORTS,
    as_text,
    column_at,
    columns_of,
    filter_of,
    ordered,
    pieces_of,
    span,
    spark,
    titles,
)
from inspector.journal.filter import Filter
from inspector.journal.lanes import Lanes
from inspector.journal.latencies import Latencies, Timing
from inspector.journal.view import View
from inspector.wire.event import Direction
from tests.app.timed import shop


@pytest.fixture(scope="module")
def latencies() -> Latencies:
    found = Latencies(Lanes(shop()))
    assert not found.advance(10)
    return found


@pytest.mark.parametrize("width", [24, 40, 55, 70, 78, 100, 198])
def test_rows_and_titles_fill_the_width(latencies: Latencies, width: int) -> None:
    columns = columns_of(width)
    for timing in latencies.timings:
        shown = "".join(text for text, _ in pieces_of(timing, columns, latencies.steps))
        assert cell_len(shown) <= width
    assert cell_len("".join(text for text, _ in titles(columns, "count", True))) <= width


def test_what_there_is_room_for() -> None:
    assert [name for name, _ in columns_of(120).numbers] == list(SORTS[1:])
    assert [name for name, _ in columns_of(70).numbers] == ["count", "errors", "p50", "p95", "max"]
    assert columns_of(40).spark == 0


def test_a_click_on_a_title_is_for_its_column() -> None:
    columns = columns_of(70)
    line = "".join(text for text, _ in titles(columns, "p95", False))
    assert [column_at(columns, line.index(word)) for word in ("method", "count", "p95↑", "max")] == [
        "name",
        "count",
        "p95",
        "max",
    ]
    assert column_at(columns, line.index("over time")) == ""


def test_the_order(latencies: Latencies) -> None:
    def names(by: str, down: bool) -> list[str]:
        return [each.tool or each.method for each in ordered(latencies.timings, by, down)]

    assert names("max", True)[:2] == ["reindex", "sampling/createMessage"]
    assert names("max", False)[0] == "wait-for-ever"
    assert names("name", False)[0] == "initialize"
    assert names("errors", True)[:3] == ["order", "search", "wait-for-ever"]


def test_the_filter_of_a_row_finds_its_messages(latencies: Latencies) -> None:
    journal = latencies.lanes.journal
    for timing in latencies.timings:
        if timing.tool == "search":
            view = View(journal, Filter.parse(filter_of(timing)))
            while view.advance(1):
                pass
            assert len(view) >= timing.count == 14
    odd = Timing(Direction.C2S, "tools/call", 'a "b" c', 0)
    assert filter_of(odd) == 'method:tools/call tool:"a \\"b\\" c"'
    assert Filter.parse(filter_of(odd))


def test_as_text(latencies: Latencies) -> None:
    lines = as_text(ordered(latencies.timings, "count", True)).splitlines()
    assert lines[0].split() == ["method", "tool", "count", "errors", "p50", "p95", "p99", "max", "bytes"]
    assert lines[1].split()[:4] == ["tools/call", "search", "14", "1"]
    assert "sampling/createMessage (asked by the server)" in lines[3] + lines[4] + lines[5]


def test_the_course_over_time() -> None:
    assert spark([1.0, 2.0, None, 8.0], 4) == "▂▃ █"
    assert spark([1.0, 8.0, None, None], 2) == "█ "
    assert spark([0.0], 3) == "▁▁▁"
    assert spark([], 2) == "  "


@pytest.mark.parametrize(
    ("took", "says"), [(0.00024, "240 µs"), (0.0024, "2.4 ms"), (0.038, "38 ms"), (1.2, "1.20 s")]
)
def test_a_span_has_two_digits(took: float, says: str) -> None:
    assert span(took) == says
