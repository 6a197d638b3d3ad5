"""Time is counted once, however many wait."""

from __future__ import annotations

import contextlib

import pytest

from inspector.session.auth import stopwatch
from inspector.session.auth.stopwatch import Stopwatch


def test_waits_that_overlap_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(stopwatch, "monotonic", lambda: now)
    spent = Stopwatch()
    assert spent.seconds == 0
    with spent.running():
        now += 2
        with spent.running():
            now += 3
            assert spent.seconds == 5
        now += 1
    now += 50
    assert spent.seconds == 6
    with contextlib.suppress(ValueError), spent.running():
        now += 1
        raise ValueError
    assert spent.seconds == 7
