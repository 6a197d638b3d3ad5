"""Phases as shapes."""

from __future__ import annotations

from inspector.app.widgets.phases import bar, lines


def test_a_bar_fills_its_cells_and_shows_every_phase() -> None:
    assert bar({"dns": 0.001, "connect": 0.001, "wait": 0.006, "body": 0.0}, 10) == "┈─▒▒▒▒▒▒▒▒"
    assert bar({"connect": 1e-6, "wait": 10.0}, 6) == "─▒▒▒▒▒"
    assert bar({}, 4) == "    "
    assert bar({"dns": 1, "connect": 1, "tls": 1}, 2) == "  "


def test_lines_stand_where_their_time_was() -> None:
    shown = ["".join(text for text, _ in line) for line in lines({"connect": 0.01, "wait": 0.03}, 8)]
    assert shown == [
        "connect    ──         10 ms",
        "first byte   ▒▒▒▒▒▒   30 ms",
    ]
    assert lines({"later": 0.0}, 8)
