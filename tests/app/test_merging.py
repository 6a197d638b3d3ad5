"""Rows of several journals in the order of time, whatever the pieces and however they grow."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from inspector.app import merging
from inspector.app.merging import Merged
from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind

TIMES = st.lists(st.integers(0, 50), max_size=30).map(sorted)


def grown(times: list[int]) -> Journal:
    clock = iter([0, *times, *times])
    journal = Journal.create(clock=lambda: float(next(clock)))
    for when in times:
        body = b'{"jsonrpc":"2.0","method":"notifications/%d"}' % (when % 3)
        journal.append(Kind.MESSAGE, Direction.S2C, body)
    return journal


@given(st.lists(st.tuples(st.integers(0, 9), TIMES), min_size=1, max_size=4), st.sampled_from(["", "/1"]))
def test_it_is_sorted_and_nothing_is_missing(several: list[tuple[int, list[int]]], text: str) -> None:
    before, merging._PIECE = merging._PIECE, 3
    try:
        journals: list[Journal] = []
        for shift, times in several:
            journal = grown(times)
            first = journals[0] if journals else journal
            later = timedelta(seconds=shift if journals else 0)
            journal.header = replace(journal.header, started=first.header.started + later)
            journals.append(journal)
        merged = Merged(journals, text)
        while merged.advance(0):
            pass
        found = [merged[at] for at in range(len(merged))]
        every = [
            (source, seq)
            for source, journal in enumerate(journals)
            for seq in range(len(journal))
            if not text or journal.method(seq) == "notifications/1"
        ]
        assert sorted(found) == every
        times_found = [merged.time(at) for at in range(len(merged))]
        assert times_found == sorted(times_found)
    finally:
        merging._PIECE = before


def test_a_row_goes_where_the_filter_does_not_mean_it_any_more() -> None:
    """`status:pending` loses a request when its reply comes, in the middle of the others."""
    journals = [Journal.create(), Journal.create()]
    for journal in journals:
        for id in (b"1", b"2"):
            body = b'{"jsonrpc":"2.0","id":%s,"method":"ping"}' % id
            journal.append(Kind.MESSAGE, Direction.C2S, body)
    merged = Merged(journals, "status:pending")
    while merged.advance(1):
        pass
    assert sorted(merged[at] for at in range(len(merged))) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    journals[0].append(Kind.MESSAGE, Direction.S2C, b'{"jsonrpc":"2.0","id":1,"result":{}}')
    while merged.advance(1):
        pass
    assert sorted(merged[at] for at in range(len(merged))) == [(0, 1), (1, 0), (1, 1)]
