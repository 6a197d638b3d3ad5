"""What a timeline shows of all time: a window, how it zooms and pans, and the axis under it. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

LEAST = 1e-4
"""Seconds of the smallest window."""
_STEPS = (1.0, 2.0, 5.0)
_MINUTES = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 43200, 86400)
_APART = 11


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when, in seconds since the journal's start; `end` itself is outside."""

    begin: float
    end: float

    @property
    def width(self) -> float:
        """Seconds."""
        return self.end - self.begin

    def cell(self, time: float, cells: int) -> int:
        """The cell of a moment, of `cells`; below 0 or `cells` and more where it is outside."""
        return math.floor((time - self.begin) / self.width * cells)

    def time(self, cell: float, cells: int) -> float:
        """When a cell begins."""
        return self.begin + self.width * cell / cells

    def zoomed(self, factor: float, at: float, whole: Window) -> Window:
        """This window `factor` times as wide, with the moment `at` where it was; within `whole`."""
        width = min(max(self.width * factor, LEAST), whole.width)
        part = (at - self.begin) / self.width
        return Window(at - part * width, at - part * width + width).inside(whole)

    def panned(self, by: float, whole: Window) -> Window:
        """This window moved by a part of its width; within `whole`."""
        on = self.width * by
        return Window(self.begin + on, self.end + on).inside(whole)

    def showing(self, time: float, whole: Window) -> Window:
        """This window, moved where it does not show a moment, so that there is some room beside it."""
        room = self.width / 8
        if self.begin <= time < self.end:
            return self
        begin = time - room if time < self.begin + room else time + room - self.width
        return Window(begin, begin + self.width).inside(whole)

    def inside(self, whole: Window) -> Window:
        """This window, no wider than `whole` and nowhere beside it."""
        width = self.width
        if width >= whole.width:
            return whole
        begin = max(whole.begin, min(self.begin, whole.end - width))
        return Window(begin, begin + width)


def whole_of(began: float, now: float, cells: int) -> Window:
    """All time from one moment to another, with the last moment in the last of `cells`."""
    return Window(began, began + max((now - began) * (1 + 1 / max(8, cells)), LEAST * 10))


def ticks(window: Window, cells: int) -> list[tuple[int, str]]:
    """The cells of an axis that are labelled, and their labels; none overlaps the next."""
    step = _step(window.width * _APART / max(1, cells))
    found: list[tuple[int, str]] = []
    number = math.ceil(window.begin / step)
    free = 0
    while (at := window.cell(number * step + step * 1e-6, cells)) < cells:
        label = clock(number * step, step)
        if at >= free and at + 1 + len(label) <= cells:
            found.append((at, label))
            free = at + len(label) + 3
        number += 1
    return found


def _step(least: float) -> float:
    """The round number of seconds that is not less than `least`."""
    if least > 20:
        return next((float(step) for step in _MINUTES if step >= least), math.ceil(least / 86400) * 86400.0)
    power = 10.0 ** math.floor(math.log10(least))
    return next((power * step for step in _STEPS if power * step >= least * 0.999), power * 10)


def clock(time: float, step: float) -> str:
    """A moment as an axis of such steps says it: `12.5 s`, `2:05`, `1:02:05`, `2:05.250`."""
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    if time < 60 and step < 60:
        return f"{time:.{digits}f} s"
    whole, part = divmod(round(time, digits), 1)
    hours, minutes, rest = int(whole) // 3600, int(whole) % 3600 // 60, int(whole) % 60
    said = f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
    return said + (f"{part:.{digits}f}"[1:] if digits else "")
