"""The phases of an HTTP request as shapes: told apart without colour, as long as they took. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from inspector.app.widgets.sheet_lines import Pieces
from inspector.wire.visible import clip, seconds

SHAPES: Final = {"dns": "┈", "connect": "─", "tls": "═", "send": "╌", "wait": "▒", "body": "█"}
_OTHER = "·"
_WORDS: Final = {"dns": "lookup", "tls": "TLS", "wait": "first byte"}
"""What a phase is called where there is room for a word that explains itself."""


def bar(phases: Mapping[str, float], width: int) -> str:
    """The phases side by side in exactly `width` cells, each in its shape; at least one cell a phase."""
    taken = {name: took for name, took in phases.items() if took > 0}
    whole = sum(taken.values())
    if not whole or width < len(taken):
        return " " * width
    cells = dict.fromkeys(taken, 1)
    for name, took in taken.items():
        cells[name] += int((width - len(taken)) * took / whole)
    left = width - sum(cells.values())
    cells[max(taken, key=lambda name: taken[name])] += left
    return "".join(SHAPES.get(name, _OTHER) * count for name, count in cells.items())


def lines(phases: Mapping[str, float], width: int) -> list[Pieces]:
    """One line a phase: its name, its bar where it stands in time, and how long it took."""
    whole = sum(phases.values())
    found: list[Pieces] = []
    passed = 0.0
    for name, took in phases.items():
        start = round(passed / whole * width) if whole else 0
        length = max(1, round(took / whole * width)) if whole and took > 0 else 0
        start = min(start, width - length)
        passed += took
        shape = (" " * start + SHAPES.get(name, _OTHER) * length).ljust(width)
        found.append(
            (
                (f"{clip(_WORDS.get(name, name), 10):<10} ", "text"),
                (shape, "accent"),
                (f" {seconds(took):>7}", "text"),
            )
        )
    return found
