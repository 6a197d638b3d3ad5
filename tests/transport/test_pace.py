"""When a stream is said to have been buffered, and when not."""

from __future__ import annotations

import pytest

from inspector.transport import pace
from inspector.transport.pace import Pace, warning


def held(monkeypatch: pytest.MonkeyPatch, *times: float, before: int = 2, sent_at: float = 100.0) -> float:
    clock = iter(times)
    monkeypatch.setattr(pace, "perf_counter", lambda: next(clock))
    found = Pace(sent_at)
    for _ in times:
        found.came()
    return found.held(before)


def test_all_at_once_and_late_is_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    assert held(monkeypatch, 103.0, 103.01, 103.02) == 3.0
    assert held(monkeypatch, 103.0) == 3.0


@pytest.mark.parametrize(
    ("times", "before"),
    [
        ((100.2, 100.21), 5),  # a fast server
        ((101.0, 101.04, 101.06), 5),  # little by little
        ((101.0, 101.051), 5),  # a span that is much beside the wait
        ((100.1, 103.0, 103.01), 5),  # something came early
        ((103.0, 103.01), 1),  # nothing to tell on the way but one message
        ((103.0,), 0),  # a slow answer
        ((), 5),
    ],
)
def test_anything_else_is_not(monkeypatch: pytest.MonkeyPatch, times: tuple[float, ...], before: int) -> None:
    assert held(monkeypatch, *times, before=before) == 0.0


def test_a_request_that_was_never_seen_to_go_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert held(monkeypatch, 103.0, sent_at=0.0) == 0.0


def test_the_warning_names_who_it_may_be_and_what_to_do() -> None:
    says = warning(3.0, {"server": "nginx/1.26", "via": "1.1 cdn"})
    assert "after 3 s" in says
    assert "server: nginx/1.26, via: 1.1 cdn" in says
    assert "X-Accel-Buffering: no" in says
    assert "did not help" in warning(3.0, {"x-accel-buffering": "No"})
