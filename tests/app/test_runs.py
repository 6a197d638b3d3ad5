"""The latest call of each item, within bounds."""

from __future__ import annotations

import pytest

from inspector.app import runs as module
from inspector.app.ending import Ending
from inspector.app.items import Item
from inspector.app.runs import Run, Runs
from inspector.journal.journal import Journal


def made(name: str, size: int = 0) -> Run:
    run = Run(Item("tools", {"name": name}), Journal.create(target={}))
    run.ending = Ending("ok", True, raw=b"x" * size)
    return run


def test_the_latest_run_of_an_item_is_kept() -> None:
    kept, first, second, other = Runs(), made("a"), made("a"), made("b")
    for run in (first, other, second):
        kept.keep(run)
    assert kept.of(Item("tools", {"name": "a", "title": "listed anew"})) is second
    assert kept.of(other.item) is other
    assert kept.of(Item("prompts", {"name": "a"})) is None
    assert kept.of(None) is None
    assert kept.running == 0


def test_what_is_kept_is_bounded_by_number_and_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_RUNS", 3)
    monkeypatch.setattr(module, "MOST_BYTES", 100)
    kept = Runs()
    runs = [made(name) for name in "abcd"]
    for run in runs:
        kept.keep(run)
    assert [kept.of(run.item) is run for run in runs] == [False, True, True, True]
    large = made("e", 1000)
    kept.keep(large)
    assert kept.of(large.item) is large  # what is shown stays, whatever it weighs
    assert kept.of(runs[1].item) is None


def test_a_run_that_was_never_sent_has_no_rows() -> None:
    run = made("a")
    assert (run.running, run.legs, run.row, run.duration(), run.find_late()) == (False, (), -1, None, False)
    assert run.late_reply() is None
