"""A part of a recording is as the recording was when it ended there, wherever one begins."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.journal import checkpoint
from inspector.journal import reader as readers
from inspector.journal.journal import Journal
from inspector.journal.played import Played
from inspector.wire import jsonrpc

from .acts import act
from .conftest import Scribe

COLUMNS = ("time", "flags", "method", "conn", "exchange", "peer", "offset", "sizes")


def facts(journal: Journal) -> list[object]:
    """All that an index tells."""
    columns = journal.columns
    return [
        *(list(getattr(columns, name) or ()) for name in COLUMNS),
        [columns.name_of(number) for number in columns.method],
        journal.landmarks,
        journal.in_flight,
        [journal.legs.of(row) for row in range(len(journal))],
        journal.catalogue.facts(),
        [(each.offset, each.says) for each in journal.skipped],
    ]


@pytest.fixture(autouse=True, scope="module")
def small():  # type: ignore[no-untyped-def]
    """A checkpoint every few rows, and blocks of a few lines."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readers, "EVERY", 3)
        patch.setattr(readers, "BLOCK", 300)
        yield


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(1, 4)), max_size=40), st.integers(0, 45), st.data())
def test_a_part_is_as_it_was(steps: list[tuple[int, int]], row: int, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ticks = itertools.count()
        scribe = Scribe(Path(folder) / "x.jsonl", lambda: next(ticks) / 10)
        for what, id in steps:
            act(scribe, what, id)
        scribe.journal.close()
        lines = (Path(folder) / "x.jsonl").read_bytes().splitlines(keepends=True)
        lines.insert(data.draw(st.integers(1, len(lines))), b"no event\n")
        (Path(folder) / "y.jsonl").write_bytes(b"".join(lines))
        whole = Journal.open(Path(folder) / "y.jsonl")
        read = Journal.open(Path(folder) / "y.jsonl", whole=False)
        read.read_on(rows=row + 1)
        played = Played(whole, row)
        played.play_to(row)
        assert len(played) <= max(len(read), 0) or not len(whole)
        assert facts(played)[:-1] == facts(read)[:-1]
        more = data.draw(st.integers(row, row + 20))
        read.read_on(rows=more + 1)
        played.play_to(more)
        assert facts(played)[:-1] == facts(read)[:-1]
        whole.close()
        read.close()


def test_it_begins_near_the_row(scribe: Scribe) -> None:
    scribe.client("connecting", target="x", protocol="auto")
    for id in range(40):
        scribe.asks(id, "tools/call")
        scribe.replies(id)
    whole = scribe.reopened()
    played = Played(whole, 70)
    assert 60 < len(played) <= 70
    assert Played(whole, 2).play_to(50) is False
    assert len(Played(whole)) == 0
    whole.close()


def test_what_is_played_grows_by_playing_alone(scribe: Scribe) -> None:
    scribe.asks(1)
    whole = scribe.reopened()
    played = Played(whole)
    played.play_to(0)
    scribe.replies(1)
    assert played.follow() == 0
    assert not played.read_on()
    assert (len(played), len(whole), played.whole is whole) == (1, 2, True)
    assert not played.play_to(5)
    assert played.latency(0) == whole.latency(0)
    played.close()
    assert whole.body(0) == played.body(0)
    whole.close()


def test_none_is_made_while_too_much_is_open(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "MOST_OPEN", 5)
    for id in range(40):
        scribe.answers(jsonrpc.request(id, "ping"))
    whole = scribe.reopened()
    assert 0 <= len(Played(whole, 39)) < 12
    whole.close()
