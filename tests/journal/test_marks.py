"""Marks and notes, folded from wherever they stand."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.journal import marks
from inspector.journal.marks import Mark, Marks
from inspector.journal.outline import outline
from inspector.wire.event import Kind
from tests.journal.conftest import Scribe


def note(scribe: Scribe, what: str, row: Any, **data: Any) -> int:
    return scribe.step(Kind.NOTE, what, row=row, **data).seq


def test_marks_come_and_go(scribe: Scribe) -> None:
    for _ in range(6):
        scribe.client("warning")
    found = Marks(scribe.journal)
    assert [found.advance(1), found.rows, found.revision] == [False, (), 0]
    note(scribe, "mark", 4)
    note(scribe, "mark", 2)
    last = note(scribe, "note", 2, text=" slow\x1b[2J\n")
    assert [found.advance(1), *found.rows] == [False, 2, 4]
    assert found.of(2) == Mark(2, marked=True, note="slow␛[2J", seq=last)
    assert [found.after(2), found.before(4), found.before(9), found.after(9)] == [(4,), (2,), (4, 2), ()]
    note(scribe, "unmark", 2)
    note(scribe, "unmark", 4)
    note(scribe, "note", 5, text="x")
    note(scribe, "note", 5, text="")
    found.advance(1)
    assert [*found.rows] == [2]
    assert found.of(2) is not None
    assert found.of(4) is None
    assert found.scanned == 1
    assert Marks(scribe.reopened()).advance(1) is False


def test_what_a_recording_may_hold_harms_nobody(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "MOST", 2)
    scribe.client("connecting")
    for row in (True, -1, 10**30, "1", None, [1]):
        note(scribe, "mark", row)
    note(scribe, "note", 0, text=7)
    note(scribe, "remark", 0)
    note(scribe, "unmark", 0)
    found = Marks(scribe.journal)
    found.advance(1)
    assert not found.rows
    for row in (0, 1, 2):
        note(scribe, "mark", row)
    note(scribe, "note", 1, text="x" * 5000)
    found.advance(1)
    assert [*found.rows] == [0, 1]
    long = found.of(1)
    assert long is not None
    assert len(long.note) == marks.WIDEST


def test_how_they_read_in_the_log(scribe: Scribe) -> None:
    scribe.client("connecting")
    told = [
        note(scribe, "mark", 0),
        note(scribe, "unmark", 0),
        note(scribe, "note", 0, text="the \x07 slow one"),
        note(scribe, "mark", [0]),
    ]
    rows = [outline(scribe.journal, seq) for seq in told]
    assert [(row.kind, row.what, row.target, row.note) for row in rows] == [
        ("note", "mark", "on 0", ""),
        ("note", "unmark", "on 0", ""),
        ("note", "note", "on 0", "the ␇ slow one"),
        ("note", "mark", "on ?", ""),
    ]
